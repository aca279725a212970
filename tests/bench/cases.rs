//! The work of a department among all the others: members, cover, dossiers, searches, the case export.

use crate::bulk::drain;
use crate::load::{Run, Script, load, median, middle};
use crate::postgres::Cluster;
use crate::served::{Served, cpu_of};
use crate::table::{Ceiling, Table};
use crate::{Bench, Outcome, client, depth, seed};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use entraide::audit::{Author, Tx};
use entraide::auth::{Role, Scope};
use entraide::clock::Clock;
use entraide::db::schema::{dossiers, members};
use entraide::db::{self, DbConn, Id, Instant, Json};
use entraide::dossiers::store::DossierRow;
use entraide::dossiers::view::DossierView;
use entraide::members::memberships::bodies::year_of;
use entraide::members::memberships::model::{MembershipState, Product, SubscriptionChannel};
use entraide::members::memberships::store::{self as memberships, MembershipRow};
use entraide::values::{Day, Money};
use std::path::Path;
use std::process::{Command, Stdio};

pub const CONNECTIONS: usize = 32;
const WRITERS: usize = 64;
/// The department whose head asks, one of 101 that share the members and the dossiers.
pub const OWN: &str = "63";
/// What a load picks from.
const SAMPLE: i64 = 2000;

/// Everything on SQLite.
pub fn sqlite(bench: &Bench, table: &mut Table) -> Outcome {
    let path = bench.folder.join("cases.sqlite");
    for suffix in ["", "-wal", "-shm"] {
        std::fs::remove_file(format!("{}{suffix}", path.display())).ok();
    }
    let url = seed::url(&path);
    let measured = furnish(bench, bench.members, &RIGHTS, &url).and_then(|sample| {
        reads(bench, table, "SQLite", &url, &sample)?;
        list(bench, table, &url)?;
        derived(bench, table, &url)?;
        sorted(bench, table, &url)?;
        context(bench, table, &url)?;
        depth::measure(bench, table, &url)?;
        cover(bench, table, &url, &sample)?;
        transitions(bench, table, &url)?;
        export(bench, table, &url, &path)
    });
    std::fs::remove_file(path).ok();
    measured
}

/// The reads on PostgreSQL.
pub fn postgres(bench: &Bench, table: &mut Table) -> Outcome {
    let cluster = Cluster::start()?;
    let sample = furnish(bench, bench.members, &RIGHTS, &cluster.url)?;
    reads(bench, table, "PostgreSQL", &cluster.url, &sample)
}

/// Ids and names of the own department.
pub struct Sample {
    pub members: Vec<(Id, String)>,
    pub dossiers: Vec<Id>,
}

/// The rights of whoever asks.
const RIGHTS: [(Role, Option<&str>); 2] = [(Role::DepartmentHead, Some(OWN)), (Role::Analyst, None)];

/// A demonstration with so many members, and somebody who is signed in with these rights.
pub fn furnish(bench: &Bench, members: usize, rights: &[(Role, Option<&str>)], url: &str) -> Outcome<Sample> {
    let mut conn = db::connect(url)?;
    db::migrate(&mut conn)?;
    let program = std::env::current_exe()?.with_file_name("entraide");
    let (members, dossiers) = (members.to_string(), (members * 12 / 50).to_string());
    let mut command = Command::new(program);
    command.args(["demo", "--members", &members, "--dossiers", &dossiers, "--departments", "101"]).env("ENTRAIDE_DATABASE_URL", url);
    command.env("ENTRAIDE_KEYS", &bench.keys).stdout(Stdio::null());
    if !command.status()?.success() {
        return Err("the demonstration was not made".into());
    }
    seed::sign_in(&mut conn, rights)?;
    // SQLite is told by a migration what to expect.
    if matches!(conn, DbConn::Postgres(_)) {
        conn.run("ANALYZE")?;
    }
    let own = members::table.filter(members::department_code.eq(OWN)).order(members::id).select((members::id, members::search_key)).limit(SAMPLE);
    let cases = dossiers::table.filter(dossiers::department_code.eq(OWN).and(dossiers::status.ne_all(["archived", "anonymised"])));
    Ok(Sample { members: own.load(&mut conn)?, dossiers: cases.order(dossiers::case_order).select(dossiers::id).limit(SAMPLE).load(&mut conn)? })
}

