//! What one caller may touch through one operation: the permission table read for their rights, now. Pure: no database, no HTTP.

use super::Principal;
use super::machine::{ClientScope, InsurerCode, Machine};
use super::policy::{Access, Confidentiality, Role, Rows, access};
use crate::db::{Id, Instant};
use crate::values::{AcademyCode, Day, DepartmentCode, choice};
use std::borrow::Cow;

choice! {
    /// What keeps somebody from a dossier, whatever their rights.
    pub enum WallKind as "wall_kind" {
        OpposingParty = "opposing_party" ("Partie adverse", "Opposing party"),
        WithdrawnConsent = "withdrawn_consent" ("Consentement retiré", "Consent withdrawn"),
    }
}

choice! {
    /// What opens one dossier to one person.
    pub enum PermitKind as "permit_kind" {
        BreakGlass = "break_glass" ("Accès d'urgence", "Broken glass"),
        Mandate = "mandate" ("Mandat accepté", "Accepted mandate"),
    }
}

/// The rows that one caller may touch through one operation. Only the policy makes one, and no query runs without it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    all: bool,
    departments: Vec<DepartmentCode>,
    academies: Vec<AcademyCode>,
    /// Training sessions that were announced.
    announced: bool,
    schools: Vec<Id>,
    own: Option<Id>,
    /// The user of whom those rows are in scope that they opened, by their state alone.
    opened: Option<Id>,
    /// The most confidential dossiers in scope, by department.
    ceilings: Vec<(DepartmentCode, Confidentiality)>,
    /// All dossiers besides, but only in this form.
    veiled: Option<Veil>,
    /// The roles by which the operation is granted, each with its department where it has one.
    roles: Vec<(Role, Option<DepartmentCode>)>,
    /// What opens single dossiers to the caller.
    permits: Vec<PermitKind>,
    /// Dossiers whose national solidarity is requested and not yet decided.
    solidarity: bool,
    /// Every dossier that no wall keeps from the caller.
    unwalled: bool,
    /// The roles by which committees are in scope in which the caller is in office today.
    seats: Vec<Role>,
    /// The moment for which it was made.
    now: Option<Instant>,
    /// The user for whom it was made.
    caller: Option<Id>,
    /// The member that the caller is: nobody works on their own case.
    own_member: Option<Id>,
    /// What a machine never goes beyond.
    bounds: Option<Bounds>,
}

/// What a machine never goes beyond, whatever its scopes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bounds {
    /// The scope by which it came in.
    pub through: ClientScope,
    /// The departments of rows, where not all are its.
    pub departments: Option<Vec<DepartmentCode>>,
    /// The insurer whose rows alone are its.
    pub insurer: Option<InsurerCode>,
    /// The most confidential dossiers.
    pub ceiling: Confidentiality,
}

/// What the policy must know of a dossier.
#[derive(Debug, Clone, Copy)]
pub struct Case<'a> {
    pub department: &'a DepartmentCode,
    pub level: Confidentiality,
    pub referent_id: Option<Id>,
    pub member_id: Option<Id>,
    /// Archived, or no longer anybody's.
    pub put_away: bool,
    /// The last day on which it is read again, once it was taken out of the archive.
    pub readable_until: Option<Day>,
    /// Whether national solidarity is requested and not yet decided.
    pub awaits_solidarity: bool,
    pub walls: &'a [WallFact],
    pub permits: &'a [PermitFact],
}

/// A wall around a dossier: against one account, against the account of one member, or against everybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WallFact {
    pub kind: WallKind,
    pub user_id: Option<Id>,
    pub member_id: Option<Id>,
}

/// A right of one person to one dossier, until it runs out or is ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PermitFact {
    pub kind: PermitKind,
    pub user_id: Id,
    pub expires_at: Option<Instant>,
    pub ended_at: Option<Instant>,
}

/// Why a dossier is kept from somebody whatever their rights.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wall {
    OwnFile,
    Archive,
    Built(WallKind),
}

/// In which form somebody knows of dossiers without reading them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Veil {
    Metadata,
    Pseudonyms,
}

