//! A `Scope` as conditions on tables: the only place that turns permission into SQL, and it may name any table.

use super::scope::Bounds;
use super::{Confidentiality, Role, Scope};
use crate::db::columns::sql;
use crate::db::schema::{
    access_log, activities, aid_committee_members, aid_committees, aid_docket_items, aid_envelopes, aid_payment_batches, aid_payments, aid_rules, aid_sessions,
    api_clients, associations, audit_events, calendar_feeds, contact_requests, correspondents, deadlines, dossier_conflicts, dossier_links, dossier_permits,
    dossier_walls, dossiers, employments, establishments, financial_aid_requests, grants, incidents, lawyer_partners, members, memberships, operations, tasks,
    team_members, training_commissions, training_modules, training_sessions, user_absences, users,
};
use crate::db::search::{AmongRows, Condition, beside, every_row, no_row};
use crate::db::{DbConn, Id, MultiBackend, lock_in_order, optional};
use crate::error::{Code, Flaw, Result};
use crate::values::{Day, DepartmentCode, TerritoryCode};
use diesel::QuerySource;
use diesel::dsl::{exists, not};
use diesel::prelude::*;

/// Walls against a user, against the member that the user is, or against everybody.
#[diesel::dsl::auto_type(no_type_alias)]
fn keeping(caller: Option<Id>, own_member: Option<Id>) -> _ {
    dossier_walls::user_id.is_null().and(dossier_walls::member_id.is_null()).or(dossier_walls::user_id.eq(caller)).or(dossier_walls::member_id.eq(own_member))
}

/// Dossiers up to a level. Written level by level: the text of a list would be prepared anew each time.
fn up_to(ceiling: Confidentiality) -> Condition<dossiers::table> {
    if ceiling == Confidentiality::Secret {
        return every_row();
    }
    let levels = ceiling.and_below().into_iter();
    levels.fold(no_row(), |condition, level| Box::new(condition.or(dossiers::confidentiality.eq(level.as_str()))))
}

/// Dossiers as far as a machine goes.
fn within(bounds: &Bounds) -> Condition<dossiers::table> {
    match &bounds.departments {
        Some(codes) => Box::new(dossiers::department_code.eq_any(codes.iter().map(ToString::to_string).collect::<Vec<_>>()).and(up_to(bounds.ceiling))),
        None => up_to(bounds.ceiling),
    }
}

/// Rows of these departments. Of one, the usual case, the statement stays prepared; the text of a list would be parsed anew each time.
macro_rules! of_departments {
    ($column:expr, $codes:expr) => {
        match $codes.as_slice() {
            [own] => Box::new($column.eq(own.clone())),
            _ => Box::new($column.eq_any($codes)),
        }
    };
}

/// Rows of any of these conditions, and no more words than that: an engine that is told "nothing or these few" looks at every row.
fn any_of<T: QuerySource + 'static>(conditions: Vec<Condition<T>>) -> Condition<T> {
    conditions.into_iter().reduce(|any, condition| Box::new(any.or(condition))).unwrap_or_else(no_row)
}

/// The first of several conditions: rows of these departments, where there are any.
fn where_any<T>(codes: Vec<String>, here: impl FnOnce(Vec<String>) -> Condition<T>) -> Vec<Condition<T>> {
    if codes.is_empty() { Vec::new() } else { vec![here(codes)] }
}

/// Rows under dossiers in scope. What narrows them down, though the dossiers say all, is what an index has: their department, and the few
/// dossiers that are open to the caller alone or wait for the caller's decision.
macro_rules! parts {
    ($scope:expr, $table:ident, $link:literal) => {{
        let seen = beside($link, $scope.dossiers());
        let Some(codes) = $scope.codes() else { return seen };
        let mut near: Vec<Condition<$table::table>> = where_any(codes, |codes| of_departments!($table::department_code, codes));
        if !$scope.permits().is_empty() {
            let own = dossier_permits::table.filter(dossier_permits::user_id.nullable().eq($scope.caller()));
            near.push(Box::new($table::dossier_id.eq_any(own.select(dossier_permits::dossier_id))));
        }
        if $scope.decides_solidarity() {
            let waiting = dossiers::table.filter(dossiers::solidarity_status.is_not_null().and(dossiers::solidarity_status.assume_not_null().eq("requested")));
            near.push(Box::new($table::dossier_id.eq_any(waiting.select(dossiers::id))));
        }
        Box::new(any_of(near).and(seen))
    }};
}

