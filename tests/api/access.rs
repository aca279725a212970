//! Who looked at what is confidential: no answer goes out before its entry is stored, and those who may ask are told.

use crate::harness::aid::aid_with;
use crate::harness::cases::{Office, activity, at, case, case_with, cover_with, order, path, person, proceeding, step_with, user_id};
use crate::harness::data::association;
use crate::harness::forms::PDF;
use crate::harness::{Client, Reply};
use entraide::app;
use entraide::auth::Role;
use entraide::http::Endpoint;
use serde_json::{Value, json};
use std::collections::BTreeSet;

impl Office {
    fn dpo(&self) -> Client {
        self.world.user("dpo", Role::Dpo, None)
    }

    /// The entries that a request made.
    fn entries(&self, dpo: &Client, request: impl FnOnce() -> Reply) -> Vec<Value> {
        let before = dpo.all("/access-log?limit=100").len();
        let reply = request();
        let entries = dpo.all("/access-log?limit=100").split_off(before);
        for entry in &entries {
            assert_eq!(entry["request_id"], reply.header("request-id"), "{entry}");
        }
        entries
    }

    fn one(&self, dpo: &Client, request: impl FnOnce() -> Reply) -> Value {
        let mut entries = self.entries(dpo, request);
        assert_eq!(entries.len(), 1, "{entries:?}");
        entries.remove(0)
    }
}

type Look<'a> = Box<dyn FnOnce() -> Reply + 'a>;

/// The views that only those who work with them may see unrecorded: nobody.
const CONFIDENTIAL: [&str; 2] = ["DossierView", "MemberView"];
/// Tells who can look, and nothing of what they would see.
const EXPLAINS: [&str; 2] = ["dossiers_access_retrieve", "members_access_log_list"];
/// Its address names none of the dossiers that it shows: it records each by itself, see `incidents`.
const OF_DOSSIERS: [&str; 1] = ["incident_dossiers_list"];

fn discloses(endpoint: &Endpoint) -> bool {
    endpoint.route.facts.discloses.is_some()
}

#[test]
fn an_operation_that_shows_a_dossier_or_a_member_says_that_it_does() {
    let mut seen = 0;
    for endpoint in app::endpoints().iter().filter(|endpoint| ![&EXPLAINS[..], &OF_DOSSIERS[..]].concat().contains(&endpoint.route.operation.as_str())) {
        let route = &endpoint.route;
        // The answer to a patch shows what the caller wrote, and is in the record of changes.
        let answers = route.method == "GET" || (route.method == "POST" && !route.facts.conditional_write);
        let shows = endpoint.describe().schemas.iter().any(|(name, _)| CONFIDENTIAL.contains(&name.as_str()));
        let of_a_dossier = route.method == "GET" && route.path.starts_with("/dossiers/{id}");
        if (answers && shows) || of_a_dossier {
            assert!(discloses(endpoint), "{} does not record who looks", route.operation);
            seen += 1;
        }
    }
    assert!(seen >= 10, "operations are found: {seen}");
}

