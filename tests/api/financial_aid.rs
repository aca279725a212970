//! Requests for aid, from the draft to the end: their sheet, their rules, what a committee decides, and who sees them.

use crate::harness::World;
use crate::harness::aid::{Purse, aid_with, decided, euros, granted, id_of, instructed, within};
use crate::harness::cases::{at, case, commands, order, person, user_id};
use crate::harness::data::{member_with, tariff};
use entraide::auth::{Role, Scope};
use entraide::financial_aid_requests::committee::{self, CommitteeCommand};
use serde_json::{Value, json};

const WORDS: fn(&str) -> entraide::workflow::Reason = |text| text.parse().unwrap();

#[test]
fn a_request_is_drafted_submitted_completed_instructed_and_its_sheet_summed() {
    let Purse { world: _world, head, member, .. } = Purse::new("5000.00");
    let created = head.post("/financial-aid-requests", &aid_with(&member, &json!({ "sheet": null, "context": "health_crisis" })));
    let view = created.ok();
    assert_eq!((&view["status"], &view["number"], &view["repayable"]), (&json!("draft"), &json!("AID-63-2026-000001"), &json!(false)));
    assert_eq!(commands(&view), ["submit! aid_request.sheet_missing", "withdraw"]);
    let own = at("financial-aid-requests", &view);
    order(&head, &own, &json!({ "command": "submit" })).refused(409, "aid_request.sheet_missing");
    let sheet = aid_with(&member, &json!({}))["sheet"].clone();
    let corrected = head.patch(&own, "*", &json!({ "sheet": sheet, "amount": euros("900.00") })).ok();
    let summed = &corrected["sheet"];
    assert_eq!((&summed["resources_total"], &summed["charges_total"]), (&euros("1900.00"), &euros("1000.50")));
    assert_eq!((&summed["remainder"], &summed["shortfall"]), (&euros("899.50"), &euros("0.00")));
    order(&head, &own, &json!({ "command": "submit" })).ok();
    head.patch(&own, "*", &json!({ "amount": euros("950.00") })).refused(409, "aid_request.not_open");
    order(&head, &own, &json!({ "command": "ask_information", "question": "Quelle franchise ?" })).ok();
    head.patch(&own, "*", &json!({ "amount": euros("950.00"), "urgent": true })).ok();
    order(&head, &own, &json!({ "command": "give_information", "information": "1 200 euros." })).ok();
    order(&head, &own, &json!({ "command": "instruct", "instruction_note": "Vérifié." })).ok();
    let shown = head.get(&own).ok();
    assert_eq!((&shown["question"], &shown["information"], &shown["instructed_by"]), (&json!("Quelle franchise ?"), &json!("1 200 euros."), &user_id(&head)));
    assert_eq!((&shown["submitted_on"], &shown["amount"]), (&json!("2026-11-22"), &euros("950.00")));
    assert_eq!(commands(&shown), ["waive_rule", "grant_urgently", "withdraw"]);
    order(&head, &own, &json!({ "command": "withdraw", "reason": "L'assurance paie tout." })).ok();
    assert_eq!(commands(&head.get(&own).ok()), Vec::<String>::new());
    let steps: Vec<String> = head.all(&format!("{own}/transitions")).iter().map(|step| step["command"].as_str().unwrap().to_owned()).collect();
    assert_eq!(steps, ["submit", "ask_information", "give_information", "instruct", "withdraw"]);
    assert_eq!(head.all(&format!("{own}/history")).len(), 8);
}