/// The department of a living establishment, for rooms that come before the directory; it is not taken away until the end of the
/// transaction.
pub fn department_of_establishment(conn: &mut DbConn, id: Id) -> Result<Result<DepartmentCode, Flaw>> {
    lock_in_order(conn, "establishments", &[id])?;
    let living = establishments::table.filter(establishments::id.eq(id).and(establishments::deleted_at.is_null()));
    let code: Option<TerritoryCode> = optional(living.select(establishments::department_code).first(conn))?;
    Ok(code.map_or(Err(Code::ReferenceNotFound.into()), |code| code.as_str().parse()))
}

/// Whether the register of a department has anybody in it, for rooms that come before the members.
pub fn has_members(conn: &mut DbConn, department: &DepartmentCode) -> Result<bool> {
    let living = members::table.filter(members::department_code.eq(department.as_str()).and(members::deleted_at.is_null()));
    Ok(diesel::select(exists(living)).get_result(conn)?)
}

/// The associations, or the committees, of some terms of office.
type OfTerms<'a> = aid_committee_members::BoxedQuery<'a, MultiBackend, sql::Uuid>;

impl Scope {
    /// The departments that rows must be of; none where every row is in scope.
    fn codes(&self) -> Option<Vec<String>> {
        (!self.is_all()).then(|| self.departments().iter().map(ToString::to_string).collect())
    }

    /// The same of the directory.
    fn codes_of_directory(&self) -> Option<Vec<String>> {
        if self.is_whole_directory() { None } else { self.codes() }
    }

    /// Accounts with a right, whatever its state and days, in the scope.
    pub fn users(&self) -> Condition<users::table> {
        let Some(codes) = self.codes() else { return every_row() };
        let here = grants::table.filter(grants::department_code.is_not_null().and(grants::department_code.assume_not_null().eq_any(codes)));
        Box::new(users::id.eq_any(here.select(grants::user_id)))
    }

    /// The caller, and whoever holds a right in the departments in scope, today or later.
    pub fn colleagues(&self) -> Condition<users::table> {
        let Some(codes) = self.codes() else { return every_row() };
        let today = self.now().map(|now| Day::of(now.0)).unwrap_or_default();
        let lasting = grants::status.eq("granted").and(grants::ends_on.is_null().or(grants::ends_on.assume_not_null().ge(today)));
        let here = grants::department_code.is_not_null().and(grants::department_code.assume_not_null().eq_any(codes));
        let beside_them: Condition<users::table> = Box::new(users::id.eq_any(grants::table.filter(here.and(lasting)).select(grants::user_id)));
        match self.caller() {
            Some(user_id) => Box::new(beside_them.or(users::id.eq(user_id))),
            None => beside_them,
        }
    }

    /// Absences of colleagues.
    pub fn absences(&self) -> Condition<user_absences::table> {
        if self.is_all() { every_row() } else { beside("users WHERE users.id = user_absences.user_id", self.colleagues()) }
    }

    pub fn api_clients(&self) -> Condition<api_clients::table> {
        if self.is_all() { every_row() } else { no_row() }
    }

    pub fn grants(&self) -> Condition<grants::table> {
        let Some(codes) = self.codes() else { return every_row() };
        Box::new(grants::department_code.is_not_null().and(grants::department_code.assume_not_null().eq_any(codes)))
    }

    pub fn establishments(&self) -> Condition<establishments::table> {
        let Some(codes) = self.codes_of_directory() else { return every_row() };
        of_departments!(establishments::department_code, codes)
    }

    pub fn correspondents(&self) -> Condition<correspondents::table> {
        let Some(codes) = self.codes() else { return every_row() };
        of_departments!(correspondents::department_code, codes)
    }

    pub fn associations(&self) -> Condition<associations::table> {
        let Some(codes) = self.codes_of_directory() else { return every_row() };
        Box::new(associations::department_code.is_not_null().and(associations::department_code.assume_not_null().eq_any(codes)))
    }

