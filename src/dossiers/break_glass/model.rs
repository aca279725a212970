//! The life of an opening: it runs until its time is up, or until somebody ends it before.

use crate::auth::Role;
use crate::db::Id;
use crate::values::{choice, commands, number, query, text};
use crate::workflow::{Lifecycle, Reason, step};

choice! {
    /// Whether a dossier still is open to whoever broke the glass.
    pub enum BreakGlassStatus as "break_glass_status" {
        Running = "running" ("En cours", "Running"),
        Ended = "ended" ("Terminé", "Ended"),
    }
}

text! {
    /// Why somebody opens a dossier that is not theirs, said at length: others will read it.
    pub struct BreakGlassReason { min: 20, max: 2000, example: "Signalement urgent reçu du ministère un dimanche, responsable injoignable." }
}

number! {
    /// For how many minutes.
    pub struct Minutes(i32: Integer "int32" as Integer) { 1..=60, example: 30 }
}

query! {
    /// Filters of openings.
    pub struct BreakGlassFilters {
        /// States.
        status: Option<Vec<BreakGlassStatus>>,
        /// Who opened.
        user: Option<Id>,
    }
}

use BreakGlassStatus::{Ended, Running};

/// Whoever opened it, and those to whom it is shown.
const ENDERS: &[Role] = &[Role::NationalStaff, Role::DepartmentHead, Role::Dpo];

/// Time does by itself what no command has to: an opening expires by the clock.
pub const LIFECYCLE: Lifecycle<BreakGlassStatus> =
    Lifecycle { resource: "break_glass", initial: Running, transitions: &[step("end", &[Running], Some(Ended), ENDERS, "Interrompre", "End")] };

commands! {
    /// Moves an opening on.
    pub enum BreakGlassCommand {
        /// Shuts the dossier before the time is up.
        End as "end" {
            /// Why.
            reason: Option<Reason>,
        },
    }
}
