//! A `Scope` as conditions on tables: the only place that turns permission into SQL, and it may name any table.

use super::Scope;
use crate::db::schema::{associations, correspondents, establishments, operations, team_members};
use crate::db::search::Condition;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Bool;

impl Scope {
    pub fn establishments(&self) -> Condition<establishments::table> {
        if self.is_all() {
            return Box::new(sql::<Bool>("1 = 1"));
        }
        let codes: Vec<String> = self.departments().iter().map(ToString::to_string).collect();
        Box::new(establishments::department_code.eq_any(codes))
    }

    pub fn correspondents(&self) -> Condition<correspondents::table> {
        if self.is_all() {
            return Box::new(sql::<Bool>("1 = 1"));
        }
        let codes: Vec<String> = self.departments().iter().map(ToString::to_string).collect();
        Box::new(correspondents::department_code.eq_any(codes))
    }

    pub fn associations(&self) -> Condition<associations::table> {
        if self.is_all() {
            return Box::new(sql::<Bool>("1 = 1"));
        }
        let codes: Vec<String> = self.departments().iter().map(ToString::to_string).collect();
        Box::new(associations::department_code.is_not_null().and(associations::department_code.assume_not_null().eq_any(codes)))
    }

    pub fn team_members(&self) -> Condition<team_members::table> {
        if self.is_all() {
            return Box::new(sql::<Bool>("1 = 1"));
        }
        let codes: Vec<String> = self.departments().iter().map(ToString::to_string).collect();
        let own = associations::table
            .filter(associations::department_code.is_not_null().and(associations::department_code.assume_not_null().eq_any(codes)))
            .select(associations::id);
        Box::new(team_members::association_id.eq_any(own))
    }

    pub fn operations(&self) -> Condition<operations::table> {
        match self.own() {
            _ if self.is_all() => Box::new(sql::<Bool>("1 = 1")),
            Some(user_id) => Box::new(operations::requested_by.eq(user_id)),
            None => Box::new(sql::<Bool>("1 = 0")),
        }
    }
}
