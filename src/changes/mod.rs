//! What other systems are told of changes: one row for each, written in the transaction that makes it.

pub mod store;

use crate::audit::{Action, Resource};
use crate::db::Id;
use crate::values::DepartmentCode;

/// One change of a resource that others hold a copy of.
#[derive(Debug, Clone)]
pub struct Told {
    pub resource: &'static str,
    pub resource_id: Id,
    pub version: i32,
    pub action: Action,
    /// The perimeter after the change, and before it where it was another.
    pub department_code: Option<DepartmentCode>,
    pub previous_department_code: Option<DepartmentCode>,
}

impl Told {
    pub fn of<R: Resource>(action: Action, after: &R, department_code: &DepartmentCode) -> Self {
        Self {
            resource: R::KIND,
            resource_id: after.id(),
            version: after.version(),
            action,
            department_code: Some(department_code.clone()),
            previous_department_code: None,
        }
    }

    /// The same change, of a row that left another perimeter.
    pub fn leaving(mut self, previous: &DepartmentCode) -> Self {
        self.previous_department_code = Some(previous.clone());
        self
    }
}
