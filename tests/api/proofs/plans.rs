//! No statement of the house reads the whole of a table that grows: SQLite says of each how it would look for its rows. PostgreSQL has the
//! same indexes, and looks for its rows as its own figures say.

use super::estate::Estate;
use super::requests::operations;
use crate::harness::{Client, World, postgres};
use diesel::connection::{InstrumentationEvent, set_default_instrumentation};
use diesel::prelude::*;
use diesel::sql_types::{Integer, Text};
use entraide::auth::Role;
use entraide::db::{self, DbConn};
use std::collections::BTreeSet;
use std::process::Command;
use std::sync::Mutex;

/// Every statement that the server ran.
static STATEMENTS: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

fn note(event: InstrumentationEvent<'_>) {
    if let InstrumentationEvent::StartQuery { query, .. } = event {
        let text = query.to_string();
        let statement = text.split(" -- binds").next().unwrap_or_default().trim();
        // Migrations are many statements at once.
        if !statement.contains(';') {
            STATEMENTS.lock().unwrap().insert(statement.to_owned());
        }
    }
}

/// Tables of as many rows as the federation has associations, users or partners, and not cases: a thousand or two.
const SMALL: &[&str] = &[
    "associations",
    "users",
    "grants",
    "api_clients",
    "lawyer_partners",
    "lawyer_unavailabilities",
    "tariffs",
    "training_modules",
    "aid_committees",
    "commission_members",
];

/// Whether a statement has to read what it reads: it counts it, it asks for nothing, or it is run once, when the chain of records begins.
fn is_excused(statement: &str) -> bool {
    ["COUNT(", "(1=0)", "`audit_events`.`seal` IS NULL) AND (`resource_versions`.`snapshot`"].iter().any(|part| statement.contains(part))
}

#[derive(QueryableByName)]
struct Step {
    #[diesel(sql_type = Integer)]
    id: i32,
    #[diesel(sql_type = Integer)]
    parent: i32,
    #[diesel(sql_type = Text)]
    detail: String,
}

#[derive(QueryableByName)]
struct Table {
    #[diesel(sql_type = Text)]
    name: String,
}

/// The tables that a statement reads row by row, none of them found by an index; and those that it reads so by an index within a question
/// within it. Beyond these, whoever goes through an index stops once a page is full.
fn read_whole(conn: &mut SqliteConnection, statement: &str) -> Vec<String> {
    let steps: Vec<Step> = diesel::sql_query(format!("EXPLAIN QUERY PLAN {statement}")).load(conn).unwrap_or_default();
    let within = |step: &Step| {
        let mut above = std::iter::successors(Some(step), |step| steps.iter().find(|other| other.id == step.parent));
        above.any(|step| step.detail.contains("SUBQUERY"))
    };
    let scanned = |step: &Step| {
        let mut words = step.detail.strip_prefix("SCAN ")?.split(' ');
        let table = words.next()?;
        // A full text is no table: it is asked for words.
        words.next().is_none_or(|how| how == "USING" && within(step)).then(|| table.to_owned())
    };
    steps.iter().filter_map(scanned).collect()
}

/// Asks each list and each item of the contract for everything that it can be asked for.
fn ask(client: &Client, own: &Estate) {
    for operation in operations().into_iter().filter(|operation| operation.method == "GET") {
        let id = operation.collection().and_then(|collection| own.ids.get(collection)).map_or("", String::as_str);
        for query in operation.questions() {
            client.request("GET", &format!("{}{query}", operation.address(id))).header("Prefer", "count=exact").send();
        }
    }
}

/// In a process of its own: what other tests ask of their databases is no statement of the house.
#[test]
fn no_statement_reads_the_whole_of_a_table_that_grows() {
    if postgres().is_some() {
        return;
    }
    let proof = ["--exact", "--ignored", "proofs::plans::every_statement_that_a_server_runs_is_explained"];
    let output = Command::new(std::env::current_exe().unwrap()).args(proof).output().unwrap();
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && told.contains("1 passed"), "{told}");
}

#[test]
#[ignore = "run by the test before it"]
fn every_statement_that_a_server_runs_is_explained() {
    set_default_instrumentation(|| Some(Box::new(note))).unwrap();
    let world = World::new();
    let own = Estate::new(&world, &world.head("63"), "63", 1, "Zqxaak");
    let both = world.head("15");
    world.grant(&both, Role::DepartmentHead, Some("63"));
    let national =
        [Role::Admin, Role::NationalStaff, Role::Analyst, Role::Dpo, Role::Lawyer, Role::AidCommitteeMember, Role::Treasurer, Role::SolidarityOfficer];
    let callers = national.map(|role| world.user(role.as_str(), role, None));
    for client in callers.iter().chain([&world.head("63"), &world.again(&both), &world.volunteer("63")]) {
        ask(client, &own);
    }
    set_default_instrumentation(|| None).unwrap();
    let DbConn::Sqlite(mut conn) = db::connect(&world.database_url).unwrap() else { panic!("SQLite") };
    let statements: Vec<String> = STATEMENTS.lock().unwrap().iter().filter(|statement| !is_excused(statement)).cloned().collect();
    assert!(statements.len() > 500, "{} statements", statements.len());
    let tables: Vec<Table> = diesel::sql_query("SELECT name FROM sqlite_master WHERE type = 'table'").load(&mut conn).unwrap();
    let grows = |table: &str| tables.iter().any(|known| known.name == table) && !SMALL.contains(&table);
    let flaws: Vec<String> = statements
        .iter()
        .flat_map(|statement| read_whole(&mut conn, statement).into_iter().map(move |table| (table, statement)))
        .filter(|(table, _)| grows(table))
        .map(|(table, statement)| format!("{table}: {statement}"))
        .collect();
    assert!(flaws.is_empty(), "{} of {} statements:\n{}", flaws.len(), statements.len(), flaws.join("\n"));
}
