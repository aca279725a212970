//! Whole files out and in: the list as CSV, the directory.

use crate::load::middle;
use crate::served::Served;
use crate::table::{Ceiling, Table};
use crate::{Bench, Outcome, client, seed};
use diesel::prelude::*;
use entraide::audit::Author;
use entraide::auth::Scope;
use entraide::clock::Clock;
use entraide::db::{self, Db, DbConn, Settings, schema::establishments};
use entraide::establishments::{DirectoryImporter, store::EstablishmentRow};
use entraide::imports::{Importer, Job, LineReport, Mode, Sink};
use entraide::values::Day;
use std::io::Read;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

/// Reads to the end; bytes and MB a second.
pub fn drain(mut from: impl Read, started: Instant) -> Outcome<(f64, f64)> {
    let (mut buffer, mut bytes) = (vec![0; 256 * 1024], 0.0);
    loop {
        let read = from.read(&mut buffer)?;
        if read == 0 {
            return Ok((bytes, bytes / 1e6 / started.elapsed().as_secs_f64()));
        }
        bytes += f64::from(u32::try_from(read)?);
    }
}

/// The columns of the list, in its order.
const SELECT: &str = "SELECT id, version, uai, name, kind, sector, status, address_line1, address_line2, address_line3, postal_code, city, commune_code,
    department_code, academy_code, phone, email, website, pupils, latitude, longitude, siret, nature_code, opened_on, parent_uai, district_uai, district_name,
    successor_id, sites, priority_education, created_at, updated_at FROM establishments WHERE deleted_at IS NULL ORDER BY name_key, id";

/// The whole list as CSV against `sqlite3 -csv`.
pub fn csv(bench: &Bench, table: &mut Table, database: &Path) -> Outcome {
    let served = Served::own(&bench.keys, &seed::url(database), &[])?;
    let (mut own, mut shell, mut cpu, mut most) = (Vec::new(), Vec::new(), 0.0, 0.0_f64);
    for _ in 0..bench.rounds.max(2) {
        let before = served.cpu()?;
        let (bytes, pace, peak) = watched(&served)?;
        cpu = (served.cpu()?.saturating_sub(before)).as_secs_f64() * 1e9 / bytes;
        own.push(pace);
        most = most.max(peak);
        let started = Instant::now();
        let mut child = Command::new("sqlite3").args(["-readonly", "-csv", "-header"]).arg(database).arg(SELECT).stdout(Stdio::piped()).spawn()?;
        shell.push(drain(child.stdout.take().ok_or("no output")?, started)?.1);
        child.wait()?;
    }
    let (own, shell) = (middle(own), middle(shell));
    let name = format!("CSV of {} rows", bench.medium);
    table.add(&name, &format!("{own:.1} MB/s, {cpu:.1} ns CPU a byte"), &format!("{shell:.1} MB/s sqlite3 -csv"), own / shell, Ceiling::AtLeast(0.8));
    table.add("Anonymous memory meanwhile", &format!("{:.1} MiB at most", most / 1024.0), "64 MiB", most / 65536.0, Ceiling::AtMost(1.0));
    Ok(())
}

/// One export: bytes, MB a second, the most anonymous memory in KiB.
fn watched(served: &Served) -> Outcome<(f64, f64, f64)> {
    let done = AtomicBool::new(false);
    std::thread::scope(|threads| {
        let watch = threads.spawn(|| {
            let mut most = 0.0_f64;
            while !done.load(Ordering::Relaxed) {
                most = most.max(served.memory("RssAnon").unwrap_or(f64::INFINITY));
                std::thread::sleep(std::time::Duration::from_millis(10));
            }
            most
        });
        let export = || -> Outcome<(f64, f64)> {
            let started = Instant::now();
            let authorization = format!("Bearer {}", served.token()?);
            drain(client::get(&format!("{}/api/v1/establishments", served.url), &[("Accept", "text/csv"), ("Authorization", &authorization)])?, started)
        };
        let exported = export();
        done.store(true, Ordering::Relaxed);
        let most = watch.join().map_err(|_| "the watch panicked")?;
        exported.map(|(bytes, pace)| (bytes, pace, most))
    })
}

/// The official directory where it is, else a made-up one of the same size.
fn directory() -> Vec<u8> {
    const OFFICIAL: &str = "shared/data/annuaire_education_occitanie_2024-11.csv";
    let found = ["..", "../.."].iter().find_map(|folder| std::fs::read(Path::new(folder).join(OFFICIAL)).ok());
    found.unwrap_or_else(|| {
        let mut text = "Identifiant_de_l_etablissement;Nom_etablissement;Type_etablissement;Statut_public_prive;Adresse_1;Code_postal;Code_commune;Nom_commune;Code_departement;Code_academie;Ecole_maternelle;Ecole_elementaire;Telephone;Mail;Nombre_d_eleves;date_ouverture;date_maj_ligne;etat;code_nature\n".to_owned();
        for number in 0..6240_usize {
            let code = 310_000 + number;
            let key = "ABCDEFGHJKLMNPRSTUVWXYZ".chars().nth(code % 23).unwrap_or('A');
            text += &format!("{code:07}{key};École élémentaire Jean Moulin {number};Ecole;Public;{number} rue de la République;31000;31555;Toulouse;031;16;0;1;05 61 00 00 00;ce.{number}@ac-toulouse.fr;212;1970-09-01;2024-11-15;OUVERT;151\n");
        }
        text.into_bytes()
    })
}

struct Counted(usize);

impl Sink for Counted {
    fn begin(&mut self, lines: usize, _: &str) -> entraide::error::Result<()> {
        self.0 = lines;
        Ok(())
    }

    fn report(&mut self, _: &[LineReport]) -> entraide::error::Result<()> {
        Ok(())
    }
}

/// The directory's lines a second against a loop that only inserts the same rows.
pub fn import(bench: &Bench, table: &mut Table) -> Outcome {
    let file = directory();
    let (mut own, mut bare) = (Vec::new(), Vec::new());
    for _ in 0..bench.rounds.max(2) {
        let path = seed::sqlite(&bench.folder, "import.sqlite", 0)?;
        let db = Db::open(&Settings { url: seed::url(&path), connections: 1, write_batch: 128 })?;
        let clock = Clock::default();
        let author = Author::console("bench", &entraide::auth::RecordKey::new(b"bench"));
        let job = Job { db: &db, mode: Mode::Partial, author: &author, scope: &Scope::console(), now: db::Instant(clock.now()), today: Day(clock.today()) };
        let (started, mut counted) = (Instant::now(), Counted(0));
        DirectoryImporter.run(&job, &file, &mut counted)?;
        own.push(f64::from(u32::try_from(counted.0)?) / started.elapsed().as_secs_f64());
        let rows: Vec<EstablishmentRow> = establishments::table.select(EstablishmentRow::as_select()).load(&mut db::connect(&seed::url(&path))?)?;
        let DbConn::Sqlite(mut conn) = db::connect(&seed::url(&seed::sqlite(&bench.folder, "bare.sqlite", 0)?))? else { return Err("SQLite is needed".into()) };
        let started = Instant::now();
        conn.transaction(|conn| rows.iter().try_for_each(|row| diesel::insert_into(establishments::table).values(row).execute(conn).map(drop)))?;
        bare.push(f64::from(u32::try_from(rows.len())?) / started.elapsed().as_secs_f64());
    }
    let (own, bare) = (middle(own), middle(bare));
    table.add("Directory import", &format!("{own:.0} lines/s"), &format!("{bare:.0} lines/s bare inserts"), own / bare, Ceiling::AtLeast(0.3));
    Ok(())
}
