//! Routes of members.

use super::bodies::{CreateMember, UpdateMember};
use super::memberships::cover::{CoverView, cover};
use super::memberships::model::status_on;
use super::memberships::store::periods_of;
use super::model::{ExternalId, MemberFilters, MemberNumber};
use super::search::{self, Criteria, NameWords};
use super::store::{self, MemberRow};
use super::view::{MemberView, TITLES};
use crate::associations;
use crate::audit::access::Confided;
use crate::audit::{Action, Tx};
use crate::auth::Scope;
use crate::changes::store::tell;
use crate::db::paging::{Position, Slice};
use crate::db::{DbConn, Id};
use crate::error::{Code, Error, Flaw, Result};
use crate::http::{
    Actor, Answer, Command, CommandOptions, Cursor, Endpoint, Expansion, History, HistoryEntryView, IfMatch, Lens, ListOf, Listed, NoFilters, Page, PageLimit,
    Paging, Parameters, Patch, PathId, Plain, Projection, Reply, Shown, route,
};
use crate::members::bodies::ExternalIdInput;
use crate::members::model::PersonName;
use crate::values::{Day, DepartmentCode, Email, Interval, Phone, body, query};
use serde::Serialize;
use std::collections::HashMap;
use utoipa::ToSchema;

/// The members as a list.
#[derive(Clone)]
struct Members {
    today: Day,
}

const SORTS: &[&str] = &["name", "number", "updated"];
const EXPANDS: &[&str] = &["association"];

impl Listed for Members {
    type Filters = MemberFilters;
    type View = MemberView;

    fn page(&self, conn: &mut DbConn, scope: &Scope, filters: &MemberFilters, slice: &Slice) -> Result<Vec<(Position, MemberView)>> {
        let rows = store::list(conn, scope, filters, self.today, slice)?;
        positioned(conn, scope, rows, self.today, slice.sort)
    }

    fn count(&self, conn: &mut DbConn, scope: &Scope, filters: &MemberFilters) -> Result<i64> {
        store::count(conn, scope, filters, self.today)
    }
}

/// Members searched for, as a list.
#[derive(Clone)]
struct Found {
    today: Day,
}

impl Listed for Found {
    type Filters = Criteria;
    type View = MemberView;

    fn page(&self, conn: &mut DbConn, scope: &Scope, criteria: &Criteria, slice: &Slice) -> Result<Vec<(Position, MemberView)>> {
        let rows = search::search(conn, scope, criteria, slice)?;
        positioned(conn, scope, rows, self.today, slice.sort)
    }

    fn count(&self, _: &mut DbConn, _: &Scope, _: &Criteria) -> Result<i64> {
        Err(Error::internal("a search is not counted"))
    }
}

fn positioned(conn: &mut DbConn, scope: &Scope, rows: Vec<MemberRow>, today: Day, sort: &str) -> Result<Vec<(Position, MemberView)>> {
    let positions: Vec<Position> = rows.iter().map(|row| store::position(row, sort)).collect();
    Ok(positions.into_iter().zip(views(conn, scope, rows, today)?).collect())
}

/// The rows with what their periods say of a day: one query more, however many rows.
pub fn views(conn: &mut DbConn, scope: &Scope, rows: Vec<MemberRow>, today: Day) -> Result<Vec<MemberView>> {
    let ids: Vec<Id> = rows.iter().map(|row| row.id).collect();
    let periods = periods_of(conn, scope, &ids)?;
    let status = |row: &MemberRow| status_on(periods.get(&row.id).map(Vec::as_slice).unwrap_or_default(), today);
    Ok(rows.into_iter().map(|row| (status(&row), row)).map(|(status, row)| MemberView::of(row, status)).collect())
}

/// The row as it is shown today.
pub fn show(conn: &mut DbConn, scope: &Scope, row: MemberRow, today: Day) -> Result<MemberView> {
    views(conn, scope, vec![row], today)?.pop().ok_or_else(Error::not_found)
}

