//! Absences: who keeps them, that they never overlap, and that they are forgotten.

use crate::harness::cases::{at, person, user_id};
use crate::harness::{Client, Reply, World};
use entraide::audit::Author;
use entraide::auth::Role;
use entraide::users::absences::retention;
use serde_json::{Value, json};

fn away(client: &Client, from: &str, to: &str) -> Reply {
    client.post("/absences", &json!({ "starts_on": from, "ends_on": to }))
}

fn of(client: &Client, user: &Client, from: &str, to: &str) -> Reply {
    client.post("/absences", &json!({ "user_id": user_id(user), "starts_on": from, "ends_on": to }))
}

fn starts(client: &Client, query: &str) -> Vec<Value> {
    client.all(&format!("/absences?{query}")).iter().map(|absence| absence["starts_on"].clone()).collect()
}

#[test]
fn an_absence_is_recorded_changed_taken_back_and_remembered() {
    let world = World::new();
    let volunteer = world.volunteer("63");
    let made = away(&volunteer, "2026-12-20", "2027-01-03");
    let view = made.ok();
    let own = at("absences", &view);
    assert_eq!((made.status, made.header("location")), (201, format!("/api/v1{own}").as_str()));
    assert_eq!((&view["user_id"], &view["created_by"], &view["version"]), (&user_id(&volunteer), &user_id(&volunteer), &json!(1)));
    assert_eq!((volunteer.get(&own).ok(), json!(volunteer.all("/absences"))), (view.clone(), json!([view])));
    let changed = volunteer.patch(&own, made.etag(), &json!({ "starts_on": "2026-12-21" })).ok();
    assert_eq!((&changed["starts_on"], &changed["ends_on"], &changed["version"]), (&json!("2026-12-21"), &json!("2027-01-03"), &json!(2)));
    volunteer.patch(&own, made.etag(), &json!({ "ends_on": "2027-01-04" })).refused(412, "version.stale");
    assert_eq!(volunteer.patch(&own, "*", &json!({ "starts_on": "2027-02-01" })).flaws(), ["/starts_on period.reversed"]);
    assert_eq!(volunteer.patch(&own, "*", &json!({ "user_id": null })).flaws(), ["/user_id field.read_only"]);
    assert_eq!(away(&volunteer, "2027-02-02", "2027-02-01").flaws(), ["/ends_on period.reversed"]);
    assert_eq!(
        volunteer.post("/absences", &json!({ "reason": "Maladie" })).flaws(),
        ["/ends_on field.required", "/reason field.unknown", "/starts_on field.required"]
    );
    assert_eq!(volunteer.all(&format!("{own}/history")).len(), 2);
    volunteer.delete(&own, "\"1\"").refused(412, "version.stale");
    volunteer.delete(&own, "\"2\"").ok_status(204);
    volunteer.get(&own).refused(404, "not_found");
    assert_eq!((volunteer.all("/absences").len(), world.rows("audit_events WHERE resource = 'absence'")), (0, 3));
}

#[test]
fn everybody_keeps_their_own_and_a_head_those_of_whoever_works_in_the_department() {
    let world = World::new();
    let (head, neighbour, admin) = (world.head("63"), world.head("03"), world.admin());
    let (volunteer, staff) = (world.volunteer("63"), world.user("staff", Role::DepartmentStaff, Some("63")));
    let lawyer = world.user("lawyer", Role::Lawyer, None);
    away(&lawyer, "2026-12-01", "2026-12-02").ok();
    let own = at("absences", &away(&volunteer, "2026-12-03", "2026-12-04").ok());
    of(&head, &volunteer, "2026-12-05", "2026-12-06").ok();
    away(&head, "2026-12-07", "2026-12-08").ok();
    of(&admin, &neighbour, "2026-12-09", "2026-12-10").ok();
    assert_eq!(starts(&head, ""), ["2026-12-03", "2026-12-05", "2026-12-07"]);
    assert_eq!(starts(&volunteer, ""), ["2026-12-03", "2026-12-05"]);
    assert_eq!((starts(&neighbour, ""), starts(&lawyer, ""), starts(&staff, "").len()), (vec![json!("2026-12-09")], vec![json!("2026-12-01")], 0));
    assert_eq!(starts(&admin, "limit=2").len(), 5);
    let unknown = head.post("/absences", &json!({ "user_id": entraide::db::Id::new(), "starts_on": "2027-01-01", "ends_on": "2027-01-01" })).flaws();
    assert_eq!(unknown, ["/user_id reference.not_found"]);
    for refused in
        [of(&head, &neighbour, "2027-01-01", "2027-01-01"), of(&head, &lawyer, "2027-01-01", "2027-01-01"), of(&staff, &volunteer, "2027-01-01", "2027-01-01")]
    {
        assert_eq!(refused.flaws(), unknown);
    }
    for stranger in [&neighbour, &staff, &lawyer] {
        stranger.get(&own).refused(404, "not_found");
        stranger.patch(&own, "*", &json!({ "ends_on": "2027-01-01" })).refused(404, "not_found");
        stranger.delete(&own, "*").refused(404, "not_found");
    }
    head.patch(&own, "*", &json!({ "ends_on": "2026-12-03" })).ok();
    for role in [Role::Dpo, Role::Analyst, Role::NationalStaff, Role::Auditor] {
        world.user(role.as_str(), role, None).get("/absences").refused(403, "function.not_granted");
    }
    // Whoever works in two departments has a head in each; rights that have ended give none.
    world.grant(&volunteer, Role::Volunteer, Some("03"));
    assert_eq!(starts(&world.again(&neighbour), ""), ["2026-12-03", "2026-12-05", "2026-12-09"]);
    let right = admin.all(&format!("/users/{}/grants", user_id(&staff).as_str().unwrap()))[0].clone();
    away(&staff, "2026-12-11", "2026-12-11").ok();
    assert_eq!(starts(&head, "").len(), 4);
    let end = json!({ "command": "withdraw", "reason": "Départ." });
    crate::harness::cases::order(&admin, &at("grants", &right), &end).ok();
    assert_eq!(starts(&world.again(&head), "").len(), 3);
}