    pub fn team_members(&self) -> Condition<team_members::table> {
        let Some(codes) = self.codes() else { return every_row() };
        let own = associations::table
            .filter(associations::department_code.is_not_null().and(associations::department_code.assume_not_null().eq_any(codes)))
            .select(associations::id);
        Box::new(team_members::association_id.eq_any(own))
    }

    pub fn members(&self) -> Condition<members::table> {
        let Some(codes) = self.codes() else { return every_row() };
        of_departments!(members::department_code, codes)
    }

    /// Whether a member is one of those in scope, for rooms that come before the members; nobody merges them away until the end of
    /// the transaction.
    pub fn sees_member(&self, conn: &mut DbConn, id: Id) -> Result<bool> {
        lock_in_order(conn, "members", &[id])?;
        let living = members::table.filter(members::id.eq(id).and(members::deleted_at.is_null())).into_boxed();
        Ok(optional(living.filter(self.members()).select(members::id).first::<Id>(conn))?.is_some())
    }

    pub fn memberships(&self) -> Condition<memberships::table> {
        if self.is_all() { every_row() } else { beside("members WHERE members.id = memberships.member_id", self.members()) }
    }

    pub fn employments(&self) -> Condition<employments::table> {
        if self.is_all() { every_row() } else { beside("members WHERE members.id = employments.member_id", self.members()) }
    }

    /// Lawyer partners who plead in the departments in scope, and the caller's own record.
    pub fn lawyers(&self) -> Condition<lawyer_partners::table> {
        let Some(codes) = self.codes() else { return every_row() };
        let own: Condition<lawyer_partners::table> = match self.own() {
            Some(user_id) => Box::new(lawyer_partners::user_id.is_not_null().and(lawyer_partners::user_id.assume_not_null().eq(user_id))),
            None => no_row(),
        };
        codes.into_iter().fold(own, |seen, code| Box::new(seen.or(lawyer_partners::department_keys.like(format!("% {code} %")))))
    }

    pub fn training_modules(&self) -> Condition<training_modules::table> {
        if self.is_whole_directory() { every_row() } else { no_row() }
    }

    /// Training sessions that the caller organises, and those of others that were announced, where these are read.
    /// `Scope::organises` says the first of one row.
    pub fn training_sessions(&self) -> Condition<training_sessions::table> {
        let Some(codes) = self.codes() else { return every_row() };
        let mut seen: Vec<Condition<training_sessions::table>> = where_any(codes, |codes| {
            Box::new(training_sessions::department_code.is_not_null().and(training_sessions::department_code.assume_not_null().eq_any(codes)))
        });
        if self.reads_announced() {
            seen.push(Box::new(training_sessions::scheduled_on.is_not_null()));
        }
        for code in self.academies() {
            let here = training_sessions::academy_code.is_not_null().and(training_sessions::academy_code.assume_not_null().eq(code.to_string()));
            seen.push(Box::new(here));
        }
        any_of(seen)
    }

    pub fn contact_requests(&self) -> Condition<contact_requests::table> {
        let Some(codes) = self.codes() else { return every_row() };
        let here: Condition<contact_requests::table> = of_departments!(contact_requests::department_code, codes);
        match self.opened() {
            Some(user_id) => Box::new(here.or(contact_requests::created_by.is_not_null().and(contact_requests::created_by.assume_not_null().eq(user_id)))),
            None => here,
        }
    }

    /// Requests for aid of the departments in scope, and of the associations whose treasurer the caller is; but for one's own: nobody sees
    /// to what they ask for themselves.
    pub fn financial_aid_requests(&self) -> Condition<financial_aid_requests::table> {
        let Some(codes) = self.codes() else { return every_row() };
        let mut seen: Vec<Condition<financial_aid_requests::table>> = where_any(codes, |codes| of_departments!(financial_aid_requests::department_code, codes));
        if let Some(query) = self.purses() {
            seen.push(Box::new(AmongRows { column: "financial_aid_requests.association_id", query }));
        }
        let seen = any_of(seen);
        match self.own_member() {
            Some(member_id) => {
                let others = financial_aid_requests::member_id.is_null().or(financial_aid_requests::member_id.assume_not_null().ne(member_id));
                Box::new(seen.and(others))
            }
            None => seen,
        }
    }

