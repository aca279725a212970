//! A `Scope` as conditions on tables: the only place that turns permission into SQL, and it may name any table.

use super::policy::Bounds;
use super::{Confidentiality, Scope};
use crate::db::schema::{
    access_log, api_clients, associations, audit_events, contact_requests, correspondents, dossiers, employments, establishments, grants, members, memberships,
    operations, team_members, users,
};
use crate::db::search::{Condition, every_row, no_row};
use crate::db::{DbConn, Id, optional};
use crate::error::Result;
use diesel::prelude::*;

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
        _ if bounds.insurer.is_some() => no_row(),
        Some(codes) => Box::new(dossiers::department_code.eq_any(codes.iter().map(ToString::to_string).collect::<Vec<_>>()).and(up_to(bounds.ceiling))),
        None => up_to(bounds.ceiling),
    }
}

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

    pub fn api_clients(&self) -> Condition<api_clients::table> {
        if self.is_all() { every_row() } else { no_row() }
    }

    pub fn grants(&self) -> Condition<grants::table> {
        let Some(codes) = self.codes() else { return every_row() };
        Box::new(grants::department_code.is_not_null().and(grants::department_code.assume_not_null().eq_any(codes)))
    }

    pub fn establishments(&self) -> Condition<establishments::table> {
        let Some(codes) = self.codes_of_directory() else { return every_row() };
        Box::new(establishments::department_code.eq_any(codes))
    }

    pub fn correspondents(&self) -> Condition<correspondents::table> {
        let Some(codes) = self.codes() else { return every_row() };
        Box::new(correspondents::department_code.eq_any(codes))
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
        Box::new(members::department_code.eq_any(codes))
    }

    /// Whether a member is one of those in scope, for rooms that come before the members.
    pub fn sees_member(&self, conn: &mut DbConn, id: Id) -> Result<bool> {
        let living = members::table.filter(members::id.eq(id).and(members::deleted_at.is_null())).into_boxed();
        Ok(optional(living.filter(self.members()).select(members::id).first::<Id>(conn))?.is_some())
    }

    pub fn memberships(&self) -> Condition<memberships::table> {
        let Some(codes) = self.codes() else { return every_row() };
        Box::new(memberships::member_id.eq_any(members::table.filter(members::department_code.eq_any(codes)).select(members::id)))
    }

    pub fn employments(&self) -> Condition<employments::table> {
        let Some(codes) = self.codes() else { return every_row() };
        Box::new(employments::member_id.eq_any(members::table.filter(members::department_code.eq_any(codes)).select(members::id)))
    }

    pub fn contact_requests(&self) -> Condition<contact_requests::table> {
        let Some(codes) = self.codes() else { return every_row() };
        Box::new(contact_requests::department_code.eq_any(codes))
    }

    /// Those of one's departments up to one's ceiling there and those one is the referent of, unless they were put away or
    /// are one's own case; all where they are veiled, for machines within their bounds. `Scope::reads` says the same of one row.
    pub fn dossiers(&self) -> Condition<dossiers::table> {
        if self.is_all() || self.veiled().is_some() {
            return self.bounds().map_or_else(every_row, within);
        }
        let codes: Vec<String> = self.departments().iter().map(ToString::to_string).collect();
        let mut levels: Condition<dossiers::table> = match self.own() {
            Some(user_id) => Box::new(dossiers::referent_id.is_not_null().and(dossiers::referent_id.assume_not_null().eq(user_id))),
            None => no_row(),
        };
        for (code, ceiling) in self.ceilings() {
            levels = Box::new(levels.or(dossiers::department_code.eq(code.to_string()).and(up_to(*ceiling))));
        }
        // The department stands apart: an index by department then gives the rows in their order.
        let condition: Condition<dossiers::table> = match codes.as_slice() {
            [own] => Box::new(dossiers::department_code.eq(own.clone()).and(levels)),
            _ => Box::new(dossiers::department_code.eq_any(codes).and(levels)),
        };
        let again = dossiers::unarchived_until.is_null().or(dossiers::unarchived_until.assume_not_null().ge(self.today().unwrap_or_default()));
        let condition: Condition<dossiers::table> = Box::new(condition.and(dossiers::status.ne("archived")).and(dossiers::status.ne("anonymised")).and(again));
        match self.own_member() {
            Some(member_id) => Box::new(condition.and(dossiers::member_id.is_null().or(dossiers::member_id.assume_not_null().ne(member_id)))),
            None => condition,
        }
    }

    pub fn audit_events(&self) -> Condition<audit_events::table> {
        if self.is_all() || self.veiled().is_some() { every_row() } else { no_row() }
    }

    pub fn access_log(&self) -> Condition<access_log::table> {
        if self.is_all() || self.veiled().is_some() { every_row() } else { no_row() }
    }

    pub fn operations(&self) -> Condition<operations::table> {
        match self.own() {
            Some(user_id) if self.is_all() => Box::new(operations::requested_by.eq(user_id).or(operations::kind.eq("establishment_import"))),
            // Reports on members are for those who may read members.
            None if self.is_all() => Box::new(operations::kind.eq("establishment_import")),
            Some(user_id) => Box::new(operations::requested_by.eq(user_id)),
            None => no_row(),
        }
    }
}
