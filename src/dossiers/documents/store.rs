//! Queries on documents and on the versions of their files.

use super::model::{DocumentFilters, DocumentFormat, DocumentType, FileName, Sha256};
use crate::audit::Tx;
use crate::audit::access::{Confided, Part};
use crate::auth::Scope;
use crate::db::paging::{Key, Position, Slice, keyset};
use crate::db::schema::{document_versions, documents};
use crate::db::{DbConn, Id, Instant, Kept, MultiBackend, among};
use crate::dossiers;
use crate::dossiers::erasure::scrub_records;
use crate::dossiers::store::lock_open;
use crate::dossiers::under::Under;
use crate::error::{Code, Error, Result};
use diesel::prelude::*;
use std::collections::{HashMap, HashSet};

#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, AsChangeset, Identifiable)]
#[diesel(table_name = documents, treat_none_as_null = true)]
pub struct DocumentRow {
    pub id: Id,
    pub dossier_id: Id,
    pub document_type: DocumentType,
    pub file_name: Option<FileName>,
    pub privileged: bool,
    pub current_id: Option<Id>,
    pub version: i32,
    pub created_at: Instant,
    pub updated_at: Instant,
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

/// A document with its latest version; without one once its dossier is anonymised.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    pub row: DocumentRow,
    pub current: Option<VersionRow>,
}

impl Part for Document {
    fn part_of(&self) -> Option<(Confided, Id)> {
        Some((Confided::Dossier, self.row.dossier_id))
    }
}

type Boxed<'a> = documents::BoxedQuery<'a, MultiBackend>;

fn filtered<'a>(dossier_id: Id, filters: &DocumentFilters) -> Boxed<'a> {
    let DocumentFilters { kind } = filters;
    let mut query = documents::table.filter(documents::dossier_id.eq(dossier_id)).into_boxed();
    if let Some(kinds) = kind {
        query = among!(query, documents::document_type, kinds.clone());
    }
    query
}

/// The documents of a dossier that was found in the scope.
pub fn list(conn: &mut DbConn, found_in: &Scope, dossier_id: Id, filters: &DocumentFilters, slice: &Slice) -> Result<Vec<Document>> {
    let query = filtered(dossier_id, filters).select(DocumentRow::as_select());
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

pub fn count(conn: &mut DbConn, _found_in: &Scope, dossier_id: Id, filters: &DocumentFilters) -> Result<i64> {
    Ok(filtered(dossier_id, filters).count().get_result(conn)?)
}

/// A document of a dossier in the scope.
pub fn find(conn: &mut DbConn, scope: &Scope, id: Id) -> Result<Document> {
    let row: DocumentRow = documents::table.find(id).select(DocumentRow::as_select()).first(conn)?;
    dossiers::store::find(conn, scope, row.dossier_id)?;
    let current = row.current_id.map_or(Ok(None), |current| Ok::<_, Error>(versions_by_id(conn, scope, vec![current])?.remove(&current)))?;
    Ok(Document { row, current })
}

/// One version of a document of a dossier in the scope, with the document.
pub fn find_version(conn: &mut DbConn, scope: &Scope, id: Id) -> Result<(DocumentRow, VersionRow)> {
    let version: VersionRow = document_versions::table.find(id).select(VersionRow::as_select()).first(conn)?;
    Ok((find(conn, scope, version.document_id)?.row, version))
}

/// Refuses the content of a document that is privileged to whoever reads the dossier without being of its team or its lawyer.
pub fn check_content(conn: &mut DbConn, scope: &Scope, row: &DocumentRow) -> Result<()> {
    if !row.privileged || Under::find(conn, scope, (), row.dossier_id)?.is_privileged_to(scope) {
        return Ok(());
    }
    Err(Error::of(Code::DocumentPrivileged))
}

pub fn list_versions(conn: &mut DbConn, _found_in: &Scope, document_id: Id, slice: &Slice) -> Result<Vec<VersionRow>> {
    let query = document_versions::table.filter(document_versions::document_id.eq(document_id)).select(VersionRow::as_select()).into_boxed();
    let page = keyset!(query, slice, document_versions::id, { "number" => (document_versions::number, year) });
    Ok(page.load(conn)?)
}

pub fn count_versions(conn: &mut DbConn, _found_in: &Scope, document_id: Id) -> Result<i64> {
    Ok(document_versions::table.filter(document_versions::document_id.eq(document_id)).count().get_result(conn)?)
}

/// Stores a document of an open dossier, whose file was kept before.
pub fn insert(tx: &mut Tx<'_>, scope: &Scope, row: DocumentRow, version: VersionRow) -> Result<Document> {
    lock_open(tx, scope, row.dossier_id)?;
    diesel::insert_into(documents::table).values(&row).execute(tx.conn)?;
    diesel::insert_into(document_versions::table).values(&version).execute(tx.conn)?;
    Ok(Document { row, current: Some(version) })
}

/// Stores the row as its next version, if its current version still is the one it was made from and its dossier is open.
pub fn update(tx: &mut Tx<'_>, scope: &Scope, mut document: Document) -> Result<Document> {
    let row = &mut document.row;
    lock_open(tx, scope, row.dossier_id)?;
    let seen = row.version;
    row.version = seen + 1;
    row.updated_at = tx.now;
    let current = documents::table.find(row.id).filter(documents::version.eq(seen));
    let updated = diesel::update(current).set(&*row).execute(tx.conn)?;
    if updated == 1 { Ok(document) } else { Err(Error::of(Code::VersionStale)) }
}

/// Stores a further version of the file, which was kept before, as the latest. Whoever sends one at the same time comes after: the
/// dossier is locked before the document is read again.
pub fn add_version(tx: &mut Tx<'_>, scope: &Scope, document_id: Id, file_name: Option<FileName>, version: VersionRow) -> Result<Document> {
    let dossier_id = find(tx.conn, scope, document_id)?.row.dossier_id;
    lock_open(tx, scope, dossier_id)?;
    let Document { row, current } = find(tx.conn, scope, document_id)?;
    let version = VersionRow { number: current.map_or(1, |current| current.number + 1), ..version };
    diesel::insert_into(document_versions::table).values(&version).execute(tx.conn)?;
    let row = DocumentRow { current_id: Some(version.id), file_name: file_name.or(row.file_name), ..row };
    update(tx, scope, Document { row, current: Some(version) })
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

/// The fields that a version of the record or a stored reply loses.
const FORGOTTEN: &[&str] = &["file_name", "current_id", "number", "format", "size", "sha256", "author_id"];

/// Takes the names and the files out of the documents of a dossier that is anonymised, and out of all that is remembered of them:
/// which kinds of documents there were stays. Files to which no row leads are swept.
pub fn erase(tx: &mut Tx<'_>, scope: &Scope, dossier_id: Id) -> Result<()> {
    let of = || documents::table.filter(documents::dossier_id.eq(dossier_id));
    let ids: Vec<Id> = of().select(documents::id).load(tx.conn)?;
    diesel::update(of()).set((documents::file_name.eq(None::<String>), documents::current_id.eq(None::<Id>))).execute(tx.conn)?;
    diesel::delete(document_versions::table.filter(document_versions::document_id.eq_any(ids.clone()))).execute(tx.conn)?;
    ids.into_iter().try_for_each(|id| scrub_records(tx, scope, id, FORGOTTEN))
}