impl Scope {
    fn nothing() -> Self {
        Self {
            all: false,
            departments: Vec::new(),
            academies: Vec::new(),
            announced: false,
            schools: Vec::new(),
            own: None,
            opened: None,
            ceilings: Vec::new(),
            veiled: None,
            roles: Vec::new(),
            permits: Vec::new(),
            solidarity: false,
            unwalled: false,
            seats: Vec::new(),
            now: None,
            caller: None,
            own_member: None,
            bounds: None,
        }
    }

    /// What this caller may touch now through an operation; none where the function is not granted.
    pub fn of(principal: &Principal, access: Access, now: Instant) -> Option<Self> {
        let today = Day::of(now.0);
        if let Some(machine) = &principal.machine {
            return Self::of_machine(machine, access, now);
        }
        let mut scope = Self { now: Some(now), caller: Some(principal.user_id), own_member: principal.member_id, ..Self::nothing() };
        let lines = match access {
            Access::Public => return None,
            Access::SignedIn => {
                scope.own = Some(principal.user_id);
                return Some(scope);
            }
            Access::Granted(lines) | Access::Shared(lines, _) => lines,
        };
        let mut granted = false;
        for grant in principal.grants.iter().filter(|grant| grant.in_force(today)) {
            for (_, rows) in lines.iter().filter(|(role, _)| *role == grant.role) {
                granted = true;
                scope.roles.push((grant.role, grant.department_code.clone()));
                match rows {
                    Rows::All => scope.all = true,
                    Rows::OwnDepartment => scope.departments.extend(grant.department_code.clone()),
                    Rows::OwnAcademy => {
                        scope.departments.extend(grant.academy_code.iter().flat_map(AcademyCode::departments));
                        scope.academies.extend(grant.academy_code.clone());
                    }
                    Rows::Announced => scope.announced = true,
                    Rows::OwnEstablishment => scope.schools.extend(grant.establishment_id),
                    Rows::Own => scope.own = Some(principal.user_id),
                    Rows::Opened => scope.opened = Some(principal.user_id),
                    Rows::Dossiers => {
                        scope.own = Some(principal.user_id);
                        scope.ceilings.extend(grant.department_code.clone().zip(grant.role.ceiling()));
                        scope.departments.extend(grant.department_code.clone());
                    }
                    Rows::Unwalled => scope.unwalled = true,
                    Rows::BreakGlass => scope.permits.push(PermitKind::BreakGlass),
                    Rows::Mandates => scope.permits.push(PermitKind::Mandate),
                    Rows::Solidarity => scope.solidarity = true,
                    Rows::Committee => scope.seats.push(grant.role),
                    Rows::Metadata => scope.veiled = scope.veiled.max(Some(Veil::Metadata)),
                    Rows::Pseudonymous => scope.veiled = scope.veiled.max(Some(Veil::Pseudonyms)),
                }
            }
        }
        granted.then_some(scope)
    }

    fn of_machine(machine: &Machine, access: Access, now: Instant) -> Option<Self> {
        let (through, rows) = access.scopes().iter().find(|(scope, _)| machine.scopes.contains(scope))?;
        let (departments, insurer) = (machine.reach.departments(), machine.reach.insurer().cloned());
        let mut scope = Self { now: Some(now), ..Self::nothing() };
        match rows {
            Rows::All => match &departments {
                Some(codes) => scope.departments.clone_from(codes),
                None => scope.all = true,
            },
            Rows::Own => scope.own = Some(machine.id),
            // Without its pseudonyms, or with the rows of an insurer, a machine knows of no dossier.
            Rows::Pseudonymous if machine.pseudonymised && insurer.is_none() => scope.veiled = Some(Veil::Pseudonyms),
            _ => {}
        }
        scope.bounds = Some(Bounds { through: *through, departments, insurer, ceiling: machine.max_confidentiality });
        Some(scope)
    }

    /// What this caller may touch now through another operation than the one called; none where that one is not granted.
    pub fn of_operation(principal: &Principal, operation: &str, now: Instant) -> Option<Self> {
        Self::of(principal, access(operation)?, now)
    }

