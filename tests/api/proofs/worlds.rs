//! Random worlds: what the policy decides of one row, what a query in its scope brings, what the design says, and what is answered
//! through every form of an address are the same. `ENTRAIDE_WORLDS=2000` for a long run.

use super::cases;
use crate::harness::cases::{case, person, user_id};
use crate::harness::{Client, Reply, World};
use diesel::prelude::*;
use entraide::audit::{Author, Tx};
use entraide::auth::store::NewGrant;
use entraide::auth::{Confidentiality, PermitKind, Role, Scope, WallFact, WallKind, store};
use entraide::db::paging::Slice;
use entraide::db::schema::{contact_requests, dossier_permits, dossier_walls, dossiers, grants, members, users};
use entraide::db::{DbConn, Id, Instant};
use entraide::dossiers::break_glass::store::BreakGlassRow;
use entraide::dossiers::model::{DossierFilters, DossierStatus, SolidarityStatus};
use entraide::dossiers::store::{DossierRow, Facts, build_wall, count, facts, find, find_by_ids, list};
use entraide::values::Day;
use fastrand::Rng;
use serde_json::{Value, json};
use std::collections::BTreeSet;

const DEPARTMENTS: [&str; 4] = ["63", "03", "15", "2A"];
const LEVELS: [Confidentiality; 4] = [Confidentiality::Standard, Confidentiality::Restricted, Confidentiality::Confidential, Confidentiality::Secret];
const STATES: [DossierStatus; 7] = [
    DossierStatus::New,
    DossierStatus::InProgress,
    DossierStatus::Suspended,
    DossierStatus::Inadmissible,
    DossierStatus::Closed,
    DossierStatus::Archived,
    DossierStatus::Anonymised,
];
/// Roles that see some rows and not others are the likelier ones.
const ROLES: [Role; 13] = [
    Role::Volunteer,
    Role::Volunteer,
    Role::DepartmentStaff,
    Role::DepartmentStaff,
    Role::DepartmentHead,
    Role::Dpo,
    Role::Analyst,
    Role::Admin,
    Role::NationalStaff,
    Role::NationalStaff,
    Role::Lawyer,
    Role::Lawyer,
    Role::SolidarityOfficer,
];
const TODAY: &str = "2026-11-22";

fn today() -> Day {
    TODAY.parse().unwrap()
}

/// A dossier as chance has it.
#[derive(Debug, Clone)]
struct Row {
    department: &'static str,
    level: usize,
    state: DossierStatus,
    referent: Option<usize>,
    member: usize,
    until: Option<i64>,
    /// Who is kept from it.
    walls: Vec<Against>,
    permits: Vec<Permit>,
    solidarity: Option<SolidarityStatus>,
}

/// Whom a wall keeps away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Against {
    Reader(usize),
    Member(usize),
    Everybody,
}

/// What opens a dossier to a reader, for ever or for some minutes, unless it was ended.
#[derive(Debug, Clone, Copy)]
struct Permit {
    kind: PermitKind,
    reader: usize,
    minutes: Option<i64>,
    ended: bool,
}

/// A right from some days ago to some days ahead.
#[derive(Debug, Clone)]
struct Right {
    role: Role,
    department: Option<&'static str>,
    from: i64,
    to: Option<i64>,
}

#[derive(Debug, Clone)]
struct Chance {
    rows: Vec<Row>,
    /// The departments of the members.
    homes: Vec<&'static str>,
    rights: Vec<Right>,
    reader: usize,
    own: Option<usize>,
    /// The dossier that the call of each department became.
    calls: Vec<usize>,
}

const ROWS: usize = 24;
const READERS: usize = 3;
const MEMBERS: usize = 4;

fn pick<T: Copy>(rng: &mut Rng, of: &[T]) -> T {
    of[rng.usize(..of.len())]
}

