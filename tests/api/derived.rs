//! What follows from the rooms under a dossier: told by it, found and ordered by in its lists, written by nobody.

use crate::harness::cases::{Office, at, case_with, order, path, person, proceeding, step_with, user_id};
use crate::harness::{Client, World};
use entraide::auth::Role;
use entraide::db::Engine;
use fastrand::Rng;
use serde_json::{Value, json};
use std::collections::BTreeSet;

const FACTS: [&str; 4] = ["complaint_filed", "counsel_involved", "judicialised", "path"];

/// What a dossier tells: whether a complaint, counsel, a court; and the path.
fn told(client: &Client, dossier: &Value) -> Value {
    let view = client.get(&path(dossier)).ok();
    json!(FACTS.map(|name| view[name].clone()))
}

fn begun(client: &Client, dossier: &Value, nature: &str) -> String {
    at("proceedings", &client.post(&format!("{}/proceedings", path(dossier)), &proceeding(nature)).ok())
}

/// The address of a step that was recorded.
fn step(client: &Client, proceeding: &str, kind: &str, done_by: &str) -> String {
    at("proceeding-steps", &client.post(&format!("{proceeding}/steps"), &step_with(kind, &json!({ "done_by": done_by }))).ok())
}

fn void(client: &Client, step: &str) {
    order(client, step, &json!({ "command": "void", "reason": "Saisie par erreur." })).ok();
}

/// The address of a mandate that is proposed to a lawyer who has no account.
fn mandate(client: &Client, dossier: &Value) -> String {
    let body = json!({ "external_lawyer": { "name": "Anne Lac", "bar": "Moulins" }, "nature": "representation", "chosen_by_member": true,
        "expires_on": "2026-12-06" });
    at("mandates", &client.post(&format!("{}/mandates", path(dossier)), &body).ok())
}

fn give(client: &Client, address: &str, command: &str) {
    let mut body = json!({ "command": command });
    match command {
        "decline" => body["decline_reason"] = json!("conflict_of_interest"),
        "withdraw" | "reopen" => body["reason"] = json!("À la demande de l'adhérente."),
        "close" => (body["outcome"], body["outcome_for_member"]) = (json!("conciliation_succeeded"), json!("favourable")),
        _ => {}
    }
    order(client, address, &body).ok();
}

fn worked(head: &Client, member: &Value) -> Value {
    let dossier = head.post("/dossiers", &case_with(member, &json!({ "referent_id": user_id(head) }))).ok();
    give(head, &path(&dossier), "take_charge");
    dossier
}

#[test]
fn a_complaint_is_filed_once_the_member_complains_simply_or_as_a_civil_party() {
    let Office { world: _world, head, dossier, .. } = Office::new();
    let criminal = begun(&head, &dossier, "criminal");
    let filed = || told(&head, &dossier)[0].clone();
    assert_eq!(filed(), false);
    for (kind, done_by) in [("complaint", "opposing"), ("civil_party", "opposing"), ("police_log", "member"), ("direct_summons", "member")] {
        step(&head, &criminal, kind, done_by);
        assert_eq!(filed(), false, "{kind} by {done_by}");
    }
    for kind in ["complaint", "civil_party"] {
        let complaint = step(&head, &criminal, kind, "member");
        assert_eq!(filed(), true, "{kind}");
        void(&head, &complaint);
        assert_eq!(filed(), false, "{kind}, voided");
    }
}

/// The steps that bring a case before a judge, by the nature of the proceeding.
const IN_COURT: [(&str, &[&str]); 4] = [
    ("criminal", &["criminal_settlement", "guilty_plea", "prosecution", "civil_party", "direct_summons", "trial", "judgment", "appeal", "cassation"]),
    ("civil", &["summons", "hearing", "trial", "judgment", "appeal", "cassation"]),
    ("administrative", &["trial", "judgment", "appeal", "cassation"]),
    ("disciplinary", &[]),
];

