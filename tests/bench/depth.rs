//! What lies under the dossiers: one with much beneath it, the deadlines of all, the parties by which conflicts are found, and what a
//! server costs that has nothing to do.

use crate::cases::{OWN, in_turn};
use crate::load::{Script, load, median, middle};
use crate::served::{RUNNERS, Served, cpu_of};
use crate::table::{Ceiling, Table};
use crate::{Bench, Outcome, cases};
use diesel::prelude::*;
use entraide::audit::Author;
use entraide::auth::RecordKey;
use entraide::clock::Clock;
use entraide::db::schema::{deadline_events, deadlines, dossiers, proceeding_steps, protection_requests};
use entraide::db::{self, Db, DbConn, Id, Instant, Json};
use entraide::dossiers::circumstances::FactsSnapshot;
use entraide::dossiers::deadlines::events::model::DeadlineEventKind;
use entraide::dossiers::deadlines::recompute::recompute_all;
use entraide::dossiers::deadlines::store::DeadlineRow;
use entraide::dossiers::model::DossierStatus;
use entraide::dossiers::motives::model::MotiveCode;
use entraide::dossiers::proceeding_steps::model::{ActingSide, ProceedingStepKind};
use entraide::dossiers::protection_requests::model::ProtectionStatus;
use entraide::values::{Day, DepartmentCode};
use std::hint::black_box;
use std::time;

/// All of it, on SQLite.
pub fn measure(bench: &Bench, table: &mut Table, url: &str) -> Outcome {
    one(bench, table, url)?;
    clocks(bench, table, url)?;
    parties(bench, table, url)?;
    idle(bench, table, url)
}

/// Dossiers of the own department that are worked on, with the day of their facts, those beneath which nothing was done.
fn open(url: &str, most: i64) -> Outcome<Vec<(Id, Day)>> {
    let worked = dossiers::table.filter(dossiers::department_code.eq(OWN).and(dossiers::status.eq("in_progress")).and(dossiers::path.eq("advice")));
    Ok(worked.order(dossiers::id).select((dossiers::id, dossiers::facts_on)).limit(most).load(&mut db::connect(url)?)?)
}

const ACTIVITIES: usize = 200;
const DOCUMENTS: usize = 30;

/// A dossier with much under it against one with nothing, and its timeline against a plain list.
fn one(bench: &Bench, table: &mut Table, url: &str) -> Outcome {
    let served = Served::own(&bench.keys, url, &[])?;
    let [(full, facts_on), (empty, _)] = *open(url, 2)?.as_slice() else { return Err("two dossiers are needed".into()) };
    let at = |id: Id| format!("/api/v1/dossiers/{id}");
    fill(&served, &at(full), facts_on)?;
    let (full, empty) = (at(full), at(empty));
    let (filled, bare) = ([full.clone()], [empty]);
    let [much, nothing] = in_turn(bench, [(&served, Script::Paths(&filled)), (&served, Script::Paths(&bare))])?;
    let (measured, against) = (format!("{:.0} µs CPU", much.cpu), format!("{:.0} µs, one with nothing under it", nothing.cpu));
    let named = format!("GET a dossier, {ACTIVITIES} activities, {DOCUMENTS} documents, 10 others under it");
    table.add(&named, &measured, &against, much.cpu / nothing.cpu, Ceiling::AtMost(1.5));
    let (merged, plain) = ([format!("{full}/timeline?limit=50")], [format!("{full}/activities?limit=50")]);
    let [timeline, list] = in_turn(bench, [(&served, Script::Paths(&merged)), (&served, Script::Paths(&plain))])?;
    let (measured, against) = (format!("{:.0} pages/s", timeline.per_second), format!("{:.0} pages/s, its activities", list.per_second));
    table.add("Timeline, page of 50", &measured, &against, timeline.per_second / list.per_second, Ceiling::AtLeast(0.5));
    table.latency("timeline, page of 50", &timeline);
    table.latency("activities, page of 50", &list);
    Ok(())
}

