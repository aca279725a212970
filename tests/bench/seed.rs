//! Databases to measure on: an administrator, a session, and as many establishments as asked for, made by SQL.

use crate::Outcome;
use diesel::prelude::*;
use diesel::sql_types::Text;
use diesel::{QueryableByName, sql_query};
use entraide::auth::Role;
use entraide::auth::store::{self, NewGrant, NewSession, UserRow};
use entraide::clock::Clock;
use entraide::db::{self, DbConn, Id, Instant};
use std::path::{Path, PathBuf};

pub fn user() -> Id {
    Id::from_bytes(*b"\x01\x93\0\0\0\0\x70\0\x80\0bench1")
}

pub fn session() -> Id {
    Id::from_bytes(*b"\x01\x93\0\0\0\0\x70\0\x80\0bench2")
}

/// The schema, an administrator and a session that lasts.
pub fn prepare(conn: &mut DbConn) -> Outcome {
    db::migrate(conn)?;
    sign_in(conn, &[(Role::Admin, None)])
}

/// An account with these rights and a session that lasts.
pub fn sign_in(conn: &mut DbConn, rights: &[(Role, Option<&str>)]) -> Outcome {
    let clock = Clock::default();
    let now = Instant(clock.now());
    let account = UserRow {
        id: user(),
        login: "bench".to_owned(),
        display_name: "Bench".to_owned(),
        password_hash: "-".to_owned(),
        enabled: true,
        auth_version: 1,
        created_at: now,
        updated_at: now,
    };
    let mut grants = Vec::new();
    for (role, department) in rights {
        let department_code = department.map(str::parse).transpose().map_err(|_| "a department")?;
        grants.push(NewGrant {
            id: Id::new(),
            user_id: user(),
            role: *role,
            department_code,
            academy_code: None,
            establishment_id: None,
            starts_on: "2000-01-01".parse().map_err(|_| "a day")?,
            ends_on: None,
        });
    }
    let (first, others) = grants.split_first().ok_or("no right")?;
    store::insert_user(conn, &account, first)?;
    for grant in others {
        diesel::insert_into(db::schema::grants::table).values(grant).execute(conn)?;
    }
    let expires_at = Instant(now.0 + chrono::Duration::days(1));
    store::insert_session(conn, &NewSession { id: session(), user_id: user(), created_at: now, expires_at })?;
    Ok(())
}

/// The address of a SQLite file.
pub fn url(path: &Path) -> String {
    format!("sqlite://{}", path.display())
}

/// A new SQLite database with so many establishments.
pub fn sqlite(folder: &Path, name: &str, rows: usize) -> Outcome<PathBuf> {
    let path = folder.join(name);
    for suffix in ["", "-wal", "-shm"] {
        std::fs::remove_file(format!("{}{suffix}", path.display())).ok();
    }
    let mut conn = db::connect(&url(&path))?;
    prepare(&mut conn)?;
    if rows > 0 {
        // Indexes and the full text are made at the end: faster, and as compact as after a VACUUM.
        conn.run("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF")?;
        let derived: Vec<Object> =
            sql_query("SELECT type AS kind, name, sql FROM sqlite_master WHERE tbl_name='establishments' AND type IN ('index', 'trigger') AND sql IS NOT NULL")
                .load(&mut conn)?;
        for Object { kind, name, .. } in &derived {
            conn.run(&format!("DROP {kind} {name}"))?;
        }
        let insert = ROWS.replace(":rows", &rows.to_string()).replace(":departments", &serde_json::to_string(&DEPARTMENTS)?);
        conn.run(&format!("BEGIN; {insert}; COMMIT"))?;
        for Object { sql, .. } in &derived {
            conn.run(sql)?;
        }
        conn.run("INSERT INTO establishments_fts (establishments_fts) VALUES ('rebuild'); PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL")?;
        // The full text still reads on this connection.
        drop(conn);
        db::connect(&url(&path))?.run("PRAGMA wal_checkpoint(TRUNCATE)")?;
    }
    Ok(path)
}

#[derive(QueryableByName)]
struct Object {
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    sql: String,
}

/// Departments of the rows, evenly.
pub const DEPARTMENTS: [&str; 20] = ["01", "03", "07", "09", "11", "12", "13", "15", "26", "31", "32", "34", "38", "43", "46", "48", "63", "65", "66", "69"];

/// The row of number `i`, counted from 0; `get.lua` makes the same ids.
const ROWS: &str = "
INSERT INTO establishments (id, uai, name, name_key, search_key, kind, sector, status, address_line1, postal_code, city, commune_code, department_code,
    academy_code, phone, email, website, pupils, latitude, longitude, siret, nature_code, opened_on, district_uai, district_name, sites, priority_education,
    version, created_at, updated_at)
WITH RECURSIVE number (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM number WHERE i + 1 < :rows),
    patron (at, name, folded) AS (VALUES (0, 'Jean Moulin', 'jean moulin'), (1, 'Irène Joliot-Curie', 'irene joliot curie'), (2, 'Jules Ferry', 'jules ferry'),
        (3, 'Simone Veil', 'simone veil'), (4, 'Pierre et Marie Curie', 'pierre et marie curie'), (5, 'Les Cèdres', 'les cedres'), (6, 'Rosa Parks', 'rosa parks')),
    kind (at, code, name, folded, nature) AS (VALUES (0, 'nursery_school', 'École maternelle', 'ecole maternelle', '101'),
        (1, 'elementary_school', 'École élémentaire', 'ecole elementaire', '151'), (2, 'primary_school', 'École primaire', 'ecole primaire', '151'),
        (3, 'middle_school', 'Collège', 'college', '340'), (4, 'vocational_high_school', 'Lycée professionnel', 'lycee professionnel', '320')),
    town (at, department, name, folded) AS (SELECT key, value, 'Saint-Étienne-' || value, 'saint etienne ' || value FROM json_each(':departments'))
SELECT unhex(printf('0193%08x70008000%012x', i / 1000, i)), printf('9%06dS', i), kind.name || ' ' || patron.name || ' ' || i,
    kind.folded || ' ' || patron.folded || ' ' || i, kind.folded || ' ' || patron.folded || ' ' || i || ' ' || town.folded, code,
    iif(i % 10 = 0, 'private_under_contract', 'public'), 'open', i % 200 || ' rue de la République', town.department || '000', town.name,
    town.department || '001', town.department, '16', '+3356' || printf('%07d', i), 'ce.' || i || '@ac-toulouse.fr',
    iif(i % 3 = 0, 'https://ecole-' || i || '.example.org', NULL), i % 700, 42 + (i % 9000) / 1000.0, (i % 7000) / 1000.0 - 1, printf('2%013d', i), nature,
    '1970-09-01', '0310001A', 'Circonscription de ' || town.name, '[]', iif(i % 12 = 0, '[{\"level\":\"rep\",\"starts_on\":\"2020-09-01\",\"ends_on\":null}]', '[]'),
    1, 1700000000000000 + i, 1700000000000000 + i
FROM number JOIN patron ON patron.at = i % 7 JOIN kind ON kind.at = i % 5 JOIN town ON town.at = i / 7 % 20 ORDER BY i";