impl Chance {
    fn new(seed: u64) -> Self {
        let rng = &mut Rng::with_seed(seed);
        let against = |rng: &mut Rng| match rng.u8(..3) {
            0 => Against::Reader(rng.usize(..READERS)),
            1 => Against::Member(rng.usize(..MEMBERS)),
            _ => Against::Everybody,
        };
        let permit = |rng: &mut Rng| {
            let (kind, reader) = (pick(rng, &[PermitKind::BreakGlass, PermitKind::Mandate]), rng.usize(..READERS));
            let minutes = (kind == PermitKind::BreakGlass || rng.bool()).then(|| rng.i64(-1..2));
            Permit { kind, reader, minutes, ended: rng.u8(..4) == 0 }
        };
        let row = |rng: &mut Rng| Row {
            department: pick(rng, &DEPARTMENTS),
            level: rng.usize(..4),
            state: pick(rng, &STATES),
            referent: rng.bool().then(|| rng.usize(..READERS)),
            member: rng.usize(..MEMBERS),
            until: (rng.u8(..3) == 0).then(|| rng.i64(-1..2)),
            walls: (0..rng.usize(..6)).skip(4).map(|_| against(rng)).collect(),
            permits: (0..rng.usize(..4)).map(|_| permit(rng)).collect(),
            solidarity: pick(rng, &[None, None, Some(SolidarityStatus::Requested), Some(SolidarityStatus::Granted), Some(SolidarityStatus::Refused)]),
        };
        let right = |rng: &mut Rng| {
            let role = pick(rng, &ROLES);
            let department = matches!(role, Role::Volunteer | Role::DepartmentStaff | Role::DepartmentHead).then(|| pick(rng, &DEPARTMENTS));
            let from = rng.i64(-3..2);
            Right { role, department, from, to: rng.bool().then(|| rng.i64(from..3)) }
        };
        let rows = (0..ROWS).map(|_| row(rng)).collect();
        let rights = (0..rng.usize(1..7)).map(|_| right(rng)).collect();
        let homes = (0..MEMBERS).map(|_| pick(rng, &DEPARTMENTS)).collect();
        let calls = DEPARTMENTS.map(|_| rng.usize(..ROWS)).to_vec();
        Self { rows, homes, rights, reader: rng.usize(..READERS), own: rng.bool().then(|| rng.usize(..MEMBERS)), calls }
    }
}

/// One word of the design taken the other way round: a comparison that cannot see it proves nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Flip {
    Nothing,
    VolunteerCeiling,
    StaffCeiling,
    ReferentAnywhere,
    ReferentNowhere,
    OwnCase,
    Archive,
    LastDayReadable,
    LastDayOfRight,
    FirstDayOfRight,
    WallOfUser,
    WallOfMember,
    WallOfConsent,
    LastMinute,
    Ended,
    OtherKind,
    Decided,
}

impl Right {
    fn counts(&self, flip: Flip) -> bool {
        let begun = if flip == Flip::FirstDayOfRight { self.from < 0 } else { self.from <= 0 };
        let lasts = self.to.is_none_or(|to| if flip == Flip::LastDayOfRight { to > 0 } else { to >= 0 });
        begun && lasts
    }

    fn ceiling(&self, flip: Flip) -> Option<usize> {
        match self.role {
            Role::Volunteer => Some(usize::from(flip == Flip::VolunteerCeiling)),
            Role::DepartmentStaff => Some(if flip == Flip::StaffCeiling { 3 } else { 2 }),
            Role::DepartmentHead => Some(3),
            _ => None,
        }
    }
}

/// What the design says, without a word of the policy's code.
impl Chance {
    fn rights(&self, flip: Flip) -> impl Iterator<Item = &Right> {
        self.rights.iter().filter(move |right| right.counts(flip))
    }

    fn is_of_a_team(&self) -> bool {
        self.rights(Flip::Nothing).any(|right| right.department.is_some())
    }

    fn watches(&self) -> bool {
        self.is(Flip::Nothing, Role::Dpo)
    }

    fn is(&self, flip: Flip, role: Role) -> bool {
        self.rights(flip).any(|right| right.role == role)
    }

    /// Whether the list shows dossiers with their content.
    fn lists_content(&self) -> bool {
        self.is_of_a_team() || self.is(Flip::Nothing, Role::Lawyer) || self.is(Flip::Nothing, Role::SolidarityOfficer)
    }

    fn works_in(&self, department: &str) -> bool {
        self.rights(Flip::Nothing).any(|right| right.department == Some(department))
    }

    fn works(&self, flip: Flip, row: &Row) -> bool {
        let here = |right: &&Right| right.department == Some(row.department);
        let refers = row.referent == Some(self.reader) && flip != Flip::ReferentNowhere;
        let reached = self.rights(flip).filter(here).any(|right| refers || right.ceiling(flip).is_some_and(|ceiling| row.level <= ceiling));
        let anywhere = flip == Flip::ReferentAnywhere && refers && self.rights(flip).any(|right| right.department.is_some());
        reached || anywhere
    }

