//! A word of its own in every text of each department, and every channel of every other department searched for it: no ordered pair
//! leaks. A few departments each time; all 101 by `make sweep`.

use super::estate::Estate;
use super::requests::{Operation, operations};
use super::{cases, side_by_side};
use crate::harness::cases::user_id;
use crate::harness::{Client, Reply, World};
use entraide::auth::Role;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Departments that are swept each time.
const FEW: usize = 4;

/// Every department's word begins with it, so that a search can ask for all of them at once.
const STEM: &str = "zqx";

/// The word of a department.
fn mark(number: usize) -> String {
    let letter = |number: usize| char::from(b'a' + u8::try_from(number % 26).unwrap());
    format!("Zqx{}{}k", letter(number / 26), letter(number))
}

/// What belongs to which department: words, ids, numbers, references, phones.
#[derive(Default)]
struct Secrets(HashMap<String, usize>);

impl Secrets {
    fn keep(&mut self, number: usize, estate: &Estate, head: &Client) {
        let text = |value: &Value| value.as_str().unwrap().to_lowercase();
        let rows = estate.ids.iter().filter(|(collection, _)| !["associations", "aid-rules"].contains(*collection)).map(|(_, id)| id.clone());
        let told = [
            text(&estate.twin["id"]),
            text(&estate.dossier["reference"]),
            text(&estate.opposed["id"]),
            text(&estate.opposed["reference"]),
            text(&estate.member["member_number"]),
            text(&estate.member["phone"]),
            text(&user_id(head)),
        ];
        self.0.extend(rows.chain(told).chain([mark(number).to_lowercase()]).map(|secret| (secret, number)));
    }

    /// Whose secrets an answer holds, headers and body.
    fn owners(&self, reply: &Reply) -> Vec<usize> {
        let headers: String = reply.headers.iter().map(|(_, value)| format!("{value} ")).collect();
        let text = (headers + &String::from_utf8_lossy(&reply.bytes)).to_lowercase();
        let words = text.match_indices(STEM).filter_map(|(at, _)| text.get(at..at + STEM.len() + 3));
        let tokens = text.split(|c: char| !(c.is_ascii_alphanumeric() || "-+".contains(c)));
        words.chain(tokens).filter_map(|token| self.0.get(token).copied()).collect()
    }
}

type Ask = Box<dyn Fn(&Client) -> Reply + Send + Sync>;

fn get(path: String, accept: &'static str) -> Ask {
    Box::new(move |client| client.request("GET", &path).header("Accept", accept).header("Prefer", "count=exact").send())
}

fn post(path: &'static str, body: Value) -> Ask {
    Box::new(move |client| client.post(path, &body))
}

/// Every channel of a caller who owns an estate, by name.
fn channels(own: &Estate) -> Vec<(String, Ask)> {
    const JSON: &str = "application/json";
    let mut channels: Vec<(String, Ask)> = Vec::new();
    // Every list and every item of the contract, in each of its forms.
    for operation in operations().into_iter().filter(|operation| operation.method == "GET") {
        let Some(path) = address(&operation, own) else { continue };
        for accept in [JSON, "text/csv", "application/x-ndjson", "application/octet-stream", "text/html"] {
            channels.push((format!("{} {accept}", operation.name), get(path.clone(), accept)));
        }
    }
    for expanded in ["dossiers?expand=member", "contact-requests?expand=dossier,member", "members?expand=association", "users?expand=member"] {
        channels.push((expanded.to_owned(), get(format!("/{expanded}&limit=100"), JSON)));
    }
    let number = own.member["member_number"].clone();
    channels.extend([
        ("search by the word that all have".to_owned(), post("/members/search", json!({ "name": STEM }))),
        ("search by the day that all have".to_owned(), post("/members/search", json!({ "birth_date": "1984-05-06" }))),
        ("card".to_owned(), post("/members/card", json!({ "member_number": number, "birth_date": "1984-05-06" }))),
    ]);
    channels
}

