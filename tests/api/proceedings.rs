//! What is brought before authorities in a case: its steps are added and voided, never changed, and what is open keeps the dossier.

use crate::harness::cases::{self, Office, at, case, case_with, commands, order, order_at, path, person, step_with, user_id};
use crate::harness::{Client, Reply, World};
use entraide::auth::Role;
use entraide::dossiers::proceeding_steps::model::ProceedingStepKind;
use entraide::values::Choice;
use serde_json::{Value, json};

/// The address of a proceeding that began in September.
fn begun(client: &Client, dossier: &Value, nature: &str) -> String {
    at("proceedings", &client.post(&format!("{}/proceedings", path(dossier)), &cases::proceeding(nature)).ok())
}

fn step(client: &Client, proceeding: &str, kind: &str, day: &str) -> Reply {
    client.post(&format!("{proceeding}/steps"), &step_with(kind, &json!({ "occurred_on": day })))
}

fn worked(head: &Client, member: &Value) -> Value {
    let dossier = head.post("/dossiers", &case_with(member, &json!({ "referent_id": user_id(head) }))).ok();
    order(head, &path(&dossier), &json!({ "command": "take_charge" })).ok();
    dossier
}

const CLOSE: fn() -> Value = || json!({ "command": "close", "outcome": "conviction", "outcome_for_member": "unfavourable" });

#[test]
fn a_proceeding_is_opened_corrected_ended_and_taken_up_again() {
    let Office { world: _world, head, dossier, .. } = Office::new();
    let list = format!("{}/proceedings", path(&dossier));
    let body = json!({ "nature": "criminal", "member_side": "accused", "authority": "Tribunal judiciaire de Clermont-Ferrand", "opened_on": "2026-09-15" });
    let opened = head.post(&list, &body).ok();
    for (name, value) in body.as_object().unwrap() {
        assert_eq!(&opened[name], value, "{name}");
    }
    assert_eq!((&opened["status"], &opened["case_number"], commands(&opened)), (&json!("open"), &Value::Null, vec!["close".to_owned()]));
    assert_eq!(head.post(&list, &json!({ "nature": "civil", "member_side": "claimant" })).ok()["opened_on"], "2026-11-22", "today by default");
    for (fields, flaw) in [
        (json!({ "opened_on": "2026-11-23" }), "/opened_on date.in_future"),
        (json!({ "nature": "ecclesiastical" }), "/nature choice.unknown"),
        (json!({ "member_side": null }), "/member_side field.not_null"),
        (json!({ "outcome": "conviction" }), "/outcome field.unknown"),
    ] {
        let mut wrong = body.clone();
        wrong.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        assert_eq!(head.post(&list, &wrong).flaws(), [flaw]);
    }
    let address = at("proceedings", &opened);
    let patched = head.patch(&address, "*", &json!({ "member_side": "victim", "case_number": "26/004512", "authority": null })).ok();
    assert_eq!(
        (&patched["member_side"], &patched["case_number"], &patched["authority"], &patched["version"]),
        (&json!("victim"), &json!("26/004512"), &Value::Null, &json!(2))
    );
    for (name, code) in [("nature", "field.read_only"), ("status", "field.state"), ("outcome", "field.state"), ("dossier_id", "field.read_only")] {
        assert_eq!(head.patch(&address, "*", &json!({ name: "civil" })).flaws(), [format!("/{name} {code}")]);
    }
    assert_eq!(order(&head, &address, &json!({ "command": "close" })).flaws(), ["/outcome field.required"]);
    for outcome in ["sanction", "no_sanction"] {
        assert_eq!(order(&head, &address, &json!({ "command": "close", "outcome": outcome })).flaws(), ["/outcome proceeding_outcome.other_nature"]);
    }
    order(&head, &address, &json!({ "command": "reopen", "reason": "Appel." })).refused(409, "transition.not_allowed");
    order(&head, &address, &json!({ "command": "close", "outcome": "acquittal", "closed_on": "2026-11-20" })).ok();
    let closed = head.get(&address).ok();
    assert_eq!(
        (&closed["status"], &closed["outcome"], &closed["closed_on"], commands(&closed)),
        (&json!("closed"), &json!("acquittal"), &json!("2026-11-20"), vec!["reopen".to_owned()])
    );
    head.patch(&address, "*", &json!({ "case_number": null })).refused(409, "proceeding.not_open");
    step(&head, &address, "judgment", "2026-11-20").refused(409, "proceeding.not_open");
    order(&head, &address, &json!({ "command": "reopen", "reason": "Appel du parquet." })).ok();
    let again = head.get(&address).ok();
    assert_eq!((&again["status"], &again["outcome"], &again["closed_on"]), (&json!("open"), &Value::Null, &Value::Null));
    let steps: Vec<Value> = head.all(&format!("{address}/transitions")).iter().map(|step| step["command"].clone()).collect();
    assert_eq!((json!(steps), head.all(&format!("{address}/history")).len()), (json!(["close", "reopen"]), 4));
    assert_eq!(
        (head.all(&format!("{list}?nature=criminal&status=open")).len(), head.all(&format!("{list}?status=closed")).len(), head.all(&list).len()),
        (1, 0, 2)
    );
}

