//! The record and the versions that it tells of against whoever can write the database but has no key: of all that they do to it,
//! only a cut after the last checkpoint is not found, and that only where the versions go with their events.

use crate::audit::{events, put_in_order, scrub, some_changes};
use crate::harness::World;
use crate::harness::data::school;
use diesel::prelude::*;
use entraide::audit::chain::{Fault, Head, Walk, alone};
use entraide::audit::checkpoint::{self, Checkpoint};
use entraide::audit::{self, EventRow, VersionRow};
use entraide::auth::RecordKey;
use entraide::db::schema::{audit_events, resource_versions};
use entraide::db::{self, DbConn, Id, Instant};
use fastrand::Rng;
use std::collections::{HashMap, HashSet};

/// A column of the record: how it is changed, and how a verification that does not look at it sees it.
struct Column<Row: 'static> {
    name: &'static str,
    change: fn(&mut Row, &mut Rng),
    overlook: fn(&mut Row, &Row),
}

macro_rules! columns {
    ($columns:ident of $row:ident: $($name:ident: $change:expr,)+) => {
        /// Every column: one that is added to the record does not compile until it is tried here too.
        const $columns: &[Column<$row>] = &[$(Column {
            name: stringify!($name),
            change: |row, rng| apply(&mut row.$name, rng, $change),
            overlook: |row, original| row.$name.clone_from(&original.$name),
        }),+];

        const _: fn($row) = |$row { $($name: _),+ }| {};
    };
}

columns! {
    COLUMNS of EventRow:
    id: |value, _| *value = Id::new(),
    recorded_at: |value, _| *value = Instant(value.0 - chrono::Duration::microseconds(1)),
    origin: |value, _| *value = if value == "api" { "console" } else { "api" }.to_owned(),
    actor_id: |value, rng| another(value, Id::new(), rng),
    client_id: |value, rng| another(value, Id::new(), rng),
    on_behalf_of: |value, rng| another(value, Id::new(), rng),
    request_id: |value, _| *value = Id::new(),
    operation: |value, _| value.push('x'),
    rule: |value, rng| another(value, String::new(), rng),
    action: |value, _| value.push('d'),
    resource: |value, _| value.insert(0, 'a'),
    resource_id: |value, _| *value = Id::new(),
    version: |value: &mut Option<i32>, rng| { let next = value.map_or(0, |version| version + 1); another(value, next, rng) },
    before_digest: |value, rng| another(value, Vec::new(), rng),
    after_digest: |value, rng| another(value, vec![rng.u8(..); 32], rng),
    sequence: |value: &mut Option<i64>, rng| { let later = value.unwrap() + 10_000; another(value, later, rng) },
    seal: |value: &mut Option<Vec<u8>>, rng| {
        let mut seal = value.clone().unwrap();
        seal[rng.usize(..32)] ^= 1 << rng.u8(..8);
        another(value, seal, rng)
    },
}

columns! {
    VERSION_COLUMNS of VersionRow:
    resource_id: |value, _| *value = Id::new(),
    version: |value, _| *value += 10_000,
    resource: |value, _| value.push('x'),
    action: |value, _| *value = if value == "transfer" { "update" } else { "transfer" }.to_owned(),
    recorded_at: |value, _| *value = Instant(value.0 - chrono::Duration::microseconds(1)),
    actor_id: |value, rng| another(value, Id::new(), rng),
    request_id: |value, _| *value = Id::new(),
    snapshot: |value: &mut Option<String>, rng| {
        // Another name; the same in other bytes; nothing of it.
        let text = value.clone().unwrap_or_default();
        let other = [text.replacen("\"name\":", "\"name\":\"x\",\"was\":", 1), format!("{text} "), "{}".to_owned()];
        let other = other.into_iter().filter(|other| *other != text).nth(rng.usize(..2)).unwrap();
        another(value, other, rng);
    },
}

fn apply<T>(value: &mut T, rng: &mut Rng, change: fn(&mut T, &mut Rng)) {
    change(value, rng);
}

/// Another value, or none where there was one.
fn another<T>(value: &mut Option<T>, other: T, rng: &mut Rng) {
    *value = if value.is_some() && rng.bool() { None } else { Some(other) };
}

