//! The schema: its versions go up and down, once, and come out alike on both engines.

use crate::harness::{drop_database, empty_database};
use diesel::prelude::*;
use diesel::sql_types::Text;
use entraide::db::{self, DbConn, Engine};
use entraide::dossiers::timeline::store::ROOMS;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use tempfile::TempDir;

/// An empty database that goes with the test.
struct Empty {
    url: String,
    _folder: TempDir,
}

impl Empty {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { url: empty_database(&folder), _folder: folder }
    }

    fn connect(&self) -> DbConn {
        db::connect(&self.url).unwrap()
    }
}

impl Drop for Empty {
    fn drop(&mut self) {
        drop_database(&self.url);
    }
}

fn migrations(engine: &str) -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(engine);
    std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.path().is_dir())
        .map(|entry| entry.file_name().into_string().unwrap())
        .collect()
}

#[test]
fn every_migration_exists_for_both_engines_and_in_both_directions() {
    let names = migrations("sqlite");
    assert_eq!(names, migrations("postgres"));
    for (engine, name) in ["sqlite", "postgres"].iter().flat_map(|engine| names.iter().map(move |name| (engine, name))) {
        for direction in ["up.sql", "down.sql"] {
            let path: std::path::PathBuf = [env!("CARGO_MANIFEST_DIR"), "migrations", engine, name, direction].iter().collect();
            assert!(std::fs::read_to_string(&path).is_ok_and(|sql| !sql.trim().is_empty()), "{}", path.display());
        }
    }
}

#[derive(QueryableByName)]
struct Column {
    #[diesel(sql_type = Text)]
    relation: String,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Text)]
    nullable: String,
}

/// A table and a column; its type and whether it may be empty.
type Described = ((String, String), (String, bool));
type Schema = BTreeMap<(String, String), (String, bool)>;

/// The columns of all tables, with type and whether they may be empty.
fn schema(conn: &mut DbConn) -> Schema {
    let query = match conn.engine() {
        Engine::Sqlite => {
            "SELECT m.name AS relation, c.name AS name, lower(c.type) AS kind, iif(c.\"notnull\", 'NO', 'YES') AS nullable \
             FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table'"
        }
        Engine::Postgres => {
            "SELECT table_name::text AS relation, column_name::text AS name, data_type::text AS kind, is_nullable::text AS nullable \
             FROM information_schema.columns WHERE table_schema = current_schema()"
        }
    };
    let columns: Vec<Column> = diesel::sql_query(query).load(conn).unwrap();
    let ours = columns.into_iter().filter(|column| !column.relation.starts_with("__diesel") && !column.relation.starts_with("sqlite_"));
    ours.map(|Column { relation, name, kind, nullable }| ((relation, name), (kind, nullable == "YES"))).collect()
}

#[test]
fn the_schema_goes_up_and_down_and_up_again() {
    let database = Empty::new();
    let mut conn = database.connect();
    let names = db::migrate(&mut conn).unwrap();
    assert_eq!(names.len(), migrations("sqlite").len());
    let first = schema(&mut conn);
    assert!(first.contains_key(&("establishments".to_owned(), "uai".to_owned())));
    assert!(db::migrate(&mut conn).unwrap().is_empty(), "nothing is applied twice");
    db::revert_all(&mut conn).unwrap();
    assert!(schema(&mut conn).is_empty(), "left behind: {:?}", schema(&mut conn).keys());
    assert_eq!(db::pending(&mut conn).unwrap().len(), names.len());
    assert_eq!(db::migrate(&mut conn).unwrap(), names);
    assert_eq!(schema(&mut conn), first);
    assert!(db::pending(&mut conn).unwrap().is_empty());
}

#[derive(QueryableByName)]
struct Step {
    #[diesel(sql_type = Text)]
    detail: String,
}

/// Steps of the plan of a query, on SQLite; PostgreSQL counts its rows by itself.
fn plan(conn: &mut DbConn, query: &str) -> Option<String> {
    let DbConn::Sqlite(conn) = conn else { return None };
    let steps: Vec<Step> = diesel::sql_query(format!("EXPLAIN QUERY PLAN {query}")).load(conn).unwrap();
    Some(steps.into_iter().map(|step| step.detail).collect::<Vec<_>>().join("; "))
}

