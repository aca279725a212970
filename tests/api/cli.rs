//! The commands, as somebody at a console meets them.

use crate::harness::directory::{file, line, sound, wrong_key};
use crate::harness::{Program, declared};
use diesel::prelude::*;
use entraide::config::SETTINGS;
use entraide::db::schema::{members, memberships, training_attendance, training_certificates, training_plans, training_sessions};
use serde_json::Value;
use std::os::unix::fs::PermissionsExt;

/// A program whose database has every table.
fn migrated() -> Program {
    let program = Program::new();
    program.run(&["migrate"]).ok();
    program.run(&["keys", "generate", "data/keys"]).ok();
    program
}

#[test]
fn help_names_every_command_and_every_setting() {
    let help = Program::new().run(&["--help"]).ok();
    for command in ["serve", "migrate", "import", "user", "audit", "keys", "backup", "restore", "openapi"] {
        assert!(help.contains(&format!("\n  {command} ")), "{command}: {help}");
    }
    for (setting, purpose) in SETTINGS {
        assert!(help.contains(&format!("ENTRAIDE_{setting} ")) && help.contains(purpose), "{setting}: {help}");
    }
    for command in [["import", "establishments"], ["user", "create"], ["keys", "generate"]] {
        let help = Program::new().run(&[command[0], command[1], "--help"]).ok();
        assert!(help.contains("Usage: entraide"), "{help}");
    }
}

#[test]
fn a_word_that_is_no_command_is_refused_with_the_nearest_one() {
    Program::new().run(&["migrat"]).fails("migrate");
    Program::new().run(&["import", "establishments", "x.csv", "--mode", "all"]).fails("partial");
    assert_eq!(Program::new().run(&[]).code, Some(2));
}

#[test]
fn an_unknown_setting_is_refused_with_the_nearest_name_by_every_command() {
    for command in [["migrate", ""], ["serve", ""], ["backup", "x"]] {
        let arguments: Vec<&str> = command.into_iter().filter(|word| !word.is_empty()).collect();
        let program = Program::new().with("ENTRAIDE_LISTNE", "127.0.0.1:1").with("ENTRAIDE_WORKERS", "many");
        let ended = program.run(&arguments);
        ended.fails("ENTRAIDE_LISTNE is not a setting; the nearest one is ENTRAIDE_LISTEN");
        ended.fails("ENTRAIDE_WORKERS is not valid");
    }
}

#[test]
fn settings_come_from_a_file_too() {
    let program = Program::new();
    let (url, path) = (program.database_url.clone(), program.folder().join("entraide.toml"));
    std::fs::write(&path, format!("database_url = \"{url}\"\nworkers = 1\ntrusted_proxies = [\"10.0.0.1\"]\n")).unwrap();
    let program = program.without("ENTRAIDE_DATABASE_URL").with("ENTRAIDE_CONFIG", "entraide.toml");
    assert!(program.run(&["migrate"]).ok().contains("applied"));
    std::fs::write(&path, "listne = \"x\"\n").unwrap();
    program.run(&["migrate"]).fails("ENTRAIDE_LISTEN");
    std::fs::write(&path, "listen = \n").unwrap();
    program.run(&["migrate"]).fails("ENTRAIDE_CONFIG");
    program.with("ENTRAIDE_CONFIG", "nowhere.toml").run(&["migrate"]).fails("nowhere.toml");
}

#[test]
fn migrations_are_applied_once_and_told() {
    let program = Program::new();
    let told = program.run(&["migrate"]).ok();
    assert!(told.lines().count() >= 5 && told.lines().all(|line| line.starts_with("applied ")), "{told}");
    assert_eq!(program.run(&["migrate"]).ok(), "the database is up to date\n");
}

#[test]
fn many_servers_migrating_at_once_apply_each_migration_once() {
    // One try in ten met two of them switching the new file to its log.
    for _ in 0..8 {
        let program = Program::new();
        let told: Vec<String> = std::thread::scope(|scope| {
            let runs: Vec<_> = (0..8).map(|_| scope.spawn(|| program.run(&["migrate"]).ok())).collect();
            runs.into_iter().map(|run| run.join().unwrap()).collect()
        });
        assert_eq!(told.iter().filter(|told| told.contains("applied")).count(), 1, "{told:?}");
    }
}