#[derive(Clone, Copy)]
enum Manipulation {
    Edit(&'static Column<EventRow>),
    /// A letter goes from one text to the next.
    Shift,
    Delete,
    Insert,
    Swap,
    /// The newest go; their versions with them, or not.
    Cut,
    /// One is edited, and it and some after it are sealed anew, under a key that was guessed.
    Restamp,
    EditVersion(&'static Column<VersionRow>),
    DeleteVersion,
    InsertVersion,
    /// Two versions change their snapshots.
    SwapVersions,
}

use Manipulation::{Cut, Delete, DeleteVersion, Edit, EditVersion, Insert, InsertVersion, Restamp, Shift, Swap, SwapVersions};

impl Manipulation {
    fn any(rng: &mut Rng) -> Self {
        let column = &COLUMNS[rng.usize(..COLUMNS.len())];
        let of_version = &VERSION_COLUMNS[rng.usize(..VERSION_COLUMNS.len())];
        let all = [Edit(column), Shift, Delete, Insert, Swap, Cut, Restamp, EditVersion(of_version), DeleteVersion, InsertVersion, SwapVersions];
        all[rng.usize(..all.len())]
    }

    fn name(self) -> String {
        match self {
            Edit(column) => format!("edit {}", column.name),
            Shift => "shift".to_owned(),
            Delete => "delete".to_owned(),
            Insert => "insert".to_owned(),
            Swap => "swap".to_owned(),
            Cut => "cut".to_owned(),
            Restamp => "restamp".to_owned(),
            EditVersion(column) => format!("edit {} of a version", column.name),
            DeleteVersion => "delete a version".to_owned(),
            InsertVersion => "insert a version".to_owned(),
            SwapVersions => "swap versions".to_owned(),
        }
    }
}

/// All that is verified.
#[derive(Clone)]
struct Record {
    events: Vec<EventRow>,
    versions: Vec<VersionRow>,
}

type Version = (Id, i32);

fn told(event: &EventRow) -> Option<Version> {
    event.version.map(|version| (event.resource_id, version))
}

fn named(row: &VersionRow) -> Version {
    (row.resource_id, row.version)
}

/// What was done to a copy.
struct Done {
    /// The place from which on the chain is another.
    place: Option<i64>,
    /// Whether all that was done was to cut its end off.
    cut: bool,
    /// Versions that are no longer what the events tell.
    versions: Vec<Version>,
}

fn manipulate(record: &mut Record, what: Manipulation, rng: &mut Rng) -> Done {
    let Record { events, versions } = record;
    let at = rng.usize(..versions.len());
    let touched = match what {
        EditVersion(column) => {
            let was = named(&versions[at]);
            (column.change)(&mut versions[at], rng);
            vec![was, named(&versions[at])]
        }
        DeleteVersion => vec![named(&versions.remove(at))],
        InsertVersion => {
            let copied = versions[at].clone();
            let next = versions.iter().filter(|row| row.resource_id == copied.resource_id).map(|row| row.version + 1).max().unwrap();
            versions.push(if rng.bool() { VersionRow { version: next, ..copied } } else { VersionRow { resource_id: Id::new(), ..copied } });
            vec![named(versions.last().unwrap())]
        }
        SwapVersions => {
            let other = (at + rng.usize(1..versions.len())) % versions.len();
            let snapshot = versions[at].snapshot.take();
            versions[at].snapshot = std::mem::replace(&mut versions[other].snapshot, snapshot);
            vec![named(&versions[at]), named(&versions[other])]
        }
        _ => {
            let had: HashSet<Version> = events.iter().filter_map(told).collect();
            let before = events.clone();
            let (place, cut) = manipulate_events(events, what, rng);
            let left: HashSet<Version> = events.iter().filter_map(told).collect();
            if cut && rng.bool() {
                versions.retain(|row| !had.contains(&named(row)) || left.contains(&named(row)));
            }
            let gone = before.iter().skip(events.len()).filter_map(told).collect();
            return Done { place: Some(place), cut, versions: if cut { gone } else { Vec::new() } };
        }
    };
    Done { place: None, cut: false, versions: touched }
}

/// Manipulates a copy of the chain; tells the place from which on it is another, and whether all it did was to cut the end off.
fn manipulate_events(rows: &mut Vec<EventRow>, what: Manipulation, rng: &mut Rng) -> (i64, bool) {
    let at = rng.usize(..rows.len());
    let place = rows[at].sequence.unwrap();
    match what {
        Edit(column) => (column.change)(&mut rows[at], rng),
        Shift => {
            let letter = rows[at].action.pop().unwrap();
            rows[at].resource.insert(0, letter);
        }
        Delete => {
            rows.remove(at);
            // Whoever is clever closes the gap.
            if rng.bool() {
                move_on(&mut rows[at..], -1);
            }
            return (place, at == rows.len());
        }
        Insert => {
            let copied = EventRow { id: Id::new(), ..rows[rng.usize(..rows.len())].clone() };
            match rng.u8(..4) {
                // Beside the chain, as if it still waited for its place.
                0 => rows.push(EventRow { sequence: None, ..copied }),
                1 => rows.push(EventRow { sequence: rows.last().unwrap().sequence.map(|last| last + 1), ..copied }),
                _ => {
                    move_on(&mut rows[at..], 1);
                    rows.insert(at, EventRow { sequence: Some(place), ..copied });
                    return (place, false);
                }
            }
            return (rows.iter().filter_map(|row| row.sequence).max().unwrap(), false);
        }
        Swap => {
            let other = (at + rng.usize(1..rows.len())) % rows.len();
            let (one, two) = (at.min(other), at.max(other));
            let (first, second) = (rows[one].sequence, rows[two].sequence);
            (rows[one].sequence, rows[two].sequence) = (second, first);
            if rng.bool() {
                let seal = rows[one].seal.clone();
                rows[one].seal = std::mem::replace(&mut rows[two].seal, seal);
            }
            rows.swap(one, two);
            return (first.unwrap(), false);
        }
        Cut => {
            rows.truncate(at);
            return (place, true);
        }
        Restamp => {
            (COLUMNS[rng.usize(..COLUMNS.len() - 2)].change)(&mut rows[at], rng);
            let until = rng.usize(at + 1..=rows.len());
            restamp(&mut rows[..until], at, &RecordKey::new(b"the key of somebody else"));
        }
        EditVersion(_) | DeleteVersion | InsertVersion | SwapVersions => unreachable!("these are done to versions"),
    }
    (place, false)
}

fn move_on(rows: &mut [EventRow], by: i64) {
    rows.iter_mut().for_each(|row| row.sequence = row.sequence.map(|sequence| sequence + by));
}

/// Seals all rows from one on anew.
fn restamp(rows: &mut [EventRow], from: usize, key: &RecordKey) {
    let mut head = match from.checked_sub(1) {
        Some(before) => Head { sequence: rows[before].sequence.unwrap(), seal: rows[before].seal.clone().unwrap() },
        None => Head::default(),
    };
    for row in &mut rows[from..] {
        row.seal = Some(head.extend(key, row).seal);
    }
}

/// What a verification finds in rows in memory.
fn walked(key: &RecordKey, checkpoint: Option<&Checkpoint>, rows: &[EventRow]) -> Result<(), Fault> {
    let mut walk = Walk::new(key, checkpoint);
    let mut placed: Vec<&EventRow> = rows.iter().filter(|row| row.sequence.is_some()).collect();
    placed.sort_by_key(|row| row.sequence);
    placed.into_iter().try_for_each(|row| walk.step(row))?;
    rows.iter().filter(|row| row.sequence.is_none()).try_for_each(|row| walk.wait(row))?;
    walk.end()
}

/// What `entraide audit verify` finds in a database whose record is this; it is put back afterwards.
fn verified(conn: &mut DbConn, key: &RecordKey, kept: &Checkpoint, original: &Record, record: &Record) -> Result<(), Fault> {
    let (gone, new) = differences(&original.events, &record.events, |row| row.id);
    let (gone_versions, new_versions) = differences(&original.versions, &record.versions, named);
    conn.run("BEGIN").unwrap();
    diesel::delete(audit_events::table.filter(audit_events::id.eq_any(gone))).execute(conn).unwrap();
    for row in new {
        diesel::insert_into(audit_events::table).values(row).execute(conn).unwrap();
    }
    for version in gone_versions {
        diesel::delete(resource_versions::table.find(version)).execute(conn).unwrap();
    }
    for row in new_versions {
        diesel::insert_into(resource_versions::table).values(row).execute(conn).unwrap();
    }
    let found = audit::verify(conn, &mut Walk::new(key, Some(kept))).unwrap();
    conn.run("ROLLBACK").unwrap();
    found
}

/// The keys of the rows that are gone or changed, and the rows that are new or changed.
fn differences<'r, Row: PartialEq, Key: Eq + std::hash::Hash>(original: &[Row], rows: &'r [Row], key: fn(&Row) -> Key) -> (Vec<Key>, Vec<&'r Row>) {
    let was: HashMap<Key, &Row> = original.iter().map(|row| (key(row), row)).collect();
    let left: HashMap<Key, &Row> = rows.iter().map(|row| (key(row), row)).collect();
    let gone = original.iter().filter(|row| left.get(&key(row)) != Some(row)).map(key).collect();
    (gone, rows.iter().filter(|row| was.get(&key(row)) != Some(row)).collect())
}

/// A record, and the last checkpoint that was taken of it.
struct Proof {
    world: World,
    record: Record,
    kept: Checkpoint,
}

impl Proof {
    fn new() -> Self {
        let world = World::new();
        let admin = world.admin();
        some_changes(&admin, 630_001, 20);
        let forgotten = admin.post("/establishments", &school(630_050));
        let at = format!("/establishments/{}", forgotten.json()["id"].as_str().unwrap());
        scrub(&world, &forgotten.json()["id"], |value| value["name"] = "".into());
        admin.delete(&at, forgotten.etag()).ok_status(204);
        let known = put_in_order(&world);
        let kept = checkpoint::sign(&world.server.keys, &known, world.now()).unwrap();
        let kept = checkpoint::read(&world.server.keys, &kept).unwrap();
        some_changes(&admin, 630_101, 30);
        put_in_order(&world);
        let versions = resource_versions::table.order((resource_versions::resource_id, resource_versions::version));
        let versions = world.db().read_now(move |conn| Ok(versions.select(VersionRow::as_select()).load(conn)?)).unwrap();
        let record = Record { events: events(&world), versions };
        Self { world, record, kept }
    }

