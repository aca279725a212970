//! Committees on financial aid: who reaches what, a quorum, one vote each, decisions within the envelope, numbers in the place of names.

use crate::harness::aid::{self, euros};
use crate::harness::cases::{at, commands, order, order_at, person, user_id};
use crate::harness::committees::{Committee, SECRET, committed, decide, instructed, request, vote};
use crate::harness::forms::PDF;
use crate::harness::{Client, Reply, World};
use diesel::prelude::*;
use entraide::auth::Role;
use entraide::db::Id;
use entraide::db::schema::{access_log, access_log_subjects, aid_votes, financial_aid_requests, members};
use entraide::financial_aid_requests::model::AidRequestStatus;
use entraide::financial_aid_requests::store::AidRequestRow;
use entraide::values::Day;
use serde_json::{Value, json};
use std::collections::BTreeSet;

#[test]
fn a_committee_is_set_up_with_terms_of_which_nobody_has_two_at_once() {
    let world = World::new();
    let (head, staff) = (world.head("63"), world.user("staff", Role::DepartmentStaff, Some("63")));
    assert_eq!(head.post("/aid-committees", &json!({ "name": "", "quorum": 0 })).flaws(), ["/name text.empty", "/quorum number.out_of_range"]);
    staff.post("/aid-committees", &json!({ "name": "Commission", "quorum": 2 })).refused(403, "function.not_granted");
    let made = head.post("/aid-committees", &json!({ "name": "Commission", "quorum": 2 }));
    let own = at("aid-committees", &made.ok());
    assert_eq!(made.header("location"), format!("/api/v1{own}"));
    let changed = head.patch(&own, "*", &json!({ "quorum": 3 })).ok();
    assert_eq!((&changed["quorum"], &changed["version"]), (&json!(3), &json!(2)));
    assert_eq!((head.all(&format!("{own}/history")).len(), staff.all("/aid-committees").len()), (2, 1));
    world.head("03").get(&own).refused(404, "not_found");
    let chair = world.user("chair", Role::AidCommitteeMember, None);
    let term = |from: &str, to: Value| json!({ "user_id": user_id(&chair), "function": "chair", "starts_on": from, "ends_on": to });
    let list = format!("{own}/members");
    let other = json!({ "user_id": user_id(&staff), "function": "member", "starts_on": "2026-01-01" });
    assert_eq!(head.post(&list, &other).flaws(), ["/user_id reference.not_found"], "no role of a committee");
    let treasurer = json!({ "user_id": user_id(&chair), "function": "treasurer", "starts_on": "2026-01-01" });
    assert_eq!(head.post(&list, &treasurer).flaws(), ["/user_id reference.not_found"], "another role");
    assert_eq!(head.post(&list, &term("2026-02-01", json!("2026-01-01"))).flaws(), ["/ends_on period.reversed"]);
    let first = at("aid-committee-members", &head.post(&list, &term("2026-01-01", json!("2026-06-30"))).ok());
    head.post(&list, &term("2026-06-30", Value::Null)).refused(409, "aid_committee.term_overlap");
    let second = at("aid-committee-members", &head.post(&list, &term("2026-07-01", Value::Null)).ok());
    head.patch(&first, "*", &json!({ "ends_on": "2026-07-01" })).refused(409, "aid_committee.term_overlap");
    assert_eq!(head.patch(&first, "*", &json!({ "function": "member" })).flaws(), ["/function field.read_only"]);
    head.patch(&second, "*", &json!({ "ends_on": "2026-12-31" })).ok();
    assert_eq!((head.all(&format!("{second}/history")).len(), head.all(&format!("{list}?on=2026-07-02")).len(), head.all(&list).len()), (2, 1, 2));
    let sought = term("2027-01-01", Value::Null);
    let made: Vec<u16> = std::thread::scope(|scope| {
        let writers: Vec<_> = (0..8).map(|_| scope.spawn(|| head.post(&list, &sought).status)).collect();
        writers.into_iter().map(|writer| writer.join().unwrap()).collect()
    });
    assert_eq!(made.iter().filter(|status| **status == 201).count(), 1, "{made:?}");
    assert!(made.iter().all(|status| [201, 409].contains(status)), "{made:?}");
}

