//! Certificates: given once to whoever took part in enough of a session, printed, checked by anybody, taken back.

use crate::harness::cases::{at, commands, order, person};
use crate::harness::courses::{AFTER, Course};
use crate::harness::data::member_with;
use crate::harness::training::places;
use crate::harness::{Client, Reply, World};
use serde_json::{Value, json};

/// A session that is over: the first was in all slots, the second in two of three, the third in none; the fourth has no seat.
fn over() -> Course {
    let course = Course::of(3, 4).on(AFTER).started();
    course.mark(&[(0, &[(0, "present"), (1, "present"), (2, "absent")]), (1, &[(0, "late"), (1, "present")]), (2, &[(0, "present"), (1, "excused")])]).ok();
    course
}

fn issue(course: &Course, number: usize) -> Reply {
    course.head.post(&format!("{}/certificates", course.path()), &json!({ "registration_id": course.registrations[number]["id"] }))
}

fn sheet(client: &Client, certificate: &Value) -> Reply {
    client.request("GET", &format!("{}/sheet", at("training-certificates", certificate))).header("Accept", "text/html").send()
}

/// The code that is printed on a sheet.
fn code(sheet: &str) -> String {
    sheet.split("class=\"code\">").nth(1).unwrap().split('<').next().unwrap().to_owned()
}

fn check(client: &Client, code: &str) -> Reply {
    client.request("POST", "/certificate-checks").json(&json!({ "code": code })).send()
}

fn is_valid(world: &World, code: &str) -> bool {
    check(&world.anonymous(), code).ok()["valid"] == true
}

#[test]
fn a_certificate_is_given_once_for_the_minutes_of_the_slots_attended() {
    let course = over();
    issue(&course, 0).refused(409, "certificate.session_not_completed");
    course.complete();
    let made = issue(&course, 0);
    let view = made.ok();
    let told = ["number", "slots_held", "slots_attended", "minutes_attended", "minimum_share", "status"].map(|name| view[name].clone());
    assert_eq!(told, [json!("ATT-2026-000001"), json!(3), json!(3), json!(255), json!(80), json!("issued")]);
    assert_eq!(made.header("location"), format!("/api/v1{}", at("training-certificates", &view)));
    assert_eq!(course.head.get(&at("training-certificates", &view)).ok(), view);
    assert_eq!(commands(&view), ["revoke"]);
    issue(&course, 0).refused(409, "certificate.issued_already");
    // Two of three are 66 hundredths, of which 80 are needed.
    let low = issue(&course, 1).problem(409);
    assert_eq!((&low["code"], &low["detail"]), (&json!("certificate.below_minimum"), &json!("2 créneaux suivis sur 3 : il en faut 80 %.")));
    issue(&course, 2).refused(409, "certificate.below_minimum");
    assert_eq!(issue(&course, 3).flaws(), ["/registration_id training_registration.not_confirmed"]);
    let unknown = json!({ "registration_id": course.session["id"] });
    assert_eq!(course.head.post(&format!("{}/certificates", course.path()), &unknown).flaws(), ["/registration_id reference.not_found"]);
    // The module says how much is enough.
    let national = course.world.user("national", entraide::auth::Role::NationalStaff, None);
    national.patch(&at("training-modules", &course.module), "*", &json!({ "minimum_share": 66 })).ok();
    let second = issue(&course, 1).ok();
    let told = ["number", "slots_attended", "minutes_attended", "minimum_share"].map(|name| second[name].clone());
    assert_eq!(told, [json!("ATT-2026-000002"), json!(2), json!(210), json!(66)]);
    let numbers: Vec<Value> = course.head.all(&format!("{}/certificates", course.path())).into_iter().map(|row| row["number"].clone()).collect();
    assert_eq!(numbers, ["ATT-2026-000001", "ATT-2026-000002"]);
    for (client, status, code) in [(course.world.volunteer("63"), 403, "function.not_granted"), (course.world.head("03"), 404, "not_found")] {
        client.get(&at("training-certificates", &view)).refused(status, code);
        sheet(&client, &view).refused(status, code);
    }
}

