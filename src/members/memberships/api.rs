//! Routes, bodies and views of memberships.

use super::model::{Dues, EndReason, MembershipState, Product, SubscriptionChannel, Year};
use super::store::{self, MembershipRow};
use super::tariffs;
use crate::audit::{Action, Resource, Tx};
use crate::auth::{Role, Scope};
use crate::changes::Told;
use crate::changes::store::tell;
use crate::db::paging::{Position, Slice};
use crate::db::{DbConn, Id, Instant, Json};
use crate::error::{Code, Error, Flaw, Result};
use crate::http::{
    Actor, Answer, Command, CommandOptions, Endpoint, History, HistoryEntryView, ListOf, Listed, NoFilters, Order, Page, PathId, Projection, route,
};
use crate::members::bodies::{ExternalIdInput, external_ids};
use crate::members::model::ExternalId;
use crate::members::store::{self as members, MemberRow};
use crate::values::{Day, Money, body, commands, text};
use crate::workflow::{AllowedCommandView, Content, Lifecycle, Stateful, Step, TransitionView, Transitions, Verdict, step, take_step};
use serde::Serialize;
use utoipa::ToSchema;

text! {
    /// Why a period was ended, cancelled or corrected.
    pub struct MembershipReason { max: 500, example: "Bulletin saisi deux fois." }
}

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

/// Who may move a period on.
const STAFF: &[Role] = &[Role::DepartmentHead, Role::DepartmentStaff];

use MembershipState::{Cancelled, Confirmed, Ended, Pending, Void};

/// The life of a period. What is confirmed is never edited: it is ended, or corrected by `void` or `replace`, which keep it.
pub const LIFECYCLE: Lifecycle<MembershipState> = Lifecycle {
    resource: "membership",
    initial: Pending,
    transitions: &[
        step("confirm", &[Pending], Some(Confirmed), STAFF, "Enregistrer auprès de l'assureur", "Register with the insurer"),
        step("end", &[Confirmed], Some(Ended), STAFF, "Terminer avant terme", "End early"),
        step("cancel", &[Pending], Some(Cancelled), STAFF, "Annuler", "Cancel"),
        step("void", &[Confirmed, Ended], Some(Void), STAFF, "Déclarer nulle", "Declare void"),
        step("replace", &[Confirmed, Ended], Some(Void), STAFF, "Remplacer par une période corrigée", "Replace by a corrected period"),
    ],
};

/// A period with the member whose it is.
struct Membership {
    row: MembershipRow,
    member: MemberRow,
}

impl Membership {
    fn find(conn: &mut DbConn, scope: &Scope, id: Id) -> Result<Self> {
        let row = store::find(conn, scope, id)?;
        let member = members::find(conn, scope, row.member_id)?;
        Ok(Self { row, member })
    }

    fn view(self, scope: &Scope) -> MembershipView {
        MembershipView::of(self.row, scope, &self.member)
    }
}

impl Stateful for Membership {
    type Status = MembershipState;
    const LIFECYCLE: &'static Lifecycle<MembershipState> = &LIFECYCLE;

    fn id(&self) -> Id {
        self.row.id
    }

    fn version(&self) -> i32 {
        self.row.version
    }

    fn status(&self) -> MembershipState {
        self.row.status
    }

    fn department(&self) -> Option<&str> {
        Some(self.member.department_code.as_str())
    }
}

commands! {
    /// Moves a membership on.
    pub enum MembershipCommand {
        /// The insurer has registered the subscription.
        Confirm as "confirm" {
            /// Day of the registration; not in the future.
            registered_on: Day,
        },
        /// Ends the period before its term.
        End as "end" {
            /// Last day.
            ends_on: Day,
            /// Why.
            end_reason: EndReason,
            /// In words.
            reason: Option<MembershipReason>,
        },
        /// Takes back a subscription that the insurer has not registered.
        Cancel as "cancel" {
            /// Why.
            reason: MembershipReason,
        },
        /// Declares the period void from its first day; it is kept.
        Void as "void" {
            /// Why.
            reason: MembershipReason,
        },
        /// Declares the period void and puts a corrected one in its place; fields that are absent stay as they were.
        Replace as "replace" {
            /// Why.
            reason: MembershipReason,
            /// First day.
            starts_on: Option<Day>,
            /// Last day.
            ends_on: Option<Day>,
            /// Day on which the insurer registered it.
            insurer_registered_on: Option<Day>,
            /// The association's part of the dues.
            association_dues: Option<Money>,
            /// The insurer's part of the dues.
            insurance_dues: Option<Money>,
        },
    }
}