/// Records a change of a member and tells other systems of it.
pub fn record(tx: &mut Tx<'_>, scope: &Scope, action: Action, row: MemberRow) -> Result<MemberView> {
    let (told, today) = (row.told(action), Day::of(tx.now.0));
    let view = show(tx.conn, scope, row, today)?;
    tx.record(action, &view)?;
    tell(tx, scope, vec![told])?;
    Ok(view)
}

/// What other resources can show of members.
pub const EXPANSIONS: [Expansion; 1] =
    [Expansion { name: "member", reference: "member_id", operation: "members_retrieve", discloses: Some(Confided::Member), load: load_by_id }];

fn load_by_id(conn: &mut DbConn, scope: &Scope, lens: Lens, ids: &[String]) -> Result<HashMap<String, Shown>> {
    let rows = store::find_by_ids(conn, scope, ids.iter().filter_map(|id| Id::parse(id)).collect())?;
    views(conn, scope, rows, lens.today())?.into_iter().map(|view| Ok((view.id.to_string(), Shown::of(&view)?))).collect()
}

pub fn routes() -> Vec<Endpoint> {
    vec![
        route!(list_members).lists::<MemberView>(SORTS).exports(TITLES).expands(EXPANDS).discloses(Confided::Member),
        route!(create_member).creates().shows::<MemberView>().discloses(Confided::Member),
        route!(retrieve_member).follows().shows::<MemberView>().sparse().expands(EXPANDS).discloses(Confided::Member),
        route!(update_member).conditional().shows::<MemberView>(),
        route!(delete_member).conditional(),
        route!(list_member_history).follows().lists::<HistoryEntryView>(&[]).discloses(Confided::Member),
        route!(search_members).discloses(Confided::Member),
        route!(show_member_card),
        route!(show_member_cover).follows().discloses(Confided::Member),
    ]
}

/// List members
///
/// The members of one's department, by name. Any filter is valid on the CSV and NDJSON forms too.
#[utoipa::path(get, path = "/members", operation_id = "members_list", tag = "members",
    params(MemberFilters), responses((status = 200, description = "A page of members.", body = Page<MemberView>)))]
async fn list_members(actor: Actor, list: ListOf<MemberFilters>) -> Answer {
    actor.list(Members { today: actor.today() }, list).await
}

/// Register a member
///
/// Makes a record of a person in a departmental association; periods of membership are added to it. Search first: two records of
/// one person have to be merged later.
#[utoipa::path(post, path = "/members", operation_id = "members_create", tag = "members",
    params(CommandOptions), request_body = CreateMember, responses((status = 201, description = "The member.", body = MemberView)))]
async fn create_member(actor: Actor, command: Command<CreateMember>) -> Answer {
    actor
        .create("members", command, |tx, scope, body| {
            let department_code = department_of(tx, scope, body.association_id, "/association_id")?;
            let (identity, number) = body.into_identity(department_code);
            let row = store::insert(tx, scope, identity, number)?;
            record(tx, scope, Action::Create, row)
        })
        .await
}

/// The department of an association that the caller names.
pub fn department_of(tx: &mut Tx<'_>, _caller: &Scope, association_id: Id, pointer: &str) -> Result<DepartmentCode> {
    // Everybody may see the associations; which one a caller may write to is the perimeter's question.
    let found = associations::store::find_by_ids(tx.conn, &Scope::everybody(), vec![association_id])?.pop();
    let association = found.ok_or_else(|| Error::field(pointer, Code::ReferenceNotFound))?;
    association.department_code.ok_or_else(|| Error::field(pointer, Code::AssociationNational))
}

/// Retrieve a member
///
/// One member of one's department.
#[utoipa::path(get, path = "/members/{id}", operation_id = "members_retrieve", tag = "members",
    params(("id" = Id, Path)), responses((status = 200, description = "The member.", body = MemberView)))]
async fn retrieve_member(actor: Actor, id: PathId, projection: Projection) -> Answer {
    let today = actor.today();
    actor
        .retrieve(projection, move |conn, scope| {
            let row = store::find(conn, scope, id.0)?;
            show(conn, scope, row, today)
        })
        .await
}