#[test]
fn a_session_goes_from_its_planning_to_its_end_and_no_other_way() {
    let office = Committee::new();
    let Committee { head, chair, members, secretary, .. } = &office;
    let plan = |day: &str| head.post("/aid-sessions", &json!({ "committee_id": office.committee["id"], "held_on": day }));
    assert_eq!(plan("2026-11-21").flaws(), ["/held_on date.in_past"]);
    let nowhere = json!({ "committee_id": Id::new().to_string(), "held_on": "2026-11-22" });
    assert_eq!(head.post("/aid-sessions", &nowhere).flaws(), ["/committee_id reference.not_found"]);
    let session = at("aid-sessions", &plan("2026-11-25").ok());
    assert_eq!(commands(&head.get(&session).ok()), ["convene", "cancel"]);
    assert_eq!(commands(&members[0].get(&session).ok()), Vec::<String>::new());
    order(chair, &session, &json!({ "command": "convene" })).refused(403, "command.not_granted");
    head.patch(&session, "*", &json!({ "held_on": "2026-11-24", "remote": true, "agenda": "Bilan." })).ok();
    order(head, &session, &json!({ "command": "convene" })).ok();
    head.patch(&session, "*", &json!({ "held_on": "2026-11-25" })).refused(409, "aid_session.convened");
    assert_eq!(head.all(&format!("{session}/attendances")).len(), 5);
    assert_eq!(commands(&chair.get(&session).ok()), ["open! aid_session.ahead"]);
    order(chair, &session, &json!({ "command": "open" })).refused(409, "aid_session.ahead");
    office.world.set_time("2026-11-24T09:00:00Z");
    let again = |client: &Client| office.world.again(client);
    let (head, chair, secretary, member) = (again(head), again(chair), again(secretary), again(&members[0]));
    let office = Committee { head: head.clone(), ..office };
    assert_eq!(order(&secretary, &session, &json!({ "command": "open" })).problem(409)["code"], "aid_session.no_quorum");
    office.mark(&session, &secretary, "present");
    office.mark(&session, &chair, "present");
    order(&secretary, &session, &json!({ "command": "open" })).refused(409, "aid_session.no_quorum");
    let own = head.all(&format!("{session}/attendances"));
    let own = own.iter().find(|attendance| attendance["user_id"] == user_id(&member)).unwrap();
    member.patch(&at("aid-attendances", own), "*", &json!({ "presence": "present" })).refused(403, "command.not_granted");
    chair.patch(&at("aid-attendances", own), "*", &json!({ "presence": "present" })).ok();
    assert_eq!((&head.get(&session).ok()["present"], head.all(&format!("{}/history", at("aid-attendances", own))).len()), (&json!(2), 2));
    order(&member, &session, &json!({ "command": "open" })).refused(403, "command.not_granted");
    order(&secretary, &session, &json!({ "command": "open" })).ok();
    head.patch(&session, "*", &json!({ "remote": false })).refused(409, "aid_session.begun");
    order(&head, &session, &json!({ "command": "cancel", "reason": "Trop tard." })).refused(409, "transition.not_allowed");
    let (_, item) = office.listed(&session);
    let blocked = order(&chair, &session, &json!({ "command": "close" })).problem(409);
    let named = &blocked["errors"][0]["params"];
    assert_eq!((&blocked["code"], &named["id"]), (&json!("aid_session.undecided"), &json!(item.split('/').next_back().unwrap())));
    assert_eq!(commands(&chair.get(&session).ok()), ["close! aid_session.undecided"]);
    chair.get(&format!("{session}/minutes")).refused(409, "aid_session.not_closed");
    decide(&head, &item, "adjourn").ok();
    order(&chair, &session, &json!({ "command": "close" })).ok();
    let late = office.ask();
    office.put(&session, &late).refused(409, "aid_session.over");
    assert_eq!(office.marking(&session, &member, "absent").problem(409)["code"], "aid_session.not_open");
    assert_eq!((head.all(&format!("{session}/transitions")).len(), &head.get(&session).ok()["status"]), (3, &json!("closed")));
    assert_eq!(head.all("/aid-sessions?status=closed&held=2026-11-24/2026-11-24").len(), 1);
}