/// What is done outside criminal proceedings; there everything is.
const ELSEWHERE: [(&str, &[&str]); 3] = [
    ("civil", &["hearing", "summons", "act_of_procedure", "trial", "judgment", "appeal", "cassation"]),
    ("administrative", &["hearing", "inquiry", "summons", "act_of_procedure", "trial", "judgment", "appeal", "cassation"]),
    ("disciplinary", &["hearing", "inquiry", "summons", "no_further_action", "judgment", "appeal"]),
];

#[test]
fn each_nature_of_proceedings_has_its_own_steps() {
    let Office { world: _world, head, dossier, .. } = Office::new();
    let kinds: Vec<&str> = ProceedingStepKind::ENUMERATION.values.iter().map(|kind| kind.code).collect();
    assert_eq!(kinds.len(), 22);
    for (nature, fitting) in ELSEWHERE.into_iter().chain([("criminal", kinds.as_slice())]) {
        let proceeding = begun(&head, &dossier, nature);
        for kind in &kinds {
            let reply = step(&head, &proceeding, kind, "2026-11-20");
            if fitting.contains(kind) {
                assert_eq!(reply.ok()["kind"], *kind);
            } else {
                assert_eq!(reply.flaws(), ["/kind proceeding_step.other_nature"], "{kind} in {nature}");
            }
        }
        assert_eq!(head.all(&format!("{proceeding}/steps?limit=5")).len(), fitting.len(), "{nature}");
    }
}

#[test]
fn a_step_says_what_was_done_by_whom_and_on_which_day_and_stays_as_it_was_recorded() {
    let Office { world: _world, head, dossier, .. } = Office::new();
    let proceeding = begun(&head, &dossier, "criminal");
    let body =
        json!({ "kind": "criminal_settlement", "done_by": "authority", "occurred_on": "2026-10-02", "note": "Convocation par le délégué du procureur." });
    let recorded = head.post(&format!("{proceeding}/steps"), &body).ok();
    for (name, value) in body.as_object().unwrap() {
        assert_eq!(&recorded[name], value, "{name}");
    }
    assert_eq!((&recorded["status"], &recorded["recorded_by"], &recorded["dossier_id"]), (&json!("recorded"), &user_id(&head), &dossier["id"]));
    assert_eq!(commands(&recorded), ["void"]);
    for (day, flaw) in [
        ("2026-09-14", Some("/occurred_on date.out_of_range")),
        ("2026-11-23", Some("/occurred_on date.out_of_range")),
        ("2026-09-15", None),
        ("2026-11-22", None),
    ] {
        let reply = step(&head, &proceeding, "hearing", day);
        assert_eq!(if reply.status == 201 { None } else { Some(reply.flaws()) }, flaw.map(|flaw| vec![flaw.to_owned()]), "{day}");
    }
    let address = at("proceeding-steps", &recorded);
    head.patch(&address, "*", &json!({ "note": "Autre." })).problem(405);
    head.delete(&address, "*").problem(405);
    assert_eq!(order(&head, &address, &json!({ "command": "void" })).flaws(), ["/reason field.required"]);
    order(&head, &address, &json!({ "command": "void", "reason": "Autre dossier." })).ok();
    let voided = head.get(&address).ok();
    assert_eq!((&voided["status"], &voided["void_reason"], &voided["voided_by"]), (&json!("voided"), &json!("Autre dossier."), &user_id(&head)));
    assert_eq!((&voided["note"], &voided["kind"], commands(&voided)), (&body["note"], &body["kind"], vec![]));
    order(&head, &address, &json!({ "command": "void", "reason": "Encore." })).refused(409, "transition.not_allowed");
    let steps = |query: &str| head.all(&format!("{proceeding}/steps?{query}")).iter().map(|step| step["occurred_on"].clone()).collect::<Vec<_>>();
    assert_eq!(json!(steps("limit=1")), json!(["2026-09-15", "2026-10-02", "2026-11-22"]), "in order of time");
    assert_eq!((json!(steps("status=voided")), json!(steps("status=recorded&sort=-occurred"))), (json!(["2026-10-02"]), json!(["2026-11-22", "2026-09-15"])));
    assert_eq!(steps("kind=hearing").len(), 2);
    assert_eq!(head.all(&format!("{address}/transitions"))[0]["reason"], "Autre dossier.");
}

