//! How documents are served, whatever they lie under: a room that has documents says what that is (`Holder`), and declares the routes.

use super::bodies::{AddDocumentVersion, Said};
use super::model::DocumentFilters;
use super::sending::Sent;
use super::store::{self, Document, DocumentRow, HolderKind, VersionRow};
use super::view::DocumentVersionView;
use crate::audit::access::Part;
use crate::audit::{Action, Resource, Tx};
use crate::auth::Scope;
use crate::db::paging::{Key, Position, Slice};
use crate::db::{DbConn, Id};
use crate::error::{Code, Error, Result};
use crate::http::{Actor, Answer, Command, Download, FileForm, History, ListOf, Listed, NoFilters, PartOf, Patch, Projection, Received, digest_of};
use crate::values::input::Body;
use std::marker::PhantomData;
use utoipa::ToSchema;

/// By what documents are sorted.
pub const SORTS: &[&str] = &["created"];

/// What documents lie under.
pub trait Holder: Part + Clone + Send + Sized + 'static {
    /// What is sent with a new document, and to correct what is said of one.
    type Sending: Body + Into<Said>;
    type Changes: Body + Send;
    /// What is shown of a document, with the id of what it lies under.
    type View: Resource + ToSchema + From<(Id, Document)>;
    const KIND: HolderKind;
    /// The collection in which each document has its address.
    const COLLECTION: &'static str;

    fn id(&self) -> Id;

    /// Finds one that is the caller's to read.
    fn find(conn: &mut DbConn, scope: &Scope, id: Id) -> Result<Self>;

    /// Makes those who write under one that was found take turns; refuses where nothing is sent in or changed any more.
    fn lock(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> Result<()>;

    /// Refuses the content of a document to some who read all else.
    fn check_content(&self, conn: &mut DbConn, scope: &Scope, row: &DocumentRow) -> Result<()>;

    fn apply(changes: Self::Changes, row: &mut DocumentRow);
}

/// A document under what is the caller's to read.
fn found<H: Holder>(conn: &mut DbConn, scope: &Scope, id: Id) -> Result<(H, Document)> {
    let document = store::find(conn, scope, id)?;
    let holder_id = document.row.holder_id(H::KIND).ok_or_else(Error::not_found)?;
    Ok((H::find(conn, scope, holder_id)?, document))
}

fn holder<H: Holder>(conn: &mut DbConn, scope: &Scope, id: Id) -> Result<H> {
    Ok(found::<H>(conn, scope, id)?.0)
}

/// What a change made of a document, written down.
fn recorded<H: Holder>(tx: &mut Tx<'_>, action: Action, holder_id: Id, document: Document) -> Result<H::View> {
    let view = H::View::from((holder_id, document));
    tx.record(action, &view)?;
    Ok(view)
}

/// The documents of one holder as a list.
pub struct Documents<H> {
    holder_id: Id,
    holder: PhantomData<fn() -> H>,
}

impl<H> Documents<H> {
    pub fn of(holder_id: Id) -> Self {
        Self { holder_id, holder: PhantomData }
    }
}

impl<H> Clone for Documents<H> {
    fn clone(&self) -> Self {
        Self::of(self.holder_id)
    }
}

impl<H: Holder> Listed for Documents<H> {
    type Filters = DocumentFilters;
    type View = H::View;

    fn page(&self, conn: &mut DbConn, scope: &Scope, filters: &DocumentFilters, slice: &Slice) -> Result<Vec<(Position, H::View)>> {
        H::find(conn, scope, self.holder_id)?;
        let found = store::list(conn, scope, (H::KIND, self.holder_id), filters, slice)?;
        Ok(found.into_iter().map(|document| (store::position(&document), (self.holder_id, document).into())).collect())
    }

    fn count(&self, conn: &mut DbConn, scope: &Scope, filters: &DocumentFilters) -> Result<i64> {
        H::find(conn, scope, self.holder_id)?;
        store::count(conn, scope, (H::KIND, self.holder_id), filters)
    }
}

/// The versions of the file of one document as a list.
struct Versions<H> {
    document_id: Id,
    holder: PhantomData<fn() -> H>,
}

impl<H> Clone for Versions<H> {
    fn clone(&self) -> Self {
        Self { document_id: self.document_id, holder: PhantomData }
    }
}

impl<H: Holder> Listed for Versions<H> {
    type Filters = NoFilters;
    type View = DocumentVersionView;

    fn page(&self, conn: &mut DbConn, scope: &Scope, _: &NoFilters, slice: &Slice) -> Result<Vec<(Position, DocumentVersionView)>> {
        found::<H>(conn, scope, self.document_id)?;
        let rows = store::list_versions(conn, scope, self.document_id, slice)?;
        Ok(rows.into_iter().map(|row| (Position { key: Key::from(row.number), id: row.id }, row.into())).collect())
    }

    fn count(&self, conn: &mut DbConn, scope: &Scope, _: &NoFilters) -> Result<i64> {
        found::<H>(conn, scope, self.document_id)?;
        store::count_versions(conn, scope, self.document_id)
    }
}