#[test]
fn what_names_a_few_is_looked_up_before_a_whole_department_is_read() {
    let database = Empty::new();
    let mut conn = database.connect();
    db::migrate(&mut conn).unwrap();
    for (table, condition, order, index) in [
        ("members", "phone = '+33612345678'", "name_key, id", "members_by_phone"),
        ("members", "email_key = 'claire@example.org'", "name_key, id", "members_by_email"),
        ("members", "birth_date = '1980-03-15'", "name_key, id", "members_by_birth"),
        ("members", "id IN (SELECT member_id FROM member_words WHERE department_code = '63' AND word >= 'dub' AND word < 'duc')", "name_key, id", "members_1"),
        ("members", "id IN (SELECT member_id FROM employments WHERE establishment_id = x'00')", "name_key, id", "members_1"),
        ("dossiers", "member_id = x'00'", "opened_on DESC, id DESC", "dossiers_by_member"),
        ("dossiers", "establishment_id = x'00'", "opened_on DESC, id DESC", "dossiers_by_establishment"),
        ("contact_requests", "member_id = x'00'", "created_at, id", "contact_requests_by_member"),
    ] {
        let living = if table == "members" { "deleted_at IS NULL AND " } else { "" };
        let query = format!("SELECT * FROM {table} WHERE {living}department_code = '63' AND {condition} ORDER BY {order} LIMIT 51");
        assert!(plan(&mut conn, &query).is_none_or(|plan| plan.contains(index)), "{query}: {:?}", plan(&mut conn, &query));
    }
}

#[test]
fn tasks_and_timelines_are_read_in_the_order_of_an_index() {
    let database = Empty::new();
    let mut conn = database.connect();
    db::migrate(&mut conn).unwrap();
    let readable = "EXISTS (SELECT 1 FROM dossiers WHERE dossiers.id = tasks.dossier_id AND (department_code = '63'))";
    let mine = "assignee_id IS NOT NULL AND assignee_id = x'00'";
    let away = "SELECT user_id FROM user_absences WHERE ends_on >= ? AND starts_on <= ? AND deleted_at IS NULL";
    let referred = format!(
        "EXISTS (SELECT 1 FROM dossiers WHERE dossiers.id = tasks.dossier_id AND (dossiers.referent_id IS NOT NULL AND dossiers.referent_id IN ({away})))"
    );
    let left = format!("assignee_id IS NULL OR order_on < ? OR (assignee_id IS NOT NULL AND assignee_id IN ({away}) OR {referred})");
    let heads = format!("({mine} OR (status = ? AND ({left})) AND department_code = '63')");
    for (table, condition, order, index) in [
        ("tasks", &*format!("department_code = '63' AND {readable} AND {heads}"), "order_on, id", "tasks_by_department"),
        ("tasks", &*format!("department_code = '63' AND {readable} AND {heads} AND status = ?"), "order_on, id", "tasks_by_status"),
        ("tasks", &*format!("department_code = '63' AND {readable} AND {heads}"), "order_on, id", "user_absences_by_end"),
        ("tasks", &*format!("department_code = '63' AND {readable}"), "order_on, id", "tasks_by_department"),
        ("tasks", &*format!("department_code = '63' AND {readable} AND status = ?"), "order_on, id", "tasks_by_status"),
        ("tasks", &*format!("{readable} AND {mine}"), "order_on, id", "tasks_by_assignee "),
        ("tasks", &*format!("department_code = '63' AND {readable} AND {mine} AND status = ?"), "order_on, id", "tasks_by_"),
        ("tasks", "dossier_id = x'00'", "order_on, id", "tasks_by_dossier"),
        ("tasks", "dossier_id = x'00'", "created_at DESC, id DESC", "tasks_in_time"),
        ("tasks", "tasks.status = 'open' AND tasks.conflict_id IS NULL AND order_on < '2026-11-22'", "order_on", "tasks_open"),
        ("tasks", "conflict_id IS NOT NULL AND status = ?", "order_on, id", "tasks_of_conflicts"),
        ("dossier_conflicts", "told_on IS NULL AND waived_on IS NULL AND id > x'00'", "id", "dossier_conflicts_untold"),
        ("deadlines", "status = 'running' AND due_on < '2026-11-22'", "due_on", "deadlines_running"),
        ("digest_mails", "status = 'queued' AND next_at <= 0", "next_at, id", "digest_mails_queued"),
        ("activities", "dossier_id = x'00' AND (author_id = x'00' OR for_team)", "started_at DESC, id DESC", "activities_by_dossier"),
        ("documents", "dossier_id = x'00'", "created_at, id", "documents_by_dossier"),
        ("document_versions", "document_id = x'00'", "number, id", "document_versions_number"),
        ("status_transitions", "whole_id = ?", "recorded_at, id", "status_transitions_in_time"),
    ] {
        let query = format!("SELECT * FROM {table} WHERE {condition} ORDER BY {order} LIMIT 51");
        let plan = plan(&mut conn, &query);
        assert!(plan.as_ref().is_none_or(|plan| plan.contains(index) && !plan.contains("TEMP B-TREE")), "{query}: {plan:?}");
    }
    // What the server looks for by itself is found, and then sorted, among what is due alone.
    for (query, index) in [
        ("lawyer_mandates WHERE lawyer_mandates.status = 'proposed' AND expires_on < ? ORDER BY id LIMIT 100", "lawyer_mandates_expiring"),
        ("tasks WHERE conflict_id IS NOT NULL AND conflict_id = ? ORDER BY id", "tasks_of_conflict "),
    ] {
        let query = format!("SELECT id FROM {query}");
        let plan = plan(&mut conn, &query);
        assert!(plan.as_ref().is_none_or(|plan| plan.contains(index)), "{query}: {plan:?}");
    }
}

