//! The life of a session: what each command needs and does.

use super::attendances;
use super::attendances::api::AidAttendanceView;
use super::model::{AidSessionStatus, PlanAidSession, UpdateAidSession};
use super::record;
use super::store::{self, SessionRow};
use super::view::AidSessionView;
use crate::aid_committees::docket;
use crate::aid_committees::docket::store::Undecided;
use crate::aid_committees::members::model::CommitteeFunction;
use crate::aid_committees::members::store::own_functions;
use crate::aid_committees::store as committees;
use crate::audit::access::Part;
use crate::audit::{Action, Tx};
use crate::auth::{Role, Scope};
use crate::db::{DbConn, Id, Json};
use crate::error::{Code, Error, Flaw, Place, Result};
use crate::values::{Commands, Day, commands};
use crate::workflow::{Lifecycle, Reason, Stateful, Step, Verdict, step};

use AidSessionStatus::{Cancelled, Closed, Convened, Open, Planned};

/// Those who prepare sessions.
pub const STAFF: &[Role] = &[Role::DepartmentHead, Role::DepartmentStaff];
/// Those who run them: of the committee, whoever presides or keeps the record.
pub const RUNNING: &[Role] = &[Role::DepartmentHead, Role::DepartmentStaff, Role::AidCommitteeMember];

/// Votes are cast in an open session alone; one that is closed is never changed, for its minutes are made from it.
pub const LIFECYCLE: Lifecycle<AidSessionStatus> = Lifecycle {
    resource: "aid_session",
    initial: Planned,
    transitions: &[
        step("convene", &[Planned], Some(Convened), STAFF, "Convoquer", "Convene"),
        step("open", &[Convened], Some(Open), RUNNING, "Ouvrir", "Open"),
        step("close", &[Open], Some(Closed), RUNNING, "Clore", "Close"),
        step("cancel", &[Planned, Convened], Some(Cancelled), STAFF, "Annuler", "Cancel"),
    ],
};

commands! {
    /// Moves a session on.
    pub enum AidSessionCommand {
        /// Those in office on its day are called together; urgent grants that wait for ratification come on its docket.
        Convene as "convene" {},
        /// It begins: enough members with a vote are there.
        Open as "open" {},
        /// It ends: everything on its docket is decided or adjourned.
        Close as "close" {},
        /// It does not take place.
        Cancel as "cancel" {
            /// Why.
            reason: Reason,
        },
    }
}

/// A session, with what its commands depend on.
#[derive(Debug, Clone)]
pub struct Session {
    pub row: SessionRow,
    /// What the caller is in the committee.
    pub own: Option<CommitteeFunction>,
    /// What is undecided on its docket.
    pub undecided: Vec<Undecided>,
}

impl Part for Session {}

impl Stateful for Session {
    type Status = AidSessionStatus;
    const LIFECYCLE: &'static Lifecycle<AidSessionStatus> = &LIFECYCLE;

    fn id(&self) -> Id {
        self.row.id
    }

    fn version(&self) -> i32 {
        self.row.version
    }

    fn status(&self) -> AidSessionStatus {
        self.row.status
    }

    fn department(&self) -> Option<&str> {
        Some(self.row.department_code.as_str())
    }
}

fn pseudonyms<'u>(undecided: impl Iterator<Item = &'u Undecided>) -> String {
    undecided.map(|item| item.pseudonym.as_str()).collect::<Vec<_>>().join(", ")
}

impl Session {
    /// Whether the caller runs it: works in its department, presides, or keeps the record.
    pub fn is_run_by(&self, scope: &Scope) -> bool {
        scope.covers_department(self.department()) || self.own.is_some_and(CommitteeFunction::presides)
    }

    /// What keeps a command that the state allows from being carried out today.
    fn obstacle(&self, command: &str, today: Day) -> Option<Flaw> {
        let left = |items: Vec<&Undecided>| {
            let open = pseudonyms(items.iter().copied());
            (!items.is_empty()).then(|| Flaw::new(Code::AidSessionUndecided).with("open", open))
        };
        match command {
            "open" if today < self.row.held_on => Some(Flaw::new(Code::AidSessionAhead).with("day", self.row.held_on)),
            "open" if !self.row.has_quorum() => Some(no_quorum(&self.row)),
            "close" => left(self.undecided.iter().collect()),
            "cancel" => left(self.undecided.iter().filter(|item| !item.is_ratification()).collect()),
            _ => None,
        }
    }

    pub fn verdict(&self, command: &str, today: Day) -> Verdict {
        self.obstacle(command, today).map_or(Verdict::Free, Verdict::Blocked)
    }
}

/// Too few are there.
pub fn no_quorum(row: &SessionRow) -> Flaw {
    Flaw::new(Code::AidSessionQuorum).with("present", row.present).with("quorum", row.quorum.get())
}

/// A session in the scope with what its commands depend on.
pub fn find(conn: &mut DbConn, scope: &Scope, id: Id) -> Result<Session> {
    let row = store::find(conn, scope, id)?;
    Ok(beside(conn, scope, vec![row])?.remove(0))
}

