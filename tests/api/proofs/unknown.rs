//! What is hidden is as what does not exist: byte for byte the same answer, wherever an id, a number or a name can be given.

use super::estate::Estate;
use super::requests::{operation, operations, put};
use crate::harness::cases::{at, case_with, user_id};
use crate::harness::data::tariff;
use crate::harness::training::{open, workshop};
use crate::harness::{Client, Reply, World};
use entraide::audit::{Author, Tx};
use entraide::auth::{Role, Scope, WallFact, WallKind};
use entraide::db::Id;
use entraide::dossiers::store::build_wall;
use serde_json::{Value, json};

/// What every signed-in user sees of every department.
const OPEN: [&str; 11] = [
    "associations",
    "establishments",
    "correspondents",
    "team-members",
    "lawyers",
    "unavailabilities",
    "training-modules",
    "training-commissions",
    "commission-members",
    "training-plans",
    "aid-rules",
];

/// Headers that differ from one answer to the next by nature.
const OF_THE_MOMENT: [&str; 4] = ["request-id", "date", "ratelimit", "connection"];

type Told = (u16, Vec<(String, String)>, String);

/// An answer without what belongs to the moment and without what was asked about.
fn told(reply: &Reply, asked: &str) -> Told {
    let mut headers: Vec<(String, String)> = reply.headers.iter().filter(|(name, _)| !OF_THE_MOMENT.contains(&name.as_str())).cloned().collect();
    headers.sort();
    let text = reply.text().replace(asked, "…").replace(reply.header("request-id"), "-");
    (reply.status, headers, text)
}

fn unknown() -> String {
    Id::new().to_string()
}

struct Two {
    world: World,
    /// The head of the Allier, to whom the Puy-de-Dôme is hidden.
    stranger: Client,
    hidden: Estate,
    own: Estate,
    head: Client,
}

impl Two {
    fn new() -> Self {
        let world = World::new();
        tariff(&world, 2026, "20.00", "25.50");
        let (admin, head, stranger) = (world.admin(), world.head("63"), world.head("03"));
        let hidden = Estate::new(&world, &head, "63", 1, "Zqxhidden").open(&admin, 630_001);
        let own = Estate::new(&world, &stranger, "03", 2, "Zqxown").open(&admin, 30_001);
        Self { world, stranger, hidden, own, head }
    }
}

#[test]
fn a_hidden_row_is_answered_as_one_that_does_not_exist_by_every_operation() {
    let Two { world, stranger, hidden, own, head } = Two::new();
    let (national, volunteer) = (world.user("national", Role::NationalStaff, None), world.volunteer("63"));
    let person = head.all("/members")[0].clone();
    let secret = head.post("/dossiers", &case_with(&person, &json!({ "confidentiality": "secret" }))).ok();
    // Closed to everybody whose right is not to watch: no right opens it, and no glass is broken.
    let (shut, now) = (Id::parse(hidden.id("dossiers")).unwrap(), world.now());
    let author = Author::console("test", &world.server.keys.records);
    let wall = WallFact { kind: WallKind::WithdrawnConsent, user_id: None, member_id: None };
    world.db().write_now(move |conn| build_wall(&mut Tx { conn, author: &author, now }, &Scope::console(), shut, wall)).unwrap();
    let [lawyer, officer] = [Role::Lawyer, Role::SolidarityOfficer].map(|role| world.user(role.as_str(), role, None));
    let correspondent = world.user_at("correspondent", Role::Correspondent, (Some("03"), None, Id::parse(own.id("establishments"))));
    let etag = head.get(&at("dossiers", &secret)).etag().to_owned();
    let variants: [&[(&str, &str)]; 6] = [
        &[],
        &[("If-Match", "*")],
        &[("If-Match", "\"1\"")],
        &[("If-Match", &etag), ("If-None-Match", &etag)],
        &[("If-None-Match", "*"), ("Accept-Language", "en")],
        &[("Prefer", "count=exact"), ("If-Match", "\"9\"")],
    ];
    let (mut named, mut compared) = (0, 0);
    for operation in operations() {
        // Batches and instalments are an estate's no more than they are a department's team's: their own tests hide them.
        let aside = ["sessions", "problem-types", "tariffs", "calendars", "payment-batches", "instalments"];
        let Some(collection) = operation.collection().filter(|collection| !aside.contains(collection)) else { continue };
        named += 1;
        let callers: Vec<(&Client, String)> = match collection {
            "operations" => vec![(&stranger, hidden.id(collection).to_owned()), (&national, hidden.id(collection).to_owned())],
            "dossiers" => {
                let shut = [&stranger, &national, &head, &lawyer, &officer].map(|caller| (caller, hidden.id(collection).to_owned()));
                shut.into_iter().chain([(&volunteer, secret["id"].as_str().unwrap().to_owned())]).collect()
            }
            "break-glass" | "contact-requests" => [&stranger, &national, &correspondent].map(|caller| (caller, hidden.id(collection).to_owned())).to_vec(),
            _ => vec![(&stranger, hidden.id(collection).to_owned())],
        };
        let bodies = operation.bodies();
        let bodies: Vec<Option<&Value>> = if bodies.is_empty() { vec![None] } else { bodies.iter().map(Some).collect() };
        for (caller, id) in callers {
            for body in &bodies {
                for headers in variants {
                    for query in ["", "mode=validate", "expand=member", "limit=1", "fields=id"] {
                        let absent = unknown();
                        let (here, nowhere) = (operation.send(caller, &id, *body, query, headers), operation.send(caller, &absent, *body, query, headers));
                        compared += 1;
                        let open = OPEN.contains(&collection) && here.status < 400;
                        let shown = open && operation.method == "GET" || nowhere.status == 403;
                        assert!(shown || matches!(nowhere.status, 404 | 400), "{} answers {} to an unknown id", operation.name, nowhere.status);
                        assert!(open || told(&here, &id) == told(&nowhere, &absent), "{} {query} {headers:?} tells:\n{here:#?}\n{nowhere:#?}", operation.name);
                    }
                }
            }
            if operation.method == "GET" {
                let absent = unknown();
                let head = |id: &str| caller.request("HEAD", &operation.address(id)).send();
                let (here, nowhere) = (head(&id), head(&absent));
                compared += 1;
                assert!(OPEN.contains(&collection) || told(&here, &id) == told(&nowhere, &absent), "HEAD {} tells", operation.name);
            }
        }
    }
    println!("{named} operations that name a row, {compared} pairs of answers");
}