#[test]
fn a_case_is_in_court_once_a_step_brought_it_before_a_judge() {
    let Office { world: _world, head, dossier, .. } = Office::new();
    let kinds: Vec<String> = head.get("/reference/enumerations").ok()["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|served| served["name"] == "proceeding_step_kind")
        .map(|served| served["values"].as_array().unwrap().iter().map(|value| value["code"].as_str().unwrap().to_owned()).collect())
        .unwrap();
    for (nature, in_court) in IN_COURT {
        let proceeding = begun(&head, &dossier, nature);
        for kind in &kinds {
            let reply = head.post(&format!("{proceeding}/steps"), &step_with(kind, &json!({ "done_by": "authority" })));
            let went = told(&head, &dossier)[2] == true;
            if reply.status == 201 {
                assert_eq!(went, in_court.contains(&kind.as_str()), "{kind} in {nature}");
                void(&head, &at("proceeding-steps", &reply.ok()));
            }
            assert_eq!(told(&head, &dossier)[2], false, "{kind} in {nature}, voided or refused");
        }
    }
}

#[test]
fn counsel_is_involved_from_the_first_acceptance_on_and_for_ever() {
    let Office { world: _world, head, dossier, .. } = Office::new();
    let involved = || told(&head, &dossier)[1].clone();
    let declined = mandate(&head, &dossier);
    assert_eq!(involved(), false, "a proposal is no lawyer yet");
    give(&head, &declined, "decline");
    let early = mandate(&head, &dossier);
    give(&head, &early, "withdraw");
    assert_eq!(involved(), false);
    let accepted = mandate(&head, &dossier);
    give(&head, &accepted, "accept");
    assert_eq!(involved(), true);
    give(&head, &accepted, "withdraw");
    assert_eq!(involved(), true, "they were");
}

#[test]
fn the_path_tells_counsel_from_court_and_both_from_conciliation_and_advice() {
    let world = World::new();
    let head = world.head("63");
    let member = person(&head, "63");
    let way = |counsel: bool, court: bool, conciliated: bool| {
        let dossier = worked(&head, &member);
        assert_eq!(told(&head, &dossier), json!([false, false, false, "advice"]));
        if court {
            let proceeding = begun(&head, &dossier, "civil");
            step(&head, &proceeding, "summons", "member");
            order(&head, &proceeding, &json!({ "command": "close", "outcome": "settled" })).ok();
        }
        if counsel {
            let mandate = mandate(&head, &dossier);
            ["accept", "start", "complete"].iter().for_each(|command| give(&head, &mandate, command));
        }
        if conciliated {
            give(&head, &path(&dossier), "close");
        }
        (told(&head, &dossier)[3].as_str().unwrap().to_owned(), dossier)
    };
    for conciliated in [false, true] {
        assert_eq!(way(true, true, conciliated).0, "counsel_in_court");
        assert_eq!(way(true, false, conciliated).0, "counsel_without_court");
        assert_eq!(way(false, true, conciliated).0, "court_without_counsel");
    }
    assert_eq!(way(false, false, false).0, "advice");
    let (conciliated, dossier) = way(false, false, true);
    assert_eq!(conciliated, "conciliation");
    assert_eq!(head.all(&format!("{}/history", path(&dossier)))[0]["after"]["path"], "conciliation", "the version that the command made says so");
    give(&head, &path(&dossier), "reopen");
    assert_eq!(told(&head, &dossier)[3], "advice", "the outcome is gone, and with it what it told");
}

#[test]
fn a_case_went_the_way_of_conciliation_once_the_sides_began_to_talk() {
    let Office { world: _world, head, dossier, .. } = Office::new();
    let talks = at("conciliations", &head.post(&format!("{}/conciliations", path(&dossier)), &json!({ "subject": "Rétablir un dialogue." })).ok());
    for (command, way) in [("accept", "advice"), ("start", "conciliation"), ("fail", "conciliation")] {
        let body = if command == "start" { json!({ "command": command }) } else { json!({ "command": command, "reason": "À la demande de la famille." }) };
        order(&head, &talks, &body).ok();
        assert_eq!(told(&head, &dossier)[3], way, "after {command}");
    }
}

#[test]
fn nobody_writes_what_follows_from_other_rooms() {
    let Office { world: _world, head, member, dossier } = Office::new();
    for name in FACTS {
        let value = if name == "path" { json!("counsel_in_court") } else { json!(true) };
        assert_eq!(head.patch(&path(&dossier), "*", &json!({ name: value })).flaws(), [format!("/{name} field.derived")]);
        assert_eq!(head.post("/dossiers", &case_with(&member, &json!({ name: value }))).flaws(), [format!("/{name} field.unknown")]);
    }
    assert_eq!(told(&head, &dossier), json!([false, false, false, "advice"]));
}

#[test]
fn a_step_under_a_dossier_leaves_its_version_and_no_cache_with_an_older_answer() {
    let Office { world: _world, head, dossier, .. } = Office::new();
    let before = head.get(&path(&dossier));
    let proceeding = begun(&head, &dossier, "criminal");
    let unchanged = |etag: &str| head.request("GET", &path(&dossier)).header("If-None-Match", etag).send().status;
    assert_eq!(unchanged(before.etag()), 304);
    step(&head, &proceeding, "civil_party", "member");
    assert_eq!(unchanged(before.etag()), 200, "the tag is of what is shown");
    let after = head.get(&path(&dossier));
    assert_eq!(after.json()["version"], before.json()["version"], "a part never raises the version of its dossier");
    assert_eq!(unchanged(after.etag()), 304);
    head.patch(&path(&dossier), before.etag(), &json!({ "urgency": "high" })).ok();
    let version = head.all(&format!("{}/history", path(&dossier)))[0]["after"].clone();
    assert_eq!((&version["judicialised"], &version["complaint_filed"]), (&json!(true), &json!(true)), "its next version shows it");
}

/// Dossiers of five paths, three complaints among them.
fn five() -> (World, Client, Vec<Value>) {
    let world = World::new();
    let head = world.head("63");
    let member = person(&head, "63");
    let mut dossiers = Vec::new();
    for (counsel, kind) in [(true, "civil_party"), (true, "complaint"), (false, "judgment"), (false, "hearing"), (false, "complaint"), (true, "trial")] {
        let dossier = worked(&head, &member);
        step(&head, &begun(&head, &dossier, "criminal"), kind, "member");
        if counsel {
            give(&head, &mandate(&head, &dossier), "accept");
        }
        dossiers.push(dossier);
    }
    let conciliated = worked(&head, &member);
    give(&head, &path(&conciliated), "close");
    dossiers.push(conciliated);
    (world, head, dossiers)
}

#[test]
fn lists_are_found_and_ordered_by_it_page_by_page_in_every_form() {
    let (_world, head, dossiers) = five();
    let found = |query: &str| -> BTreeSet<usize> {
        let place = |row: &Value| dossiers.iter().position(|dossier| dossier["id"] == row["id"]).unwrap();
        head.all(&format!("/dossiers?limit=1&{query}")).iter().map(place).collect()
    };
    for (query, places) in [
        ("complaint=true", vec![0, 1, 4]),
        ("complaint=false", vec![2, 3, 5, 6]),
        ("counsel=true", vec![0, 1, 5]),
        ("judicialised=true", vec![0, 2, 5]),
        ("judicialised=false&counsel=false", vec![3, 4, 6]),
        ("path=advice", vec![3, 4]),
        ("path=conciliation,court_without_counsel", vec![2, 6]),
        ("path=counsel_in_court&complaint=true&department=63&status=in_progress", vec![0]),
        ("path=counsel_without_court&judicialised=true", vec![]),
    ] {
        assert_eq!(found(query), places.into_iter().collect(), "{query}");
    }
    let whole = head.all("/dossiers");
    for sort in FACTS {
        let mut rows = whole.clone();
        rows.sort_by_key(|row| (row[sort].to_string(), row["id"].to_string()));
        for limit in [1, 2, 3, 100] {
            assert_eq!(head.all(&format!("/dossiers?sort={sort}&limit={limit}")), rows, "{sort}, {limit} at a time");
        }
        rows.reverse();
        assert_eq!(head.all(&format!("/dossiers?sort=-{sort}&limit=2")), rows, "{sort}, backwards");
    }
    let wrong = ["complaint=perhaps", "path=war"].map(|query| head.get(&format!("/dossiers?{query}")).status);
    assert_eq!(wrong, [400, 400]);
    let only = head.all("/dossiers?fields=id,path,judicialised&path=counsel_in_court&sort=path");
    assert_eq!((only.len(), only[0].as_object().unwrap().len()), (2, 3), "{only:?}");
    let csv = head.request("GET", "/dossiers?judicialised=true&fields=complaint_filed,path").header("Accept", "text/csv").send();
    let mut lines: Vec<String> = csv.text().trim_start_matches('\u{feff}').lines().skip(1).map(str::to_owned).collect();
    lines.sort_unstable();
    assert_eq!(lines.len(), 3, "{lines:?}");
    let french =
        head.request("GET", "/dossiers?fields=complaint_filed,counsel_involved,judicialised,path").header("Accept", "text/csv; dialect=excel-fr").send();
    let titles = ["Plainte déposée", "Avocat intervenu", "Judiciarisé", "Parcours"];
    assert!(titles.iter().all(|title| french.text().contains(title)), "{}", french.text());
    let counted = head.request("GET", "/dossiers?counsel=true&limit=1").header("Prefer", "count=exact").send();
    assert_eq!(counted.ok()["total_count"], 3);
    head.post("/contact-requests", &json!({ "channel": "phone", "caller_name": "Anne" })).ok();
    let call = at("contact-requests", &head.all("/contact-requests")[0]);
    order(&head, &call, &json!({ "command": "convert", "dossier_id": dossiers[0]["id"] })).ok();
    assert_eq!(head.get(&format!("{call}?expand=dossier")).ok()["dossier"]["path"], "counsel_in_court");
}

#[test]
fn who_watches_over_data_is_not_told_it_in_any_way_and_studies_are() {
    let (world, _, dossiers) = five();
    let (dpo, analyst) = (world.user("dpo", Role::Dpo, None), world.user("analyst", Role::Analyst, None));
    let seen = dpo.get(&path(&dossiers[0])).ok();
    for (name, filter) in FACTS.into_iter().zip(["complaint=true", "counsel=true", "judicialised=true", "path=advice"]) {
        assert!(seen[name].is_null() && seen["withheld"].as_array().unwrap().contains(&json!(name)), "{name}");
        for query in [format!("sort={name}"), format!("sort=-{name}"), format!("fields={name}"), filter.to_owned()] {
            dpo.get(&format!("/dossiers?{query}")).refused(403, "field.masked");
        }
        analyst.get(&format!("/dossiers?purpose=Barometre&sort={name}")).refused(403, "field.masked");
    }
    assert_eq!(dpo.all("/dossiers?sort=opened").len(), dossiers.len());
    let studied = analyst.all("/dossiers?purpose=Barometre&path=counsel_in_court");
    assert_eq!((studied.len(), &studied[0]["judicialised"]), (2, &json!(true)));
}

/// Dossiers whose columns differ from what their rooms say, told in another language than the house's.
const ASTRAY: &str = "dossiers d WHERE \
    d.complaint_filed <> EXISTS (SELECT 1 FROM proceeding_steps s WHERE s.dossier_id = d.id AND s.voided_at IS NULL AND s.done_by = 'member' \
        AND s.kind IN ('complaint', 'civil_party')) \
    OR d.counsel_involved <> EXISTS (SELECT 1 FROM lawyer_mandates m WHERE m.dossier_id = d.id AND m.accepted_on IS NOT NULL) \
    OR d.judicialised <> EXISTS (SELECT 1 FROM proceeding_steps s JOIN proceedings p ON p.id = s.proceeding_id \
        WHERE p.dossier_id = d.id AND s.voided_at IS NULL AND ( \
            (p.nature = 'criminal' AND s.kind IN ('criminal_settlement', 'guilty_plea', 'prosecution', 'civil_party', 'direct_summons')) \
            OR (p.nature = 'civil' AND s.kind IN ('summons', 'hearing')) \
            OR (p.nature <> 'disciplinary' AND s.kind IN ('trial', 'judgment', 'appeal', 'cassation')))) \
    OR d.path <> CASE WHEN d.counsel_involved AND d.judicialised THEN 'counsel_in_court' WHEN d.counsel_involved THEN 'counsel_without_court' \
        WHEN d.judicialised THEN 'court_without_counsel' WHEN d.outcome IN ('conciliation_succeeded', 'conciliation_failed') \
            OR EXISTS (SELECT 1 FROM conciliations c WHERE c.dossier_id = d.id AND c.status IN ('in_progress', 'agreed', 'failed', 'verified')) \
        THEN 'conciliation' ELSE 'advice' END";

/// Does something under one of the dossiers, whether it is possible there now or not.
fn act(head: &Client, dossiers: &[Value], rng: &mut Rng) {
    fn pick<'a, T>(rng: &mut Rng, items: &'a [T]) -> Option<&'a T> {
        if items.is_empty() { None } else { items.get(rng.usize(0..items.len())) }
    }
    let dossier = pick(rng, dossiers).unwrap();
    let under = |collection: &str| head.all(&format!("{}/{collection}", path(dossier)));
    let word = |address: &str, body: Value| drop(order(head, address, &body));
    match rng.u32(0..12) {
        0 => drop(head.post(&format!("{}/proceedings", path(dossier)), &proceeding(["criminal", "civil", "administrative", "disciplinary"][rng.usize(0..4)]))),
        1..=4 => {
            if let Some(proceeding) = pick(rng, &under("proceedings?status=open")) {
                let kinds = ["complaint", "civil_party", "hearing", "summons", "trial", "judgment", "inquiry", "criminal_settlement", "police_log", "appeal"];
                let (kind, done_by) = (kinds[rng.usize(0..kinds.len())], ["member", "opposing", "authority"][rng.usize(0..3)]);
                head.post(&format!("{}/steps", at("proceedings", proceeding)), &step_with(kind, &json!({ "done_by": done_by })));
            }
        }
        5..=7 => {
            if let Some(proceeding) = pick(rng, &under("proceedings"))
                && let Some(step) = pick(rng, &head.all(&format!("{}/steps", at("proceedings", proceeding))))
            {
                word(&at("proceeding-steps", step), json!({ "command": "void", "reason": "Saisie par erreur." }));
            }
        }
        8 => drop(mandate_or_not(head, dossier)),
        9 => {
            if let Some(mandate) = pick(rng, &under("mandates")) {
                let command = ["accept", "decline", "start", "withdraw"][rng.usize(0..4)];
                word(&at("mandates", mandate), json!({ "command": command, "decline_reason": "conflict_of_interest" }));
                word(&at("mandates", mandate), json!({ "command": command, "reason": "À la demande de l'adhérente." }));
                word(&at("mandates", mandate), json!({ "command": command }));
            }
        }
        10 => {
            for proceeding in under("proceedings?status=open") {
                word(&at("proceedings", &proceeding), json!({ "command": "close", "outcome": "other" }));
            }
            let outcome = ["conciliation_succeeded", "conciliation_failed", "conviction"][rng.usize(0..3)];
            word(&path(dossier), json!({ "command": "close", "outcome": outcome, "outcome_for_member": "mixed" }));
        }
        _ => {
            word(&path(dossier), json!({ "command": "reopen", "reason": "Fait nouveau." }));
            head.patch(&path(dossier), "*", &json!({ "urgency": "high" }));
        }
    }
}

