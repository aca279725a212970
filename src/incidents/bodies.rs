//! What callers send to record and correct an incident.

use super::model::{IncidentNature, IncidentSummary};
use super::store::IncidentRow;
use crate::associations::model::TimeOfDay;
use crate::audit::Tx;
use crate::db::{Id, Json};
use crate::dossiers::model::Place;
use crate::error::{Code, Flaw};
use crate::values::input::Change;
use crate::values::{Day, DepartmentCode, body};

body! {
    /// Records an incident.
    pub struct RecordIncident {
        /// The association of its department; the one of the caller's only department by default.
        association_id: Option<Id>,
        /// Where it happened.
        establishment_id: Id,
        /// The day.
        occurred_on: Day,
        /// The time.
        occurred_time: Option<TimeOfDay>,
        /// The place in the establishment.
        place: Option<Place>,
        /// What happened.
        natures: Vec<IncidentNature>,
        /// What happened, in words.
        summary: Option<IncidentSummary>,
    } check { natures: some[natures] }
}

body! {
    /// Corrects an incident: absent fields stay, `null` clears.
    pub struct UpdateIncident {
        /// Where it happened.
        establishment_id: Change<Id>,
        /// The day.
        occurred_on: Change<Day>,
        /// The time.
        occurred_time: Change<Option<TimeOfDay>>,
        /// The place in the establishment.
        place: Change<Option<Place>>,
        /// What happened, replaced as a whole.
        natures: Change<Vec<IncidentNature>>,
        /// What happened, in words.
        summary: Change<Option<IncidentSummary>>,
    } check { natures: some_still[natures] } refuse {
        department_code: FieldDerived, dossiers_count: FieldDerived, persons_count: FieldDerived, withheld: FieldDerived,
        id: FieldReadOnly, version: FieldReadOnly, association_id: FieldReadOnly, created_by: FieldReadOnly, created_at: FieldReadOnly,
        updated_at: FieldReadOnly,
    }
}

fn some(natures: &[IncidentNature]) -> Option<Flaw> {
    natures.is_empty().then(|| Code::ListEmpty.into())
}

fn some_still(natures: &Change<Vec<IncidentNature>>) -> Option<Flaw> {
    match natures {
        Change::To(natures) => some(natures),
        Change::Keep => None,
    }
}

impl RecordIncident {
    pub fn into_row(self, association_id: Id, department_code: DepartmentCode, tx: &Tx<'_>) -> IncidentRow {
        let Self { association_id: _, establishment_id, occurred_on, occurred_time, place, natures, summary } = self;
        IncidentRow {
            id: Id::new(),
            association_id,
            department_code,
            establishment_id,
            occurred_on,
            occurred_time,
            place,
            natures: Json(natures),
            summary,
            created_by: tx.author.actor_id,
            version: 1,
            created_at: tx.now,
            updated_at: tx.now,
        }
    }
}

impl UpdateIncident {
    pub fn apply(self, row: &mut IncidentRow) {
        let Self { establishment_id, occurred_on, occurred_time, place, natures, summary } = self;
        establishment_id.apply(&mut row.establishment_id);
        occurred_on.apply(&mut row.occurred_on);
        occurred_time.apply(&mut row.occurred_time);
        place.apply(&mut row.place);
        natures.apply(&mut row.natures.0);
        summary.apply(&mut row.summary);
    }
}