#[test]
fn an_amount_is_above_zero_has_two_digits_of_cents_and_each_flaw_has_its_code() {
    let Purse { world: _world, head, member, .. } = Purse::new("5000.00");
    for (amount, code) in [
        ("0.00", "/amount amount.not_positive"),
        ("-5.00", "/amount/amount amount.not_positive"),
        ("5.000", "/amount/amount amount.invalid"),
        ("5", "/amount/amount amount.invalid"),
        ("10000000.01", "/amount/amount amount.too_large"),
    ] {
        assert_eq!(head.post("/financial-aid-requests", &aid_with(&member, &json!({ "amount": euros(amount) }))).flaws(), [code], "{amount}");
    }
    for (fields, flaw) in [
        (json!({ "nature": "loan", "repayable": false }), "/repayable aid_request.repayable_nature"),
        (json!({ "repayable": true }), "/repayable aid_request.repayable_nature"),
        (json!({ "sheet": { "household_size": 0, "resources": [], "charges": [] } }), "/sheet/household_size number.out_of_range"),
    ] {
        assert_eq!(head.post("/financial-aid-requests", &aid_with(&member, &fields)).flaws(), [flaw]);
    }
    let loan = head.post("/financial-aid-requests", &aid_with(&member, &json!({ "nature": "loan" }))).ok();
    assert_eq!(loan["repayable"], true);
    let own = at("financial-aid-requests", &loan);
    assert_eq!(head.patch(&own, "*", &json!({ "repayable": false })).flaws(), ["/repayable aid_request.repayable_nature"]);
    assert_eq!(head.patch(&own, "*", &json!({ "nature": "grant" })).ok()["repayable"], false);
}

#[test]
fn a_request_belongs_to_a_dossier_of_its_member_that_the_caller_reads() {
    let Purse { world: _world, head, member, .. } = Purse::new("5000.00");
    let (own, other) = (head.post("/dossiers", &case(&member)).ok(), head.post("/dossiers", &case(&person(&head, "63"))).ok());
    let ask = |dossier: &Value| head.post("/financial-aid-requests", &aid_with(&member, &json!({ "dossier_id": dossier })));
    let view = ask(&own["id"]).ok();
    assert_eq!(ask(&other["id"]).flaws(), ["/dossier_id dossier.other_member"]);
    assert_eq!(ask(&json!(entraide::db::Id::new().to_string())).flaws(), ["/dossier_id reference.not_found"]);
    let shown = head.get(&format!("{}?expand=member,dossier", at("financial-aid-requests", &view))).ok();
    assert_eq!((&shown["member"]["id"], &shown["dossier"]["reference"]), (&member["id"], &own["reference"]));
}

