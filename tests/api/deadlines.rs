//! Deadlines: the rules as they are served, and what runs in dossiers.

use crate::harness::World;
use serde_json::json;

#[test]
fn the_rules_of_deadlines_are_served_with_their_labels_and_sources() {
    let world = World::new();
    let reply = world.anonymous().get("/reference/deadline-rules");
    let served = reply.ok();
    let rule = |code: &str| served["items"].as_array().unwrap().iter().find(|rule| rule["code"] == code).unwrap().clone();
    let press = rule("press_offence");
    assert_eq!((&press["count"], &press["unit"], &press["trigger"]), (&json!(3), &json!("months"), &json!("publication")));
    assert_eq!((&press["label_fr"], &press["label_en"]), (&json!("Diffamation ou injure publique"), &json!("Public defamation or insult")));
    assert_eq!((&press["source"], &press["confirmed"]), (&json!("Loi du 29 juillet 1881, art. 65"), &json!(false)));
    assert_eq!(press["restarted_by"], json!(["qualified_requisitions", "civil_party_complaint", "direct_summons", "act_of_procedure"]));
    assert_eq!((&rule("insured_event")["unit"], &rule("work_accident")["population"]), (&json!("working_days"), &json!("other_employees")));
    assert_eq!(served["notice_fr"], "À confirmer par l'avocat.");
    assert_eq!(world.anonymous().request("GET", "/reference/deadline-rules").header("If-None-Match", reply.etag()).send().status, 304);
}