#[test]
fn every_operation_that_discloses_records_each_look() {
    let office = Office::new();
    let (dpo, head) = (office.dpo(), &office.head);
    let (dossier, member) = (path(&office.dossier), format!("/members/{}", office.member["id"].as_str().unwrap()));
    let searched = json!({ "name": "Dubœuf" });
    let repeated = |path: &str, body: &Value| {
        let send = || head.request("POST", path).key(&format!("again-{path}")).header("If-Match", "*").json(body).send();
        send().ok();
        let again = send();
        assert_eq!(again.header("idempotency-replayed"), "true");
        again
    };
    let get = |path: &str| head.get(path);
    let assign = json!({ "command": "assign", "referent_id": user_id(head) });
    let create_member = json!({ "association_id": office.member["association_id"], "last_name": "Núñez", "first_name": "Ana" });
    let mandate = json!({ "external_lawyer": { "name": "Anne Lac", "bar": "Moulins" }, "nature": "representation", "chosen_by_member": true,
        "expires_on": "2026-12-06" });
    let other = head.post("/dossiers", &case(&office.member)).ok();
    let twin = person(head, "63");
    let link = json!({ "kind": "related", "linked_dossier_id": other["id"] });
    let looks: Vec<(&str, Look<'_>)> = vec![
        ("cover_decisions_list", Box::new(|| get(&format!("{dossier}/cover-decisions")))),
        ("cover_decisions_create", Box::new(|| repeated(&format!("{dossier}/cover-decisions"), &cover_with(&json!({}))))),
        ("protection_requests_list", Box::new(|| get(&format!("{dossier}/protection-requests")))),
        (
            "protection_requests_create",
            Box::new(|| repeated(&format!("{dossier}/protection-requests"), &json!({ "stage": "initial", "addressed_to": "state" }))),
        ),
        ("dossier_deadlines_list", Box::new(|| get(&format!("{dossier}/deadlines")))),
        ("deadline_events_list", Box::new(|| get(&format!("{dossier}/deadline-events")))),
        ("deadline_events_create", Box::new(|| repeated(&format!("{dossier}/deadline-events"), &json!({ "kind": "accident", "occurred_on": "2026-11-20" })))),
        ("proceedings_list", Box::new(|| get(&format!("{dossier}/proceedings")))),
        ("proceedings_create", Box::new(|| repeated(&format!("{dossier}/proceedings"), &proceeding("civil")))),
        ("dossiers_list", Box::new(|| get("/dossiers"))),
        ("dossiers_retrieve", Box::new(|| get(&dossier))),
        ("dossiers_history", Box::new(|| get(&format!("{dossier}/history")))),
        ("dossiers_transitions_list", Box::new(|| get(&format!("{dossier}/transitions")))),
        ("legal_holds_list", Box::new(|| get(&format!("{dossier}/legal-holds")))),
        ("legal_holds_create", Box::new(|| repeated(&format!("{dossier}/legal-holds"), &json!({ "reason": "Contentieux en cours." })))),
        ("parties_list", Box::new(|| get(&format!("{dossier}/parties")))),
        ("parties_create", Box::new(|| repeated(&format!("{dossier}/parties"), &json!({ "role": "witness", "category": "pupil" })))),
        ("dossier_break_glass_list", Box::new(|| get(&format!("{dossier}/break-glass")))),
        ("activities_list", Box::new(|| get(&format!("{dossier}/activities")))),
        ("activities_create", Box::new(|| repeated(&format!("{dossier}/activities"), &activity(&["team"])))),
        ("documents_list", Box::new(|| get(&format!("{dossier}/documents")))),
        ("dossier_tasks_list", Box::new(|| get(&format!("{dossier}/tasks")))),
        ("tasks_create", Box::new(|| repeated(&format!("{dossier}/tasks"), &json!({ "title": "Rappeler" })))),
        ("conciliations_list", Box::new(|| get(&format!("{dossier}/conciliations")))),
        ("conciliations_create", Box::new(|| repeated(&format!("{dossier}/conciliations"), &json!({ "subject": "Dialogue." })))),
        ("links_list", Box::new(|| get(&format!("{dossier}/links")))),
        ("links_create", Box::new(|| repeated(&format!("{dossier}/links"), &link))),
        ("dossier_timeline_list", Box::new(|| get(&format!("{dossier}/timeline")))),
        ("dossiers_create", Box::new(|| repeated("/dossiers", &case(&office.member)))),
        ("dossiers_transition", Box::new(|| repeated(&format!("{dossier}/transitions"), &assign))),
        ("dossier_splits_create", Box::new(|| repeated(&format!("{dossier}/splits"), &json!({ "reason": "Deux affaires distinctes." })))),
        ("dossier_mandates_list", Box::new(|| get(&format!("{dossier}/mandates")))),
        ("lawyer_suggestions_list", Box::new(|| get(&format!("{dossier}/lawyer-suggestions")))),
        ("mandates_create", Box::new(|| repeated(&format!("{dossier}/mandates"), &mandate))),
        ("members_list", Box::new(|| get("/members"))),
        ("members_retrieve", Box::new(|| get(&member))),
        ("members_history", Box::new(|| get(&format!("{member}/history")))),
        ("members_search", Box::new(|| head.request("POST", "/members/search").json(&searched).send())),
        ("employments_create", Box::new(|| repeated(&format!("{member}/employments"), &json!({ "occupation": "cpe", "starts_on": "2020-09-01" })))),
        ("memberships_create", Box::new(|| repeated(&format!("{member}/memberships"), &subscription()))),
        ("employments_list", Box::new(|| get(&format!("{member}/employments")))),
        ("memberships_list", Box::new(|| get(&format!("{member}/memberships")))),
        ("member_transfers_list", Box::new(|| get(&format!("{member}/transfers")))),
        ("member_merges_list", Box::new(|| get(&format!("{member}/merges")))),
        ("members_cover", Box::new(|| get(&format!("{member}/cover?on=2026-11-22")))),
        ("member_duplicates_list", Box::new(|| get(&format!("{member}/duplicates")))),
        ("members_create", Box::new(|| repeated("/members", &create_member))),
        ("member_merges_create", Box::new(|| repeated(&format!("{member}/merges"), &json!({ "absorbed_id": twin["id"], "reason": "Même personne." })))),
        // The last, since the member is another department's from then on.
        ("member_transfers_create", Box::new(|| repeated(&format!("{member}/transfers"), &json!({ "to_association_id": association(head, "03") })))),
    ];
    let tried: BTreeSet<String> = looks.iter().map(|(operation, _)| (*operation).to_owned()).collect();
    let disclosing: BTreeSet<String> =
        app::endpoints().iter().filter(|endpoint| discloses(endpoint)).map(|endpoint| endpoint.route.operation.clone()).collect();
    assert_eq!(tried, disclosing, "each operation that discloses is tried here");
    let (own_dossier, own_member) = (&office.dossier["id"], &office.member["id"]);
    for (operation, look) in looks {
        let entry = office.one(&dpo, look);
        assert_eq!((&entry["operation"], &entry["rule"], &entry["actor_id"]), (&json!(operation), &json!("department_head:63"), &user_id(head)), "{entry}");
        let replays = operation.ends_with("_create") || operation.ends_with("_transition");
        assert_eq!(entry["replayed"], replays, "{operation}");
        if !["dossiers_create", "members_create"].contains(&operation) {
            let rooms = "dossier legal_holds activities documents tasks parties mandates lawyer cover protection proceedings conciliations links deadline";
            let of_a_dossier = rooms.split(' ').any(|room| operation.starts_with(room));
            let named = if of_a_dossier { (&entry["dossier_ids"], own_dossier) } else { (&entry["member_ids"], own_member) };
            assert!(named.0.as_array().unwrap().contains(named.1), "{operation}: {entry}");
        } else {
            assert_eq!(entry["dossier_ids"].as_array().unwrap().len() + entry["member_ids"].as_array().unwrap().len(), 1, "{operation}: {entry}");
        }
    }
}

