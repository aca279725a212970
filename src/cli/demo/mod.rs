//! `entraide demo`: a synthetic association that looks like a real one; the same seed makes the same people and cases.

mod aid;
mod dossiers;
mod members;
mod schools;
mod training;
mod words;

use super::{Outcome, open, users};
use aid::{Aid, OFFICES};
use chrono::{Duration, TimeZone, Utc};
use clap::Args;
use dossiers::Stage;
use entraide::associations;
use entraide::audit::{Author, Tx};
use entraide::auth::{Keys, RecordKey, Role, Scope, store};
use entraide::clock::Clock;
use entraide::config::Config;
use entraide::db::{Db, DbConn, Id, Instant};
use entraide::error::{Error, Result};
use entraide::members::memberships::model::{Product, Year};
use entraide::members::memberships::tariffs::api::TariffView;
use entraide::members::memberships::tariffs::store::{self as tariffs, TariffRow};
use entraide::members::store as people;
use entraide::training_sessions::certificates::issuing::Blank;
use entraide::users::grants::model::Place as RightPlace;
use entraide::values::{AcademyCode, Day, Number};
use fastrand::Rng;
use members::{Batch, Calendar, Ground, Person};
use std::process::ExitCode;
use std::sync::Arc;
use training::Class;
use words::{Place, places};

/// How much there is to be.
#[derive(Debug, Clone, Copy, Args)]
pub struct Size {
    /// Members.
    #[arg(long, default_value_t = Self::default().members)]
    members: usize,
    /// Dossiers, in every state, over two school years.
    #[arg(long, default_value_t = Self::default().dossiers)]
    dossiers: usize,
    /// Departments that share them evenly.
    #[arg(long, default_value_t = Self::default().departments, value_parser = clap::value_parser!(u8).range(1..=101))]
    departments: u8,
    /// The same seed makes the same people and cases.
    #[arg(long, default_value_t = Self::default().seed)]
    seed: u64,
}

impl Default for Size {
    fn default() -> Self {
        Self { members: 2000, dossiers: 300, departments: 3, seed: 1903 }
    }
}

/// Members that share a transaction.
const BATCH: usize = 500;
/// Members whose dossiers these are.
const CAST: usize = 10_000;
/// Dossiers that share one.
const CASES: usize = 50;

fn day(year: i32, month: u32, day: u32) -> Result<Day> {
    Day::from_ymd(year, month, day).ok_or_else(|| Error::internal("no such day"))
}

fn parsed<T: std::str::FromStr>(text: &str) -> Result<T>
where
    T::Err: std::fmt::Display,
{
    text.parse().map_err(Error::internal)
}

fn nth<T>(items: &[T], at: usize) -> Result<&T> {
    items.get(at).ok_or_else(|| Error::internal("the demonstration lacks an item"))
}

fn pick<'a, T>(rng: &mut Rng, items: &'a [T]) -> Result<&'a T> {
    nth(items, rng.usize(0..items.len()))
}

/// That hour of a day, and no moment to come.
fn moment(now: Instant, day: Day, hour: u32) -> Instant {
    Instant(day.0.and_hms_opt(hour, 0, 0).map_or(now.0, |time| Utc.from_utc_datetime(&time)).min(now.0 - Duration::seconds(1)))
}

/// Fills a database that has no members yet, and says who can sign in.
pub fn fill(config: &Config, size: Size) -> Outcome {
    let db = open(config)?;
    if db.read_now(|conn| people::any(conn, &Scope::console()))? {
        return Err("this database has members already: a demonstration is made in an empty one".into());
    }
    let keys = Keys::load(&config.keys)?;
    db.write_now(store::mark_demo)?;
    furnish(&db, &Clock::default(), &keys, size)?;
    Ok(ExitCode::SUCCESS)
}

