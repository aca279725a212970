//! Merging a dossier as a duplicate: closed for the one that is kept, counted once with it, and a case of its own again when reopened.

use crate::harness::cases::{Office, at, case_with, order, path, person, proceeding, step_with, user_id};
use crate::harness::data::{association, school};
use crate::harness::{Client, Reply, World};
use entraide::auth::Role;
use entraide::db::Id;
use serde_json::{Value, json};

/// Several cases of one member.
fn dossiers<const N: usize>(office: &Office) -> [Value; N] {
    std::array::from_fn(|_| office.head.post("/dossiers", &case_with(&office.member, &json!({}))).ok())
}

fn merge(client: &Client, duplicate: &Value, kept: &Value) -> Reply {
    order(client, &path(duplicate), &json!({ "command": "merge", "surviving_dossier_id": kept["id"], "reason": "Saisi deux fois." }))
}

fn reopen(client: &Client, dossier: &Value) -> Reply {
    order(client, &path(dossier), &json!({ "command": "reopen", "reason": "Une autre affaire." }))
}

fn relations(client: &Client, dossier: &Value) -> Vec<(String, String)> {
    let told = |link: &Value| ["relation", "status"].map(|name| link[name].as_str().unwrap().to_owned());
    client.all(&format!("{}/links", path(dossier))).iter().map(told).map(|[relation, status]| (relation, status)).collect()
}

fn relation(word: &str, status: &str) -> Vec<(String, String)> {
    vec![(word.to_owned(), status.to_owned())]
}

#[test]
fn a_duplicate_is_closed_for_the_one_that_is_kept_until_it_is_reopened() {
    let office = Office::new();
    let head = &office.head;
    let [duplicate, kept] = dossiers(&office);
    let before = head.get(&path(&kept)).ok()["version"].clone();
    let step = merge(head, &duplicate, &kept).ok();
    assert_eq!((&step["from_status"], &step["to_status"], &step["reason"]), (&json!("new"), &json!("closed"), &json!("Saisi deux fois.")));
    let seen = head.get(&path(&duplicate)).ok();
    assert_eq!((&seen["status"], &seen["outcome"], &seen["outcome_for_member"]), (&json!("closed"), &json!("duplicate"), &json!("unknown")));
    assert_eq!((&seen["closed_on"], &seen["first_closed_on"], &seen["retention_due_on"]), (&json!("2026-11-22"), &json!("2026-11-22"), &json!("2036-11-22")));
    assert_eq!((relations(head, &duplicate), relations(head, &kept)), (relation("duplicate_of", "standing"), relation("has_duplicate", "standing")));
    assert_eq!(head.get(&path(&kept)).ok()["version"], before);
    let resolved = head.all(&format!("/dossiers?reference={}", duplicate["reference"].as_str().unwrap()));
    assert_eq!(resolved[0]["id"], duplicate["id"], "its reference still leads to it");
    reopen(head, &duplicate).ok();
    let seen = head.get(&path(&duplicate)).ok();
    assert_eq!((&seen["status"], &seen["outcome"], &seen["first_closed_on"]), (&json!("in_progress"), &Value::Null, &json!("2026-11-22")));
    assert_eq!((relations(head, &duplicate), relations(head, &kept)), (relation("duplicate_of", "withdrawn"), relation("has_duplicate", "withdrawn")));
    let link = at("links", &head.all(&format!("{}/links", path(&duplicate)))[0]);
    let undone = head.all(&format!("{link}/transitions"));
    assert_eq!((&undone[0]["command"], &undone[0]["reason"]), (&json!("withdraw"), &json!("Une autre affaire.")));
    merge(head, &duplicate, &kept).ok();
    assert_eq!(relations(head, &kept).len(), 2, "merged anew, the first merging stays told");
}