    /// Whether a mandate or broken glass opens it.
    fn opened(&self, flip: Flip, row: &Row, kind: PermitKind) -> bool {
        let role = if kind == PermitKind::Mandate { Role::Lawyer } else { Role::NationalStaff };
        let runs = |permit: &Permit| permit.minutes.is_none_or(|left| if flip == Flip::LastMinute { left >= 0 } else { left > 0 });
        let lasts = |permit: &Permit| !permit.ended || flip == Flip::Ended;
        let counts = |permit: &&Permit| permit.reader == self.reader && (permit.kind == kind || flip == Flip::OtherKind);
        self.is(flip, role) && row.permits.iter().filter(counts).any(|permit| runs(permit) && lasts(permit))
    }

    fn decides(&self, flip: Flip, row: &Row) -> bool {
        let waits = row.solidarity == Some(SolidarityStatus::Requested) || flip == Flip::Decided && row.solidarity.is_some();
        self.is(flip, Role::SolidarityOfficer) && waits
    }

    fn is_walled(&self, flip: Flip, row: &Row) -> bool {
        let away = matches!(row.state, DossierStatus::Archived | DossierStatus::Anonymised) && flip != Flip::Archive;
        let lapsed = row.until.is_some_and(|until| if flip == Flip::LastDayReadable { until <= 0 } else { until < 0 });
        let own = self.own == Some(row.member) && flip != Flip::OwnCase;
        let keeps = |wall: &Against| match *wall {
            Against::Reader(reader) => reader == self.reader && flip != Flip::WallOfUser,
            Against::Member(member) => self.own == Some(member) && flip != Flip::WallOfMember,
            Against::Everybody => flip != Flip::WallOfConsent,
        };
        away || lapsed || own || row.walls.iter().any(keeps)
    }

    fn reads(&self, flip: Flip, row: &Row) -> bool {
        let opened = || self.opened(flip, row, PermitKind::Mandate) || self.opened(flip, row, PermitKind::BreakGlass);
        (self.works(flip, row) || opened() || self.decides(flip, row)) && !self.is_walled(flip, row)
    }

    /// What a list shows: broken glass opens one dossier, and no list.
    fn lists(&self, row: &Row) -> bool {
        let found = self.works(Flip::Nothing, row) || self.opened(Flip::Nothing, row, PermitKind::Mandate) || self.decides(Flip::Nothing, row);
        found && !self.is_walled(Flip::Nothing, row)
    }

    /// Earlier versions are for the team and for whoever broke the glass.
    fn knows_the_past(&self, row: &Row) -> bool {
        let found = self.works(Flip::Nothing, row) || self.opened(Flip::Nothing, row, PermitKind::BreakGlass);
        found && !self.is_walled(Flip::Nothing, row)
    }
}

/// Rows that each world turns into its own.
struct Pool {
    world: World,
    readers: Vec<Client>,
    users: Vec<Id>,
    members: Vec<Id>,
    dossiers: Vec<Id>,
    calls: Vec<Id>,
}

/// No filter.
#[rustfmt::skip]
fn everything() -> DossierFilters {
    DossierFilters {
        status: None, kind: None, motive: None, quality: None, department: None, establishment: None, member: None, referent: None, urgency: None,
        confidentiality: None, reference: None, opened: None, facts: None, purpose: None, solidarity: None, complaint: None, counsel: None,
        judicialised: None, path: None, incident: None, context: None, duplicate: None,
    }
}

fn id_of(view: &Value) -> Id {
    Id::parse(view["id"].as_str().unwrap()).unwrap()
}

fn names(ids: impl IntoIterator<Item = Id>) -> BTreeSet<String> {
    ids.into_iter().map(|id| id.to_string()).collect()
}

impl Pool {
    fn new() -> Self {
        let world = World::new();
        let heads: Vec<Client> = DEPARTMENTS.iter().map(|department| world.head(department)).collect();
        let people: Vec<Value> = heads.iter().zip(DEPARTMENTS).map(|(head, department)| person(head, department)).collect();
        let first = id_of(&heads[0].post("/dossiers", &case(&people[0])).ok());
        let call = json!({ "channel": "phone", "caller_name": "Anne" });
        let calls = heads.iter().map(|head| id_of(&head.post("/contact-requests", &call).ok())).collect();
        let readers: Vec<Client> = (0..READERS).map(|at| world.volunteer(DEPARTMENTS[at])).collect();
        let users = readers.iter().map(|reader| Id::parse(user_id(reader).as_str().unwrap()).unwrap()).collect();
        let dossiers: Vec<Id> = (0..ROWS).map(|_| Id::new()).collect();
        let copies = dossiers.clone();
        world
            .db()
            .write_now(move |conn| {
                let first = find(conn, &Scope::console(), first)?;
                diesel::delete(dossiers::table.find(first.id)).execute(conn)?;
                for (at, id) in copies.into_iter().enumerate() {
                    let row = DossierRow { id, reference: format!("63-2020-{at:06}").parse().unwrap(), ..first.clone() };
                    diesel::insert_into(dossiers::table).values(&row).execute(conn)?;
                }
                Ok(())
            })
            .unwrap();
        Self { world, readers, users, members: people.iter().map(id_of).collect(), dossiers, calls }
    }