#[test]
fn a_proceeding_does_not_begin_after_its_steps_or_end_before_them() {
    let Office { world: _world, head, dossier, .. } = Office::new();
    let proceeding = begun(&head, &dossier, "civil");
    let [first, last] = ["2026-10-01", "2026-11-10"].map(|day| at("proceeding-steps", &step(&head, &proceeding, "hearing", day).ok()));
    let moved = |day: &str| head.patch(&proceeding, "*", &json!({ "opened_on": day }));
    let ended = |day: &str| order(&head, &proceeding, &json!({ "command": "close", "outcome": "settled", "closed_on": day }));
    assert_eq!(moved("2026-10-02").flaws(), ["/opened_on date.out_of_range"]);
    assert_eq!(moved("2026-11-23").flaws(), ["/opened_on date.in_future"]);
    moved("2026-10-01").ok();
    assert_eq!(ended("2026-11-09").flaws(), ["/closed_on date.out_of_range"]);
    for step in [&first, &last] {
        order(&head, step, &json!({ "command": "void", "reason": "Saisi deux fois." })).ok();
    }
    moved("2026-10-02").ok();
    assert_eq!(ended("2026-10-01").flaws(), ["/closed_on date.out_of_range"], "not before it began");
    ended("2026-11-09").ok();
}

#[test]
fn a_dossier_does_not_end_before_its_proceedings_and_nothing_is_written_under_it_after() {
    let world = World::new();
    let head = world.head("63");
    let dossier = worked(&head, &person(&head, "63"));
    let proceeding = begun(&head, &dossier, "criminal");
    let complaint = at("proceeding-steps", &step(&head, &proceeding, "complaint", "2026-10-01").ok());
    let blocked = order(&head, &path(&dossier), &CLOSE());
    blocked.refused(409, "dossier.open_beneath");
    assert_eq!(blocked.json()["errors"][0]["params"]["kind"], "proceeding");
    order(&head, &proceeding, &json!({ "command": "close", "outcome": "conviction" })).ok();
    order(&head, &path(&dossier), &CLOSE()).ok();
    head.post(&format!("{}/proceedings", path(&dossier)), &cases::proceeding("civil")).refused(409, "dossier.not_open");
    head.patch(&proceeding, "*", &json!({ "case_number": null })).refused(409, "dossier.not_open");
    step(&head, &proceeding, "appeal", "2026-11-20").refused(409, "dossier.not_open");
    order(&head, &proceeding, &json!({ "command": "reopen", "reason": "Appel." })).refused(409, "dossier.not_open");
    order(&head, &complaint, &json!({ "command": "void", "reason": "Erreur." })).refused(409, "dossier.not_open");
    assert_eq!(commands(&head.get(&proceeding).ok()), ["reopen! dossier.not_open"]);
}

