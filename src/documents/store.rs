//! Queries on documents and on the versions of their files. What a document lies under is found in the scope by its own room.

use super::model::{DocumentFilters, DocumentFormat, DocumentType, FileName, Sha256};
use crate::audit::Tx;
use crate::auth::Scope;
use crate::db::paging::{Key, Position, Slice, keyset};
use crate::db::schema::{document_versions, documents};
use crate::db::{DbConn, Id, Instant, Kept, MultiBackend, among};
use crate::error::{Code, Error, Result};
use diesel::prelude::*;
use std::collections::{HashMap, HashSet};

/// What a document lies under: one of the two, and the table says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HolderKind {
    Dossier,
    AidRequest,
}

#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, AsChangeset, Identifiable)]
#[diesel(table_name = documents, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct DocumentRow {
    pub id: Id,
    pub dossier_id: Option<Id>,
    pub aid_request_id: Option<Id>,
    pub document_type: DocumentType,
    pub file_name: Option<FileName>,
    pub privileged: bool,
    pub current_id: Option<Id>,
    pub version: i32,
    pub created_at: Instant,
    pub updated_at: Instant,
}

impl DocumentRow {
    /// What it lies under, if that is of this kind.
    pub fn holder_id(&self, kind: HolderKind) -> Option<Id> {
        match kind {
            HolderKind::Dossier => self.dossier_id,
            HolderKind::AidRequest => self.aid_request_id,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, Identifiable)]
#[diesel(table_name = document_versions, treat_none_as_default_value = false)]
pub struct VersionRow {
    /// Also what the storage knows its file by.
    pub id: Id,
    pub document_id: Id,
    pub number: i32,
    pub sha256: Sha256,
    pub size: i64,
    pub format: DocumentFormat,
    pub author_id: Option<Id>,
    pub created_at: Instant,
}

/// A document with its latest version; without one once it is anonymised.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    pub row: DocumentRow,
    pub current: Option<VersionRow>,
}

type Boxed<'a> = documents::BoxedQuery<'a, MultiBackend>;

fn under<'a>((kind, id): (HolderKind, Id)) -> Boxed<'a> {
    match kind {
        HolderKind::Dossier => documents::table.filter(documents::dossier_id.eq(id)).into_boxed(),
        HolderKind::AidRequest => documents::table.filter(documents::aid_request_id.eq(id)).into_boxed(),
    }
}

fn filtered<'a>(holder: (HolderKind, Id), filters: &DocumentFilters) -> Boxed<'a> {
    let DocumentFilters { kind } = filters;
    let query = under(holder);
    match kind {
        Some(kinds) => among!(query, documents::document_type, kinds.clone()),
        None => query,
    }
}

/// The documents of what was found in the scope.
pub fn list(conn: &mut DbConn, found_in: &Scope, holder: (HolderKind, Id), filters: &DocumentFilters, slice: &Slice) -> Result<Vec<Document>> {
    let query = filtered(holder, filters).select(DocumentRow::as_select());
    let page = keyset!(query, slice, documents::id, { "created" => (documents::created_at, instant) });
    let rows: Vec<DocumentRow> = page.load(conn)?;
    let mut current = versions_by_id(conn, found_in, rows.iter().filter_map(|row| row.current_id).collect())?;
    Ok(rows.into_iter().map(|row| Document { current: row.current_id.and_then(|id| current.remove(&id)), row }).collect())
}

fn versions_by_id(conn: &mut DbConn, _found_in: &Scope, ids: Vec<Id>) -> Result<HashMap<Id, VersionRow>> {
    let query = among!(document_versions::table.into_boxed(), document_versions::id, ids).select(VersionRow::as_select());
    let rows: Vec<VersionRow> = Kept::new(query).load(conn)?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}

pub fn position(document: &Document) -> Position {
    Position { key: Key::from(document.row.created_at), id: document.row.id }
}

pub fn count(conn: &mut DbConn, _found_in: &Scope, holder: (HolderKind, Id), filters: &DocumentFilters) -> Result<i64> {
    Ok(filtered(holder, filters).count().get_result(conn)?)
}

/// A document, of which nothing is told before what it lies under is found in the scope.
pub fn find(conn: &mut DbConn, scope: &Scope, id: Id) -> Result<Document> {
    let row: DocumentRow = documents::table.find(id).select(DocumentRow::as_select()).first(conn)?;
    let current = row.current_id.map_or(Ok(None), |current| Ok::<_, Error>(versions_by_id(conn, scope, vec![current])?.remove(&current)))?;
    Ok(Document { row, current })
}