#[test]
fn a_hidden_row_that_a_body_refers_to_is_as_one_that_does_not_exist() {
    let Two { world, stranger, hidden, own, head } = Two::new();
    let volunteer = world.volunteer("63");
    let (colleague, absent) = (user_id(&volunteer).as_str().unwrap().to_owned(), unknown());
    let person = head.all("/members")[0].clone();
    let secret = head.post("/dossiers", &case_with(&person, &json!({ "confidentiality": "secret" }))).ok();
    let call = volunteer.post("/contact-requests", &json!({ "channel": "phone", "caller_name": "Anne" })).ok();
    let open_task = stranger.post(&format!("/dossiers/{}/tasks", own.id("dossiers")), &json!({ "title": "Rappeler" })).ok();
    let open_task = open_task["id"].as_str().unwrap().to_owned();
    let convert = json!({ "command": "convert", "dossier_id": "" });
    let assign = json!({ "command": "assign", "referent_id": "" });
    let case = json!({ "member_id": own.id("members"), "association_id": own.id("associations"), "kind": "legal_information", "member_quality": "victim",
        "channel": "phone", "motive_code": "insult_or_threat", "facts": { "date": "2026-09-14" }, "referent_id": null });
    let contact = json!({ "channel": "phone", "caller_name": "Anne", "association_id": own.id("associations"), "member_id": null });
    let term = json!({ "display_name": "Anne", "starts_on": "2026-11-01", "member_id": "" });
    let party = json!({ "role": "witness", "category": "colleague", "member_id": "" });
    let period = json!({ "subscribed_on": "2026-01-05", "channel": "post", "predecessor_id": "" });
    let right = json!({ "role": "volunteer", "department_code": "03", "starts_on": "2026-11-22" });
    let account = json!({ "login": "zqxnobody", "display_name": "Anne", "member_id": "", "grant": right });
    let links = json!({ "kind": "related", "linked_dossier_id": "" });
    let mut facts = case.clone();
    facts["facts"]["incident_id"] = json!("");
    let away = json!({ "user_id": "", "starts_on": "2026-12-24", "ends_on": "2026-12-31" });
    let guest = json!({ "member_id": "" });
    let open_session = open(&stranger, &own.module, &json!({ "association_id": own.id("associations") }));
    let open_session = open_session.rsplit('/').next().unwrap();
    let plan = workshop(&own.module, &json!({ "association_id": "" }));
    let committee = json!({ "committee_id": "", "held_on": "2026-12-24" });
    let aid = json!({ "member_id": own.id("members"), "nature": "grant", "reason": "crisis", "amount": { "amount": "1.00", "currency": "EUR" } });
    let mut of_dossier = aid.clone();
    of_dossier["dossier_id"] = json!("");
    let references: [(&Client, &str, &str, Value, &str, &str); 29] = [
        (&stranger, "training_registrations_create", open_session, guest, "member_id", hidden.id("members")),
        (&stranger, "training_sessions_create", "", plan, "association_id", hidden.id("associations")),
        (&stranger, "absences_create", "", away, "user_id", &colleague),
        (&stranger, "aid_sessions_create", "", committee, "committee_id", hidden.id("aid-committees")),
        (&stranger, "financial_aid_requests_create", "", aid, "member_id", hidden.id("members")),
        (&stranger, "financial_aid_requests_create", "", of_dossier, "dossier_id", hidden.id("dossiers")),
        (&stranger, "links_create", own.id("dossiers"), links.clone(), "linked_dossier_id", hidden.id("dossiers")),
        (&volunteer, "links_create", hidden.id("dossiers"), links, "linked_dossier_id", secret["id"].as_str().unwrap()),
        (&stranger, "dossiers_create", "", facts, "incident_id", hidden.id("incidents")),
        (&stranger, "dossiers_update", own.id("dossiers"), json!({ "facts": { "incident_id": "" } }), "incident_id", hidden.id("incidents")),
        (&stranger, "dossiers_create", "", case.clone(), "member_id", hidden.id("members")),
        (&stranger, "dossiers_create", "", case.clone(), "association_id", hidden.id("associations")),
        (&stranger, "dossiers_create", "", case, "referent_id", &colleague),
        (&stranger, "dossiers_transition", own.id("dossiers"), assign, "referent_id", &colleague),
        (&stranger, "tasks_create", own.id("dossiers"), json!({ "title": "Rappeler", "assignee_id": "" }), "assignee_id", &colleague),
        (&stranger, "tasks_update", &open_task, json!({ "assignee_id": "" }), "assignee_id", &colleague),
        (&stranger, "contact_requests_create", "", contact.clone(), "member_id", hidden.id("members")),
        (&stranger, "contact_requests_create", "", contact, "association_id", hidden.id("associations")),
        (&stranger, "contact_requests_transition", own.id("contact-requests"), convert.clone(), "dossier_id", hidden.id("dossiers")),
        (&volunteer, "contact_requests_transition", call["id"].as_str().unwrap(), convert, "dossier_id", secret["id"].as_str().unwrap()),
        (&stranger, "correspondents_create", own.id("establishments"), term.clone(), "member_id", hidden.id("members")),
        (&stranger, "correspondents_update", own.id("correspondents"), json!({ "member_id": "" }), "member_id", hidden.id("members")),
        (&stranger, "member_merges_create", own.id("members"), json!({ "absorbed_id": "", "reason": "Même personne." }), "absorbed_id", hidden.id("members")),
        (&stranger, "memberships_create", own.id("members"), period, "predecessor_id", hidden.id("memberships")),
        (&stranger, "contact_requests_update", own.id("contact-requests"), json!({ "member_id": "" }), "member_id", hidden.id("members")),
        (&stranger, "parties_create", own.id("dossiers"), party, "member_id", hidden.id("members")),
        (&stranger, "parties_update", own.id("parties"), json!({ "member_id": "" }), "member_id", hidden.id("members")),
        (&stranger, "users_create", "", account, "member_id", hidden.id("members")),
        (&stranger, "users_update", own.id("users"), json!({ "member_id": "" }), "member_id", hidden.id("members")),
    ];
    for (caller, name, id, mut body, field, named) in references {
        let operation = operation(name);
        let headers: &[(&str, &str)] = if operation.takes("If-Match") { &[("If-Match", "*")] } else { &[] };
        // As a trial, and in earnest: refused, it changes nothing.
        for query in ["mode=validate", ""].iter().filter(|query| query.is_empty() || operation.takes("mode")) {
            let mut ask = |value: &str| {
                put(&mut body, field, value);
                operation.send(caller, id, Some(&body), query, headers)
            };
            let (here, nowhere) = (ask(named), ask(&absent));
            assert!(nowhere.status >= 400, "{name} takes any {field}");
            assert_eq!(told(&here, named), told(&nowhere, &absent), "{name} {field} {query}");
        }
    }
}

