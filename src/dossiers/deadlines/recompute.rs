//! Computing the deadlines of a case anew: what is counted is held against what is stored, and what differs is written, in the
//! transaction of whatever changed.

use super::clocks::{Beneath, Clock, Ground, Standing, clocks};
use super::model::{DeadlineStatus, first_alert};
use super::store::{self, DeadlineRow};
use super::view::DeadlineView;
use crate::audit::{Action, Author, Tx};
use crate::auth::Scope;
use crate::db::{Db, Id, Instant, again};
use crate::dossiers::circumstances::FactsSnapshot;
use crate::dossiers::model::DossierStatus;
use crate::dossiers::motives::model::MotiveCode;
use crate::dossiers::store::{DossierRow, lock};
use crate::dossiers::tasks;
use crate::error::Result;
use crate::values::{Day, DepartmentCode};
use crate::workflow::Reason;

/// Dossiers looked at at once.
const BATCH: i64 = 500;

impl Ground {
    pub fn new(
        dossier_id: Id,
        status: DossierStatus,
        facts_on: Day,
        (main, secondary): (&MotiveCode, &[MotiveCode]),
        then: &FactsSnapshot,
        department: &DepartmentCode,
    ) -> Self {
        let motives = std::iter::once(main).chain(secondary).cloned().collect();
        let (open, department) = (DossierStatus::OPEN.contains(&status), department.clone());
        Self { dossier_id, open, facts_on, motives, employment: then.employment_status, department }
    }
}

impl From<&DossierRow> for Ground {
    fn from(row: &DossierRow) -> Self {
        Self::new(row.id, row.status, row.facts_on, (&row.motive_code, &row.secondary_motive_codes.0), &row.facts_snapshot.0, &row.department_code)
    }
}

impl Beneath {
    /// Whether what set a clock off still is there.
    fn has(&self, id: Id, dossier_id: Id) -> bool {
        let requests = self.requests.iter().map(|request| request.id);
        let beneath = self.events.iter().map(|event| event.id).chain(requests).chain(self.acts.iter().map(|act| act.id));
        id == dossier_id || beneath.into_iter().any(|known| known == id)
    }
}

impl Standing {
    fn told(self) -> (DeadlineStatus, Option<Day>) {
        match self {
            Self::Running => (DeadlineStatus::Running, None),
            Self::Reached => (DeadlineStatus::Reached, None),
            Self::Met(on) => (DeadlineStatus::Met, Some(on)),
            Self::Missed => (DeadlineStatus::Missed, None),
        }
    }
}

impl DeadlineRow {
    /// Whether it is followed: somebody is told of it.
    pub fn is_followed(&self) -> bool {
        matches!(self.status, DeadlineStatus::Running | DeadlineStatus::Reached)
    }

    /// Runs from the days of a clock, for the first time or anew.
    pub fn begin(&mut self, run: i32, clock: &Clock) {
        (self.starts_on, self.due_on, self.run, self.done) = (clock.starts_on, clock.due_on, run, None);
        (self.status, self.met_on) = clock.standing.told();
        self.next_on = self.is_followed().then(|| first_alert(self.due_on));
    }

    /// Runs again from the same days.
    pub fn begin_again(&mut self) {
        (self.status, self.met_on, self.done, self.run) = (DeadlineStatus::Running, None, None, self.run + 1);
        self.next_on = Some(first_alert(self.due_on));
    }

    /// Takes a state in which nobody need be told of it any more.
    pub fn end(&mut self, status: DeadlineStatus, met_on: Option<Day>, done: Option<Reason>) {
        (self.status, self.met_on, self.done, self.next_on) = (status, met_on, done, None);
    }

    /// The row as it is to be now.
    fn renewed(&self, clock: Option<&Clock>, sound: bool) -> Self {
        let mut row = self.clone();
        let moved = |clock: &Clock| (self.starts_on, self.due_on) != (clock.starts_on, clock.due_on) || self.status == DeadlineStatus::Superseded;
        match clock {
            // What is over stays so, unless what set it off was an error.
            None if self.status == DeadlineStatus::Running || !sound && self.status != DeadlineStatus::Superseded => {
                row.end(DeadlineStatus::Superseded, None, None);
            }
            None => row.next_on = None,
            Some(clock) if moved(clock) => row.begin(self.run + 1, clock),
            // The team's own word stands: what the facts tell they do not tell twice.
            Some(_) if self.done.is_some() => {}
            Some(clock) => match (self.status, clock.standing.told()) {
                (DeadlineStatus::Missed, (DeadlineStatus::Running | DeadlineStatus::Reached, _)) => {}
                (was, (is, met_on)) if (was, self.met_on) != (is, met_on) => match is {
                    DeadlineStatus::Met | DeadlineStatus::Missed => row.end(is, met_on, None),
                    // Reached since, or no longer met: the day has its effect, and whoever is to be told of it still is.
                    _ if was == DeadlineStatus::Running => row.status = is,
                    _ => row.begin(self.run + 1, clock),
                },
                _ => {}
            },
        }
        row
    }
}

/// What is to be written of the deadlines of one dossier.
#[derive(Debug)]
struct Changes {
    created: Vec<DeadlineRow>,
    changed: Vec<(DeadlineRow, DeadlineRow)>,
}

