//! Activities: what is done in a case, each told to those for whom it is meant.

use crate::harness::cases::{Office, activity, activity_with, ask_solidarity, at, case, order, path, user_id};
use crate::harness::{Client, Reply, World};
use entraide::auth::Role;
use entraide::db::Id;
use serde_json::{Value, json};

fn activities(office: &Office) -> String {
    format!("{}/activities", path(&office.dossier))
}

fn ids(rows: &[Value]) -> Vec<Value> {
    rows.iter().map(|row| row["id"].clone()).collect()
}

/// Says of a dossier that it was never one for the association.
fn end(office: &Office) -> Reply {
    order(&office.head, &path(&office.dossier), &json!({ "command": "declare_inadmissible", "reason": "Hors champ." }))
}

#[test]
fn an_activity_is_recorded_read_changed_by_its_author_and_remembered() {
    let office = Office::new();
    let volunteer = office.world.volunteer("63");
    let made = volunteer.post(&activities(&office), &activity(&["team", "author"]));
    let view = made.ok();
    assert_eq!((made.status, made.header("location")), (201, format!("/api/v1{}", at("activities", &view)).as_str()));
    assert_eq!((&view["author_id"], &view["dossier_id"], &view["version"]), (&user_id(&volunteer), &office.dossier["id"], &json!(1)));
    assert_eq!((&view["visibility"], &view["started_at"]), (&json!(["author", "team"]), &json!("2026-11-22T08:00:00.000000Z")));
    let own = at("activities", &view);
    let seen = office.head.get(&own);
    assert_eq!(seen.ok(), view);
    office.head.patch(&own, seen.etag(), &json!({ "minutes": 50 })).refused(403, "activity.not_yours");
    let changed = volunteer.patch(&own, made.etag(), &json!({ "minutes": null, "visibility": ["lawyer", "team"], "kind": "support" }));
    assert_eq!((&changed.ok()["minutes"], &changed.ok()["visibility"]), (&Value::Null, &json!(["author", "team", "lawyer"])));
    volunteer.patch(&own, made.etag(), &json!({ "minutes": 5 })).refused(412, "version.stale");
    volunteer.request("PATCH", &own).merge_patch(&json!({ "minutes": 5 })).send().refused(428, "precondition.required");
    let history = office.head.all(&format!("{own}/history?limit=1"));
    let told: Vec<_> = history.iter().map(|entry| (&entry["version"], &entry["before"]["kind"], &entry["after"]["kind"])).collect();
    assert_eq!(told, [(&json!(2), &json!("interview"), &json!("support")), (&json!(1), &Value::Null, &json!("interview"))]);
    assert_eq!(office.world.rows("audit_events WHERE resource = 'activity'"), 2);
    let again = || volunteer.request("POST", &activities(&office)).key("once").json(&activity(&["team"])).send();
    assert_eq!((again().ok()["id"].clone(), again().header("idempotency-replayed")), (again().ok()["id"].clone(), "true"));
    assert_eq!(office.head.all(&activities(&office)).len(), 2);
}

#[test]
fn activities_are_listed_in_order_of_time_by_kind_and_by_day_in_paris() {
    let office = Office::new();
    let make = |kind: &str, at: &str| office.head.post(&activities(&office), &activity_with(&["team"], &json!({ "kind": kind, "started_at": at }))).ok();
    let late = make("letter", "2026-11-21T23:30:00Z");
    let early = make("note", "2026-11-20T10:00:00+01:00");
    let first = make("letter", "2026-11-20T08:59:59.123456Z");
    let listed = |query: &str| ids(&office.head.all(&format!("{}?limit=2&{query}", activities(&office))));
    assert_eq!(listed(""), ids(&[first.clone(), early.clone(), late.clone()]));
    assert_eq!(listed("sort=-started"), ids(&[late.clone(), early.clone(), first.clone()]));
    assert_eq!(listed("kind=letter"), ids(&[first, late.clone()]));
    assert_eq!(listed("started=2026-11-22/2026-11-22"), ids(&[late]));
    assert_eq!(early["started_at"], "2026-11-20T09:00:00.000000Z");
    let csv = office.head.request("GET", &activities(&office)).header("Accept", "text/csv; dialect=excel-fr").send().text();
    assert!(csv.contains("Destinataires") && csv.contains("Courrier"), "{csv}");
}

