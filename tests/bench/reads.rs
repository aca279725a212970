//! Reads: one establishment, pages of a list.

use crate::load::{Run, Script, load, median, middle};
use crate::served::{Served, cpu_of};
use crate::table::{Ceiling, Table};
use crate::{Bench, Outcome, seed};
use diesel::prelude::*;
use entraide::db::{self, DbConn, Id, schema::establishments};
use entraide::establishments::{store::EstablishmentRow, view::EstablishmentView};
use serde_json::Value;
use std::path::Path;
use std::time::Instant;

const CONNECTIONS: usize = 32;

/// One establishment against constants behind a verified token.
pub fn get(bench: &Bench, table: &mut Table, small: &Path) -> Outcome {
    let length = Served::own(&bench.keys, &seed::url(small), &[])?.get(&format!("/api/v1/establishments/{FIRST}"))?.len();
    let served = Served::with_constants(&bench.keys, &seed::url(small), length)?;
    let prefixes = ["/api/v1/establishments/", "/verified/", "/remembered/"];
    let mut runs = [Vec::new(), Vec::new(), Vec::new()];
    for _ in 0..=bench.rounds {
        for (prefix, runs) in prefixes.iter().zip(&mut runs) {
            runs.push(load(&bench.folder, &served, &Script::Get { rows: bench.small, prefix }, CONNECTIONS, bench.time)?);
        }
    }
    // The first round warms up.
    let [own, verified, remembered] = runs.map(|runs| median(runs.into_iter().skip(1).collect()));
    let (own, verified, remembered) = (own?, verified?, remembered?);
    for (name, limit, other) in [("each time", 1.0, &verified), ("once", 0.35, &remembered)] {
        let (measured, against) = (format!("{:.0}/s", own.per_second), format!("{:.0}/s constant, token verified {name}", other.per_second));
        table.add("GET one establishment", &measured, &against, own.per_second / other.per_second, Ceiling::AtLeast(limit));
    }
    table.latency("GET one establishment", &own);
    table.latency("constant, token verified each time", &verified);
    table.latency("constant, token verified once", &remembered);
    Ok(())
}

/// The row of number 0.
const FIRST: &str = "01930000-0000-7000-8000-000000000000";

/// The paths of the pages of a department's list, as `next` gives them.
fn pages(served: &Served, department: &str, most: usize) -> Outcome<Vec<String>> {
    let mut paths = vec![format!("/api/v1/establishments?department={department}&sort=-name")];
    while let Some(path) = paths.last().filter(|_| paths.len() < most) {
        let page: Value = serde_json::from_slice(&served.get(path)?)?;
        let Some(next) = page.get("next").and_then(Value::as_str) else { break };
        paths.push(next.to_owned());
    }
    Ok(paths)
}

fn varied(served: &Served) -> Outcome<Vec<String>> {
    let lists: Outcome<Vec<Vec<String>>> = seed::DEPARTMENTS.iter().map(|department| pages(served, department, 10)).collect();
    let lists = lists?;
    Ok((0..10).flat_map(|at| lists.iter().filter_map(move |pages| pages.get(at).cloned())).collect())
}

/// The same pages without a server: one thread, one plain connection, diesel and `serde_json`.
struct Loop {
    conn: SqliteConnection,
    starts: Vec<(&'static str, Option<(String, Id)>)>,
    at: usize,
}

impl Loop {
    fn new(path: &Path) -> Outcome<Self> {
        let DbConn::Sqlite(mut conn) = db::connect(&seed::url(path))? else { return Err("SQLite is needed".into()) };
        // As the server's readers have it.
        diesel::connection::SimpleConnection::batch_execute(&mut conn, "PRAGMA cell_size_check=OFF")?;
        let mut starts = Vec::new();
        for department in seed::DEPARTMENTS {
            let keys: Vec<(String, Id)> = establishments::table
                .filter(establishments::department_code.eq(department).and(establishments::deleted_at.is_null()))
                .order((establishments::name_key.desc(), establishments::id.desc()))
                .select((establishments::name_key, establishments::id))
                .load(&mut conn)?;
            starts.push((department, None));
            starts.extend(keys.chunks(50).filter_map(|page| Some((department, Some(page.last()?.clone())))).take(9));
        }
        Ok(Self { conn, starts, at: 0 })
    }

