//! Roles beyond the team: correspondents of a school, lawyers, whoever decides on solidarity, auditors; and accounts that are members.

use crate::harness::cases::{Office, ask_solidarity, at, case, commands, cover_with, order, path, person, user_id};
use crate::harness::data::{school, school_with};
use crate::harness::{Client, World};
use entraide::auth::{Role, WallKind};
use entraide::db::Id;
use serde_json::{Value, json};

fn call(name: &str) -> Value {
    json!({ "channel": "correspondent", "caller_name": name, "note": "Menacée ce matin.", "urgency": "high" })
}

#[test]
fn a_correspondent_opens_a_first_contact_for_their_school_and_sees_its_state_alone() {
    let world = World::new();
    let admin = world.admin();
    let [own, other] = [630_001, 630_002].map(|number| admin.post("/establishments", &school(number)).ok());
    let (correspondent, head) = (world.correspondent(&own), world.head("63"));
    let opened = correspondent.post("/contact-requests", &call("Zoé Canari")).ok();
    let request = at("contact-requests", &opened);
    let whole = head.get(&request).ok();
    assert_eq!((&whole["establishment_id"], &whole["department_code"], &whole["caller_name"]), (&own["id"], &json!("63"), &json!("Zoé Canari")));
    assert_eq!(whole["withheld"], json!([]));
    let mut elsewhere = call("Zoé Canari");
    elsewhere["establishment_id"] = other["id"].clone();
    assert_eq!(correspondent.post("/contact-requests", &elsewhere).flaws(), ["/establishment_id reference.not_found"]);
    head.post("/contact-requests", &call("Quelqu'un d'autre")).ok();
    order(&head, &request, &json!({ "command": "answer", "answer": "Orientée vers le rectorat." })).ok();
    let seen = correspondent.get(&request).ok();
    assert_eq!((&seen["status"], &seen["id"], &seen["created_at"]), (&json!("answered"), &opened["id"], &whole["created_at"]));
    assert_eq!(json!(correspondent.all("/contact-requests")), json!([seen]));
    for view in [&opened, &seen] {
        let withheld: Vec<&str> = view["withheld"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
        for (name, value) in view.as_object().unwrap() {
            let state = ["id", "version", "association_id", "department_code", "status", "created_by", "created_at", "updated_at"].contains(&name.as_str());
            assert!(state || withheld.contains(&name.as_str()) && value.is_null() || value == &json!([]) || name == "withheld", "{name}: {value}");
        }
        assert!(["Canari", "Menacée", "rectorat"].iter().all(|word| !view.to_string().contains(word)), "{view}");
    }
    for query in ["urgency=high", "sort=urgency", "fields=note", "expand=member"] {
        correspondent.get(&format!("/contact-requests?{query}")).refused(403, "field.masked");
    }
    assert_eq!(correspondent.all("/contact-requests?status=answered&department=63&sort=-created").len(), 1);
    correspondent.patch(&request, "*", &json!({ "note": null })).refused(403, "function.not_granted");
    world.correspondent(&own).get(&request).refused(404, "not_found");
}

#[test]
fn who_also_works_in_a_department_reads_what_they_opened_there_and_the_state_of_the_rest() {
    let world = World::new();
    let own = world.admin().post("/establishments", &school(630_001)).ok();
    let correspondent = world.correspondent(&own);
    world.grant(&correspondent, Role::Volunteer, Some("15"));
    let both = world.again(&correspondent);
    let here = both.post("/contact-requests", &call("Au Cantal")).ok();
    let mut for_school = call("À l'école");
    for_school["establishment_id"] = own["id"].clone();
    let there = both.post("/contact-requests", &for_school).ok();
    assert_eq!((&here["caller_name"], &there["caller_name"]), (&json!("Au Cantal"), &Value::Null));
    assert_eq!(both.all("/contact-requests").len(), 1, "a list is of one kind");
    assert_eq!(both.get(&at("contact-requests", &there)).ok()["note"], Value::Null);
}

#[test]
fn an_auditor_reads_the_records_and_nothing_they_are_about() {
    let world = World::new();
    let head = world.head("63");
    let dossier = head.post("/dossiers", &case(&person(&head, "63"))).ok();
    let auditor = world.user("auditor", Role::Auditor, None);
    let event = auditor.all("/audit-events?resource=dossier")[0].clone();
    assert!(event["after_digest"].is_string() && event["withheld"] == json!([]));
    assert_eq!(auditor.get("/access-log").status, 200);
    for hidden in [path(&dossier), "/members".to_owned(), "/users".to_owned()] {
        auditor.get(&hidden).refused(403, "function.not_granted");
    }
}

#[test]
fn a_lawyer_reads_the_dossiers_of_their_mandates_and_writes_none() {
    let office = Office::new();
    let [lawyer, other] = ["one", "two"].map(|login| office.world.user(login, Role::Lawyer, None));
    let dossier = path(&office.dossier);
    office.head.post("/dossiers", &case(&office.member)).ok();
    lawyer.get(&dossier).refused(404, "not_found");
    assert_eq!(lawyer.all("/dossiers").len(), 0);
    office.mandate(&lawyer);
    let seen = lawyer.get(&dossier).ok();
    assert_eq!((&seen["facts"]["summary"], commands(&seen)), (&json!("Insultée par un parent."), Vec::<String>::new()));
    assert_eq!(lawyer.all("/dossiers").len(), 1);
    order(&lawyer, &dossier, &json!({ "command": "take_charge" })).refused(403, "function.not_granted");
    other.get(&dossier).refused(404, "not_found");
    office.wall(WallKind::OpposingParty, Some(&lawyer), None);
    lawyer.get(&dossier).refused(404, "not_found");
}

#[test]
fn walls_beat_every_permit_on_every_channel() {
    let office = Office::new();
    let (dossier, staff) = (path(&office.dossier), office.world.user("staff", Role::DepartmentStaff, Some("63")));
    let colleague = person(&office.head, "63");
    office.world.link(&staff, &colleague);
    let staff = office.world.again(&staff);
    assert_eq!(staff.get(&dossier).status, 200);
    office.wall(WallKind::OpposingParty, None, Some(&colleague));
    for address in [dossier.clone(), format!("{dossier}/history"), format!("{dossier}/transitions")] {
        staff.get(&address).refused(404, "not_found");
    }
    assert_eq!(staff.request("GET", "/dossiers").header("Prefer", "count=exact").send().ok()["total_count"], 0);
    assert_eq!(staff.request("GET", "/dossiers").header("Accept", "application/x-ndjson").send().text(), "");
    staff.patch(&dossier, "*", &json!({ "urgency": "high" })).refused(404, "not_found");
    assert_eq!(office.head.get(&dossier).status, 200, "others go on");
    let readers = office.head.get(&format!("{dossier}/access")).ok()["readers"].clone();
    assert!(readers.as_array().unwrap().iter().all(|reader| reader["user_id"] != user_id(&staff)));
    office.wall(WallKind::WithdrawnConsent, None, None);
    office.head.get(&dossier).refused(404, "not_found");
    let dpo = office.world.user("dpo", Role::Dpo, None);
    assert_eq!(dpo.get(&dossier).ok()["motive_code"], Value::Null);
}

fn broken(client: &Client, dossier: &str, minutes: Option<i32>) -> crate::harness::Reply {
    let mut body = json!({ "reason": "Signalement urgent du ministère, responsable injoignable." });
    if let Some(minutes) = minutes {
        body["minutes"] = minutes.into();
    }
    client.post(&format!("{dossier}/break-glass"), &body)
}

#[test]
fn national_staff_reads_one_dossier_for_an_hour_and_it_is_shown_to_the_head_and_the_dpo() {
    let office = Office::new();
    let (national, dpo) = (office.world.user("national", Role::NationalStaff, None), office.world.user("dpo", Role::Dpo, None));
    let (dossier, second) = (path(&office.dossier), path(&office.head.post("/dossiers", &case(&office.member)).ok()));
    national.get(&dossier).refused(404, "not_found");
    let opened = broken(&national, &dossier, None).ok();
    assert_eq!((&opened["status"], &opened["user_id"]), (&json!("running"), &user_id(&national)));
    assert!(opened["expires_at"].as_str().unwrap().starts_with("2026-11-22T10:00:"), "{opened}");
    let seen = national.get(&dossier).ok();
    assert_eq!((&seen["facts"]["summary"], commands(&seen)), (&json!("Insultée par un parent."), Vec::<String>::new()));
    assert_eq!(national.all(&format!("{dossier}/history")).len(), 1);
    assert_eq!(national.all(&format!("{dossier}/transitions")).len(), 0);
    national.get(&second).refused(404, "not_found");
    for refused in [
        national.get("/dossiers"),
        national.patch(&dossier, "*", &json!({ "urgency": "high" })),
        order(&national, &dossier, &json!({ "command": "take_charge" })),
    ] {
        refused.refused(403, "function.not_granted");
    }
    for witness in [&office.head, &dpo, &national] {
        for list in ["/break-glass".to_owned(), format!("{dossier}/break-glass"), "/break-glass?status=running".to_owned()] {
            assert_eq!(witness.all(&list)[0]["id"], opened["id"], "{list}");
        }
    }
    assert_eq!(office.world.head("15").all("/break-glass").len(), 0);
    office.world.head("15").get(&at("break-glass", &opened)).refused(404, "not_found");
    office.world.user("other", Role::NationalStaff, None).get(&dossier).refused(404, "not_found");
    let explained = office.head.get(&format!("{dossier}/access")).ok();
    let reader = explained["readers"].as_array().unwrap().iter().find(|reader| reader["user_id"] == user_id(&national)).unwrap().clone();
    assert_eq!((&reader["rules"], &reader["reads_content"]), (&json!(["break_glass"]), &json!(true)));
    let looks = dpo.all(&format!("/access-log?subject={}&actor={}", office.dossier["id"].as_str().unwrap(), user_id(&national).as_str().unwrap()));
    assert!(looks.iter().any(|look| look["operation"] == "dossiers_retrieve" && look["rule"] == "break_glass"), "{looks:?}");
    assert_eq!(dpo.all("/audit-events?resource=break_glass")[0]["action"], "create");
    for (time, status) in [("2026-11-22T09:59:30Z", 200), ("2026-11-22T10:01:00Z", 404)] {
        office.world.set_time(time);
        assert_eq!(office.world.again(&national).get(&dossier).status, status, "{time}");
    }
    let national = office.world.again(&national);
    assert_eq!(national.all("/break-glass?status=ended")[0]["allowed_commands"], json!([]));
    order(&national, &at("break-glass", &opened), &json!({ "command": "end" })).refused(409, "transition.not_allowed");
}

#[test]
fn broken_glass_is_mended_before_its_time_by_whoever_is_shown_it() {
    let office = Office::new();
    let national = office.world.user("national", Role::NationalStaff, None);
    let dossier = path(&office.dossier);
    for ender in [&office.head, &office.world.user("dpo", Role::Dpo, None), &national] {
        let opened = at("break-glass", &broken(&national, &dossier, Some(5)).ok());
        assert_eq!(national.get(&dossier).status, 200);
        order(ender, &opened, &json!({ "command": "end", "reason": "Plus nécessaire" })).ok();
        national.get(&dossier).refused(404, "not_found");
        assert_eq!(office.head.all(&format!("{opened}/transitions"))[0]["actor_id"], user_id(ender));
    }
    assert_eq!(office.head.all("/break-glass?status=ended").len(), 3);
}

#[test]
fn glass_is_broken_with_a_reason_for_a_while_and_not_where_a_wall_stands() {
    let office = Office::new();
    let national = office.world.user("national", Role::NationalStaff, None);
    let dossier = path(&office.dossier);
    let address = format!("{dossier}/break-glass");
    let long = "Signalement urgent du ministère.";
    for (body, flaw) in [
        (json!({}), "/reason field.required"),
        (json!({ "reason": "Trop court" }), "/reason text.too_short"),
        (json!({ "reason": "x".repeat(2001) }), "/reason text.too_long"),
        (json!({ "reason": long, "minutes": 61 }), "/minutes number.out_of_range"),
        (json!({ "reason": long, "minutes": 0 }), "/minutes number.out_of_range"),
    ] {
        assert_eq!(national.post(&address, &body).flaws(), [flaw]);
    }
    broken(&national, &format!("/dossiers/{}", Id::new()), None).refused(404, "not_found");
    broken(&office.head, &dossier, None).refused(403, "function.not_granted");
    assert_eq!(office.world.rows("dossier_permits"), 0);
    let opened = broken(&national, &dossier, None).ok();
    office.wall(WallKind::OpposingParty, Some(&national), None);
    national.get(&dossier).refused(404, "not_found");
    broken(&national, &dossier, None).refused(404, "not_found");
    assert_eq!(national.get(&at("break-glass", &opened)).status, 200, "their own doing stays known to them");
    office.world.link(&office.head, &office.member);
    assert_eq!(office.world.again(&office.head).all("/break-glass").len(), 0, "nobody is told of their own file");
}

#[test]
fn solidarity_is_asked_for_by_the_team_and_decided_by_the_officer_who_sees_nothing_else() {
    let office = Office::new();
    let (officer, second) = (office.world.user("officer", Role::SolidarityOfficer, None), office.head.post("/dossiers", &case(&office.member)).ok());
    let dossier = path(&office.dossier);
    officer.get(&dossier).refused(404, "not_found");
    assert_eq!(officer.all("/dossiers").len(), 0);
    let decision = ask_solidarity(&office.head, &dossier, "L'assureur refuse.");
    let again = cover_with(&json!({ "instance": "national_solidarity" }));
    office.head.post(&format!("{dossier}/cover-decisions"), &again).refused(409, "cover_decision.requested_already");
    order(&office.head, &dossier, &json!({ "command": "declare_inadmissible", "reason": "Non." })).refused(409, "solidarity.pending");
    let seen = officer.get(&decision).ok();
    assert_eq!((&seen["reason"], commands(&seen)), (&json!("L'assureur refuse."), ["grant", "partly_grant", "refuse"].map(str::to_owned).to_vec()));
    assert_eq!(officer.all(&format!("{dossier}/cover-decisions")).len(), 2, "and what the insurer answered");
    assert_eq!((officer.all("/dossiers?solidarity=requested").len(), officer.all("/dossiers?solidarity=granted").len()), (1, 0));
    officer.get(&path(&second)).refused(404, "not_found");
    assert_eq!(commands(&officer.get(&dossier).ok()), Vec::<String>::new());
    order(&officer, &dossier, &json!({ "command": "take_charge" })).refused(403, "function.not_granted");
    officer.patch(&dossier, "*", &json!({ "urgency": "high" })).refused(403, "function.not_granted");
    assert_eq!(commands(&office.head.get(&decision).ok()), ["withdraw"]);
    order(&office.head, &decision, &json!({ "command": "grant" })).refused(403, "command.not_granted");
    let version = &office.head.get(&dossier).ok()["version"];
    order(&officer, &decision, &json!({ "command": "refuse", "motivation": "Hors du règlement." })).ok();
    officer.get(&dossier).refused(404, "not_found");
    officer.get(&decision).refused(404, "not_found");
    let (after, decided) = (office.head.get(&dossier).ok(), office.head.get(&decision).ok());
    assert_eq!((&after["solidarity_status"], &after["version"]), (&json!("refused"), version), "a part never raises the version of its dossier");
    assert_eq!((&decided["status"], &decided["decided_by"]), (&json!("refused"), &user_id(&officer)));
    let dpo = office.world.user("dpo", Role::Dpo, None);
    assert_eq!(dpo.get(&dossier).ok()["solidarity_status"], Value::Null);
    dpo.get("/dossiers?solidarity=refused").refused(403, "field.masked");
    dpo.get(&decision).refused(403, "function.not_granted");
}

#[test]
fn who_decides_on_solidarity_gives_no_other_command_above_their_ceiling() {
    let office = Office::new();
    let volunteer = office.world.volunteer("63");
    office.world.grant(&volunteer, Role::SolidarityOfficer, None);
    let both = office.world.again(&volunteer);
    let dossier = path(&office.dossier);
    let etag = office.head.get(&dossier).etag().to_owned();
    office.head.patch(&dossier, &etag, &json!({ "confidentiality": "secret" })).ok();
    both.get(&dossier).refused(404, "not_found");
    let decision = ask_solidarity(&office.head, &dossier, "L'assureur refuse.");
    assert_eq!(
        (commands(&both.get(&dossier).ok()), commands(&both.get(&decision).ok())),
        (vec![], ["grant", "partly_grant", "refuse"].map(str::to_owned).to_vec())
    );
    order(&both, &dossier, &json!({ "command": "take_charge" })).refused(404, "not_found");
    order(&both, &decision, &json!({ "command": "withdraw", "reason": "Non." })).refused(403, "command.not_granted");
}

fn account(login: &str, member: Option<&Value>) -> Value {
    let mut body = json!({ "login": login, "display_name": "Anne", "grant": { "role": "volunteer", "department_code": "63", "starts_on": "2026-11-22" } });
    if let Some(member) = member {
        body["member_id"] = member["id"].clone();
    }
    body
}

#[test]
fn an_account_of_a_department_is_a_member_of_the_register_and_no_other_is() {
    let world = World::new();
    let (admin, head) = (world.admin(), world.head("63"));
    let unlinked = admin.post("/users", &account("first", None)).ok();
    let [anne, zoe] = [person(&head, "63"), person(&head, "63")];
    let stranger = person(&world.head("15"), "15");
    assert_eq!(head.post("/users", &account("anne", None)).flaws(), ["/member_id member_link.required"]);
    assert_eq!(head.post("/users", &account("anne", Some(&stranger))).flaws(), ["/member_id reference.not_found"]);
    let made = head.post("/users", &account("anne", Some(&anne))).ok();
    assert_eq!(made["member_id"], anne["id"]);
    head.post("/users", &account("again", Some(&anne))).refused(409, "member.has_account");
    let right = json!({ "role": "volunteer", "department_code": "63", "starts_on": "2027-01-01" });
    let first = at("users", &unlinked);
    admin.post(&format!("{first}/grants"), &right).refused(409, "account.not_linked");
    admin.post(&format!("{first}/grants"), &json!({ "role": "treasurer", "starts_on": "2027-01-01" })).ok();
    admin.patch(&first, "*", &json!({ "member_id": anne["id"] })).refused(409, "member.has_account");
    assert_eq!(admin.patch(&first, "*", &json!({ "member_id": null })).flaws(), ["/member_id field.not_null"]);
    assert_eq!(admin.patch(&first, "*", &json!({ "member_id": zoe["id"] })).ok()["member_id"], zoe["id"]);
    admin.post(&format!("{first}/grants"), &right).ok();
    let own = |client: &Client| format!("/users/{}", user_id(client).as_str().unwrap());
    admin.patch(&own(&admin), "*", &json!({ "member_id": stranger["id"] })).refused(403, "account.own");
    head.patch(&own(&head), "*", &json!({ "member_id": anne["id"] })).refused(403, "account.beyond_your_grants");
    let seen = admin.get(&format!("{first}?expand=member")).ok();
    assert_eq!((&seen["member"], &seen["withheld"]), (&Value::Null, &json!(["member"])), "what is hidden is named");
    let seen = head.get(&format!("{}?expand=member", at("users", &made))).ok();
    assert_eq!((&seen["member"]["id"], &seen["withheld"]), (&anne["id"], &json!([])));
}

#[test]
fn a_school_with_a_correspondent_is_not_taken_away() {
    let world = World::new();
    let admin = world.admin();
    let made = admin.post("/establishments", &school_with(630_001, &json!({ "name": "École des Ormes" })));
    world.correspondent(&made.ok());
    admin.delete(&at("establishments", &made.ok()), made.etag()).refused(409, "resource.still_referenced");
}