#[test]
fn there_is_one_vote_each_with_a_quorum_before_the_decision_and_none_of_whoever_has_an_interest() {
    let office = Committee::of(4);
    let Committee { world, head, chair, members, secretary, treasurer, .. } = &office;
    let session = office.planned();
    order(head, &session, &json!({ "command": "convene" })).ok();
    let (_, item) = office.listed(&session);
    vote(chair, &item, "for").refused(409, "aid_session.not_open");
    for client in [chair, &members[0], &members[1]] {
        office.mark(&session, client, "present");
    }
    order(head, &session, &json!({ "command": "open" })).ok();
    assert_eq!(vote(chair, &item, "maybe").flaws(), ["/choice choice.unknown"]);
    let cast = vote(chair, &item, "for");
    assert_eq!((cast.status, cast.header("location")), (201, format!("/api/v1{}", at("aid-votes", &cast.ok())).as_str()));
    assert_eq!(members[0].get(&at("aid-votes", &cast.ok())).ok(), cast.ok());
    vote(chair, &item, "against").refused(409, "aid_vote.already_cast");
    vote(&members[2], &item, "for").refused(409, "aid_vote.not_present");
    vote(secretary, &item, "for").refused(403, "command.not_granted");
    vote(treasurer, &item, "for").refused(403, "function.not_granted");
    vote(head, &item, "for").refused(403, "function.not_granted");
    // Whoever instructed has no part in it, and whoever says so or of whom it is said.
    let (request, other) = office.listed(&session);
    let by = financial_aid_requests::instructed_by.eq(Id::parse(user_id(&members[0]).as_str().unwrap()));
    world.db().write_now(move |conn| Ok(diesel::update(financial_aid_requests::table.find(request.id)).set(by).execute(conn)?)).unwrap();
    vote(&members[0], &other, "for").refused(409, "aid_vote.recused");
    let recusals = format!("{item}/recusals");
    vote(&members[1], &item, "against").ok();
    assert_eq!(members[1].get(&item).ok()["votes_against"], 1);
    let declared = members[1].post(&recusals, &json!({})).ok();
    assert_eq!((&declared["kind"], &members[1].get(&item).ok()["votes_against"]), (&json!("declared"), &json!(0)), "a vote that was cast is taken back");
    vote(&members[1], &item, "for").refused(409, "aid_vote.recused");
    members[1].post(&recusals, &json!({})).refused(409, "aid_recusal.recorded_already");
    let term = |client: &Client| {
        let (user, terms) = (user_id(client), head.all(&format!("{}/members", at("aid-committees", &office.committee))));
        terms.into_iter().find(|term| term["user_id"] == user).unwrap()["id"].clone()
    };
    members[1].post(&recusals, &json!({ "committee_member_id": term(&members[0]) })).refused(403, "command.not_granted");
    assert_eq!(head.post(&recusals, &json!({})).flaws(), ["/committee_member_id field.required"]);
    assert_eq!(head.post(&recusals, &json!({ "committee_member_id": term(secretary) })).flaws(), ["/committee_member_id reference.not_found"]);
    let imposed = chair.post(&recusals, &json!({ "committee_member_id": term(&members[0]) })).ok();
    assert_eq!((&imposed["kind"], members[0].all(&recusals).len()), (&json!("imposed"), 2));
    assert_eq!(members[0].get(&at("aid-recusals", &imposed)).ok(), imposed);
    vote(&members[0], &item, "for").refused(409, "aid_vote.recused");
    // Without a quorum nothing is voted, nor decided.
    office.mark(&session, &members[0], "absent");
    office.mark(&session, &members[1], "excused");
    vote(chair, &other, "for").refused(409, "aid_session.no_quorum");
    decide(chair, &item, "grant").refused(409, "aid_session.no_quorum");
    office.mark(&session, &members[0], "present");
    decide(chair, &item, "refuse").refused(409, "aid_docket_item.no_majority");
    decide(&members[0], &item, "grant").refused(403, "command.not_granted");
    decide(head, &item, "grant").refused(403, "command.not_granted");
    decide(chair, &item, "ratify").refused(409, "aid_docket_item.other_kind");
    order(head, &item, &json!({ "command": "take_back", "reason": "Par erreur." })).refused(409, "aid_docket_item.voted");
    decide(chair, &item, "grant").ok();
    vote(&members[0], &item, "against").refused(409, "aid_docket_item.decided");
    members[0].post(&recusals, &json!({})).refused(409, "aid_docket_item.decided");
    decide(chair, &item, "refuse").refused(409, "transition.not_allowed");
    assert_eq!((chair.all(&format!("{item}/votes")).len(), chair.all(&format!("{item}/transitions")).len()), (1, 1));
}

