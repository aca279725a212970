//! Payments of aid: never more than was granted, by the treasurer of the association, to accounts that nobody else reads; and repayment.

use crate::harness::aid::{IBAN, Purse, decided, euros, granted, instructed, payment_with, put_in_office, treasurer};
use crate::harness::cases::{at, commands, order};
use crate::harness::{Client, Reply};
use entraide::auth::Role;
use entraide::financial_aid_requests::committee::CommitteeCommand;
use serde_json::{Value, json};

fn ordered(head: &Client, request: &str, fields: &Value) -> Reply {
    head.post(&format!("{request}/payments"), &payment_with(fields))
}

const PAY: fn() -> Value = || json!({ "command": "pay" });

#[test]
fn the_team_orders_the_treasurer_pays_and_the_last_payment_settles_the_request() {
    let purse = Purse::new("5000.00");
    let Purse { world, head, member, association, .. } = &purse;
    let request = granted(world, head, member, &json!({}));
    let keeper = treasurer(world, association, "2026-01-01", None);
    let first = ordered(head, &request, &json!({ "amount": euros("300.00") })).ok();
    assert_eq!((&first["iban"], &first["status"]), (&json!("FR76*******************0189"), &json!("ordered")));
    assert_eq!(commands(&first), ["cancel"], "the team does not pay what it orders");
    let over = ordered(head, &request, &json!({ "amount": euros("500.01") }));
    over.refused(409, "aid_request.grant_exceeded");
    assert!(over.json()["detail"].as_str().unwrap().contains("500.00"), "{}", over.text());
    let second = ordered(head, &request, &json!({ "amount": euros("500.00"), "payee_kind": "creditor", "payee_name": "Garage du Lac" })).ok();
    let (first, second) = (at("payments", &first), at("payments", &second));
    order(head, &first, &PAY()).refused(403, "command.not_granted");
    assert_eq!(commands(&keeper.get(&first).ok()), ["pay", "reject", "cancel"]);
    assert_eq!(order(&keeper, &first, &json!({ "command": "pay", "paid_on": "2026-11-23" })).flaws(), ["/paid_on date.out_of_range"]);
    order(&keeper, &first, &PAY()).ok();
    order(&keeper, &first, &PAY()).refused(409, "transition.not_allowed");
    assert_eq!(purse.sums(), ["800.00", "300.00", "4200.00"]);
    assert_eq!(commands(&head.get(&request).ok()), ["close! aid_request.payments_ordered"]);
    order(&keeper, &second, &json!({ "command": "reject", "reason": "Compte clos." })).ok();
    let third = at("payments", &ordered(head, &request, &json!({ "amount": euros("500.00") })).ok());
    order(&keeper, &third, &PAY()).ok();
    assert_eq!(purse.sums(), ["800.00", "800.00", "4200.00"]);
    let settled = head.get(&request).ok();
    assert_eq!((&settled["status"], &settled["paid_amount"], &settled["ordered_amount"]), (&json!("paid"), &euros("800.00"), &euros("0.00")));
    ordered(head, &request, &json!({ "amount": euros("0.01") })).refused(409, "aid_request.not_payable");
    order(head, &request, &json!({ "command": "close" })).ok();
    assert_eq!(purse.sums(), ["800.00", "800.00", "4200.00"]);
    assert_eq!(head.all(&format!("{request}/payments")).len(), 3);
    for (query, found) in [("status=paid", 2), ("status=rejected", 1), ("payee=creditor", 1), ("batched=true", 0), ("batched=false", 3), ("department=03", 0)] {
        assert_eq!(keeper.all(&format!("/payments?{query}")).len(), found, "{query}");
    }
}

#[test]
fn an_account_is_checked_masked_and_in_no_record() {
    let purse = Purse::new("5000.00");
    let Purse { world, head, member, .. } = &purse;
    let request = granted(world, head, member, &json!({}));
    for (iban, code) in [
        ("FR7730006000011234567890189", "iban.key"),
        ("FR763000600001123456789018", "iban.length"),
        ("ZZ7630006000011234567890189", "iban.country"),
        ("7630006000011234567890189", "iban.form"),
    ] {
        let refused = ordered(head, &request, &json!({ "iban": iban, "amount": euros("0.00") }));
        assert_eq!(refused.flaws(), ["/amount amount.not_positive".to_owned(), format!("/iban {code}")]);
        assert!(!refused.text().contains(iban), "what was sent is never echoed");
    }
    let english = head
        .request("POST", &format!("{request}/payments"))
        .key("k")
        .header("Accept-Language", "en")
        .json(&payment_with(&json!({ "iban": "FR7730006000011234567890189" })))
        .send();
    assert!(english.text().contains("check digits"), "{}", english.text());
    let payment = ordered(head, &request, &json!({ "iban": "fr76 3000 6000 0112 3456 7890 189" })).ok();
    let own = at("payments", &payment);
    let channels = [own.clone(), format!("{own}/history"), format!("{own}/transitions"), format!("{request}/payments"), "/payments".to_owned()];
    for channel in &channels {
        let told = head.get(channel);
        assert!(told.status == 200 && !told.text().contains(IBAN), "{channel}: {}", told.text());
    }
    let csv = head.request("GET", "/payments").header("Accept", "text/csv").send();
    assert!(csv.text().contains("FR76") && !csv.text().contains(IBAN));
    let everywhere = world.database_text();
    assert_eq!(everywhere.matches(IBAN).count(), 1, "it stands in its own row alone");
}

