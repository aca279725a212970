//! Routes, bodies and views of tariffs.

use super::store::{self, TariffRow};
use crate::audit::{Action, Resource};
use crate::auth::Scope;
use crate::db::paging::{Position, Slice};
use crate::db::{DbConn, Id, Instant};
use crate::error::{Error, Result};
use crate::http::{
    Actor, Answer, Command, CommandOptions, Endpoint, History, HistoryEntryView, ListOf, Listed, NoFilters, Page, Patch, PathId, Projection, route,
};
use crate::members::memberships::model::{Product, Year};
use crate::values::input::Change;
use crate::values::{Money, body};
use serde::Serialize;
use utoipa::ToSchema;

/// The dues of a product for a whole year.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TariffView {
    /// Identifier.
    pub id: Id,
    /// Version, raised by every change.
    #[schema(minimum = 1, maximum = 2_147_483_647, example = 1)]
    pub version: i32,
    /// Product.
    pub product: Product,
    /// Year.
    pub year: Year,
    /// The association's part.
    pub association_dues: Money,
    /// The insurer's part.
    pub insurance_dues: Money,
    /// When it was set.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
}

impl Resource for TariffView {
    const KIND: &'static str = "tariff";

    fn id(&self) -> Id {
        self.id
    }

    fn version(&self) -> i32 {
        self.version
    }
}

impl From<TariffRow> for TariffView {
    fn from(row: TariffRow) -> Self {
        let TariffRow { id, product, year, association_cents, insurance_cents, version, created_at, updated_at } = row;
        Self { id, version, product, year, association_dues: association_cents, insurance_dues: insurance_cents, created_at, updated_at }
    }
}

body! {
    /// Sets the dues of a year.
    pub struct CreateTariff {
        /// Product, `ome` by default.
        product: Option<Product>,
        /// Year.
        year: Year,
        /// The association's part.
        association_dues: Money,
        /// The insurer's part.
        insurance_dues: Money,
    }
}

body! {
    /// Changes the dues of a year; periods made before keep theirs.
    pub struct UpdateTariff {
        /// The association's part.
        association_dues: Change<Money>,
        /// The insurer's part.
        insurance_dues: Change<Money>,
    }
}

#[derive(Clone)]
struct Tariffs;

impl Listed for Tariffs {
    type Filters = NoFilters;
    type View = TariffView;

    fn page(&self, conn: &mut DbConn, scope: &Scope, _: &NoFilters, slice: &Slice) -> Result<Vec<(Position, TariffView)>> {
        Ok(store::list(conn, scope, slice)?.into_iter().map(|row| (store::position(&row), row.into())).collect())
    }

    fn count(&self, conn: &mut DbConn, scope: &Scope, _: &NoFilters) -> Result<i64> {
        store::count(conn, scope)
    }
}

pub fn routes() -> Vec<Endpoint> {
    vec![
        route!(list_tariffs).lists::<TariffView>(&["year"]),
        route!(create_tariff).creates().shows::<TariffView>(),
        route!(retrieve_tariff).shows::<TariffView>().sparse(),
        route!(update_tariff).conditional().shows::<TariffView>(),
        route!(list_tariff_history).lists::<HistoryEntryView>(&[]),
    ]
}

/// List tariffs
///
/// The dues of every year, the earliest first.
#[utoipa::path(get, path = "/tariffs", operation_id = "tariffs_list", tag = "memberships",
    responses((status = 200, description = "A page of tariffs.", body = Page<TariffView>)))]
async fn list_tariffs(actor: Actor, list: ListOf<NoFilters>) -> Answer {
    actor.list(Tariffs, list).await
}

/// Set a tariff
///
/// The dues of a product for one year, in their two parts; memberships of that year are priced from it, pro rata.
#[utoipa::path(post, path = "/tariffs", operation_id = "tariffs_create", tag = "memberships",
    params(CommandOptions), request_body = CreateTariff, responses((status = 201, description = "The tariff.", body = TariffView)))]
async fn create_tariff(actor: Actor, command: Command<CreateTariff>) -> Answer {
    actor
        .create("tariffs", command, |tx, scope, body| {
            let CreateTariff { product, year, association_dues, insurance_dues } = body;
            let row = TariffRow {
                id: Id::new(),
                product: product.unwrap_or(Product::Ome),
                year,
                association_cents: association_dues,
                insurance_cents: insurance_dues,
                version: 1,
                created_at: tx.now,
                updated_at: tx.now,
            };
            let view = store::insert(tx, scope, row)?.into();
            tx.record(Action::Create, &view)?;
            Ok::<TariffView, Error>(view)
        })
        .await
}

/// Retrieve a tariff
///
/// The dues of one year.
#[utoipa::path(get, path = "/tariffs/{id}", operation_id = "tariffs_retrieve", tag = "memberships",
    params(("id" = Id, Path)), responses((status = 200, description = "The tariff.", body = TariffView)))]
async fn retrieve_tariff(actor: Actor, id: PathId, projection: Projection) -> Answer {
    actor.retrieve(projection, move |conn, scope| store::find(conn, scope, id.0).map(TariffView::from)).await
}

/// Change a tariff
///
/// Changes the fields given, at the version the caller has seen. Memberships that were priced already keep their dues.
#[utoipa::path(patch, path = "/tariffs/{id}", operation_id = "tariffs_update", tag = "memberships",
    params(("id" = Id, Path)), request_body = UpdateTariff, responses((status = 200, description = "The tariff after the change.", body = TariffView)))]
async fn update_tariff(actor: Actor, id: PathId, patch: Patch<UpdateTariff>) -> Answer {
    actor
        .update(patch, move |tx, scope, expected, changes| {
            let mut row = store::find(tx.conn, scope, id.0)?;
            expected.check(row.version)?;
            let UpdateTariff { association_dues, insurance_dues } = changes;
            association_dues.apply(&mut row.association_cents);
            insurance_dues.apply(&mut row.insurance_cents);
            let view = store::update(tx, scope, row)?.into();
            tx.record(Action::Update, &view)?;
            Ok::<TariffView, Error>(view)
        })
        .await
}

/// List the versions of a tariff
///
/// Who changed what and when, the newest first.
#[utoipa::path(get, path = "/tariffs/{id}/history", operation_id = "tariffs_history", tag = "memberships",
    params(("id" = Id, Path)), responses((status = 200, description = "A page of versions.", body = Page<HistoryEntryView>)))]
async fn list_tariff_history(actor: Actor, id: PathId, list: ListOf<NoFilters>) -> Answer {
    actor.list(History { id: id.0, find: |conn, scope, id| store::find(conn, scope, id).map(drop) }, list).await
}
