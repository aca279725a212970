//! The life of a request for protection: what each command needs and does, and the clocks that it sets.

use super::model::{PlanProtectionRequest, ProtectionStatus, UpdateProtectionRequest, addressee, silence_due, suit_after_refusal, suit_after_silence};
use super::store::{self, ProtectionRequestRow};
use super::view::ProtectionRequestView;
use crate::audit::{Action, Tx};
use crate::auth::Scope;
use crate::db::Id;
use crate::dossiers::deadlines::recompute::recompute;
use crate::dossiers::store::lock_open;
use crate::dossiers::under::{TEAM, Under, between};
use crate::error::{Code, Error, Flaw, Result};
use crate::values::input::Change;
use crate::values::{Commands, Day, commands};
use crate::workflow::{Lifecycle, Reason, Stateful, Step, Verdict, step};

use ProtectionStatus::{Appealed, Granted, ImplicitlyRefused, PartlyGranted, Refused, Rejected, Requested, ToRequest, Withdrawn};

/// Authorities answer late: what silence refused is still granted or refused. The calendar refuses by itself; whoever does not want to
/// wait for it gives its command once the day has come.
pub const LIFECYCLE: Lifecycle<ProtectionStatus> = Lifecycle {
    resource: "protection_request",
    initial: ToRequest,
    transitions: &[
        step("request", &[ToRequest], Some(Requested), TEAM, "Demander", "Request"),
        step("grant", &[Requested, ImplicitlyRefused, Appealed], Some(Granted), TEAM, "Accorder", "Grant"),
        step("partly_grant", &[Requested, ImplicitlyRefused], Some(PartlyGranted), TEAM, "Accorder en partie", "Grant in part"),
        step("refuse", &[Requested, ImplicitlyRefused], Some(Refused), TEAM, "Refuser", "Refuse"),
        step("refuse_implicitly", &[Requested], Some(ImplicitlyRefused), TEAM, "Constater le refus implicite", "Note the implicit refusal"),
        step("appeal", &[PartlyGranted, Refused, ImplicitlyRefused], Some(Appealed), TEAM, "Contester", "Appeal"),
        step("reject", &[Appealed], Some(Rejected), TEAM, "Rejeter le recours", "Reject the appeal"),
        step("withdraw", &[ToRequest, Requested, Appealed], Some(Withdrawn), TEAM, "Retirer", "Withdraw"),
    ],
};

commands! {
    /// Moves a request for protection on.
    pub enum ProtectionRequestCommand {
        /// It was sent, and the clock runs.
        Request as "request" {
            /// The day on which it was sent.
            requested_on: Day,
            /// The day on which the employer received it; silence counts from it.
            received_on: Day,
            /// Whether that day is estimated, for want of a receipt; `false` by default.
            received_estimated: Option<bool>,
        },
        /// The employer grants it, or is made to.
        Grant as "grant" {
            /// The day of the decision, today by default.
            decided_on: Option<Day>,
            /// What is said of it.
            motivation: Option<Reason>,
        },
        /// The employer grants a part of it.
        PartlyGrant as "partly_grant" {
            /// The day of the decision, today by default.
            decided_on: Option<Day>,
            /// What is left out, and why.
            motivation: Reason,
        },
        /// The employer refuses it.
        Refuse as "refuse" {
            /// The day of the decision, today by default.
            decided_on: Option<Day>,
            /// Why.
            motivation: Option<Reason>,
        },
        /// Two months of silence have refused it.
        RefuseImplicitly as "refuse_implicitly" {},
        /// The refusal is contested.
        Appeal as "appeal" {
            /// The day of the appeal, today by default.
            appealed_on: Option<Day>,
            /// On which grounds.
            reason: Option<Reason>,
        },
        /// The refusal stands.
        Reject as "reject" {
            /// The day of the decision, today by default.
            decided_on: Option<Day>,
            /// Why.
            motivation: Option<Reason>,
        },
        /// The member gives it up.
        Withdraw as "withdraw" {
            /// Why.
            reason: Reason,
        },
    }
}

impl Stateful for Under<ProtectionRequestRow> {
    type Status = ProtectionStatus;
    const LIFECYCLE: &'static Lifecycle<ProtectionStatus> = &LIFECYCLE;

    fn id(&self) -> Id {
        self.row.id
    }

    fn version(&self) -> i32 {
        self.row.version
    }

    fn status(&self) -> ProtectionStatus {
        self.row.status
    }

    fn department(&self) -> Option<&str> {
        Some(self.dossier.department_code.as_str())
    }

    fn whole(&self) -> Option<Id> {
        Some(self.dossier.id)
    }
}

impl ProtectionRequestRow {
    /// What the row itself says of a command that its state allows.
    pub fn verdict(&self, command: &str, today: Day) -> Verdict {
        match (command, self.silence_due_on) {
            ("refuse_implicitly", Some(due)) if today < due => Verdict::Blocked(Flaw::new(Code::SilenceRunning).with("due", due)),
            _ => Verdict::Free,
        }
    }

    /// Sets the day of receipt, and with it the day on which silence is a refusal.
    fn receive(&mut self, received_on: Day, today: Day, territory: &str) -> Result<()> {
        between(received_on, self.requested_on.unwrap_or(received_on), today, "/received_on")?;
        (self.received_on, self.silence_due_on) = (Some(received_on), silence_due(received_on, territory));
        Ok(())
    }