#[test]
fn a_batch_takes_what_is_ordered_once_and_tells_whole_accounts_to_the_treasurer_alone() {
    let purse = Purse::new("5000.00");
    let Purse { world, head, member, association, .. } = &purse;
    let request = granted(world, head, member, &json!({}));
    let keeper = treasurer(world, association, "2026-01-01", Some("2026-11-22"));
    let make = |client: &Client| client.post("/payment-batches", &json!({ "association_id": association }));
    make(&keeper).refused(409, "payment_batch.empty");
    let [one, two] = [("200.00", "Claire Dubœuf"), ("150.00", "=Garage")]
        .map(|(amount, name)| at("payments", &ordered(head, &request, &json!({ "amount": euros(amount), "payee_name": name })).ok()));
    let gone = at("payments", &ordered(head, &request, &json!({ "amount": euros("50.00") })).ok());
    order(head, &gone, &json!({ "command": "cancel", "reason": "Erreur." })).ok();
    make(head).refused(403, "function.not_granted");
    let stranger = world.user("stranger", Role::Treasurer, None);
    assert_eq!(make(&stranger).flaws(), ["/association_id reference.not_found"]);
    let batch = make(&keeper).ok();
    assert_eq!((&batch["payments_count"], &batch["total"]), (&json!(2), &euros("350.00")));
    make(&keeper).refused(409, "payment_batch.empty");
    let own = at("payment-batches", &batch);
    let before = world.rows("access_log");
    let file = keeper.request("GET", &format!("{own}/lines?fields=payee_name,iban,amount,reference")).header("Accept", "text/csv").send();
    let lines: Vec<&str> = std::str::from_utf8(&file.bytes).unwrap().lines().collect();
    assert_eq!(
        lines,
        [
            "payee_name,iban,amount.amount,amount.currency,reference".to_owned(),
            format!("Claire Dubœuf,{IBAN},200.00,EUR,AID-63-2026-000001"),
            format!("'=Garage,{IBAN},150.00,EUR,AID-63-2026-000001"),
        ]
    );
    assert_eq!(world.rows("access_log") - before, 1, "the file is on the record");
    assert_eq!(keeper.all(&format!("{own}/lines"))[0]["iban"], IBAN);
    stranger.get(&format!("{own}/lines")).refused(404, "not_found");
    head.get(&format!("{own}/lines")).refused(403, "function.not_granted");
    assert_eq!(commands(&head.get(&one).ok()), ["cancel! payment.handed_over"]);
    order(head, &one, &json!({ "command": "cancel", "reason": "Trop tard." })).refused(409, "payment.handed_over");
    order(&keeper, &one, &PAY()).ok();
    order(&keeper, &two, &json!({ "command": "reject", "reason": "Compte clos." })).ok();
    world.set_time("2026-11-23T09:00:00Z");
    let keeper = world.again(&keeper);
    assert!(keeper.all("/payments").is_empty() && keeper.all("/payment-batches").is_empty(), "out of office");
    keeper.get(&own).refused(404, "not_found");
}

#[test]
fn whoever_keeps_one_purse_pays_from_no_other_and_nobody_pays_themselves() {
    let purse = Purse::new("5000.00");
    let Purse { world, head, member, association, .. } = &purse;
    let payment = at("payments", &ordered(head, &granted(world, head, member, &json!({})), &json!({})).ok());
    // Of the team here and the treasurer elsewhere: sees the payment, and does not pay it.
    let both = world.user("both", Role::DepartmentStaff, Some("63"));
    world.grant(&both, Role::Treasurer, None);
    let both = world.again(&both);
    let away = crate::harness::data::association(head, "03");
    put_in_office(world, &both, &away, "2026-01-01", None);
    assert_eq!(commands(&both.get(&payment).ok()), ["cancel"]);
    order(&both, &payment, &PAY()).refused(403, "command.not_granted");
    let keeper = treasurer(world, association, "2026-01-01", None);
    world.link(&keeper, member);
    let keeper = world.again(&keeper);
    keeper.get(&payment).refused(404, "not_found");
    assert!(keeper.all("/payments").is_empty());
    keeper.post("/payment-batches", &json!({ "association_id": association })).refused(409, "payment_batch.empty");
}