#[test]
fn every_flaw_of_an_activity_is_told_at_once() {
    let office = Office::new();
    let post = |body: &Value| office.head.post(&activities(&office), body).flaws();
    let house = activity_with(&[], &json!({ "started_at": "2026-11-22T23:30:00Z" }));
    assert_eq!(post(&house), ["/started_at date.in_future", "/visibility visibility.empty"]);
    assert_eq!(post(&activity_with(&["team"], &json!({ "kind": "system" }))), ["/kind choice.unknown"], "what the server does is told by its steps");
    let shapes = json!({ "kind": "chat", "medium": "pigeon", "started_at": "2026-11-22 08:00", "minutes": 0, "visibility": ["everybody"], "author_id": null });
    assert_eq!(
        post(&shapes),
        [
            "/author_id field.unknown",
            "/kind choice.unknown",
            "/medium choice.unknown",
            "/minutes number.out_of_range",
            "/started_at instant.invalid",
            "/summary field.required",
            "/visibility/0 choice.unknown",
        ]
    );
    for (moment, code) in [("1799-12-31T10:00:00Z", "date.out_of_range"), ("2026-11-22", "instant.invalid"), ("2026-02-30T10:00:00Z", "instant.invalid")] {
        assert_eq!(post(&activity_with(&["team"], &json!({ "started_at": moment }))), [format!("/started_at {code}")], "{moment}");
    }
    let made = office.head.post(&activities(&office), &activity(&["team"])).ok();
    let patch = json!({ "visibility": [], "author_id": null, "dossier_id": null, "referent_id": null });
    assert_eq!(
        office.head.patch(&at("activities", &made), "*", &patch).flaws(),
        ["/author_id field.read_only", "/dossier_id field.read_only", "/referent_id field.read_only"]
    );
    let patch = json!({ "started_at": "2026-11-22T23:30:00Z", "visibility": [] });
    assert_eq!(office.head.patch(&at("activities", &made), "*", &patch).flaws(), ["/started_at date.in_future", "/visibility visibility.empty"]);
}

#[test]
fn what_is_meant_for_its_author_alone_nobody_else_reads() {
    let office = Office::new();
    let volunteer = office.world.volunteer("63");
    let private = volunteer.post(&activities(&office), &activity(&["author"])).ok();
    let shared = volunteer.post(&activities(&office), &activity(&["team"])).ok();
    let own = at("activities", &private);
    assert_eq!(volunteer.get(&own).ok(), private);
    assert_eq!(volunteer.all(&activities(&office)).len(), 2);
    for hidden in [own.clone(), format!("{own}/history")] {
        office.head.get(&hidden).refused(404, "not_found");
    }
    office.head.patch(&own, "*", &json!({ "minutes": 1 })).refused(404, "not_found");
    let counted = office.head.request("GET", &activities(&office)).header("Prefer", "count=exact").send().ok();
    assert_eq!((&counted["total_count"], ids(counted["items"].as_array().unwrap())), (&json!(1), vec![shared["id"].clone()]));
    for accept in ["text/csv", "application/x-ndjson"] {
        let file = office.head.request("GET", &activities(&office)).header("Accept", accept).send().text();
        assert!(!file.contains(private["id"].as_str().unwrap()) && file.contains(shared["id"].as_str().unwrap()), "{file}");
    }
    let unknown = office.head.get(&format!("/activities/{}", Id::new()));
    assert_eq!(office.head.get(&own).json()["code"], unknown.json()["code"]);
}