#[test]
fn each_rule_is_shown_blocks_until_it_is_waived_and_is_the_association_s_before_the_nation_s() {
    let world = World::new();
    let purse = Purse::on(world, "5000.00");
    let Purse { world, head, member, association, .. } = &purse;
    tariff(world, 2026, "20.00", "25.50");
    let admin = world.admin();
    let national = json!({ "year": 2026, "seniority_months": 6, "dues_up_to_date": true, "cooldown_months": 12, "grant_ceiling": euros("500.00") });
    admin.post("/aid-rules", &national).ok();
    admin.post("/aid-rules", &national).refused(409, "aid_rules.taken");
    let period = json!({ "subscribed_on": "2026-09-01", "starts_on": "2026-09-01", "insurer_registered_on": "2026-09-01", "channel": "post" });
    head.post(&format!("{}/memberships", at("members", member)), &period).ok();
    let own = at("financial-aid-requests", &head.post("/financial-aid-requests", &aid_with(member, &json!({}))).ok());
    order(head, &own, &json!({ "command": "submit" })).ok();
    let outcomes = || -> Vec<String> {
        let checks = head.get(&format!("{own}/checks")).ok();
        checks["items"].as_array().unwrap().iter().map(|check| format!("{} {}", check["rule"].as_str().unwrap(), check["outcome"].as_str().unwrap())).collect()
    };
    assert_eq!(outcomes(), ["seniority failed", "dues_up_to_date passed", "cooldown passed", "ceiling failed"]);
    let checks = head.get(&format!("{own}/checks")).ok();
    assert_eq!((&checks["items"][0]["months_required"], &checks["items"][0]["months_measured"]), (&json!(6), &json!(2)));
    assert_eq!((&checks["items"][3]["amount_allowed"], &checks["items"][3]["amount_measured"]), (&euros("500.00"), &euros("800.00")));
    let instruct = json!({ "command": "instruct", "instruction_note": "Vérifié." });
    order(head, &own, &instruct).refused(409, "aid_rule.seniority");
    let staff = world.user("staff", Role::DepartmentStaff, Some("63"));
    let waive = |rule: &str| json!({ "command": "waive_rule", "rule": rule, "reason": "Sinistre grave." });
    order(&staff, &own, &waive("seniority")).refused(403, "command.not_granted");
    order(head, &own, &waive("cooldown")).refused(409, "aid_rule.not_failed");
    order(head, &own, &waive("seniority")).ok();
    order(head, &own, &waive("seniority")).refused(409, "aid_rule.not_failed");
    order(&staff, &own, &instruct).refused(409, "aid_rule.ceiling");
    assert_eq!(outcomes(), ["seniority waived", "dues_up_to_date passed", "cooldown passed", "ceiling failed"]);
    let waiver = &head.get(&format!("{own}/checks")).ok()["items"][0]["waiver"];
    assert_eq!((&waiver["reason"], &waiver["waived_by"]), (&json!("Sinistre grave."), &user_id(head)));
    // The association sets its own, which stand in the place of all national ones.
    let rules =
        head.post("/aid-rules", &json!({ "association_id": association, "year": 2026, "dues_up_to_date": false, "grant_ceiling": euros("800.00") })).ok();
    assert_eq!(outcomes(), ["ceiling passed"]);
    head.patch(&at("aid-rules", &rules), "*", &json!({ "grant_ceiling": null, "cooldown_months": 6 })).ok();
    order(&staff, &own, &instruct).ok();
    decided(world, &own, CommitteeCommand::Grant { motivation: None }).unwrap();
    let next = at("financial-aid-requests", &head.post("/financial-aid-requests", &aid_with(member, &json!({}))).ok());
    order(head, &next, &json!({ "command": "submit" })).ok();
    order(head, &next, &instruct).refused(409, "aid_rule.cooldown");
    head.post("/aid-rules", &json!({ "year": 2027, "dues_up_to_date": true })).refused(403, "perimeter.exceeded");
    assert_eq!(
        head.post("/aid-rules", &json!({ "year": 2027, "dues_up_to_date": true, "loan_ceiling": euros("0.00") })).flaws(),
        ["/loan_ceiling amount.not_positive"]
    );
}

#[test]
fn a_committee_grants_in_part_refuses_or_adjourns_and_nobody_else_does() {
    let purse = Purse::new("1000.00");
    let Purse { world, head, member, .. } = &purse;
    let [part, refused, late] = [0; 3].map(|_| instructed(head, member, &json!({})));
    for command in ["grant", "put_before", "settle", "ratify"] {
        assert_eq!(order(head, &part, &json!({ "command": command })).flaws(), ["/command choice.unknown"]);
    }
    let part_of = |amount: i64| CommitteeCommand::PartlyGrant { amount: entraide::values::Money::from_cents(amount), motivation: WORDS("La moitié.") };
    let above = decided(world, &part, part_of(80_001)).unwrap_err();
    assert_eq!(above.issues()[0].flaw.code.name(), "aid_request.above_asked");
    let row = decided(world, &part, part_of(40_000)).unwrap();
    assert_eq!((row.status.as_str(), row.committed_cents.cents()), ("partly_granted", 40_000));
    decided(world, &refused, CommitteeCommand::Refuse { motivation: WORDS("Hors objet.") }).unwrap();
    decided(world, &late, CommitteeCommand::Adjourn { motivation: WORDS("Pièce manquante.") }).unwrap();
    assert_eq!(commands(&head.get(&late).ok()), ["waive_rule", "withdraw"]);
    // 600.00 are left: the whole 800.00 are refused, and nothing has changed.
    let exhausted = decided(world, &late, CommitteeCommand::Grant { motivation: None }).unwrap_err();
    assert_eq!((exhausted.code().name(), exhausted.params().clone()), ("aid_envelope.exhausted", vec![("left", "600.00".to_owned())]));
    assert_eq!(head.get(&late).ok()["status"], "adjourned");
    assert_eq!(purse.sums(), ["400.00", "0.00", "600.00"]);
    let steps: Vec<Value> = head.all(&format!("{part}/transitions")).iter().map(|step| step["command"].clone()).collect();
    assert_eq!(json!(steps), json!(["submit", "instruct", "put_before", "partly_grant"]));
    let id = id_of(&refused);
    let twice = within(world, move |tx| committee::decide(tx, &Scope::console(), id, CommitteeCommand::Grant { motivation: None })).unwrap_err();
    assert_eq!(twice.code().name(), "transition.not_allowed");
    let told = head.get(&part).ok();
    assert_eq!((&told["granted_amount"], &told["motivation"], &told["decided_on"]), (&euros("400.00"), &json!("La moitié."), &json!("2026-11-22")));
}