fn mandate_or_not(head: &Client, dossier: &Value) -> u16 {
    let body = json!({ "external_lawyer": { "name": "Anne Lac", "bar": "Moulins" }, "nature": "representation", "chosen_by_member": true,
        "expires_on": "2026-12-06" });
    head.post(&format!("{}/mandates", path(dossier)), &body).status
}

#[test]
fn what_is_kept_is_what_the_rooms_say_after_any_walk_and_however_many_walk_at_once() {
    let world = World::with(&[("WORKERS", "3")]);
    let head = world.head("63");
    let member = person(&head, "63");
    let mut paths = BTreeSet::new();
    let mut seed = 0;
    // Where the walkers meet is chance: those that led nowhere much are followed by others, under dossiers of their own.
    while seed < 6 || paths.len() < 3 {
        assert!(seed < 60, "the walks lead somewhere: {paths:?}");
        let dossiers: Vec<Value> = (0..2).map(|_| worked(&head, &member)).collect();
        std::thread::scope(|scope| {
            for walker in 0..3 {
                let (head, dossiers) = (&head, &dossiers);
                scope.spawn(move || {
                    let mut rng = Rng::with_seed(seed * 3 + walker);
                    (0..14).for_each(|_| act(head, dossiers, &mut rng));
                });
            }
        });
        assert_eq!(world.rows(ASTRAY), 0, "after walk {seed}");
        paths.extend(head.all("/dossiers").iter().map(|dossier| dossier["path"].as_str().unwrap().to_owned()));
        seed += 1;
    }
    let write = |conn: &mut entraide::db::DbConn| Ok(conn.run("UPDATE dossiers SET complaint_filed = NOT complaint_filed")?);
    world.db().write_now(write).unwrap();
    assert_eq!(world.rows(ASTRAY), world.rows("dossiers"), "the proof finds what is astray");
}

