//! 64 clients who register on one session, against as many who create members: every registration takes the next place of the same session.

use crate::cases::{OWN, rate};
use crate::load::{Run, Script, load, median};
use crate::postgres::Cluster;
use crate::served::Served;
use crate::table::{Ceiling, Table};
use crate::{Bench, Outcome, seed};
use diesel::prelude::*;
use entraide::auth::{Role, Scope};
use entraide::clock::Clock;
use entraide::db::schema::{training_modules, training_sessions};
use entraide::db::{self, DbConn, Id, Instant, Json};
use entraide::training_modules::model::{MinimumShare, ModuleHours};
use entraide::training_modules::store::TrainingModuleRow;
use entraide::training_sessions::model::{Capacity, Delivery, OrganiserLevel, TrainingFormat, TrainingSessionStatus};
use entraide::training_sessions::store::TrainingSessionRow;
use entraide::values::{Day, Number};

const CLIENTS: usize = 64;
/// Connections to PostgreSQL that serve them.
const CONNECTIONS: usize = 32;
/// People of one run, of whom nobody comes twice.
const PEOPLE: usize = 90_000;

pub fn sqlite(bench: &Bench, table: &mut Table) -> Outcome {
    let path = bench.folder.join("training.sqlite");
    for suffix in ["", "-wal", "-shm"] {
        std::fs::remove_file(format!("{}{suffix}", path.display())).ok();
    }
    measure(bench, table, "SQLite", &seed::url(&path), &[])?;
    std::fs::remove_file(path).ok();
    Ok(())
}

pub fn postgres(bench: &Bench, table: &mut Table) -> Outcome {
    let cluster = Cluster::start()?;
    measure(bench, table, "PostgreSQL", &cluster.url, &[("ENTRAIDE_DATABASE_CONNECTIONS", CONNECTIONS.to_string())])
}

fn measure(bench: &Bench, table: &mut Table, engine: &str, url: &str, settings: &[(&str, String)]) -> Outcome {
    let mut conn = db::connect(url)?;
    db::migrate(&mut conn)?;
    seed::sign_in(&mut conn, &[(Role::DepartmentHead, Some(OWN))])?;
    let (association_id, session_id) = open_session(&mut conn)?;
    drop(conn);
    let served = Served::own(&bench.keys, url, settings)?;
    let registrations = format!("/api/v1/training-sessions/{session_id}/registrations");
    let guest = |number: usize| format!(r#"{{"outsider":{{"name":"Anne Lac {number}","email":"anne.{number}@example.org"}}}}"#);
    let member =
        |number: usize| format!(r#"{{"association_id":"{association_id}","last_name":"Lac","first_name":"Anne","email":"anne.{number}@example.org"}}"#);
    let (mut registered, mut created) = (Vec::new(), Vec::new());
    for run in 0..=bench.rounds {
        registered.push(post(bench, &served, run, &registrations, guest)?);
        created.push(post(bench, &served, run, "/api/v1/members", member)?);
    }
    let (registered, created) = (median(registered.split_off(1))?, median(created.split_off(1))?);
    let (name, ratio) = (format!("Registrations on one session, {engine}"), registered.per_second / created.per_second);
    table.add(&name, &rate(&registered), &format!("{} creates of members", rate(&created)), ratio, Ceiling::AtLeast(0.7));
    table.latency(&name, &registered);
    Ok(())
}

fn post(bench: &Bench, served: &Served, run: usize, path: &str, body: impl Fn(usize) -> String) -> Outcome<Run> {
    let posts: Vec<(String, &'static str, String)> = (run * PEOPLE..(run + 1) * PEOPLE).map(|number| (path.to_owned(), "", body(number))).collect();
    load(&bench.folder, served, &Script::Posts(&posts), CLIENTS, bench.time)
}

/// A session of twenty seats that takes registrations, and its association.
fn open_session(conn: &mut DbConn) -> Outcome<(Id, Id)> {
    let (now, scope) = (Instant(Clock::default().now()), Scope::console());
    let association = entraide::associations::store::find_of_department(conn, &scope, OWN)?.ok_or("an association")?;
    let day = Day::of(now.0);
    let module = TrainingModuleRow {
        id: Id::new(),
        code: "BENCH".parse()?,
        title: "Responsabilité civile".parse()?,
        title_key: "responsabilite civile".to_owned(),
        themes: Json(Vec::new()),
        objectives: None,
        hours: ModuleHours::checked(3.0)?,
        audiences: Json(Vec::new()),
        minimum_share: MinimumShare::default(),
        retired: false,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    let session = TrainingSessionRow {
        id: Id::new(),
        module_id: module.id,
        organiser_level: OrganiserLevel::Department,
        association_id: Some(association.id),
        department_code: association.department_code,
        academy_code: Some("06".parse()?),
        format: TrainingFormat::Conference,
        delivery: Delivery::InPerson,
        audiences: Json(Vec::new()),
        venue: Some("Salle Blaise-Pascal".parse()?),
        meeting_url: None,
        capacity: Capacity::checked(20)?,
        opens_on: None,
        closes_on: None,
        on_approval: false,
        starts_on: day,
        ends_on: day,
        agreement_reference: None,
        agreement_signed_on: None,
        agreement_partner: None,
        status: TrainingSessionStatus::RegistrationOpen,
        scheduled_on: Some(day),
        confirmed_count: 0,
        waiting_count: 0,
        last_queued: 0,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    diesel::insert_into(training_modules::table).values(&module).execute(conn)?;
    diesel::insert_into(training_sessions::table).values(&session).execute(conn)?;
    Ok((association.id, session.id))
}
