//! The record against whoever can write the database but has no key: of all that they do to it, only a cut after the last
//! checkpoint is not found.

use crate::audit::{events, put_in_order, some_changes};
use crate::harness::World;
use diesel::prelude::*;
use entraide::audit::chain::{Fault, Head, Walk, alone};
use entraide::audit::checkpoint::{self, Checkpoint};
use entraide::audit::{self, EventRow};
use entraide::auth::RecordKey;
use entraide::db::schema::audit_events;
use entraide::db::{self, DbConn, Id, Instant};
use fastrand::Rng;
use std::collections::HashMap;

/// A column of the record: how it is changed, and how a verification that does not look at it sees it.
struct Column {
    name: &'static str,
    change: fn(&mut EventRow, &mut Rng),
    overlook: fn(&mut EventRow, &EventRow),
}

macro_rules! columns {
    ($($name:ident: $change:expr,)+) => {
        /// Every column: one that is added to the record does not compile until it is tried here too.
        const COLUMNS: &[Column] = &[$(Column {
            name: stringify!($name),
            change: |row, rng| apply(&mut row.$name, rng, $change),
            overlook: |row, original| row.$name.clone_from(&original.$name),
        }),+];

        const _: fn(EventRow) = |EventRow { $($name: _),+ }| {};
    };
}

