//! What is shown of a certificate.

use super::model::{CertificateNumber, CertificateStatus, LIFECYCLE};
use super::store::CertificateRow;
use crate::audit::Resource;
use crate::auth::Scope;
use crate::db::{Id, Instant};
use crate::error::Language;
use crate::training_sessions::store::TrainingSessionRow;
use crate::workflow::{AllowedCommandView, Stateful, Verdict};
use serde::Serialize;
use utoipa::ToSchema;

/// That somebody took part in a session. The sheet to print, with the code to check it by, is at `…/sheet`.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CertificateView {
    /// Identifier.
    pub id: Id,
    /// Version, raised by every change.
    #[schema(minimum = 1, maximum = 2_147_483_647, example = 1)]
    pub version: i32,
    /// Number.
    pub number: CertificateNumber,
    /// The session.
    pub session_id: Id,
    /// Whose registration.
    pub registration_id: Id,
    /// Slots of the session.
    #[schema(minimum = 1, maximum = 10_000, example = 5)]
    pub slots_held: i32,
    /// Those in which the participant was, present or late.
    #[schema(minimum = 1, maximum = 10_000, example = 4)]
    pub slots_attended: i32,
    /// Minutes of these slots.
    #[schema(minimum = 1, maximum = 2_147_483_647, example = 660)]
    pub minutes_attended: i32,
    /// The share of the slots, in hundredths, below which there was to be no certificate.
    #[schema(minimum = 1, maximum = 100, example = 80)]
    pub minimum_share: i32,
    /// Whether it stands.
    pub status: CertificateStatus,
    /// Who gave it.
    pub issued_by: Option<Id>,
    /// When it was taken back.
    pub revoked_at: Option<Instant>,
    /// The commands that its state allows and this caller may give.
    #[schema(max_items = 50)]
    pub allowed_commands: Vec<AllowedCommandView>,
    /// When it was given.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
}

/// The columns of the export as a French spreadsheet titles them.
#[rustfmt::skip]
pub const TITLES: &[(&str, &str)] = &[
    ("id", "Identifiant"), ("version", "Version"), ("number", "Numéro"), ("session_id", "Session"), ("registration_id", "Inscription"),
    ("slots_held", "Créneaux"), ("slots_attended", "Créneaux suivis"), ("minutes_attended", "Minutes suivies"), ("minimum_share", "Part minimale (%)"),
    ("status", "État"), ("issued_by", "Délivrée par"), ("revoked_at", "Révoquée le"), ("allowed_commands", "Commandes possibles"),
    ("created_at", "Délivrée le"), ("updated_at", "Modifiée le"),
];

impl Resource for CertificateView {
    const KIND: &'static str = "training_certificate";

    fn id(&self) -> Id {
        self.id
    }

    fn version(&self) -> i32 {
        self.version
    }
}

/// Without what depends on who looks at it.
impl From<CertificateRow> for CertificateView {
    fn from(row: CertificateRow) -> Self {
        let CertificateRow { id, number, session_id, registration_id, slots_held, slots_attended, minutes_attended, minimum_share, digest: _, .. } = row;
        let CertificateRow { status, issued_by, revoked_at, version, created_at, updated_at, .. } = row;
        Self {
            id,
            version,
            number,
            session_id,
            registration_id,
            slots_held,
            slots_attended,
            minutes_attended,
            minimum_share,
            status,
            issued_by,
            revoked_at,
            allowed_commands: Vec::new(),
            created_at,
            updated_at,
        }
    }
}

pub fn show(scope: &Scope, language: Language, row: CertificateRow, session: &TrainingSessionRow) -> CertificateView {
    let allowed_commands = LIFECYCLE.allowed(row.status, scope, session.department(), language, |_| Verdict::Free);
    CertificateView { allowed_commands, ..row.into() }
}