#[test]
fn a_schema_newer_than_the_program_is_refused() {
    let program = migrated();
    entraide::db::connect(&program.database_url).unwrap().run("INSERT INTO __diesel_schema_migrations (version) VALUES ('29990101000000')").unwrap();
    for command in [vec!["migrate"], vec!["serve"], vec!["user", "create", "--login", "somebody", "--role", "admin"]] {
        program.run(&command).fails("29990101000000");
    }
}

#[test]
fn production_asks_for_migrations_then_for_keys_that_nobody_else_reads() {
    let program = Program::new().with("ENTRAIDE_KEYS", "keys").with("ENTRAIDE_LISTEN", "127.0.0.1:0");
    program.run(&["serve"]).fails("run `entraide migrate` first");
    program.run(&["migrate"]).ok();
    program.run(&["serve"]).fails("signing.pem");
    program.run(&["keys", "generate", "keys"]).ok();
    let secret = program.folder().join("keys/secret.key");
    std::fs::set_permissions(&secret, std::fs::Permissions::from_mode(0o644)).unwrap();
    program.run(&["serve"]).fails("secret.key");
    std::fs::set_permissions(&secret, std::fs::Permissions::from_mode(0o600)).unwrap();
    std::fs::write(&secret, "c2hvcnQ").unwrap();
    program.run(&["serve"]).fails("32 bytes");
}

#[test]
fn keys_are_made_for_their_owner_alone_and_never_replaced() {
    let program = Program::new();
    program.run(&["keys", "generate", "new/keys"]).ok();
    let mode = |name: &str| std::fs::metadata(program.folder().join(name)).unwrap().permissions().mode() & 0o777;
    assert_eq!(["new/keys", "new/keys/signing.pem", "new/keys/secret.key"].map(mode), [0o700, 0o600, 0o600]);
    let before = std::fs::read(program.folder().join("new/keys/secret.key")).unwrap();
    program.run(&["keys", "generate", "new/keys"]).fails("signing.pem");
    program.run(&["keys", "rotate", "new/keys"]).ok();
    assert_eq!(["new/keys/signing.pem", "new/keys/previous.pub"].map(mode), [0o600, 0o600]);
    program.run(&["keys", "drop", "new/keys"]).ok();
    program.run(&["keys", "drop", "new/keys"]).fails("previous.pub");
    assert_eq!(std::fs::read(program.folder().join("new/keys/secret.key")).unwrap(), before);
}

#[test]
fn an_account_is_made_with_a_password_that_is_printed_once() {
    let program = migrated();
    let told = program.run(&["user", "create", "--login", "chef.63", "--role", "department_head", "--department", "63"]).ok();
    let password = told.trim_end().rsplit(' ').next().unwrap();
    assert!(told.starts_with("user chef.63 created; password, shown this once: ") && password.len() >= 25, "{told}");
    assert_eq!(told.lines().count(), 1);
    let taken = program.run(&["user", "create", "--login", "chef.63", "--role", "admin"]);
    taken.fails("login.taken");
    assert_eq!(taken.out, "");
}

#[test]
fn a_password_from_standard_input_must_be_strong_and_is_not_printed() {
    let program = migrated();
    let create = ["user", "create", "--login", "somebody", "--role", "admin", "--password-stdin"];
    for weak in ["", "short", "somebodysomebody", "passwordpassword", "aaaaaaaaaaaaaaaaaaaa"] {
        program.run_told(&create, &format!("{weak}\n")).fails("too easy to guess");
    }
    assert_eq!(program.run_told(&create, "volcan-lave-basalte-2026\nmore\n").ok(), "user somebody created\n");
}

#[test]
fn a_role_has_a_department_exactly_where_it_needs_one() {
    let program = migrated();
    let create = |role: &str, more: &[&str]| program.run(&[&["user", "create", "--login", "somebody", "--role", role], more].concat());
    create("volunteer", &[]).fails("--department: This role is held in a department");
    create("admin", &["--department", "63"]).fails("--department: This role is not held in a department");
    create("volunteer", &["--department", "988"]).fails("988");
    create("volunteer", &["--department", "99"]).fails("--department");
    create("king", &[]).fails("department_head");
    program.run(&["user", "create", "--login", "é", "--role", "admin"]).fails("--login: ");
    create("volunteer", &["--department", "02A"]).ok();
}