    /// The same, and nothing where that operation is not granted: what a body refers to.
    pub fn through(principal: &Principal, operation: &str, now: Instant) -> Self {
        Self::of_operation(principal, operation, now).unwrap_or_else(Self::nothing)
    }

    /// What every signed-in user may see of the directory and the associations, for a reference that a caller names.
    pub fn everybody() -> Self {
        Self { all: true, ..Self::nothing() }
    }

    /// The console works on every row: whoever runs it holds the database.
    pub fn console() -> Self {
        Self { all: true, ..Self::nothing() }
    }

    /// Never for an insurer: what it is told of those it insures will be let through row by row.
    pub fn is_all(&self) -> bool {
        self.all && self.bounds.as_ref().is_none_or(|bounds| bounds.insurer.is_none())
    }

    /// Whether every establishment and association is in scope, which are nobody's in particular.
    pub fn is_whole_directory(&self) -> bool {
        self.all
    }

    pub fn departments(&self) -> &[DepartmentCode] {
        &self.departments
    }

    /// The most confidential dossiers in scope, by department.
    pub fn ceilings(&self) -> &[(DepartmentCode, Confidentiality)] {
        &self.ceilings
    }

    /// Whether some dossiers are read with their content.
    pub fn has_content(&self) -> bool {
        !self.ceilings.is_empty() || !self.permits.is_empty() || self.solidarity
    }

    /// The form in which all dossiers are known besides.
    pub fn veiled(&self) -> Option<Veil> {
        self.veiled
    }

    /// This scope without what is known of in a veiled form only, or nothing but that.
    pub fn unveiled(&self) -> Self {
        Self { veiled: None, opened: None, ..self.clone() }
    }

    pub fn only_veiled(&self) -> Self {
        let roles = self.roles.iter().filter(|(role, _)| matches!(role, Role::Dpo | Role::Analyst)).cloned().collect();
        Self { veiled: self.veiled, roles, now: self.now, bounds: self.bounds.clone(), ..Self::nothing() }
    }

    /// This scope without what is known of under mandates; none where nothing else is.
    pub fn of_team(&self) -> Option<Self> {
        let permits = self.permits.iter().copied().filter(|kind| *kind != PermitKind::Mandate).collect();
        Some(Self { permits, ..self.clone() }).filter(Self::has_content)
    }

    /// Nothing but that.
    pub fn of_lawyers(&self) -> Option<Self> {
        let (mandates, plain) = (self.permits.contains(&PermitKind::Mandate), Self::nothing());
        let Self { now, caller, own_member, .. } = *self;
        mandates.then(|| Self { permits: vec![PermitKind::Mandate], now, caller, own_member, ..plain })
    }

    /// The departments where the caller holds a role.
    pub fn departments_as(&self, role: Role) -> Vec<&DepartmentCode> {
        self.departments.iter().filter(|code| self.holds(&[role], Some(code.as_str()))).collect()
    }

    /// The wall that keeps the caller from a dossier: walls beat every permit. `Scope::dossiers` says the same to the database.
    pub fn wall(&self, case: &Case<'_>) -> Option<Wall> {
        let is = |own: Option<Id>, other: Option<Id>| own.is_some() && own == other;
        if is(self.own_member, case.member_id) {
            return Some(Wall::OwnFile);
        }
        let today = self.now.map(|now| Day::of(now.0));
        if case.put_away || case.readable_until.is_some_and(|until| today.is_none_or(|today| until < today)) {
            return Some(Wall::Archive);
        }
        let keeps = |wall: &&WallFact| match (wall.user_id, wall.member_id) {
            (None, None) => true,
            (user_id, member_id) => is(self.caller, user_id) || is(self.own_member, member_id),
        };
        case.walls.iter().find(keeps).map(|wall| Wall::Built(wall.kind))
    }

    /// Whether the caller works in the department of a dossier and may know its level, or is its referent.
    fn works(&self, case: &Case<'_>) -> bool {
        let within = self.ceilings.iter().any(|(code, ceiling)| code == case.department && case.level <= *ceiling);
        within || self.refers(case)
    }

