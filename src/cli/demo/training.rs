//! The training of the demonstration: modules, the commission of an academy with its plan, and sessions in every state, led there by the same
//! rules as any other.

use super::{moment, nth, parsed};
use chrono::Duration;
use entraide::audit::{Action, Author, Tx};
use entraide::auth::Scope;
use entraide::db::{DbConn, Id, Instant, Json};
use entraide::error::Result;
use entraide::training_commissions::api::TrainingCommissionView;
use entraide::training_commissions::members::api::CommissionMemberView;
use entraide::training_commissions::members::store::{self as members, CommissionMemberRow};
use entraide::training_commissions::plans::api::TrainingPlanView;
use entraide::training_commissions::plans::model::{Objective, PlannedSessions};
use entraide::training_commissions::plans::store::{self as plans, TrainingPlanRow};
use entraide::training_commissions::store::{self as commissions, TrainingCommissionRow};
use entraide::training_modules::bodies::{CreateTrainingModule, TrainingModuleView};
use entraide::training_modules::model::{ModuleHours, TrainingAudience};
use entraide::training_modules::store as modules;
use entraide::training_sessions::attendance::api::record;
use entraide::training_sessions::attendance::model::{AttendanceStatus, MarkInput, RecordAttendance, SlotMarksInput};
use entraide::training_sessions::bodies::{CreateTrainingSession, TrainerInput};
use entraide::training_sessions::certificates::issuing::{Blank, issue};
use entraide::training_sessions::lifecycle::{TrainingSessionCommand, advance};
use entraide::training_sessions::model::{Capacity, Delivery, OrganiserLevel, TrainingFormat};
use entraide::training_sessions::planning::{self, Reach};
use entraide::training_sessions::registrations::bodies::{CreateTrainingRegistration, CreateTrainingRegistrations, OutsiderInput};
use entraide::training_sessions::registrations::bulk::register_all;
use entraide::training_sessions::registrations::lifecycle::cancel;
use entraide::training_sessions::registrations::registering::{self, register};
use entraide::training_sessions::registrations::store as registrations;
use entraide::training_sessions::slots::api::{CreateTrainingSlot, add};
use entraide::training_sessions::slots::store as slots;
use entraide::training_sessions::store as sessions;
use entraide::values::fold::fold;
use entraide::values::{AcademyCode, Day, Number};
use entraide::workflow::take_step;

/// Participants of a session, where there are as many members.
pub const PARTICIPANTS: usize = 8;
/// Seats of the session that is full.
const FEW: i32 = 4;

/// Code, title, hours and audience of each module.
const MODULES: [(&str, &str, f64, TrainingAudience); 3] = [
    ("RESP-CIVILE", "Responsabilité civile et pénale des enseignants", 5.5, TrainingAudience::Teachers),
    ("PROTECTION", "Demander et suivre la protection fonctionnelle", 3.0, TrainingAudience::SchoolHeads),
    ("ECOUTE", "Accueillir et écouter un collègue en difficulté", 6.0, TrainingAudience::Volunteers),
];

/// Stores the modules, and gives them in their order.
pub fn insert_modules(tx: &mut Tx<'_>, scope: &Scope) -> Result<Vec<Id>> {
    let insert = |(code, title, hours, audience): (&str, &str, f64, TrainingAudience)| {
        let (themes, objectives) = (Some(vec![parsed("school_law")?]), None);
        let hours = ModuleHours::checked(hours)?;
        let body = CreateTrainingModule {
            code: parsed(code)?,
            title: parsed(title)?,
            themes,
            objectives,
            hours,
            audiences: Some(vec![audience]),
            minimum_share: None,
        };
        let view = TrainingModuleView::from(modules::insert(tx, scope, body.into_row(tx.now))?);
        tx.record(Action::Create, &view)?;
        Ok(view.id)
    };
    MODULES.into_iter().map(insert).collect()
}

/// Stores the commission of an academy with those who sit in it and the plan of the school year.
pub fn insert_commission(tx: &mut Tx<'_>, scope: &Scope, academy_code: AcademyCode, coordinator_id: Id) -> Result<()> {
    let (now, version) = (tx.now, 1);
    let since = Day::of(now.0).school_year_start();
    let row = TrainingCommissionRow { id: Id::new(), academy_code, coordinator_id: Some(coordinator_id), version, created_at: now, updated_at: now };
    let commission = TrainingCommissionView::from(commissions::insert(tx, scope, row)?);
    tx.record(Action::Create, &commission)?;
    for name in ["Mireille Vasseur", "Karim Benali", "Odile Garnier"] {
        let row = CommissionMemberRow {
            id: Id::new(),
            commission_id: commission.id,
            association_id: None,
            display_name: parsed(name)?,
            name_key: fold(name),
            starts_on: since,
            ends_on: None,
            version,
            created_at: now,
            updated_at: now,
            deleted_at: None,
        };
        let view = CommissionMemberView::from(members::insert(tx, scope, row)?);
        tx.record(Action::Create, &view)?;
    }
    let objective =
        |label: &str, sessions| Ok::<_, entraide::error::Error>(Objective { label: parsed(label)?, planned_sessions: PlannedSessions::checked(sessions)? });
    let row = TrainingPlanRow {
        id: Id::new(),
        commission_id: commission.id,
        school_year: parsed(&format!("{}-{}", since.year(), since.year() + 1))?,
        orientation: parsed("Former chaque équipe de direction au droit de la protection fonctionnelle.")?,
        objectives: Json(vec![objective("Un atelier juridique dans chaque département", 4)?, objective("Former les nouveaux bénévoles à l'écoute", 2)?]),
        version,
        created_at: now,
        updated_at: now,
    };
    let view = TrainingPlanView::from(plans::insert(tx, scope, row)?);
    tx.record(Action::Create, &view)
}