#[test]
fn a_command_refuses_a_database_without_its_migrations() {
    let program = Program::new();
    std::fs::write(program.folder().join("schools.csv"), sound(1)).unwrap();
    program.run(&["import", "establishments", "schools.csv"]).fails("run `entraide migrate` first");
    program.run(&["user", "create", "--login", "somebody", "--role", "admin"]).fails("run `entraide migrate` first");
}

#[test]
fn an_import_ends_with_its_figures_and_an_exit_code() {
    let program = migrated();
    let write = |name: &str, bytes: &[u8]| std::fs::write(program.folder().join(name), bytes).unwrap();
    write("schools.csv", &file(&[line(630_001, &[]), wrong_key(630_002), line(630_003, &[("Telephone", "#REF!")])]));
    write("other.bin", b"PK\x03\x04\0\0");
    let import = |mode: &str| program.run(&["import", "establishments", "schools.csv", "--mode", mode]);
    let refused = import("atomic");
    assert_eq!((refused.code, refused.out.as_str()), (Some(1), "created 0, updated 0, unchanged 0, rejected 3\n"));
    assert_eq!(import("validate").ok(), "created 2, updated 0, unchanged 0, rejected 1\n");
    let stored = import("partial");
    assert!(stored.err.contains("line 3 (0630002") && stored.err.contains("key letter") && stored.err.contains("Telephone"), "{stored:?}");
    assert_eq!(stored.ok(), "created 2, updated 0, unchanged 0, rejected 1\n");
    assert_eq!(program.run(&["import", "establishments", "schools.csv"]).ok(), "created 0, updated 0, unchanged 2, rejected 1\n");
    program.run(&["import", "establishments", "nowhere.csv"]).fails("cannot read nowhere.csv");
    program.run(&["import", "establishments", "other.bin"]).fails("not a text file");
}

#[test]
fn the_contract_is_printed_and_the_committed_one_is_not_stale() {
    let printed: Value = serde_json::from_str(&Program::new().run(&["openapi"]).ok()).unwrap();
    // Not by assert_eq: nobody wants to read two whole contracts.
    assert!(printed == *declared(), "another contract is printed than served");
    let Ok(committed) = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/openapi/openapi.json")) else { return };
    assert!(serde_json::from_str::<Value>(&committed).unwrap() == printed, "openapi/openapi.json is stale: make contract");
}

#[test]
fn rights_are_added_to_an_account_from_the_console() {
    let program = migrated();
    program.run(&["user", "create", "--login", "claire", "--role", "admin"]).ok();
    assert_eq!(
        program.run(&["user", "grant", "--login", "claire", "--role", "department_head", "--department", "63"]).ok(),
        "user claire is department_head from today\n"
    );
    program.run(&["user", "grant", "--login", "claire", "--role", "volunteer"]).fails("--department: This role is held in a department");
    program.run(&["user", "grant", "--login", "claire", "--role", "dpo", "--department", "63"]).fails("--department: This role is not held in a department");
    program.run(&["user", "grant", "--login", "nobody", "--role", "dpo"]).fails("no account has the login nobody");
    program.run(&["user", "link", "--login", "claire", "--member", "00000001"]).fails("no member the number 00000001");
}

#[test]
fn a_demonstration_is_the_same_for_the_same_seed_and_made_in_an_empty_database_alone() {
    let people = |program: &Program| {
        let mut conn = entraide::db::connect(&program.database_url).unwrap();
        let members: Vec<(String, String, String)> = members::table
            .order(members::member_number)
            .select((members::member_number, members::search_key, members::department_code))
            .load(&mut conn)
            .unwrap();
        let periods: Vec<(i32, entraide::values::Day, String)> = memberships::table
            .inner_join(members::table.on(members::id.eq(memberships::member_id)))
            .order((members::member_number, memberships::starts_on))
            .select((memberships::year, memberships::ends_on, memberships::status))
            .load(&mut conn)
            .unwrap();
        (members, periods)
    };
    let made = |seed: &str| {
        let program = migrated();
        let told = program.run(&["demo", "--members", "700", "--dossiers", "60", "--seed", seed]).ok();
        assert!(told.contains("60 schools, 700 members, 60 dossiers, 13 requests for aid, 18 training sessions"), "{told}");
        program.run(&["demo"]).fails("has members already");
        assert_eq!(program.run(&["user", "link", "--login", "benevole-63", "--member", "10000003"]).ok(), "user benevole-63 is member 10000003\n");
        people(&program)
    };
    let first = made("7");
    assert_eq!(first.0.len(), 700);
    assert!(first == made("7"));
    assert!(first != made("8"));
}

