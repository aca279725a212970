//! Routes, bodies and views of envelopes of aid.

use super::model::AidEnvelopeFilters;
use super::store::{self, AidEnvelopeRow};
use crate::associations;
use crate::audit::{Action, Resource, Tx};
use crate::auth::Scope;
use crate::db::paging::{Position, Slice};
use crate::db::{DbConn, Id, Instant};
use crate::error::Result;
use crate::http::{
    Actor, Answer, Command, CommandOptions, Endpoint, History, HistoryEntryView, ListOf, Listed, NoFilters, Page, Patch, PathId, Projection, route,
};
use crate::members::memberships::model::Year;
use crate::values::input::Change;
use crate::values::{DepartmentCode, Money, body};
use serde::Serialize;
use utoipa::ToSchema;

/// What an association may grant in a year.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AidEnvelopeView {
    /// Identifier.
    pub id: Id,
    /// Version, raised by every change but those that grants and payments make.
    #[schema(minimum = 1, maximum = 2_147_483_647, example = 1)]
    pub version: i32,
    /// The association.
    pub association_id: Id,
    /// Its department; `null` for the national one.
    pub department_code: Option<DepartmentCode>,
    /// Year.
    pub year: Year,
    /// How much.
    pub amount: Money,
    /// What is granted of it, paid or not.
    pub committed: Money,
    /// What is paid of that.
    pub paid: Money,
    /// What is left to grant.
    pub left: Money,
    /// When it was set.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
}

/// The columns of the export as a French spreadsheet titles them.
#[rustfmt::skip]
const TITLES: &[(&str, &str)] = &[
    ("id", "Identifiant"), ("version", "Version"), ("association_id", "Association"), ("department_code", "Département"), ("year", "Année"),
    ("amount.amount", "Montant"), ("amount.currency", "Devise : montant"), ("committed.amount", "Engagé"), ("committed.currency", "Devise : engagé"),
    ("paid.amount", "Versé"), ("paid.currency", "Devise : versé"), ("left.amount", "Disponible"), ("left.currency", "Devise : disponible"),
    ("created_at", "Créée le"), ("updated_at", "Modifiée le"),
];

impl Resource for AidEnvelopeView {
    const KIND: &'static str = "aid_envelope";

    fn id(&self) -> Id {
        self.id
    }

    fn version(&self) -> i32 {
        self.version
    }
}

impl From<AidEnvelopeRow> for AidEnvelopeView {
    fn from(row: AidEnvelopeRow) -> Self {
        let AidEnvelopeRow { id, association_id, department_code, year, amount_cents, committed_cents, paid_cents, version, created_at, updated_at } = row;
        let (amount, committed, paid, left) = (amount_cents, committed_cents, paid_cents, amount_cents - committed_cents);
        Self { id, version, association_id, department_code, year, amount, committed, paid, left, created_at, updated_at }
    }
}

body! {
    /// Sets the envelope of an association.
    pub struct CreateAidEnvelope {
        /// The association.
        association_id: Id,
        /// Year.
        year: Year,
        /// How much.
        amount: Money,
    } check { amount: Money::positive[amount] }
}

body! {
    /// Changes the amount of an envelope, never below what is committed of it.
    pub struct UpdateAidEnvelope {
        /// How much.
        amount: Change<Money>,
    } check { amount: Money::positive_if_changed[amount] } refuse {
        committed: FieldDerived, paid: FieldDerived, left: FieldDerived,
        id: FieldReadOnly, version: FieldReadOnly, association_id: FieldReadOnly, department_code: FieldReadOnly, year: FieldReadOnly,
        created_at: FieldReadOnly, updated_at: FieldReadOnly,
    }
}

/// The envelopes as a list.
#[derive(Clone)]
struct AidEnvelopes;

impl Listed for AidEnvelopes {
    type Filters = AidEnvelopeFilters;
    type View = AidEnvelopeView;

    fn page(&self, conn: &mut DbConn, scope: &Scope, filters: &AidEnvelopeFilters, slice: &Slice) -> Result<Vec<(Position, AidEnvelopeView)>> {
        Ok(store::list(conn, scope, filters, slice)?.into_iter().map(|row| (store::position(&row), row.into())).collect())
    }

    fn count(&self, conn: &mut DbConn, scope: &Scope, filters: &AidEnvelopeFilters) -> Result<i64> {
        store::count(conn, scope, filters)
    }
}