#[test]
fn what_was_private_once_is_not_told_later_by_its_history() {
    let office = Office::new();
    let volunteer = office.world.volunteer("63");
    let made = volunteer.post(&activities(&office), &activity_with(&["author"], &json!({ "summary": "Doute de sa version." }))).ok();
    let own = at("activities", &made);
    volunteer.patch(&own, "*", &json!({ "summary": "Entretien tenu.", "visibility": ["team"] })).ok();
    let history = office.head.get(&format!("{own}/history"));
    assert!(!history.text().contains("Doute"), "{}", history.text());
    let entries = history.ok()["items"].as_array().unwrap().clone();
    assert_eq!((&entries[0]["after"]["summary"], &entries[0]["before"], &entries[1]["after"]), (&json!("Entretien tenu."), &Value::Null, &Value::Null));
    let own = volunteer.all(&format!("{own}/history"));
    assert_eq!((&own[0]["before"]["summary"], &own[1]["after"]["summary"]), (&json!("Doute de sa version."), &json!("Doute de sa version.")));
}

#[test]
fn a_lawyer_reads_what_is_meant_for_the_lawyer_alone_and_changes_nothing_of_it() {
    let office = Office::new();
    let lawyer = office.world.user("lawyer", Role::Lawyer, None);
    let [team, both, member] =
        [&["team"][..], &["team", "lawyer"], &["member", "insurer"]].map(|meant| office.head.post(&activities(&office), &activity(meant)).ok());
    lawyer.get(&at("activities", &both)).refused(404, "not_found");
    lawyer.get(&activities(&office)).refused(404, "not_found");
    office.mandate(&lawyer);
    assert_eq!(lawyer.get(&at("activities", &both)).ok(), both);
    for hidden in [team, member] {
        lawyer.get(&at("activities", &hidden)).refused(404, "not_found");
    }
    let counted = lawyer.request("GET", &activities(&office)).header("Prefer", "count=exact").send().ok();
    assert_eq!((&counted["total_count"], ids(counted["items"].as_array().unwrap())), (&json!(1), vec![both["id"].clone()]));
    lawyer.get(&format!("{}/history", at("activities", &both))).refused(403, "function.not_granted");
    lawyer.patch(&at("activities", &both), "*", &json!({ "minutes": 1 })).refused(403, "activity.not_yours");
}

#[test]
fn who_works_some_dossiers_and_has_a_mandate_in_another_is_to_each_what_they_are_there() {
    let office = Office::new();
    let both = office.world.user("both", Role::Lawyer, None);
    office.world.grant(&both, Role::Volunteer, Some("63"));
    let both = office.world.again(&both);
    // Above a volunteer's ceiling: only the mandate opens it.
    let mandated = path(&office.dossier);
    office.head.patch(&mandated, "*", &json!({ "confidentiality": "secret" })).ok();
    office.mandate(&both);
    let worked = path(&office.head.post("/dossiers", &case(&office.member)).ok());
    let tell = |dossier: &str, meant: &[&str]| office.head.post(&format!("{dossier}/activities"), &activity(meant)).ok();
    let cases = [(&mandated, "lawyer", true), (&mandated, "team", false), (&worked, "team", true), (&worked, "lawyer", false)];
    for (dossier, meant, reads) in cases {
        let told = tell(dossier, &[meant]);
        assert_eq!(both.get(&at("activities", &told)).status, if reads { 200 } else { 404 }, "{meant} at {dossier}");
        assert_eq!(ids(&both.all(&format!("{dossier}/activities"))).contains(&told["id"]), reads, "{meant} at {dossier}");
    }
    assert_eq!(both.post(&format!("{mandated}/activities"), &activity(&["team"])).flaws(), ["/visibility visibility.privileged"], "a lawyer there");
    both.post(&format!("{worked}/activities"), &activity(&["team"])).ok();
}

#[test]
fn whoever_breaks_the_glass_or_decides_on_solidarity_reads_what_the_team_reads() {
    let office = Office::new();
    let dossier = path(&office.dossier);
    let [team, private] = [&["team"][..], &["lawyer"]].map(|meant| office.head.post(&activities(&office), &activity(meant)).ok());
    let (national, officer) = (office.world.user("national", Role::NationalStaff, None), office.world.user("officer", Role::SolidarityOfficer, None));
    for caller in [&national, &officer] {
        caller.get(&at("activities", &team)).refused(404, "not_found");
    }
    national.post(&format!("{dossier}/break-glass"), &json!({ "reason": "Signalement urgent du ministère, responsable injoignable." })).ok();
    ask_solidarity(&office.head, &dossier, "Refus de l'assureur.");
    for caller in [&national, &officer] {
        assert_eq!(ids(&caller.all(&activities(&office))), [team["id"].clone()]);
        caller.get(&at("activities", &private)).refused(404, "not_found");
        caller.post(&activities(&office), &activity(&["team"])).refused(403, "function.not_granted");
    }
}