#[test]
fn what_was_there_before_is_filled_in() {
    let world = World::new();
    let head = world.head("63");
    let member = person(&head, "63");
    let [advised, conciliated, counselled] = [(); 3].map(|()| worked(&head, &member));
    give(&head, &path(&conciliated), "close");
    give(&head, &mandate(&head, &counselled), "accept");
    let again = |conn: &mut entraide::db::DbConn| {
        // The indices of these come later, and go before.
        let steps = match conn.engine() {
            Engine::Sqlite => [
                include_str!("../../migrations/sqlite/2026-11-22-000049_expiries_and_sorts/down.sql"),
                include_str!("../../migrations/sqlite/2026-11-22-000037_proceedings/down.sql"),
                include_str!("../../migrations/sqlite/2026-11-22-000037_proceedings/up.sql"),
                include_str!("../../migrations/sqlite/2026-11-22-000049_expiries_and_sorts/up.sql"),
            ],
            Engine::Postgres => [
                include_str!("../../migrations/postgres/2026-11-22-000049_expiries_and_sorts/down.sql"),
                include_str!("../../migrations/postgres/2026-11-22-000037_proceedings/down.sql"),
                include_str!("../../migrations/postgres/2026-11-22-000037_proceedings/up.sql"),
                include_str!("../../migrations/postgres/2026-11-22-000049_expiries_and_sorts/up.sql"),
            ],
        };
        for step in steps {
            conn.run(step)?;
        }
        Ok(())
    };
    world.db().write_now(again).unwrap();
    let filled = [&advised, &conciliated, &counselled].map(|dossier| told(&head, dossier));
    assert_eq!(json!(filled), json!([[false, false, false, "advice"], [false, false, false, "conciliation"], [false, true, false, "counsel_without_court"]]));
}