#[test]
fn no_filter_and_no_search_finds_what_is_hidden() {
    let Two { world, stranger, hidden, head, .. } = Two::new();
    let (reference, number) = (hidden.dossier["reference"].as_str().unwrap(), hidden.member["member_number"].as_str().unwrap());
    let user = user_id(&head);
    let member = hidden.id("members");
    world.link(&head, &hidden.member);
    let (head, stranger) = (world.again(&head), world.again(&stranger));
    let (absent, nobody) = (unknown(), unknown());
    let filters = [
        ("dossiers", "member", member, absent.as_str()),
        ("dossiers", "referent", user.as_str().unwrap(), &absent),
        ("dossiers", "reference", reference, "63-2026-999999"),
        ("dossiers", "establishment", hidden.id("establishments"), &absent),
        ("dossiers", "department", "63", "75"),
        ("dossiers", "incident", hidden.id("incidents"), &absent),
        ("dossiers", "context", "zqxhidden_tag", "zqxnobody_tag"),
        ("incidents", "department", "63", "75"),
        ("incidents", "establishment", hidden.id("establishments"), &absent),
        ("members", "number", number, "99999999"),
        ("members", "department", "63", "75"),
        ("members", "establishment", hidden.id("establishments"), &absent),
        ("contact-requests", "department", "63", "75"),
        ("contact-requests", "establishment", hidden.id("establishments"), &absent),
        ("financial-aid-requests", "member", member, &absent),
        ("financial-aid-requests", "dossier", hidden.id("dossiers"), &absent),
        ("financial-aid-requests", "department", "63", "75"),
        ("financial-aid-requests", "number", "AID-63-2026-000001", "AID-63-2026-999999"),
        ("financial-aid-requests", "context", "zqxhidden_aid", "zqxnobody_aid"),
        ("payments", "department", "63", "75"),
        ("payments", "association", hidden.id("associations"), &absent),
        ("aid-envelopes", "association", hidden.id("associations"), &absent),
        ("tasks", "assignee", user.as_str().unwrap(), &absent),
        ("absences", "user", hidden.id("users"), &absent),
        ("users", "member", member, &nobody),
        ("users", "department", "63", "75"),
    ];
    let mut compared = 0;
    for (collection, name, hidden, absent) in filters {
        for accept in ["application/json", "text/csv", "application/x-ndjson"] {
            let ask = |value: &str| {
                let reply = stranger.request("GET", &format!("/{collection}?{name}={value}")).header("Accept", accept).header("Prefer", "count=exact").send();
                assert_eq!(reply.status, 200, "{}", reply.text());
                told(&reply, value)
            };
            compared += 1;
            assert_eq!(ask(hidden), ask(absent), "{collection} by {name} as {accept}");
        }
    }
    let searches = [
        (json!({ "name": "zqxhidden" }), json!({ "name": "nobody" })),
        (json!({ "member_number": number }), json!({ "member_number": "99999999" })),
        (json!({ "email": "zqxhidden@example.org" }), json!({ "email": "nobody@example.org" })),
        (json!({ "phone": "+33600000001" }), json!({ "phone": "+33611111111" })),
        (
            json!({ "external_id": { "system": "maif", "kind": "member", "value": "zqxhidden" } }),
            json!({ "external_id": { "system": "maif", "kind": "member", "value": "nobody" } }),
        ),
    ];
    for (hidden, absent) in &searches {
        compared += 1;
        let ask = |body: &Value| told(&stranger.post("/members/search", body), "-");
        assert_eq!(ask(hidden), ask(absent), "{hidden}");
        assert_eq!(head.post("/members/search", hidden).ok()["items"].as_array().map_or(0, Vec::len).min(1), 1, "whoever may finds it: {hidden}");
    }
    println!("{compared} pairs of searches");
}