/// One version of a document, of which nothing is told before what that lies under is found in the scope.
pub fn find_version(conn: &mut DbConn, _scope: &Scope, id: Id) -> Result<VersionRow> {
    Ok(document_versions::table.find(id).select(VersionRow::as_select()).first(conn)?)
}

pub fn list_versions(conn: &mut DbConn, _found_in: &Scope, document_id: Id, slice: &Slice) -> Result<Vec<VersionRow>> {
    let query = document_versions::table.filter(document_versions::document_id.eq(document_id)).select(VersionRow::as_select()).into_boxed();
    let page = keyset!(query, slice, document_versions::id, { "number" => (document_versions::number, year) });
    Ok(page.load(conn)?)
}

pub fn count_versions(conn: &mut DbConn, _found_in: &Scope, document_id: Id) -> Result<i64> {
    Ok(document_versions::table.filter(document_versions::document_id.eq(document_id)).count().get_result(conn)?)
}

/// Stores a document, whose file was kept before, under what is locked.
pub fn insert(tx: &mut Tx<'_>, _locked_in: &Scope, row: DocumentRow, version: VersionRow) -> Result<Document> {
    diesel::insert_into(documents::table).values(&row).execute(tx.conn)?;
    diesel::insert_into(document_versions::table).values(&version).execute(tx.conn)?;
    Ok(Document { row, current: Some(version) })
}

/// Stores the row as its next version, if its current version still is the one it was made from; what it lies under is locked.
pub fn update(tx: &mut Tx<'_>, _locked_in: &Scope, mut document: Document) -> Result<Document> {
    let row = &mut document.row;
    let seen = row.version;
    row.version = seen + 1;
    row.updated_at = tx.now;
    let current = documents::table.find(row.id).filter(documents::version.eq(seen));
    let updated = diesel::update(current).set(&*row).execute(tx.conn)?;
    if updated == 1 { Ok(document) } else { Err(Error::of(Code::VersionStale)) }
}

/// Stores a further version of the file, which was kept before, as the latest. Whoever sends one at the same time comes after: the
/// document is read once what it lies under is locked.
pub fn add_version(tx: &mut Tx<'_>, locked_in: &Scope, document_id: Id, file_name: Option<FileName>, version: VersionRow) -> Result<Document> {
    let Document { row, current } = find(tx.conn, locked_in, document_id)?;
    let version = VersionRow { number: current.map_or(1, |current| current.number + 1), ..version };
    diesel::insert_into(document_versions::table).values(&version).execute(tx.conn)?;
    let row = DocumentRow { current_id: Some(version.id), file_name: file_name.or(row.file_name), ..row };
    update(tx, locked_in, Document { row, current: Some(version) })
}

/// Every version of every document, some at a time: for those who hold the files against them.
pub fn versions_after(conn: &mut DbConn, _console: &Scope, after: Option<Id>, limit: i64) -> Result<Vec<VersionRow>> {
    let mut query = document_versions::table.order(document_versions::id).limit(limit).select(VersionRow::as_select()).into_boxed();
    if let Some(after) = after {
        query = query.filter(document_versions::id.gt(after));
    }
    Ok(query.load(conn)?)
}

/// Which of these files a version refers to.
pub fn referred(conn: &mut DbConn, _console: &Scope, ids: &[Id]) -> Result<HashSet<Id>> {
    let known: Vec<Id> = document_versions::table.filter(document_versions::id.eq_any(ids.to_vec())).select(document_versions::id).load(conn)?;
    Ok(known.into_iter().collect())
}

/// The fields that a version of the record or a stored reply loses once a document is anonymised.
pub const FORGOTTEN: &[&str] = &["file_name", "current_id", "number", "format", "size", "sha256", "author_id"];

/// Takes the names and the files out of the documents of what is anonymised, and gives their ids: which kinds of documents there were
/// stays. Files to which no row leads are swept.
pub fn forget(tx: &mut Tx<'_>, _found_in: &Scope, holder: (HolderKind, Id)) -> Result<Vec<Id>> {
    let ids: Vec<Id> = under(holder).select(documents::id).load(tx.conn)?;
    let of = documents::table.filter(documents::id.eq_any(ids.clone()));
    diesel::update(of).set((documents::file_name.eq(None::<String>), documents::current_id.eq(None::<Id>))).execute(tx.conn)?;
    diesel::delete(document_versions::table.filter(document_versions::document_id.eq_any(ids.clone()))).execute(tx.conn)?;
    Ok(ids)
}