#[test]
fn what_cannot_wait_is_granted_by_the_head_and_ratified_in_time_or_listed() {
    let purse = Purse::new("5000.00");
    let Purse { world, head, member, .. } = &purse;
    let calm = instructed(head, member, &json!({}));
    let grant = json!({ "command": "grant_urgently", "amount": euros("500.00"), "motivation": "Plus de toit." });
    order(head, &calm, &grant).refused(409, "aid_request.not_urgent");
    let urgent = json!({ "urgent": true });
    let [kept, lost, late] = [0; 3].map(|_| instructed(head, member, &urgent));
    let staff = world.user("staff", Role::DepartmentStaff, Some("63"));
    order(&staff, &kept, &grant).refused(403, "command.not_granted");
    let zero = json!({ "command": "grant_urgently", "amount": euros("0.00"), "motivation": "Plus de toit." });
    assert_eq!(order(head, &kept, &zero).flaws(), ["/amount amount.not_positive"]);
    for path in [&kept, &lost, &late] {
        order(head, path, &grant).ok();
    }
    assert_eq!(purse.sums(), ["1500.00", "0.00", "3500.00"]);
    assert_eq!(head.get(&kept).ok()["ratify_by"], "2027-01-21");
    decided(world, &kept, CommitteeCommand::Ratify { motivation: None }).unwrap();
    decided(world, &lost, CommitteeCommand::RefuseRatification { motivation: WORDS("Pas d'urgence.") }).unwrap();
    assert_eq!(purse.sums(), ["1000.00", "0.00", "4000.00"]);
    let lates =
        |client: &crate::harness::Client| -> Vec<Value> { client.all("/financial-aid-requests?late=true").iter().map(|row| row["id"].clone()).collect() };
    assert!(lates(head).is_empty());
    world.set_time("2027-01-22T09:00:00Z");
    assert_eq!(lates(&world.again(head)), [json!(id_of(&late).to_string())]);
}

#[test]
fn an_envelope_is_never_lowered_below_what_is_committed_and_is_given_back_what_is_given_up() {
    let purse = Purse::new("1000.00");
    let Purse { world, head, member, association, envelope } = &purse;
    let path = granted(world, head, member, &json!({}));
    let lower = head.patch(envelope, "*", &json!({ "amount": euros("799.99") }));
    lower.refused(409, "aid_envelope.committed");
    assert!(lower.json()["detail"].as_str().unwrap().contains("800.00"), "{}", lower.text());
    assert_eq!(head.patch(envelope, "*", &json!({ "amount": euros("800.00") })).ok()["left"], euros("0.00"));
    assert_eq!(head.patch(envelope, "*", &json!({ "committed": euros("0.00") })).flaws(), ["/committed field.derived"]);
    head.post("/aid-envelopes", &json!({ "association_id": association, "year": 2026, "amount": euros("1.00") })).refused(409, "aid_envelope.taken");
    order(head, &path, &json!({ "command": "close", "reason": "L'adhérente y renonce." })).ok();
    assert_eq!(purse.sums(), ["0.00", "0.00", "800.00"]);
    let stranger = world.head("03");
    stranger.get(envelope).refused(404, "not_found");
    let elsewhere = person(&stranger, "03");
    let there = instructed(&stranger, &elsewhere, &json!({}));
    let missing = decided(world, &there, CommitteeCommand::Grant { motivation: None }).unwrap_err();
    assert_eq!(missing.code().name(), "aid_envelope.missing");
}

