//! The life of a membership: its table, its commands, and what each command does.

use super::bodies::{check_days, not_in_future, year_of};
use super::model::{EndReason, MembershipState};
use super::store::{self, MembershipRow};
use super::view::{MembershipView, record};
use crate::audit::access::{Confided, Part};
use crate::audit::{Action, Tx};
use crate::auth::{Role, Scope};
use crate::db::{DbConn, Id};
use crate::error::{Code, Error, Flaw, Result};
use crate::members::store::{self as members, MemberRow};
use crate::values::{Day, Money, commands, text};
use crate::workflow::{Lifecycle, Stateful, Step, step, take_step};

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
pub struct Membership {
    row: MembershipRow,
    member: MemberRow,
}

impl Membership {
    pub fn find(conn: &mut DbConn, scope: &Scope, id: Id) -> Result<Self> {
        let row = store::find(conn, scope, id)?;
        let member = members::find(conn, scope, row.member_id)?;
        Ok(Self { row, member })
    }

    pub fn view(self, scope: &Scope) -> MembershipView {
        MembershipView::of(self.row, scope, &self.member)
    }
}

impl Part for Membership {
    fn part_of(&self) -> Option<(Confided, Id)> {
        Some((Confided::Member, self.row.member_id))
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

text! {
    /// Why a period was ended, cancelled or corrected.
    pub struct MembershipReason { max: 500, example: "Bulletin saisi deux fois." }
}

/// Confirms a pending period as the command does, for an import that tells when the insurer registered it.
pub fn confirm(tx: &mut Tx<'_>, scope: &Scope, id: Id, registered_on: Day) -> Result<()> {
    let found = Membership::find(tx.conn, scope, id)?;
    take_step(tx, scope, found, MembershipCommand::Confirm { registered_on }, advance).map(drop)
}

/// Carries out a command that the caller may give and the state allows.
pub fn advance(tx: &mut Tx<'_>, scope: &Scope, step: Step<MembershipState>, found: Membership, command: MembershipCommand) -> Result<MembershipView> {
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