    /// Writes a world into the database.
    fn turn_into(&self, chance: &Chance) {
        let (chance, ids, calls, people, users) = (chance.clone(), self.dossiers.clone(), self.calls.clone(), self.members.clone(), self.users.clone());
        let (author, now) = (Author::console("test", &self.world.server.keys.records), self.world.now());
        let write = move |conn: &mut DbConn| {
            diesel::delete(dossier_walls::table).execute(conn)?;
            diesel::delete(dossier_permits::table).execute(conn)?;
            diesel::update(users::table).set(users::member_id.eq(None::<Id>)).execute(conn)?;
            for (id, row) in ids.iter().zip(&chance.rows) {
                let set = (
                    dossiers::department_code.eq(row.department),
                    dossiers::confidentiality.eq(LEVELS[row.level]),
                    dossiers::status.eq(row.state),
                    dossiers::referent_id.eq(row.referent.map(|at| users[at])),
                    dossiers::member_id.eq(Some(people[row.member])),
                    dossiers::unarchived_until.eq(row.until.map(|days| today().plus(days))),
                    dossiers::solidarity_status.eq(row.solidarity),
                );
                diesel::update(dossiers::table.find(*id)).set(set).execute(conn)?;
                for wall in &row.walls {
                    let (user_id, member_id, kind) = match *wall {
                        Against::Reader(at) => (Some(users[at]), None, WallKind::OpposingParty),
                        Against::Member(at) => (None, Some(people[at]), WallKind::OpposingParty),
                        Against::Everybody => (None, None, WallKind::WithdrawnConsent),
                    };
                    build_wall(&mut Tx { conn, author: &author, now }, &Scope::console(), *id, WallFact { kind, user_id, member_id })?;
                }
                for Permit { kind, reader, minutes, ended } in row.permits.iter().copied() {
                    let expires_at = minutes.map(|minutes| Instant(now.0 + chrono::Duration::minutes(minutes)));
                    let (opening, dossier_id, user_id, ended_at) = (Id::new(), *id, users[reader], ended.then_some(now));
                    let row = BreakGlassRow {
                        id: opening,
                        dossier_id,
                        user_id,
                        kind,
                        reason: None,
                        expires_at,
                        ended_at,
                        version: 1,
                        created_at: now,
                        updated_at: now,
                    };
                    diesel::insert_into(dossier_permits::table).values(&row).execute(conn)?;
                }
            }
            for (id, home) in people.iter().zip(&chance.homes) {
                diesel::update(members::table.find(*id)).set(members::department_code.eq(*home)).execute(conn)?;
            }
            for (id, at) in calls.iter().zip(&chance.calls) {
                diesel::update(contact_requests::table.find(*id)).set(contact_requests::dossier_id.eq(Some(ids[*at]))).execute(conn)?;
            }
            let user_id = users[chance.reader];
            diesel::delete(grants::table.filter(grants::user_id.eq(user_id))).execute(conn)?;
            for right in &chance.rights {
                let department_code = right.department.map(|code| code.parse().unwrap());
                let (starts_on, ends_on) = (today().plus(right.from), right.to.map(|days| today().plus(days)));
                diesel::insert_into(grants::table)
                    .values(&NewGrant {
                        id: Id::new(),
                        user_id,
                        role: right.role,
                        department_code,
                        academy_code: None,
                        establishment_id: None,
                        starts_on,
                        ends_on,
                    })
                    .execute(conn)?;
            }
            diesel::update(users::table.find(user_id)).set(users::member_id.eq(chance.own.map(|at| people[at]))).execute(conn)?;
            store::advance_epoch(conn)
        };
        self.world.db().write_now(write).unwrap();
    }