#[test]
fn a_step_and_the_end_of_its_proceeding_at_once_leave_no_step_after_the_end() {
    let world = World::with(&[("WORKERS", "2")]);
    let head = world.head("63");
    let dossier = worked(&head, &person(&head, "63"));
    for _ in 0..6 {
        let proceeding = begun(&head, &dossier, "civil");
        let (ended, recorded) = std::thread::scope(|scope| {
            let close = json!({ "command": "close", "outcome": "settled", "closed_on": "2026-11-01" });
            let ended = scope.spawn({
                let (head, proceeding) = (&head, &proceeding);
                move || order_at(head, proceeding, "*", &close).status
            });
            let recorded = scope.spawn(|| step(&head, &proceeding, "judgment", "2026-11-20").status);
            (ended.join().unwrap(), recorded.join().unwrap())
        });
        assert!(matches!((ended, recorded), (201, 409) | (400, 201)), "{ended} {recorded}");
    }
}

#[test]
fn the_timeline_tells_of_proceedings_and_their_steps_as_their_days_began() {
    let Office { world: _world, head, dossier, .. } = Office::new();
    let first = begun(&head, &dossier, "criminal");
    for (kind, day) in [("trial", "2026-10-02"), ("complaint", "2026-09-15"), ("hearing", "2026-10-02")] {
        step(&head, &first, kind, day).ok();
    }
    let second = begun(&head, &dossier, "civil");
    step(&head, &second, "summons", "2026-11-21").ok();
    for minute in [0, 30] {
        let began =
            json!({ "kind": "interview", "started_at": format!("2026-10-02T09:{minute:02}:00Z"), "summary": "Audience préparée.", "visibility": ["team"] });
        head.post(&format!("{}/activities", path(&dossier)), &began).ok();
    }
    head.post(
        &format!("{}/activities", path(&dossier)),
        &json!({ "kind": "note", "started_at": "2026-10-01T22:00:00Z", "summary": "Minuit à Paris.", "visibility": ["team"] }),
    )
    .ok();
    let timeline = format!("{}/timeline", path(&dossier));
    let whole = head.all(&timeline);
    let mut told: Vec<(&str, &str)> = whole.iter().map(|entry| (entry["at"].as_str().unwrap(), entry["kind"].as_str().unwrap())).collect();
    told.retain(|(_, kind)| *kind != "creation");
    assert!(whole.is_sorted_by_key(|entry| (entry["at"].to_string(), entry["id"].to_string())));
    told.sort_unstable();
    let (opening, midnight) = ("2026-09-14T22:00:00.000000Z", "2026-10-01T22:00:00.000000Z");
    assert_eq!(
        told,
        [
            (opening, "proceeding"),
            (opening, "proceeding"),
            (opening, "proceeding_step"),
            (midnight, "activity"),
            (midnight, "proceeding_step"),
            (midnight, "proceeding_step"),
            ("2026-10-02T09:00:00.000000Z", "activity"),
            ("2026-10-02T09:30:00.000000Z", "activity"),
            ("2026-11-20T23:00:00.000000Z", "proceeding_step"),
        ]
    );
    let reversed: Vec<Value> = whole.iter().rev().cloned().collect();
    for limit in 1..=whole.len() {
        assert_eq!(head.all(&format!("{timeline}?limit={limit}")), whole, "{limit} at a time");
        assert_eq!(head.all(&format!("{timeline}?limit={limit}&sort=-at")), reversed, "{limit} at a time, the newest first");
    }
    let own = |kind: &str| head.all(&format!("{timeline}?kind={kind}&limit=2")).iter().map(|entry| entry[kind].clone()).collect::<Vec<_>>();
    assert_eq!(own("proceeding"), head.all(&format!("{}/proceedings", path(&dossier))));
    let steps: Vec<Value> = own("proceeding_step").into_iter().filter(|step| at("proceedings", &json!({ "id": step["proceeding_id"] })) == first).collect();
    assert_eq!(steps, head.all(&format!("{first}/steps")));
    let counted = head.request("GET", &format!("{timeline}?kind=proceeding_step&limit=1")).header("Prefer", "count=exact").send();
    assert_eq!(counted.ok()["total_count"], 4);
}

