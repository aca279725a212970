//! What is shown of a link.

use super::model::{LIFECYCLE, LinkKind, LinkNote, LinkRelation, LinkStatus};
use super::store::LinkRow;
use crate::audit::Resource;
use crate::auth::Scope;
use crate::db::{Id, Instant};
use crate::dossiers::under::Under;
use crate::error::Code;
use crate::http::Lens;
use crate::values::Day;
use crate::workflow::{AllowedCommandView, Reason, Verdict};
use serde::Serialize;
use utoipa::ToSchema;

/// A link between two dossiers, as seen from one of them.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LinkView {
    /// Identifier.
    pub id: Id,
    /// Version, raised by every change.
    #[schema(minimum = 1, maximum = 2_147_483_647, example = 1)]
    pub version: i32,
    /// The dossier from which it is seen: the one of the list, else the one that it was made from.
    pub dossier_id: Id,
    /// The other.
    pub linked_dossier_id: Id,
    /// What it was made as.
    pub kind: LinkKind,
    /// What the dossier is to the other.
    pub relation: LinkRelation,
    /// Whether it still holds.
    pub status: LinkStatus,
    /// What else is to be known of it.
    pub note: Option<LinkNote>,
    /// Who made it.
    pub created_by: Option<Id>,
    /// The day on which it was withdrawn.
    pub withdrawn_on: Option<Day>,
    /// Who withdrew it.
    pub withdrawn_by: Option<Id>,
    /// Why it was withdrawn.
    pub withdraw_reason: Option<Reason>,
    /// The commands that its state allows and this caller may give.
    #[schema(max_items = 50)]
    pub allowed_commands: Vec<AllowedCommandView>,
    /// When it was first recorded.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
}

impl Resource for LinkView {
    const KIND: &'static str = "link";

    fn id(&self) -> Id {
        self.id
    }

    fn version(&self) -> i32 {
        self.version
    }
}

impl LinkRow {
    /// As seen from one of the two, without what depends on who looks at it.
    fn seen_from(self, dossier_id: Id) -> LinkView {
        let ((from, to), status, linked_dossier_id) = (self.kind.relations(), self.status(), self.other(dossier_id));
        let relation = if self.from_id == dossier_id { from } else { to };
        let Self { id, kind, note, created_by, withdrawn_on, withdrawn_by, withdraw_reason, version, created_at, updated_at, .. } = self;
        LinkView {
            id,
            version,
            dossier_id,
            linked_dossier_id,
            kind,
            relation,
            status,
            note,
            created_by,
            withdrawn_on,
            withdrawn_by,
            withdraw_reason,
            allowed_commands: Vec::new(),
            created_at,
            updated_at,
        }
    }
}

impl LinkRow {
    /// What the row itself says of being withdrawn.
    fn verdict(&self) -> Verdict {
        if self.kind.is_of_house() { Verdict::Blocked(Code::LinkKept.into()) } else { Verdict::Free }
    }
}

impl From<LinkRow> for LinkView {
    fn from(row: LinkRow) -> Self {
        let from_id = row.from_id;
        row.seen_from(from_id)
    }
}

impl Under<LinkRow> {
    /// As seen from the dossier that it was found under.
    pub fn shown(self, scope: &Scope, lens: Lens) -> LinkView {
        let allowed_commands = self.allowed(&LIFECYCLE, self.row.status(), scope, lens.language, |_| self.row.verdict());
        LinkView { allowed_commands, ..self.row.seen_from(self.dossier.id) }
    }
}