#[test]
fn a_demonstration_shows_aid_on_its_way() {
    let program = migrated();
    program.run(&["demo", "--members", "60", "--dossiers", "6"]).ok();
    let mut conn = entraide::db::connect(&program.database_url).unwrap();
    let mut states = |table: &str| -> Vec<String> {
        #[derive(diesel::QueryableByName)]
        struct Told {
            #[diesel(sql_type = diesel::sql_types::Text)]
            status: String,
        }
        let counted = format!("SELECT status || ' ' || CAST(count(*) AS text) AS status FROM {table} GROUP BY status ORDER BY status");
        diesel::sql_query(counted).load::<Told>(&mut conn).unwrap().into_iter().map(|told| told.status).collect()
    };
    let requests = ["adjourned 1", "before_committee 2", "closed 1", "draft 1", "granted_urgently 1", "instructed 1", "more_information 1", "paid 1"];
    assert_eq!(states("financial_aid_requests"), [requests.as_slice(), &["partly_granted 1", "refused 1", "submitted 1", "withdrawn 1"]].concat());
    assert_eq!(states("aid_sessions"), ["closed 1", "convened 1"]);
    assert_eq!(states("aid_docket_items"), ["adjourned 1", "granted 2", "listed 3", "partly_granted 1", "refused 1"]);
    assert_eq!(states("aid_payments"), ["ordered 1", "paid 2"]);
}

#[test]
fn a_demonstration_has_training_in_every_state() {
    let program = migrated();
    program.run(&["demo", "--members", "40", "--dossiers", "2", "--departments", "1"]).ok();
    let mut conn = entraide::db::connect(&program.database_url).unwrap();
    let columns = (training_sessions::status, training_sessions::confirmed_count, training_sessions::waiting_count);
    let sessions: Vec<(String, i32, i32)> =
        training_sessions::table.order((training_sessions::starts_on, training_sessions::id)).select(columns).load(&mut conn).unwrap();
    let told = |status: &str, confirmed, waiting| (status.to_owned(), confirmed, waiting);
    let states = [told("completed", 8, 0), told("in_progress", 8, 0), told("cancelled", 0, 0), told("registration_open", 4, 4)];
    assert_eq!(sessions, [&states[..], &[told("scheduled", 0, 0), told("draft", 0, 0)]].concat());
    // Of eight one was excused, and another left at noon.
    let certificates: i64 = training_certificates::table.count().get_result(&mut conn).unwrap();
    let marks: i64 = training_attendance::table.count().get_result(&mut conn).unwrap();
    let plans: i64 = training_plans::table.count().get_result(&mut conn).unwrap();
    assert_eq!((certificates, marks, plans), (6, 16, 1));
}

#[test]
fn a_demonstration_of_more_departments_shares_its_members_among_them() {
    let program = migrated();
    let told = program.run(&["demo", "--members", "8", "--dossiers", "8", "--departments", "4"]).ok();
    assert!(told.contains("80 schools, 8 members, 8 dossiers"), "{told}");
    let mut conn = entraide::db::connect(&program.database_url).unwrap();
    let shared: Vec<(String, i64)> = members::table
        .group_by(members::department_code)
        .order(members::department_code)
        .select((members::department_code, diesel::dsl::count_star()))
        .load(&mut conn)
        .unwrap();
    assert_eq!(shared, ["01", "34", "63", "974"].map(|code| (code.to_owned(), 2)));
    program.run(&["demo", "--departments", "102"]).fails("102 is not in 1..=101");
}