#[test]
fn what_was_said_of_proceedings_goes_with_the_anonymised_dossier_and_each_look_is_recorded() {
    let world = World::with(&[("RETENTION_YEARS", "0")]);
    let (head, dpo) = (world.head("63"), world.user("dpo", Role::Dpo, None));
    let dossier = worked(&head, &person(&head, "63"));
    let body = json!({ "nature": "criminal", "member_side": "accused", "authority": "Zqxcourt", "case_number": "Zqxnumber", "opened_on": "2026-09-15" });
    let proceeding = at("proceedings", &head.post(&format!("{}/proceedings", path(&dossier)), &body).ok());
    let noted = json!({ "occurred_on": "2026-10-01", "note": "Zqxnote" });
    let step = at("proceeding-steps", &head.post(&format!("{proceeding}/steps"), &step_with("complaint", &noted)).ok());
    order(&head, &step, &json!({ "command": "void", "reason": "Zqxreason" })).ok();
    head.patch(&proceeding, "*", &json!({ "authority": "Zqxother" })).ok();
    order(&head, &proceeding, &json!({ "command": "close", "outcome": "withdrawn", "reason": "Zqxend" })).ok();
    let words = ["zqxcourt", "zqxnumber", "zqxnote", "zqxreason", "zqxother", "zqxend"];
    let held = world.database_text().to_lowercase();
    assert!(words.iter().all(|word| held.contains(word)), "they were stored");
    let looks = || world.rows("access_log_subjects WHERE subject = 'dossier'");
    let before = looks();
    let seen = [
        format!("{}/proceedings", path(&dossier)),
        proceeding.clone(),
        format!("{proceeding}/history"),
        format!("{proceeding}/transitions"),
        format!("{proceeding}/steps"),
        step.clone(),
        format!("{step}/transitions"),
    ];
    seen.iter().for_each(|look| drop(head.get(look).ok()));
    assert_eq!(looks() - before, 7);
    order(&head, &path(&dossier), &CLOSE()).ok();
    for command in ["archive", "anonymise"] {
        order(&dpo, &path(&dossier), &json!({ "command": command })).ok();
    }
    let left = world.database_text().to_lowercase();
    for word in words {
        assert!(!left.contains(word), "{word} is still there");
    }
    assert_eq!(world.rows("proceeding_steps"), 1, "what stays serves figures");
}

#[test]
fn who_reads_the_dossier_reads_its_proceedings_and_only_the_team_writes_them() {
    let office = Office::new();
    let proceeding = begun(&office.head, &office.dossier, "criminal");
    let volunteer = office.world.volunteer("63");
    let recorded = at("proceeding-steps", &step(&volunteer, &proceeding, "complaint", "2026-10-01").ok());
    let (stranger, dpo, lawyer) = (office.world.head("15"), office.world.user("dpo", Role::Dpo, None), office.world.user("lawyer", Role::Lawyer, None));
    let readable = [proceeding.clone(), format!("{proceeding}/steps"), recorded.clone()];
    for address in &readable {
        stranger.get(address).refused(404, "not_found");
        dpo.get(address).refused(403, "function.not_granted");
        lawyer.get(address).refused(404, "not_found");
    }
    step(&stranger, &proceeding, "complaint", "2026-10-01").refused(404, "not_found");
    office.mandate(&lawyer);
    for address in &readable {
        lawyer.get(address).ok();
    }
    assert_eq!(commands(&lawyer.get(&recorded).ok()), Vec::<String>::new());
    step(&lawyer, &proceeding, "complaint", "2026-10-01").refused(403, "function.not_granted");
    order(&lawyer, &recorded, &json!({ "command": "void", "reason": "Erreur." })).refused(403, "function.not_granted");
    order(&lawyer, &proceeding, &json!({ "command": "close", "outcome": "withdrawn" })).refused(403, "function.not_granted");
    let away = office.head.post("/dossiers", &case(&office.member)).ok();
    assert_eq!(office.head.all(&format!("{}/proceedings", path(&away))).len(), 0, "each dossier has its own");
}
