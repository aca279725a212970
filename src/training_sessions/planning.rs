//! Planning a training session and changing it: who organises it, what it refers to, and what follows for those who registered.

use super::bodies::{CreateTrainingSession, TrainerInput, UpdateTrainingSession, in_order, reversed, reversed_window, trainers_of};
use super::lifecycle::LIFECYCLE;
use super::model::{OrganiserLevel, TrainingSessionStatus};
use super::store::{self, TrainerRow, TrainingSessionRow};
use super::view::plain;
use super::{registrations, slots};
use crate::associations;
use crate::audit::{Action, Tx};
use crate::auth::Scope;
use crate::db::Id;
use crate::error::{Code, Error, Flaw, Issue, Place, Result};
use crate::http::Actor;
use crate::training_modules;
use crate::training_modules::store::TrainingModuleRow;
use crate::values::{AcademyCode, Day, DepartmentCode};

/// What a body may refer to.
pub struct Reach {
    pub modules: Scope,
    pub lawyers: Scope,
}

impl Reach {
    pub fn of(actor: &Actor) -> Self {
        Self { modules: actor.scope_through("training_modules_retrieve"), lawyers: actor.scope_through("lawyers_retrieve") }
    }

    fn module(&self, tx: &mut Tx<'_>, id: Id, issues: &mut Vec<Issue>) -> Result<Option<TrainingModuleRow>> {
        let found = training_modules::store::lock(tx, &self.modules, id);
        let flaw = match &found {
            Ok(row) if row.retired => Code::ModuleRetired,
            Err(error) if error.code() == Code::NotFound => Code::ReferenceNotFound,
            _ => return found.map(Some),
        };
        issues.push(at("/module_id", flaw));
        Ok(None)
    }

    /// Reports those who train and cannot be found.
    fn trainers(&self, tx: &mut Tx<'_>, trainers: &[TrainerRow], issues: &mut Vec<Issue>) -> Result<()> {
        for place in store::unknown_trainers(tx.conn, &self.lawyers, trainers)? {
            let by_account = trainers.iter().any(|trainer| trainer.place == place && trainer.user_id.is_some());
            let field = if by_account { "user_id" } else { "lawyer_id" };
            issues.push(at(&format!("/trainers/{}/{field}", place - 1), Code::ReferenceNotFound));
        }
        Ok(())
    }
}

fn at(pointer: &str, flaw: impl Into<Flaw>) -> Issue {
    flaw.into().at(Place::Pointer(pointer.to_owned()))
}

/// Who organises a session: the association, its department, the academy.
struct Organiser {
    association_id: Option<Id>,
    department_code: Option<DepartmentCode>,
    academy_code: Option<AcademyCode>,
}

impl Organiser {
    /// What the body says of it, completed where the caller has one place alone.
    fn find(tx: &mut Tx<'_>, scope: &Scope, body: &CreateTrainingSession, issues: &mut Vec<Issue>) -> Result<Option<Self>> {
        let CreateTrainingSession { organiser_level, association_id, academy_code, .. } = body;
        if *organiser_level != OrganiserLevel::Department && association_id.is_some() {
            issues.push(at("/association_id", Code::AssociationNotTaken));
        }
        if *organiser_level != OrganiserLevel::Academy && academy_code.is_some() {
            issues.push(at("/academy_code", Code::AcademyNotTaken));
        }
        let found = match organiser_level {
            OrganiserLevel::Department => match associations::store::find_own(tx.conn, scope, *association_id)? {
                Ok((association, code)) => {
                    let academy_code = AcademyCode::of(&code);
                    Some(Self { association_id: Some(association.id), department_code: Some(code), academy_code })
                }
                Err(code) => {
                    issues.push(at("/association_id", code));
                    None
                }
            },
            OrganiserLevel::Academy => {
                let own = if let [own] = scope.academies() { Some(own) } else { None };
                let academy_code = academy_code.as_ref().or(own).cloned();
                if academy_code.is_none() {
                    issues.push(at("/academy_code", Code::AcademyRequired));
                }
                academy_code.map(|code| Self { association_id: None, department_code: None, academy_code: Some(code) })
            }
            OrganiserLevel::National => {
                let association = associations::store::find_national(tx.conn, &Scope::everybody())?;
                Some(Self { association_id: Some(association.id), department_code: None, academy_code: None })
            }
        };
        Ok(found)
    }
}

