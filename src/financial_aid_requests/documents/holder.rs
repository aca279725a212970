//! The request for aid as what documents lie under: whoever instructs it reads them, and a committee never does.

use super::bodies::{CreateAidDocument, UpdateAidDocument};
use super::view::AidDocumentView;
use crate::audit::Tx;
use crate::auth::Scope;
use crate::db::{DbConn, Id};
use crate::documents::serving::Holder;
use crate::documents::store::{self, DocumentRow, FORGOTTEN, HolderKind};
use crate::dossiers::erasure::scrub_records;
use crate::error::{Code, Error, Result};
use crate::financial_aid_requests::model::AidRequestStatus;
use crate::financial_aid_requests::store::{self as requests, AidRequestRow};

impl Holder for AidRequestRow {
    type Sending = CreateAidDocument;
    type Changes = UpdateAidDocument;
    type View = AidDocumentView;
    const KIND: HolderKind = HolderKind::AidRequest;
    const COLLECTION: &'static str = "aid-documents";

    fn id(&self) -> Id {
        self.id
    }

    fn find(conn: &mut DbConn, scope: &Scope, id: Id) -> Result<Self> {
        requests::find(conn, scope, id)
    }

    fn lock(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> Result<()> {
        let row = requests::lock(tx, scope, id)?;
        if AidRequestStatus::OVER.contains(&row.status) { Err(Error::of(Code::AidOver)) } else { Ok(()) }
    }

    /// Whoever reads the request reads all of it.
    fn check_content(&self, _: &mut DbConn, _: &Scope, _: &DocumentRow) -> Result<()> {
        Ok(())
    }

    fn apply(changes: UpdateAidDocument, row: &mut DocumentRow) {
        changes.apply(row);
    }
}

/// Takes the names and the files out of the documents of a request that is anonymised, and out of all that is remembered of them.
pub fn erase(tx: &mut Tx<'_>, scope: &Scope, request_id: Id) -> Result<()> {
    let ids = store::forget(tx, scope, (HolderKind::AidRequest, request_id))?;
    ids.into_iter().try_for_each(|id| scrub_records(tx, scope, id, FORGOTTEN))
}