#[test]
fn what_is_not_ratified_is_not_paid_any_more_and_what_was_paid_stays_committed() {
    let purse = Purse::new("5000.00");
    let Purse { world, head, member, association, .. } = &purse;
    let request = instructed(head, member, &json!({ "urgent": true }));
    order(head, &request, &json!({ "command": "grant_urgently", "motivation": "Plus de toit." })).ok();
    let keeper = treasurer(world, association, "2026-01-01", None);
    let [paid, handed, waiting] = ["300.00", "200.00", "100.00"].map(|amount| {
        let path = at("payments", &ordered(head, &request, &json!({ "amount": euros(amount) })).ok());
        if amount == "200.00" {
            order(&keeper, &at("payments", &keeper.all("/payments")[0]), &PAY()).ok();
            keeper.post("/payment-batches", &json!({ "association_id": association })).ok();
        }
        path
    });
    decided(world, &request, CommitteeCommand::RefuseRatification { motivation: "Pas d'urgence.".parse().unwrap() }).unwrap();
    let status = |path: &str| head.get(path).ok()["status"].clone();
    assert_eq!([&paid, &handed, &waiting].map(|path| status(path)), [json!("paid"), json!("ordered"), json!("cancelled")]);
    assert_eq!(purse.sums(), ["500.00", "300.00", "4500.00"]);
    ordered(head, &request, &json!({ "amount": euros("1.00") })).refused(409, "aid_request.not_payable");
    order(&keeper, &handed, &json!({ "command": "reject", "reason": "Compte clos." })).ok();
    assert_eq!(purse.sums(), ["300.00", "300.00", "4700.00"]);
    order(head, &request, &json!({ "command": "close" })).ok();
}

#[test]
fn a_loan_is_paid_back_in_parts_whose_sum_is_exact_and_is_late_by_the_calendar() {
    let purse = Purse::new("5000.00");
    let Purse { world, head, member, association, .. } = &purse;
    let request = granted(world, head, member, &json!({ "nature": "loan", "amount": euros("100.00") }));
    let keeper = treasurer(world, association, "2026-01-01", None);
    let schedule = json!({ "command": "schedule_repayment", "first_due_on": "2026-12-31", "instalments": 3 });
    order(head, &request, &schedule).refused(409, "transition.not_allowed");
    order(&keeper, &at("payments", &ordered(head, &request, &json!({ "amount": euros("100.00") })).ok()), &PAY()).ok();
    let repayment = |client: &Client| client.get(&format!("{request}/repayment")).ok();
    assert_eq!(repayment(head)["state"], "not_scheduled");
    order(head, &request, &json!({ "command": "close" })).refused(409, "aid_request.repayment_open");
    let past = json!({ "command": "schedule_repayment", "first_due_on": "2026-11-21", "instalments": 3 });
    assert_eq!(order(head, &request, &past).flaws(), ["/first_due_on date.in_past"]);
    order(head, &request, &schedule).ok();
    order(head, &request, &schedule).refused(409, "aid_request.scheduled_already");
    let parts = head.all(&format!("{request}/instalments"));
    let told: Vec<String> = parts
        .iter()
        .map(|part| format!("{} {} {}", part["due_on"].as_str().unwrap(), part["amount"]["amount"].as_str().unwrap(), part["status"].as_str().unwrap()))
        .collect();
    assert_eq!(told, ["2026-12-31 33.34 due", "2027-01-31 33.33 due", "2027-02-28 33.33 due"]);
    let [first, second, third] = [0, 1, 2].map(|number: usize| at("instalments", &parts[number]));
    order(&keeper, &first, &PAY()).ok();
    world.set_time("2027-02-01T09:00:00Z");
    let (head, keeper) = (world.again(head), world.again(&keeper));
    let late = repayment(&head);
    assert_eq!((&late["state"], &late["late_count"], &late["next_due_on"], &late["left"]), (&json!("late"), &json!(1), &json!("2027-01-31"), &euros("66.66")));
    assert_eq!(head.get(&second).ok()["status"], "late");
    order(&keeper, &second, &json!({ "command": "remit", "reason": "Non." })).refused(403, "command.not_granted");
    order(&head, &second, &json!({ "command": "pay", "paid_on": "2027-01-31" })).ok();
    order(&head, &third, &json!({ "command": "remit", "reason": "Situation dégradée." })).ok();
    order(&head, &third, &PAY()).refused(409, "transition.not_allowed");
    let done = repayment(&head);
    assert_eq!((&done["state"], &done["paid"], &done["remitted"], &done["left"]), (&json!("settled"), &euros("66.67"), &euros("33.33"), &euros("0.00")));
    assert_eq!(head.all(&format!("{third}/transitions")).len(), 1);
    order(&head, &request, &json!({ "command": "close" })).ok();
}