columns! {
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

fn apply<T>(value: &mut T, rng: &mut Rng, change: fn(&mut T, &mut Rng)) {
    change(value, rng);
}

/// Another value, or none where there was one.
fn another<T>(value: &mut Option<T>, other: T, rng: &mut Rng) {
    *value = if value.is_some() && rng.bool() { None } else { Some(other) };
}

#[derive(Clone, Copy)]
enum Manipulation {
    Edit(&'static Column),
    /// A letter goes from one text to the next.
    Shift,
    Delete,
    Insert,
    Swap,
    /// The newest go.
    Cut,
    /// One is edited, and it and some after it are sealed anew, under a key that was guessed.
    Restamp,
}

use Manipulation::{Cut, Delete, Edit, Insert, Restamp, Shift, Swap};

impl Manipulation {
    fn any(rng: &mut Rng) -> Self {
        let column = &COLUMNS[rng.usize(..COLUMNS.len())];
        [Edit(column), Shift, Delete, Insert, Swap, Cut, Restamp][rng.usize(..7)]
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
        }
    }
}

/// Manipulates a copy; tells the place from which on it is another, and whether all it did was to cut the end off.
fn manipulate(rows: &mut Vec<EventRow>, what: Manipulation, rng: &mut Rng) -> (i64, bool) {
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
fn verified(conn: &mut DbConn, key: &RecordKey, kept: &Checkpoint, original: &[EventRow], rows: &[EventRow]) -> Result<(), Fault> {
    let was: HashMap<Id, &EventRow> = original.iter().map(|row| (row.id, row)).collect();
    let new: Vec<&EventRow> = rows.iter().filter(|row| was.get(&row.id) != Some(row)).collect();
    let left: HashMap<Id, &EventRow> = rows.iter().map(|row| (row.id, row)).collect();
    let gone: Vec<Id> = original.iter().filter(|row| left.get(&row.id) != Some(row)).map(|row| row.id).collect();
    conn.run("BEGIN").unwrap();
    diesel::delete(audit_events::table.filter(audit_events::id.eq_any(gone))).execute(conn).unwrap();
    for row in new {
        diesel::insert_into(audit_events::table).values(row).execute(conn).unwrap();
    }
    let found = audit::verify(conn, &mut Walk::new(key, Some(kept))).unwrap();
    conn.run("ROLLBACK").unwrap();
    found
}

/// A record, and the last checkpoint that was taken of it.
struct Proof {
    world: World,
    rows: Vec<EventRow>,
    kept: Checkpoint,
}

impl Proof {
    fn new() -> Self {
        let world = World::new();
        let admin = world.admin();
        some_changes(&admin, 630_001, 20);
        let known = put_in_order(&world);
        let kept = checkpoint::sign(&world.server.keys, &known, world.now()).unwrap();
        let kept = checkpoint::read(&world.server.keys, &kept).unwrap();
        some_changes(&admin, 630_101, 30);
        put_in_order(&world);
        let rows = events(&world);
        Self { world, rows, kept }
    }

    fn key(&self) -> &RecordKey {
        &self.world.server.keys.records
    }

    /// Those manipulations that a verification does not find, or not where they were made, but for cuts after the checkpoint; and how
    /// many such cuts there were.
    fn missed(
        &self,
        rng: &mut Rng,
        whats: impl Fn(&mut Rng) -> Manipulation,
        count: usize,
        mut verify: impl FnMut(&[EventRow]) -> Result<(), Fault>,
    ) -> (Vec<String>, usize) {
        let (mut missed, mut cuts) = (Vec::new(), 0);
        for round in 0..count {
            let (what, mut copy) = (whats(rng), self.rows.clone());
            let (place, cut) = manipulate(&mut copy, what, rng);
            let found = verify(&copy);
            let right = match &found {
                Ok(()) => cut && place > self.kept.sequence,
                Err(Fault::Missing { sequence } | Fault::Altered { sequence, .. } | Fault::Other { sequence }) => *sequence == place,
                Err(Fault::Cut { length, .. }) => cut && length + 1 == place && place <= self.kept.sequence,
                Err(Fault::Foreign { id }) => copy.iter().any(|row| row.id == *id && row.sequence.is_none()),
                Err(_) => false,
            };
            cuts += usize::from(found.is_ok() && right);
            if !right {
                missed.push(format!("round {round}: {} at {place}: {found:?}", what.name()));
            }
        }
        (missed, cuts)
    }
}

/// How many manipulations to try; `ENTRAIDE_MANIPULATIONS=10000` for the long run.
fn manipulations() -> usize {
    std::env::var("ENTRAIDE_MANIPULATIONS").ok().and_then(|count| count.parse().ok()).unwrap_or(300)
}

#[test]
fn no_manipulation_goes_unnoticed_but_a_cut_after_the_last_checkpoint() {
    let proof = Proof::new();
    let (mut conn, mut rng) = (db::connect(&proof.world.database_url).unwrap(), Rng::with_seed(20_261_122));
    let mut verify = |rows: &[EventRow]| verified(&mut conn, proof.key(), &proof.kept, &proof.rows, rows);
    assert_eq!(verify(&proof.rows), Ok(()), "an untouched copy is whole");
    let (missed, cuts) = proof.missed(&mut rng, Manipulation::any, manipulations(), &mut verify);
    assert_eq!(missed, Vec::<String>::new());
    println!("{} manipulations: all found but {cuts} cuts after the checkpoint", manipulations());
    assert!(cuts > 0, "cuts after the checkpoint were tried");
    assert_eq!(verify(&proof.rows), Ok(()), "every copy was put back");
}

#[test]
fn a_verification_that_overlooks_a_column_is_found_out_by_these_manipulations() {
    let proof = Proof::new();
    let mut rng = Rng::with_seed(7);
    for column in COLUMNS {
        let tried = |rng: &mut Rng, verify: &dyn Fn(&[EventRow]) -> Result<(), Fault>| proof.missed(rng, |_| Edit(column), 12, verify).0.len();
        let blind = |rows: &[EventRow]| {
            let mut seen = rows.to_vec();
            seen.iter_mut().zip(&proof.rows).for_each(|(row, original)| (column.overlook)(row, original));
            walked(proof.key(), Some(&proof.kept), &seen)
        };
        assert_eq!(tried(&mut rng, &|rows| walked(proof.key(), Some(&proof.kept), rows)), 0, "{}", column.name);
        assert_eq!(tried(&mut rng, &blind), 12, "{}", column.name);
    }
    let without_checkpoint = |rows: &[EventRow]| walked(proof.key(), None, rows);
    assert!(!proof.missed(&mut rng, |_| Cut, 50, without_checkpoint).0.is_empty(), "without a checkpoint a cut is not missed");
}

#[test]
fn an_event_that_waits_for_its_place_is_sealed_already() {
    let proof = Proof::new();
    let mut waiting = EventRow { id: Id::new(), sequence: None, ..proof.rows[0].clone() };
    waiting.seal = Some(alone(proof.key(), &waiting));
    let with = |row: &EventRow| walked(proof.key(), Some(&proof.kept), &[proof.rows.clone(), vec![row.clone()]].concat());
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
    let (open, mut rows) = (RecordKey::new(b""), proof.rows.clone());
    restamp(&mut rows, 0, &open);
    assert_eq!(walked(&open, None, &rows), Ok(()));
    rows[5].actor_id = Some(Id::new());
    assert!(walked(&open, None, &rows).is_err());
    restamp(&mut rows, 5, &open);
    assert_eq!(walked(&open, None, &rows), Ok(()), "nothing tells that it was changed");
    assert_eq!(walked(proof.key(), None, &rows), Err(Fault::Altered { sequence: 1, id: rows[0].id }));
}
