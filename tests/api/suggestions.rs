//! Suggested lawyers: an order that follows from what is shown, and nobody to whom the dossier cannot be proposed.

use crate::harness::cases::{Office, at, case, consultation, lawyer_with, order, path};
use entraide::auth::Role;
use serde_json::{Value, json};

impl Office {
    fn lawyer(&self, name: &str, fields: &Value) -> Value {
        let mut fields = fields.clone();
        fields["name"] = name.into();
        // One of the national staff writes: lawyers of other departments too.
        self.world.user("national", Role::NationalStaff, None).post("/lawyers", &lawyer_with(&fields)).ok()
    }

    /// Proposes a further dossier to a lawyer who has no account, and records the answer.
    fn answered(&self, lawyer: &Value, answer: &Value) -> String {
        let dossier = self.head.post("/dossiers", &case(&self.member)).ok();
        let mandate = at("mandates", &self.head.post(&format!("{}/mandates", path(&dossier)), &consultation(lawyer)).ok());
        order(&self.head, &mandate, answer).ok();
        mandate
    }

    fn suggested(&self, query: &str) -> Vec<Value> {
        self.head.get(&format!("{}/lawyer-suggestions?{query}", path(&self.dossier))).ok()["items"].as_array().unwrap().clone()
    }

    fn names(&self, query: &str) -> Vec<String> {
        self.suggested(query).iter().map(|item| item["name"].as_str().unwrap().to_owned()).collect()
    }
}

#[test]
fn lawyers_are_suggested_by_speciality_then_fairness_then_acceptance_then_room_then_name() {
    let office = Office::new();
    let (accept, decline) = (json!({ "command": "accept" }), json!({ "command": "decline", "decline_reason": "fees" }));
    let busy = office.lawyer("Busy", &json!({ "specialities": ["press"], "yearly_capacity": 10 }));
    let choosy = office.lawyer("Choosy", &json!({ "specialities": ["criminal"] }));
    for (name, fields) in
        [("Narrow", json!({ "yearly_capacity": 2 })), ("Wide", json!({ "yearly_capacity": 9 })), ("Free", json!({})), ("Also free", json!({}))]
    {
        office.lawyer(name, &fields);
    }
    office.answered(&busy, &accept);
    office.answered(&choosy, &decline);
    let plain = ["Also free", "Free", "Wide", "Narrow", "Choosy", "Busy"];
    assert_eq!(office.names(""), plain);
    assert_eq!(office.names(""), plain, "the same each time");
    assert_eq!(office.names("speciality=press"), ["Busy", "Also free", "Free", "Wide", "Narrow", "Choosy"]);
    let shown = office.suggested("speciality=press")[0].clone();
    assert_eq!(
        shown,
        json!({ "lawyer_id": busy["id"], "name": "Busy", "bar": "Clermont-Ferrand", "firm": null, "department_code": "63", "specialities": ["press"],
            "speciality_matches": true, "mandates_in_twelve_months": 1, "acceptance_percent": 100, "proposals_answered": 1, "capacity_left": 9 })
    );
    let choosy = office.suggested("").into_iter().find(|item| item["name"] == "Choosy").unwrap();
    assert_eq!(
        (&choosy["speciality_matches"], &choosy["acceptance_percent"], &choosy["proposals_answered"], &choosy["capacity_left"]),
        (&Value::Null, &json!(0), &json!(1), &Value::Null)
    );
}

#[test]
fn who_cannot_be_given_the_dossier_is_never_suggested() {
    let office = Office::new();
    let away = office.lawyer("Away", &json!({}));
    office.lawyer("Elsewhere", &json!({ "departments": ["03"] }));
    office.lawyer("Former", &json!({ "agreement_to": "2026-11-21" }));
    office.lawyer("Future", &json!({ "agreement_from": "2026-11-23" }));
    office.lawyer("Last day", &json!({ "agreement_to": "2026-11-22" }));
    let full = office.lawyer("Full", &json!({ "yearly_capacity": 1 }));
    assert_eq!(office.names(""), ["Away", "Last day", "Full"]);
    let days = json!({ "starts_on": "2026-11-22", "ends_on": "2026-11-22" });
    office.head.post(&format!("{}/unavailabilities", at("lawyers", &away)), &days).ok();
    let mandate = office.answered(&full, &json!({ "command": "accept" }));
    assert_eq!(office.names(""), ["Last day"]);
    order(&office.head, &mandate, &json!({ "command": "withdraw", "reason": "L'adhérente a changé d'avis." })).ok();
    assert_eq!(office.names(""), ["Last day", "Full"], "what is withdrawn gives its place back, and stays in the count of the year");
    office.world.set_time("2027-01-01T09:00:00Z");
    let head = office.world.again(&office.head);
    let items = head.get(&format!("{}/lawyer-suggestions", path(&office.dossier))).ok()["items"].clone();
    let names: Vec<&str> = items.as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["Away", "Future", "Full"], "another day, and another year");
}

#[test]
fn a_proposal_that_was_left_to_expire_counts_as_one_that_was_not_accepted() {
    let office = Office::new();
    let lawyer = office.lawyer("Silent", &json!({}));
    office.head.post(&format!("{}/mandates", path(&office.dossier)), &consultation(&lawyer)).ok();
    assert_eq!(office.suggested("")[0]["acceptance_percent"], Value::Null, "nobody answered yet");
    office.world.set_time("2026-12-07T09:00:00Z");
    let head = office.world.again(&office.head);
    let item = head.get(&format!("{}/lawyer-suggestions", path(&office.dossier))).ok()["items"][0].clone();
    assert_eq!((&item["acceptance_percent"], &item["proposals_answered"]), (&json!(0), &json!(1)));
}

#[test]
fn suggestions_are_for_those_who_work_the_dossier_and_a_look_at_it() {
    let office = Office::new();
    office.lawyer("Lac", &json!({}));
    let address = format!("{}/lawyer-suggestions", path(&office.dossier));
    assert_eq!(office.world.volunteer("63").get(&address).status, 200);
    office.world.head("03").get(&address).refused(404, "not_found");
    for role in [Role::Lawyer, Role::Dpo, Role::NationalStaff, Role::Analyst] {
        office.world.user(role.as_str(), role, None).get(&address).refused(403, "function.not_granted");
    }
    assert_eq!(office.head.get(&format!("{address}?speciality=tax")).flaws(), ["speciality choice.unknown"]);
    let dpo = office.world.user("dpo", Role::Dpo, None);
    let looks = dpo.all(&format!("/access-log?subject={}", office.dossier["id"].as_str().unwrap()));
    assert!(looks.iter().any(|look| look["operation"] == "lawyer_suggestions_list"), "{looks:?}");
}