/// Loads in turn, the first round to warm up; the middle run of each.
pub fn in_turn<const N: usize>(bench: &Bench, loads: [(&Served, Script<'_>); N]) -> Outcome<[Run; N]> {
    let mut runs = [const { Vec::new() }; N];
    for _ in 0..=bench.rounds {
        for ((served, script), runs) in loads.iter().zip(&mut runs) {
            runs.push(load(&bench.folder, served, script, CONNECTIONS, bench.time)?);
        }
    }
    let medians: Outcome<Vec<Run>> = runs.into_iter().map(|mut runs| median(runs.split_off(1))).collect();
    medians?.try_into().map_err(|_| "a run is missing".into())
}

pub fn rate(run: &Run) -> String {
    format!("{:.0}/s", run.per_second)
}

fn reads(bench: &Bench, table: &mut Table, engine: &str, url: &str, sample: &Sample) -> Outcome {
    let connections = [("ENTRAIDE_DATABASE_CONNECTIONS", "8".to_owned())];
    let settings: &[(&str, String)] = if engine == "SQLite" { &[] } else { &connections };
    let served = Served::own(&bench.keys, url, settings)?;
    let path = |id: &Id| format!("/api/v1/members/{id}");
    let (first, _) = sample.members.first().ok_or("no member")?;
    let length = served.get(&path(first))?.len();
    let constants = Served::with_constants(&bench.keys, url, length)?;
    let people: Vec<String> = sample.members.iter().map(|(id, _)| path(id)).collect();
    let cases: Vec<String> = sample.dossiers.iter().map(|id| format!("/api/v1/dossiers/{id}?expand=member,establishment")).collect();
    let searches: Vec<_> =
        sample.members.iter().map(|(_, key)| ("/api/v1/members/search".to_owned(), "", format!("{{\"name\":\"{}\"}}", prefixes(key)))).collect();
    let loads = [
        (&constants, Script::Get { rows: 1000, prefix: "/verified/" }),
        (&served, Script::Paths(&people)),
        (&served, Script::Paths(&cases)),
        (&served, Script::Posts(&searches)),
    ];
    let [constant, member, dossier, search] = in_turn(bench, loads)?;
    let against = format!("{} constant, token verified each time", rate(&constant));
    for (name, run, limit) in [("GET a member", &member, 1.0), ("GET a dossier, two expansions", &dossier, 0.7), ("Search by two name prefixes", &search, 0.5)]
    {
        let name = format!("{name}, {engine}");
        table.add(&name, &rate(run), &against, run.per_second / constant.per_second, Ceiling::AtLeast(limit));
        table.latency(&name, run);
    }
    Ok(())
}

/// The beginnings of the first two words of a name.
fn prefixes(key: &str) -> String {
    let words = key.split(' ').take(2).map(|word| word.chars().take(5).collect::<String>());
    words.collect::<Vec<_>>().join(" ")
}

/// The filters of the list, varied by kind.
const KINDS: [&str; 2] = ["legal_information", "legal_protection"];

fn list(bench: &Bench, table: &mut Table, url: &str) -> Outcome {
    let served = Served::own(&bench.keys, url, &[])?;
    let paths: Vec<String> = KINDS.iter().map(|kind| format!("/api/v1/dossiers?department={OWN}&status=in_progress&kind={kind}&sort=-opened")).collect();
    let DbConn::Sqlite(mut conn) = db::connect(url)? else { return Err("SQLite is needed".into()) };
    let mut page = |kind: &str| -> Outcome<Vec<u8>> {
        let known = sql::<Bool>("confidentiality IN ('standard','restricted','confidential','secret')");
        let rows: Vec<DossierRow> = dossiers::table
            .filter(dossiers::department_code.eq(OWN).and(dossiers::status.eq("in_progress")).and(dossiers::kind.eq(kind)).and(known))
            .order((dossiers::opened_on.desc(), dossiers::id.desc()))
            .select(DossierRow::as_select())
            .limit(50)
            .load(&mut conn)?;
        Ok(serde_json::to_vec(&rows.into_iter().map(DossierView::from).collect::<Vec<_>>())?)
    };
    let (mut runs, mut paces) = (Vec::new(), Vec::new());
    for _ in 0..=bench.rounds {
        runs.push(load(&bench.folder, &served, &Script::Paths(&paths), CONNECTIONS, bench.time)?);
        let (started, before, mut pages) = (std::time::Instant::now(), cpu_of("/proc/self/stat")?, 0_u32);
        while started.elapsed() < bench.time {
            for kind in KINDS {
                std::hint::black_box(page(kind)?);
                pages += 1;
            }
        }
        let cpu = cpu_of("/proc/self/stat")?.saturating_sub(before).as_secs_f64() * 1e6 / f64::from(pages);
        paces.push((f64::from(pages) / started.elapsed().as_secs_f64(), cpu));
    }
    let run = median(runs.split_off(1))?;
    let (pace, cpu): (Vec<f64>, Vec<f64>) = paces.split_off(1).into_iter().unzip();
    let (pace, cpu) = (middle(pace), middle(cpu));
    table.add(
        "List of dossiers, three filters",
        &format!("{:.0} pages/s", run.per_second),
        &format!("{pace:.0} pages/s bare loop"),
        run.per_second / pace,
        Ceiling::AtLeast(1.0),
    );
    table.add("List of dossiers, CPU", &format!("{:.0} µs a page", run.cpu), &format!("{cpu:.0} µs bare loop"), run.cpu / cpu, Ceiling::Reported);
    table.latency("list of dossiers", &run);
    Ok(())
}

/// The list found by what follows from the rooms under the dossiers against the list of all of them: of one department in full, and of
/// all departments under pseudonyms.
fn derived(bench: &Bench, table: &mut Table, url: &str) -> Outcome {
    let served = Served::own(&bench.keys, url, &[])?;
    for (whose, list) in [("one department", "/api/v1/dossiers?sort=-opened"), ("all departments", "/api/v1/dossiers?purpose=bench&sort=-month")] {
        let whole = [list.to_owned()];
        let found = ["judicialised=true", "path=court_without_counsel", "complaint=true&judicialised=true", "complaint=true&path=advice"];
        let found: Vec<String> = found.iter().map(|filters| format!("{list}&{filters}")).collect();
        let [filtered, unfiltered] = in_turn(bench, [(&served, Script::Paths(&found)), (&served, Script::Paths(&whole))])?;
        let (measured, against) = (format!("{:.0} µs CPU", filtered.cpu), format!("{:.0} µs, not filtered", unfiltered.cpu));
        table.add(&format!("List by derived facts, {whose}"), &measured, &against, filtered.cpu / unfiltered.cpu, Ceiling::AtMost(1.3));
        table.latency(&format!("list by derived facts, {whose}"), &filtered);
    }
    Ok(())
}

/// The list of one department in the order of what follows against the order of days.
fn sorted(bench: &Bench, table: &mut Table, url: &str) -> Outcome {
    let served = Served::own(&bench.keys, url, &[])?;
    let by = |sort: &str| format!("/api/v1/dossiers?department={OWN}&sort={sort}");
    let [sorted, by_day] = in_turn(bench, [(&served, Script::Paths(&[by("judicialised"), by("-path")])), (&served, Script::Paths(&[by("-opened")]))])?;
    let (measured, against) = (format!("{:.0} µs CPU", sorted.cpu), format!("{:.0} µs, by day", by_day.cpu));
    table.add("List sorted by derived facts, one department", &measured, &against, sorted.cpu / by_day.cpu, Ceiling::AtMost(1.3));
    Ok(())
}

/// The list of the dossiers that were opened in a crisis, one in a thousand, against the list of all of them.
fn context(bench: &Bench, table: &mut Table, url: &str) -> Outcome {
    db::connect(url)?.run("UPDATE dossiers SET contexts = '[\"health_crisis\"]' WHERE rowid % 1000 = 0")?;
    let served = Served::own(&bench.keys, url, &[])?;
    let whole = ["/api/v1/dossiers?sort=-opened".to_owned()];
    let [found, all] = in_turn(bench, [(&served, Script::Paths(&[format!("{}&context=health_crisis", whole[0])])), (&served, Script::Paths(&whole))])?;
    let (measured, against) = (format!("{:.0} µs CPU", found.cpu), format!("{:.0} µs, not filtered", all.cpu));
    table.add("List by context", &measured, &against, found.cpu / all.cpu, Ceiling::AtMost(1.3));
    Ok(())
}

/// Forty years of one member against the record of the same member.
fn cover(bench: &Bench, table: &mut Table, url: &str, sample: &Sample) -> Outcome {
    let (id, _) = *sample.members.last().as_ref().ok_or("no member")?;
    let id = *id;
    let clock = Clock::default();
    let now = Instant(clock.now());
    let mut conn = db::connect(url)?;
    diesel::delete(db::schema::memberships::table.filter(db::schema::memberships::member_id.eq(id))).execute(&mut conn)?;
    let rows: Outcome<Vec<MembershipRow>> = (0..40).map(|back| period(id, Day(clock.today()).year() - back, now)).collect();
    let author = Author::console("bench", &entraide::auth::RecordKey::new(b"bench"));
    memberships::insert_many(&mut Tx { conn: &mut conn, author: &author, now }, &Scope::console(), &rows?)?;
    let served = Served::own(&bench.keys, url, &[])?;
    let days: Vec<String> = (1..=28).map(|day| format!("/api/v1/members/{id}/cover?on=2019-03-{day:02}")).collect();
    let plain = [format!("/api/v1/members/{id}")];
    let [covered, record] = in_turn(bench, [(&served, Script::Paths(&days)), (&served, Script::Paths(&plain))])?;
    let (measured, against) = (format!("{:.0} µs CPU", covered.cpu), format!("{:.0} µs, GET the member", record.cpu));
    table.add("Cover among 40 periods", &measured, &against, covered.cpu / record.cpu, Ceiling::AtMost(1.2));
    table.latency("cover among 40 periods", &covered);
    Ok(())
}

fn period(member_id: Id, year: i32, now: Instant) -> Outcome<MembershipRow> {
    let (starts_on, ends_on) = (Day::first_of(year), Day::last_of(year));
    Ok(MembershipRow {
        id: Id::new(),
        member_id,
        product: Product::Ome,
        year: year_of(starts_on)?,
        subscribed_on: starts_on,
        insurer_registered_on: Some(starts_on),
        starts_on,
        ends_on,
        predecessor_id: None,
        replaces_id: None,
        channel: SubscriptionChannel::Post,
        insurer_holder: false,
        association_cents: Money::from_cents(2000),
        insurance_cents: Money::from_cents(2550),
        external_ids: Json(Vec::new()),
        status: MembershipState::Confirmed,
        end_reason: None,
        status_reason: None,
        version: 1,
        created_at: now,
        updated_at: now,
    })
}

/// Steps of first calls against their creation, both with history, audit and idempotency.
fn transitions(bench: &Bench, table: &mut Table, url: &str) -> Outcome {
    let served = Served::own(&bench.keys, url, &[])?;
    let body = r#"{"channel":"phone","caller_name":"Claire Dubœuf","caller_phone":"+33612345678","urgency":"normal","note":"Rappeler après 18 h."}"#;
    let calls = [("/api/v1/contact-requests".to_owned(), "", body.to_owned())];
    let (mut created, mut moved, mut seen) = (Vec::new(), Vec::new(), 0);
    for _ in 0..=bench.rounds {
        created.push(load(&bench.folder, &served, &Script::Posts(&calls), WRITERS, bench.time)?);
        let table = db::schema::contact_requests::table.order(db::schema::contact_requests::id);
        let ids: Vec<Id> = table.select(db::schema::contact_requests::id).offset(seen).load(&mut db::connect(url)?)?;
        seen += i64::try_from(ids.len())?;
        let steps: Vec<_> =
            ids.iter().map(|id| (format!("/api/v1/contact-requests/{id}/transitions"), "\"1.x\"", r#"{"command":"call_back"}"#.to_owned())).collect();
        // No longer than there are calls to move on: each moves once.
        moved.push(load(&bench.folder, &served, &Script::Posts(&steps), WRITERS, bench.time / 3)?);
    }
    let (created, moved) = (median(created.split_off(1))?, median(moved.split_off(1))?);
    table.add("Transition", &rate(&moved), &format!("{} creates", rate(&created)), moved.per_second / created.per_second, Ceiling::AtLeast(0.6));
    table.latency("create a first call", &created);
    table.latency("transition of a first call", &moved);
    Ok(())
}

/// The columns that an analyst gets, as far as they are columns.
const SELECT: &str =
    "SELECT d.id, d.version, d.association_id, d.department_code, d.member_id, d.kind, d.member_quality, d.channel, d.urgency, d.confidentiality,
    d.status, substr(d.opened_on, 1, 7), substr(d.facts_on, 1, 7), d.place, d.felt_as_aggression, d.contexts, d.motive_code, d.secondary_motive_codes,
    d.facts_snapshot ->> 'occupation', d.facts_snapshot ->> 'employment_status', d.facts_snapshot ->> 'employer', d.facts_snapshot ->> 'establishment_kind',
    d.facts_snapshot ->> 'sector', d.facts_snapshot ->> 'priority_education', d.facts_snapshot ->> 'department_code', d.facts_snapshot ->> 'age_band',
    d.facts_snapshot ->> 'nomenclature_version', d.outcome, d.outcome_for_member, m.birth_date
    FROM dossiers d LEFT JOIN members m ON m.id = d.member_id ORDER BY d.case_order, d.id";

fn export(bench: &Bench, table: &mut Table, url: &str, path: &Path) -> Outcome {
    let served = Served::own(&bench.keys, url, &[])?;
    let (mut own, mut shell, mut rows) = (Vec::new(), Vec::new(), 0.0);
    for _ in 0..bench.rounds.max(2) {
        let started = std::time::Instant::now();
        let authorization = format!("Bearer {}", served.token()?);
        let address = format!("{}/api/v1/dossiers?purpose=bench", served.url);
        drain(client::get(&address, &[("Accept", "text/csv"), ("Authorization", &authorization)])?, started)?;
        own.push(started.elapsed().as_secs_f64());
        let started = std::time::Instant::now();
        let mut child = Command::new("sqlite3").args(["-readonly", "-csv", "-header"]).arg(path).arg(SELECT).stdout(Stdio::piped()).spawn()?;
        drain(child.stdout.take().ok_or("no output")?, started)?;
        shell.push(started.elapsed().as_secs_f64());
        child.wait()?;
        rows = f64::from(u32::try_from(bench.members * 12 / 50)?);
    }
    let (own, shell) = (rows / middle(own), rows / middle(shell));
    table.add(
        &format!("Case export of {rows:.0} dossiers"),
        &format!("{own:.0} rows/s"),
        &format!("{shell:.0} rows/s sqlite3 -csv"),
        own / shell,
        Ceiling::AtLeast(0.7),
    );
    Ok(())
}