    fn refers(&self, case: &Case<'_>) -> bool {
        let works_here = self.ceilings.iter().any(|(code, _)| code == case.department);
        works_here && self.own.is_some() && self.own == case.referent_id
    }

    /// What opens a dossier to the caller alone.
    fn permit(&self, case: &Case<'_>) -> Option<PermitKind> {
        self.permits_to(case).next()
    }

    fn permits_to<'c>(&'c self, case: &Case<'c>) -> impl Iterator<Item = PermitKind> + use<'c> {
        let runs = |permit: &&PermitFact| {
            let lasting = permit.expires_at.is_none_or(|end| self.now.is_some_and(|now| now < end));
            self.caller == Some(permit.user_id) && permit.ended_at.is_none() && lasting
        };
        case.permits.iter().filter(|permit| self.permits.contains(&permit.kind)).filter(runs).map(|permit| permit.kind)
    }

    fn decides(&self, case: &Case<'_>) -> bool {
        self.solidarity && case.awaits_solidarity
    }

    /// Whether a dossier is read with its content: by the caller's ceiling in its department or as its referent, by what opens it
    /// to them, or to decide on national solidarity; and no wall keeps them away. `Scope::dossiers` says the same to the database.
    pub fn reads(&self, case: &Case<'_>) -> bool {
        (self.works(case) || self.permit(case).is_some() || self.decides(case)) && self.wall(case).is_none()
    }

    /// Whether what is privileged in a dossier is read: by whoever works it and by its lawyers, and by nobody whom broken glass or a
    /// decision on solidarity lets in.
    pub fn reads_privileged(&self, case: &Case<'_>) -> bool {
        let pleads = self.permits_to(case).any(|kind| kind == PermitKind::Mandate);
        (self.works(case) || pleads) && self.wall(case).is_none()
    }