    fn ids(&self, chance: &Chance, keep: impl Fn(&Row) -> bool) -> BTreeSet<String> {
        names(self.dossiers.iter().zip(&chance.rows).filter(|(_, row)| keep(row)).map(|(id, _)| *id))
    }

    /// What the policy decides row by row, what queries in its scope bring, and what the design says.
    fn disagreement(&self, chance: &Chance, flip: Flip) -> Option<String> {
        let (user_id, ids, now) = (self.users[chance.reader], self.dossiers.clone(), self.world.now());
        let read = move |conn: &mut DbConn| {
            let all = find_by_ids(conn, &Scope::console(), ids.clone())?;
            let Some(scope) = store::scope_of(conn, user_id, "dossiers_retrieve", now)? else { return Ok(None) };
            let plain = scope.unveiled();
            let (beside, none) = (facts(conn, &Scope::console(), ids.clone())?, Facts::default());
            let decided = names(all.iter().filter(|row| row.is_read_by(&scope, beside.get(&row.id).unwrap_or(&none))).map(|row| row.id));
            let filters = everything();
            let slice = Slice { sort: "opened", limit: 100, ..Slice::default() };
            let listed = names(list(conn, &plain, &filters, &slice)?.into_iter().map(|row| row.id));
            let counted = count(conn, &plain, &filters)?;
            let by_ids = names(find_by_ids(conn, &plain, ids.clone())?.into_iter().map(|row| row.id));
            let found = names(ids.iter().filter(|id| find(conn, &plain, **id).is_ok()).copied());
            Ok(Some((decided, listed, counted, by_ids, found)))
        };
        let designed = self.ids(chance, |row| chance.reads(flip, row));
        let Some((decided, listed, counted, by_ids, found)) = self.world.db().read_now(read).unwrap() else {
            return (!designed.is_empty()).then(|| "the function is not granted".to_owned());
        };
        let same = [&listed, &by_ids, &found, &designed].iter().all(|rows| **rows == decided) && usize::try_from(counted) == Ok(decided.len());
        (!same).then(|| format!("decided {decided:?}\nlisted {listed:?}\ncounted {counted}\nby ids {by_ids:?}\nfound {found:?}\ndesigned {designed:?}"))
    }

    /// The same through HTTP: list, count, CSV, NDJSON, items, histories, steps, what stands beside references, and searches.
    fn check_answers(&self, chance: &Chance) {
        let client = self.world.again(&self.readers[chance.reader]);
        let reads = self.ids(chance, |row| chance.reads(Flip::Nothing, row));
        let shown = self.ids(chance, |row| !chance.lists_content() || chance.lists(row));
        let past = self.ids(chance, |row| chance.knows_the_past(row));
        let listing = chance.lists_content() || chance.watches();
        let (national, team) = (chance.is(Flip::Nothing, Role::NationalStaff), chance.is_of_a_team());
        let sees = |id: &str| chance.watches() || reads.contains(id);
        let streamed = |media: &str| client.request("GET", "/dossiers").header("Accept", media).send();
        let page = client.request("GET", "/dossiers?limit=100").header("Prefer", "count=exact").send();
        for ids in [json_ids(&page), csv_ids(&streamed("text/csv")), ndjson_ids(&streamed("application/x-ndjson"))] {
            assert_eq!(ids, listing.then(|| shown.clone()), "{chance:#?}");
        }
        if listing {
            assert_eq!(page.json()["total_count"].as_u64(), Some(shown.len() as u64));
            assert_eq!(client.all("/dossiers?limit=5").len(), shown.len());
        }
        for id in names(self.dossiers.iter().copied()) {
            let status = |path: &str| client.get(path).status;
            let expected = |seen: bool, granted: bool| {
                if !granted {
                    403
                } else if seen {
                    200
                } else {
                    404
                }
            };
            let item = client.get(&format!("/dossiers/{id}"));
            assert_eq!(item.status, expected(sees(&id), listing || national), "{id} {chance:#?}");
            if item.status == 200 {
                assert_eq!(item.json()["withheld"] == json!([]), reads.contains(&id), "{id} {chance:#?}");
            }
            assert_eq!(status(&format!("/dossiers/{id}/history")), expected(past.contains(&id), team || national), "{id} {chance:#?}");
            assert_eq!(status(&format!("/dossiers/{id}/transitions")), expected(sees(&id), listing || national), "{id} {chance:#?}");
        }
        if chance.is_of_a_team() {
            self.check_beside(chance, &client, &reads, sees);
        }
    }