#[test]
fn the_majority_decides_the_chair_where_votes_are_equal_and_the_envelope_always() {
    let office = Committee::new();
    let Committee { world, chair, members, secretary, .. } = &office;
    let session = office.open();
    let voted = |choices: [&str; 3]| {
        let (request, item) = office.listed(&session);
        for (client, choice) in [chair, &members[0], &members[1]].into_iter().zip(choices).filter(|(_, choice)| !choice.is_empty()) {
            vote(client, &item, choice).ok();
        }
        (request, item)
    };
    let status = |row: &AidRequestRow| request(world, row.id).status;
    let (granted, item) = voted(["against", "for", "for"]);
    decide(secretary, &item, "grant").ok();
    assert_eq!((status(&granted), committed(world, office.envelope)), (AidRequestStatus::Granted, 45_000));
    let seen = chair.get(&item).ok();
    assert_eq!((&seen["amount_granted"]["amount"], &seen["votes_for"], &seen["decided_on"]), (&json!("450.00"), &json!(2), &json!("2026-11-22")));
    let (partly, item) = voted(["for", "against", ""]);
    let amount = |euros: &str| json!({ "command": "partly_grant", "amount": { "amount": euros, "currency": "EUR" }, "motivation": "Selon les moyens." });
    assert_eq!(order(chair, &item, &amount("450.01")).flaws(), ["/amount aid_request.above_asked"]);
    assert_eq!(order(chair, &item, &amount("0.00")).flaws(), ["/amount amount.not_positive"]);
    assert_eq!(order(chair, &item, &json!({ "command": "grant" })).flaws(), ["/motivation field.required"]);
    order(chair, &item, &amount("300.00")).ok();
    assert_eq!((status(&partly), committed(world, office.envelope)), (AidRequestStatus::PartlyGranted, 75_000));
    // The envelope does not suffice: nothing is decided, here and there.
    let (short, item) = voted(["for", "for", "for"]);
    let before = (chair.get(&item).ok(), request(world, short.id));
    decide(chair, &item, "grant").refused(409, "aid_envelope.exhausted");
    assert_eq!((chair.get(&item).ok(), request(world, short.id)), before);
    assert_eq!(committed(world, office.envelope), 75_000);
    decide(chair, &item, "adjourn").ok();
    assert_eq!(status(&short), AidRequestStatus::Adjourned);
    let (refused, item) = voted(["against", "for", "abstain"]);
    decide(chair, &item, "refuse").ok();
    assert_eq!(status(&refused), AidRequestStatus::Refused);
    let (_, item) = voted(["abstain", "for", "against"]);
    for command in ["grant", "refuse"] {
        decide(chair, &item, command).refused(409, "aid_docket_item.no_majority");
    }
    decide(secretary, &item, "adjourn").ok();
    let (back, item) = voted(["", "", ""]);
    order(&office.head, &item, &json!({ "command": "take_back", "reason": "À la demande de l'adhérent." })).ok();
    assert_eq!(status(&back), AidRequestStatus::Instructed);
    let again = office.put(&session, &back);
    assert_eq!(again.status, 201, "it can be put there again");
    office.put(&session, &back).refused(409, "aid_docket_item.listed_already");
}

/// What a channel tells, headers and body.
fn told(reply: &Reply) -> String {
    let headers: String = reply.headers.iter().map(|(_, value)| format!("{value} ")).collect();
    (headers + &reply.text()).to_lowercase()
}