#[test]
fn nothing_is_recorded_under_a_dossier_that_has_ended() {
    let office = Office::new();
    let made = office.head.post(&activities(&office), &activity(&["team"])).ok();
    end(&office).ok();
    office.head.post(&activities(&office), &activity(&["team"])).refused(409, "dossier.not_open");
    office.head.patch(&at("activities", &made), "*", &json!({ "minutes": 1 })).refused(409, "dossier.not_open");
    assert_eq!(office.head.all(&activities(&office)), [made]);
}

#[test]
fn what_is_recorded_at_once_with_the_end_of_a_dossier_comes_before_it_or_is_refused() {
    for _ in 0..4 {
        let office = Office::on(World::with(&[("WORKERS", "2")]));
        let made = office.head.post(&activities(&office), &activity(&["team"])).ok();
        let clients: [Client; 2] = [0, 1].map(|_| office.world.again(&office.head));
        let (recorded, changed) = std::thread::scope(|scope| {
            let record = scope.spawn(|| clients[0].post(&activities(&office), &activity(&["team"])).status);
            let change = scope.spawn(|| clients[1].patch(&at("activities", &made), "*", &json!({ "minutes": 5 })).status);
            end(&office).ok();
            (record.join().unwrap(), change.join().unwrap())
        });
        assert!([201, 409].contains(&recorded) && [200, 409].contains(&changed), "{recorded} {changed}");
        let ended = office.head.all(&format!("{}/transitions", path(&office.dossier)))[0]["id"].clone();
        // Ids are made in the order of time, by the one clock of this machine.
        for row in office.head.all(&activities(&office)) {
            assert!(row["id"].as_str() < ended.as_str(), "recorded after the end");
        }
        assert_eq!(office.head.all(&activities(&office)).len(), 1 + usize::from(recorded == 201));
    }
}

#[test]
fn what_was_told_under_an_anonymised_dossier_is_nowhere_any_more() {
    let words = ["Xylophage", "Ypérite", "Zinzolin", "Wapiti", "Vibrisse", "Uvulaire"];
    let office = Office::on(World::with(&[("RETENTION_YEARS", "0")]));
    let (head, dossier) = (&office.head, path(&office.dossier));
    let made = head.request("POST", &activities(&office)).key("a").json(&activity_with(&["author"], &json!({ "summary": words[0] }))).send().ok();
    head.patch(&at("activities", &made), "*", &json!({ "summary": words[1] })).ok();
    let task = head.request("POST", &format!("{dossier}/tasks")).key("t").json(&json!({ "title": words[2], "note": words[3] })).send().ok();
    head.patch(&at("tasks", &task), "*", &json!({ "title": words[4] })).ok();
    order(head, &at("tasks", &task), &json!({ "command": "cancel", "reason": words[5] })).ok();
    order(head, &dossier, &json!({ "command": "assign", "referent_id": user_id(head) })).ok();
    order(head, &dossier, &json!({ "command": "take_charge" })).ok();
    order(head, &dossier, &json!({ "command": "close", "outcome": "advice_given", "outcome_for_member": "favourable" })).ok();
    order(head, &dossier, &json!({ "command": "archive" })).ok();
    let held = office.world.database_text();
    assert!(words.iter().all(|word| held.contains(word)), "all were stored");
    let dpo = office.world.user("dpo", Role::Dpo, None);
    order(&dpo, &dossier, &json!({ "command": "anonymise" })).ok();
    let left = office.world.database_text();
    for word in words {
        assert!(!left.contains(word), "{word} is still there");
    }
    assert_eq!((office.world.rows("activities"), office.world.rows("tasks")), (1, 1), "that there was something stays");
    dpo.get(&activities(&office)).refused(403, "function.not_granted");
}