    /// Payments of the same requests.
    pub fn aid_payments(&self) -> Condition<aid_payments::table> {
        let Some(codes) = self.codes() else { return every_row() };
        let mut seen: Vec<Condition<aid_payments::table>> = where_any(codes, |codes| of_departments!(aid_payments::department_code, codes));
        if let Some(query) = self.purses() {
            seen.push(Box::new(AmongRows { column: "aid_payments.association_id", query }));
        }
        let seen = any_of(seen);
        match self.own_member() {
            Some(member_id) => {
                let own = financial_aid_requests::member_id.eq(member_id).and(financial_aid_requests::id.eq(aid_payments::request_id));
                Box::new(seen.and(not(exists(financial_aid_requests::table.filter(own)))))
            }
            None => seen,
        }
    }

    /// Batches of the associations whose treasurer the caller is.
    pub fn aid_payment_batches(&self) -> Condition<aid_payment_batches::table> {
        match self.purses() {
            Some(query) => Box::new(AmongRows { column: "aid_payment_batches.association_id", query }),
            None => no_row(),
        }
    }

    /// Rules of the associations of the departments in scope.
    pub fn aid_rules(&self) -> Condition<aid_rules::table> {
        let Some(codes) = self.codes() else { return every_row() };
        Box::new(aid_rules::department_code.is_not_null().and(aid_rules::department_code.assume_not_null().eq_any(codes)))
    }

    /// Envelopes of the departments in scope, and of the associations whose treasurer the caller is.
    pub fn aid_envelopes(&self) -> Condition<aid_envelopes::table> {
        let Some(codes) = self.codes() else { return every_row() };
        let here = aid_envelopes::department_code.is_not_null().and(aid_envelopes::department_code.assume_not_null().eq_any(codes));
        match self.purses() {
            Some(query) => Box::new(here.or(AmongRows { column: "aid_envelopes.association_id", query })),
            None => Box::new(here),
        }
    }

    /// The committees in which the caller is in office today; none where that gives no right.
    fn committees<'a>(&self) -> Option<OfTerms<'a>> {
        let own = || aid_committee_members::table.into_boxed().filter(self.own_terms());
        (!self.seats().is_empty()).then(|| own().select(aid_committee_members::committee_id))
    }

    /// The associations in whose committee the caller is the treasurer today; none where that gives no right.
    fn purses<'a>(&self) -> Option<OfTerms<'a>> {
        let own = || aid_committee_members::table.into_boxed().filter(self.own_terms());
        self.seats()
            .contains(&Role::Treasurer)
            .then(|| own().filter(aid_committee_members::function.eq("treasurer")).select(aid_committee_members::association_id))
    }

    /// The associations whose treasurer the caller is today, by name: what a treasurer alone does is done for these, and not wherever
    /// they have another right.
    pub fn purses_kept(&self, conn: &mut DbConn) -> Result<Vec<Id>> {
        Ok(self.purses().map_or_else(|| Ok(Vec::new()), |purses| purses.load(conn))?)
    }

    /// Terms of the caller that last today, in the functions that go with the roles by which they call.
    fn own_terms(&self) -> Condition<aid_committee_members::table> {
        let Some(user_id) = self.caller() else { return no_row() };
        let today = self.now().map(|now| Day::of(now.0)).unwrap_or_default();
        let lasting = aid_committee_members::ends_on.is_null().or(aid_committee_members::ends_on.assume_not_null().ge(today));
        let own = aid_committee_members::user_id.eq(user_id).and(aid_committee_members::starts_on.le(today)).and(lasting);
        match (self.seats().contains(&Role::AidCommitteeMember), self.seats().contains(&Role::Treasurer)) {
            (true, true) => Box::new(own),
            (true, false) => Box::new(own.and(aid_committee_members::function.ne("treasurer"))),
            (false, true) => Box::new(own.and(aid_committee_members::function.eq("treasurer"))),
            (false, false) => no_row(),
        }
    }

