//! How long it is kept who asked for aid: two years where nothing was paid, ten where something was, and never longer than that.

use crate::harness::aid::{Purse, aid_with, euros, granted, instructed, payment_with, treasurer};
use crate::harness::cases::{at, case_with, order, path, user_id};
use crate::harness::committees::{Committee, SECRET, decide, vote};
use crate::harness::forms::{FileSent, stored};
use crate::harness::{Client, World};
use entraide::aid_committees::retention;
use entraide::auth::Role;
use entraide::db::schema::status_transitions;
use entraide::documents::sweep;
use serde_json::{Value, json};
use std::time::{Duration, SystemTime};

fn swept(world: &World) -> usize {
    retention::step(&world.server).unwrap()
}

/// What is left in the database of these words.
fn left(world: &World, words: &[&'static str]) -> Vec<&'static str> {
    let text = world.database_text().to_lowercase();
    words.iter().copied().filter(|word| text.contains(&word.to_lowercase())).collect()
}

fn withdraw(head: &Client, request: &str, reason: &str) {
    order(head, request, &json!({ "command": "withdraw", "reason": reason })).ok();
}

#[test]
fn whose_a_request_was_is_forgotten_two_years_after_its_end_with_all_that_was_said_and_sent() {
    let purse = Purse::new("5000.00");
    let Purse { world, head, member, .. } = &purse;
    let sheet = json!({ "household_size": 2, "charges": [], "resources": [{ "label": "Zqxlabel", "amount": euros("1812.34") }] });
    let fields = json!({ "purpose": "Zqxpurpose pour le toit.", "sheet": sheet });
    let request = at("financial-aid-requests", &head.post("/financial-aid-requests", &aid_with(member, &fields)).ok());
    let said = json!({ "document_type": "payslip", "file_name": "Zqxfile.txt" });
    let slip = head.send_form(&format!("{request}/documents"), &said, Some(FileSent { declared: None, bytes: b"Zqxbytes" })).ok();
    for step in [
        json!({ "command": "submit" }),
        json!({ "command": "ask_information", "question": "Zqxquestion ?" }),
        json!({ "command": "give_information", "information": "Zqxinformation." }),
        json!({ "command": "instruct", "instruction_note": "Zqxnote." }),
    ] {
        order(head, &request, &step).ok();
    }
    withdraw(head, &request, "Zqxreason.");
    let words = ["Zqxlabel", "1812.34", "Zqxpurpose", "Zqxfile", "Zqxquestion", "Zqxinformation", "Zqxnote", "Zqxreason"];
    assert_eq!(left(world, &words), words);
    assert_eq!(head.get(&request).ok()["retention_due_on"], "2028-11-22");
    assert_eq!(head.patch(&request, "*", &json!({ "retention_due_on": null })).flaws(), ["/retention_due_on field.state"]);
    world.set_time("2028-11-21T22:59:59Z");
    assert_eq!(swept(world), 0, "the day has not begun in Paris");
    world.set_time("2028-11-21T23:00:00Z");
    assert_eq!((swept(world), swept(world)), (1, 0));
    assert_eq!(left(world, &words), Vec::<&str>::new());
    let head = world.again(head);
    let view = head.get(&request).ok();
    assert_eq!((&view["member_id"], &view["sheet"], &view["purpose"]), (&Value::Null, &Value::Null, &Value::Null));
    assert_eq!(
        (&view["amount"], &view["nature"], &view["status"], &view["submitted_on"]),
        (&euros("800.00"), &json!("grant"), &json!("withdrawn"), &json!("2026-11-22"))
    );
    let steps = head.all(&format!("{request}/transitions"));
    assert_eq!((&steps[5]["command"], &steps[5]["actor_id"], &steps[4]["reason"]), (&json!("anonymise"), &Value::Null, &Value::Null));
    let document = head.get(&at("aid-documents", &slip)).ok();
    assert_eq!((&document["document_type"], &document["file_name"], &document["sha256"]), (&json!("payslip"), &Value::Null, &Value::Null));
    head.get(&format!("{}/content", at("aid-documents", &slip))).refused(404, "not_found");
    let later = SystemTime::now() + Duration::from_secs(25 * 3600);
    assert_eq!(sweep::step(world.db(), world.server.storage.as_ref(), later).unwrap(), 1);
    assert!(stored(world).0.is_empty());
    world.come_to_the_present();
    assert_eq!(world.console().run(&["audit", "verify"]).code, Some(0), "the record of what is gone is still proved");
}

#[test]
fn what_was_paid_is_accounted_for_ten_years_and_then_leads_to_nobody() {
    let purse = Purse::new("5000.00");
    let Purse { world, head, member, association, .. } = &purse;
    let request = granted(world, head, member, &json!({ "nature": "loan" }));
    let keeper = treasurer(world, association, "2026-01-01", None);
    let order_of = json!({ "payee_kind": "creditor", "payee_name": "Zqxgarage" });
    let payment = at("payments", &head.post(&format!("{request}/payments"), &payment_with(&order_of)).ok());
    order(&keeper, &payment, &json!({ "command": "pay" })).ok();
    order(head, &request, &json!({ "command": "schedule_repayment", "first_due_on": "2026-12-01", "instalments": 1 })).ok();
    let instalment = at("instalments", &head.all(&format!("{request}/instalments"))[0]);
    order(head, &instalment, &json!({ "command": "remit", "reason": "Zqxremitted." })).ok();
    assert_eq!(head.get(&request).ok()["retention_due_on"], Value::Null, "it is not over");
    order(head, &request, &json!({ "command": "close" })).ok();
    let words = ["Zqxgarage", "30006000011234567890189", "Zqxremitted"];
    assert_eq!(left(world, &words), words);
    world.set_time("2036-12-31T12:00:00Z");
    assert_eq!((swept(world), left(world, &words).len()), (0, 3));
    world.set_time("2037-01-01T12:00:00Z");
    assert_eq!((swept(world), left(world, &words)), (1, Vec::new()));
    let head = world.again(head);
    let told = head.get(&payment).ok();
    assert_eq!((&told["amount"], &told["status"], &told["payee_name"]), (&euros("800.00"), &json!("paid"), &Value::Null));
    assert_eq!(head.get(&purse.envelope).ok()["paid"], euros("800.00"));
}

#[test]
fn what_is_not_over_is_kept_however_long_it_takes() {
    let purse = Purse::new("5000.00");
    let Purse { world, head, member, .. } = &purse;
    let (running, waiting) = (granted(world, head, member, &json!({})), instructed(head, member, &json!({})));
    world.set_time("2066-11-22T12:00:00Z");
    assert_eq!(swept(world), 0);
    let head = world.again(head);
    for request in [&running, &waiting] {
        assert_eq!(head.get(request).ok()["member_id"], member["id"]);
    }
    withdraw(&head, &waiting, "Sans suite.");
    assert_eq!(swept(world), 0, "its time begins with its end");
}

#[test]
fn what_committees_were_shown_is_forgotten_with_the_request_and_the_minutes_stay() {
    let office = Committee::new();
    let Committee { world, head, chair, .. } = &office;
    let session = office.open();
    let (row, item) = office.listed(&session);
    vote(chair, &item, "against").ok();
    decide(chair, &item, "refuse").ok();
    order(chair, &session, &json!({ "command": "close" })).ok();
    let minutes = chair.get(&format!("{session}/minutes")).text();
    assert!(world.database_text().contains(SECRET));
    world.set_time("2028-11-22T12:00:00Z");
    assert_eq!(swept(world), 1);
    assert!(!world.database_text().contains(SECRET));
    let (head, chair) = (world.again(head), world.again(chair));
    let left = chair.get(&item).ok();
    assert_eq!((&left["note"], &left["household_size"], &left["motivation"], &left["status"]), (&Value::Null, &Value::Null, &Value::Null, &json!("refused")));
    for entry in head.all(&format!("{item}/history")) {
        assert_eq!((&entry["after"]["note"], &entry["after"]["resources_total"]), (&Value::Null, &Value::Null));
    }
    assert_eq!(chair.all(&format!("{item}/transitions"))[0]["details"], json!({}));
    assert_eq!(chair.get(&format!("{session}/minutes")).text(), minutes);
    assert_eq!(head.get(&format!("/financial-aid-requests/{}", row.id)).ok()["member_id"], Value::Null);
}

/// A dossier of the member that was closed and archived, and what is done to it next.
fn archived(purse: &Purse, ask: impl FnOnce(&Value)) -> String {
    let Purse { world, head, member, .. } = purse;
    let dossier = head.post("/dossiers", &case_with(member, &json!({ "referent_id": user_id(head) }))).ok();
    ask(&dossier["id"]);
    let own = path(&dossier);
    order(head, &own, &json!({ "command": "take_charge" })).ok();
    order(head, &own, &json!({ "command": "close", "outcome": "advice_given", "outcome_for_member": "mixed" })).ok();
    order(&world.user("dpo", Role::Dpo, None), &own, &json!({ "command": "archive" })).ok();
    own
}

#[test]
fn a_dossier_is_not_anonymised_before_the_aid_under_it_may_be() {
    let purse = Purse::on(World::with(&[("RETENTION_YEARS", "0")]), "5000.00");
    let Purse { world, head, member, .. } = &purse;
    let mut requests = Vec::new();
    let dossier = archived(&purse, |id| {
        let fields = json!({ "dossier_id": id, "purpose": "Zqxpurpose pour le toit." });
        requests = [0; 2].map(|_| instructed(head, member, &fields)).to_vec();
    });
    let dpo = world.user("again", Role::Dpo, None);
    let anonymise = |dpo: &Client| order(dpo, &dossier, &json!({ "command": "anonymise" }));
    let refusal = anonymise(&dpo);
    refusal.refused(409, "dossier.aid_kept");
    assert!(refusal.json()["detail"].as_str().unwrap().contains("AID-63-2026-000001, AID-63-2026-000002"), "{}", refusal.text());
    withdraw(head, &requests[0], "Sans suite.");
    world.set_time("2027-11-22T12:00:00Z");
    let (dpo, head) = (world.again(&dpo), world.again(head));
    withdraw(&head, &requests[1], "Sans suite.");
    anonymise(&dpo).refused(409, "dossier.aid_kept");
    world.set_time("2028-11-22T12:00:00Z");
    assert_eq!(swept(world), 1, "the first leaves the dossier before");
    let refusal = anonymise(&world.again(&dpo));
    refusal.refused(409, "dossier.aid_kept");
    assert!(!refusal.text().contains("AID-63-2026-000001"), "{}", refusal.text());
    let head = world.again(&head);
    assert_eq!((&head.get(&requests[0]).ok()["dossier_id"], &head.get(&requests[1]).ok()["member_id"]), (&Value::Null, &member["id"]));
    world.set_time("2029-11-22T12:00:00Z");
    anonymise(&world.again(&dpo)).ok();
    assert_eq!(left(world, &["Zqxpurpose"]), Vec::<&str>::new());
    let head = world.again(&head);
    for request in &requests {
        let told = head.get(request).ok();
        assert_eq!((&told["member_id"], &told["dossier_id"], &told["amount"]), (&Value::Null, &Value::Null, &euros("800.00")));
        assert_eq!(head.all(&format!("{request}/transitions")).last().unwrap()["command"], "anonymise");
    }
    assert_eq!(swept(world), 0);
}

#[test]
fn a_legal_hold_on_the_dossier_keeps_the_request_until_it_is_lifted() {
    let purse = Purse::new("5000.00");
    let Purse { world, head, member, .. } = &purse;
    let dossier = head.post("/dossiers", &case_with(member, &json!({ "referent_id": user_id(head) }))).ok();
    let request = instructed(head, member, &json!({ "dossier_id": dossier["id"] }));
    withdraw(head, &request, "Sans suite.");
    let hold = at("legal-holds", &head.post(&format!("{}/legal-holds", path(&dossier)), &json!({ "reason": "Contentieux en cours." })).ok());
    world.set_time("2030-11-22T12:00:00Z");
    assert_eq!(swept(world), 0);
    let head = world.again(head);
    order(&head, &hold, &json!({ "command": "lift", "reason": "Terminé." })).ok();
    assert_eq!(swept(world), 1);
    assert_eq!(head.get(&request).ok()["member_id"], Value::Null);
}

#[test]
fn of_several_servers_one_forgets_each_request() {
    use diesel::prelude::*;
    let purse = Purse::on(World::with(&[("WORKERS", "2")]), "5000.00");
    let Purse { world, head, member, .. } = &purse;
    for _ in 0..6 {
        withdraw(head, &instructed(head, member, &json!({})), "Sans suite.");
    }
    world.set_time("2029-11-22T12:00:00Z");
    let forgotten: usize = std::thread::scope(|scope| {
        let servers: Vec<_> = (0..3).map(|_| scope.spawn(|| swept(world))).collect();
        servers.into_iter().map(|server| server.join().unwrap()).sum()
    });
    let steps = status_transitions::table.filter(status_transitions::command.eq("anonymise"));
    let told: i64 = world.db().read_now(move |conn| Ok(steps.count().get_result(conn)?)).unwrap();
    assert_eq!((forgotten, told), (6, 6));
}