/// Plans a session, or tells everything that stands in its way.
pub fn plan(tx: &mut Tx<'_>, scope: &Scope, reach: &Reach, mut body: CreateTrainingSession) -> Result<TrainingSessionRow> {
    let (id, mut issues) = (Id::new(), Vec::new());
    let module = reach.module(tx, body.module_id, &mut issues)?;
    let organiser = Organiser::find(tx, scope, &body, &mut issues)?;
    let named: Vec<TrainerInput> = body.trainers.take().unwrap_or_default();
    let trainers = trainers_of(id, named);
    reach.trainers(tx, &trainers, &mut issues)?;
    let (Some(module), Some(organiser), true) = (module, organiser, issues.is_empty()) else { return Err(Error::invalid(issues)) };
    let agreement = body.agreement.take();
    let mut row = TrainingSessionRow {
        id,
        module_id: module.id,
        organiser_level: body.organiser_level,
        association_id: organiser.association_id,
        department_code: organiser.department_code,
        academy_code: organiser.academy_code,
        format: body.format,
        delivery: body.delivery,
        audiences: body.audiences.map_or(module.audiences, in_order),
        venue: body.venue,
        meeting_url: body.meeting_url,
        capacity: body.capacity,
        opens_on: body.opens_on,
        closes_on: body.closes_on,
        on_approval: body.on_approval.unwrap_or(false),
        starts_on: body.starts_on,
        ends_on: body.ends_on,
        agreement_reference: None,
        agreement_signed_on: None,
        agreement_partner: None,
        status: LIFECYCLE.initial,
        scheduled_on: None,
        confirmed_count: 0,
        waiting_count: 0,
        last_queued: 0,
        version: 1,
        created_at: tx.now,
        updated_at: tx.now,
    };
    row.set_agreement(agreement);
    let row = store::insert(tx, scope, row)?;
    store::set_trainers(tx, scope, id, &trainers)?;
    tx.record(Action::Create, &plain(row.clone(), trainers))?;
    Ok(row)
}

/// Changes a locked session that is not over.
pub fn correct(tx: &mut Tx<'_>, scope: &Scope, reach: &Reach, before: TrainingSessionRow, changes: UpdateTrainingSession) -> Result<TrainingSessionRow> {
    if TrainingSessionStatus::OVER.contains(&before.status) {
        return Err(Error::of(Code::SessionOver));
    }
    let (id, from, mut row, mut issues) = (before.id, before.status, before.clone(), Vec::new());
    let renamed = changes.apply(&mut row);
    if let Some(trainers) = &renamed {
        reach.trainers(tx, trainers, &mut issues)?;
    }
    issues.extend(days_flaws(tx, scope, &before, &row)?);
    if !issues.is_empty() {
        return Err(Error::invalid(issues));
    }
    if let Some(flaw) = row.place_flaw().filter(|_| row.scheduled_on.is_some()) {
        return Err(flaw.into());
    }
    if row.seats_left() < 0 {
        return Err(Error::of(Code::CapacityBelowConfirmed).with("confirmed", row.confirmed_count).at("/capacity"));
    }
    let seated = row.seats_left().min(row.waiting_count);
    (row.confirmed_count, row.waiting_count) = (row.confirmed_count + seated, row.waiting_count - seated);
    let row = store::advance(tx, scope, row, &[from])?;
    if let Some(trainers) = renamed {
        store::set_trainers(tx, scope, id, &trainers)?;
    }
    let trainers = store::trainers_of(tx.conn, scope, vec![id])?.remove(&id).unwrap_or_default();
    tx.record(Action::Update, &plain(row.clone(), trainers))?;
    registrations::lifecycle::promote(tx, scope, &row, seated)?;
    Ok(row)
}

/// Days that run backwards, told at the end that was moved, and days that leave slots outside.
fn days_flaws(tx: &mut Tx<'_>, scope: &Scope, before: &TrainingSessionRow, row: &TrainingSessionRow) -> Result<Vec<Issue>> {
    let mut issues = Vec::new();
    let place = |last_moved: bool, last: &str, first: &str| if last_moved { last.to_owned() } else { first.to_owned() };
    if let Some(flaw) = reversed_window(&row.opens_on, &row.closes_on) {
        issues.push(at(&place(row.closes_on != before.closes_on, "/closes_on", "/opens_on"), flaw));
    }
    if let Some(flaw) = reversed(&row.starts_on, &row.ends_on) {
        issues.push(at(&place(row.ends_on != before.ends_on, "/ends_on", "/starts_on"), flaw));
    } else if (row.starts_on, row.ends_on) != (before.starts_on, before.ends_on) {
        let slots = slots::store::of_session(tx.conn, scope, row.id)?;
        let outside = slots.iter().find_map(|slot| slot.outside(row));
        issues.extend(outside.map(|flaw| at(&place(row.ends_on != before.ends_on, "/ends_on", "/starts_on"), flaw)));
    }
    Ok(issues)
}

/// Whether a day lies in the registration window of a session.
pub fn in_window(row: &TrainingSessionRow, day: Day) -> bool {
    row.opens_on.is_none_or(|opens_on| opens_on <= day) && row.closes_on.is_none_or(|closes_on| day <= closes_on)
}