    fn check_beside(&self, chance: &Chance, client: &Client, reads: &BTreeSet<String>, sees: impl Fn(&str) -> bool) {
        let home = |id: &Value| chance.homes[self.members.iter().position(|member| member.to_string() == id.as_str().unwrap()).unwrap()];
        let rows = client.get("/dossiers?limit=100&expand=member").ok();
        for row in rows["items"].as_array().unwrap() {
            assert!(reads.contains(row["id"].as_str().unwrap()));
            assert_eq!(!row["member"].is_null(), chance.works_in(home(&row["member_id"])), "{row} {chance:#?}");
        }
        let calls = client.get("/contact-requests?limit=100&expand=dossier").ok();
        let own = DEPARTMENTS.iter().filter(|department| chance.works_in(department)).count();
        assert_eq!(calls["items"].as_array().unwrap().len(), own);
        for call in calls["items"].as_array().unwrap() {
            assert_eq!(!call["dossier"].is_null(), sees(call["dossier_id"].as_str().unwrap()), "{call} {chance:#?}");
        }
        let found = client.post("/members/search", &json!({ "birth_date": "1984-05-06" })).ok();
        let expected = self.members.iter().zip(&chance.homes).filter(|(_, home)| chance.works_in(home)).map(|(id, _)| *id);
        assert_eq!(found["items"].as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect::<BTreeSet<_>>(), names(expected));
    }
}

/// The ids of a list in each of its forms; none where it is refused.
fn json_ids(reply: &Reply) -> Option<BTreeSet<String>> {
    let id = |row: &Value| row["id"].as_str().unwrap().to_owned();
    granted(reply).then(|| reply.json()["items"].as_array().unwrap().iter().map(id).collect())
}

fn ndjson_ids(reply: &Reply) -> Option<BTreeSet<String>> {
    let id = |line: &str| serde_json::from_str::<Value>(line).unwrap()["id"].as_str().unwrap().to_owned();
    granted(reply).then(|| reply.text().lines().map(id).collect())
}

fn csv_ids(reply: &Reply) -> Option<BTreeSet<String>> {
    let mut csv = csv::Reader::from_reader(reply.bytes.as_slice());
    granted(reply).then(|| csv.records().map(|record| record.unwrap()[0].to_owned()).collect())
}

/// Analysts are asked for a purpose; others, who have no part in dossiers, are refused.
fn granted(reply: &Reply) -> bool {
    assert!(matches!(reply.status, 200 | 400 | 403), "{}", reply.text());
    reply.status == 200
}

#[test]
fn what_is_decided_queried_and_answered_is_the_same_in_any_world() {
    let pool = Pool::new();
    let worlds = cases("ENTRAIDE_WORLDS", 60);
    let mut read = 0;
    for seed in 0..worlds {
        let chance = Chance::new(seed as u64);
        pool.turn_into(&chance);
        if let Some(words) = pool.disagreement(&chance, Flip::Nothing) {
            panic!("world {seed}: {chance:#?}\n{words}");
        }
        if seed % 20 == 0 {
            pool.check_answers(&chance);
        }
        read += chance.rows.iter().filter(|row| chance.reads(Flip::Nothing, row)).count();
    }
    assert!(read > worlds, "hardly anything is read in these worlds: {read}");
    println!("{worlds} worlds, {} of them through HTTP, {read} of {} rows read", worlds.div_ceil(20), worlds * ROWS);
}

#[test]
fn the_comparison_of_worlds_notices_any_word_of_the_design_that_is_flipped() {
    let pool = Pool::new();
    let flips = [
        Flip::VolunteerCeiling,
        Flip::StaffCeiling,
        Flip::ReferentAnywhere,
        Flip::ReferentNowhere,
        Flip::OwnCase,
        Flip::Archive,
        Flip::LastDayReadable,
        Flip::LastDayOfRight,
        Flip::FirstDayOfRight,
        Flip::WallOfUser,
        Flip::WallOfMember,
        Flip::WallOfConsent,
        Flip::LastMinute,
        Flip::Ended,
        Flip::OtherKind,
        Flip::Decided,
    ];
    let mut unseen: Vec<Flip> = flips.to_vec();
    for seed in 0..400 {
        let chance = Chance::new(seed);
        pool.turn_into(&chance);
        unseen.retain(|flip| pool.disagreement(&chance, *flip).is_none());
        if unseen.is_empty() {
            return;
        }
    }
    panic!("nobody notices {unseen:?}");
}