#[test]
fn what_cannot_be_merged_is_refused_and_changes_nothing() {
    let office = Office::new();
    let (world, head) = (&office.world, &office.head);
    let [a, b, c] = dossiers(&office);
    let elsewhere = world.head("03");
    let hidden = elsewhere.post("/dossiers", &case_with(&person(&elsewhere, "03"), &json!({}))).ok();
    for unseen in [&hidden, &json!({ "id": Id::new() })] {
        assert_eq!(merge(head, &a, unseen).flaws(), ["/surviving_dossier_id reference.not_found"]);
    }
    // To watch over all dossiers is not to read them.
    world.grant(head, Role::Dpo, None);
    let head = &world.again(head);
    assert_eq!(merge(head, &a, &hidden).flaws(), ["/surviving_dossier_id reference.not_found"]);
    assert_eq!(merge(head, &a, &a).flaws(), ["/surviving_dossier_id reference.cycle"]);
    let unexplained = json!({ "command": "merge", "surviving_dossier_id": b["id"] });
    assert_eq!(order(head, &path(&a), &unexplained).flaws(), ["/reason field.required"]);
    for role in [Role::DepartmentStaff, Role::Volunteer] {
        merge(&world.user("colleague", role, Some("63")), &a, &b).refused(403, "command.not_granted");
    }
    let close = json!({ "command": "close", "outcome": "duplicate", "outcome_for_member": "unknown" });
    assert_eq!(order(head, &path(&a), &close).flaws(), ["/outcome outcome.by_merge"]);
    assert_eq!(world.rows("dossier_links"), 0);
    merge(head, &a, &b).ok();
    let taken = merge(head, &c, &a);
    taken.refused(409, "dossier.is_duplicate");
    assert_eq!(taken.json()["errors"][0]["pointer"], "/surviving_dossier_id");
    merge(head, &b, &c).refused(409, "dossier.has_duplicates");
    merge(head, &b, &a).refused(409, "dossier.is_duplicate");
    merge(head, &a, &c).refused(409, "transition.not_allowed");
    assert_eq!((world.rows("dossier_links"), head.get(&path(&b)).ok()["status"].clone()), (1, json!("new")));
    reopen(head, &a).ok();
    merge(head, &b, &a).ok();
    merge(head, &c, &a).ok();
    assert_eq!(relations(head, &a).iter().filter(|(word, status)| word == "has_duplicate" && status == "standing").count(), 2);
}

#[test]
fn nothing_that_is_open_or_runs_under_a_duplicate_is_lost() {
    let office = Office::new();
    let head = &office.head;
    let [duplicate, kept] = dossiers(&office);
    let published = json!({ "kind": "publication", "occurred_on": "2026-11-02" });
    let tell = |dossier: &Value| head.post(&format!("{}/deadline-events", path(dossier)), &published).ok();
    let motives = json!({ "motive_code": "defamation" });
    for dossier in [&duplicate, &kept] {
        head.patch(&path(dossier), "*", &motives).ok();
    }
    tell(&duplicate);
    let task = head.post(&format!("{}/tasks", path(&duplicate)), &json!({ "title": "Rappeler" })).ok();
    let press = |dossier: &Value, status: &str| {
        let all = head.all(&format!("{}/deadlines?code=press_offence", path(dossier)));
        all.into_iter().find(|deadline| deadline["status"] == status).map(|deadline| deadline["id"].clone())
    };
    let deadline = json!({ "id": press(&duplicate, "running") });
    let blocked = merge(head, &duplicate, &kept);
    blocked.refused(409, "dossier.open_beneath");
    let told = |reply: &Reply| {
        let errors = reply.json()["errors"].as_array().unwrap().clone();
        errors.iter().map(|error| (error["params"]["kind"].clone(), error["params"]["id"].clone())).collect::<Vec<_>>()
    };
    assert_eq!(told(&blocked), [(json!("deadline"), deadline["id"].clone()), (json!("task"), task["id"].clone())]);
    assert_eq!(relations(head, &kept), []);
    order(head, &at("tasks", &task), &json!({ "command": "complete" })).ok();
    assert_eq!(told(&merge(head, &duplicate, &kept)), [(json!("deadline"), deadline["id"].clone())]);
    tell(&kept);
    merge(head, &duplicate, &kept).ok();
    assert_eq!(head.get(&at("deadlines", &deadline)).ok()["status"], "superseded");
    assert!(press(&kept, "running").is_some());
    assert_eq!(head.all(&format!("{}/tasks", path(&duplicate))).len(), 1, "what was done stays to be read");
}

