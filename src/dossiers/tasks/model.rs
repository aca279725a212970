//! What a task is, its life, and which values it accepts.

use crate::auth::Role;
use crate::db::Id;
use crate::error::{Code, Flaw};
use crate::values::{Day, Interval, choice, commands, query, text};
use crate::workflow::{Lifecycle, Reason, step};

choice! {
    /// How far a task has come.
    pub enum TaskStatus as "task_status" {
        Open = "open" ("À faire", "Open"),
        Done = "done" ("Faite", "Done"),
        Cancelled = "cancelled" ("Annulée", "Cancelled"),
    }
}

text! {
    /// What is to be done, in a few words.
    pub struct TaskTitle { max: 200, example: "Rappeler l'adhérente après l'audience" }
}

text! {
    /// What else is to be known of it.
    pub struct TaskNote { max: 2000, example: "Joignable le mercredi après-midi." }
}

text! {
    /// Whose tasks: `me`, `none`, or the id of a user.
    pub struct Assignee { max: 36, pattern: "^(me|none|[0-9a-fA-F-]{36})$", example: "me", parse: parse_assignee }
}

fn parse_assignee(text: String) -> Result<String, Flaw> {
    let sound = matches!(text.as_str(), "me" | "none") || Id::parse(&text).is_some();
    if sound { Ok(text) } else { Err(Flaw::new(Code::PatternMismatch).with("expected", "me, none, UUID")) }
}

/// Who a filter asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    Me,
    Nobody,
    User(Id),
}

impl Assignee {
    pub fn asked(&self) -> Asked {
        match self.as_str() {
            "me" => Asked::Me,
            text => Id::parse(text).map_or(Asked::Nobody, Asked::User),
        }
    }
}

query! {
    /// Filters of tasks.
    pub struct TaskFilters {
        /// Whose they are: `me`, `none` or the id of a user. To the head of a department, the open tasks there that are nobody's,
        /// overdue, or left by somebody who is away today, as assignee or as referent, are theirs too: `me` brings them.
        assignee: Option<Assignee>,
        /// Days on which they are due.
        due: Option<Interval>,
        /// States.
        status: Option<Vec<TaskStatus>>,
    }
}

/// The day by which a task is ordered; those that are not due on any come last.
pub fn order_of(due_on: Option<Day>) -> Day {
    due_on.unwrap_or_else(|| Day::last_of(2199))
}

/// The team; lawyers and whoever decides on solidarity read tasks and do not move them on, nor does the data protection officer.
const TEAM: &[Role] = &[Role::DepartmentHead, Role::DepartmentStaff, Role::Volunteer];

use TaskStatus::{Cancelled, Done, Open};

pub const LIFECYCLE: Lifecycle<TaskStatus> = Lifecycle {
    resource: "task",
    initial: Open,
    transitions: &[
        step("complete", &[Open], Some(Done), TEAM, "Terminer", "Complete"),
        step("cancel", &[Open], Some(Cancelled), TEAM, "Annuler", "Cancel"),
        step("reopen", &[Done, Cancelled], Some(Open), TEAM, "Rouvrir", "Reopen"),
    ],
};

commands! {
    /// Moves a task on.
    pub enum TaskCommand {
        /// It is done.
        Complete as "complete" {},
        /// It need not be done any more.
        Cancel as "cancel" {
            /// Why.
            reason: Reason,
        },
        /// It is to be done after all.
        Reopen as "reopen" {
            /// Why.
            reason: Option<Reason>,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_assignee_is_oneself_nobody_or_an_id() {
        let asked = |text: &str| text.parse::<Assignee>().map(|assignee| assignee.asked()).map_err(|flaw| flaw.code);
        let id = Id::new();
        assert_eq!((asked("me"), asked("none"), asked(&id.to_string())), (Ok(Asked::Me), Ok(Asked::Nobody), Ok(Asked::User(id))));
        for text in ["Me", "nobody", "00000000000000000000000000000000-000"] {
            assert_eq!(asked(text), Err(Code::PatternMismatch), "{text}");
        }
    }

    #[test]
    fn what_is_not_due_on_any_day_comes_after_every_day() {
        assert!(order_of("2199-12-30".parse().ok()) < order_of(None));
    }
}
