//! Two colleagues against each other, through the API alone: one house stands by both, and nobody stands on both sides.

use crate::harness::cases::{at, case_with, commands, consultation, lawyer_with, order, path, user_id};
use crate::harness::data::member_with;
use crate::harness::{Client, World};
use entraide::auth::Role;
use serde_json::{Value, json};

/// The lawyers that are suggested for a dossier.
fn suggested(head: &Client, dossier: &str) -> Vec<Value> {
    let suggestions = head.get(&format!("{dossier}/lawyer-suggestions")).ok();
    suggestions["items"].as_array().unwrap().iter().map(|item| item["lawyer_id"].clone()).collect()
}

#[test]
fn two_colleagues_against_each_other_share_neither_referent_nor_lawyer() {
    let world = World::new();
    let (head, first_hand, second_hand) = (world.head("63"), world.volunteer("63"), world.user("colleague", Role::Volunteer, Some("63")));
    let [anne, bruno] = [("Anne", "1979-02-03"), ("Bruno", "1983-05-06")].map(|(name, born)| {
        let fields = json!({ "last_name": "Martin", "first_name": name, "birth_date": born });
        head.post("/members", &member_with(&head, "63", &fields)).ok()
    });
    let accounts = ["lac", "puy"].map(|name| world.user(name, Role::Lawyer, None));
    let lawyers = [("Maître Lac", &accounts[0]), ("Maître Puy", &accounts[1])]
        .map(|(name, account)| head.post("/lawyers", &lawyer_with(&json!({ "name": name, "user_id": user_id(account) }))).ok());

    // Both come to the association, a day apart; the same volunteer takes both.
    let open = |member: &Value, quality: &str, motive: &str| {
        let fields = json!({ "member_quality": quality, "motive_code": motive, "referent_id": user_id(&first_hand) });
        path(&head.post("/dossiers", &case_with(member, &fields)).ok())
    };
    let hers = open(&anne, "victim", "conflict_with_colleagues");
    let his = open(&bruno, "accused", "conflict_with_colleagues");
    assert_eq!((suggested(&head, &hers).len(), suggested(&head, &his).len()), (2, 2));
    order(&first_hand, &hers, &json!({ "command": "take_charge" })).ok();

    // Then it turns out that she complains of him: he is named in her dossier, and nothing in the answer tells that he is known.
    let named = json!({ "role": "opposing_party", "category": "colleague", "display_name": "MARTIN Bruno", "birth_date": "1983-05-06" });
    first_hand.post(&format!("{hers}/parties"), &named).ok();
    let conflicts = head.all("/conflicts");
    assert_eq!((conflicts.len(), &conflicts[0]["status"]), (1, &json!("open")));

    // Nobody is referent of both.
    order(&first_hand, &his, &json!({ "command": "take_charge" })).refused(409, "conflict.barred");
    let assign = |dossier: &str, referent: &Client| order(&head, dossier, &json!({ "command": "assign", "referent_id": user_id(referent) }));
    assign(&his, &first_hand).refused(409, "conflict.barred");
    assign(&his, &second_hand).ok();
    order(&second_hand, &his, &json!({ "command": "take_charge" })).ok();
    assign(&hers, &second_hand).refused(409, "conflict.barred");

    // Each gets a lawyer; whoever accepted one side is never suggested to the other.
    let propose = |dossier: &str, lawyer: &Value| head.post(&format!("{dossier}/mandates"), &consultation(lawyer));
    let mandates = [(&hers, &lawyers[0]), (&his, &lawyers[1])].map(|(dossier, lawyer)| at("mandates", &propose(dossier, lawyer).ok()));
    let late = at("mandates", &propose(&his, &lawyers[0]).ok());
    for (account, mandate) in accounts.iter().zip(&mandates) {
        order(account, mandate, &json!({ "command": "accept" })).ok();
        order(account, mandate, &json!({ "command": "start" })).ok();
    }
    assert_eq!(suggested(&head, &his), [lawyers[1]["id"].clone()]);
    assert_eq!(suggested(&head, &hers), [lawyers[0]["id"].clone()]);
    order(&accounts[0], &late, &json!({ "command": "accept" })).refused(409, "conflict.barred");
    propose(&hers, &lawyers[1]).refused(409, "conflict.barred");

    // Each lawyer sees one dossier, and knows nothing of the other.
    let seen = |account: &Client| account.all("/dossiers").iter().map(path).collect::<Vec<String>>();
    assert_eq!((seen(&accounts[0]), seen(&accounts[1])), (vec![hers.clone()], vec![his.clone()]));
    accounts[0].get(&his).refused(404, "not_found");
    accounts[1].get(&hers).refused(404, "not_found");

    // The day the mandate ends the lawyer sees none, and the side that was taken stays taken.
    for (account, mandate) in accounts.iter().zip(&mandates) {
        order(account, mandate, &json!({ "command": "complete", "advice": "mediation" })).ok();
        assert_eq!((seen(account), commands(&account.get(mandate).ok())), (vec![], vec![]));
    }
    accounts[0].get(&hers).refused(404, "not_found");
    assert_eq!((suggested(&head, &hers), suggested(&head, &his)), (vec![lawyers[0]["id"].clone()], vec![lawyers[1]["id"].clone()]));
}
