//! What is shown of a deadline.

use super::lifecycle::LIFECYCLE;
use super::model::{DeadlineSource, DeadlineStatus};
use super::store::DeadlineRow;
use crate::audit::Resource;
use crate::auth::Scope;
use crate::db::{Id, Instant};
use crate::deadlines::rules::{DeadlineCode, DeadlineEffect, NOTICE_EN, NOTICE_FR, in_force};
use crate::dossiers::under::Under;
use crate::http::Lens;
use crate::values::Day;
use crate::workflow::{AllowedCommandView, Reason};
use serde::Serialize;
use utoipa::ToSchema;

/// A deadline of a case. It is computed, and to be confirmed by the lawyer.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DeadlineView {
    /// Identifier.
    pub id: Id,
    /// Version, raised by every change.
    #[schema(minimum = 1, maximum = 2_147_483_647, example = 1)]
    pub version: i32,
    /// The dossier.
    pub dossier_id: Id,
    /// Which deadline.
    pub code: DeadlineCode,
    /// What happens when it is over; `null` where no rule of its code was in force on its first day.
    pub effect: Option<DeadlineEffect>,
    /// What set it off.
    pub source: DeadlineSource,
    /// The dossier, the event, the request or the step that did.
    pub source_id: Id,
    /// The day from which it runs; the first of its month once the dossier is anonymised, as the other days are.
    pub starts_on: Day,
    /// Its last day.
    pub due_on: Day,
    /// State.
    pub status: DeadlineStatus,
    /// The day on which it was met.
    pub met_on: Option<Day>,
    /// What was done to meet it; `null` where the facts of the case tell that it was.
    pub done: Option<Reason>,
    /// The text that says so.
    #[schema(max_length = 200, pattern = r"^[^\x00-\x1F\x7F-\x9F]*$", example = "Loi du 29 juillet 1881, art. 65")]
    pub legal_source: Option<&'static str>,
    /// Whether a jurist has confirmed the rule.
    pub confirmed: bool,
    /// What is to be said beside it, in French.
    #[schema(max_length = 200, pattern = r"^[^\x00-\x1F\x7F-\x9F]*$", example = "À confirmer par l'avocat.")]
    pub notice_fr: &'static str,
    /// The same in English.
    #[schema(max_length = 200, pattern = r"^[^\x00-\x1F\x7F-\x9F]*$", example = "To be confirmed by the lawyer.")]
    pub notice_en: &'static str,
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
    ("id", "Identifiant"), ("version", "Version"), ("dossier_id", "Dossier"), ("code", "Échéance"), ("effect", "Effet"), ("source", "Origine"),
    ("source_id", "Identifiant de l'origine"), ("starts_on", "Court depuis le"), ("due_on", "Dernier jour"), ("status", "État"), ("met_on", "Tenue le"),
    ("done", "Fait"), ("legal_source", "Texte"), ("confirmed", "Confirmée par un juriste"), ("notice_fr", "Avertissement"),
    ("notice_en", "Avertissement (anglais)"), ("allowed_commands", "Commandes possibles"), ("created_at", "Créée le"), ("updated_at", "Modifiée le"),
];

impl Resource for DeadlineView {
    const KIND: &'static str = "deadline";

    fn id(&self) -> Id {
        self.id
    }

    fn version(&self) -> i32 {
        self.version
    }
}

/// Without what depends on who looks at it.
impl From<DeadlineRow> for DeadlineView {
    fn from(row: DeadlineRow) -> Self {
        let DeadlineRow { id, dossier_id, code, source, source_id, starts_on, due_on, status, met_on, done, version, created_at, updated_at, .. } = row;
        let rule = in_force(code, starts_on);
        Self {
            id,
            version,
            dossier_id,
            code,
            effect: rule.map(|rule| rule.effect),
            source,
            source_id,
            starts_on,
            due_on,
            status,
            met_on,
            done,
            legal_source: rule.map(|rule| rule.source),
            confirmed: rule.is_some_and(|rule| rule.confirmed),
            notice_fr: NOTICE_FR,
            notice_en: NOTICE_EN,
            allowed_commands: Vec::new(),
            created_at,
            updated_at,
        }
    }
}

impl Under<DeadlineRow> {
    pub fn shown(self, scope: &Scope, lens: Lens) -> DeadlineView {
        let verdict = |command: &str| self.row.verdict(command, lens.today());
        let allowed_commands = self.allowed(&LIFECYCLE, self.row.status, scope, lens.language, verdict);
        DeadlineView { allowed_commands, ..self.row.into() }
    }
}