#[test]
fn anybody_checks_a_code_and_learns_nothing_but_whether_it_is_valid() {
    let course = over();
    course.complete();
    let view = issue(&course, 0).ok();
    let page = sheet(&course.head, &view).text();
    let code = code(&page);
    assert!(is_valid(&course.world, &code) && is_valid(&course.world, &format!(" {} ", code.to_lowercase().replace('-', ""))));
    let unknown = "0000-0000-0000-0000-0000";
    let revoke = json!({ "command": "revoke", "reason": "Présence saisie par erreur." });
    let mark = |status: &str| course.mark(&[(2, &[(0, status)])]);
    assert_eq!(mark("absent").flaws(), ["/slots/0/marks/0/registration_id attendance.certified"]);
    assert_eq!(mark("present").ok()["unchanged"], 1);
    order(&course.head, &at("training-certificates", &view), &revoke).ok();
    let (revoked, never) = (check(&course.world.anonymous(), &code), check(&course.world.anonymous(), unknown));
    let shape = |reply: &Reply| {
        let moment = ["request-id", "date", "ratelimit", "connection"];
        let mut headers: Vec<_> = reply.headers.iter().filter(|(name, _)| !moment.contains(&name.as_str())).cloned().collect();
        headers.sort();
        (reply.status, headers, reply.text())
    };
    assert_eq!(shape(&revoked), shape(&never));
    assert_eq!(revoked.json(), json!({ "valid": false }));
    for flawed in ["", "ABCD", "0000-0000-0000-0000-000U"] {
        assert_eq!(check(&course.world.anonymous(), flawed).status, 400, "{flawed}");
    }
    // What was revoked tells so when it is printed again, and makes way for another with a code of its own.
    order(&course.head, &at("training-certificates", &view), &revoke).refused(409, "transition.not_allowed");
    assert!(sheet(&course.head, &view).text().contains("révoquée"));
    assert_eq!(mark("absent").ok()["changed"], 1);
    issue(&course, 0).refused(409, "certificate.below_minimum");
    mark("late").ok();
    let other = issue(&course, 0).ok();
    let new = self::code(&sheet(&course.head, &other).text());
    assert_ne!(new, code);
    assert_eq!((is_valid(&course.world, &new), is_valid(&course.world, &code)), (true, false));
    let steps = course.head.all(&format!("{}/transitions", at("training-certificates", &view)));
    assert_eq!((steps.len(), &steps[0]["reason"]), (1, &revoke["reason"]));
    assert_eq!(course.head.all(&format!("{}/certificates?status=revoked", course.path())).len(), 1);
    let kept = course.world.database_text();
    assert!(!kept.contains(&new) && !kept.contains(&new.replace('-', "")), "a code stands in the database");
}

#[test]
fn a_sheet_prints_who_took_part_in_what_and_how_long() {
    let course = Course::of(3, 0);
    let member = course.head.patch(&at("members", &person(&course.head, "63")), "*", &json!({ "first_name": "Anne", "last_name": "Lac-Étang" })).ok();
    let registration = course.register(&json!({ "member_id": member["id"] }));
    let mut course = course.on(AFTER).started();
    course.registrations.push(registration);
    course.mark(&[(0, &[(0, "present")]), (1, &[(0, "present")]), (2, &[(0, "late")])]).ok();
    course.complete();
    let view = issue(&course, 0).ok();
    let reply = sheet(&course.head, &view);
    let page = reply.text();
    for told in [
        "Anne Lac-Étang",
        "Responsabilité civile, et pénale; des enseignants",
        "Atelier juridique",
        "le 3 décembre 2026",
        "4 h 15",
        "3 sur 3 créneaux",
        "ATT-2026-000001",
        "/api/v1/certificate-checks",
    ] {
        assert!(page.contains(told), "{told}: {page}");
    }
    assert!(!page.contains("<script") && reply.header("content-security-policy").contains("default-src 'none'"));
    assert_eq!(reply.header("content-type"), "text/html; charset=utf-8");
    let path = format!("{}/sheet", at("training-certificates", &view));
    let again = course.head.request("GET", &path).header("Accept", "text/html").header("If-None-Match", reply.etag()).send();
    assert_eq!((again.status, again.bytes.len()), (304, 0));
    course.head.request("GET", &path).header("Accept", "application/json").send().refused(406, "media_type.not_acceptable");
    // Who looked at the member's sheet is recorded.
    let dpo = course.world.user("dpo", entraide::auth::Role::Dpo, None);
    let looks = dpo.all(&format!("/members/{}/access-log", member["id"].as_str().unwrap()));
    assert!(looks.iter().any(|look| look["operation"] == "training_certificates_sheet"), "{looks:?}");
}