#[test]
fn aid_is_listed_in_the_order_of_an_index() {
    let database = Empty::new();
    let mut conn = database.connect();
    db::migrate(&mut conn).unwrap();
    for (table, condition, order, index) in [
        ("financial_aid_requests", "department_code = '63'", "created_at, id", "financial_aid_requests_by_department"),
        ("financial_aid_requests", "department_code = '63' AND status = ?", "created_at, id", "financial_aid_requests_by_status"),
        ("financial_aid_requests", "member_id = x'00'", "created_at, id", "financial_aid_requests_by_member"),
        ("aid_payments", "department_code = '63'", "created_at, id", "aid_payments_by_department"),
        ("aid_payments", "association_id = x'00' AND status = 'ordered'", "created_at, id", "aid_payments_by_association"),
        ("aid_payments", "request_id = x'00'", "created_at, id", "aid_payments_by_request"),
        ("aid_payments", "batch_id = x'00'", "created_at, id", "aid_payments_by_batch"),
        ("aid_instalments", "request_id = x'00'", "number, id", "aid_instalments"),
        ("documents", "aid_request_id = x'00'", "created_at, id", "documents_by_aid_request"),
    ] {
        let query = format!("SELECT * FROM {table} WHERE {condition} ORDER BY {order} LIMIT 51");
        let plan = plan(&mut conn, &query);
        assert!(plan.as_ref().is_none_or(|plan| plan.contains(index)), "{query}: {plan:?}");
    }
}

#[test]
fn what_follows_from_the_rooms_of_dossiers_is_asked_in_the_order_of_the_list() {
    let database = Empty::new();
    let mut conn = database.connect();
    db::migrate(&mut conn).unwrap();
    for (scope, order, index) in [
        ("department_code = '63'", "opened_on DESC, id DESC", "dossiers_by_department"),
        ("status <> 'archived'", "opened_on, id", "dossiers_by_opening"),
        ("status <> 'archived'", "case_order, id", "dossiers_by_case_order"),
    ] {
        for asked in ["judicialised = ?", "path = ?", "path IN (?, ?)", "complaint_filed = ? AND counsel_involved = ?"] {
            let query = format!("SELECT * FROM dossiers WHERE {scope} AND {asked} ORDER BY {order} LIMIT 51");
            let plan = plan(&mut conn, &query);
            assert!(plan.as_ref().is_none_or(|plan| plan.contains(index) && !plan.contains("TEMP B-TREE")), "{query}: {plan:?}");
        }
    }
}