/// Lists with their counts, searches and one's own rows with their tags, as their owner sees them.
fn view(client: &Client, own: &Estate) -> Vec<Told> {
    let lists = [
        "dossiers",
        "members",
        "contact-requests",
        "users",
        "operations",
        "break-glass",
        "conflicts",
        "tasks",
        "incidents",
        "deadlines",
        "absences",
        "aid-committees",
        "aid-sessions",
        "payments",
    ]
    .map(|list| format!("/{list}?limit=100"));
    let parts = ["employments", "memberships", "merges", "transfers", "duplicates"].map(|part| format!("/members/{}/{part}", own.id("members")));
    let items = "members dossiers contact-requests legal-holds users break-glass parties conflicts activities documents tasks conciliations links deadlines absences \
         aid-documents";
    let items: Vec<String> = items.split(' ').map(|item| format!("/{item}/{}", own.id(item))).collect();
    let mut seen: Vec<_> =
        lists.iter().chain(&parts).chain(&items).map(|path| told(&client.request("GET", path).header("Prefer", "count=exact").send(), "-")).collect();
    seen.push(told(&client.post("/members/search", &json!({ "birth_date": "1984-05-06" })), "-"));
    seen
}

#[test]
fn what_is_done_elsewhere_changes_no_list_no_total_and_no_tag() {
    let world = World::new();
    tariff(&world, 2026, "20.00", "25.50");
    let stranger = world.head("03");
    let own = Estate::new(&world, &stranger, "03", 2, "Zqxown");
    let before = view(&stranger, &own);
    let head = world.head("63");
    let elsewhere = Estate::new(&world, &head, "63", 1, "Zqxhidden");
    assert_eq!(view(&stranger, &own), before);
    let again = view(&head, &elsewhere);
    head.post("/contact-requests", &json!({ "channel": "phone", "caller_name": "Anne" })).ok();
    assert_ne!(view(&head, &elsewhere), again, "whoever may sees it");
}