#[test]
fn a_sheet_is_no_longer_printed_once_whose_it_was_is_forgotten_and_its_code_stays_valid() {
    let course = over();
    course.complete();
    let view = issue(&course, 0).ok();
    let code = code(&sheet(&course.head, &view).text());
    order(&course.head, &at("training-registrations", &course.registrations[0]), &json!({ "command": "anonymise" })).ok();
    sheet(&course.head, &view).refused(409, "certificate.holder_forgotten");
    assert!(is_valid(&course.world, &code));
    assert!(!course.world.database_text().contains("Zqxperson A"));
}

#[test]
fn the_reason_of_a_revoked_certificate_is_forgotten_with_whose_it_was() {
    let course = over();
    course.complete();
    let view = issue(&course, 0).ok();
    let revoke = json!({ "command": "revoke", "reason": "Zqxreason est partie à midi." });
    order(&course.head, &at("training-certificates", &view), &revoke).ok();
    issue(&course, 0).ok();
    assert!(course.world.database_text().contains("Zqxreason"));
    order(&course.head, &at("training-registrations", &course.registrations[0]), &json!({ "command": "anonymise" })).ok();
    assert!(!course.world.database_text().contains("Zqxreason"));
    let steps = course.head.all(&format!("{}/transitions", at("training-certificates", &view)));
    assert_eq!((steps.len(), &steps[0]["command"], &steps[0]["reason"]), (1, &json!("revoke"), &Value::Null));
}

#[test]
fn a_name_stays_as_long_as_a_certificate_bears_it_and_the_next_one_bears_the_right_one() {
    let course = over();
    course.complete();
    let (head, own) = (&course.head, at("training-registrations", &course.registrations[0]));
    let first = issue(&course, 0).ok();
    let code = code(&sheet(head, &first).text());
    let rename = json!({ "name": "Zqxother Name" });
    let refused = head.patch(&own, "*", &rename);
    refused.refused(409, "registration.certified");
    assert_eq!(refused.json()["errors"][0]["pointer"], "/name");
    // What no sheet tells is corrected at any time, and so is a name that stays the same.
    head.patch(&own, "*", &json!({ "name": "Zqxperson A", "email": "a@example.org" })).ok();
    order(head, &at("training-certificates", &first), &json!({ "command": "revoke", "reason": "Nom mal orthographié." })).ok();
    assert_eq!(head.patch(&own, "*", &rename).ok()["name"], "Zqxother Name");
    let second = issue(&course, 0).ok();
    let page = sheet(head, &second).text();
    assert!(page.contains("Zqxother Name") && !page.contains("Zqxperson A"), "{page}");
    assert_eq!((is_valid(&course.world, &code), is_valid(&course.world, &self::code(&page))), (false, true));
}