body! {
    /// Records a subscription.
    pub struct CreateMembership {
        /// Product, `ome` by default.
        product: Option<Product>,
        /// Day on which the member subscribed; not in the future.
        subscribed_on: Day,
        /// First day, that of the subscription by default.
        starts_on: Option<Day>,
        /// Last day, 31 December by default; within the year of the first.
        ends_on: Option<Day>,
        /// Day on which the insurer registered it; without it the period is pending and covers nothing.
        insurer_registered_on: Option<Day>,
        /// The period that this one continues.
        predecessor_id: Option<Id>,
        /// How the member subscribed.
        channel: SubscriptionChannel,
        /// Whether the member also holds a contract of the insurer; `false` by default.
        insurer_holder: Option<bool>,
        /// The association's part of the dues; with the insurer's, or both by the tariff of the year, pro rata.
        association_dues: Option<Money>,
        /// The insurer's part of the dues.
        insurance_dues: Option<Money>,
        /// By which names other systems know the period.
        external_ids: Option<Vec<ExternalIdInput>>,
    } check { insurance_dues: both_parts[association_dues, insurance_dues] }
}

fn both_parts(association: &Option<Money>, insurance: &Option<Money>) -> Option<Flaw> {
    (association.is_some() != insurance.is_some()).then(|| Code::FieldRequired.into())
}

/// Days that are sound for a period: in order, within a year, after what it continues.
fn check_days(starts_on: Day, ends_on: Day) -> Result<()> {
    if ends_on < starts_on {
        return Err(Error::field("/ends_on", Code::PeriodReversed));
    }
    if ends_on.year() != starts_on.year() {
        return Err(Error::field("/ends_on", Code::YearMismatch));
    }
    Ok(())
}

fn not_in_future(day: Option<Day>, today: Day, pointer: &str) -> Result<()> {
    if day.is_some_and(|day| day > today) { Err(Error::field(pointer, Code::DayInFuture)) } else { Ok(()) }
}

/// The dues given, or those of the tariff for these days.
pub fn dues(tx: &mut Tx<'_>, scope: &Scope, given: Option<Dues>, product: Product, starts_on: Day, ends_on: Day) -> Result<Dues> {
    if let Some(dues) = given {
        return Ok(dues);
    }
    let year = starts_on.year();
    let tariff = tariffs::store::dues_of(tx.conn, scope, product, year)?;
    let missing = || Error::field("/association_dues", Flaw::new(Code::TariffMissing).with("year", year));
    Ok(tariff.ok_or_else(missing)?.pro_rata(starts_on, ends_on))
}

impl CreateMembership {
    fn into_row(self, tx: &mut Tx<'_>, scope: &Scope, member: &MemberRow) -> Result<MembershipRow> {
        let Self { product, subscribed_on, starts_on, ends_on, insurer_registered_on, predecessor_id, channel, insurer_holder, .. } = self;
        let Self { association_dues, insurance_dues, external_ids: ids, .. } = self;
        let (product, today, starts_on) = (product.unwrap_or(Product::Ome), Day::of(tx.now.0), starts_on.unwrap_or(subscribed_on));
        let ends_on = ends_on.unwrap_or_else(|| Day::last_of(starts_on.year()));
        check_days(starts_on, ends_on)?;
        not_in_future(Some(subscribed_on), today, "/subscribed_on")?;
        not_in_future(insurer_registered_on, today, "/insurer_registered_on")?;
        if let Some(id) = predecessor_id {
            let found = store::find(tx.conn, scope, id).ok().filter(|before| before.member_id == member.id);
            let before = found.ok_or_else(|| Error::field("/predecessor_id", Code::ReferenceNotFound))?;
            if starts_on <= before.ends_on {
                return Err(Error::field("/starts_on", Code::PredecessorLater));
            }
        }
        let given = association_dues.zip(insurance_dues).map(|(association, insurance)| Dues { association, insurance });
        let Dues { association, insurance } = dues(tx, scope, given, product, starts_on, ends_on)?;
        Ok(MembershipRow {
            id: Id::new(),
            member_id: member.id,
            product,
            year: year_of(starts_on)?,
            subscribed_on,
            insurer_registered_on,
            starts_on,
            ends_on,
            predecessor_id,
            replaces_id: None,
            channel,
            insurer_holder: insurer_holder.unwrap_or(false),
            association_cents: association,
            insurance_cents: insurance,
            external_ids: Json(external_ids(ids.unwrap_or_default())),
            status: if insurer_registered_on.is_some() { Confirmed } else { Pending },
            end_reason: None,
            status_reason: None,
            version: 1,
            created_at: tx.now,
            updated_at: tx.now,
        })
    }
}