    /// This scope with those roles alone by which the caller sees a dossier: who has several rights gives there only the commands
    /// of these.
    pub fn commanding(&self, case: &Case<'_>) -> Cow<'_, Self> {
        let open = self.wall(case).is_none();
        let (works, decides) = (open && self.works(case), open && self.decides(case));
        let reaches = |(role, _): &&(Role, Option<DepartmentCode>)| match role {
            Role::Dpo | Role::Analyst => self.veiled.is_some(),
            Role::SolidarityOfficer => decides,
            _ => works,
        };
        if self.roles.iter().all(|role| reaches(&role)) {
            return Cow::Borrowed(self);
        }
        Cow::Owned(Self { roles: self.roles.iter().filter(reaches).cloned().collect(), ..self.clone() })
    }

    /// Why the caller sees a dossier: roles that reach its level there, each with its department, `referent`, what opens it to them;
    /// or a role that knows of every dossier without reading it. None where it is hidden.
    pub fn reasons(&self, case: &Case<'_>) -> Vec<String> {
        if !self.reads(case) {
            return self.holds(&[Role::Dpo], None).then(|| Role::Dpo.as_str().to_owned()).into_iter().collect();
        }
        let reaching =
            self.roles.iter().filter(|(role, code)| code.as_ref() == Some(case.department) && role.ceiling().is_some_and(|ceiling| case.level <= ceiling));
        let reaching = reaching.map(|(role, _)| format!("{}:{}", role.as_str(), case.department));
        let refers = self.refers(case).then(|| "referent".to_owned());
        let permit = self.permit(case).map(|kind| kind.as_str().to_owned());
        let decides = self.decides(case).then(|| Role::SolidarityOfficer.as_str().to_owned());
        reaching.chain(refers).chain(permit).chain(decides).collect()
    }

    /// The departments whose head the caller is.
    pub fn headed(&self) -> Vec<String> {
        let mut codes: Vec<String> = self.departments_as(Role::DepartmentHead).into_iter().map(ToString::to_string).collect();
        codes.dedup();
        codes
    }

    /// The most confidential level that the caller reads in a department.
    pub fn ceiling(&self, department: &DepartmentCode) -> Option<Confidentiality> {
        if self.is_all() {
            return Some(Confidentiality::Secret);
        }
        self.ceilings.iter().filter(|(code, _)| code == department).map(|(_, ceiling)| *ceiling).max()
    }

    /// Whether the caller has one of these roles where a row lies; none named means any that is granted the operation.
    pub fn holds(&self, roles: &[Role], department: Option<&str>) -> bool {
        let here = |code: &Option<DepartmentCode>| code.as_ref().is_none_or(|code| department == Some(code.as_str()));
        self.roles.iter().any(|(role, code)| here(code) && (roles.is_empty() || roles.contains(role)))
    }

    /// The right by which the operation is granted, as records tell it: roles, each with its department where it has one, or the
    /// scope of a machine. None for the console.
    pub fn rule(&self) -> Option<String> {
        if let Some(bounds) = &self.bounds {
            return Some(bounds.through.as_str().to_owned());
        }
        if self.roles.is_empty() {
            return self.own.map(|_| "signed_in".to_owned());
        }
        let mut rule = String::with_capacity(24);
        for (at, (role, department)) in self.roles.iter().enumerate() {
            rule.push_str(if at > 0 { " " } else { "" });
            let broke_glass = *role == Role::NationalStaff && self.permits.contains(&PermitKind::BreakGlass);
            rule.push_str(if broke_glass { PermitKind::BreakGlass.as_str() } else { role.as_str() });
            if let Some(code) = department {
                rule.push(':');
                rule.push_str(code.as_str());
            }
        }
        Some(rule)
    }

    /// What the machine that calls never goes beyond; none where a person calls.
    pub fn bounds(&self) -> Option<&Bounds> {
        self.bounds.as_ref()
    }

    /// The member that the caller is.
    pub fn own_member(&self) -> Option<Id> {
        self.own_member
    }

    /// The moment for which it was made; none for the console.
    pub fn now(&self) -> Option<Instant> {
        self.now
    }

    /// The user for whom it was made; none for the console.
    pub fn caller(&self) -> Option<Id> {
        self.caller
    }

    /// What opens single dossiers to the caller.
    pub fn permits(&self) -> &[PermitKind] {
        &self.permits
    }

    /// Whether dossiers are in scope whose national solidarity is requested and not yet decided.
    pub fn decides_solidarity(&self) -> bool {
        self.solidarity
    }

    /// Whether every dossier is in scope that no wall keeps from the caller.
    pub fn is_unwalled(&self) -> bool {
        self.unwalled
    }

    /// The roles by which committees are in scope in which the caller is in office today.
    pub fn seats(&self) -> &[Role] {
        &self.seats
    }

    /// The user whose own rows are in scope.
    pub fn own(&self) -> Option<Id> {
        self.own
    }

    /// The user of whom those rows are in scope that they opened.
    pub fn opened(&self) -> Option<Id> {
        self.opened
    }

    /// The schools for which something may be opened.
    pub fn schools(&self) -> &[Id] {
        &self.schools
    }

    /// The academies in scope.
    pub fn academies(&self) -> &[AcademyCode] {
        &self.academies
    }

    /// Whether a row of this academy is in scope.
    pub fn covers_academy(&self, code: &AcademyCode) -> bool {
        self.is_all() || self.academies.contains(code)
    }

    /// Whether a row of this department is in scope; none is the national level.
    pub fn covers_department(&self, code: Option<&str>) -> bool {
        self.is_all() || code.is_some_and(|code| self.departments.iter().any(|own| own.as_str() == code))
    }

    /// Whether training sessions are in scope that others organise, once they were announced.
    pub fn reads_announced(&self) -> bool {
        self.announced
    }

    /// Whether a training session is the caller's to organise: by its department or academy; by neither, at the national level.
    pub fn organises(&self, department: Option<&DepartmentCode>, academy: Option<&AcademyCode>) -> bool {
        let by_academy = academy.is_some_and(|code| self.academies.contains(code));
        self.covers_department(department.map(DepartmentCode::as_str)) || by_academy
    }
}

#[cfg(test)]
mod tests;