/// Two records of one person, each with a seat: the first was in two slots of three, the second in all; some with certificates.
fn two_records(certified: &[usize]) -> (Course, [Value; 2], Vec<Value>) {
    let mut course = Course::of(4, 0);
    let people = ["Claire", "Clara"].map(|name| course.head.post("/members", &member_with(&course.head, "63", &json!({ "first_name": name }))).ok());
    course.registrations = people.iter().map(|person| course.register(&json!({ "member_id": person["id"] }))).collect();
    let national = course.world.user("national", entraide::auth::Role::NationalStaff, None);
    national.patch(&at("training-modules", &course.module), "*", &json!({ "minimum_share": 60 })).ok();
    let course = course.on(AFTER).started();
    course.mark(&[(0, &[(0, "present"), (1, "present")]), (1, &[(0, "present"), (1, "late")]), (2, &[(0, "absent"), (1, "present")])]).ok();
    course.complete();
    let certificates = certified.iter().map(|number| issue(&course, *number).ok()).collect();
    (course, people, certificates)
}

fn merge(course: &Course, [kept, twin]: &[Value; 2]) -> Reply {
    course.head.post(&format!("{}/merges", at("members", kept)), &json!({ "absorbed_id": twin["id"], "reason": "Même personne." }))
}

#[test]
fn of_two_certificates_of_one_person_the_one_of_more_slots_stands() {
    let (course, people, certificates) = two_records(&[0, 1]);
    let head = &course.head;
    let codes = [0, 1].map(|number: usize| code(&sheet(head, &certificates[number]).text()));
    merge(&course, &people).ok();
    assert_eq!(places(head, &course.path()), ["cancelled", "confirmed"]);
    let standing: Vec<Value> = head.all(&format!("{}/certificates?status=issued", course.path()));
    assert_eq!((standing.len(), &standing[0]["id"], &standing[0]["version"]), (1, &certificates[1]["id"], &json!(1)));
    assert_eq!(codes.map(|code| is_valid(&course.world, &code)), [false, true]);
    let steps = head.all(&format!("{}/transitions", at("training-certificates", &certificates[0])));
    assert_eq!((steps.len(), &steps[0]["reason"]), (1, &json!("Fiches de la même personne fusionnées.")));
    let page = sheet(head, &certificates[1]).text();
    assert!(page.contains("Claire Dubœuf") && page.contains("3 sur 3 créneaux"), "{page}");
    assert_eq!(head.get(&course.path()).ok()["confirmed_count"], 1);
}

#[test]
fn a_registration_with_a_certificate_stays_and_is_marked_as_both_were() {
    let (course, [kept, twin], certificates) = two_records(&[0]);
    let head = &course.head;
    // The record that goes has the certificate of two slots, the one that stays none and was in all three.
    merge(&course, &[twin, kept]).ok();
    assert_eq!(places(head, &course.path()), ["confirmed", "cancelled"]);
    assert!(is_valid(&course.world, &code(&sheet(head, &certificates[0]).text())));
    let of = format!("{}/attendance?registration={}", course.path(), course.registrations[0]["id"].as_str().unwrap());
    assert_eq!(head.all(&of).iter().filter(|mark| mark["status"] == "present").count(), 3);
    // A certificate of all three is given in its place.
    order(head, &at("training-certificates", &certificates[0]), &json!({ "command": "revoke", "reason": "Présence complétée." })).ok();
    assert_eq!(issue(&course, 0).ok()["slots_attended"], 3);
}

#[test]
fn of_many_who_issue_at_the_same_time_one_does() {
    let course = over();
    course.complete();
    let clients: Vec<Client> = (0..8).map(|_| course.world.again(&course.head)).collect();
    let (path, body) = (format!("{}/certificates", course.path()), json!({ "registration_id": course.registrations[0]["id"] }));
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let runs: Vec<_> = clients.iter().map(|client| scope.spawn(|| client.post(&path, &body).status)).collect();
        runs.into_iter().map(|run| run.join().unwrap()).collect()
    });
    assert_eq!(statuses.iter().filter(|status| **status == 201).count(), 1, "{statuses:?}");
    assert!(statuses.iter().all(|status| [201, 409].contains(status)), "{statuses:?}");
    assert_eq!(course.head.all(&path).len(), 1);
}