#[test]
fn a_committee_sees_a_number_and_no_channel_tells_whose_it_is() {
    let office = Committee::new();
    let Committee { world, head, chair, members, secretary, treasurer, .. } = &office;
    let member = person(head, "63");
    let id = Id::parse(member["id"].as_str().unwrap()).unwrap();
    let rename = move |conn: &mut entraide::db::DbConn| -> entraide::error::Result<usize> {
        Ok(diesel::update(members::table.find(id)).set((members::last_name.eq(SECRET), members::first_name.eq(SECRET))).execute(conn)?)
    };
    world.db().write_now(rename).unwrap();
    let request = instructed(world, head, &member);
    let said = json!({ "document_type": "payslip", "file_name": format!("{SECRET}.pdf") });
    let slip = head.send_form(&format!("/financial-aid-requests/{}/documents", request.id), &said, Some(PDF)).ok();
    let session = office.open();
    let item = at("aid-docket-items", &office.put(&session, &request).ok());
    vote(chair, &item, "for").ok();
    let recusal = at("aid-recusals", &members[1].post(&format!("{item}/recusals"), &json!({})).ok());
    let own_vote = at("aid-votes", &members[0].post(&format!("{item}/votes"), &json!({ "choice": "for" })).ok());
    decide(chair, &item, "grant").ok();
    order(chair, &session, &json!({ "command": "close" })).ok();
    let shown = chair.get(&item).ok();
    let sums = ["amount_asked", "resources_total", "charges_total", "remainder"].map(|name| shown[name]["amount"].as_str().unwrap().to_owned());
    assert_eq!(sums, ["450.00", "1800.00", "1500.50", "299.50"], "what a committee needs");
    assert_eq!((&shown["household_size"], &shown["note"], &shown["nature"]), (&json!(3), &json!("Arrêt de longue durée ; charges fixes."), &json!("grant")));
    let secrets = [request.id.to_string(), request.number.to_string(), member["id"].as_str().unwrap().to_owned(), SECRET.to_owned()];
    let secrets: Vec<String> = secrets.into_iter().chain([member["member_number"].as_str().unwrap().to_owned()]).map(|text| text.to_lowercase()).collect();
    let committee = at("aid-committees", &office.committee);
    let (docket, votes, recusals) = (format!("{session}/docket-items"), format!("{item}/votes"), format!("{item}/recusals"));
    let paths = [
        "/aid-committees".to_owned(),
        committee.clone(),
        format!("{committee}/members"),
        "/aid-sessions".to_owned(),
        session.clone(),
        format!("{session}/transitions"),
        format!("{session}/attendances"),
        docket,
        item.clone(),
        format!("{item}/transitions"),
        votes,
        own_vote,
        recusals,
        recusal,
        format!("{session}/minutes"),
        format!("{session}/identities"),
        format!("{session}/history"),
        format!("{item}/history"),
    ];
    let mut read = 0;
    for client in [chair, &members[0], secretary] {
        for path in &paths {
            for accept in ["*/*", "text/csv", "application/x-ndjson", "text/html", "text/csv;dialect=excel-fr"] {
                let reply = client.request("GET", path).header("Accept", accept).header("Prefer", "count=exact").send();
                read += usize::from(reply.status == 200);
                let text = told(&reply);
                assert!(secrets.iter().all(|secret| !text.contains(secret)), "{path} as {accept} tells:\n{text}");
            }
        }
        client.get(&format!("{session}/identities")).refused(403, "function.not_granted");
        client.get(&format!("/members/{}", member["id"].as_str().unwrap())).refused(403, "function.not_granted");
        client.get(&at("aid-documents", &slip)).refused(403, "function.not_granted");
    }
    assert!(read > 60, "{read} answers were read");
    // Nor does the order in which they came.
    assert!(!item.contains(&request.id.to_string()[..8]), "the id of a place tells nothing of when it was taken");
    // The map: whoever instructs, and the treasurer, each look recorded at the member.
    let staff = world.user("staff", Role::DepartmentStaff, Some("63"));
    let looks = move |conn: &mut entraide::db::DbConn| -> entraide::error::Result<i64> {
        let at_member = access_log_subjects::table.filter(access_log_subjects::subject_id.eq(id)).select(access_log_subjects::entry_id);
        let of_map = access_log::table.filter(access_log::operation.eq("aid_identities_list").and(access_log::id.eq_any(at_member)));
        Ok(of_map.count().get_result(conn)?)
    };
    for (seen, client) in (1..).zip([head, &staff, treasurer]) {
        let map = client.all(&format!("{session}/identities"));
        assert_eq!((&map[0]["request_id"], &map[0]["member_id"], &map[0]["last_name"]), (&json!(request.id), &member["id"], &json!(SECRET)));
        assert_eq!(map[0]["pseudonym"], shown["pseudonym"]);
        assert_eq!(world.db().read_now(looks).unwrap(), seen, "each look");
    }
    world.head("03").get(&format!("{session}/identities")).refused(404, "not_found");
    world.user("other", Role::Treasurer, None).get(&format!("{session}/identities")).refused(404, "not_found");
    // A request has another number in another session.
    let numbers: BTreeSet<String> = (0..3)
        .map(|_| {
            let row = instructed(world, head, &member);
            office.put(&office.planned(), &row).ok()["pseudonym"].as_str().unwrap().to_owned()
        })
        .collect();
    assert!(numbers.len() > 1, "{numbers:?}");
}

#[test]
fn nobody_meets_their_own_request_on_a_docket() {
    let office = Committee::new();
    let Committee { world, head, members, .. } = &office;
    let session = office.open();
    let (_, item) = office.listed(&session);
    world.link(&members[0], &office.member);
    let (own, other) = (world.again(&members[0]), &members[1]);
    let docket = format!("{session}/docket-items");
    assert_eq!((own.all(&docket).len(), other.all(&docket).len()), (0, 1));
    let count = |client: &Client| client.request("GET", &docket).header("Prefer", "count=exact").send().ok()["total_count"].clone();
    assert_eq!((count(&own), count(other)), (json!(0), json!(1)));
    own.get(&item).refused(404, "not_found");
    vote(&own, &item, "for").refused(404, "not_found");
    for path in ["votes", "recusals", "transitions"] {
        own.get(&format!("{item}/{path}")).refused(404, "not_found");
    }
    let colleague = person(head, "63");
    let row = instructed(world, head, &colleague);
    world.link(head, &colleague);
    let head = world.again(head);
    assert_eq!(head.all(&format!("{session}/identities")).len(), 1);
    assert_eq!(head.post(&docket, &json!({ "request_id": row.id })).flaws(), ["/request_id reference.not_found"]);
}

