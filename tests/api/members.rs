//! Members: registering, finding, transferring, and what other departments may know.

use crate::harness::data::{association, member, member_with, school};
use crate::harness::{Client, World};
use entraide::auth::Role;
use entraide::auth::Scope;
use entraide::changes::store::{FeedPosition, after};
use serde_json::{Value, json};

fn path(member: &Value) -> String {
    format!("/members/{}", member["id"].as_str().unwrap())
}

fn search(client: &Client, criteria: Value) -> Vec<String> {
    let reply = client.request("POST", "/members/search").json(&criteria).send().ok();
    reply["items"].as_array().unwrap().iter().map(|member| member["member_number"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_member_is_registered_read_changed_and_remembered() {
    let world = World::new();
    let staff = world.user("staff", Role::DepartmentStaff, Some("63"));
    let created = staff.post("/members", &member_with(&staff, "63", &json!({ "phone": "06 12 34 56 78", "email": "Claire@Example.org" })));
    assert_eq!(created.status, 201);
    let member = created.json();
    assert_eq!((&member["member_number"], &member["phone"], &member["membership_status"]), (&json!("00000001"), &json!("+33612345678"), &json!("never")));
    assert_eq!(member["department_code"], "63");
    let changed = staff.patch(&path(&member), created.etag(), &json!({ "phone": null, "safe_contact": "caution", "safe_contact_instructions": "Après 18 h." }));
    assert_eq!((changed.status, &changed.json()["phone"]), (200, &Value::Null));
    staff.patch(&path(&member), created.etag(), &json!({ "phone": null })).refused(412, "version.stale");
    let history = staff.get(&format!("{}/history", path(&member))).ok();
    assert_eq!(history["items"].as_array().unwrap().len(), 2);
    assert_eq!(staff.get(&format!("{}?expand=association", path(&member))).ok()["association"]["department_code"], "63");
}

#[test]
fn every_flaw_of_a_member_is_told_at_once() {
    let world = World::new();
    let staff = world.user("staff", Role::DepartmentStaff, Some("63"));
    let body = json!({ "association_id": "x", "first_name": "", "birth_date": "15/03/1980", "phone": "061234", "nom": "D", "member_number": "1 84 12 76 451 089 46",
        "external_ids": [{ "system": "gmf", "kind": "Contract", "value": "a b" }] });
    let flaws = staff.post("/members", &body).flaws();
    assert_eq!(
        flaws,
        [
            "/association_id id.invalid",
            "/birth_date date.invalid",
            "/external_ids/0/kind pattern.mismatch",
            "/external_ids/0/system choice.unknown",
            "/external_ids/0/value pattern.mismatch",
            "/first_name text.empty",
            "/last_name field.required",
            "/member_number national_number.refused",
            "/nom field.unknown",
            "/phone phone.invalid",
        ]
    );
    for day in ["2026-11-23", "1850-01-01", "2020-01-01"] {
        let body = member_with(&staff, "63", &json!({ "birth_date": day }));
        assert_eq!(staff.post("/members", &body).flaws(), ["/birth_date birth_date.implausible"], "{day}");
    }
}

#[test]
fn a_phone_in_nine_forms_is_one_number() {
    let world = World::new();
    let staff = world.user("staff", Role::DepartmentStaff, Some("63"));
    let forms = [
        "0612345678",
        "06 12 34 56 78",
        "06.12.34.56.78",
        "06-12-34-56-78",
        "06/12/34/56/78",
        "+33612345678",
        "+33 6 12 34 56 78",
        "0033612345678",
        "+33 (0)6 12 34 56 78",
    ];
    for form in forms {
        let made = staff.post("/members", &member_with(&staff, "63", &json!({ "phone": form }))).ok();
        assert_eq!(made["phone"], "+33612345678", "{form}");
    }
    assert_eq!(search(&staff, json!({ "phone": "06 12 34 56 78" })).len(), 9);
}

#[test]
fn people_are_found_by_folded_names_and_by_every_other_key() {
    let world = World::new();
    let staff = world.user("staff", Role::DepartmentStaff, Some("63"));
    let people =
        [("Dubœuf", "Claire", None), ("Núñez-Lopez", "Ana", None), ("Martin", "Zoë", Some("Dubœuf")), ("d'Aragon", "Éric", None), ("Duval", "Claude", None)];
    for (at, (last, first, birth_name)) in people.into_iter().enumerate() {
        let fields = json!({ "member_number": format!("N{at}"), "last_name": last, "first_name": first, "birth_name": birth_name,
            "email": format!("Personne{at}@example.org"), "birth_date": format!("198{at}-03-15"),
            "external_ids": [{ "system": "maif", "kind": "contract", "value": format!("12345{at}M") }] });
        staff.post("/members", &member_with(&staff, "63", &fields)).ok();
    }
    for (criteria, found) in [
        (json!({ "name": "duboeuf" }), vec!["N0", "N2"]),
        (json!({ "name": "DUBŒUF cla" }), vec!["N0"]),
        (json!({ "name": "nunez" }), vec!["N1"]),
        (json!({ "name": "lopez ana" }), vec!["N1"]),
        (json!({ "name": "du cl" }), vec!["N0", "N4"]),
        (json!({ "name": "aragon" }), vec!["N3"]),
        (json!({ "name": "uboeuf" }), vec![]),
        (json!({ "name": "???" }), vec![]),
        (json!({ "email": "PERSONNE3@EXAMPLE.ORG" }), vec!["N3"]),
        (json!({ "member_number": "n1" }), vec!["N1"]),
        (json!({ "birth_date": "1982-03-15" }), vec!["N2"]),
        (json!({ "external_id": { "system": "maif", "kind": "contract", "value": "123454M" } }), vec!["N4"]),
        (json!({ "external_id": { "system": "mgen", "kind": "contract", "value": "123454M" } }), vec![]),
        (json!({ "name": "duboeuf", "birth_date": "1980-03-15" }), vec!["N0"]),
    ] {
        assert_eq!(search(&staff, criteria.clone()), found, "{criteria}");
    }
    assert_eq!(staff.request("POST", "/members/search").json(&json!({})).send().flaws(), ["/name criterion.missing"]);
    assert_eq!(search(&world.volunteer("03"), json!({ "name": "duboeuf" })), Vec::<String>::new(), "another department");
}

#[test]
fn people_are_found_under_the_name_and_in_the_department_they_have_now() {
    let world = World::new();
    let (head, other) = (world.head("63"), world.head("03"));
    let names = json!({ "last_name": "Dubœuf Dubœuf", "first_name": "Claire" });
    let made = head.post("/members", &member_with(&head, "63", &names));
    let (member, number) = (made.json(), made.json()["member_number"].as_str().unwrap().to_owned());
    let found = |client: &Client, name: &str| search(client, json!({ "name": name })) == [number.as_str()];
    assert!(found(&head, "duboeuf cla"));
    let renamed = head.patch(&path(&member), made.etag(), &json!({ "last_name": "Lagrange", "birth_name": "Dubœuf" }));
    assert!(found(&head, "lagr clai") && found(&head, "dub lag"), "by the name of use and by the name of birth");
    let again = head.patch(&path(&member), renamed.etag(), &json!({ "birth_name": null }));
    assert!(found(&head, "lagrange") && !found(&head, "duboeuf"));
    let moved = head.post(&format!("{}/transfers", path(&member)), &json!({ "to_association_id": association(&head, "03") }));
    assert_eq!((again.status, moved.status), (200, 201));
    assert!(found(&other, "lagrange cl") && !found(&head, "lagrange"));
}

#[test]
fn a_search_is_paged_by_a_cursor_that_stands_in_the_body() {
    let world = World::new();
    let staff = world.user("staff", Role::DepartmentStaff, Some("63"));
    for at in 0..7 {
        staff.post("/members", &member_with(&staff, "63", &json!({ "first_name": format!("Prénom {at}") }))).ok();
    }
    let page = |body: Value| staff.request("POST", "/members/search").json(&body).send();
    let (mut seen, mut cursor) = (Vec::new(), Value::Null);
    loop {
        let found = page(json!({ "name": "prenom", "limit": 3, "cursor": cursor })).ok();
        seen.extend(found["items"].as_array().unwrap().iter().map(|member| member["first_name"].as_str().unwrap().to_owned()));
        cursor = found["next_cursor"].clone();
        if cursor.is_null() {
            break;
        }
        assert_eq!(page(json!({ "name": "other", "limit": 3, "cursor": cursor })).flaws(), ["/cursor cursor.filter_mismatch"]);
    }
    assert_eq!(seen, (0..7).map(|at| format!("Prénom {at}")).collect::<Vec<_>>());
}

#[test]
fn departments_see_their_own_members_alone() {
    let world = World::new();
    let (head, stranger) = (world.head("63"), world.head("03"));
    let made = head.post("/members", &member(&head, "63"));
    let (member, etag) = (made.json(), made.etag().to_owned());
    let foreign = format!("/members/{}", entraide::db::Id::new());
    for path in [path(&member), foreign] {
        stranger.get(&path).refused(404, "not_found");
        stranger.patch(&path, &etag, &json!({ "phone": null })).refused(404, "not_found");
        stranger.get(&format!("{path}/cover")).refused(404, "not_found");
        stranger.get(&format!("{path}/memberships")).refused(404, "not_found");
    }
    assert_eq!(stranger.all("/members"), Vec::<Value>::new());
    stranger.post("/members", &json!({ "association_id": association(&head, "63"), "last_name": "A", "first_name": "B" })).refused(403, "perimeter.exceeded");
    for caller in [world.admin(), world.user("nat", Role::NationalStaff, None), world.user("analyst", Role::Analyst, None)] {
        caller.get("/members").refused(403, "function.not_granted");
    }
    let national = head.all("/associations?level=national")[0]["id"].clone();
    let body = json!({ "association_id": national, "last_name": "A", "first_name": "B" });
    assert_eq!(head.post("/members", &body).flaws(), ["/association_id association.national"]);
}

#[test]
fn the_card_of_a_member_of_another_department_takes_number_and_birth_date_and_is_recorded() {
    let world = World::new();
    let (head, stranger) = (world.head("63"), world.volunteer("03"));
    let member = head.post("/members", &member_with(&head, "63", &json!({ "birth_date": "1980-03-15", "phone": "06 12 34 56 78" }))).ok();
    let look = |birth_date: &str| {
        stranger.request("POST", "/members/card").json(&json!({ "member_number": member["member_number"], "birth_date": birth_date })).send()
    };
    let before = world.rows("audit_events");
    let card = look("1980-03-15").ok();
    assert_eq!((&card["last_name_initial"], &card["department_code"], &card["active"]), (&json!("D"), &json!("63"), &json!(false)));
    assert!(card.get("phone").is_none() && card.get("last_name").is_none());
    assert_eq!(world.rows("audit_events"), before + 1);
    look("1980-03-16").refused(404, "not_found");
    assert_eq!(world.rows("audit_events"), before + 1);
}

#[test]
fn a_transfer_hands_the_record_over_and_tells_where_it_was() {
    let world = World::new();
    let (head, other) = (world.head("63"), world.head("03"));
    let member = head.post("/members", &member(&head, "63")).ok();
    let there = association(&head, "03");
    let transfers = format!("{}/transfers", path(&member));
    assert_eq!(head.post(&transfers, &json!({ "to_association_id": there, "transferred_on": "2099-01-01" })).flaws(), ["/transferred_on date.in_future"]);
    let moved = head.post(&transfers, &json!({ "to_association_id": there, "reason": "Mutation" })).ok();
    assert_eq!(moved["to_association_id"], there);
    head.get(&path(&member)).refused(404, "not_found");
    assert_eq!(other.get(&path(&member)).ok()["department_code"], "03");
    assert_eq!(other.all(&transfers).len(), 1);
    other.post(&transfers, &json!({ "to_association_id": there })).refused(409, "transfer.same_association");
    // On PostgreSQL a change is held back while any older transaction of the server runs, those of other tests too.
    let read = || world.db().read_now(|conn| after(conn, &Scope::console(), FeedPosition::default(), 100)).unwrap();
    let told = std::iter::repeat_with(read).find(|told| told.len() >= 2).unwrap();
    let told: Vec<_> =
        told.iter().map(|change| (change.action.as_str(), change.department_code.as_deref(), change.previous_department_code.as_deref())).collect();
    assert_eq!(told, [("create", Some("63"), None), ("transfer", Some("03"), Some("63"))]);
}

#[test]
fn a_record_is_deleted_only_while_nothing_refers_to_it() {
    let world = World::new();
    let head = world.head("63");
    let made = head.post("/members", &member(&head, "63"));
    let path = path(&made.json());
    let employment = head.post(&format!("{path}/employments"), &json!({ "starts_on": "2020-09-01", "occupation": "cpe" }));
    assert_eq!(employment.status, 201);
    head.delete(&path, made.etag()).refused(409, "resource.still_referenced");
    head.delete(&format!("/employments/{}", employment.json()["id"].as_str().unwrap()), employment.etag()).ok_status(204);
    head.delete(&path, made.etag()).ok_status(204);
    head.get(&path).refused(404, "not_found");
}

#[test]
fn main_posts_do_not_overlap_and_their_school_cannot_vanish() {
    let world = World::new();
    let (admin, head) = (world.admin(), world.head("63"));
    let school = admin.post("/establishments", &school(630_001));
    let employments = format!("{}/employments", path(&head.post("/members", &member(&head, "63")).ok()));
    let post = |from: &str, to: Option<&str>, secondary: bool| {
        json!({ "starts_on": from, "ends_on": to, "occupation": "secondary_teacher", "employment_status": "tenured", "employer": "state",
            "establishment_id": school.json()["id"], "secondary": secondary })
    };
    head.post(&employments, &post("2020-09-01", Some("2024-08-31"), false)).ok();
    head.post(&employments, &post("2024-08-31", None, false)).refused(409, "employment.overlap");
    head.post(&employments, &post("2022-09-01", Some("2023-08-31"), true)).ok();
    head.post(&employments, &post("2024-09-01", None, false)).ok();
    assert_eq!(head.all(&format!("{employments}?on=2023-01-01")).len(), 2);
    let mut unknown = post("2010-09-01", Some("2011-08-31"), false);
    unknown["establishment_id"] = json!(entraide::db::Id::new().to_string());
    assert_eq!(head.post(&employments, &unknown).flaws(), ["/establishment_id reference.not_found"]);
    admin.delete(&format!("/establishments/{}", school.json()["id"].as_str().unwrap()), school.etag()).refused(409, "resource.still_referenced");
    assert_eq!(head.all(&format!("/members?establishment={}", school.json()["id"].as_str().unwrap())).len(), 1, "where they work today");
}

#[test]
fn an_external_identifier_names_one_member() {
    let world = World::new();
    let head = world.head("63");
    let named = |value: &str| member_with(&head, "63", &json!({ "external_ids": [{ "system": "maif", "kind": "contract", "value": value }] }));
    let first = head.post("/members", &named("A1"));
    head.post("/members", &named("A1")).refused(409, "external_id.taken");
    head.patch(&path(&first.json()), first.etag(), &json!({ "external_ids": [] })).ok();
    assert_eq!(head.post("/members", &named("A1")).status, 201);
}

#[test]
fn numbers_are_given_once_however_many_register_at_once() {
    let world = World::new();
    let head = world.head("63");
    head.post("/members", &member_with(&head, "63", &json!({ "member_number": "00000003" }))).ok();
    let body = member(&head, "63");
    let mut numbers: Vec<String> = std::thread::scope(|scope| {
        let tries: Vec<_> = (0..16).map(|_| scope.spawn(|| head.post("/members", &body).ok()["member_number"].as_str().unwrap().to_owned())).collect();
        tries.into_iter().map(|try_| try_.join().unwrap()).collect()
    });
    numbers.sort();
    numbers.dedup();
    assert_eq!(numbers.len(), 16);
    assert!(!numbers.contains(&"00000003".to_owned()));
    head.post("/members", &member_with(&head, "63", &json!({ "member_number": "00000003" }))).refused(409, "member_number.taken");
}