    fn page(&mut self) -> Outcome<Vec<u8>> {
        // 7 is coprime to the number of starts: neighbours differ in department and depth.
        self.at = (self.at + 7) % self.starts.len();
        let (department, start) = self.starts.get(self.at).ok_or("no page")?;
        let (name_key, id) = (establishments::name_key, establishments::id);
        let query = establishments::table
            .filter(establishments::department_code.eq(department).and(establishments::deleted_at.is_null()))
            .order((name_key.desc(), id.desc()))
            .select(EstablishmentRow::as_select());
        let rows: Vec<EstablishmentRow> = match start {
            None => query.limit(50).load(&mut self.conn)?,
            Some((key, last)) => query.filter(name_key.le(key).and(name_key.lt(key).or(id.lt(last)))).limit(50).load(&mut self.conn)?,
        };
        let views: Vec<EstablishmentView> = rows.into_iter().map(Into::into).collect();
        Ok(serde_json::to_vec(&views)?)
    }

    /// Pages a second and processor microseconds a page.
    fn run(&mut self, bench: &Bench) -> Outcome<(f64, f64)> {
        let (started, before, mut pages) = (Instant::now(), cpu_of("/proc/self/stat")?, 0_u32);
        while started.elapsed() < bench.time {
            std::hint::black_box(self.page()?);
            pages += 1;
        }
        let cpu = cpu_of("/proc/self/stat")?.saturating_sub(before).as_secs_f64() * 1e6;
        Ok((f64::from(pages) / started.elapsed().as_secs_f64(), cpu / f64::from(pages)))
    }
}

/// A list of 50 with a filter and a sort: against a bare loop, by depth, by size.
pub fn list(bench: &Bench, table: &mut Table, small: &Path, large: &Path) -> Outcome {
    let few = Served::own(&bench.keys, &seed::url(small), &[])?;
    let many = Served::own(&bench.keys, &seed::url(large), &[])?;
    let (paths, deep) = (varied(&few)?, pages(&many, "31", 1000)?);
    let wide = varied(&many)?;
    let mut bare = Loop::new(small)?;
    let (mut runs, mut loops) = (Vec::new(), Vec::new());
    for _ in 0..=bench.rounds {
        runs.push(load(&bench.folder, &few, &Script::Paths(&paths), CONNECTIONS, bench.time)?);
        loops.push(bare.run(bench)?);
    }
    let run = median(runs.split_off(1))?;
    let (pace, cpu): (Vec<f64>, Vec<f64>) = loops.split_off(1).into_iter().unzip();
    let (pace, cpu) = (middle(pace), middle(cpu));
    table.add(
        "List of 50, filter and sort",
        &format!("{:.0} pages/s", run.per_second),
        &format!("{pace:.0} pages/s bare loop"),
        run.per_second / pace,
        Ceiling::AtLeast(1.1),
    );
    table.add("List of 50, CPU", &format!("{:.0} µs a page", run.cpu), &format!("{cpu:.0} µs bare loop"), run.cpu / cpu, Ceiling::AtMost(1.5));
    table.latency("list of 50", &run);
    let ends = [deep.first(), deep.last()].map(|path| path.cloned().into_iter().collect::<Vec<String>>());
    let [first, last] = compare(bench, [(&many, &ends[0]), (&many, &ends[1])])?;
    let named = format!("{:.0} µs CPU, page {}", last.cpu, deep.len());
    table.add("Depth", &named, &format!("{:.0} µs, page 1", first.cpu), last.cpu / first.cpu, Ceiling::AtMost(1.2));
    let [less, more] = compare(bench, [(&few, &paths), (&many, &wide)])?;
    table.add(
        "Size",
        &format!("{:.0} µs CPU at {} rows", more.cpu, bench.large),
        &format!("{:.0} µs at {}", less.cpu, bench.small),
        more.cpu / less.cpu,
        Ceiling::AtMost(1.3),
    );
    table.latency(&format!("list of 50 among {}", bench.large), &more);
    Ok(())
}

/// Two loads in turn; the first round warms up.
fn compare(bench: &Bench, loads: [(&Served, &Vec<String>); 2]) -> Outcome<[Run; 2]> {
    let mut runs = [Vec::new(), Vec::new()];
    for _ in 0..=bench.rounds {
        for ((served, paths), runs) in loads.iter().zip(&mut runs) {
            runs.push(load(&bench.folder, served, &Script::Paths(paths), CONNECTIONS, bench.time)?);
        }
    }
    let [a, b] = runs.map(|mut runs| median(runs.split_off(1)));
    Ok([a?, b?])
}
