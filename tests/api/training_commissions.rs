//! Training commissions of academies: who sets them up, who is in them, and what they plan.

use crate::harness::cases::{at, user_id};
use crate::harness::data::association;
use crate::harness::{Client, World};
use entraide::auth::Role;
use serde_json::{Value, json};

fn coordinator(world: &World, academy: &str) -> Client {
    world.user_at("coordinator", Role::TrainingCoordinator, (None, Some(academy), None))
}

fn commission(client: &Client, academy: &str) -> Value {
    client.post("/training-commissions", &json!({ "academy_code": academy })).ok()
}

#[test]
fn a_coordinator_sets_up_the_commission_of_their_academy_and_of_no_other() {
    let world = World::new();
    let anne = coordinator(&world, "06");
    let made = anne.post("/training-commissions", &json!({ "academy_code": "06", "coordinator_id": user_id(&anne) }));
    let view = made.ok();
    assert_eq!((&view["academy_code"], &view["coordinator_id"], &view["version"]), (&json!("06"), &user_id(&anne), &json!(1)));
    assert_eq!(made.header("location"), format!("/api/v1{}", at("training-commissions", &view)));
    anne.post("/training-commissions", &json!({ "academy_code": "06" })).refused(409, "training_commission.taken");
    anne.post("/training-commissions", &json!({ "academy_code": "23" })).refused(403, "academy.beyond_your_grants");
    assert_eq!(anne.post("/training-commissions", &json!({ "academy_code": "99" })).flaws(), ["/academy_code academy.unknown"]);
    let national = world.user("national", Role::NationalStaff, None);
    let nice = commission(&national, "23");
    // Read by everybody with a right, written by those of the academy and the national staff.
    let volunteer = world.volunteer("63");
    assert_eq!(volunteer.get(&at("training-commissions", &nice)).ok(), nice);
    let codes: Vec<Value> = volunteer.all("/training-commissions").into_iter().map(|row| row["academy_code"].clone()).collect();
    assert_eq!(codes, [json!("06"), json!("23")]);
    assert_eq!(volunteer.all("/training-commissions?academy=23"), std::slice::from_ref(&nice));
    anne.patch(&at("training-commissions", &nice), "*", &json!({ "coordinator_id": null })).refused(404, "not_found");
    volunteer.patch(&at("training-commissions", &nice), "*", &json!({ "coordinator_id": null })).refused(403, "function.not_granted");
    world.user("member", Role::Member, None).get("/training-commissions").refused(403, "function.not_granted");
}

#[test]
fn whoever_is_named_as_coordinator_coordinates_training_in_that_academy_today() {
    let world = World::new();
    let (anne, other, head) = (coordinator(&world, "06"), coordinator(&world, "23"), world.head("63"));
    let national = world.user("national", Role::NationalStaff, None);
    let view = commission(&national, "06");
    let path = at("training-commissions", &view);
    for unfit in [user_id(&other), user_id(&head), json!("01935b7e-6f00-7c3a-9c58-3f6f2b1a4d10")] {
        let body = json!({ "coordinator_id": unfit });
        assert_eq!(national.patch(&path, "*", &body).flaws(), ["/coordinator_id coordinator.not_of_academy"]);
        let body = json!({ "academy_code": "10", "coordinator_id": unfit });
        assert_eq!(national.post("/training-commissions", &body).flaws(), ["/coordinator_id coordinator.not_of_academy"]);
    }
    let named = national.patch(&path, "\"1\"", &json!({ "coordinator_id": user_id(&anne) })).ok();
    assert_eq!((&named["coordinator_id"], &named["version"]), (&user_id(&anne), &json!(2)));
    anne.patch(&path, "\"1\"", &json!({ "coordinator_id": null })).refused(412, "version.stale");
    assert_eq!(anne.patch(&path, "*", &json!({ "academy_code": "10" })).flaws(), ["/academy_code field.read_only"]);
    assert_eq!(anne.all(&format!("{path}/history")).len(), 2);
}

