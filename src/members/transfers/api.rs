//! Routes, body and view of transfers.

use super::store::{self, TransferRow};
use crate::audit::access::Confided;
use crate::audit::{Action, Resource};
use crate::auth::Scope;
use crate::changes::store::tell;
use crate::db::paging::{Position, Slice};
use crate::db::{DbConn, Id, Instant};
use crate::error::{Code, Error, Result};
use crate::http::{Actor, Answer, Command, CommandOptions, Endpoint, ListOf, Listed, NoFilters, Page, PathId, route};
use crate::members::api::{department_of, show};
use crate::members::model::ContactInstructions;
use crate::members::store as members;
use crate::values::{Day, body};
use serde::Serialize;
use utoipa::ToSchema;

/// A move of a member from one association to another.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TransferView {
    /// Identifier.
    pub id: Id,
    /// Version; a transfer never changes.
    #[schema(minimum = 1, maximum = 2_147_483_647, example = 1)]
    pub version: i32,
    /// Member.
    pub member_id: Id,
    /// The association that the member left.
    pub from_association_id: Id,
    /// The association that the member joined.
    pub to_association_id: Id,
    /// First day in the new association.
    pub transferred_on: Day,
    /// Why.
    pub reason: Option<ContactInstructions>,
    /// Who recorded it.
    pub transferred_by: Option<Id>,
    /// When it was recorded.
    pub created_at: Instant,
}

impl Resource for TransferView {
    const KIND: &'static str = "member_transfer";

    fn id(&self) -> Id {
        self.id
    }

    fn version(&self) -> i32 {
        self.version
    }
}

impl From<TransferRow> for TransferView {
    fn from(row: TransferRow) -> Self {
        let TransferRow { id, member_id, from_association_id, to_association_id, transferred_on, reason, transferred_by, version, created_at, updated_at: _ } =
            row;
        Self { id, version, member_id, from_association_id, to_association_id, transferred_on, reason, transferred_by, created_at }
    }
}

body! {
    /// Moves a member to another association.
    pub struct CreateTransfer {
        /// The departmental association that the member joins.
        to_association_id: Id,
        /// First day there, today by default; not in the future.
        transferred_on: Option<Day>,
        /// Why.
        reason: Option<ContactInstructions>,
    }
}

#[derive(Clone)]
struct Transfers {
    member_id: Id,
}

impl Listed for Transfers {
    type Filters = NoFilters;
    type View = TransferView;

    fn page(&self, conn: &mut DbConn, scope: &Scope, _: &NoFilters, slice: &Slice) -> Result<Vec<(Position, TransferView)>> {
        members::find(conn, scope, self.member_id)?;
        Ok(store::list(conn, scope, self.member_id, slice)?.into_iter().map(|row| (store::position(&row), row.into())).collect())
    }

    fn count(&self, conn: &mut DbConn, scope: &Scope, _: &NoFilters) -> Result<i64> {
        store::count(conn, scope, self.member_id)
    }
}

pub fn routes() -> Vec<Endpoint> {
    vec![
        route!(list_transfers).follows().lists::<TransferView>(&["transferred"]).discloses(Confided::Member),
        route!(create_transfer).creates().shows::<TransferView>().discloses(Confided::Member),
    ]
}

/// List the transfers of a member
///
/// Every association that the member left and joined, the earliest first.
#[utoipa::path(get, path = "/members/{id}/transfers", operation_id = "member_transfers_list", tag = "members",
    params(("id" = Id, Path)), responses((status = 200, description = "A page of transfers.", body = Page<TransferView>)))]
async fn list_transfers(actor: Actor, id: PathId, list: ListOf<NoFilters>) -> Answer {
    actor.list(Transfers { member_id: id.0 }, list).await
}

/// Transfer a member
///
/// Moves a member of one's department to the association of another, which sees the record from then on; one's own does not any
/// more. Dossiers stay where they were opened.
#[utoipa::path(post, path = "/members/{id}/transfers", operation_id = "member_transfers_create", tag = "members",
    params(("id" = Id, Path), CommandOptions), request_body = CreateTransfer, responses((status = 201, description = "The transfer.", body = TransferView)))]
async fn create_transfer(actor: Actor, id: PathId, command: Command<CreateTransfer>) -> Answer {
    actor
        .create("member-transfers", command, move |tx, scope, body| {
            let CreateTransfer { to_association_id, transferred_on, reason } = body;
            let today = Day::of(tx.now.0);
            let transferred_on = transferred_on.unwrap_or(today);
            if transferred_on > today {
                return Err(Error::field("/transferred_on", Code::DayInFuture));
            }
            let mut member = members::lock_references(tx, scope, id.0)?;
            let department_code = department_of(tx, scope, to_association_id, "/to_association_id")?;
            if to_association_id == member.association_id {
                return Err(Error::of(Code::TransferToItself));
            }
            let row = TransferRow {
                id: Id::new(),
                member_id: member.id,
                from_association_id: member.association_id,
                to_association_id,
                transferred_on,
                reason,
                transferred_by: tx.author.actor_id,
                version: 1,
                created_at: tx.now,
                updated_at: tx.now,
            };
            let left = std::mem::replace(&mut member.department_code, department_code);
            member.association_id = to_association_id;
            let member = members::advance(tx, scope, member)?;
            let told = member.told(Action::Transfer).leaving(&left);
            let view = show(tx.conn, scope, member, today)?;
            tx.record(Action::Transfer, &view)?;
            tell(tx, scope, vec![told])?;
            let view = store::insert(tx, scope, row)?.into();
            tx.note(Action::Create, TransferView::KIND, TransferView::id(&view))?;
            Ok::<TransferView, Error>(view)
        })
        .await
}