#[test]
fn a_case_is_counted_once_and_with_all_that_was_done_in_it() {
    let world = World::new();
    let school = world.admin().post("/establishments", &school(630_001)).ok();
    let office = Office::on(world);
    let (world, head) = (&office.world, &office.head);
    let event = json!({ "association_id": association(head, "63"), "establishment_id": school["id"], "occurred_on": "2026-09-14", "natures": ["threat"] });
    let incident = head.post("/incidents", &event).ok();
    let [duplicate, kept] = dossiers(&office);
    for dossier in [&duplicate, &kept] {
        head.patch(&path(dossier), "*", &json!({ "facts": { "incident_id": incident["id"] } })).ok();
    }
    let begun = at("proceedings", &head.post(&format!("{}/proceedings", path(&duplicate)), &proceeding("criminal")).ok());
    head.post(&format!("{begun}/steps"), &step_with("complaint", &json!({}))).ok();
    head.post(&format!("{begun}/steps"), &step_with("trial", &json!({ "done_by": "authority" }))).ok();
    order(head, &begun, &json!({ "command": "close", "outcome": "settled" })).ok();
    for deadline in head.all(&format!("{}/deadlines", path(&duplicate))).iter().filter(|deadline| deadline["status"] == "running") {
        order(head, &at("deadlines", deadline), &json!({ "command": "meet", "done": "Partie civile constituée." })).ok();
    }
    let told = |dossier: &Value| ["complaint_filed", "judicialised", "path"].map(|name| head.get(&path(dossier)).ok()[name].clone());
    let (nothing, in_court) = ([json!(false), json!(false), json!("advice")], [json!(true), json!(true), json!("court_without_counsel")]);
    let count = |query: &str| {
        let list = head.request("GET", &format!("/dossiers?{query}")).header("Prefer", "count=exact").send().ok();
        assert_eq!(list["total_count"], json!(list["items"].as_array().unwrap().len()));
        list["total_count"].as_u64().unwrap()
    };
    let counted = || {
        let seen = head.get(&at("incidents", &incident)).ok();
        (count("duplicate=false&path=court_without_counsel"), count("duplicate=true"), count(""), seen["dossiers_count"].clone(), seen["persons_count"].clone())
    };
    assert_eq!((told(&duplicate), told(&kept)), (in_court.clone(), nothing.clone()));
    assert_eq!(counted(), (1, 0, 3, json!(2), json!(1)));
    merge(head, &duplicate, &kept).ok();
    assert_eq!((told(&duplicate), told(&kept)), (in_court.clone(), in_court.clone()), "what was done in it was done in the same case");
    assert_eq!(counted(), (1, 1, 3, json!(1), json!(1)));
    // What is told anew of the one that is kept does not forget it.
    let talks = head.post(&format!("{}/conciliations", path(&kept)), &json!({ "subject": "Médiation" })).ok();
    order(head, &at("conciliations", &talks), &json!({ "command": "refuse", "reason": "Trop tard." })).ok();
    let civil = at("proceedings", &head.post(&format!("{}/proceedings", path(&kept)), &proceeding("civil")).ok());
    let step = at("proceeding-steps", &head.post(&format!("{civil}/steps"), &step_with("summons", &json!({}))).ok());
    order(head, &step, &json!({ "command": "void", "reason": "Saisie par erreur." })).ok();
    assert_eq!(told(&kept), in_court);
    let analyst = world.user("analyst", Role::Analyst, None);
    let studied = |query: &str| analyst.all(&format!("/dossiers?purpose=Climat&limit=100&{query}")).len();
    assert_eq!((studied(""), studied("duplicate=false"), studied("duplicate=true")), (3, 2, 1));
    world.user("dpo", Role::Dpo, None).get("/dossiers?duplicate=true").refused(403, "field.masked");
    reopen(head, &duplicate).ok();
    assert_eq!((told(&duplicate), told(&kept)), (in_court, nothing));
    assert_eq!(counted(), (1, 0, 3, json!(2), json!(1)));
}

#[test]
fn whoever_does_not_read_the_one_that_is_kept_is_not_told_of_it() {
    let office = Office::new();
    let (world, head) = (&office.world, &office.head);
    let [duplicate, kept] = dossiers(&office);
    head.patch(&path(&kept), "*", &json!({ "confidentiality": "secret" })).ok();
    let step = merge(head, &duplicate, &kept).ok();
    assert_eq!(step["details"], json!({}));
    let volunteer = world.volunteer("63");
    assert_eq!(volunteer.get(&path(&duplicate)).ok()["outcome"], "duplicate");
    for part in ["", "/history", "/transitions", "/links", "/timeline"] {
        let told = volunteer.get(&format!("{}{part}", path(&duplicate)));
        assert!(!told.ok().to_string().contains(kept["id"].as_str().unwrap()), "{part}: {}", told.text());
    }
    assert_eq!(relations(&volunteer, &duplicate), []);
    let elsewhere = world.head("03").all("/associations?department=03")[0]["id"].clone();
    order(head, &path(&kept), &json!({ "command": "transfer", "association_id": elsewhere, "reason": "A déménagé." })).ok();
    reopen(head, &duplicate).ok();
    merge(head, &duplicate, &office.dossier).ok();
    assert_eq!(relations(head, &duplicate), relation("duplicate_of", "standing"), "the one that was undone is out of sight");
    assert_eq!(world.rows("dossier_links WHERE withdrawn_on IS NOT NULL"), 1);
}