#[test]
fn members_of_a_commission_have_terms() {
    let world = World::new();
    let anne = coordinator(&world, "06");
    let path = at("training-commissions", &commission(&anne, "06"));
    let home = association(&anne, "63");
    let member = |body: Value| anne.post(&format!("{path}/members"), &body);
    let first = member(json!({ "display_name": "Zoé Étang", "association_id": home, "starts_on": "2025-09-01", "ends_on": "2026-08-31" })).ok();
    let second = member(json!({ "display_name": "Anne Lac", "starts_on": "2026-09-01" })).ok();
    let names = |query: &str| anne.all(&format!("{path}/members{query}")).into_iter().map(|row| row["display_name"].clone()).collect::<Vec<_>>();
    assert_eq!(names(""), ["Anne Lac", "Zoé Étang"]);
    assert_eq!(names("?sort=starts"), ["Zoé Étang", "Anne Lac"]);
    assert_eq!((names("?on=2026-08-31"), names("?on=2026-09-01")), (vec![json!("Zoé Étang")], vec![json!("Anne Lac")]));
    assert_eq!(member(json!({ "display_name": "Paul", "starts_on": "2026-09-01", "ends_on": "2026-08-31" })).flaws(), ["/ends_on period.reversed"]);
    let nobody = json!({ "display_name": "Paul", "starts_on": "2026-09-01", "association_id": user_id(&anne) });
    assert_eq!(member(nobody).flaws(), ["/association_id reference.not_found"]);
    let own = at("commission-members", &second);
    assert_eq!(anne.patch(&own, "*", &json!({ "ends_on": "2026-08-01" })).flaws(), ["/ends_on period.reversed"]);
    let ended = anne.patch(&own, "\"1\"", &json!({ "ends_on": "2027-08-31" })).ok();
    assert_eq!((&ended["ends_on"], &ended["version"]), (&json!("2027-08-31"), &json!(2)));
    anne.delete(&at("commission-members", &first), "\"1\"").ok_status(204);
    anne.get(&at("commission-members", &first)).refused(404, "not_found");
    assert_eq!(names(""), ["Anne Lac"]);
    coordinator(&world, "23").patch(&own, "*", &json!({ "ends_on": null })).refused(404, "not_found");
    let file = world.head("03").request("GET", &format!("{path}/members")).header("Accept", "text/csv;dialect=excel-fr").send();
    assert!(file.text().contains("Commission;Association;Nom;Début;Fin"), "{}", file.text());
    // Writing what lies under it leaves the commission at its version.
    assert_eq!(anne.get(&path).ok()["version"], 1);
}

#[test]
fn a_commission_has_one_plan_for_a_school_year() {
    let world = World::new();
    let anne = coordinator(&world, "06");
    let path = at("training-commissions", &commission(&anne, "06"));
    let goals = json!([{ "label": "Un atelier par département", "planned_sessions": 4 }, { "label": "Webinaires", "planned_sessions": 8 }]);
    let plan = |year: &str| json!({ "school_year": year, "orientation": "Former les équipes de direction.", "objectives": goals });
    let made = anne.post(&format!("{path}/plans"), &plan("2026-2027")).ok();
    assert_eq!((&made["planned_sessions"], &made["objectives"]), (&json!(12), &goals));
    anne.post(&format!("{path}/plans"), &plan("2026-2027")).refused(409, "training_plan.taken");
    anne.post(&format!("{path}/plans"), &plan("2025-2026")).ok();
    let years = |query: &str| anne.all(&format!("{path}/plans{query}")).into_iter().map(|row| row["school_year"].clone()).collect::<Vec<_>>();
    assert_eq!((years(""), years("?year=2026-2027")), (vec![json!("2025-2026"), json!("2026-2027")], vec![json!("2026-2027")]));
    for (year, code) in [("2026-2028", "pattern.mismatch"), ("2026", "text.too_short"), ("2026/2027", "pattern.mismatch")] {
        assert_eq!(anne.post(&format!("{path}/plans"), &plan(year)).flaws(), [format!("/school_year {code}")]);
    }
    let body =
        json!({ "school_year": "2027-2028", "orientation": "", "objectives": [{ "label": "Rien", "planned_sessions": -1 }, { "planned_sessions": 501 }] });
    let flaws = [
        "/objectives/0/planned_sessions number.out_of_range",
        "/objectives/1/label field.required",
        "/objectives/1/planned_sessions number.out_of_range",
        "/orientation text.empty",
    ];
    assert_eq!(anne.post(&format!("{path}/plans"), &body).flaws(), flaws);
    let own = at("training-plans", &made);
    let changed = anne.patch(&own, "\"1\"", &json!({ "objectives": [] })).ok();
    assert_eq!((&changed["planned_sessions"], &changed["version"]), (&json!(0), &json!(2)));
    assert_eq!(anne.patch(&own, "*", &json!({ "planned_sessions": 3 })).flaws(), ["/planned_sessions field.derived"]);
    assert_eq!(anne.all(&format!("{own}/history")).len(), 2);
    assert_eq!(world.volunteer("63").get(&own).ok(), changed);
    coordinator(&world, "23").patch(&own, "*", &json!({ "objectives": [] })).refused(404, "not_found");
}