pub fn year_of(day: Day) -> Result<Year> {
    use crate::values::Number;
    Year::checked(day.year()).map_err(|flaw| Error::field("/starts_on", flaw))
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

/// Records changes of one member's periods, all in one transaction, and tells other systems of them.
pub fn record(tx: &mut Tx<'_>, scope: &Scope, member: &MemberRow, action: Action, row: MembershipRow) -> Result<MembershipView> {
    let view = MembershipView::of(row, scope, member);
    tx.record(action, &view)?;
    let told = Told::of(action, &view, &member.department_code);
    tell(tx, scope, vec![told])?;
    Ok(view)
}

#[derive(Clone)]
struct Memberships {
    member_id: Id,
}

impl Listed for Memberships {
    type Filters = NoFilters;
    type View = MembershipView;

    fn page(&self, conn: &mut DbConn, scope: &Scope, _: &NoFilters, slice: &Slice) -> Result<Vec<(Position, MembershipView)>> {
        let member = members::find(conn, scope, self.member_id)?;
        let rows = store::list(conn, scope, self.member_id, slice)?;
        Ok(rows.into_iter().map(|row| (store::position(&row), MembershipView::of(row, scope, &member))).collect())
    }

    fn count(&self, conn: &mut DbConn, scope: &Scope, _: &NoFilters) -> Result<i64> {
        store::count(conn, scope, self.member_id)
    }
}

pub fn routes() -> Vec<Endpoint> {
    vec![
        route!(list_memberships).follows().lists::<MembershipView>(&["starts"]),
        route!(create_membership).creates().shows::<MembershipView>(),
        route!(retrieve_membership).shows::<MembershipView>().sparse(),
        route!(list_membership_history).lists::<HistoryEntryView>(&[]),
        route!(transition_membership).creates().conditional(),
        route!(list_membership_transitions).lists::<TransitionView>(&[]),
    ]
}

/// List the memberships of a member
///
/// Every period, void ones too, the earliest first: gaps stay visible.
#[utoipa::path(get, path = "/members/{id}/memberships", operation_id = "memberships_list", tag = "memberships",
    params(("id" = Id, Path)), responses((status = 200, description = "A page of memberships.", body = Page<MembershipView>)))]
async fn list_memberships(actor: Actor, id: PathId, list: ListOf<NoFilters>) -> Answer {
    actor.list(Memberships { member_id: id.0 }, list).await
}

/// Record a membership
///
/// A period within one calendar year, to 31 December by default, priced pro rata by the tariff. It covers from the day on which the
/// insurer has registered it. Two periods in force of one member never share a day.
#[utoipa::path(post, path = "/members/{id}/memberships", operation_id = "memberships_create", tag = "memberships",
    params(("id" = Id, Path), CommandOptions), request_body = CreateMembership, responses((status = 201, description = "The membership.", body = MembershipView)))]
async fn create_membership(actor: Actor, id: PathId, command: Command<CreateMembership>) -> Answer {
    actor
        .create("memberships", command, move |tx, scope, body| {
            let member = members::lock_references(tx, scope, id.0)?;
            let row = body.into_row(tx, scope, &member)?;
            let row = store::insert(tx, scope, row)?;
            record(tx, scope, &member, Action::Create, row)
        })
        .await
}

/// Retrieve a membership
///
/// One period of a member of one's department.
#[utoipa::path(get, path = "/memberships/{id}", operation_id = "memberships_retrieve", tag = "memberships",
    params(("id" = Id, Path)), responses((status = 200, description = "The membership.", body = MembershipView)))]
async fn retrieve_membership(actor: Actor, id: PathId, projection: Projection) -> Answer {
    actor.retrieve(projection, move |conn, scope| Membership::find(conn, scope, id.0).map(|found| found.view(scope))).await
}