#[test]
fn a_part_of_a_file_is_a_look_at_the_file() {
    let office = Office::new();
    let (dpo, head) = (office.dpo(), &office.head);
    let hold = head.post(&format!("{}/legal-holds", path(&office.dossier)), &json!({ "reason": "Contentieux en cours." })).ok();
    let member = office.member["id"].as_str().unwrap();
    let employment = head.post(&format!("/members/{member}/employments"), &json!({ "occupation": "cpe", "starts_on": "2020-09-01" })).ok();
    let party = head.post(&format!("{}/parties", path(&office.dossier)), &json!({ "role": "witness", "category": "pupil" })).ok();
    let said = json!({ "document_type": "letter", "file_name": "lettre.pdf" });
    let document = head.send_form(&format!("{}/documents", path(&office.dossier)), &said, Some(PDF)).ok();
    let file = document["current_id"].as_str().unwrap();
    let absorbed = person(head, "63");
    let merge = head.post(&format!("/members/{member}/merges"), &json!({ "absorbed_id": absorbed["id"], "reason": "Même personne." })).ok();
    let [hold, employment, party, document, merge] = [&hold, &employment, &party, &document, &merge].map(|view| view["id"].as_str().unwrap());
    let request = at("financial-aid-requests", &head.post("/financial-aid-requests", &aid_with(&office.member, &json!({}))).ok());
    let slip = head.send_form(&format!("{request}/documents"), &said, Some(PDF)).ok();
    let (slip, slip_file) = (at("aid-documents", &slip), slip["current_id"].as_str().unwrap());
    for (at, file, kind) in [
        (format!("/legal-holds/{hold}"), &office.dossier["id"], "dossier_ids"),
        (format!("/legal-holds/{hold}/transitions"), &office.dossier["id"], "dossier_ids"),
        (format!("/parties/{party}"), &office.dossier["id"], "dossier_ids"),
        (format!("/parties/{party}/history"), &office.dossier["id"], "dossier_ids"),
        (format!("/documents/{document}"), &office.dossier["id"], "dossier_ids"),
        (format!("/documents/{document}/history"), &office.dossier["id"], "dossier_ids"),
        (format!("/documents/{document}/versions"), &office.dossier["id"], "dossier_ids"),
        (format!("/documents/{document}/content"), &office.dossier["id"], "dossier_ids"),
        (format!("/document-versions/{file}/content"), &office.dossier["id"], "dossier_ids"),
        (format!("{request}/documents"), &office.member["id"], "member_ids"),
        (slip.clone(), &office.member["id"], "member_ids"),
        (format!("{slip}/history"), &office.member["id"], "member_ids"),
        (format!("{slip}/versions"), &office.member["id"], "member_ids"),
        (format!("{slip}/content"), &office.member["id"], "member_ids"),
        (format!("/aid-document-versions/{slip_file}/content"), &office.member["id"], "member_ids"),
        (format!("/employments/{employment}"), &office.member["id"], "member_ids"),
        (format!("/employments/{employment}?fields=id"), &office.member["id"], "member_ids"),
        (format!("/member-merges/{merge}"), &office.member["id"], "member_ids"),
    ] {
        assert_eq!(office.one(&dpo, || head.get(&at))[kind], json!([file]), "{at}");
    }
}

