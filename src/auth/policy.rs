//! The permission table: which role may call which operation, on which rows. Pure: no database, no HTTP.

use super::Principal;
use super::principal::Grant;
use crate::db::Id;
use crate::values::{Day, DepartmentCode, choice};

choice! {
    /// What a user is to the association.
    pub enum Role as "role" {
        Admin = "admin" ("Administrateur", "Administrator"),
        NationalStaff = "national_staff" ("Équipe nationale", "National staff"),
        DepartmentHead = "department_head" ("Responsable départemental", "Department head"),
        DepartmentStaff = "department_staff" ("Salarié départemental", "Department staff"),
        Volunteer = "volunteer" ("Bénévole", "Volunteer"),
        Analyst = "analyst" ("Analyste", "Analyst"),
        Dpo = "dpo" ("Délégué à la protection des données", "Data protection officer"),
    }
}

choice! {
    /// How far a dossier may be known, from the least to the most confidential.
    pub enum Confidentiality as "confidentiality" {
        Standard = "standard" ("Standard", "Standard"),
        Restricted = "restricted" ("Restreint", "Restricted"),
        Confidential = "confidential" ("Confidentiel", "Confidential"),
        Secret = "secret" ("Secret", "Secret"),
    }
}

impl Confidentiality {
    /// This level and those below it.
    pub fn and_below(self) -> Vec<Self> {
        [Self::Standard, Self::Restricted, Self::Confidential, Self::Secret].into_iter().filter(|level| *level <= self).collect()
    }
}

impl Role {
    /// Whether a grant of this role names a department.
    pub fn is_departmental(self) -> bool {
        matches!(self, Self::DepartmentHead | Self::DepartmentStaff | Self::Volunteer)
    }

    /// The most confidential dossiers that this role reads in its department; none where it reads no content.
    pub fn ceiling(self) -> Option<Confidentiality> {
        match self {
            Self::Volunteer => Some(Confidentiality::Standard),
            Self::DepartmentStaff => Some(Confidentiality::Confidential),
            Self::DepartmentHead => Some(Confidentiality::Secret),
            Self::Admin | Self::NationalStaff | Self::Analyst | Self::Dpo => None,
        }
    }
}

/// The rows on which a role may use an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rows {
    All,
    /// Those of the grant's department.
    OwnDepartment,
    /// Those that the caller made.
    Own,
    /// Dossiers of the grant's department up to the role's ceiling, and those the caller is the referent of.
    Dossiers,
    /// All, without content: what the law asks of whoever watches over personal data.
    Metadata,
    /// All, under pseudonyms and at the grain of published figures.
    Pseudonymous,
}

/// Who may call an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Anybody, without a token.
    Public,
    /// Any signed-in user, on what is theirs.
    SignedIn,
    Granted(&'static [(Role, Rows)]),
}

use Role::{Admin, Analyst, DepartmentHead, DepartmentStaff, Dpo, NationalStaff, Volunteer};

const EVERYONE: Access = Access::Granted(&[
    (Admin, Rows::All),
    (NationalStaff, Rows::All),
    (DepartmentHead, Rows::All),
    (DepartmentStaff, Rows::All),
    (Volunteer, Rows::All),
    (Analyst, Rows::All),
    (Dpo, Rows::All),
]);
const NATIONAL: Access = Access::Granted(&[(Admin, Rows::All), (NationalStaff, Rows::All)]);
const NATIONAL_AND_DEPARTMENT: Access =
    Access::Granted(&[(Admin, Rows::All), (NationalStaff, Rows::All), (DepartmentHead, Rows::OwnDepartment), (DepartmentStaff, Rows::OwnDepartment)]);
const NATIONAL_AND_HEAD: Access = Access::Granted(&[(Admin, Rows::All), (NationalStaff, Rows::All), (DepartmentHead, Rows::OwnDepartment)]);
/// Administrators see the imports of the directory, everybody else their own: reports tell what stands in the lines.
const IMPORTERS: Access = Access::Granted(&[(Admin, Rows::All), (NationalStaff, Rows::Own), (DepartmentHead, Rows::Own), (DepartmentStaff, Rows::Own)]);