#[test]
fn urgent_grants_come_on_the_next_docket_until_they_are_ratified_or_not() {
    let office = Committee::new();
    let Committee { world, head, chair, members, .. } = &office;
    let urgent = || {
        let path = aid::instructed(head, &office.member, &json!({ "urgent": true, "amount": euros("450.00") }));
        order(head, &path, &json!({ "command": "grant_urgently", "amount": euros("200.00"), "motivation": "Plus de toit." })).ok();
        request(world, aid::id_of(&path))
    };
    let (first, second) = (urgent(), urgent());
    let cancelled = office.planned();
    order(head, &cancelled, &json!({ "command": "convene" })).ok();
    assert_eq!(head.all(&format!("{cancelled}/docket-items?kind=ratification&status=listed")).len(), 2);
    let item = at("aid-docket-items", &head.all(&format!("{cancelled}/docket-items"))[0]);
    order(head, &item, &json!({ "command": "take_back", "reason": "Plus tard." })).refused(409, "aid_docket_item.other_kind");
    order(head, &cancelled, &json!({ "command": "cancel", "reason": "Salle prise." })).ok();
    assert_eq!(head.all(&format!("{cancelled}/docket-items?status=taken_back")).len(), 2);
    let session = office.open();
    let third = urgent();
    assert_eq!(head.all(&format!("{session}/docket-items")).len(), 2, "and on one docket only");
    let map = head.all(&format!("{session}/identities"));
    let item_of = |row: &AidRequestRow| {
        let place = map.iter().find(|place| place["request_id"] == json!(row.id)).unwrap();
        format!("/aid-docket-items/{}", place["docket_item_id"].as_str().unwrap())
    };
    let seen = chair.get(&item_of(&first)).ok();
    assert_eq!((&seen["kind"], &seen["amount_granted_urgently"]["amount"]), (&json!("ratification"), &json!("200.00")));
    for client in [chair, &members[0]] {
        vote(client, &item_of(&first), "for").ok();
    }
    decide(chair, &item_of(&first), "grant").refused(409, "aid_docket_item.other_kind");
    decide(chair, &item_of(&first), "ratify").ok();
    decide(chair, &item_of(&second), "adjourn").ok();
    order(chair, &session, &json!({ "command": "close" })).ok();
    assert_eq!((request(world, first.id).status, request(world, second.id).status), (AidRequestStatus::Ratified, AidRequestStatus::GrantedUrgently));
    let next = office.open();
    let map = head.all(&format!("{next}/identities"));
    assert_eq!(map.len(), 2, "what was left and what came since");
    for place in &map {
        let item = format!("/aid-docket-items/{}", place["docket_item_id"].as_str().unwrap());
        vote(chair, &item, "against").ok();
        decide(chair, &item, "refuse_ratification").ok();
    }
    assert_eq!((request(world, second.id).status, request(world, third.id).status), (AidRequestStatus::NotRatified, AidRequestStatus::NotRatified));
    assert_eq!(committed(world, office.envelope), 20_000, "what is not ratified goes back to the envelope");
}

#[test]
fn minutes_have_no_name_and_the_same_bytes_each_time() {
    let office = Committee::new();
    let Committee { head, chair, members, treasurer, .. } = &office;
    let agenda = json!({ "committee_id": office.committee["id"], "held_on": "2026-11-22", "place": "Salle <4>", "agenda": "# Bilan & *calendrier*" });
    let session = at("aid-sessions", &head.post("/aid-sessions", &agenda).ok());
    order(head, &session, &json!({ "command": "convene" })).ok();
    for client in [chair, &members[0]] {
        office.mark(&session, client, "present");
    }
    order(head, &session, &json!({ "command": "open" })).ok();
    let (_, item) = office.listed(&session);
    vote(chair, &item, "for").ok();
    decide(chair, &item, "grant").ok();
    order(chair, &session, &json!({ "command": "close" })).ok();
    let path = format!("{session}/minutes");
    let read = |client: &Client, accept: &str, language: &str| {
        let reply = client.request("GET", &path).header("Accept", accept).header("Accept-Language", language).send();
        assert_eq!(reply.status, 200, "{}", reply.text());
        reply
    };
    let number = chair.get(&item).ok()["pseudonym"].as_str().unwrap().to_owned();
    let (markdown, html) = (read(chair, "*/*", "fr"), read(chair, "text/html", "fr"));
    assert_eq!((markdown.header("content-type"), html.header("content-type")), ("text/markdown; charset=utf-8", "text/html; charset=utf-8"));
    let text = markdown.text();
    for said in [format!("## {number} – Décision"), "**Montant accordé** : 450,00 €".into(), "pour 1, contre 0".into(), "Présidence, présent : 1".into()]
    {
        assert!(text.contains(&said), "{said} in\n{text}");
    }
    assert!(text.contains("\\# Bilan \\& \\*calendrier\\*") && html.text().contains("Salle &lt;4&gt;"), "nothing that was written is a sign or a tag");
    assert!(html.header("content-security-policy").contains("style-src 'sha256-") && html.text().starts_with("<!DOCTYPE html>"));
    assert!(read(chair, "text/markdown", "en").text().contains("**Amount granted** : €450.00"));
    for text in [markdown.text(), html.text()] {
        assert!([SECRET, "chair", "member-0", "Dubœuf"].iter().all(|name| !text.contains(name)), "{text}");
    }
    // What the committee is called, and who sits in it, changes; what was set down does not.
    head.patch(&at("aid-committees", &office.committee), "*", &json!({ "name": "Autre commission", "quorum": 9 })).ok();
    for client in [chair, head, treasurer] {
        assert_eq!((read(client, "*/*", "fr").bytes, read(client, "text/html", "fr").bytes), (markdown.bytes.clone(), html.bytes.clone()));
    }
    chair.request("GET", &path).header("Accept", "application/json").send().refused(406, "media_type.not_acceptable");
}