/// Where the caller's own row is, or the list; none where nothing of a department is.
fn address(operation: &Operation, own: &Estate) -> Option<String> {
    match operation.collection() {
        None => (!operation.path.contains("reference") && !operation.name.ends_with("_retrieve")).then(|| operation.path.to_owned()),
        Some(collection) => own.ids.get(collection).map(|id| operation.address(id)),
    }
}

/// Channels in which a department has nothing of its own.
fn is_silent(name: &str) -> bool {
    let operation = name.split(' ').next().unwrap();
    [
        "associations_",
        "establishments_",
        "team_members_",
        "tariffs_",
        "workflows_",
        "problem_types_",
        "audit_events_",
        "access_log_",
        "me_sessions_",
        "user_sessions_",
        "users_transitions_",
        "user_grants_transitions_",
        "legal_holds_transitions_",
        "break_glass_transitions_",
        "conflicts_transitions_",
        "api_clients_",
        "member_merges_transitions_",
        "member_transfers_",
        "correspondents_",
        "lawyers_",
        "incidents_",
        "lawyer_suggestions_",
        "aid_sessions_transitions_",
        "mandates_list",
        "training_commissions_",
        "attendance_list",
        "training_certificates_list",
        "training_modules_",
        "training_sessions_transitions_",
        "training_registrations_list",
        "aid_rules_",
        "payment_batches_",
        "payment_lines_",
        "instalments_",
    ]
    .iter()
    .any(|silent| operation.starts_with(silent))
}

struct Departments {
    world: World,
    estates: Vec<Estate>,
    heads: Vec<Client>,
    secrets: Secrets,
}

impl Departments {
    fn new(count: usize) -> Self {
        let world = World::with(&[("WORKERS", "2")]);
        let codes = world.admin().all("/associations?level=department&limit=100");
        let codes: Vec<&'static str> = codes.iter().map(|row| &*row["department_code"].as_str().unwrap().to_owned().leak()).take(count).collect();
        assert_eq!(codes.len(), count, "departments with an association");
        let heads: Vec<Client> = codes.iter().map(|code| world.head(code)).collect();
        let estates: Vec<Estate> = codes.iter().enumerate().map(|(number, code)| Estate::new(&world, &heads[number], code, number, &mark(number))).collect();
        let mut secrets = Secrets::default();
        estates.iter().zip(&heads).enumerate().for_each(|(number, (estate, head))| secrets.keep(number, estate, head));
        Self { world, estates, heads, secrets }
    }
}

#[test]
fn no_department_finds_the_word_of_another_in_any_channel() {
    let Departments { world, estates, heads, secrets } = Departments::new(cases("ENTRAIDE_SWEEP", FEW));
    let (asked, leaks, silent) = (AtomicUsize::new(0), Mutex::new(Vec::new()), Mutex::new(Vec::new()));
    let items: Vec<Operation> = operations().into_iter().filter(|operation| operation.method == "GET" && operation.collection().is_some()).collect();
    let single: Vec<&Operation> = items.iter().filter(|operation| operation.path.ends_with('}')).collect();
    let callers: Vec<usize> = (0..heads.len()).collect();
    side_by_side(&callers, |caller| {
        // Signed in anew: the estates of all take longer than a token lasts.
        let (client, own) = (&world.again(&heads[*caller]), &estates[*caller]);
        let look = |channel: &str, reply: &Reply| {
            asked.fetch_add(1, Ordering::Relaxed);
            let owners = secrets.owners(reply);
            for other in owners.iter().filter(|owner| *owner != caller) {
                leaks.lock().unwrap().push(format!("{} reads of {} through {channel}: {}", own.department, estates[*other].department, reply.text()));
            }
            owners.contains(caller)
        };
        for (name, ask) in channels(own) {
            let reply = ask(client);
            let told = look(&name, &reply);
            // The control: whoever the word belongs to finds it, wherever the form is one that the channel has and no further page may hold it.
            if !told && reply.status != 406 && !reply.text().contains("\"next_cursor\":\"") && !is_silent(&name) {
                silent.lock().unwrap().push(format!("{name} tells {} nothing: {} {}", own.department, reply.status, reply.text()));
            }
        }
        for (other, hidden) in estates.iter().enumerate().filter(|(other, _)| other != caller) {
            // A few ask each other for everything, all 101 take turns.
            let turns = items.iter().cycle().skip(caller + other).take(if heads.len() > FEW { 1 } else { items.len() });
            for operation in single.iter().copied().chain(turns) {
                let Some(id) = operation.collection().and_then(|collection| hidden.ids.get(collection)) else { continue };
                look(operation.name, &client.get(&operation.address(id)));
            }
            let body = json!({ "absorbed_id": hidden.id("members"), "reason": "Même personne." });
            look("an error message", &client.post(&format!("/members/{}/merges?mode=validate", own.id("members")), &body));
        }
    });
    let (leaks, silent, pairs) = (leaks.into_inner().unwrap(), silent.into_inner().unwrap(), heads.len() * (heads.len() - 1));
    assert!(leaks.is_empty(), "{} leaks:\n{}", leaks.len(), leaks[..leaks.len().min(20)].join("\n"));
    assert!(silent.is_empty(), "{}:\n{}", silent.len(), silent[..silent.len().min(40)].join("\n"));
    println!("{pairs} ordered pairs, {} channels and {} items each, {} answers, 0 leaks", channels(&estates[0]).len(), single.len(), asked.into_inner());
}