/// List the versions of a membership
///
/// Who changed what and when, the newest first.
#[utoipa::path(get, path = "/memberships/{id}/history", operation_id = "memberships_history", tag = "memberships",
    params(("id" = Id, Path)), responses((status = 200, description = "A page of versions.", body = Page<HistoryEntryView>)))]
async fn list_membership_history(actor: Actor, id: PathId, list: ListOf<NoFilters>) -> Answer {
    actor.list(History { id: id.0, find: |conn, scope, id| store::find(conn, scope, id).map(drop) }, list).await
}

/// Move a membership on
///
/// Confirms, ends, cancels, voids or replaces a period, at the version the caller has seen.
#[utoipa::path(post, path = "/memberships/{id}/transitions", operation_id = "memberships_transition", tag = "memberships",
    params(("id" = Id, Path), CommandOptions), request_body = MembershipCommand, responses((status = 201, description = "The transition.", body = TransitionView)))]
async fn transition_membership(actor: Actor, id: PathId, order: Order<MembershipCommand>) -> Answer {
    actor.transition(id.0, order, Membership::find, advance).await
}

/// Confirms a pending period as the command does, for an import that tells when the insurer registered it.
pub fn confirm(tx: &mut Tx<'_>, scope: &Scope, id: Id, registered_on: Day) -> Result<()> {
    let found = Membership::find(tx.conn, scope, id)?;
    take_step(tx, scope, found, MembershipCommand::Confirm { registered_on }, advance).map(drop)
}

fn advance(tx: &mut Tx<'_>, scope: &Scope, step: Step<MembershipState>, found: Membership, command: MembershipCommand) -> Result<MembershipView> {
    let row = found.row;
    let member = members::lock_references(tx, scope, row.member_id)?;
    let today = Day::of(tx.now.0);
    let old = row.clone();
    let mut row = MembershipRow { status: step.to, ..row };
    let mut corrected = None;
    match command {
        MembershipCommand::Confirm { registered_on } => {
            not_in_future(Some(registered_on), today, "/registered_on")?;
            row.insurer_registered_on = Some(registered_on);
        }
        MembershipCommand::End { ends_on, end_reason, reason } => {
            if ends_on < row.starts_on || ends_on > row.ends_on {
                return Err(Error::field("/ends_on", Flaw::new(Code::DateOutOfRange).with("min", row.starts_on).with("max", row.ends_on)));
            }
            (row.ends_on, row.end_reason) = (ends_on, Some(end_reason));
            row.status_reason = reason.map(|reason| reason.to_string());
        }
        MembershipCommand::Cancel { reason } | MembershipCommand::Void { reason } => row.status_reason = Some(reason.to_string()),
        MembershipCommand::Replace { reason, starts_on, ends_on, insurer_registered_on, association_dues, insurance_dues } => {
            row.status_reason = Some(reason.to_string());
            let (starts_on, ends_on) = (starts_on.unwrap_or(row.starts_on), ends_on.unwrap_or(row.ends_on));
            check_days(starts_on, ends_on)?;
            not_in_future(insurer_registered_on, today, "/insurer_registered_on")?;
            corrected = Some(MembershipRow {
                id: Id::new(),
                year: year_of(starts_on)?,
                starts_on,
                ends_on,
                insurer_registered_on: insurer_registered_on.or(row.insurer_registered_on),
                association_cents: association_dues.unwrap_or(row.association_cents),
                insurance_cents: insurance_dues.unwrap_or(row.insurance_cents),
                replaces_id: Some(row.id),
                version: 1,
                created_at: tx.now,
                updated_at: tx.now,
                ..old
            });
        }
    }
    let row = store::update(tx, scope, row, step.from)?;
    let view = record(tx, scope, &member, Action::Transition, row)?;
    if let Some(corrected) = corrected {
        let corrected = store::insert(tx, scope, corrected)?;
        record(tx, scope, &member, Action::Create, corrected)?;
    }
    Ok(view)
}

/// List the transitions of a membership
///
/// Every step of its life, the first one first.
#[utoipa::path(get, path = "/memberships/{id}/transitions", operation_id = "memberships_transitions_list", tag = "memberships",
    params(("id" = Id, Path)), responses((status = 200, description = "A page of transitions.", body = Page<TransitionView>)))]
async fn list_membership_transitions(actor: Actor, id: PathId, list: ListOf<NoFilters>) -> Answer {
    actor.list(Transitions { id: id.0, find: |conn, scope, id| store::find(conn, scope, id).map(|_| Content::Shown) }, list).await
}