/// A department and those of its members who are trained.
pub struct Class<'a> {
    pub author: &'a Author,
    pub now: Instant,
    pub modules: &'a [Id],
    pub association_id: Id,
    pub participants: Vec<Id>,
}

/// What makes one session differ from another.
struct Plan {
    module: usize,
    format: TrainingFormat,
    capacity: i32,
    starts_on: Day,
    on_approval: bool,
}

impl Class<'_> {
    /// A session in each state; tells how many.
    pub fn hold(&self, conn: &mut DbConn, blanks: Vec<Blank>) -> Result<usize> {
        let today = Day::of(self.now.0);
        let planned = |module, format, capacity, days| Plan { module, format, capacity, starts_on: today.plus(days), on_approval: false };
        self.completed(conn, planned(0, TrainingFormat::LegalWorkshop, 12, -21), blanks)?;
        self.under_way(conn, planned(2, TrainingFormat::VolunteerTraining, 12, 0))?;
        self.full(conn, planned(1, TrainingFormat::Conference, FEW, 21))?;
        let cancelled = self.scheduled(conn, planned(0, TrainingFormat::LegalWorkshop, 20, 5), today.plus(-20))?;
        self.on(conn, today.plus(-3), 9, |tx, scope| {
            step(tx, scope, cancelled, TrainingSessionCommand::Cancel { reason: parsed("Formatrice empêchée ; la session est reportée.")? })
        })?;
        let webinar = Plan { on_approval: true, ..planned(1, TrainingFormat::Webinar, 100, 45) };
        self.scheduled(conn, webinar, today.plus(-2))?;
        self.draft(conn, planned(2, TrainingFormat::VolunteerTraining, 15, 80), today)?;
        Ok(6)
    }

    /// One that was held, with marks, and certificates for those who were there all day.
    fn completed(&self, conn: &mut DbConn, plan: Plan, blanks: Vec<Blank>) -> Result<()> {
        let day = plan.starts_on;
        let id = self.open(conn, plan, day.plus(-40))?;
        self.register(conn, id, day.plus(-15))?;
        self.on(conn, day, 6, |tx, scope| step(tx, scope, id, TrainingSessionCommand::Start {}))?;
        self.mark(conn, id, day)?;
        self.on(conn, day.next(), 9, |tx, scope| {
            step(tx, scope, id, TrainingSessionCommand::Complete {})?;
            let session = sessions::lock(tx.conn, scope, id)?;
            let there = registrations::confirmed(tx.conn, scope, id)?.into_iter().enumerate().filter(|(at, _)| mark_of(*at, 1).attended());
            there.zip(blanks).try_for_each(|((_, row), blank)| issue(tx, scope, &session, row.id, blank).map(drop))
        })
    }

    /// One that began today.
    fn under_way(&self, conn: &mut DbConn, plan: Plan) -> Result<()> {
        let day = plan.starts_on;
        let id = self.open(conn, plan, day.plus(-30))?;
        self.register(conn, id, day.plus(-10))?;
        self.on(conn, day, 0, |tx, scope| step(tx, scope, id, TrainingSessionCommand::Start {}))
    }

    /// One with fewer seats than there are people who want one; somebody gave one back.
    fn full(&self, conn: &mut DbConn, plan: Plan) -> Result<()> {
        let today = Day::of(self.now.0);
        let id = self.open(conn, plan, today.plus(-20))?;
        self.register(conn, id, today.plus(-12))?;
        self.on(conn, today.plus(-9), 15, |tx, scope| {
            let session = sessions::lock(tx.conn, scope, id)?;
            let guest = OutsiderInput { name: parsed("Nadia Bellanger")?, email: None, organisation: Some(parsed("Mairie, service des écoles")?) };
            let body = CreateTrainingRegistration { member_id: None, member_card: None, outsider: Some(guest) };
            register(tx, scope, &registering::Reach(Scope::console()), &session, body).map(drop)
        })?;
        self.on(conn, today.plus(-4), 11, |tx, scope| {
            let first = registrations::confirmed(tx.conn, scope, id)?.into_iter().next();
            first.map_or(Ok(()), |row| {
                let found = registrations::lock(tx.conn, scope, row.id)?;
                cancel(tx, scope, found, parsed("Retenue par un conseil de classe.")?)
            })
        })
    }

    fn draft(&self, conn: &mut DbConn, plan: Plan, on: Day) -> Result<Id> {
        self.on(conn, on, 10, |tx, scope| {
            let reach = Reach { modules: Scope::console(), lawyers: Scope::console() };
            let day = plan.starts_on;
            let row = planning::plan(tx, scope, &reach, self.body(plan)?)?;
            for (from, until) in [(8, 11), (13, 15)] {
                let at = |hour| Instant(day.begins() + Duration::hours(hour));
                add(tx, scope, &row, CreateTrainingSlot { starts_at: at(from), ends_at: at(until) })?;
            }
            Ok(row.id)
        })
    }

    fn scheduled(&self, conn: &mut DbConn, plan: Plan, on: Day) -> Result<Id> {
        let id = self.draft(conn, plan, on)?;
        self.on(conn, on, 11, |tx, scope| step(tx, scope, id, TrainingSessionCommand::Schedule {}))?;
        Ok(id)
    }

    fn open(&self, conn: &mut DbConn, plan: Plan, on: Day) -> Result<Id> {
        let id = self.scheduled(conn, plan, on)?;
        self.on(conn, on, 12, |tx, scope| step(tx, scope, id, TrainingSessionCommand::OpenRegistration {}))?;
        Ok(id)
    }

    fn register(&self, conn: &mut DbConn, id: Id, on: Day) -> Result<()> {
        let body = CreateTrainingRegistrations { member_ids: Some(self.participants.clone()), establishment_id: None };
        self.on(conn, on, 14, |tx, scope| register_all(tx, scope, id, body).map(drop))
    }

    fn mark(&self, conn: &mut DbConn, id: Id, day: Day) -> Result<()> {
        self.on(conn, day, 20, |tx, scope| {
            let session = sessions::lock(tx.conn, scope, id)?;
            let there: Vec<Id> = registrations::confirmed(tx.conn, scope, id)?.into_iter().map(|row| row.id).collect();
            let slots = slots::of_session(tx.conn, scope, id)?;
            let marks = |slot| (0..).zip(&there).map(|(at, id)| MarkInput { registration_id: *id, status: mark_of(at, slot) }).collect();
            let slots = (0..).zip(slots).map(|(at, slot)| SlotMarksInput { slot_id: slot.id, marks: marks(at) }).collect();
            record(tx, scope, &session, &RecordAttendance { slots }).map(drop)
        })
    }

    fn body(&self, plan: Plan) -> Result<CreateTrainingSession> {
        let Plan { module, format, capacity, starts_on, on_approval } = plan;
        let remote = format == TrainingFormat::Webinar;
        Ok(CreateTrainingSession {
            module_id: *nth(self.modules, module)?,
            organiser_level: OrganiserLevel::Department,
            association_id: Some(self.association_id),
            academy_code: None,
            format,
            delivery: if remote { Delivery::Remote } else { Delivery::InPerson },
            audiences: None,
            venue: if remote { None } else { Some(parsed("Maison des associations, salle Ferdinand-Buisson")?) },
            meeting_url: if remote { Some(parsed("https://visio.example.org/formation")?) } else { None },
            capacity: Capacity::checked(capacity)?,
            opens_on: None,
            closes_on: None,
            on_approval: Some(on_approval),
            starts_on,
            ends_on: starts_on,
            trainers: Some(vec![TrainerInput { lawyer_id: None, user_id: None, name: Some(parsed("Camille Roux, avocate")?) }]),
            agreement: None,
        })
    }

    /// Acts as if it were that day.
    fn on<T>(&self, conn: &mut DbConn, day: Day, hour: u32, act: impl FnOnce(&mut Tx<'_>, &Scope) -> Result<T>) -> Result<T> {
        act(&mut Tx { conn, author: self.author, now: moment(self.now, day, hour) }, &Scope::console())
    }
}

fn step(tx: &mut Tx<'_>, scope: &Scope, id: Id, command: TrainingSessionCommand) -> Result<()> {
    let row = sessions::lock(tx.conn, scope, id)?;
    take_step(tx, scope, row, command, advance).map(drop)
}

/// How participant `at` is marked in a slot: most were there all day.
fn mark_of(at: usize, slot: usize) -> AttendanceStatus {
    match (at % 5, slot) {
        (3, _) => AttendanceStatus::Excused,
        (4, 1) => AttendanceStatus::Absent,
        (1, 0) => AttendanceStatus::Late,
        _ => AttendanceStatus::Present,
    }
}
