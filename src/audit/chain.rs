//! The chain of audit events: each is sealed, under a key that the database does not hold, together with all that came before it.
//!
//! A row that was edited no longer has its seal; one that was removed, added or moved breaks the order. Whoever can write the
//! database but has no key can still cut the newest rows off, seals and all: that is what a checkpoint kept elsewhere is for. A
//! chain without a key would miss more: all that follows a change could be sealed anew.
//!
//! Where transactions write one after the other, a row gets its place and its seal in the statement that inserts it. Where they
//! write at once, nobody can tell a row what came before it without making writers wait for each other: there it waits under a
//! seal of its own, and `put_in_order` gives it its place soon after.
//!
//! Retention may drop rows up to a checkpoint, a month at a time: its seal is then where the walk begins.

use super::checkpoint::Checkpoint;
use super::store::EventRow;
use crate::auth::RecordKey;
use crate::db::{Id, Instant, Placed};
use std::fmt;

/// The last link: what the next one holds on to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Head {
    /// How many events are in the chain.
    pub sequence: i64,
    pub seal: Vec<u8>,
}

impl Head {
    /// Adds an event to the chain.
    pub fn extend(&mut self, key: &RecordKey, event: &EventRow) -> Placed {
        self.sequence += 1;
        self.seal = key.digest(&[b"link", &self.seal, &self.sequence.to_be_bytes(), &content(event)]);
        Placed { id: event.id, sequence: self.sequence, seal: self.seal.clone() }
    }
}

/// The seal of an event that waits for its place.
pub fn alone(key: &RecordKey, event: &EventRow) -> Vec<u8> {
    key.digest(&[b"alone", &content(event)])
}

/// All that an event says.
fn content(event: &EventRow) -> Vec<u8> {
    let EventRow { id, recorded_at, origin, actor_id, client_id, on_behalf_of, request_id, operation, rule, .. } = event;
    let EventRow { action, resource, resource_id, version, before_digest, after_digest, sequence: _, seal: _, .. } = event;
    fn optional(id: &Option<Id>) -> Option<&[u8]> {
        id.as_ref().map(|id| id.as_bytes().as_slice())
    }
    let (recorded_at, version) = (recorded_at.micros().to_be_bytes(), version.map(i32::to_be_bytes));
    encoded(&[
        Some(id.as_bytes()),
        Some(&recorded_at),
        Some(origin.as_bytes()),
        optional(actor_id),
        optional(client_id),
        optional(on_behalf_of),
        Some(request_id.as_bytes()),
        Some(operation.as_bytes()),
        rule.as_ref().map(String::as_bytes),
        Some(action.as_bytes()),
        Some(resource.as_bytes()),
        Some(resource_id.as_bytes()),
        version.as_ref().map(<[u8; 4]>::as_slice),
        before_digest.as_deref(),
        after_digest.as_deref(),
    ])
}

/// Values in a form that no two lists of them share: each with its length, and what is absent apart from what is empty.
pub(super) fn encoded(parts: &[Option<&[u8]>]) -> Vec<u8> {
    let mut encoded = Vec::with_capacity(384);
    for part in parts {
        encoded.extend_from_slice(&part.map_or(-1, |part| i64::try_from(part.len()).unwrap_or(i64::MAX)).to_be_bytes());
        encoded.extend_from_slice(part.unwrap_or_default());
    }
    encoded
}

/// What is wrong with the chain, at the first place where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// The event of this number is not there.
    Missing { sequence: i64 },
    /// The event of this number, or its place, is not as it was sealed.
    Altered { sequence: i64, id: Id },
    /// An event that has no place is not one that this server wrote.
    Foreign { id: Id },
    /// A checkpoint was made of a longer chain.
    Cut { length: i64, known: i64 },
    /// A checkpoint was made of another chain.
    Other { sequence: i64 },
    /// What is said of the segments that were dropped is not what this server said.
    Forged { sequence: i64 },
    /// A look is not as it was recorded.
    LookAltered { id: Id },
    /// The looks of this event are not those that it was written for.
    LooksMissing { id: Id },
    /// There are more looks than the events tell of.
    LooksForeign { count: i64 },
    /// A version that an event tells of is not there.
    VersionMissing { resource: String, id: Id, version: i32 },
    /// A version is not as it was recorded.
    VersionAltered { resource: String, id: Id, version: i32 },
    /// No event tells of a version.
    VersionForeign { resource: String, id: Id, version: i32 },
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing { sequence } => write!(f, "event {sequence} is missing"),
            Self::Altered { sequence, id } => write!(f, "event {sequence} ({id}) is not as it was sealed"),
            Self::Foreign { id } => write!(f, "event {id} was not written by this server"),
            Self::Cut { length, known } => write!(f, "events from {} on are missing: the checkpoint knows {known}", length + 1),
            Self::Other { sequence } => write!(f, "event {sequence} is not the one that the checkpoint knows"),
            Self::Forged { sequence } => write!(f, "that events up to {sequence} were dropped was not written by this server"),
            Self::LookAltered { id } => write!(f, "the look {id} is not as it was recorded"),
            Self::LooksMissing { id } => write!(f, "the looks of event {id} are not those that it was written for"),
            Self::LooksForeign { count } => write!(f, "{count} looks were not written by this server"),
            Self::VersionMissing { resource, id, version } => write!(f, "version {version} of {resource} {id} is missing"),
            Self::VersionAltered { resource, id, version } => write!(f, "version {version} of {resource} {id} is not as it was recorded"),
            Self::VersionForeign { resource, id, version } => write!(f, "version {version} of {resource} {id} was not written by this server"),
        }
    }
}

