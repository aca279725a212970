//! How training sessions are shown.

use super::lifecycle::LIFECYCLE;
use super::model::*;
use super::store::{self, TrainerRow, TrainingSessionRow};
use crate::audit::Resource;
use crate::auth::Scope;
use crate::db::{DbConn, Id, Instant};
use crate::error::Result;
use crate::http::Lens;
use crate::training_modules::model::TrainingAudience;
use crate::values::{AcademyCode, Day, DepartmentCode, DisplayName, WebAddress};
use crate::workflow::{AllowedCommandView, Stateful};
use serde::Serialize;
use std::collections::HashMap;
use utoipa::ToSchema;

/// Somebody who trains.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TrainerView {
    /// The lawyer partner, where it is one.
    pub lawyer_id: Option<Id>,
    /// The user, where it is one.
    pub user_id: Option<Id>,
    /// Name.
    #[schema(value_type = Option<DisplayName>)]
    pub name: Option<String>,
}

/// The agreement under which a session is held.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AgreementView {
    /// Reference.
    pub reference: AgreementReference,
    /// Day on which it was signed.
    pub signed_on: Day,
    /// With whom.
    pub partner: DisplayName,
}

/// A module that is given, with who takes part in numbers alone.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TrainingSessionView {
    /// Identifier.
    pub id: Id,
    /// Version, raised by every change; registrations and slots do not raise it.
    #[schema(minimum = 1, maximum = 2_147_483_647, example = 1)]
    pub version: i32,
    /// The module that is given.
    pub module_id: Id,
    /// Who organises it.
    pub organiser_level: OrganiserLevel,
    /// The association that organises it; `null` where an academy does.
    pub association_id: Option<Id>,
    /// The department of that association.
    pub department_code: Option<DepartmentCode>,
    /// The academy that organises it, or in which the department lies.
    pub academy_code: Option<AcademyCode>,
    /// Form.
    pub format: TrainingFormat,
    /// Where participants are.
    pub delivery: Delivery,
    /// Whom it is meant for.
    #[schema(max_items = 100)]
    pub audiences: Vec<TrainingAudience>,
    /// Where participants come.
    pub venue: Option<TrainingVenue>,
    /// Where participants meet who are remote.
    pub meeting_url: Option<WebAddress>,
    /// How many can take part.
    pub capacity: Capacity,
    /// How many are confirmed, never more than can take part.
    #[schema(minimum = 0, maximum = 5000, example = 12)]
    pub confirmed_count: i32,
    /// How many wait for a seat.
    #[schema(minimum = 0, maximum = 2_147_483_647, example = 0)]
    pub waiting_count: i32,
    /// First day of the registration window; `null` from the opening on.
    pub opens_on: Option<Day>,
    /// Last day of the registration window; `null` until it begins.
    pub closes_on: Option<Day>,
    /// Whether each registration waits for the organiser.
    pub on_approval: bool,
    /// First day.
    pub starts_on: Day,
    /// Last day.
    pub ends_on: Day,
    /// Who trains.
    #[schema(max_items = 100)]
    pub trainers: Vec<TrainerView>,
    /// The agreement under which it is held.
    pub agreement: Option<AgreementView>,
    /// State; `full` follows from the registrations.
    pub status: TrainingSessionStatus,
    /// The day on which it was announced.
    pub scheduled_on: Option<Day>,
    /// The commands that its state allows and this caller may give.
    #[schema(max_items = 50)]
    pub allowed_commands: Vec<AllowedCommandView>,
    /// When it was first recorded.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
}

/// The columns of the export as a French spreadsheet titles them.
#[rustfmt::skip]
pub const TITLES: &[(&str, &str)] = &[
    ("id", "Identifiant"), ("version", "Version"), ("module_id", "Module"), ("organiser_level", "Organisateur"), ("association_id", "Association"),
    ("department_code", "Département"), ("academy_code", "Académie"), ("format", "Format"), ("delivery", "Modalité"), ("audiences", "Publics"),
    ("venue", "Lieu"), ("meeting_url", "Lien de réunion"), ("capacity", "Places"), ("confirmed_count", "Inscrits"), ("waiting_count", "En attente"),
    ("opens_on", "Inscriptions depuis le"), ("closes_on", "Inscriptions jusqu'au"), ("on_approval", "Sur validation"), ("starts_on", "Du"),
    ("ends_on", "Au"), ("trainers", "Intervenants"), ("agreement.reference", "Convention"), ("agreement.signed_on", "Convention signée le"),
    ("agreement.partner", "Partenaire"), ("status", "État"), ("scheduled_on", "Programmée le"), ("allowed_commands", "Commandes possibles"),
    ("created_at", "Créée le"), ("updated_at", "Modifiée le"),
];