const TEAM: Access = Access::Granted(&[(DepartmentHead, Rows::OwnDepartment), (DepartmentStaff, Rows::OwnDepartment), (Volunteer, Rows::OwnDepartment)]);
const STAFF: Access = Access::Granted(&[(DepartmentHead, Rows::OwnDepartment), (DepartmentStaff, Rows::OwnDepartment)]);
const HEAD: Access = Access::Granted(&[(DepartmentHead, Rows::OwnDepartment)]);
const ANY_TEAM: Access = Access::Granted(&[(DepartmentHead, Rows::All), (DepartmentStaff, Rows::All), (Volunteer, Rows::All)]);
const CASEWORKERS: Access = Access::Granted(&[(DepartmentHead, Rows::Dossiers), (DepartmentStaff, Rows::Dossiers), (Volunteer, Rows::Dossiers)]);
const CASEWORKERS_AND_DPO: Access =
    Access::Granted(&[(DepartmentHead, Rows::Dossiers), (DepartmentStaff, Rows::Dossiers), (Volunteer, Rows::Dossiers), (Dpo, Rows::Metadata)]);
const CASE_READERS: Access = Access::Granted(&[
    (DepartmentHead, Rows::Dossiers),
    (DepartmentStaff, Rows::Dossiers),
    (Volunteer, Rows::Dossiers),
    (Dpo, Rows::Metadata),
    (Analyst, Rows::Pseudonymous),
]);
const HOLDERS: Access = Access::Granted(&[(DepartmentHead, Rows::Dossiers), (Dpo, Rows::Metadata)]);

/// One line per operation of the contract; an operation without one is not served.
#[rustfmt::skip]
pub const MATRIX: &[(&str, Access)] = &[
    ("sessions_create", Access::Public),
    ("sessions_refresh", Access::Public),
    ("sessions_delete_current", Access::SignedIn),
    ("me_retrieve", Access::SignedIn),
    ("reference_regions_list", Access::Public),
    ("reference_academies_list", Access::Public),
    ("reference_departments_list", Access::Public),
    ("reference_enumerations_list", Access::Public),
    ("workflows_list", Access::Public),
    ("associations_list", EVERYONE),
    ("associations_retrieve", EVERYONE),
    ("associations_update", NATIONAL_AND_HEAD),
    ("associations_history", NATIONAL_AND_DEPARTMENT),
    ("team_members_list", EVERYONE),
    ("team_members_create", NATIONAL_AND_DEPARTMENT),
    ("team_members_retrieve", EVERYONE),
    ("team_members_update", NATIONAL_AND_DEPARTMENT),
    ("team_members_delete", NATIONAL_AND_DEPARTMENT),
    ("team_members_history", NATIONAL_AND_DEPARTMENT),
    ("establishments_list", EVERYONE),
    ("establishments_create", NATIONAL),
    ("establishments_retrieve", EVERYONE),
    ("establishments_update", NATIONAL),
    ("establishments_delete", NATIONAL),
    ("establishments_history", EVERYONE),
    ("establishments_first_contact", EVERYONE),
    ("correspondents_list", EVERYONE),
    ("correspondents_create", NATIONAL_AND_DEPARTMENT),
    ("correspondents_retrieve", EVERYONE),
    ("correspondents_update", NATIONAL_AND_DEPARTMENT),
    ("correspondents_delete", NATIONAL_AND_DEPARTMENT),
    ("correspondents_history", NATIONAL_AND_DEPARTMENT),
    ("members_list", TEAM),
    ("members_create", STAFF),
    ("members_retrieve", TEAM),
    ("members_update", STAFF),
    ("members_delete", STAFF),
    ("members_history", STAFF),
    ("members_search", TEAM),
    ("members_card", ANY_TEAM),
    ("members_cover", TEAM),
    ("member_duplicates_list", TEAM),
    ("member_transfers_list", TEAM),
    ("member_transfers_create", STAFF),
    ("employments_list", TEAM),
    ("employments_create", STAFF),
    ("employments_retrieve", TEAM),
    ("employments_update", STAFF),
    ("employments_delete", STAFF),
    ("employments_history", STAFF),
    ("memberships_list", TEAM),
    ("memberships_create", STAFF),
    ("memberships_retrieve", TEAM),
    ("memberships_history", STAFF),
    ("memberships_transition", STAFF),
    ("memberships_transitions_list", TEAM),
    ("tariffs_list", EVERYONE),
    ("tariffs_create", NATIONAL),
    ("tariffs_retrieve", EVERYONE),
    ("tariffs_update", NATIONAL),
    ("tariffs_history", EVERYONE),
    ("imports_create", NATIONAL_AND_DEPARTMENT),
    ("operations_list", IMPORTERS),
    ("operations_retrieve", IMPORTERS),
    ("operations_lines_list", IMPORTERS),
    ("operations_corrections", IMPORTERS),
    ("status_retrieve", Access::Public),
    ("livez_retrieve", Access::Public),
    ("readyz_retrieve", Access::Public),
    ("metrics_retrieve", Access::Public),
    ("contract_retrieve", Access::Public),
    ("problem_types_list", Access::Public),
    ("problem_types_retrieve", Access::Public),
    ("jwks_retrieve", Access::Public),
    ("api_catalog_retrieve", Access::Public),
    ("security_txt_retrieve", Access::Public),
];