pub fn routes() -> Vec<Endpoint> {
    vec![
        route!(list_aid_envelopes).lists::<AidEnvelopeView>(&["year"]).exports(TITLES),
        route!(create_aid_envelope).creates().shows::<AidEnvelopeView>(),
        route!(retrieve_aid_envelope).shows::<AidEnvelopeView>().sparse(),
        route!(update_aid_envelope).conditional().shows::<AidEnvelopeView>(),
        route!(list_aid_envelope_history).lists::<HistoryEntryView>(&[]),
    ]
}

/// List the envelopes of aid
///
/// What associations may grant, by year, and how much of it is committed and paid; the earliest year first.
#[utoipa::path(get, path = "/aid-envelopes", operation_id = "aid_envelopes_list", tag = "financial_aid",
    params(AidEnvelopeFilters), responses((status = 200, description = "A page of envelopes.", body = Page<AidEnvelopeView>)))]
async fn list_aid_envelopes(actor: Actor, list: ListOf<AidEnvelopeFilters>) -> Answer {
    actor.list(AidEnvelopes, list).await
}

/// Set an envelope of aid
///
/// How much an association may grant in a year, once each.
#[utoipa::path(post, path = "/aid-envelopes", operation_id = "aid_envelopes_create", tag = "financial_aid",
    params(CommandOptions), request_body = CreateAidEnvelope, responses((status = 201, description = "The envelope.", body = AidEnvelopeView)))]
async fn create_aid_envelope(actor: Actor, command: Command<CreateAidEnvelope>) -> Answer {
    actor.create("aid-envelopes", command, provide).await
}

/// Sets what an association may grant in a year.
pub fn provide(tx: &mut Tx<'_>, scope: &Scope, body: CreateAidEnvelope) -> Result<AidEnvelopeView> {
    let CreateAidEnvelope { association_id, year, amount } = body;
    let found = associations::store::find(tx.conn, &Scope::everybody(), association_id);
    let association = found.map_err(|error| error.of_reference("/association_id"))?;
    let row = AidEnvelopeRow {
        id: Id::new(),
        association_id,
        department_code: association.department_code,
        year,
        amount_cents: amount,
        committed_cents: Money::default(),
        paid_cents: Money::default(),
        version: 1,
        created_at: tx.now,
        updated_at: tx.now,
    };
    let view = store::insert(tx, scope, row)?.into();
    tx.record(Action::Create, &view)?;
    Ok(view)
}

/// Retrieve an envelope of aid
///
/// How much it is, and what is left of it.
#[utoipa::path(get, path = "/aid-envelopes/{id}", operation_id = "aid_envelopes_retrieve", tag = "financial_aid",
    params(("id" = Id, Path)), responses((status = 200, description = "The envelope.", body = AidEnvelopeView)))]
async fn retrieve_aid_envelope(actor: Actor, id: PathId, projection: Projection) -> Answer {
    actor.retrieve(projection, move |conn, scope| store::find(conn, scope, id.0).map(AidEnvelopeView::from)).await
}

/// Change an envelope of aid
///
/// Raises or lowers its amount, at the version the caller has seen; never below what is committed of it.
#[utoipa::path(patch, path = "/aid-envelopes/{id}", operation_id = "aid_envelopes_update", tag = "financial_aid",
    params(("id" = Id, Path)), request_body = UpdateAidEnvelope, responses((status = 200, description = "The envelope after the change.", body = AidEnvelopeView)))]
async fn update_aid_envelope(actor: Actor, id: PathId, patch: Patch<UpdateAidEnvelope>) -> Answer {
    actor
        .update(patch, move |tx, scope, expected, UpdateAidEnvelope { amount }| {
            let mut row = store::find(tx.conn, scope, id.0)?;
            expected.check(row.version)?;
            amount.apply(&mut row.amount_cents);
            let view: AidEnvelopeView = store::update(tx, scope, row)?.into();
            tx.record(Action::Update, &view)?;
            Ok(view)
        })
        .await
}

/// List the versions of an envelope of aid
///
/// Who changed its amount and when, the newest first.
#[utoipa::path(get, path = "/aid-envelopes/{id}/history", operation_id = "aid_envelopes_history", tag = "financial_aid",
    params(("id" = Id, Path)), responses((status = 200, description = "A page of versions.", body = Page<HistoryEntryView>)))]
async fn list_aid_envelope_history(actor: Actor, id: PathId, list: ListOf<NoFilters>) -> Answer {
    actor.list(History { id: id.0, find: |conn, scope, id| store::find(conn, scope, id).map(drop) }, list).await
}