    fn key(&self) -> &RecordKey {
        &self.world.server.keys.records
    }

    /// What `entraide audit verify` finds in such a record.
    fn verified(&self, conn: &mut DbConn, record: &Record) -> Result<(), Fault> {
        verified(conn, self.key(), &self.kept, &self.record, record)
    }

    /// What a verification of the chain alone finds.
    fn walked(&self, events: &[EventRow]) -> Result<(), Fault> {
        walked(self.key(), Some(&self.kept), events)
    }

    /// Those manipulations that a verification does not find, or not where they were made, but for cuts after the checkpoint; and how
    /// many such cuts there were.
    fn missed(
        &self,
        rng: &mut Rng,
        whats: impl Fn(&mut Rng) -> Manipulation,
        count: usize,
        mut verify: impl FnMut(&Record) -> Result<(), Fault>,
    ) -> (Vec<String>, usize) {
        let (mut missed, mut cuts) = (Vec::new(), 0);
        for round in 0..count {
            let (what, mut copy) = (whats(rng), self.record.clone());
            let Done { place, cut, versions } = manipulate(&mut copy, what, rng);
            let found = verify(&copy);
            let right = match &found {
                Ok(()) => cut && place > Some(self.kept.sequence),
                Err(Fault::Missing { sequence } | Fault::Altered { sequence, .. } | Fault::Other { sequence }) => Some(*sequence) == place,
                Err(Fault::Cut { length, .. }) => cut && Some(length + 1) == place && place <= Some(self.kept.sequence),
                Err(Fault::Foreign { id }) => copy.events.iter().any(|row| row.id == *id && row.sequence.is_none()),
                Err(Fault::VersionMissing { id, version, .. } | Fault::VersionAltered { id, version, .. } | Fault::VersionForeign { id, version, .. }) => {
                    versions.contains(&(*id, *version))
                }
                Err(_) => false,
            };
            cuts += usize::from(found.is_ok() && right);
            if !right {
                missed.push(format!("round {round}: {} at {place:?}: {found:?}", what.name()));
            }
        }
        (missed, cuts)
    }
}

/// How many manipulations to try; `ENTRAIDE_MANIPULATIONS=10000` for the long run.
fn manipulations() -> usize {
    std::env::var("ENTRAIDE_MANIPULATIONS").ok().and_then(|count| count.parse().ok()).unwrap_or(400)
}

#[test]
fn no_manipulation_goes_unnoticed_but_a_cut_after_the_last_checkpoint() {
    let proof = Proof::new();
    let (mut conn, mut rng) = (db::connect(&proof.world.database_url).unwrap(), Rng::with_seed(20_261_122));
    let mut verify = |record: &Record| proof.verified(&mut conn, record);
    assert_eq!(verify(&proof.record), Ok(()), "an untouched copy is whole");
    let (missed, cuts) = proof.missed(&mut rng, Manipulation::any, manipulations(), &mut verify);
    assert_eq!(missed, Vec::<String>::new());
    println!("{} manipulations: all found but {cuts} cuts after the checkpoint", manipulations());
    assert!(cuts > 0, "cuts after the checkpoint were tried");
    assert_eq!(verify(&proof.record), Ok(()), "every copy was put back");
}

#[test]
fn a_verification_that_overlooks_a_column_is_found_out_by_these_manipulations() {
    let proof = Proof::new();
    let mut rng = Rng::with_seed(7);
    for column in COLUMNS {
        let tried =
            |rng: &mut Rng, verify: &dyn Fn(&[EventRow]) -> Result<(), Fault>| proof.missed(rng, |_| Edit(column), 12, |record| verify(&record.events)).0.len();
        let blind = |rows: &[EventRow]| {
            let mut seen = rows.to_vec();
            seen.iter_mut().zip(&proof.record.events).for_each(|(row, original)| (column.overlook)(row, original));
            proof.walked(&seen)
        };
        assert_eq!(tried(&mut rng, &|rows| proof.walked(rows)), 0, "{}", column.name);
        assert_eq!(tried(&mut rng, &blind), 12, "{}", column.name);
    }
    let without_checkpoint = |record: &Record| walked(proof.key(), None, &record.events);
    assert!(!proof.missed(&mut rng, |_| Cut, 50, without_checkpoint).0.is_empty(), "without a checkpoint a cut is not missed");
}

#[test]
fn a_verification_that_overlooks_something_of_the_versions_is_found_out_by_these_manipulations() {
    let proof = Proof::new();
    let (mut conn, mut rng) = (db::connect(&proof.world.database_url).unwrap(), Rng::with_seed(9));
    // How many are missed by a verification that sees the versions so.
    let mut missed = |what: Manipulation, sees: &dyn Fn(&mut Vec<VersionRow>)| {
        let verify = |record: &Record| {
            let mut seen = record.clone();
            sees(&mut seen.versions);
            proof.verified(&mut conn, &seen)
        };
        proof.missed(&mut rng, |_| what, 12, verify).0.len()
    };
    let original = &proof.record.versions;
    let overlooking = |column: &'static Column<VersionRow>| {
        move |seen: &mut Vec<VersionRow>| seen.iter_mut().zip(original).for_each(|(row, original)| (column.overlook)(row, original))
    };
    for column in VERSION_COLUMNS {
        assert_eq!(missed(EditVersion(column), &|_| ()), 0, "{}", column.name);
        assert_eq!(missed(EditVersion(column), &overlooking(column)), 12, "{}", column.name);
    }
    let names: HashSet<Version> = original.iter().map(named).collect();
    let snapshot = VERSION_COLUMNS.iter().find(|column| column.name == "snapshot").unwrap();
    for (what, blind) in [
        (DeleteVersion, &(|seen: &mut Vec<VersionRow>| seen.clone_from(original)) as &dyn Fn(&mut Vec<VersionRow>)),
        (InsertVersion, &|seen| seen.retain(|row| names.contains(&named(row)))),
        (SwapVersions, &overlooking(snapshot)),
    ] {
        assert_eq!(missed(what, &|_| ()), 0, "{}", what.name());
        assert_eq!(missed(what, blind), 12, "{}", what.name());
    }
}