/// The plan by which PostgreSQL reads a page without sorting it and without reading the whole table, if an index lets it: of an empty table
/// it would do either.
fn unsorted_plan(conn: &mut DbConn, query: &str) -> String {
    for setting in ["enable_sort", "enable_seqscan", "enable_bitmapscan"] {
        conn.run(&format!("SET {setting} = off")).unwrap();
    }
    let explain = "BEGIN RETURN QUERY EXECUTE 'EXPLAIN ' || query; END";
    conn.run(&format!("CREATE OR REPLACE FUNCTION pg_temp.plan_of(query text) RETURNS SETOF text LANGUAGE plpgsql AS $$ {explain} $$")).unwrap();
    let steps: Vec<Step> = diesel::sql_query(format!("SELECT detail FROM pg_temp.plan_of($query${query}$query$) AS detail")).load(conn).unwrap();
    steps.into_iter().map(|step| step.detail).collect::<Vec<_>>().join("; ")
}

#[test]
fn what_follows_from_the_rooms_of_dossiers_is_sorted_by_in_the_order_of_an_index() {
    let database = Empty::new();
    let mut conn = database.connect();
    db::migrate(&mut conn).unwrap();
    let of_facts = ["complaint_filed", "counsel_involved", "judicialised", "path"].map(|fact| ("1 = 1", fact.to_owned(), format!("dossiers_by_{fact}")));
    let contexts = match conn.engine() {
        Engine::Sqlite => "(dossiers.contexts <> '[]' AND (1 = 0 OR instr(dossiers.contexts, '\"health_crisis\"') > 0))",
        Engine::Postgres => "(dossiers.contexts <> '[]'::jsonb AND (1 = 0 OR strpos(dossiers.contexts::text, '\"health_crisis\"') > 0))",
    };
    for (asked, sort, index) in of_facts.into_iter().chain([(contexts, "opened_on".to_owned(), "dossiers_with_contexts".to_owned())]) {
        for order in ["", " DESC"] {
            let query = format!("SELECT * FROM dossiers WHERE department_code = '63' AND {asked} ORDER BY {sort}{order}, id{order} LIMIT 51");
            let plan = plan(&mut conn, &query).unwrap_or_else(|| unsorted_plan(&mut conn, &query));
            assert!(plan.contains(&index) && !plan.contains("TEMP B-TREE") && !plan.contains("Sort"), "{query}: {plan}");
        }
    }
}

#[test]
fn what_came_to_be_in_a_dossier_is_looked_up_in_each_room() {
    let database = Empty::new();
    let mut conn = database.connect();
    db::migrate(&mut conn).unwrap();
    for (_, table, whole) in ROOMS {
        let query = format!("SELECT id, created_at FROM {table} WHERE {whole} = x'00'");
        assert!(plan(&mut conn, &query).is_none_or(|plan| plan.contains("SEARCH") && !plan.contains("SCAN")), "{query}: {:?}", plan(&mut conn, &query));
    }
}

#[test]
fn duplicates_are_read_in_the_order_of_an_index() {
    let database = Empty::new();
    let mut conn = database.connect();
    db::migrate(&mut conn).unwrap();
    for (query, index) in [
        ("dossiers WHERE department_code = ? AND dossiers.outcome = 'duplicate' ORDER BY opened_on DESC, id DESC LIMIT 51", "dossiers_duplicates"),
        ("dossier_links WHERE dossier_links.kind = 'duplicate_of' AND dossier_links.withdrawn_on IS NULL AND from_id = ?", "dossier_links_duplicate_of"),
        (
            "dossier_links WHERE dossier_links.kind = 'duplicate_of' AND dossier_links.withdrawn_on IS NULL AND to_id = ? ORDER BY from_id",
            "dossier_links_duplicates",
        ),
    ] {
        let query = format!("SELECT id FROM {query}");
        let plan = plan(&mut conn, &query);
        assert!(plan.as_ref().is_none_or(|plan| plan.contains(index)), "{query}: {plan:?}");
    }
}

