//! The dossier as what documents lie under: whoever reads it reads them, and what is privileged is for its team and its lawyers.

use super::bodies::{CreateDocument, UpdateDocument};
use super::view::DocumentView;
use crate::audit::Tx;
use crate::auth::Scope;
use crate::db::{DbConn, Id};
use crate::documents::serving::Holder;
use crate::documents::store::{self, DocumentRow, FORGOTTEN, HolderKind};
use crate::dossiers::erasure::scrub_records;
use crate::dossiers::store::{self as dossiers, DossierRow};
use crate::dossiers::under::Under;
use crate::error::{Code, Error, Result};

impl Holder for DossierRow {
    type Sending = CreateDocument;
    type Changes = UpdateDocument;
    type View = DocumentView;
    const KIND: HolderKind = HolderKind::Dossier;
    const COLLECTION: &'static str = "documents";

    fn id(&self) -> Id {
        self.id
    }

    fn find(conn: &mut DbConn, scope: &Scope, id: Id) -> Result<Self> {
        dossiers::find(conn, scope, id)
    }

    fn lock(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> Result<()> {
        dossiers::lock_open(tx, scope, id).map(drop)
    }

    /// Whoever reads the dossier without being of its team or its lawyer reads nothing that is privileged.
    fn check_content(&self, conn: &mut DbConn, scope: &Scope, row: &DocumentRow) -> Result<()> {
        if !row.privileged || Under::find(conn, scope, (), self.id)?.is_privileged_to(scope) {
            return Ok(());
        }
        Err(Error::of(Code::DocumentPrivileged))
    }

    fn apply(changes: UpdateDocument, row: &mut DocumentRow) {
        changes.apply(row);
    }
}

/// Takes the names and the files out of the documents of a dossier that is anonymised, and out of all that is remembered of them.
pub fn erase(tx: &mut Tx<'_>, scope: &Scope, dossier_id: Id) -> Result<()> {
    let ids = store::forget(tx, scope, (HolderKind::Dossier, dossier_id))?;
    ids.into_iter().try_for_each(|id| scrub_records(tx, scope, id, FORGOTTEN))
}