/// Does under a dossier what a department does in a long case.
fn fill(served: &Served, dossier: &str, facts_on: Day) -> Outcome {
    let clock = Clock::default();
    for number in 0..ACTIVITIES {
        let started = format!("{facts_on}T{:02}:{:02}:00Z", number / 60, number % 60);
        let body =
            format!(r#"{{"kind":"interview","medium":"phone","started_at":"{started}","minutes":30,"summary":"Échange n° {number}.","visibility":["team"]}}"#);
        served.post(&format!("{dossier}/activities"), "application/json", &body)?;
    }
    for number in 0..DOCUMENTS {
        let part = |name: &str, value: &str| format!("--zqx\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        let file = "--zqx\r\nContent-Disposition: form-data; name=\"file\"; filename=\"piece.pdf\"\r\nContent-Type: application/pdf\r\n\r\n";
        let named = part("file_name", &format!("piece-{number}.pdf"));
        let body = format!("{}{named}{file}%PDF-1.7\n1 0 obj\n%%EOF\n\r\n--zqx--\r\n", part("document_type", "letter"));
        served.post(&format!("{dossier}/documents"), "multipart/form-data; boundary=zqx", &body)?;
    }
    let proceeding = format!(r#"{{"nature":"civil","member_side":"victim","opened_on":"{facts_on}"}}"#);
    let expires_on = Day(clock.today().checked_add_days(chrono::Days::new(14)).ok_or("a day")?);
    let mandate =
        format!(r#"{{"external_lawyer":{{"name":"Anne Lac","bar":"Moulins"}},"nature":"representation","chosen_by_member":true,"expires_on":"{expires_on}"}}"#);
    let cover = format!(r#"{{"instance":"insurer","insurer_code":"maif","member_informed_on":"{facts_on}"}}"#);
    let beneath = [
        ("proceedings", 4, proceeding.as_str()),
        ("conciliations", 3, r#"{"subject":"Reprendre le dialogue."}"#),
        ("mandates", 1, &mandate),
        ("cover-decisions", 1, &cover),
        ("protection-requests", 1, r#"{"stage":"initial","addressed_to":"state"}"#),
    ];
    for (room, times, body) in beneath {
        for _ in 0..times {
            served.post(&format!("{dossier}/{room}"), "application/json", body)?;
        }
    }
    Ok(())
}

/// The deadlines of all dossiers computed anew against the rows that they are computed from, read; processor time of either.
fn clocks(bench: &Bench, table: &mut Table, url: &str) -> Outcome {
    let (db, author) = (Db::open(&db::Settings { url: url.to_owned(), connections: 1, write_batch: 64 })?, Author::console("bench", &RecordKey::new(b"bench")));
    let now = Instant(Clock::default().now());
    let (count, _) = recompute_all(&db, &author, now)?;
    let (mut own, mut bare) = (Vec::new(), Vec::new());
    for _ in 0..=bench.rounds {
        own.push(cpu_of_each(bench.time, || {
            let (_, changed) = recompute_all(&db, &author, now)?;
            if changed == 0 { Ok(()) } else { Err("something differed again".into()) }
        })?);
        let mut conn = db::connect(url)?;
        bare.push(cpu_of_each(bench.time, || plain(&mut conn))?);
    }
    let (own, bare) = (middle(own.split_off(1)), middle(bare.split_off(1)));
    let (measured, against) = (format!("{:.0} ms CPU", own / 1e3), format!("{:.0} ms, their rows read", bare / 1e3));
    table.add(&format!("Deadlines of {count} dossiers computed anew"), &measured, &against, own / bare, Ceiling::AtMost(3.0));
    Ok(())
}

/// Processor time of this process, in microseconds, for one run of what is repeated for so long.
fn cpu_of_each(time: time::Duration, mut run: impl FnMut() -> Outcome) -> Outcome<f64> {
    let (started, before, mut runs) = (time::Instant::now(), cpu_of("/proc/self/stat")?, 0_u32);
    while runs == 0 || started.elapsed() < time {
        run()?;
        runs += 1;
    }
    Ok(cpu_of("/proc/self/stat")?.saturating_sub(before).as_secs_f64() * 1e6 / f64::from(runs))
}

type Ground = (Id, DossierStatus, Day, MotiveCode, Json<Vec<MotiveCode>>, Json<FactsSnapshot>, DepartmentCode);
type Request = (Id, Id, ProtectionStatus, (Option<Day>, Option<Day>, Option<Day>, Option<Day>, Option<Day>));

/// Every row that deadlines are computed from, and every deadline, one statement a table.
fn plain(conn: &mut DbConn) -> Outcome {
    let DbConn::Sqlite(conn) = conn else { return Err("SQLite is needed".into()) };
    let then = (dossiers::motive_code, dossiers::secondary_motive_codes, dossiers::facts_snapshot, dossiers::department_code);
    let (code, others, snapshot, department) = then;
    let grounds = dossiers::table.select((dossiers::id, dossiers::status, dossiers::facts_on, code, others, snapshot, department));
    drain(grounds.load_iter::<Ground, _>(conn)?)?;
    drain(deadlines::table.select(DeadlineRow::as_select()).load_iter(conn)?)?;
    let events = (deadline_events::dossier_id, deadline_events::id, deadline_events::kind, deadline_events::occurred_on);
    drain(deadline_events::table.select(events).load_iter::<(Id, Id, DeadlineEventKind, Day), _>(conn)?)?;
    let (days, more) = ((protection_requests::received_on, protection_requests::decided_on), protection_requests::appealed_on);
    let (silence, suit) = (protection_requests::silence_due_on, protection_requests::suit_due_on);
    let requests = (protection_requests::dossier_id, protection_requests::id, protection_requests::status, (days.0, days.1, more, silence, suit));
    drain(protection_requests::table.select(requests).load_iter::<Request, _>(conn)?)?;
    let acts = (proceeding_steps::dossier_id, proceeding_steps::id, proceeding_steps::kind, proceeding_steps::done_by, proceeding_steps::occurred_on);
    drain(proceeding_steps::table.select(acts).load_iter::<(Id, Id, ProceedingStepKind, ActingSide, Day), _>(conn)?)
}

fn drain<Row>(rows: impl Iterator<Item = QueryResult<Row>>) -> Outcome {
    for row in rows {
        black_box(row?);
    }
    Ok(())
}

const FEW: usize = 3_000;
const MANY: usize = 300_000;

/// An opponent recorded, which looks for conflicts, among few parties and among many.
fn parties(bench: &Bench, table: &mut Table, url: &str) -> Outcome {
    let cases = open(url, 500)?;
    let opponent = |number: usize| {
        let born = format!("19{:02}-{:02}-{:02}", 50 + number % 50, 1 + number % 12, 1 + number % 28);
        format!(r#"{{"role":"opposing_party","category":"outsider","display_name":"ROUSSEL-{number} Paul","birth_date":"{born}"}}"#)
    };
    let posts: Vec<_> = (0..2000).zip(cases.iter().cycle()).map(|(number, (id, _))| (format!("/api/v1/dossiers/{id}/parties"), "", opponent(number))).collect();
    let mut costs = Vec::new();
    for count in [FEW, MANY] {
        people(url, count)?;
        let served = Served::own(&bench.keys, url, &[])?;
        let mut runs = Vec::new();
        for _ in 0..=bench.rounds {
            runs.push(load(&bench.folder, &served, &Script::Posts(&posts), cases::CONNECTIONS, bench.time)?);
            forget(url)?;
        }
        let run = median(runs.split_off(1))?;
        table.latency(&format!("a party added among {count}"), &run);
        costs.push(run.cpu);
    }
    let [few, many] = *costs.as_slice() else { return Err("two sizes are measured".into()) };
    let (measured, against) = (format!("{many:.0} µs CPU among {MANY}"), format!("{few:.0} µs among {FEW}"));
    table.add("A party added, conflicts looked for", &measured, &against, many / few, Ceiling::AtMost(1.3));
    Ok(())
}

/// So many opponents, made at the beginning of time, each with two digests that nobody else has.
fn people(url: &str, count: usize) -> Outcome {
    let mut conn = db::connect(url)?;
    Ok(conn.run(&format!(
        "BEGIN;
        INSERT INTO dossier_parties (id, dossier_id, role, category, version, created_at, updated_at)
            WITH RECURSIVE number (i) AS (SELECT (SELECT count(*) FROM dossier_parties WHERE created_at = 0) UNION ALL SELECT i + 1 FROM number WHERE i + 1 < {count}),
                place (at, id) AS MATERIALIZED (SELECT row_number() OVER (ORDER BY id) - 1, id FROM dossiers WHERE status <> 'anonymised' LIMIT 3000)
            SELECT randomblob(16), place.id, 'opposing_party', 'outsider', 1, 0, 0 FROM number JOIN place ON place.at = number.i % (SELECT count(*) FROM place);
        INSERT INTO party_digests (digest, party_id) SELECT randomblob(32), id FROM dossier_parties, (SELECT 1 UNION ALL SELECT 2)
            WHERE created_at = 0 AND id NOT IN (SELECT party_id FROM party_digests);
        COMMIT"
    ))?)
}

/// Removes what a load added.
fn forget(url: &str) -> Outcome {
    let mut conn = db::connect(url)?;
    let added = "(SELECT id FROM dossier_parties WHERE created_at > 0)";
    Ok(conn.run(&format!(
        "BEGIN IMMEDIATE; DELETE FROM dossier_walls WHERE party_id IN {added}; DELETE FROM party_digests WHERE party_id IN {added};
        DELETE FROM dossier_parties WHERE created_at > 0; COMMIT"
    ))?)
}

/// How long a server is watched that has nothing to do: one round of what it does by itself, which comes every minute.
const WATCHED: time::Duration = time::Duration::from_secs(60);
/// What fell due while no server ran is done first.
const PATIENCE: u32 = 20;

/// Statements of a server to which nobody speaks, once it has nothing left to do.
fn idle(bench: &Bench, table: &mut Table, url: &str) -> Outcome {
    let served = Served::own(&bench.keys, url, &[(RUNNERS, "1".to_owned())])?;
    let (mut pace, mut before) = (f64::INFINITY, served.statements()?);
    for _ in 0..PATIENCE {
        std::thread::sleep(WATCHED);
        let now = served.statements()?;
        let last = std::mem::replace(&mut pace, (now - before) / WATCHED.as_secs_f64());
        before = now;
        // Twice the same: nothing is left to catch up on.
        if last <= pace {
            break;
        }
    }
    table.add("Statements of what runs by itself, idle", &format!("{pace:.2}/s"), "1/s", pace, Ceiling::AtMost(1.0));
    Ok(())
}