/// Asks again as long as the server is too busy.
fn patiently(ask: impl Fn() -> Reply) -> Reply {
    std::iter::repeat_with(ask).take(50).find(|reply| reply.status != 503).unwrap()
}

#[test]
fn of_sixteen_who_vote_and_decide_at_once_each_votes_once_and_one_decides() {
    let office = Committee::of(15);
    let session = office.open();
    let (row, item) = office.listed(&session);
    vote(&office.chair, &item, "for").ok();
    let etag = office.chair.get(&item).etag().to_owned();
    let start = std::sync::Barrier::new(17);
    let motivated = json!({ "command": "grant", "motivation": "Situation établie." });
    let decide = |client: &Client| {
        start.wait();
        patiently(|| order_at(client, &item, &etag, &motivated)).status
    };
    let (votes, decisions): (Vec<u16>, Vec<u16>) = std::thread::scope(|scope| {
        let voters: Vec<_> = office
            .members
            .iter()
            .map(|member| {
                scope.spawn(|| {
                    start.wait();
                    ["for", "against"].map(|choice| patiently(|| vote(member, &item, choice)).status)
                })
            })
            .collect();
        let (chair, secretary) = (scope.spawn(|| decide(&office.chair)), scope.spawn(|| decide(&office.secretary)));
        let decisions = vec![chair.join().unwrap(), secretary.join().unwrap()];
        (voters.into_iter().flat_map(|voter| voter.join().unwrap()).collect(), decisions)
    });
    assert_eq!(decisions.iter().filter(|status| **status == 201).count(), 1, "{decisions:?}");
    assert!(decisions.iter().all(|status| [201, 409, 412].contains(status)), "{decisions:?}");
    assert!(votes.iter().all(|status| [201, 409].contains(status)), "{votes:?}");
    let seen = office.chair.get(&item).ok();
    let cast = votes.iter().filter(|status| **status == 201).count() + 1;
    let counted = ["votes_for", "votes_against", "abstentions"].map(|name| seen[name].as_i64().unwrap());
    assert_eq!((counted.iter().sum::<i64>(), counted[1]), (i64::try_from(cast).unwrap(), 0), "{seen}");
    let id = Id::parse(item.split('/').next_back().unwrap()).unwrap();
    let stored = office.world.db().read_now(move |conn| Ok(aid_votes::table.filter(aid_votes::item_id.eq(id)).count().get_result::<i64>(conn)?)).unwrap();
    assert_eq!((stored, &seen["status"]), (i64::try_from(cast).unwrap(), &json!("granted")));
    assert_eq!((committed(&office.world, office.envelope), request(&office.world, row.id).status), (45_000, AidRequestStatus::Granted));
    assert_eq!(office.chair.all(&format!("{item}/transitions")).len(), 1);
}

/// A term as chance has it: whose, in which committee, from so many days before or after today to so many.
#[derive(Debug, Clone, Copy)]
struct Term {
    reader: usize,
    committee: usize,
    function: &'static str,
    from: i64,
    to: Option<i64>,
}