/// Makes the accounts, schools, members, cases and training.
pub fn furnish(db: &Db, clock: &Clock, keys: &Keys, size: Size) -> Outcome<()> {
    let maker = Maker { db, author: Author::console("demo", &keys.records), now: Instant(clock.now()), today: Day(clock.today()) };
    let places = places(size.departments.into());
    let (referents, coordinator_id) = accounts(db, &keys.records, &places)?;
    let mut rng = Rng::with_seed(size.seed);
    let associations = maker.associations(&places)?;
    maker.tariffs()?;
    let there = places.clone();
    let (schools, mut rng) = maker.write(move |tx| Ok((schools::insert(tx, &Scope::console(), &there, &mut rng)?, rng)))?;
    let ground = Arc::new(Ground { places, associations, schools });
    let mut cast: Vec<Person> = Vec::new();
    for start in (0..size.members).step_by(BATCH) {
        let end = (start + BATCH).min(size.members);
        let (ground, calendar) = (Arc::clone(&ground), Calendar { today: maker.today, dues: members::dues() });
        let today = maker.today;
        let (persons, next) = maker.write(move |tx| {
            let mut batch = Batch::default();
            let persons: Result<Vec<Person>> = (start..end).map(|number| batch.add(tx, number, &ground, &calendar, &mut rng)).collect();
            batch.store(tx, &Scope::console(), today)?;
            Ok((persons?, rng))
        })?;
        rng = next;
        if cast.len() < CAST {
            cast.extend(persons);
        }
    }
    let neighbours: Vec<Person> = cast.iter().filter(|person| person.place == 0).take(aid::ASKING).copied().collect();
    let sessions = maker.training(keys, &cast, &ground, coordinator_id)?;
    maker.dossiers(size.dossiers, cast, referents, Arc::clone(&ground), rng)?;
    let asked = maker.aid(&ground, neighbours)?;
    let schools = ground.schools.iter().map(Vec::len).sum::<usize>();
    println!("{schools} schools, {} members, {} dossiers, {asked} requests for aid, {sessions} training sessions", size.members, size.dossiers);
    Ok(())
}

struct Maker<'a> {
    db: &'a Db,
    author: Author,
    now: Instant,
    today: Day,
}

impl Maker<'_> {
    fn write<T: Send + 'static>(&self, make: impl FnOnce(&mut Tx<'_>) -> Result<T> + Send + 'static) -> Result<T> {
        let (author, now) = (self.author.clone(), self.now);
        self.db.write_now(move |conn: &mut DbConn| make(&mut Tx { conn, author: &author, now }))
    }

    /// The associations of the places, in their order.
    fn associations(&self, places: &[Place]) -> Result<Vec<Id>> {
        let places = places.to_vec();
        self.db.read_now(move |conn| {
            let find = |place: &Place| {
                let found = associations::store::find_of_department(conn, &Scope::console(), place.department)?;
                found.map(|row| row.id).ok_or_else(|| Error::internal("a department without association"))
            };
            places.iter().map(find).collect()
        })
    }

    fn dossiers(&self, count: usize, cast: Vec<Person>, referents: Vec<[Id; 2]>, ground: Arc<Ground>, mut rng: Rng) -> Result<()> {
        let set = Arc::new((cast, referents, ground));
        for start in (0..count).step_by(CASES) {
            let (author, now, set) = (self.author.clone(), self.now, Arc::clone(&set));
            rng = self.db.write_now(move |conn| {
                let (cast, referents, ground) = &*set;
                let stage = Stage { author: &author, now, cast, referents, associations: &ground.associations };
                (start..(start + CASES).min(count)).try_for_each(|at| stage.play(conn, at, count, &mut rng))?;
                Ok(rng)
            })?;
        }
        Ok(())
    }

    /// Aid in the first department.
    fn aid(&self, ground: &Ground, people: Vec<Person>) -> Result<usize> {
        let (Some(department), Some(association_id)) = (ground.places.first().map(|place| place.department), ground.associations.first().copied()) else {
            return Ok(0);
        };
        let (author, now) = (self.author.clone(), self.now);
        self.db.write_now(move |conn| Aid { conn, author: &author, now, department, association_id }.play(&people))
    }

    /// Sessions in each department, and the commission of the first one's academy; tells how many sessions.
    fn training(&self, keys: &Keys, cast: &[Person], ground: &Ground, coordinator_id: Id) -> Result<usize> {
        let academy_code = academy(nth(&ground.places, 0)?)?;
        let modules = Arc::new(self.write(move |tx| {
            training::insert_commission(tx, &Scope::console(), academy_code, coordinator_id)?;
            training::insert_modules(tx, &Scope::console())
        })?);
        let mut sessions = 0;
        for (place, association_id) in ground.associations.iter().copied().enumerate() {
            let (author, now, modules) = (self.author.clone(), self.now, Arc::clone(&modules));
            let participants: Vec<Id> = cast.iter().filter(|person| person.place == place).map(|person| person.id).take(training::PARTICIPANTS).collect();
            let blanks = participants.iter().map(|_| Blank::new(keys)).collect::<Result<Vec<_>>>()?;
            sessions += self.db.write_now(move |conn| {
                let class = Class { author: &author, now, modules: &modules, association_id, participants };
                class.hold(conn, blanks)
            })?;
        }
        Ok(sessions)
    }

    /// Dues for every year that a member of the demonstration may have joined in, and the next.
    fn tariffs(&self) -> Result<()> {
        let this_year = self.today.year();
        self.write(move |tx| {
            for year in this_year - 8..=this_year + 1 {
                let dues = members::dues();
                let year = Year::checked(year).map_err(Error::internal)?;
                let (association_cents, insurance_cents) = (dues.association, dues.insurance);
                let row = TariffRow {
                    id: Id::new(),
                    product: Product::Ome,
                    year,
                    association_cents,
                    insurance_cents,
                    version: 1,
                    created_at: tx.now,
                    updated_at: tx.now,
                };
                let view: TariffView = tariffs::insert(tx, &Scope::console(), row)?.into();
                tx.record(entraide::audit::Action::Create, &view)?;
            }
            Ok(())
        })
    }
}