/// A walk along the chain, from its first event, or the first that was not dropped, to the end.
pub struct Walk<'a> {
    pub(super) key: &'a RecordKey,
    checkpoint: Option<&'a Checkpoint>,
    /// Where retention cut the chain off.
    pub start: Head,
    pub head: Head,
    /// Events that have no place yet.
    pub waiting: i64,
    /// Looks that the events tell of.
    pub looks: i64,
    /// Versions that are what the events tell.
    pub versions: i64,
    /// What was recorded from then on was not dropped.
    pub(super) kept_from: Option<Instant>,
}

impl<'a> Walk<'a> {
    pub fn new(key: &'a RecordKey, checkpoint: Option<&'a Checkpoint>) -> Self {
        Self { key, checkpoint, start: Head::default(), head: Head::default(), waiting: 0, looks: 0, versions: 0, kept_from: None }
    }

    /// Begins where the chain was cut off.
    pub(super) fn begin(&mut self, start: Head, kept_from: Option<Instant>) -> Result<(), Fault> {
        (self.start, self.head, self.kept_from) = (start.clone(), start, kept_from);
        self.meet()
    }

    /// Holds the present place against the checkpoint.
    fn meet(&self) -> Result<(), Fault> {
        match self.checkpoint {
            Some(known) if known.sequence == self.head.sequence && known.seal != self.head.seal => Err(Fault::Other { sequence: known.sequence }),
            _ => Ok(()),
        }
    }

    /// The next event in the order of the chain.
    pub fn step(&mut self, event: &EventRow) -> Result<(), Fault> {
        let sequence = self.head.sequence + 1;
        if event.sequence != Some(sequence) {
            return Err(Fault::Missing { sequence });
        }
        self.head.extend(self.key, event);
        if event.seal.as_ref() != Some(&self.head.seal) {
            return Err(Fault::Altered { sequence, id: event.id });
        }
        self.meet()
    }

    /// An event that waits for its place. Those of before the chain have no seal, until it begins with them.
    pub fn wait(&mut self, event: &EventRow) -> Result<(), Fault> {
        self.waiting += 1;
        let known = match &event.seal {
            None => self.head.sequence == 0,
            Some(seal) => *seal == alone(self.key, event),
        };
        if known { Ok(()) } else { Err(Fault::Foreign { id: event.id }) }
    }