/// A membership from October, with dues that no tariff gives.
fn subscription() -> Value {
    let euros = |amount: &str| json!({ "amount": amount, "currency": "EUR" });
    json!({ "subscribed_on": "2026-10-01", "channel": "post", "association_dues": euros("5.00"), "insurance_dues": euros("6.47") })
}

#[test]
fn what_is_said_again_about_a_part_of_a_file_is_a_look_at_the_file() {
    let office = Office::new();
    let (dpo, head, dossier) = (office.dpo(), &office.head, path(&office.dossier));
    let member = format!("/members/{}", office.member["id"].as_str().unwrap());
    let make = |list: &str, body: &Value| head.post(&format!("{dossier}/{list}"), body).ok();
    let other = head.post("/dossiers", &case(&office.member)).ok();
    let proceeding = at("proceedings", &make("proceedings", &proceeding("civil")));
    let conciliation = at("conciliations", &make("conciliations", &json!({ "subject": "Dialogue." })));
    order(head, &conciliation, &json!({ "command": "accept" })).ok();
    order(head, &conciliation, &json!({ "command": "start" })).ok();
    let mandate = json!({ "external_lawyer": { "name": "Anne Lac", "bar": "Moulins" }, "nature": "representation", "chosen_by_member": true,
        "expires_on": "2026-12-06" });
    let promised = json!({ "side": "opposing", "promise": "Écrire une lettre d'excuses." });
    let membership = head.post(&format!("{member}/memberships"), &subscription()).ok();
    let step = head.post(&format!("{proceeding}/steps"), &step_with("hearing", &json!({}))).ok();
    let commitment = head.post(&format!("{conciliation}/commitments"), &promised).ok();
    let void = json!({ "command": "void", "reason": "Autre dossier." });
    let merge = head.post(&format!("{member}/merges"), &json!({ "absorbed_id": person(head, "63")["id"], "reason": "Même personne." })).ok();
    let transition = |address: String| format!("{address}/transitions");
    let (file, record) = (("dossier_ids", &office.dossier["id"]), ("member_ids", &office.member["id"]));
    for (address, body, (kind, id)) in [
        (format!("{proceeding}/steps"), step_with("hearing", &json!({})), file),
        (format!("{conciliation}/sessions"), json!({ "held_on": "2026-11-20", "medium": "in_person", "participants": "La mère." }), file),
        (format!("{conciliation}/commitments"), promised, file),
        (transition(at("proceeding-steps", &step)), void.clone(), file),
        (transition(proceeding), json!({ "command": "close", "outcome": "withdrawn" }), file),
        (transition(conciliation), json!({ "command": "agree" }), file),
        (transition(at("commitments", &commitment)), json!({ "command": "mark_kept" }), file),
        (transition(at("mandates", &make("mandates", &mandate))), json!({ "command": "accept" }), file),
        (transition(at("cover-decisions", &make("cover-decisions", &cover_with(&json!({}))))), json!({ "command": "grant" }), file),
        (transition(at("tasks", &make("tasks", &json!({ "title": "Rappeler" })))), json!({ "command": "complete" }), file),
        (
            transition(at("links", &make("links", &json!({ "kind": "related", "linked_dossier_id": other["id"] })))),
            json!({ "command": "withdraw", "reason": "Erreur." }),
            file,
        ),
        (transition(at("deadline-events", &make("deadline-events", &json!({ "kind": "accident", "occurred_on": "2026-11-20" })))), void, file),
        (transition(at("legal-holds", &make("legal-holds", &json!({ "reason": "Contentieux." })))), json!({ "command": "lift", "reason": "Terminé." }), file),
        (transition(at("memberships", &membership)), json!({ "command": "confirm", "registered_on": "2026-10-02" }), record),
        (transition(at("member-merges", &merge)), json!({ "command": "undo", "reason": "Deux personnes." }), record),
    ] {
        let send = || head.request("POST", &address).key("again").header("If-Match", "*").json(&body).send();
        send().ok();
        let entry = office.one(&dpo, send);
        assert_eq!((&entry[kind], &entry["replayed"]), (&json!([id]), &json!(true)), "{address}: {entry}");
    }
    let said = json!({ "document_type": "letter", "file_name": "lettre.pdf" });
    let request = at("financial-aid-requests", &head.post("/financial-aid-requests", &aid_with(&office.member, &json!({}))).ok());
    for (holder, collection, (kind, id)) in [(&dossier, "documents", file), (&request, "aid-documents", record)] {
        let create = || head.send_form_as(&format!("{holder}/documents"), "again", &said, Some(PDF));
        let document = at(collection, &create().ok());
        assert_eq!(office.one(&dpo, create)[kind], json!([id]), "{collection}");
        let add = || head.send_form_as(&format!("{document}/versions"), "again", &json!({ "file_name": "lettre.pdf" }), Some(PDF));
        add().ok();
        assert_eq!(office.one(&dpo, add)[kind], json!([id]), "{collection}");
    }
}

