//! What is shown of a membership, recorded of it and told to others.

use super::lifecycle::LIFECYCLE;
use super::model::{EndReason, MembershipState, Product, SubscriptionChannel, Year};
use super::store::MembershipRow;
use crate::audit::{Action, Resource, Tx};
use crate::auth::Scope;
use crate::changes::Told;
use crate::changes::store::tell;
use crate::db::{Id, Instant};
use crate::error::{Error, Result};
use crate::members::model::ExternalId;
use crate::members::store::MemberRow;
use crate::values::{Day, Money};
use crate::workflow::{AllowedCommandView, Verdict};
use serde::Serialize;
use utoipa::ToSchema;

/// One period of membership, within a calendar year.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MembershipView {
    /// Identifier.
    pub id: Id,
    /// Version, raised by every change.
    #[schema(minimum = 1, maximum = 2_147_483_647, example = 1)]
    pub version: i32,
    /// Member.
    pub member_id: Id,
    /// Product.
    pub product: Product,
    /// Year.
    pub year: Year,
    /// How far it has come.
    pub status: MembershipState,
    /// Day on which the member subscribed.
    pub subscribed_on: Day,
    /// Day on which the insurer registered it; there is no cover before.
    pub insurer_registered_on: Option<Day>,
    /// First day.
    pub starts_on: Day,
    /// Last day.
    pub ends_on: Day,
    /// The period that this one continues.
    pub predecessor_id: Option<Id>,
    /// The period, now void, that this one corrects.
    pub replaces_id: Option<Id>,
    /// How the member subscribed.
    pub channel: SubscriptionChannel,
    /// Whether the member also holds a contract of the insurer.
    pub insurer_holder: bool,
    /// The association's part of the dues.
    pub association_dues: Money,
    /// The insurer's part of the dues.
    pub insurance_dues: Money,
    /// Both parts together.
    pub total_dues: Money,
    /// By which names other systems know the period.
    #[schema(max_items = 100)]
    pub external_ids: Vec<ExternalId>,
    /// Why it ended early.
    pub end_reason: Option<EndReason>,
    /// What was said when it was ended, cancelled or corrected.
    #[schema(max_length = 500, pattern = r"^[^\x00-\x1F\x7F-\x9F]*$", example = "Bulletin saisi deux fois.")]
    pub status_reason: Option<String>,
    /// What this caller may do with it now.
    #[schema(max_items = 20)]
    pub allowed_commands: Vec<AllowedCommandView>,
    /// When it was first recorded.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
}

impl Resource for MembershipView {
    const KIND: &'static str = "membership";

    fn id(&self) -> Id {
        self.id
    }

    fn version(&self) -> i32 {
        self.version
    }
}

impl MembershipView {
    pub fn of(row: MembershipRow, scope: &Scope, member: &MemberRow) -> Self {
        let department = Some(member.department_code.as_str());
        let allowed_commands = LIFECYCLE.allowed(row.status, scope, department, Default::default(), |_| Verdict::Free);
        let MembershipRow { id, member_id, product, year, subscribed_on, insurer_registered_on, starts_on, ends_on, predecessor_id, replaces_id, .. } = row;
        let MembershipRow { channel, insurer_holder, association_cents, insurance_cents, external_ids, status, end_reason, status_reason, .. } = row;
        let MembershipRow { version, created_at, updated_at, .. } = row;
        Self {
            id,
            version,
            member_id,
            product,
            year,
            status,
            subscribed_on,
            insurer_registered_on,
            starts_on,
            ends_on,
            predecessor_id,
            replaces_id,
            channel,
            insurer_holder,
            association_dues: association_cents,
            insurance_dues: insurance_cents,
            total_dues: association_cents + insurance_cents,
            external_ids: external_ids.0,
            end_reason,
            status_reason,
            allowed_commands,
            created_at,
            updated_at,
        }
    }
}

/// Records a change of a period, and tells other systems of it.
pub fn record(tx: &mut Tx<'_>, scope: &Scope, member: &MemberRow, action: Action, row: MembershipRow) -> Result<MembershipView> {
    record_all(tx, scope, action, vec![(row, member)])?.pop().ok_or_else(Error::not_found)
}

/// Records the same change of many periods, each of a member of its own, in few statements.
pub fn record_all(tx: &mut Tx<'_>, scope: &Scope, action: Action, rows: Vec<(MembershipRow, &MemberRow)>) -> Result<Vec<MembershipView>> {
    let (mut views, mut told) = (Vec::with_capacity(rows.len()), Vec::with_capacity(rows.len()));
    for (row, member) in rows {
        let view = MembershipView::of(row, scope, member);
        told.push(Told::of(action, &view, &member.department_code));
        views.push(view);
    }
    tx.record_all(views.iter().map(|view| (action, view)))?;
    tell(tx, scope, told)?;
    Ok(views)
}
