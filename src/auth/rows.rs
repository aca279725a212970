//! A `Scope` as conditions on tables: the only place that turns permission into SQL, and it may name any table.

use super::Scope;
use crate::db::schema::{associations, correspondents, establishments, operations, team_members};
use crate::db::search::Condition;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Bool;

/// No condition, for those whose scope has no limit.
fn every_row<T: 'static>() -> Condition<T> {
    Box::new(sql::<Bool>("1 = 1"))
}

impl Scope {
    /// The departments that rows must be of; none where every row is in scope.
    fn codes(&self) -> Option<Vec<String>> {
        (!self.is_all()).then(|| self.departments().iter().map(ToString::to_string).collect())
    }

    pub fn establishments(&self) -> Condition<establishments::table> {
        let Some(codes) = self.codes() else { return every_row() };
        Box::new(establishments::department_code.eq_any(codes))
    }

    pub fn correspondents(&self) -> Condition<correspondents::table> {
        let Some(codes) = self.codes() else { return every_row() };
        Box::new(correspondents::department_code.eq_any(codes))
    }

    pub fn associations(&self) -> Condition<associations::table> {
        let Some(codes) = self.codes() else { return every_row() };
        Box::new(associations::department_code.is_not_null().and(associations::department_code.assume_not_null().eq_any(codes)))
    }

    pub fn team_members(&self) -> Condition<team_members::table> {
        let Some(codes) = self.codes() else { return every_row() };
        let own = associations::table
            .filter(associations::department_code.is_not_null().and(associations::department_code.assume_not_null().eq_any(codes)))
            .select(associations::id);
        Box::new(team_members::association_id.eq_any(own))
    }

    pub fn operations(&self) -> Condition<operations::table> {
        match self.own() {
            _ if self.is_all() => every_row(),
            Some(user_id) => Box::new(operations::requested_by.eq(user_id)),
            None => Box::new(sql::<Bool>("1 = 0")),
        }
    }
}