    pub fn end(&self) -> Result<(), Fault> {
        match self.checkpoint {
            Some(known) if known.sequence > self.head.sequence => Err(Fault::Cut { length: self.head.sequence, known: known.sequence }),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::{Action, Author, Origin};

    fn key() -> RecordKey {
        RecordKey::new(b"a key of tests")
    }

    /// An event with all that it can say.
    fn event() -> EventRow {
        let author = Author::new(Origin::Api, Some(Id::new()), Id::new(), "members_update", &key()).through(Some(Id::new())).by(Some("admin".to_owned()));
        let event = EventRow::new(&author, Instant("2026-11-22T09:00:00Z".parse().unwrap()), Action::Update, "member", Id::new());
        EventRow { on_behalf_of: Some(Id::new()), version: Some(2), before_digest: Some(vec![1]), after_digest: Some(vec![2]), ..event }
    }

    /// A chain of this many events, and its end.
    fn chain(length: usize) -> (Vec<EventRow>, Head) {
        let mut head = Head::default();
        let place = |head: &mut Head, event: EventRow| {
            let Placed { sequence, seal, .. } = head.extend(&key(), &event);
            EventRow { sequence: Some(sequence), seal: Some(seal), ..event }
        };
        ((0..length).map(|_| place(&mut head, event())).collect(), head)
    }

    fn walked(events: &[EventRow], known: Option<&Checkpoint>) -> Result<Head, Fault> {
        let key = key();
        let mut walk = Walk::new(&key, known);
        events.iter().try_for_each(|event| walk.step(event))?;
        walk.end().map(|()| walk.head)
    }

    #[test]
    fn the_form_never_changes_for_stored_seals_rest_on_it() {
        assert_eq!(encoded(&[None, Some(b"ab"), Some(b"")]), [[255; 8].as_slice(), &[0, 0, 0, 0, 0, 0, 0, 2], b"ab", &[0; 8]].concat());
    }

    #[test]
    fn a_seal_is_of_each_word_of_an_event() {
        let known = event();
        let of = |change: &dyn Fn(&mut EventRow)| {
            let mut event = known.clone();
            change(&mut event);
            alone(&key(), &event)
        };
        let mut seals = vec![
            of(&|_| ()),
            of(&|event| event.id = Id::new()),
            of(&|event| event.recorded_at.0 += chrono::Duration::microseconds(1)),
            of(&|event| event.origin.push('x')),
            of(&|event| event.actor_id = Some(Id::new())),
            of(&|event| event.actor_id = None),
            of(&|event| event.client_id = Some(Id::new())),
            of(&|event| event.client_id = None),
            of(&|event| event.on_behalf_of = Some(Id::new())),
            of(&|event| event.on_behalf_of = None),
            of(&|event| event.request_id = Id::new()),
            of(&|event| event.operation.push('x')),
            of(&|event| event.rule = None),
            of(&|event| event.rule = Some(String::new())),
            of(&|event| event.action.push('x')),
            of(&|event| event.resource.push('x')),
            of(&|event| event.resource_id = Id::new()),
            of(&|event| event.version = Some(3)),
            of(&|event| event.version = None),
            of(&|event| event.before_digest = Some(vec![3])),
            of(&|event| event.before_digest = None),
            of(&|event| event.after_digest = Some(vec![3])),
            of(&|event| event.after_digest = None),
            Head::default().extend(&key(), &known).seal,
            alone(&RecordKey::new(b"another key"), &known),
        ];
        let count = seals.len();
        seals.sort_unstable();
        seals.dedup();
        assert_eq!(seals.len(), count, "two different events have one seal");
        assert_eq!(of(&|event| (event.sequence, event.seal) = (Some(9), Some(vec![9]))), of(&|_| ()), "the place is no part of what is said");
    }

    #[test]
    fn a_walk_ends_at_the_first_event_that_is_missing_moved_or_changed() {
        let (events, head) = chain(4);
        assert_eq!((head.sequence, walked(&events, None)), (4, Ok(head.clone())));
        assert_eq!(walked(&[], None), Ok(Head::default()));
        let without = |at: usize| events.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, event)| event.clone()).collect::<Vec<_>>();
        assert_eq!(walked(&without(0), None), Err(Fault::Missing { sequence: 1 }));
        assert_eq!(walked(&without(2), None), Err(Fault::Missing { sequence: 3 }));
        let mut changed = events.clone();
        changed[1].actor_id = None;
        assert_eq!(walked(&changed, None), Err(Fault::Altered { sequence: 2, id: events[1].id }));
        let (other, _) = chain(4);
        let swapped = [&events[..2], &other[2..]].concat();
        assert_eq!(walked(&swapped, None), Err(Fault::Altered { sequence: 3, id: other[2].id }));
    }

    #[test]
    fn a_checkpoint_is_of_this_chain_and_no_longer_than_it() {
        let (events, _) = chain(4);
        let at = |length: usize| Checkpoint { sequence: i64::try_from(length).unwrap(), seal: walked(&events[..length], None).unwrap().seal };
        for length in 0..=4 {
            assert!(walked(&events, Some(&at(length))).is_ok(), "{length}");
        }
        let other = Checkpoint { seal: at(3).seal, ..at(2) };
        assert_eq!(walked(&events, Some(&other)), Err(Fault::Other { sequence: 2 }));
        assert_eq!(walked(&events[..2], Some(&at(3))), Err(Fault::Cut { length: 2, known: 3 }));
        assert_eq!(Fault::Cut { length: 2, known: 3 }.to_string(), "events from 3 on are missing: the checkpoint knows 3");
        let key = key();
        assert_eq!(Walk::new(&key, Some(&other)).begin(walked(&events[..2], None).unwrap(), None), Err(Fault::Other { sequence: 2 }));
    }

    #[test]
    fn an_event_waits_under_a_seal_of_its_own_or_before_the_chain_begins() {
        let (key, bare) = (key(), event());
        let sealed = EventRow { seal: Some(alone(&key, &bare)), ..bare.clone() };
        let mut walk = Walk::new(&key, None);
        assert_eq!((walk.wait(&sealed), walk.wait(&bare), walk.waiting), (Ok(()), Ok(()), 2));
        let foreign = EventRow { seal: Some(vec![0; 32]), ..bare.clone() };
        assert_eq!(walk.wait(&foreign), Err(Fault::Foreign { id: bare.id }));
        walk.step(&chain(1).0[0]).unwrap();
        assert_eq!((walk.wait(&sealed), walk.wait(&bare)), (Ok(()), Err(Fault::Foreign { id: bare.id })));
    }
}
