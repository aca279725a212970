//! Members, their periods of membership and their posts, read from a file that an association keeps.
//!
//! A line is one member's, named by number or by an external identifier; it may say something of the person, of a period, of a post,
//! or of all. An empty cell says nothing: what is stored stays. What is confirmed is never edited, nobody is moved to another
//! department, and likely duplicates are remarked on, never merged. `openapi/imports.md` tells whoever makes such a file.

mod groups;
mod header;
mod keeper;
mod known;
mod people;
mod plan;
mod rows;
mod said;
mod values;
mod words;

use crate::error::Result;
use crate::imports::model::OperationKind;
use crate::imports::{Importer, Job, Sink, reading, run};
use crate::values::DepartmentCode;

/// Imports members.
#[derive(Default)]
pub struct MemberImporter {
    /// The department of lines that name none; by default that of whoever imports, who has but one.
    pub department: Option<DepartmentCode>,
}

impl Importer for MemberImporter {
    fn kind(&self) -> OperationKind {
        OperationKind::MemberImport
    }

    /// Who may register a member by hand may do so from a file.
    fn rows_of(&self) -> Option<&'static str> {
        Some("members_create")
    }

    fn run(&self, job: &Job<'_>, file: &[u8], sink: &mut dyn Sink) -> Result<()> {
        let own = match job.scope.departments() {
            [own] if !job.scope.is_all() => Some(own.clone()),
            _ => None,
        };
        let keeper = keeper::Members { department: self.department.clone().or(own) };
        let texts = || reading::lines_as_they_stand::<header::Columns>(file);
        run::run(job, keeper, groups::read(file, job.today)?, &texts, sink)
    }
}