    /// Committees of the departments in scope, and those in which the caller is in office today.
    pub fn aid_committees(&self) -> Condition<aid_committees::table> {
        let Some(codes) = self.codes() else { return every_row() };
        let mut seen: Vec<Condition<aid_committees::table>> = where_any(codes, |codes| of_departments!(aid_committees::department_code, codes));
        if let Some(query) = self.committees() {
            seen.push(Box::new(AmongRows { column: "aid_committees.id", query }));
        }
        any_of(seen)
    }

    /// Their sessions.
    pub fn aid_sessions(&self) -> Condition<aid_sessions::table> {
        let Some(codes) = self.codes() else { return every_row() };
        let mut seen: Vec<Condition<aid_sessions::table>> = where_any(codes, |codes| of_departments!(aid_sessions::department_code, codes));
        if let Some(query) = self.committees() {
            seen.push(Box::new(AmongRows { column: "aid_sessions.committee_id", query }));
        }
        any_of(seen)
    }

    /// What stands on their dockets, but for what the caller asked for: nobody has a part in deciding on that.
    pub fn aid_docket_items(&self) -> Condition<aid_docket_items::table> {
        let Some(codes) = self.codes() else { return every_row() };
        let mut seen: Vec<Condition<aid_docket_items::table>> = where_any(codes, |codes| of_departments!(aid_docket_items::department_code, codes));
        if let Some(query) = self.committees() {
            seen.push(Box::new(AmongRows { column: "aid_docket_items.committee_id", query }));
        }
        let seen = any_of(seen);
        let Some(member_id) = self.own_member() else { return seen };
        let own = financial_aid_requests::table.filter(financial_aid_requests::id.eq(aid_docket_items::request_id));
        Box::new(seen.and(not(exists(own.filter(financial_aid_requests::member_id.eq(member_id))))))
    }

    /// Those of one's departments up to one's ceiling there and those one is the referent of, those that are open to the caller
    /// alone, those that wait for the caller's decision; unless a wall keeps the caller away. All where they are veiled, for machines within their
    /// bounds.
    /// `Scope::reads` says the same of one row.
    pub fn dossiers(&self) -> Condition<dossiers::table> {
        if self.is_all() || self.veiled().is_some() {
            return self.bounds().map_or_else(every_row, within);
        }
        let mut seen: Vec<Condition<dossiers::table>> = if self.is_unwalled() { vec![every_row()] } else { self.worked_dossiers().into_iter().collect() };
        for kind in self.permits() {
            let lasting = dossier_permits::expires_at.is_null().or(dossier_permits::expires_at.gt(self.now()));
            let running = dossier_permits::kind.eq(kind.as_str()).and(dossier_permits::ended_at.is_null()).and(lasting);
            let own = dossier_permits::table.filter(dossier_permits::user_id.nullable().eq(self.caller())).filter(running);
            seen.push(Box::new(dossiers::id.eq_any(own.select(dossier_permits::dossier_id))));
        }
        if self.decides_solidarity() {
            seen.push(Box::new(dossiers::solidarity_status.is_not_null().and(dossiers::solidarity_status.assume_not_null().eq("requested"))));
        }
        self.behind_no_wall(any_of(seen))
    }

    /// Activities of dossiers in scope that are meant for the caller.
    pub fn activities(&self) -> Condition<activities::table> {
        Box::new(self.dossiers_of_activities().and(self.meant()))
    }

    fn dossiers_of_activities(&self) -> Condition<activities::table> {
        beside("dossiers WHERE dossiers.id = activities.dossier_id", self.dossiers())
    }

    /// Activities, of a dossier that was found in scope, that are meant for the caller: those they wrote, those that name them as its
    /// referent, those for the team, those for the lawyer. Who reads some dossiers with the team and others under a mandate is to each what
    /// they are there.
    pub fn meant(&self) -> Condition<activities::table> {
        let own: Condition<activities::table> = match self.caller() {
            Some(user_id) => Box::new(activities::author_id.eq(user_id).or(self.named())),
            None => no_row(),
        };
        match (self.of_team(), self.of_lawyers()) {
            (_, None) => Box::new(own.or(activities::for_team)),
            (None, _) => Box::new(own.or(activities::for_lawyer)),
            (Some(team), Some(lawyers)) => {
                let for_team = activities::for_team.and(team.dossiers_of_activities());
                Box::new(own.or(for_team).or(activities::for_lawyer.and(lawyers.dossiers_of_activities())))
            }
        }
    }