#[test]
fn whoever_is_in_office_today_reaches_what_is_of_their_committees_and_nothing_else() {
    let world = World::new();
    let heads = [world.head("63"), world.head("03")];
    let today: Day = "2026-11-22".parse().unwrap();
    let roles = [vec![Role::AidCommitteeMember], vec![Role::Treasurer], vec![Role::AidCommitteeMember, Role::Treasurer]];
    let readers: Vec<Client> = roles
        .iter()
        .map(|roles| {
            let client = world.user("reader", roles[0], None);
            roles.iter().skip(1).for_each(|role| world.grant(&client, *role, None));
            world.again(&client)
        })
        .collect();
    let committees: Vec<(&Client, Value)> =
        (0..6).map(|at| (&heads[at % 2], heads[at % 2].post("/aid-committees", &json!({ "name": format!("C{at}"), "quorum": 1 })).ok())).collect();
    let sessions: Vec<Value> = committees
        .iter()
        .map(|(head, committee)| head.post("/aid-sessions", &json!({ "committee_id": committee["id"], "held_on": "2026-11-22" })).ok())
        .collect();
    let dockets: Vec<String> = sessions.iter().map(|session| format!("{}/docket-items", at("aid-sessions", session))).collect();
    for (number, (head, docket)) in (1..).zip(committees.iter().map(|(head, _)| head).zip(&dockets)) {
        let row = instructed(&world, head, &person(head, if number % 2 == 1 { "63" } else { "03" }));
        head.post(docket, &json!({ "request_id": row.id })).ok();
    }
    let items: Vec<Value> = dockets.iter().zip(&committees).map(|(docket, (head, _))| head.all(docket)[0].clone()).collect();
    let rng = &mut fastrand::Rng::with_seed(20_261_122);
    let mut reached = 0;
    for round in 0..10 {
        let mut terms: Vec<Term> = Vec::new();
        for reader in 0..readers.len() {
            for committee in (0..committees.len()).filter(|_| rng.bool()).collect::<Vec<_>>() {
                let of = match reader {
                    0 => vec!["chair", "member", "secretary"],
                    1 => vec!["treasurer"],
                    _ => vec!["member", "treasurer"],
                };
                let (function, from) = (of[rng.usize(..of.len())], rng.i64(-2..2));
                terms.push(Term { reader, committee, function, from, to: rng.bool().then(|| rng.i64(from..3)) });
            }
        }
        seats(&world, &readers, &committees, &terms, today);
        for (at_reader, reader) in readers.iter().enumerate() {
            let sits = |committee: usize| {
                let lasting = |term: &&Term| term.from <= 0 && term.to.is_none_or(|to| to >= 0);
                terms.iter().filter(lasting).any(|term| (term.reader, term.committee) == (at_reader, committee))
            };
            let expected: BTreeSet<String> =
                (0..sessions.len()).filter(|committee| sits(*committee)).map(|committee| sessions[committee]["id"].as_str().unwrap().to_owned()).collect();
            reached += expected.len();
            let counted = reader.request("GET", "/aid-sessions").header("Prefer", "count=exact").send().ok();
            let ids = |items: &Value| items.as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect::<BTreeSet<_>>();
            assert_eq!((ids(&counted["items"]), &counted["total_count"]), (expected.clone(), &json!(expected.len())), "round {round}: {terms:?}");
            let lines = reader.request("GET", "/aid-sessions").header("Accept", "text/csv").send().text();
            let told: BTreeSet<String> = lines.lines().skip(1).filter_map(|line| line.split(',').next()).map(str::to_owned).collect();
            assert_eq!(told, expected, "as a file");
            for committee in 0..committees.len() {
                let open = if sits(committee) { 200 } else { 404 };
                let (session, own) = (at("aid-sessions", &sessions[committee]), at("aid-committees", &committees[committee].1));
                let item = at("aid-docket-items", &items[committee]);
                let under = [format!("{session}/attendances"), format!("{session}/transitions"), format!("{own}/members"), format!("{item}/votes")];
                for path in [&session, &own, &item, &dockets[committee]].into_iter().chain(&under) {
                    assert_eq!(reader.get(path).status, open, "round {round}: {path} {terms:?}");
                }
            }
        }
    }
    assert!(reached > 15, "{reached} sessions were somebody's");
}

/// Puts these terms in the place of all that there are.
fn seats(world: &World, readers: &[Client], committees: &[(&Client, Value)], terms: &[Term], today: Day) {
    use entraide::db::schema::aid_committee_members as table;
    let id = |value: &Value| Id::parse(value.as_str().unwrap()).unwrap();
    let users: Vec<Id> = readers.iter().map(|reader| id(&user_id(reader))).collect();
    let of: Vec<(Id, Id)> = committees.iter().map(|(_, committee)| (id(&committee["id"]), id(&committee["association_id"]))).collect();
    let (terms, now) = (terms.to_vec(), world.now());
    let write = move |conn: &mut entraide::db::DbConn| -> entraide::error::Result<()> {
        diesel::delete(table::table).execute(conn)?;
        for Term { reader, committee, function, from, to } in terms {
            let (starts_on, ends_on) = (today.plus(from), to.map(|to| today.plus(to)));
            let whose =
                (table::id.eq(Id::new()), table::user_id.eq(users[reader]), table::committee_id.eq(of[committee].0), table::association_id.eq(of[committee].1));
            let what = (table::function.eq(function), table::starts_on.eq(starts_on), table::ends_on.eq(ends_on));
            let rest = (table::version.eq(1), table::created_at.eq(now), table::updated_at.eq(now));
            diesel::insert_into(table::table).values((whose, what, rest)).execute(conn)?;
        }
        Ok(())
    };
    world.db().write_now(write).unwrap();
}