    /// Writes a decision down, on a day that lies after what it answers.
    fn decide(&mut self, decided_on: Option<Day>, motivation: Option<Reason>, today: Day) -> Result<Day> {
        let decided_on = decided_on.unwrap_or(today);
        let answered = self.appealed_on.or(self.received_on).unwrap_or(decided_on);
        between(decided_on, answered, today, "/decided_on")?;
        (self.decided_on, self.motivation) = (Some(decided_on), motivation);
        Ok(decided_on)
    }
}

/// Plans a request under a dossier that was found.
pub fn plan(tx: &mut Tx<'_>, scope: &Scope, dossier_id: Id, body: PlanProtectionRequest) -> Result<ProtectionRequestRow> {
    let PlanProtectionRequest { stage, addressed_to, reason } = body;
    let dossier = lock_open(tx, scope, dossier_id)?;
    let row = ProtectionRequestRow {
        id: Id::new(),
        dossier_id,
        stage,
        status: ToRequest,
        addressed_to: addressee(&dossier.facts_snapshot.0, addressed_to)?,
        requested_on: None,
        received_on: None,
        received_estimated: false,
        decided_on: None,
        appealed_on: None,
        silence_due_on: None,
        suit_due_on: None,
        reason,
        motivation: None,
        version: 1,
        created_at: tx.now,
        updated_at: tx.now,
    };
    let row = store::insert(tx, scope, row)?;
    tx.record(Action::Create, &ProtectionRequestView::from(row.clone()))?;
    Ok(row)
}

/// Corrects a request while its dossier is open; the day of receipt while the answer is awaited.
pub fn correct(tx: &mut Tx<'_>, scope: &Scope, mut row: ProtectionRequestRow, changes: UpdateProtectionRequest) -> Result<ProtectionRequestRow> {
    let UpdateProtectionRequest { received_on, received_estimated, reason } = changes;
    let dossier = lock_open(tx, scope, row.dossier_id)?;
    for (pointer, changed) in [("/received_on", received_on != Change::Keep), ("/received_estimated", received_estimated != Change::Keep)] {
        if changed && row.status != Requested {
            return Err(Error::field(pointer, Code::FieldState));
        }
    }
    if let Change::To(day) = received_on {
        row.receive(day, Day::of(tx.now.0), dossier.department_code.as_str())?;
    }
    received_estimated.apply(&mut row.received_estimated);
    reason.apply(&mut row.reason);
    let status = row.status;
    let row = store::advance(tx, scope, row, &[status])?;
    tx.record(Action::Update, &ProtectionRequestView::from(row.clone()))?;
    recompute(tx, scope, &dossier)?;
    Ok(row)
}

/// Carries out a command that the caller, or the calendar, may give and the state allows.
pub fn advance(
    tx: &mut Tx<'_>,
    scope: &Scope,
    step: Step<ProtectionStatus>,
    found: Under<ProtectionRequestRow>,
    command: ProtectionRequestCommand,
) -> Result<ProtectionRequestView> {
    let today = Day::of(tx.now.0);
    if let Verdict::Blocked(flaw) = found.row.verdict(command.word(), today) {
        return Err(flaw.into());
    }
    let mut row = ProtectionRequestRow { status: step.to, ..found.row };
    let dossier = lock_open(tx, scope, row.dossier_id)?;
    let territory = dossier.department_code.as_str();
    match command {
        ProtectionRequestCommand::Request { requested_on, received_on, received_estimated } => {
            row.requested_on = Some(requested_on);
            row.receive(received_on, today, territory)?;
            row.received_estimated = received_estimated.unwrap_or(false);
        }
        ProtectionRequestCommand::Grant { decided_on, motivation } => {
            row.decide(decided_on, motivation, today)?;
            row.suit_due_on = None;
        }
        ProtectionRequestCommand::PartlyGrant { decided_on, motivation } => {
            let decided_on = row.decide(decided_on, Some(motivation), today)?;
            row.suit_due_on = suit_after_refusal(decided_on, row.suit_due_on, territory);
        }
        ProtectionRequestCommand::Refuse { decided_on, motivation } => {
            let decided_on = row.decide(decided_on, motivation, today)?;
            row.suit_due_on = suit_after_refusal(decided_on, row.suit_due_on, territory);
        }
        ProtectionRequestCommand::RefuseImplicitly {} => {
            row.decided_on = row.silence_due_on;
            row.suit_due_on = row.silence_due_on.and_then(|due| suit_after_silence(due, territory));
        }
        ProtectionRequestCommand::Appeal { appealed_on, .. } => {
            let appealed_on = appealed_on.unwrap_or(today);
            between(appealed_on, row.decided_on.unwrap_or(appealed_on), today, "/appealed_on")?;
            (row.appealed_on, row.suit_due_on) = (Some(appealed_on), None);
        }
        ProtectionRequestCommand::Reject { decided_on, motivation } => drop(row.decide(decided_on, motivation, today)?),
        ProtectionRequestCommand::Withdraw { .. } => row.suit_due_on = None,
    }
    let view = ProtectionRequestView::from(store::advance(tx, scope, row, step.from)?);
    tx.record(Action::Transition, &view)?;
    recompute(tx, scope, &dossier)?;
    Ok(view)
}