pub fn access(operation: &str) -> Option<Access> {
    MATRIX.iter().find(|(name, _)| *name == operation).map(|(_, access)| *access)
}

/// The rows that one caller may touch through one operation. Only the policy makes one, and no query runs without it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    all: bool,
    departments: Vec<DepartmentCode>,
    own: Option<Id>,
    /// The most confidential dossiers in scope, by department.
    ceilings: Vec<(DepartmentCode, Confidentiality)>,
    /// All dossiers besides, but only in this form.
    veiled: Option<Veil>,
    /// The roles by which the operation is granted, each with its department where it has one.
    roles: Vec<(Role, Option<DepartmentCode>)>,
}

/// In which form somebody knows of dossiers without reading them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Veil {
    Metadata,
    Pseudonyms,
}

impl Scope {
    fn nothing() -> Self {
        Self { all: false, departments: Vec::new(), own: None, ceilings: Vec::new(), veiled: None, roles: Vec::new() }
    }

    /// What this caller may touch today through an operation; none where the function is not granted.
    pub fn of(principal: &Principal, access: Access, today: Day) -> Option<Self> {
        Self::granted(principal.user_id, &principal.grants, access, today)
    }

    /// `of` by the grants of a user, for work in the background.
    pub fn granted(user_id: Id, grants: &[Grant], access: Access, today: Day) -> Option<Self> {
        let mut scope = Self::nothing();
        let lines = match access {
            Access::Public => return None,
            Access::SignedIn => {
                scope.own = Some(user_id);
                return Some(scope);
            }
            Access::Granted(lines) => lines,
        };
        let mut granted = false;
        for grant in grants.iter().filter(|grant| grant.in_force(today)) {
            for (_, rows) in lines.iter().filter(|(role, _)| *role == grant.role) {
                granted = true;
                scope.roles.push((grant.role, grant.department_code.clone()));
                match rows {
                    Rows::All => scope.all = true,
                    Rows::OwnDepartment => scope.departments.extend(grant.department_code.clone()),
                    Rows::Own => scope.own = Some(user_id),
                    Rows::Dossiers => {
                        scope.own = Some(user_id);
                        scope.ceilings.extend(grant.department_code.clone().zip(grant.role.ceiling()));
                        scope.departments.extend(grant.department_code.clone());
                    }
                    Rows::Metadata => scope.veiled = scope.veiled.max(Some(Veil::Metadata)),
                    Rows::Pseudonymous => scope.veiled = scope.veiled.max(Some(Veil::Pseudonyms)),
                }
            }
        }
        granted.then_some(scope)
    }

    /// What every signed-in user may see of the directory and the associations, for a reference that a caller names.
    pub fn everybody() -> Self {
        Self { all: true, ..Self::nothing() }
    }

    /// The console works on every row: whoever runs it holds the database.
    pub fn console() -> Self {
        Self { all: true, ..Self::nothing() }
    }

    pub fn is_all(&self) -> bool {
        self.all
    }

    pub fn departments(&self) -> &[DepartmentCode] {
        &self.departments
    }

    /// The most confidential dossiers in scope, by department.
    pub fn ceilings(&self) -> &[(DepartmentCode, Confidentiality)] {
        &self.ceilings
    }

    /// The form in which all dossiers are known besides.
    pub fn veiled(&self) -> Option<Veil> {
        self.veiled
    }

    /// This scope without what is known of in a veiled form only, or nothing but that.
    pub fn unveiled(&self) -> Self {
        Self { veiled: None, ..self.clone() }
    }

    pub fn only_veiled(&self) -> Self {
        Self { veiled: self.veiled, ..Self::nothing() }
    }

    /// Whether the caller has one of these roles where a row lies; none named means any that is granted the operation.
    pub fn holds(&self, roles: &[Role], department: Option<&str>) -> bool {
        let here = |code: &Option<DepartmentCode>| code.as_ref().is_none_or(|code| department == Some(code.as_str()));
        self.roles.iter().any(|(role, code)| here(code) && (roles.is_empty() || roles.contains(role)))
    }

    /// The user whose own rows are in scope.
    pub fn own(&self) -> Option<Id> {
        self.own
    }

    /// Whether a row of this department is in scope; none is the national level.
    pub fn covers_department(&self, code: Option<&str>) -> bool {
        self.all || code.is_some_and(|code| self.departments.iter().any(|own| own.as_str() == code))
    }
}