fn academy(place: &Place) -> Result<AcademyCode> {
    AcademyCode::of(&parsed(place.department)?).ok_or_else(|| Error::internal("a department without academy"))
}

/// One account for each part in a demonstration, all with the same password, shown once; gives the head and the volunteer of each place, and
/// whoever coordinates training in the academy of the first.
fn accounts(db: &Db, key: &RecordKey, places: &[Place]) -> Outcome<(Vec<[Id; 2]>, Id)> {
    let password = users::generated_password()?;
    // Long before the first case.
    let since = day(2010, 9, 1)?;
    let make = |login: &str, name: &str, role: Role, place: RightPlace| -> Outcome<()> {
        let grant = users::FirstGrant { role, place, since };
        users::insert(db, key, &login.parse()?, &name.parse()?, grant, Some(password.clone()))?;
        Ok(())
    };
    let mut logins = Vec::new();
    for code in places.iter().take(1).map(|place| place.department) {
        for (login, name, function) in OFFICES {
            let login = login_of(login, code);
            make(&login, &format!("{name} {code}"), function.role(), RightPlace::default())?;
            logins.push(login);
        }
    }
    for code in places.iter().map(|place| place.department) {
        for (login, name, role) in PARTS {
            let login = login_of(login, code);
            make(&login, &format!("{name} {code}"), role, RightPlace { department_code: Some(parsed(code)?), ..RightPlace::default() })?;
            logins.push(login);
        }
    }
    make("analyste", "Analyste", Role::Analyst, RightPlace::default())?;
    make("dpo", "Déléguée à la protection des données", Role::Dpo, RightPlace::default())?;
    let academy_code = Some(academy(nth(places, 0)?)?);
    make("formation", "Responsable de la formation", Role::TrainingCoordinator, RightPlace { academy_code, ..RightPlace::default() })?;
    println!("demonstration  {} analyste dpo formation\npassword       {password}   (of all of these, shown this once)", logins.join(" "));
    let id = |login: String| -> Result<Id> {
        let found = db.read_now(move |conn| store::find_user_by_login(conn, &login))?;
        found.map(|user| user.id).ok_or_else(|| Error::internal("an account is missing"))
    };
    let referents = places.iter().map(|place| Ok([id(login_of("responsable", place.department))?, id(login_of("benevole", place.department))?]));
    Ok((referents.collect::<Result<_>>()?, id("formation".to_owned())?))
}

fn login_of(part: &str, department: &str) -> String {
    format!("{part}-{}", department.to_lowercase())
}

/// The parts that people play in each department.
const PARTS: [(&str, &str, Role); 3] =
    [("responsable", "Responsable", Role::DepartmentHead), ("salarie", "Salarié", Role::DepartmentStaff), ("benevole", "Bénévole", Role::Volunteer)];