#[test]
fn an_event_that_waits_for_its_place_is_sealed_already() {
    let proof = Proof::new();
    let mut waiting = EventRow { id: Id::new(), sequence: None, ..proof.record.events[0].clone() };
    waiting.seal = Some(alone(proof.key(), &waiting));
    let with = |row: &EventRow| proof.walked(&[proof.record.events.clone(), vec![row.clone()]].concat());
    assert_eq!(with(&waiting), Ok(()));
    let mut rng = Rng::with_seed(8);
    for column in COLUMNS.iter().filter(|column| column.name != "sequence") {
        let mut copy = waiting.clone();
        (column.change)(&mut copy, &mut rng);
        assert_eq!(with(&copy), Err(Fault::Foreign { id: copy.id }), "{}", column.name);
    }
}

#[test]
fn a_chain_whose_key_everybody_has_would_miss_what_is_sealed_anew() {
    let proof = Proof::new();
    let (open, mut rows) = (RecordKey::new(b""), proof.record.events.clone());
    restamp(&mut rows, 0, &open);
    assert_eq!(walked(&open, None, &rows), Ok(()));
    rows[5].actor_id = Some(Id::new());
    assert!(walked(&open, None, &rows).is_err());
    restamp(&mut rows, 5, &open);
    assert_eq!(walked(&open, None, &rows), Ok(()), "nothing tells that it was changed");
    assert_eq!(walked(proof.key(), None, &rows), Err(Fault::Altered { sequence: 1, id: rows[0].id }));
}