/// Change a member
///
/// Changes the fields given, at the version the caller has seen.
#[utoipa::path(patch, path = "/members/{id}", operation_id = "members_update", tag = "members",
    params(("id" = Id, Path)), request_body = UpdateMember, responses((status = 200, description = "The member after the change.", body = MemberView)))]
async fn update_member(actor: Actor, id: PathId, patch: Patch<UpdateMember>) -> Answer {
    actor
        .update(patch, move |tx, scope, expected, changes| {
            let mut row = store::find(tx.conn, scope, id.0)?;
            expected.check(row.version)?;
            changes.apply(&mut row);
            let row = store::update(tx, scope, row)?;
            record(tx, scope, Action::Update, row)
        })
        .await
}

/// Delete a member
///
/// Takes away a record that should never have been made; refused while anything refers to it. Two records of one person are merged instead.
#[utoipa::path(delete, path = "/members/{id}", operation_id = "members_delete", tag = "members",
    params(("id" = Id, Path)), responses((status = 204, description = "The record is gone.")))]
async fn delete_member(actor: Actor, id: PathId, expected: IfMatch) -> Answer {
    actor
        .delete(expected, move |tx, scope, expected| {
            let row = store::delete(tx, scope, id.0, expected)?;
            record(tx, scope, Action::Delete, row).map(drop)
        })
        .await
}

/// List the versions of a member
///
/// Who changed what and when, the newest first.
#[utoipa::path(get, path = "/members/{id}/history", operation_id = "members_history", tag = "members",
    params(("id" = Id, Path)), responses((status = 200, description = "A page of versions.", body = Page<HistoryEntryView>)))]
async fn list_member_history(actor: Actor, id: PathId, list: ListOf<NoFilters>) -> Answer {
    actor.list(History { id: id.0, find: |conn, scope, id| store::find(conn, scope, id).map(drop) }, list).await
}

body! {
    /// What is known of somebody: at least one criterion; all that are given must fit.
    pub struct SearchMembers {
        /// Words of the name, each as the beginning of one: `duboeuf` finds Dubœuf.
        name: Option<NameWords>,
        /// Number.
        member_number: Option<MemberNumber>,
        /// Electronic address, whatever its case.
        email: Option<Email>,
        /// Phone, in any usual form.
        phone: Option<Phone>,
        /// Date of birth.
        birth_date: Option<Day>,
        /// By which name another system knows the member.
        external_id: Option<ExternalIdInput>,
        /// Items on the page, 50 by default.
        limit: Option<PageLimit>,
        /// Where the page starts, as the page before gave it.
        cursor: Option<Cursor>,
    } check { name: some_criterion[name, member_number, email, phone, birth_date, external_id] }
}

fn some_criterion(
    name: &Option<NameWords>,
    number: &Option<MemberNumber>,
    email: &Option<Email>,
    phone: &Option<Phone>,
    birth_date: &Option<Day>,
    external_id: &Option<ExternalIdInput>,
) -> Option<Flaw> {
    let some = name.is_some() || number.is_some() || email.is_some() || phone.is_some() || birth_date.is_some() || external_id.is_some();
    (!some).then(|| Code::CriterionMissing.into())
}

/// Search members
///
/// Finds members of one's department by folded name, number, address, phone or external identifier, in the order of names. What is
/// searched for stands in the body, and so does the cursor of the next page: nothing personal stands in a URL.
#[utoipa::path(post, path = "/members/search", operation_id = "members_search", tag = "members",
    request_body = SearchMembers, responses((status = 200, description = "A page of members.", body = Page<MemberView>)))]
async fn search_members(actor: Actor, body: Plain<SearchMembers>) -> Answer {
    let SearchMembers { name, member_number, email, phone, birth_date, external_id, limit, cursor } = body.0;
    let external_id = external_id.map(ExternalId::from);
    let criteria = Criteria { name, number: member_number, email, phone, birth_date, external_id };
    actor.search(Found { today: actor.today() }, criteria, Paging { limit, cursor, sort: "name" }).await
}