    /// Activities that name the caller as the referent, who is so still, and works there.
    fn named(&self) -> Condition<activities::table> {
        let codes: Vec<String> = self.departments().iter().map(ToString::to_string).collect();
        let Some(user_id) = self.own().filter(|_| !codes.is_empty()) else { return no_row() };
        let here: Condition<dossiers::table> = of_departments!(dossiers::department_code, codes);
        let charged = dossiers::referent_id.is_not_null().and(dossiers::referent_id.assume_not_null().eq(user_id)).and(here);
        let in_charge = beside("dossiers WHERE dossiers.id = activities.dossier_id", Box::new(charged));
        Box::new(activities::referent_id.is_not_null().and(activities::referent_id.assume_not_null().eq(user_id)).and(in_charge))
    }

    /// Tasks of dossiers whose content is in scope, as far as they are told to the caller; and those that tell of a conflict, of any
    /// dossier, to whoever watches over personal data.
    pub fn tasks(&self) -> Condition<tasks::table> {
        let of_conflicts = tasks::conflict_id.is_not_null();
        match self.veiled() {
            None => Box::new(self.tasks_read().and(self.told())),
            Some(_) if self.has_content() => Box::new(self.unveiled().tasks_read().and(self.told()).or(of_conflicts)),
            // No rows by either way, but "none or these" finds no index.
            Some(_) => Box::new(of_conflicts),
        }
    }

    fn tasks_read(&self) -> Condition<tasks::table> {
        parts!(self, tasks, "dossiers WHERE dossiers.id = tasks.dossier_id")
    }

    /// Tasks, of a dossier whose content was found in scope, that are told to the caller: those that tell of a conflict to the head of its
    /// department alone. Nobody else who reads the dossier is to learn from them that there is one.
    pub fn told(&self) -> Condition<tasks::table> {
        let (of_work, headed) = (tasks::conflict_id.is_null(), self.headed());
        if self.is_all() {
            return every_row();
        }
        if headed.is_empty() {
            return Box::new(of_work);
        }
        let here: Condition<tasks::table> = of_departments!(tasks::department_code, headed);
        Box::new(of_work.or(here))
    }

    pub fn deadlines(&self) -> Condition<deadlines::table> {
        parts!(self, deadlines, "dossiers WHERE dossiers.id = deadlines.dossier_id")
    }

    /// Dossiers of the departments in which the caller works; none where they work in none.
    fn worked_dossiers(&self) -> Option<Condition<dossiers::table>> {
        let codes: Vec<String> = self.departments().iter().map(ToString::to_string).collect();
        if codes.is_empty() {
            return None;
        }
        let mut levels: Condition<dossiers::table> = match self.own() {
            Some(user_id) => Box::new(dossiers::referent_id.is_not_null().and(dossiers::referent_id.assume_not_null().eq(user_id))),
            None => no_row(),
        };
        for (code, ceiling) in self.ceilings() {
            levels = Box::new(levels.or(dossiers::department_code.eq(code.to_string()).and(up_to(*ceiling))));
        }
        // The department stands apart: an index by department then gives the rows in their order.
        let here: Condition<dossiers::table> = of_departments!(dossiers::department_code, codes);
        Some(Box::new(here.and(levels)))
    }

    /// `Scope::wall` as a condition: one's own file, the archive, and the walls that are facts.
    fn behind_no_wall(&self, seen: Condition<dossiers::table>) -> Condition<dossiers::table> {
        let today = self.now().map(|now| Day::of(now.0)).unwrap_or_default();
        let again = dossiers::unarchived_until.is_null().or(dossiers::unarchived_until.assume_not_null().ge(today));
        let wall = dossier_walls::table.filter(dossier_walls::dossier_id.eq(dossiers::id)).filter(keeping(self.caller(), self.own_member()));
        let open = dossiers::status.ne("archived").and(dossiers::status.ne("anonymised")).and(again).and(not(exists(wall)));
        match self.own_member() {
            Some(member_id) => Box::new(seen.and(open).and(dossiers::member_id.is_null().or(dossiers::member_id.assume_not_null().ne(member_id)))),
            None => Box::new(seen.and(open)),
        }
    }