#[test]
fn a_file_that_leaves_is_a_look_whatever_is_in_it() {
    let office = Office::new();
    let dpo = office.dpo();
    for list in ["/establishments?department=63", "/contact-requests"] {
        let entry = office.one(&dpo, || office.head.request("GET", list).header("Accept", "text/csv").send());
        assert_eq!((&entry["row_count"], &entry["member_ids"], &entry["actor_id"]), (&json!(0), &json!([]), &user_id(&office.head)), "{entry}");
        assert_eq!(entry["criteria_digest"].is_string(), list.contains('?'), "{list}");
    }
}

#[test]
fn looks_at_what_is_not_confidential_write_nothing() {
    let office = Office::new();
    for path in ["/establishments", "/associations", "/me", "/tariffs", "/reference/motives", "/dossiers/01935b7e-6f00-7c3a-9c58-3f6f2b1a4d10"] {
        office.head.get(path);
    }
    office.world.head("03").get(&path(&office.dossier)).refused(404, "not_found");
    assert_eq!(office.world.rows("access_log"), 0);
}

#[test]
fn an_unchanged_answer_a_sparse_one_and_what_stands_beside_are_looks_too() {
    let office = Office::new();
    let (dpo, at) = (office.dpo(), path(&office.dossier));
    let etag = office.head.get(&at).etag().to_owned();
    let entry = office.one(&dpo, || {
        let reply = office.head.request("GET", &at).header("If-None-Match", &etag).send();
        assert_eq!(reply.status, 304);
        reply
    });
    assert_eq!((&entry["dossier_ids"][0], &entry["member_ids"]), (&office.dossier["id"], &json!([])));
    office.one(&dpo, || office.head.request("HEAD", &at).send());
    office.one(&dpo, || office.head.get(&format!("{at}?fields=id")));
    for look in [format!("{at}?expand=member"), "/dossiers?expand=member".to_owned()] {
        let entry = office.one(&dpo, || office.head.get(&look));
        assert_eq!((&entry["dossier_ids"][0], &entry["member_ids"][0]), (&office.dossier["id"], &office.member["id"]), "{look}");
    }
}