body! {
    /// What somebody who calls must tell to be recognised in another department.
    pub struct MemberCardInput {
        /// Number, exactly.
        member_number: MemberNumber,
        /// Date of birth, exactly.
        birth_date: Day,
    }
}

/// As much of a member of another department as it takes not to lose the case.
#[derive(Debug, Serialize, ToSchema)]
pub struct MemberCardView {
    /// Number.
    pub member_number: MemberNumber,
    /// First name.
    pub first_name: PersonName,
    /// First letter of the last name.
    #[schema(min_length = 1, max_length = 4, pattern = r"^\S+$", example = "D")]
    pub last_name_initial: String,
    /// Association.
    pub association_id: Id,
    /// Department of the association.
    pub department_code: DepartmentCode,
    /// Whether the member has a membership today.
    pub active: bool,
}

/// Show the card of a member
///
/// Who gives the exact number and date of birth of a member of any department gets a minimal card. Every look is recorded.
#[utoipa::path(post, path = "/members/card", operation_id = "members_card", tag = "members",
    request_body = MemberCardInput, responses((status = 200, description = "The card.", body = MemberCardView),
        (status = 404, description = "No member has this number and this date of birth.")))]
async fn show_member_card(actor: Actor, body: Plain<MemberCardInput>) -> Answer {
    let (card, today) = (body.0, actor.today());
    let reply = actor.write(false, move |tx, scope| {
        let row = store::find_by_card(tx.conn, scope, &card.member_number, card.birth_date)?.ok_or_else(Error::not_found)?;
        tx.note(Action::Read, "member", row.id)?;
        let member = show(tx.conn, scope, row, today)?;
        let last_name_initial = member.last_name.as_str().chars().next().map(|letter| letter.to_uppercase().to_string()).unwrap_or_default();
        Reply::ok(&MemberCardView {
            member_number: member.member_number,
            first_name: member.first_name,
            last_name_initial,
            association_id: member.association_id,
            department_code: member.department_code,
            active: member.membership_status == super::memberships::model::MembershipStatus::Current,
        })
    });
    actor.send(reply.await?)
}

query! {
    /// The days asked about.
    pub struct CoverOptions {
        /// One day; today by default.
        on: Option<Day>,
        /// Days from one to another, for facts that lasted; both ends are needed. Not together with `on`.
        during: Option<Interval>,
    }
}

/// Longest interval about which one can ask: the periods are looked at one by one.
const COVER_DAYS_MAX: i64 = 366 * 40;

/// Prove the cover of a member
///
/// Whether the member was covered on a day, or on the days of an interval, with the periods that prove it and the gaps between them.
/// Cover starts when the insurer has registered the subscription, never before.
#[utoipa::path(get, path = "/members/{id}/cover", operation_id = "members_cover", tag = "members",
    params(("id" = Id, Path), CoverOptions), responses((status = 200, description = "The cover.", body = CoverView)))]
async fn show_member_cover(actor: Actor, id: PathId, options: Parameters<CoverOptions>) -> Answer {
    let (from, to) = days(options.0, actor.today())?;
    actor
        .show(move |conn, scope| {
            let member = store::find(conn, scope, id.0)?;
            cover(conn, scope, member.id, from, to)
        })
        .await
}

fn days(CoverOptions { on, during }: CoverOptions, today: Day) -> Result<(Day, Day)> {
    match (on, during) {
        (Some(_), Some(_)) => Err(Error::parameter("during", Flaw::new(Code::ParameterExcluded).with("other", "on"))),
        (_, Some(Interval { from: Some(from), to: Some(to) })) if from.through(to) <= COVER_DAYS_MAX => Ok((from, to)),
        (_, Some(_)) => Err(Error::parameter("during", Code::IntervalInvalid)),
        (on, None) => Ok((on.unwrap_or(today), on.unwrap_or(today))),
    }
}