    /// Those of the caller, and those to dossiers of the departments in scope from which no wall keeps the caller.
    pub fn dossier_permits(&self) -> Condition<dossier_permits::table> {
        let Some(codes) = self.codes().filter(|_| self.veiled().is_none()) else { return every_row() };
        let wall = dossier_walls::table.filter(dossier_walls::dossier_id.eq(dossiers::id)).filter(keeping(self.caller(), self.own_member()));
        let own = dossiers::table.filter(dossiers::member_id.eq(self.own_member())).select(dossiers::id);
        let here = dossiers::table.filter(dossiers::department_code.eq_any(codes).and(not(exists(wall)))).select(dossiers::id);
        let witnessed = dossier_permits::dossier_id.eq_any(here).and(not(dossier_permits::dossier_id.eq_any(own)));
        match self.caller() {
            Some(user_id) => Box::new(witnessed.or(dossier_permits::user_id.eq(user_id))),
            None => Box::new(witnessed),
        }
    }

    /// Pairs of dossiers of which one is in scope at least.
    pub fn dossier_conflicts(&self) -> Condition<dossier_conflicts::table> {
        if self.is_all() || self.veiled().is_some() {
            return every_row();
        }
        let seen = |column| AmongRows { column, query: dossiers::table.into_boxed().filter(self.dossiers()).select(dossiers::id) };
        Box::new(seen("dossier_conflicts.low_id").or(seen("dossier_conflicts.high_id")))
    }

    /// Links between two dossiers that both are in scope: whoever sees one alone is told of none.
    pub fn dossier_links(&self) -> Condition<dossier_links::table> {
        let from: Condition<dossier_links::table> = beside("dossiers WHERE dossiers.id = dossier_links.from_id", self.dossiers());
        let to: Condition<dossier_links::table> = beside("dossiers WHERE dossiers.id = dossier_links.to_id", self.dossiers());
        Box::new(from.and(to))
    }

    /// Incidents of the departments in scope; all where they are only counted.
    pub fn incidents(&self) -> Condition<incidents::table> {
        let Some(codes) = self.codes().filter(|_| self.veiled().is_none()) else { return every_row() };
        of_departments!(incidents::department_code, codes)
    }

    /// The department of an incident in scope, for rooms that come before the incidents.
    pub fn department_of_incident(&self, conn: &mut DbConn, id: Id) -> Result<Option<DepartmentCode>> {
        let visible = incidents::table.into_boxed().filter(self.incidents());
        optional(visible.filter(incidents::id.eq(id)).select(incidents::department_code).first(conn))
    }

    /// Training commissions of the academies in scope.
    pub fn training_commissions(&self) -> Condition<training_commissions::table> {
        if self.is_all() {
            return every_row();
        }
        let codes: Vec<String> = self.academies().iter().map(ToString::to_string).collect();
        of_departments!(training_commissions::academy_code, codes)
    }

    /// The caller's own calendar feeds.
    pub fn calendar_feeds(&self) -> Condition<calendar_feeds::table> {
        match self.own() {
            Some(user_id) => Box::new(calendar_feeds::user_id.eq(user_id)),
            None => no_row(),
        }
    }

    pub fn audit_events(&self) -> Condition<audit_events::table> {
        if self.is_all() || self.veiled().is_some() { every_row() } else { no_row() }
    }

    pub fn access_log(&self) -> Condition<access_log::table> {
        if self.is_all() || self.veiled().is_some() { every_row() } else { no_row() }
    }

    pub fn operations(&self) -> Condition<operations::table> {
        let own: Condition<operations::table> = match self.own() {
            Some(user_id) => Box::new(operations::requested_by.eq(user_id)),
            None => no_row(),
        };
        // Reports on members are for those who may read members.
        if self.is_all() { Box::new(own.or(operations::kind.eq("establishment_import"))) } else { own }
    }
}
