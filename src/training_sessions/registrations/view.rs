//! How registrations are shown.

use super::lifecycle::{LIFECYCLE, verdict};
use super::model::*;
use super::store::{self, Registration, RegistrationRow};
use crate::audit::Resource;
use crate::auth::Scope;
use crate::db::{DbConn, Id, Instant};
use crate::error::Result;
use crate::http::Lens;
use crate::training_sessions::store::TrainingSessionRow;
use crate::values::Email;
use crate::workflow::{AllowedCommandView, Stateful};
use serde::Serialize;
use std::collections::HashMap;
use utoipa::ToSchema;

/// The registration of one participant to one session.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TrainingRegistrationView {
    /// Identifier.
    pub id: Id,
    /// Version, raised by every change.
    #[schema(minimum = 1, maximum = 2_147_483_647, example = 1)]
    pub version: i32,
    /// The session.
    pub session_id: Id,
    /// The member; `null` of somebody from outside.
    pub member_id: Option<Id>,
    /// Name of the participant; `null` once it is anonymised.
    #[schema(value_type = Option<ParticipantName>)]
    pub name: Option<String>,
    /// Electronic address of somebody from outside.
    pub email: Option<Email>,
    /// Where somebody from outside works.
    pub organisation: Option<Organisation>,
    /// State.
    pub status: RegistrationStatus,
    /// The place on the waiting list, from 1 on.
    #[schema(minimum = 1, maximum = 2_147_483_647, example = 3)]
    pub rank: Option<i32>,
    /// Who registered them.
    pub created_by: Option<Id>,
    /// When whose registration it was, was forgotten.
    pub anonymised_at: Option<Instant>,
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
    ("id", "Identifiant"), ("version", "Version"), ("session_id", "Session"), ("member_id", "Adhérent"), ("name", "Nom"), ("email", "Courriel"),
    ("organisation", "Organisme"), ("status", "État"), ("rank", "Rang"), ("created_by", "Inscrit par"), ("anonymised_at", "Anonymisée le"),
    ("allowed_commands", "Commandes possibles"), ("created_at", "Créée le"), ("updated_at", "Modifiée le"),
];

/// What became of one member.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BulkRegistrationView {
    /// The member.
    pub member_id: Id,
    /// What became of them.
    pub outcome: BulkOutcome,
    /// The registration, the one before where they were registered already; `null` where they are not found.
    pub registration_id: Option<Id>,
    /// Its state.
    pub status: Option<RegistrationStatus>,
    /// Its place on the waiting list.
    #[schema(minimum = 1, maximum = 2_147_483_647, example = 3)]
    pub rank: Option<i32>,
}

/// What became of each member.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BulkRegistrationsView {
    /// A row for each member, in the order in which they were given places.
    #[schema(max_items = 500)]
    pub items: Vec<BulkRegistrationView>,
}

impl Resource for TrainingRegistrationView {
    const KIND: &'static str = "training_registration";

    fn id(&self) -> Id {
        self.id
    }

    fn version(&self) -> i32 {
        self.version
    }
}

/// Without what depends on who looks at it, the names of members, and ranks, which others change.
impl From<RegistrationRow> for TrainingRegistrationView {
    fn from(row: RegistrationRow) -> Self {
        let RegistrationRow { id, session_id, member_id, name, email, organisation, outsider_key: _, status, queue_number: _, created_by, .. } = row;
        let RegistrationRow { anonymised_at, version, created_at, updated_at, .. } = row;
        Self {
            id,
            version,
            session_id,
            member_id,
            name: name.map(|name| name.to_string()),
            email,
            organisation,
            status,
            rank: None,
            created_by,
            anonymised_at,
            allowed_commands: Vec::new(),
            created_at,
            updated_at,
        }
    }
}

/// What an organiser sees of registrations to one session, whose ranks and names of members are known.
fn shown(
    scope: &Scope,
    lens: Lens,
    (row, session): (RegistrationRow, &TrainingSessionRow),
    rank: Option<i32>,
    names: &HashMap<Id, String>,
) -> TrainingRegistrationView {
    let allowed_commands = LIFECYCLE.allowed(row.status, scope, session.department(), lens.language, |command| verdict(&row, session, command));
    let view = TrainingRegistrationView::from(row);
    let name = view.name.or_else(|| view.member_id.and_then(|id| names.get(&id).cloned()));
    TrainingRegistrationView { name, rank, allowed_commands, ..view }
}

pub fn show_all(
    conn: &mut DbConn,
    scope: &Scope,
    lens: Lens,
    session: &TrainingSessionRow,
    rows: Vec<RegistrationRow>,
) -> Result<Vec<TrainingRegistrationView>> {
    let waits = rows.iter().any(|row| row.queue_number.is_some());
    let ranks = if waits { store::ranks(conn, scope, session.id)? } else { HashMap::new() };
    let names = store::names(conn, scope, rows.iter().filter_map(|row| row.member_id).collect())?;
    Ok(rows.into_iter().map(|row| shown(scope, lens, (row.clone(), session), ranks.get(&row.id).copied(), &names)).collect())
}

/// One registration, of which the rank may be known already.
pub fn show(conn: &mut DbConn, scope: &Scope, lens: Lens, found: Registration, rank: Option<i32>) -> Result<TrainingRegistrationView> {
    let Registration { row, session } = found;
    let rank = match (rank, row.queue_number) {
        (None, Some(number)) => i32::try_from(store::rank(conn, scope, session.id, number)?).ok(),
        (rank, _) => rank,
    };
    let names = store::names(conn, scope, row.member_id.into_iter().collect())?;
    Ok(shown(scope, lens, (row, &session), rank, &names))
}