impl Resource for TrainingSessionView {
    const KIND: &'static str = "training_session";

    fn id(&self) -> Id {
        self.id
    }

    fn version(&self) -> i32 {
        self.version
    }
}

impl From<TrainerRow> for TrainerView {
    fn from(TrainerRow { session_id: _, place: _, lawyer_id, user_id, name }: TrainerRow) -> Self {
        Self { lawyer_id, user_id, name: name.map(|name| name.to_string()) }
    }
}

/// Without what depends on who looks at it, and without the names of those who are known by their ids.
pub fn plain(row: TrainingSessionRow, trainers: Vec<TrainerRow>) -> TrainingSessionView {
    let status = row.status();
    let TrainingSessionRow { id, module_id, organiser_level, association_id, department_code, academy_code, format, delivery, audiences, venue, .. } = row;
    let TrainingSessionRow { meeting_url, capacity, opens_on, closes_on, on_approval, starts_on, ends_on, scheduled_on, confirmed_count, .. } = row;
    let TrainingSessionRow { agreement_reference, agreement_signed_on, agreement_partner, waiting_count, version, created_at, updated_at, .. } = row;
    let agreement = agreement_reference.zip(agreement_signed_on).zip(agreement_partner);
    TrainingSessionView {
        id,
        version,
        module_id,
        organiser_level,
        association_id,
        department_code,
        academy_code,
        format,
        delivery,
        audiences: audiences.0,
        venue,
        meeting_url,
        capacity,
        confirmed_count,
        waiting_count,
        opens_on,
        closes_on,
        on_approval,
        starts_on,
        ends_on,
        trainers: trainers.into_iter().map(TrainerView::from).collect(),
        agreement: agreement.map(|((reference, signed_on), partner)| AgreementView { reference, signed_on, partner }),
        status,
        scheduled_on,
        allowed_commands: Vec::new(),
        created_at,
        updated_at,
    }
}

/// What this caller sees of sessions that were found in the scope: their commands where they organise them.
pub fn show_all(conn: &mut DbConn, scope: &Scope, lens: Lens, rows: Vec<TrainingSessionRow>) -> Result<Vec<TrainingSessionView>> {
    let ids: Vec<Id> = rows.iter().map(|row| row.id).collect();
    let slotted = store::with_slots(conn, scope, ids.clone())?;
    let mut trainers = store::trainers_of(conn, scope, ids)?;
    let names = store::names_of_trainers(conn, scope, trainers.values().flatten())?;
    let view = |row: TrainingSessionRow| {
        let mut commands = Vec::new();
        if scope.organises(row.department_code.as_ref(), row.academy_code.as_ref()) {
            let verdict = |command| row.verdict(command, slotted.contains(&row.id), lens.today());
            commands = LIFECYCLE.allowed(row.status(), scope, row.department(), lens.language, verdict);
        }
        let trainers = trainers.remove(&row.id).unwrap_or_default();
        let mut view = plain(row, trainers);
        view.trainers.iter_mut().for_each(|trainer| trainer.take_name(&names));
        TrainingSessionView { allowed_commands: commands, ..view }
    };
    Ok(rows.into_iter().map(view).collect())
}

/// `show_all` of one.
pub fn show(conn: &mut DbConn, scope: &Scope, lens: Lens, row: TrainingSessionRow) -> Result<TrainingSessionView> {
    show_all(conn, scope, lens, vec![row])?.pop().ok_or_else(crate::error::Error::not_found)
}

impl TrainerView {
    fn take_name(&mut self, names: &HashMap<Id, String>) {
        if let Some(id) = self.lawyer_id.or(self.user_id) {
            self.name = names.get(&id).cloned();
        }
    }
}
