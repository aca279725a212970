//! What callers send to plan and change a training session.

use super::model::*;
use super::store::{TrainerRow, TrainingSessionRow};
use crate::db::{Id, Json};
use crate::error::{Code, Flaw};
use crate::training_modules::model::TrainingAudience;
use crate::values::input::Change;
use crate::values::{AcademyCode, Day, DisplayName, WebAddress, body};

body! {
    /// Who trains: a lawyer partner, a user, or somebody who is neither, by name.
    pub struct TrainerInput {
        /// A lawyer partner.
        lawyer_id: Option<Id>,
        /// A user.
        user_id: Option<Id>,
        /// The name of somebody who is neither.
        name: Option<DisplayName>,
    } check { name: one_trainer[lawyer_id, user_id, name] }
}

body! {
    /// The agreement under which a session is held.
    pub struct AgreementInput {
        /// Reference.
        reference: AgreementReference,
        /// Day on which it was signed.
        signed_on: Day,
        /// With whom.
        partner: DisplayName,
    }
}

body! {
    /// Plans a training session.
    pub struct CreateTrainingSession {
        /// The module that is given.
        module_id: Id,
        /// Who organises it.
        organiser_level: OrganiserLevel,
        /// The departmental association that organises it; the one of the caller's only department by default.
        association_id: Option<Id>,
        /// The academy that organises it; the caller's only one by default.
        academy_code: Option<AcademyCode>,
        /// Form.
        format: TrainingFormat,
        /// Where participants are.
        delivery: Delivery,
        /// Whom it is meant for; those of the module by default.
        audiences: Option<Vec<TrainingAudience>>,
        /// Where participants come, unless all are remote.
        venue: Option<TrainingVenue>,
        /// Where participants meet who are remote.
        meeting_url: Option<WebAddress>,
        /// How many can take part.
        capacity: Capacity,
        /// First day of the registration window.
        opens_on: Option<Day>,
        /// Last day of the registration window.
        closes_on: Option<Day>,
        /// Whether each registration waits for the organiser; `false` by default.
        on_approval: Option<bool>,
        /// First day.
        starts_on: Day,
        /// Last day.
        ends_on: Day,
        /// Who trains.
        trainers: Option<Vec<TrainerInput>>,
        /// The agreement under which it is held.
        agreement: Option<AgreementInput>,
    } check { ends_on: reversed[starts_on, ends_on], closes_on: reversed_window[opens_on, closes_on] }
}

body! {
    /// Changes a training session: absent fields stay, `null` clears.
    pub struct UpdateTrainingSession {
        /// Form.
        format: Change<TrainingFormat>,
        /// Where participants are.
        delivery: Change<Delivery>,
        /// Whom it is meant for, replaced as a whole.
        audiences: Change<Vec<TrainingAudience>>,
        /// Where participants come.
        venue: Change<Option<TrainingVenue>>,
        /// Where participants meet who are remote.
        meeting_url: Change<Option<WebAddress>>,
        /// How many can take part, no fewer than are confirmed. Seats that are added go to the first on the waiting list.
        capacity: Change<Capacity>,
        /// First day of the registration window.
        opens_on: Change<Option<Day>>,
        /// Last day of the registration window.
        closes_on: Change<Option<Day>>,
        /// Whether each registration waits for the organiser.
        on_approval: Change<bool>,
        /// First day.
        starts_on: Change<Day>,
        /// Last day.
        ends_on: Change<Day>,
        /// Who trains, replaced as a whole.
        trainers: Change<Vec<TrainerInput>>,
        /// The agreement under which it is held.
        agreement: Change<Option<AgreementInput>>,
    } refuse {
        status: FieldState, confirmed_count: FieldDerived, waiting_count: FieldDerived, department_code: FieldDerived, allowed_commands: FieldDerived,
        module_id: FieldReadOnly, organiser_level: FieldReadOnly, association_id: FieldReadOnly, academy_code: FieldReadOnly,
        scheduled_on: FieldReadOnly, id: FieldReadOnly, version: FieldReadOnly, created_at: FieldReadOnly, updated_at: FieldReadOnly,
    }
}

fn one_trainer(lawyer_id: &Option<Id>, user_id: &Option<Id>, name: &Option<DisplayName>) -> Option<Flaw> {
    let named = usize::from(lawyer_id.is_some()) + usize::from(user_id.is_some()) + usize::from(name.is_some());
    (named != 1).then(|| Code::TrainerOne.into())
}

pub fn reversed(starts_on: &Day, ends_on: &Day) -> Option<Flaw> {
    (ends_on < starts_on).then(|| Code::PeriodReversed.into())
}

pub fn reversed_window(opens_on: &Option<Day>, closes_on: &Option<Day>) -> Option<Flaw> {
    opens_on.zip(*closes_on).and_then(|(opens_on, closes_on)| reversed(&opens_on, &closes_on))
}

/// A set in its order, so that the same one is the same value.
pub fn in_order(mut audiences: Vec<TrainingAudience>) -> Json<Vec<TrainingAudience>> {
    audiences.sort();
    Json(audiences)
}

/// Those who train in a session, in the order in which they are named.
pub fn trainers_of(session_id: Id, trainers: Vec<TrainerInput>) -> Vec<TrainerRow> {
    let row = |(place, trainer): (i32, TrainerInput)| {
        let TrainerInput { lawyer_id, user_id, name } = trainer;
        TrainerRow { session_id, place, lawyer_id, user_id, name }
    };
    (1..).zip(trainers).map(row).collect()
}

impl TrainingSessionRow {
    pub fn set_agreement(&mut self, agreement: Option<AgreementInput>) {
        let parts = agreement.map(|AgreementInput { reference, signed_on, partner }| (reference, signed_on, partner));
        (self.agreement_reference, self.agreement_signed_on, self.agreement_partner) = match parts {
            Some((reference, signed_on, partner)) => (Some(reference), Some(signed_on), Some(partner)),
            None => (None, None, None),
        };
    }
}

impl UpdateTrainingSession {
    /// Changes the row; gives those who train from now on, where they change.
    pub fn apply(self, row: &mut TrainingSessionRow) -> Option<Vec<TrainerRow>> {
        let Self { format, delivery, audiences, venue, meeting_url, capacity, opens_on, closes_on, on_approval, starts_on, ends_on, trainers, agreement } =
            self;
        format.apply(&mut row.format);
        delivery.apply(&mut row.delivery);
        venue.apply(&mut row.venue);
        meeting_url.apply(&mut row.meeting_url);
        capacity.apply(&mut row.capacity);
        opens_on.apply(&mut row.opens_on);
        closes_on.apply(&mut row.closes_on);
        on_approval.apply(&mut row.on_approval);
        starts_on.apply(&mut row.starts_on);
        ends_on.apply(&mut row.ends_on);
        if let Change::To(audiences) = audiences {
            row.audiences = in_order(audiences);
        }
        if let Change::To(agreement) = agreement {
            row.set_agreement(agreement);
        }
        match trainers {
            Change::Keep => None,
            Change::To(trainers) => Some(trainers_of(row.id, trainers)),
        }
    }
}