impl Changes {
    fn of(ground: &Ground, beneath: &Beneath, rows: &[DeadlineRow], now: Instant) -> Self {
        let counted = clocks(ground, beneath, Day::of(now.0));
        let is = |row: &DeadlineRow, clock: &Clock| (row.code, row.source_id) == (clock.code, clock.source_id);
        let renewed = |row: &DeadlineRow| {
            let clock = counted.iter().find(|clock| is(row, clock));
            let renewed = row.renewed(clock, beneath.has(row.source_id, ground.dossier_id));
            (row.clone(), DeadlineRow { department_code: ground.department.clone(), ..renewed })
        };
        let new = counted.iter().filter(|clock| !rows.iter().any(|row| is(row, clock)));
        let created = new.map(|clock| {
            let mut row = DeadlineRow {
                id: Id::new(),
                dossier_id: ground.dossier_id,
                department_code: ground.department.clone(),
                code: clock.code,
                source: clock.source,
                source_id: clock.source_id,
                starts_on: clock.starts_on,
                due_on: clock.due_on,
                status: DeadlineStatus::Running,
                met_on: None,
                done: None,
                run: 1,
                next_on: None,
                version: 1,
                created_at: now,
                updated_at: now,
            };
            row.begin(1, clock);
            row
        });
        Self { created: created.collect(), changed: rows.iter().map(renewed).filter(|(was, is)| was != is).collect() }
    }

    fn is_empty(&self) -> bool {
        self.created.is_empty() && self.changed.is_empty()
    }

    fn write(self, tx: &mut Tx<'_>, scope: &Scope) -> Result<()> {
        for row in self.created {
            store::insert(tx, scope, &row)?;
            tx.record(Action::Create, &DeadlineView::from(row))?;
        }
        for (was, is) in self.changed {
            let set_anew = was.run != is.run;
            let row = store::advance(tx, scope, is)?;
            if set_anew || !row.is_followed() {
                call_off(tx, scope, row.id)?;
            }
            tx.record(Action::Update, &DeadlineView::from(row))?;
        }
        Ok(())
    }
}

/// Cancels the tasks that tell of a deadline: of the days that they name nothing is to be done any more.
pub fn call_off(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> Result<()> {
    for task in store::open_alerts(tx, scope, id)? {
        tasks::lifecycle::call_off(tx, scope, task)?;
    }
    Ok(())
}

/// Computes the deadlines of a locked dossier anew.
pub fn recompute(tx: &mut Tx<'_>, scope: &Scope, dossier: &DossierRow) -> Result<()> {
    let beneath = store::beneath(tx.conn, scope, &[dossier.id])?.remove(&dossier.id).unwrap_or_default();
    let rows = store::of_dossiers(tx.conn, scope, &[dossier.id])?.remove(&dossier.id).unwrap_or_default();
    Changes::of(&dossier.into(), &beneath, &rows, tx.now).write(tx, scope)
}

/// The same of a dossier that is opened: nothing lies under it yet.
pub fn begin(tx: &mut Tx<'_>, scope: &Scope, dossier: &DossierRow) -> Result<()> {
    Changes::of(&dossier.into(), &Beneath::default(), &[], tx.now).write(tx, scope)
}

/// The same of a dossier that was changed, if a deadline hangs on what was.
pub fn follow(tx: &mut Tx<'_>, scope: &Scope, before: &Ground, dossier: &DossierRow) -> Result<()> {
    if *before == Ground::from(dossier) { Ok(()) } else { recompute(tx, scope, dossier) }
}

/// Computes the deadlines of all dossiers anew, some at a time: tells how many dossiers there are, and in how many something differed.
/// Each of these is computed once more, locked, in a transaction of its own.
pub fn recompute_all(db: &Db, author: &Author, now: Instant) -> Result<(usize, usize)> {
    let (mut seen, mut changed, mut after) = (0, 0, None);
    loop {
        let (ids, stale) = db.read_now(move |conn| {
            let scope = Scope::console();
            let grounds = store::grounds(conn, &scope, after, BATCH)?;
            let ids: Vec<Id> = grounds.iter().map(|ground| ground.dossier_id).collect();
            let (mut beneath, mut rows) = (store::beneath(conn, &scope, &ids)?, store::of_dossiers(conn, &scope, &ids)?);
            let mut stale = Vec::new();
            for ground in grounds {
                let id = ground.dossier_id;
                let changes = Changes::of(&ground, &beneath.remove(&id).unwrap_or_default(), &rows.remove(&id).unwrap_or_default(), now);
                stale.extend((!changes.is_empty()).then_some(id));
            }
            Ok((ids, stale))
        })?;
        let Some(last) = ids.last() else { return Ok((seen, changed)) };
        after = Some(*last);
        (seen, changed) = (seen + ids.len(), changed + stale.len());
        for id in stale {
            again(|| {
                let author = author.clone();
                db.write_now(move |conn| {
                    let (mut tx, scope) = (Tx { conn, author: &author, now }, Scope::console());
                    let dossier = lock(&mut tx, &scope, id)?;
                    recompute(&mut tx, &scope, &dossier)
                })
            })?;
        }
    }
}