#[test]
fn who_opposes_whom_is_looked_up_however_many_parties_there_are() {
    let database = Empty::new();
    let mut conn = database.connect();
    db::migrate(&mut conn).unwrap();
    for (query, index) in [
        ("party_digests d JOIN dossier_parties p ON p.id = d.party_id WHERE d.digest IN (x'00', x'01') AND p.role IN ('member')", "SEARCH d USING"),
        ("dossier_parties WHERE member_id IS NOT NULL AND member_id IN (x'00') AND role IN ('member')", "dossier_parties_by_member"),
        ("dossiers WHERE member_id IS NOT NULL AND member_id IN (x'00')", "dossiers_by_member"),
        ("dossier_conflicts WHERE (low_id = x'00' OR high_id = x'00') AND waived_on IS NULL", "dossier_conflicts_by_high"),
        ("dossier_walls WHERE party_id = x'00'", "dossier_walls_by_party"),
    ] {
        let query = format!("SELECT 1 FROM {query}");
        assert!(plan(&mut conn, &query).is_none_or(|plan| plan.contains(index) && !plan.contains("SCAN")), "{query}: {:?}", plan(&mut conn, &query));
    }
}

/// What a type of PostgreSQL is stored as by SQLite.
fn stored(kind: &str) -> &'static str {
    match kind {
        "uuid" | "bytea" => "blob",
        "text" | "date" | "jsonb" => "text",
        "integer" | "bigint" | "boolean" | "timestamp with time zone" => "integer",
        "double precision" => "real",
        _ => "unknown",
    }
}

/// SQLite finds rows of its full-text tables by `seq`; PostgreSQL keeps the words in `search_vector`.
fn belongs_to_one_engine(relation: &str, name: &str) -> bool {
    relation.contains("_fts") || name == "seq" || name == "search_vector"
}

#[test]
fn both_engines_end_with_the_same_tables() {
    let other = Empty::new();
    let mut conn = other.connect();
    if conn.engine() == Engine::Sqlite {
        // The comparison needs a PostgreSQL server.
        return;
    }
    db::migrate(&mut conn).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut embedded = db::connect(&format!("sqlite://{}", folder.path().join("schema.sqlite").display())).unwrap();
    db::migrate(&mut embedded).unwrap();
    let common = |schema: Schema| -> Schema { schema.into_iter().filter(|((relation, name), _)| !belongs_to_one_engine(relation, name)).collect() };
    let served = common(schema(&mut conn)).into_iter().map(|(place, (kind, nullable))| (place, (stored(&kind).to_owned(), nullable)));
    let (served, embedded): (Vec<_>, Vec<_>) = (served.collect(), common(schema(&mut embedded)).into_iter().collect());
    let only = |these: &[Described], those: &[Described]| these.iter().filter(|column| !those.contains(column)).cloned().collect::<Vec<Described>>();
    assert!(served == embedded, "PostgreSQL alone: {:#?}\nSQLite alone: {:#?}", only(&served, &embedded), only(&embedded, &served));
}

#[test]
fn a_schema_newer_than_the_program_is_refused() {
    let database = Empty::new();
    let mut conn = database.connect();
    db::migrate(&mut conn).unwrap();
    conn.run("INSERT INTO __diesel_schema_migrations (version) VALUES ('99991231000000')").unwrap();
    for refusal in [db::migrate(&mut conn).unwrap_err(), db::pending(&mut conn).unwrap_err()] {
        assert!(refusal.to_string().contains("install a newer one"), "{refusal}");
    }
}

#[test]
fn eight_servers_that_migrate_at_once_apply_each_migration_once() {
    let database = Empty::new();
    let start = std::sync::Barrier::new(8);
    let applied: Vec<String> = std::thread::scope(|scope| {
        let server = || {
            start.wait();
            db::migrate(&mut db::connect(&database.url).unwrap()).unwrap()
        };
        let servers: Vec<_> = (0..8).map(|_| scope.spawn(server)).collect();
        servers.into_iter().flat_map(|server| server.join().unwrap()).collect()
    });
    assert_eq!(applied.len(), migrations("sqlite").len(), "{applied:?}");
    assert!(db::pending(&mut database.connect()).unwrap().is_empty());
}