#[test]
fn a_look_that_cannot_be_recorded_gets_no_answer() {
    let office = Office::new();
    office.world.db().write_now(|conn| Ok(conn.run("ALTER TABLE access_log RENAME TO gone")?)).unwrap();
    let csv = office.head.request("GET", "/dossiers").header("Accept", "text/csv").send();
    for reply in [office.head.get(&path(&office.dossier)), office.head.get("/dossiers"), csv] {
        assert_eq!(reply.status, 500);
        assert!(!reply.text().contains("Insultée"));
    }
}

#[test]
fn a_search_is_kept_as_a_digest_with_what_it_found() {
    let office = Office::new();
    let dpo = office.dpo();
    let search = |name: &str| office.one(&dpo, || office.head.request("POST", "/members/search").json(&json!({ "name": name })).send());
    let (found, same, none) = (search("Dubœuf"), search("Dubœuf"), search("Introuvable"));
    assert_eq!((&found["member_ids"], &found["row_count"]), (&json!([office.member["id"]]), &json!(1)));
    assert_eq!((&none["member_ids"], &none["row_count"]), (&json!([]), &json!(0)));
    assert!(found["criteria_digest"].is_string() && found["criteria_digest"] == same["criteria_digest"]);
    assert_ne!(found["criteria_digest"], none["criteria_digest"]);
    assert!(!office.world.database_text().contains("Introuvable"));
}

#[test]
fn an_export_is_kept_with_its_filters_its_purpose_and_its_length() {
    let office = Office::new();
    let dpo = office.dpo();
    office.head.post("/dossiers", &case(&office.member)).ok();
    let entry = office.one(&dpo, || office.head.request("GET", "/dossiers?status=new").header("Accept", "text/csv").send());
    assert_eq!((&entry["row_count"], &entry["purpose"], &entry["dossier_ids"]), (&json!(2), &Value::Null, &json!([])));
    assert!(entry["criteria_digest"].is_string());
    let analyst = office.world.user("analyst", Role::Analyst, None);
    for accept in ["application/json", "application/x-ndjson"] {
        let entry = office.one(&dpo, || analyst.request("GET", "/dossiers?purpose=Climat+scolaire").header("Accept", accept).send());
        assert_eq!((&entry["row_count"], &entry["purpose"], &entry["rule"]), (&json!(2), &json!("Climat scolaire"), &json!("analyst")));
        assert_eq!((&entry["dossier_ids"], &entry["member_ids"]), (&json!([]), &json!([])), "under pseudonyms nobody's file is opened");
    }
}

#[test]
fn looks_are_told_to_those_who_watch_and_found_by_file_actor_and_day() {
    let office = Office::new();
    let (dpo, admin, volunteer) = (office.dpo(), office.world.admin(), office.world.volunteer("63"));
    volunteer.get(&path(&office.dossier)).ok();
    office.head.get("/members?sort=name").ok();
    let of = |query: String| dpo.all(&format!("/access-log?{query}"));
    assert_eq!(of(String::new()).len(), 2);
    assert_eq!(of(format!("subject={}", office.dossier["id"].as_str().unwrap()))[0]["actor_id"], user_id(&volunteer));
    assert_eq!(of(format!("actor={}", user_id(&office.head).as_str().unwrap()))[0]["operation"], "members_list");
    assert_eq!((of("recorded=2026-11-22/2026-11-22".to_owned()).len(), of("recorded=2026-11-23/..".to_owned()).len()), (2, 0));
    let masked = &admin.all("/access-log")[1];
    assert_eq!((&masked["criteria_digest"], &masked["withheld"]), (&Value::Null, &json!(["criteria_digest"])));
    assert_eq!(dpo.request("GET", "/access-log").header("Accept", "text/csv").send().text().lines().count(), 4, "it tells of itself");
    office.head.get("/access-log").refused(403, "function.not_granted");
}