#[test]
fn links_that_follow_from_splitting_and_merging_are_neither_made_nor_withdrawn_by_hand() {
    let office = Office::new();
    let head = &office.head;
    let [duplicate, kept] = dossiers(&office);
    for kind in ["split_from", "duplicate_of"] {
        let by_hand = json!({ "kind": kind, "linked_dossier_id": kept["id"] });
        assert_eq!(head.post(&format!("{}/links", path(&duplicate)), &by_hand).flaws(), ["/kind link.kind_of_house"]);
    }
    let second = head.post(&format!("{}/splits", path(&kept)), &json!({ "reason": "Deux affaires." })).ok();
    let link = head.all(&format!("{}/links", path(&second)))[0].clone();
    assert_eq!(link["allowed_commands"][0]["reason"]["code"], "link.kept");
    order(head, &at("links", &link), &json!({ "command": "withdraw", "reason": "Une erreur." })).refused(409, "link.kept");
    merge(head, &duplicate, &kept).ok();
    let link = head.all(&format!("{}/links?kind=duplicate_of", path(&duplicate)))[0].clone();
    order(head, &at("links", &link), &json!({ "command": "withdraw", "reason": "Une erreur." })).refused(409, "dossier.not_open");
}

#[test]
fn of_mergings_at_once_none_leads_to_a_duplicate() {
    let office = Office::on(World::with(&[("WORKERS", "2")]));
    let referent = json!({ "referent_id": user_id(&office.head) });
    for _ in 0..4 {
        let ring: [Value; 3] = std::array::from_fn(|_| office.head.post("/dossiers", &case_with(&office.member, &referent)).ok());
        let clients: [Client; 3] = std::array::from_fn(|_| office.world.again(&office.head));
        let statuses: Vec<u16> = std::thread::scope(|scope| {
            let merging = |at: usize| {
                let (client, from, to) = (&clients[at], &ring[at], &ring[(at + 1) % 3]);
                scope.spawn(move || merge(client, from, to).status)
            };
            [0, 1, 2].map(merging).into_iter().map(|merging| merging.join().unwrap()).collect()
        });
        assert!(statuses.iter().all(|status| [201, 409].contains(status)), "{statuses:?}");
        let outcome = |dossier: &Value| office.head.get(&path(dossier)).ok()["outcome"].clone();
        let merged: Vec<bool> = ring.iter().map(|dossier| outcome(dossier) == "duplicate").collect();
        assert_eq!(merged, statuses.iter().map(|status| *status == 201).collect::<Vec<_>>());
        assert_eq!(merged.iter().filter(|merged| **merged).count(), 1, "each of the three stands in the way of the two others");
    }
}

#[test]
fn a_merging_and_a_reopening_at_once_leave_a_link_for_each_duplicate_and_no_other() {
    let office = Office::on(World::with(&[("WORKERS", "2")]));
    let [duplicate, kept, other] = dossiers(&office);
    merge(&office.head, &duplicate, &kept).ok();
    for _ in 0..6 {
        let clients: [Client; 2] = std::array::from_fn(|_| office.world.again(&office.head));
        std::thread::scope(|scope| {
            scope.spawn(|| reopen(&clients[0], &duplicate));
            scope.spawn(|| merge(&clients[1], &kept, &other));
        });
        let standing =
            |dossier: &Value| relations(&office.head, dossier).iter().filter(|(word, status)| word == "duplicate_of" && status == "standing").count();
        for dossier in [&duplicate, &kept, &other] {
            let view = office.head.get(&path(dossier)).ok();
            assert_eq!(standing(dossier), usize::from(view["outcome"] == "duplicate"), "{view}");
        }
        let chained = office.world.rows(
            "dossier_links a JOIN dossier_links b ON a.to_id = b.from_id WHERE a.kind = 'duplicate_of' AND b.kind = 'duplicate_of' \
             AND a.withdrawn_on IS NULL AND b.withdrawn_on IS NULL",
        );
        assert_eq!(chained, 0);
        for dossier in [&kept, &duplicate] {
            if office.head.get(&path(dossier)).ok()["outcome"] == "duplicate" {
                reopen(&office.head, dossier).ok();
            }
        }
        merge(&office.head, &duplicate, &kept).ok();
    }
}
