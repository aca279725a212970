//! The life of a conciliation: what each command needs and does.

use super::model::{ConciliationStatus, ProposeConciliation, UpdateConciliation};
use super::store::{self, Conciliation, ConciliationRow};
use super::view::ConciliationView;
use crate::audit::{Action, Tx};
use crate::auth::Scope;
use crate::db::Id;
use crate::dossiers::derived;
use crate::dossiers::store::lock_open;
use crate::dossiers::under::{TEAM, Under, between};
use crate::error::{Code, Error, Flaw, Place, Result};
use crate::values::input::Change;
use crate::values::{Day, commands};
use crate::workflow::{Lifecycle, Reason, Stateful, Step, Verdict, step};

use ConciliationStatus::{Accepted, Agreed, Failed, InProgress, Proposed, Refused, Verified};

/// A conciliation that is agreed is verified once everything promised was checked, whether it was kept or not.
pub const LIFECYCLE: Lifecycle<ConciliationStatus> = Lifecycle {
    resource: "conciliation",
    initial: Proposed,
    transitions: &[
        step("accept", &[Proposed], Some(Accepted), TEAM, "Accepter", "Accept"),
        step("refuse", &[Proposed], Some(Refused), TEAM, "Refuser", "Refuse"),
        step("start", &[Accepted], Some(InProgress), TEAM, "Commencer", "Start"),
        step("agree", &[InProgress], Some(Agreed), TEAM, "Constater l'accord", "Agree"),
        step("fail", &[InProgress], Some(Failed), TEAM, "Constater l'échec", "Fail"),
        step("verify", &[Agreed], Some(Verified), TEAM, "Vérifier l'accord", "Verify"),
    ],
};

commands! {
    /// Moves a conciliation on.
    pub enum ConciliationCommand {
        /// The sides take it up.
        Accept as "accept" {
            /// What was said.
            reason: Option<Reason>,
        },
        /// A side does not want it.
        Refuse as "refuse" {
            /// Why.
            reason: Reason,
        },
        /// The sides begin to talk.
        Start as "start" {},
        /// The sides agree.
        Agree as "agree" {
            /// The day on which they did, today by default.
            agreed_on: Option<Day>,
            /// What was said.
            reason: Option<Reason>,
        },
        /// The sides do not agree.
        Fail as "fail" {
            /// Why.
            reason: Reason,
        },
        /// Everything that was promised was checked.
        Verify as "verify" {
            /// What was found.
            reason: Option<Reason>,
        },
    }
}

impl Stateful for Under<Conciliation> {
    type Status = ConciliationStatus;
    const LIFECYCLE: &'static Lifecycle<ConciliationStatus> = &LIFECYCLE;

    fn id(&self) -> Id {
        self.row.row.id
    }

    fn version(&self) -> i32 {
        self.row.row.version
    }

    fn status(&self) -> ConciliationStatus {
        self.row.row.status
    }

    fn department(&self) -> Option<&str> {
        Some(self.dossier.department_code.as_str())
    }

    fn whole(&self) -> Option<Id> {
        Some(self.dossier.id)
    }
}

impl Conciliation {
    fn listed(&self) -> String {
        self.unchecked.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
    }

    /// What the commitments say of a command that the state allows.
    pub fn verdict(&self, command: &str) -> Verdict {
        match command {
            "verify" if !self.unchecked.is_empty() => Verdict::Blocked(Flaw::new(Code::CommitmentsUnchecked).with("open", self.listed())),
            _ => Verdict::Free,
        }
    }

    /// Refuses to verify as long as a commitment waits for its check, and names each.
    fn all_checked(&self) -> Result<()> {
        if self.unchecked.is_empty() {
            return Ok(());
        }
        let flaw = |id: &Id| Flaw::new(Code::CommitmentsUnchecked).with("open", id).with("kind", "commitment").with("id", id);
        let issues = self.unchecked.iter().map(|id| flaw(id).at(Place::Pointer("/command".to_owned())));
        Err(issues.fold(Error::of(Code::CommitmentsUnchecked).with("open", self.listed()), Error::noting))
    }
}

/// Proposes a conciliation under a dossier that was found.
pub fn propose(tx: &mut Tx<'_>, scope: &Scope, dossier_id: Id, body: ProposeConciliation) -> Result<Conciliation> {
    let ProposeConciliation { subject, proposed_on } = body;
    let dossier = lock_open(tx, scope, dossier_id)?;
    let today = Day::of(tx.now.0);
    let proposed_on = proposed_on.unwrap_or(today);
    between(proposed_on, dossier.facts_on, today, "/proposed_on")?;
    let row = ConciliationRow {
        id: Id::new(),
        dossier_id,
        status: LIFECYCLE.initial,
        proposed_on,
        subject: Some(subject),
        agreed_on: None,
        version: 1,
        created_at: tx.now,
        updated_at: tx.now,
    };
    let row = store::insert(tx, scope, row)?;
    tx.record(Action::Create, &ConciliationView::from(row.clone()))?;
    Ok(Conciliation { row, unchecked: Vec::new() })
}

/// Corrects a conciliation while its dossier is open.
pub fn correct(tx: &mut Tx<'_>, scope: &Scope, found: Conciliation, changes: UpdateConciliation) -> Result<Conciliation> {
    let UpdateConciliation { subject, proposed_on } = changes;
    let Conciliation { mut row, unchecked } = found;
    let dossier = lock_open(tx, scope, row.dossier_id)?;
    if let Change::To(subject) = subject {
        row.subject = Some(subject);
    }
    if let Change::To(day) = proposed_on {
        between(day, dossier.facts_on, row.agreed_on.unwrap_or(Day::of(tx.now.0)), "/proposed_on")?;
        row.proposed_on = day;
    }
    let status = row.status;
    let row = store::advance(tx, scope, row, &[status])?;
    tx.record(Action::Update, &ConciliationView::from(row.clone()))?;
    Ok(Conciliation { row, unchecked })
}

/// Carries out a command that the caller may give and the state allows. What was promised is looked at once the dossier is locked.
pub fn advance(
    tx: &mut Tx<'_>,
    scope: &Scope,
    step: Step<ConciliationStatus>,
    found: Under<Conciliation>,
    command: ConciliationCommand,
) -> Result<ConciliationView> {
    lock_open(tx, scope, found.dossier.id)?;
    let mut row = ConciliationRow { status: step.to, ..found.row.row };
    match command {
        ConciliationCommand::Agree { agreed_on, .. } => {
            let today = Day::of(tx.now.0);
            let agreed_on = agreed_on.unwrap_or(today);
            between(agreed_on, row.proposed_on, today, "/agreed_on")?;
            row.agreed_on = Some(agreed_on);
        }
        ConciliationCommand::Verify { .. } => store::find(tx.conn, scope, row.id)?.row.all_checked()?,
        ConciliationCommand::Accept { .. } | ConciliationCommand::Refuse { .. } | ConciliationCommand::Start {} | ConciliationCommand::Fail { .. } => {}
    }
    let view = ConciliationView::from(store::advance(tx, scope, row, step.from)?);
    derived::tell(tx, scope, view.dossier_id)?;
    tx.record(Action::Transition, &view)?;
    Ok(view)
}