#[test]
fn who_can_see_a_dossier_is_explained_by_roles_levels_and_the_referent() {
    let office = Office::new();
    let (dpo, volunteer, staff) = (office.dpo(), office.world.volunteer("63"), office.world.user("staff", Role::DepartmentStaff, Some("63")));
    let others = [office.world.volunteer("03"), office.world.admin(), office.world.user("analyst", Role::Analyst, None)];
    let shown = |client: &Client, dossier: &Value| client.get(&format!("{}/access", path(dossier))).ok();
    let reasons = |view: &Value, client: &Client| {
        let found = view["readers"].as_array().unwrap().iter().find(|reader| reader["user_id"] == user_id(client)).cloned();
        found.map(|reader| (reader["reads_content"].as_bool().unwrap(), reader["rules"].clone()))
    };
    let view = shown(&office.head, &office.dossier);
    assert_eq!(reasons(&view, &office.head), Some((true, json!(["department_head:63"]))));
    assert_eq!(reasons(&view, &staff), Some((true, json!(["department_staff:63"]))));
    assert_eq!(reasons(&view, &volunteer), Some((true, json!(["volunteer:63"]))));
    assert_eq!(reasons(&view, &dpo), Some((false, json!(["dpo"]))));
    assert!(others.iter().all(|other| reasons(&view, other).is_none()));
    let secret = office.head.post("/dossiers", &case_with(&office.member, &json!({ "confidentiality": "secret", "referent_id": user_id(&volunteer) }))).ok();
    let view = shown(&dpo, &secret);
    assert_eq!(reasons(&view, &staff), None, "above the ceiling");
    assert_eq!(reasons(&view, &volunteer), Some((true, json!(["referent"]))));
    assert_eq!(reasons(&shown(&volunteer, &secret), &office.head), Some((true, json!(["department_head:63"]))), "the referent may ask");
    volunteer.get(&format!("{}/access", path(&office.dossier))).refused(403, "function.not_granted");
    staff.get(&format!("{}/access", path(&secret))).refused(404, "not_found");
    office.world.link(&staff, &office.member);
    let staff = office.world.again(&staff);
    assert_eq!(reasons(&shown(&office.head, &office.dossier), &staff), None, "nobody reads their own case");
}

#[test]
fn who_opened_a_file_is_told_to_the_head_and_to_who_watches() {
    let office = Office::new();
    let (dpo, volunteer) = (office.dpo(), office.world.volunteer("63"));
    let member = format!("/members/{}", office.member["id"].as_str().unwrap());
    volunteer.get(&path(&office.dossier)).ok();
    office.head.get(&format!("{}?expand=member", path(&office.dossier))).ok();
    volunteer.get(&member).ok();
    let looks = office.head.get(&format!("{}/access", path(&office.dossier))).ok()["looks"].clone();
    assert_eq!(
        looks.as_array().unwrap().iter().map(|look| look["actor_id"].clone()).collect::<Vec<_>>(),
        [user_id(&office.head), user_id(&volunteer)],
        "the newest first"
    );
    for client in [&dpo, &office.head] {
        let looks = client.all(&format!("{member}/access-log?limit=1"));
        let told: Vec<(&Value, &Value)> = looks.iter().map(|look| (&look["operation"], &look["actor_id"])).collect();
        assert_eq!(told, [(&json!("dossiers_retrieve"), &user_id(&office.head)), (&json!("members_retrieve"), &user_id(&volunteer))]);
    }
    volunteer.get(&format!("{member}/access-log")).refused(403, "function.not_granted");
    office.world.head("03").get(&format!("{member}/access-log")).refused(404, "not_found");
}

#[test]
fn a_dossier_that_is_forgotten_is_not_found_again_through_who_looked_at_it() {
    let office = Office::new();
    office.head.get(&format!("{}?expand=member", path(&office.dossier))).ok();
    order(&office.head, &path(&office.dossier), &json!({ "command": "declare_inadmissible", "reason": "Hors champ." })).ok();
    assert!(office.world.rows("access_log_subjects WHERE subject = 'dossier'") > 0);
    let id = entraide::db::Id::parse(office.dossier["id"].as_str().unwrap()).unwrap();
    let author = entraide::audit::Author::console("test", &office.world.server.keys.records);
    let now = office.world.now();
    office
        .world
        .db()
        .write_now(move |conn| {
            let tx = &mut entraide::audit::Tx { conn, author: &author, now };
            entraide::dossiers::erasure::scrub(tx, &entraide::auth::Scope::console(), id)
        })
        .unwrap();
    assert_eq!(office.world.rows("access_log_subjects WHERE subject = 'dossier'"), 0);
    assert_eq!(office.world.rows("access_log_subjects WHERE subject = 'member'"), 1);
}