/// Takes a document in. What it lies under is looked for before the form is read.
pub async fn create<H: Holder>(actor: &Actor, holder_id: Id, form: FileForm) -> Answer {
    actor.read(move |conn, scope| H::find(conn, scope, holder_id).map(drop)).await?;
    let Received { body, draft, measured, declared, key, validate } = form.receive::<H::Sending>(&actor.context.server.storage).await?;
    let Said { document_type, file_name, privileged, sha256 } = body.into();
    let sent = Sent::checked(draft, &measured, declared.as_deref(), sha256.as_ref())?;
    let said = [measured.sha256.as_str(), document_type.as_str(), file_name.as_str(), if privileged { "privileged" } else { "" }];
    let command = Command { body: sent.file.clone(), digest: digest_of(&said), key, validate };
    let find = move |tx: &mut Tx<'_>, scope: &Scope| H::find(tx.conn, scope, holder_id);
    let answer = actor.create_under(H::COLLECTION, command, find, move |tx, scope, _, file| {
        let id = Id::new();
        let version = file.version(id, tx);
        let [dossier_id, aid_request_id] = [HolderKind::Dossier, HolderKind::AidRequest].map(|kind| (kind == H::KIND).then_some(holder_id));
        let row = DocumentRow {
            id,
            dossier_id,
            aid_request_id,
            document_type,
            file_name: Some(file_name),
            privileged,
            current_id: Some(version.id),
            version: 1,
            created_at: tx.now,
            updated_at: tx.now,
        };
        H::lock(tx, scope, holder_id)?;
        let document = store::insert(tx, scope, row, version)?;
        recorded::<H>(tx, Action::Create, holder_id, document)
    });
    sent.referred_by(actor, validate, answer).await
}

pub async fn retrieve<H: Holder>(actor: &Actor, id: Id, projection: Projection) -> Answer {
    actor
        .retrieve_part(projection, move |conn, scope| {
            let (holder, document) = found::<H>(conn, scope, id)?;
            Ok((H::View::from((holder.id(), document)), holder.part_of()))
        })
        .await
}

pub async fn update<H: Holder>(actor: &Actor, id: Id, patch: Patch<H::Changes>) -> Answer {
    actor
        .update(patch, move |tx, scope, expected, changes| {
            let (holder, mut document) = found::<H>(tx.conn, scope, id)?;
            expected.check(document.row.version)?;
            H::apply(changes, &mut document.row);
            H::lock(tx, scope, holder.id())?;
            let document = store::update(tx, scope, document)?;
            recorded::<H>(tx, Action::Update, holder.id(), document)
        })
        .await
}

pub async fn list_history<H: Holder>(actor: &Actor, id: Id, list: ListOf<NoFilters>) -> Answer {
    let history = History { id, find: |conn, scope, id| found::<H>(conn, scope, id).map(drop) };
    actor.list(PartOf { list: history, part_id: id, find: holder::<H> }, list).await
}

pub async fn list_versions<H: Holder>(actor: &Actor, id: Id, list: ListOf<NoFilters>) -> Answer {
    let versions = Versions::<H> { document_id: id, holder: PhantomData };
    actor.list(PartOf { list: versions, part_id: id, find: holder::<H> }, list).await
}

/// Takes in a further version of the file. The document is looked for before the form is read.
pub async fn add_version<H: Holder>(actor: &Actor, id: Id, form: FileForm) -> Answer {
    actor.read(move |conn, scope| found::<H>(conn, scope, id).map(drop)).await?;
    let Received { body, draft, measured, declared, key, validate } = form.receive::<AddDocumentVersion>(&actor.context.server.storage).await?;
    let AddDocumentVersion { file_name, sha256, file: _ } = body;
    let sent = Sent::checked(draft, &measured, declared.as_deref(), sha256.as_ref())?;
    let said = [measured.sha256.as_str(), file_name.as_ref().map_or("", |name| name.as_str())];
    let command = Command { body: sent.file.clone(), digest: digest_of(&said), key, validate };
    let find = move |tx: &mut Tx<'_>, scope: &Scope| found::<H>(tx.conn, scope, id).map(|(holder, _)| holder);
    let answer = actor.create_under(H::COLLECTION, command, find, move |tx, scope, holder, file| {
        let version = file.version(id, tx);
        H::lock(tx, scope, holder.id())?;
        let document = store::add_version(tx, scope, id, file_name, version)?;
        recorded::<H>(tx, Action::Update, holder.id(), document)
    });
    sent.referred_by(actor, validate, answer).await
}

pub async fn download<H: Holder>(actor: &Actor, id: Id) -> Answer {
    actor
        .download(move |conn, scope| {
            let (holder, Document { row, current }) = found::<H>(conn, scope, id)?;
            file_of(conn, scope, &holder, row, current.ok_or_else(|| Error::of(Code::NotFound))?)
        })
        .await
}

pub async fn download_version<H: Holder>(actor: &Actor, id: Id) -> Answer {
    actor
        .download(move |conn, scope| {
            let version = store::find_version(conn, scope, id)?;
            let (holder, Document { row, .. }) = found::<H>(conn, scope, version.document_id)?;
            file_of(conn, scope, &holder, row, version)
        })
        .await
}

/// The file of a version that the caller may read.
fn file_of(conn: &mut DbConn, scope: &Scope, holder: &impl Holder, row: DocumentRow, version: VersionRow) -> Result<Download> {
    holder.check_content(conn, scope, &row)?;
    let name = row.file_name.map_or_else(|| version.id.to_string(), |name| name.to_string());
    let size = u64::try_from(version.size).map_err(Error::internal)?;
    Ok(Download { file_id: version.id, sha256: version.sha256.to_string(), size, name, whole: holder.part_of() })
}