/// Those whose rights are not a department's read no text of any.
#[test]
fn no_national_role_finds_the_word_of_a_department_where_it_reads_no_content() {
    let Departments { world, estates, secrets, .. } = Departments::new(2);
    let words = |reply: &Reply| (0..2).any(|number| reply.text().to_lowercase().contains(&mark(number).to_lowercase()));
    let lists = ["audit-events", "access-log", "operations", "members", "dossiers", "dossiers?purpose=Climat", "contact-requests"];
    let national = [Role::Admin, Role::NationalStaff, Role::Analyst, Role::Dpo, Role::Lawyer, Role::AidCommitteeMember, Role::Treasurer];
    let at = |role: Role| (None, (role == Role::TrainingCoordinator).then_some("06"), None);
    for role in national.into_iter().chain([Role::SolidarityOfficer, Role::Auditor, Role::TrainingCoordinator]) {
        let client = world.user_at(role.as_str(), role, at(role));
        for accept in ["application/json", "text/csv", "application/x-ndjson"] {
            for list in lists {
                let reply = client.request("GET", &format!("/{list}")).header("Accept", accept).send();
                assert!(!words(&reply), "{role:?} at {list}: {}", reply.text());
            }
        }
        for part in ["", "/history", "/transitions"] {
            assert!(!words(&client.get(&format!("/dossiers/{}{part}", estates[0].id("dossiers")))), "{role:?} at {part}");
        }
    }
    let studied = world.user("study", Role::Analyst, None).get("/dossiers?purpose=Climat");
    assert!(secrets.owners(&studied).is_empty(), "not even an id: {}", studied.text());
}

#[test]
fn every_list_counts_what_it_holds() {
    let Departments { world, estates, heads, .. } = Departments::new(1);
    let callers = [heads[0].clone(), world.admin(), world.user("dpo", Role::Dpo, None)];
    let (mut counted, mut shown) = (0, 0);
    for operation in operations().into_iter().filter(|operation| operation.method == "GET") {
        let Some(path) = address(&operation, &estates[0]) else { continue };
        for client in &callers {
            let reply = client.request("GET", &format!("{path}?limit=100")).header("Prefer", "count=exact").send();
            let page = if reply.status == 200 && reply.header("content-type") == "application/json" { reply.json() } else { continue };
            let Some(items) = page["items"].as_array().filter(|_| page["next"].is_null()) else { continue };
            assert_eq!(page["total_count"], items.len(), "{}", operation.name);
            (counted, shown) = (counted + 1, shown + items.len());
        }
    }
    assert!(counted > 50 && shown > 50, "{counted} lists of {shown} rows");
}