#[test]
fn nobody_sees_to_their_own_request_and_volunteers_to_none() {
    let Purse { world, member, head, .. } = Purse::new("5000.00");
    let own = at("financial-aid-requests", &head.post("/financial-aid-requests", &aid_with(&member, &json!({}))).ok());
    let staff = world.user("staff", Role::DepartmentStaff, Some("63"));
    world.link(&staff, &member);
    let staff = world.again(&staff);
    staff.get(&own).refused(404, "not_found");
    assert!(staff.all("/financial-aid-requests").is_empty());
    staff.post("/financial-aid-requests", &aid_with(&member, &json!({}))).refused(403, "aid_request.own");
    world.volunteer("63").get(&own).refused(403, "function.not_granted");
    world.head("03").get(&own).refused(404, "not_found");
    let stranger = person(&world.head("03"), "03");
    assert_eq!(head.post("/financial-aid-requests", &aid_with(&stranger, &json!({}))).flaws(), ["/member_id reference.not_found"]);
}

#[test]
fn requests_are_found_by_what_matters() {
    let purse = Purse::new("5000.00");
    let Purse { world, head, member, .. } = &purse;
    let dossier = head.post("/dossiers", &case(member)).ok();
    head.post("/financial-aid-requests", &aid_with(member, &json!({ "dossier_id": dossier["id"], "urgent": true, "context": "health_crisis" }))).ok();
    instructed(head, &person(head, "63"), &json!({ "nature": "loan", "reason": "illness" }));
    for (query, found) in [
        ("status=draft,instructed".to_owned(), 2),
        ("status=draft".to_owned(), 1),
        ("nature=loan".to_owned(), 1),
        ("reason=illness,death".to_owned(), 1),
        ("department=63".to_owned(), 2),
        ("department=03".to_owned(), 0),
        (format!("member={}", member["id"].as_str().unwrap()), 1),
        (format!("dossier={}", dossier["id"].as_str().unwrap()), 1),
        ("number=aid-63-2026-000002".to_owned(), 1),
        ("context=health_crisis".to_owned(), 1),
        ("urgent=false".to_owned(), 1),
        ("late=false".to_owned(), 2),
        ("submitted=2026-11-22/2026-11-22".to_owned(), 1),
        ("submitted=../2026-11-21".to_owned(), 0),
    ] {
        assert_eq!(head.all(&format!("/financial-aid-requests?{query}")).len(), found, "{query}");
    }
    let csv = head.request("GET", "/financial-aid-requests?sort=-number").header("Accept", "text/csv; dialect=excel-fr").send();
    assert!(csv.text().contains("Reste à vivre") && csv.text().contains("AID-63-2026-000002"), "{}", csv.text());
    let looks = || world.rows("access_log_subjects WHERE subject = 'member'");
    let before = looks();
    head.all("/financial-aid-requests");
    assert_eq!(looks() - before, 2, "a look at a request is a look at its member");
}

#[test]
fn a_merge_takes_requests_along() {
    let purse = Purse::new("5000.00");
    let Purse { head, member, .. } = &purse;
    let twin = head.post("/members", &member_with(head, "63", &json!({ "last_name": "Zqxtwin" }))).ok();
    let moved = at("financial-aid-requests", &head.post("/financial-aid-requests", &aid_with(&twin, &json!({}))).ok());
    head.post(&format!("{}/merges", at("members", member)), &json!({ "absorbed_id": twin["id"], "reason": "Même personne." })).ok();
    assert_eq!(head.get(&moved).ok()["member_id"], member["id"]);
}