/// The same of several that were found.
pub fn beside(conn: &mut DbConn, scope: &Scope, rows: Vec<SessionRow>) -> Result<Vec<Session>> {
    let functions = own_functions(conn, scope)?;
    let undecided = docket::store::undecided(conn, scope, rows.iter().map(|row| row.id).collect())?;
    let of = |id: Id| undecided.iter().filter(|item| item.session_id == id).cloned().collect();
    Ok(rows.into_iter().map(|row| Session { own: functions.get(&row.committee_id).copied(), undecided: of(row.id), row }).collect())
}

/// Plans a session of a committee in the scope, from today on.
pub fn plan(tx: &mut Tx<'_>, scope: &Scope, body: PlanAidSession) -> Result<Session> {
    let PlanAidSession { committee_id, held_on, place, remote, agenda } = body;
    let committee = committees::lock(tx, scope, committee_id).map_err(|error| error.of_reference("/committee_id"))?;
    ahead(held_on, tx)?;
    let row = SessionRow {
        id: Id::new(),
        committee_id,
        department_code: committee.department_code,
        held_on,
        place,
        remote: remote.unwrap_or(false),
        agenda,
        status: LIFECYCLE.initial,
        quorum: committee.quorum,
        present: 0,
        record: None,
        version: 1,
        created_at: tx.now,
        updated_at: tx.now,
    };
    let row = store::insert(tx, scope, row)?;
    tx.record(Action::Create, &AidSessionView::from(row.clone()))?;
    Ok(beside(tx.conn, scope, vec![row])?.remove(0))
}

fn ahead(held_on: Day, tx: &Tx<'_>) -> Result<()> {
    if held_on < Day::of(tx.now.0) { Err(Error::field("/held_on", Code::DayInPast)) } else { Ok(()) }
}

/// Changes a session that is not open yet; its day, as long as nobody was called together for it.
pub fn correct(tx: &mut Tx<'_>, scope: &Scope, seen: SessionRow, changes: UpdateAidSession) -> Result<Session> {
    let mut row = SessionRow { version: seen.version, ..store::lock(tx, scope, seen.id)? };
    let UpdateAidSession { held_on, place, remote, agenda } = changes;
    if !AidSessionStatus::AHEAD.contains(&row.status) {
        return Err(Error::of(Code::AidSessionBegun));
    }
    let day = row.held_on;
    held_on.apply(&mut row.held_on);
    if row.held_on != day {
        if row.status != Planned {
            return Err(Error::of(Code::AidSessionConvened).at("/held_on"));
        }
        ahead(row.held_on, tx)?;
    }
    place.apply(&mut row.place);
    remote.apply(&mut row.remote);
    agenda.apply(&mut row.agenda);
    let row = store::advance(tx, scope, row, AidSessionStatus::AHEAD)?;
    tx.record(Action::Update, &AidSessionView::from(row.clone()))?;
    Ok(beside(tx.conn, scope, vec![row])?.remove(0))
}

/// Carries out a command that the caller may give and the state allows. What it depends on is looked at once the session is locked.
pub fn advance(tx: &mut Tx<'_>, scope: &Scope, step: Step<AidSessionStatus>, seen: Session, command: AidSessionCommand) -> Result<AidSessionView> {
    store::lock(tx, scope, seen.row.id)?;
    let found = find(tx.conn, scope, seen.row.id)?;
    if let Some(flaw) = found.obstacle(command.word(), Day::of(tx.now.0)) {
        return Err(refusal(flaw, &found.undecided));
    }
    let mut row = SessionRow { status: step.to, version: seen.row.version, ..found.row };
    match command {
        AidSessionCommand::Convene {} | AidSessionCommand::Open {} => {
            let expected: Vec<AidAttendanceView> = attendances::store::invite(tx, scope, &row)?.into_iter().map(Into::into).collect();
            tx.record_all(expected.iter().map(|view| (Action::Create, view)))?;
            docket::listing::place_urgent(tx, scope, &row)?;
        }
        AidSessionCommand::Close {} => row.record = Some(Json(record::of(tx, scope, &row)?)),
        AidSessionCommand::Cancel { .. } => docket::listing::take_off(tx, scope, row.id)?,
    }
    let view = AidSessionView::from(store::advance(tx, scope, row, step.from)?);
    tx.record(Action::Transition, &view)?;
    Ok(view)
}

/// A refusal that names each thing which is undecided.
fn refusal(flaw: Flaw, undecided: &[Undecided]) -> Error {
    let named: &[Undecided] = if flaw.code == Code::AidSessionUndecided { undecided } else { &[] };
    let error = flaw.params.iter().fold(Error::of(flaw.code), |error, (name, value)| error.with(name, value));
    let issue = |item: &Undecided| Flaw::new(flaw.code).with("open", item.pseudonym.as_str()).with("id", item.id).at(Place::Pointer("/command".to_owned()));
    named.iter().map(issue).fold(error, Error::noting)
}
