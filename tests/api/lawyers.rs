//! Lawyer partners: who records them, who reads them, how they are found, when they are away.

use crate::harness::cases::{at, consultation, lawyer_with, order, path, person, user_id};
use crate::harness::{Client, World};
use entraide::auth::Role;
use entraide::db::Id;
use serde_json::{Value, json};

fn names(client: &Client, query: &str) -> Vec<String> {
    client.all(&format!("/lawyers?{query}")).iter().map(|lawyer| lawyer["name"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_lawyer_partner_is_recorded_changed_and_remembered() {
    let world = World::new();
    let head = world.head("63");
    let whole = json!({ "firm": "SCP Lac", "agreement_to": "2028-12-31", "charter_signed_on": "2025-12-15", "specialities": ["press", "criminal"],
        "departments": ["63", "03"], "yearly_capacity": 12, "email": "lac@example.org", "phone": "04 73 00 00 00" });
    let lawyer = head.post("/lawyers", &lawyer_with(&whole)).ok();
    assert_eq!(
        (&lawyer["departments"], &lawyer["specialities"], &lawyer["phone"]),
        (&json!(["03", "63"]), &json!(["criminal", "press"]), &json!("+33473000000"))
    );
    let address = at("lawyers", &lawyer);
    assert_eq!(head.get(&address).ok(), lawyer);
    let ended = head.patch(&address, "\"1\"", &json!({ "agreement_to": "2026-11-30", "firm": null })).ok();
    assert_eq!((&ended["agreement_to"], &ended["firm"], &ended["version"]), (&json!("2026-11-30"), &Value::Null, &json!(2)));
    head.patch(&address, "\"1\"", &json!({ "firm": "Autre" })).refused(412, "version.stale");
    let versions = head.all(&format!("{address}/history"));
    assert_eq!((versions.len(), &versions[0]["before"]["agreement_to"]), (2, &json!("2028-12-31")));
    assert_eq!(world.admin().all("/audit-events?resource=lawyer").len(), 2);
    assert_eq!(head.request("DELETE", &address).header("If-Match", "*").send().status, 405, "an agreement ends, a record stays");
}

#[test]
fn lawyers_are_found_by_place_speciality_bar_name_and_day() {
    let world = World::new();
    let admin = world.admin();
    for fields in [
        json!({ "name": "Anne Dubœuf-Lac", "bar": "Clermont-Ferrand", "departments": ["63", "2A"], "specialities": ["criminal", "digital"] }),
        json!({ "name": "Zoé Élan", "bar": "Moulins", "departments": ["03"], "specialities": ["criminal"], "agreement_to": "2026-11-30" }),
        json!({ "name": "Bruno Lac", "bar": "Ajaccio", "departments": ["2A"], "specialities": ["family"], "agreement_from": "2026-12-01" }),
    ] {
        admin.post("/lawyers", &lawyer_with(&fields)).ok();
    }
    let (anne, bruno, zoe) = ("Anne Dubœuf-Lac", "Bruno Lac", "Zoé Élan");
    for (query, found) in [
        ("", vec![anne, bruno, zoe]),
        ("sort=-name", vec![zoe, bruno, anne]),
        ("department=2A", vec![anne, bruno]),
        ("department=63", vec![anne]),
        ("speciality=criminal", vec![anne, zoe]),
        ("speciality=criminal&department=03", vec![zoe]),
        ("bar=moulins", vec![zoe]),
        ("bar=mou", vec![]),
        ("q=lac", vec![anne, bruno]),
        ("q=DUBOEUF%20an", vec![anne]),
        ("q=oeuf", vec![]),
        ("q=elan", vec![zoe]),
        ("q=%25", vec![anne, bruno, zoe]),
        ("available=2026-11-30", vec![anne, zoe]),
        ("available=2026-12-01", vec![anne, bruno]),
    ] {
        assert_eq!(names(&admin, query), found, "{query}");
    }
    assert_eq!(admin.request("GET", "/lawyers?department=2A").header("Prefer", "count=exact").send().ok()["total_count"], 2);
}

#[test]
fn a_department_records_its_own_lawyers_and_every_team_reads_them_all() {
    let world = World::new();
    let (head, staff, neighbour) = (world.head("63"), world.user("staff", Role::DepartmentStaff, Some("63")), world.head("03"));
    head.post("/lawyers", &lawyer_with(&json!({ "departments": ["03"] }))).refused(403, "perimeter.exceeded");
    let lawyer = staff.post("/lawyers", &lawyer_with(&json!({}))).ok();
    let address = at("lawyers", &lawyer);
    let (volunteer, national) = (world.volunteer("03"), world.user("national", Role::NationalStaff, None));
    for reader in [&head, &staff, &neighbour, &volunteer, &national] {
        assert_eq!((reader.get(&address).status, reader.all("/lawyers").len()), (200, 1));
    }
    neighbour.patch(&address, "*", &json!({ "firm": "SCP" })).refused(404, "not_found");
    neighbour.get(&format!("{address}/history")).refused(404, "not_found");
    volunteer.patch(&address, "*", &json!({ "firm": "SCP" })).refused(403, "function.not_granted");
    national.patch(&address, "*", &json!({ "departments": ["63", "03"] })).ok();
    assert_eq!(neighbour.patch(&address, "*", &json!({ "firm": "SCP" })).ok()["firm"], "SCP");
    for role in [Role::Analyst, Role::Dpo, Role::Auditor, Role::SolidarityOfficer] {
        world.user(role.as_str(), role, None).get("/lawyers").refused(403, "function.not_granted");
    }
}

#[test]
fn a_lawyer_reads_their_own_record_and_no_other() {
    let world = World::new();
    let (head, lawyer) = (world.head("63"), world.user("lawyer", Role::Lawyer, None));
    let own = head.post("/lawyers", &lawyer_with(&json!({ "user_id": user_id(&lawyer) }))).ok();
    let other = head.post("/lawyers", &lawyer_with(&json!({ "name": "Autre" }))).ok();
    assert_eq!(json!(lawyer.all("/lawyers")), json!([own]));
    assert_eq!(lawyer.get(&at("lawyers", &own)).ok(), own);
    lawyer.get(&at("lawyers", &other)).refused(404, "not_found");
    lawyer.get(&format!("{}/unavailabilities", at("lawyers", &other))).refused(404, "not_found");
    lawyer.patch(&at("lawyers", &own), "*", &json!({ "yearly_capacity": 100 })).refused(403, "function.not_granted");
}

#[test]
fn an_account_is_that_of_one_lawyer_and_stays_while_a_mandate_is_under_way() {
    let world = World::new();
    let head = world.head("63");
    let [lawyer, second] = ["one", "two"].map(|login| world.user(login, Role::Lawyer, None));
    world.grant(&head, Role::Lawyer, None);
    let head = world.again(&head);
    head.post("/lawyers", &lawyer_with(&json!({ "user_id": user_id(&head) }))).refused(403, "account.own");
    for nobody in [user_id(&world.volunteer("63")), json!(Id::new())] {
        assert_eq!(head.post("/lawyers", &lawyer_with(&json!({ "user_id": nobody }))).flaws(), ["/user_id reference.not_found"]);
    }
    let own = head.post("/lawyers", &lawyer_with(&json!({ "user_id": user_id(&lawyer) }))).ok();
    head.post("/lawyers", &lawyer_with(&json!({ "user_id": user_id(&lawyer) }))).refused(409, "lawyer.account_taken");
    let dossier = head.post("/dossiers", &crate::harness::cases::case(&person(&head, "63"))).ok();
    let mandate = at("mandates", &head.post(&format!("{}/mandates", path(&dossier)), &consultation(&own)).ok());
    order(&lawyer, &mandate, &json!({ "command": "accept" })).ok();
    let address = at("lawyers", &own);
    for change in [json!({ "user_id": user_id(&second) }), json!({ "user_id": null })] {
        head.patch(&address, "*", &change).refused(409, "lawyer.mandates_running");
    }
    head.patch(&address, "*", &json!({ "user_id": user_id(&lawyer), "firm": "SCP" })).ok();
    order(&head, &mandate, &json!({ "command": "withdraw", "reason": "Changement d'avocat." })).ok();
    head.patch(&address, "*", &json!({ "user_id": user_id(&second) })).ok();
    lawyer.get(&address).refused(404, "not_found");
    assert_eq!(second.get(&address).status, 200);
}

#[test]
fn a_lawyer_is_away_on_the_days_that_are_said_and_not_taken_back() {
    let world = World::new();
    let (head, neighbour) = (world.head("63"), world.head("03"));
    let lawyer = head.post("/lawyers", &lawyer_with(&json!({}))).ok();
    let list = format!("{}/unavailabilities", at("lawyers", &lawyer));
    let away = head.post(&list, &json!({ "starts_on": "2026-12-20", "ends_on": "2027-01-03" })).ok();
    let address = at("unavailabilities", &away);
    assert_eq!(json!(neighbour.all(&list)), json!([away]));
    assert_eq!(neighbour.get(&address).ok(), away);
    let found = |day: &str| names(&head, &format!("available={day}")).len();
    assert_eq!(["2026-12-19", "2026-12-20", "2027-01-03", "2027-01-04"].map(found), [1, 0, 0, 1]);
    let changed = head.patch(&address, "\"1\"", &json!({ "starts_on": "2026-12-21" })).ok();
    assert_eq!((&changed["version"], found("2026-12-20"), found("2026-12-21")), (&json!(2), 1, 0));
    assert_eq!(head.patch(&address, "*", &json!({ "starts_on": "2027-02-01" })).flaws(), ["/starts_on period.reversed"]);
    assert_eq!(head.post(&list, &json!({ "starts_on": "2026-12-20", "ends_on": "2026-12-19" })).flaws(), ["/ends_on period.reversed"]);
    neighbour.post(&list, &json!({ "starts_on": "2026-12-20", "ends_on": "2026-12-21" })).refused(404, "not_found");
    neighbour.delete(&address, "*").refused(404, "not_found");
    head.delete(&address, "\"1\"").refused(412, "version.stale");
    head.delete(&address, "\"2\"").ok_status(204);
    head.get(&address).refused(404, "not_found");
    assert_eq!((head.all(&list).len(), found("2026-12-25")), (0, 1));
}

#[test]
fn what_is_wrong_of_a_lawyer_is_told_field_by_field() {
    let world = World::new();
    let head = world.head("63");
    for (fields, flaw) in [
        (json!({ "agreement_to": "2025-12-31" }), "/agreement_to period.reversed"),
        (json!({ "departments": ["99"] }), "/departments/0 department.unknown"),
        (json!({ "departments": ["63", "63"] }), "/departments list.repeats"),
        (json!({ "specialities": ["tax"] }), "/specialities/0 choice.unknown"),
        (json!({ "yearly_capacity": -1 }), "/yearly_capacity number.out_of_range"),
        (json!({ "bar": "" }), "/bar text.empty"),
    ] {
        assert_eq!(head.post("/lawyers", &lawyer_with(&fields)).flaws(), [flaw]);
    }
    assert_eq!(world.rows("lawyer_partners"), 0);
    let address = at("lawyers", &head.post("/lawyers", &lawyer_with(&json!({ "agreement_to": "2028-12-31" }))).ok());
    for (change, flaw) in [
        (json!({ "agreement_to": "2025-12-31" }), "/agreement_to period.reversed"),
        (json!({ "agreement_from": "2029-01-01" }), "/agreement_from period.reversed"),
    ] {
        assert_eq!(head.patch(&address, "*", &change).flaws(), [flaw]);
    }
}