#[test]
fn absences_are_found_by_the_days_that_they_touch_and_leave_as_a_file() {
    let world = World::new();
    let (head, volunteer) = (world.head("63"), world.volunteer("63"));
    away(&volunteer, "2026-12-01", "2026-12-10").ok();
    away(&head, "2026-12-05", "2026-12-05").ok();
    let id = user_id(&volunteer);
    for (query, found) in [
        ("days=2026-12-10/2026-12-10", vec!["2026-12-01"]),
        ("days=2026-12-11/..", vec![]),
        ("days=../2026-12-04", vec!["2026-12-01"]),
        ("days=2026-12-02/2026-12-09&sort=-starts", vec!["2026-12-05", "2026-12-01"]),
        (&*format!("user={}", id.as_str().unwrap()), vec!["2026-12-01"]),
    ] {
        assert_eq!(starts(&head, query), found, "{query}");
    }
    let counted = head.request("GET", "/absences?days=2026-12-05/2026-12-05").header("Prefer", "count=exact").send().ok();
    assert_eq!(counted["total_count"], 2);
    let csv = head.request("GET", "/absences").header("Accept", "text/csv; dialect=excel-fr").send().text();
    assert!(csv.contains("Compte;Du;Au") && csv.lines().count() == 3, "{csv}");
}

#[test]
fn two_absences_of_one_account_never_share_a_day_whoever_records_them_at_once() {
    let world = World::with(&[("WORKERS", "2")]);
    let (head, volunteer) = (world.head("63"), world.volunteer("63"));
    let first = at("absences", &away(&volunteer, "2026-12-10", "2026-12-12").ok());
    for (from, to) in [("2026-12-01", "2026-12-10"), ("2026-12-12", "2026-12-12"), ("2026-12-01", "2026-12-31")] {
        of(&head, &volunteer, from, to).refused(409, "absence.overlap");
    }
    let second = at("absences", &away(&volunteer, "2026-12-13", "2026-12-14").ok());
    volunteer.patch(&second, "*", &json!({ "starts_on": "2026-12-12" })).refused(409, "absence.overlap");
    volunteer.patch(&second, "*", &json!({ "ends_on": "2026-12-15" })).ok();
    volunteer.delete(&first, "*").ok_status(204);
    away(&volunteer, "2026-12-12", "2026-12-12").ok();
    away(&head, "2026-12-12", "2026-12-12").ok();
    let clients: Vec<Client> = (0..6).map(|_| world.again(&volunteer)).collect();
    let made: Vec<u16> = std::thread::scope(|scope| {
        let ask = |(at, client): (usize, &Client)| {
            let day = format!("2027-03-0{}", 1 + at % 3);
            away(client, &day, "2027-03-04").status
        };
        let asked: Vec<_> = clients.iter().enumerate().map(|each| scope.spawn(move || ask(each))).collect();
        asked.into_iter().map(|asked| asked.join().unwrap()).collect()
    });
    assert_eq!(made.iter().filter(|status| **status == 201).count(), 1, "{made:?}");
    assert!(made.iter().all(|status| [201, 409].contains(status)), "{made:?}");
}

#[test]
fn an_absence_is_forgotten_a_year_after_its_end() {
    let world = World::new();
    let (head, volunteer) = (world.head("63"), world.volunteer("63"));
    person(&head, "63");
    let over = at("absences", &away(&volunteer, "2025-11-11", "2025-11-21").ok());
    let kept = at("absences", &away(&volunteer, "2025-11-22", "2025-11-22").ok());
    let gone = at("absences", &away(&volunteer, "2025-01-01", "2025-01-02").ok());
    volunteer.delete(&gone, "*").ok_status(204);
    let author = Author::console("test", &world.server.keys.records);
    let sweep = || {
        let (author, now) = (author.clone(), world.now());
        world.db().write_now(move |conn| retention::sweep(conn, &author, now)).unwrap()
    };
    assert!(world.database_text().contains("2025-11-11"));
    assert_eq!([sweep(), sweep()], [2, 0]);
    volunteer.get(&over).refused(404, "not_found");
    volunteer.get(&kept).ok();
    let left = world.database_text();
    assert!(!left.contains("2025-11-11") && !left.contains("2025-01-02") && left.contains("2025-11-22"));
    assert_eq!(world.rows("resource_versions WHERE resource = 'absence'"), 4, "that there were some stays");
    assert!(world.console().run(&["audit", "verify"]).ok().contains("whole"));
}
