//! The permission table: which role, and which scope of a machine, may call which operation, on which rows. Pure: no database,
//! no HTTP.

use super::Principal;
use super::machine::{ClientScope, InsurerCode, Machine};
use crate::db::{Id, Instant};
use crate::values::{Day, DepartmentCode, choice};
use std::borrow::Cow;

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
        Member = "member" ("Adhérent", "Member"),
        Correspondent = "correspondent" ("Correspondant", "Correspondent"),
        TrainingCoordinator = "training_coordinator" ("Responsable de la formation", "Training coordinator"),
        Lawyer = "lawyer" ("Avocat", "Lawyer"),
        AidCommitteeMember = "aid_committee_member" ("Membre de la commission d'aide", "Aid committee member"),
        Treasurer = "treasurer" ("Trésorier", "Treasurer"),
        SolidarityOfficer = "solidarity_officer" ("Chargé de la solidarité nationale", "National solidarity officer"),
        Auditor = "auditor" ("Auditeur", "Auditor"),
    }
}

/// Where a role holds; which places a grant of it names follows from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Perimeter {
    /// One's own file.
    Oneself,
    Establishment,
    Department,
    Academy,
    National,
    /// Dossiers of accepted, unfinished mandates.
    Mandates,
    /// The sessions of a committee, and what they decide to pay.
    Committee,
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

impl Confidentiality {
    /// This level and those below it.
    pub fn and_below(self) -> Vec<Self> {
        [Self::Standard, Self::Restricted, Self::Confidential, Self::Secret].into_iter().filter(|level| *level <= self).collect()
    }
}

impl Role {
    pub fn perimeter(self) -> Perimeter {
        match self {
            Self::Member => Perimeter::Oneself,
            Self::Correspondent => Perimeter::Establishment,
            Self::Volunteer | Self::DepartmentStaff | Self::DepartmentHead => Perimeter::Department,
            Self::TrainingCoordinator => Perimeter::Academy,
            Self::Lawyer => Perimeter::Mandates,
            Self::AidCommitteeMember | Self::Treasurer => Perimeter::Committee,
            Self::Admin | Self::NationalStaff | Self::Analyst | Self::Dpo | Self::SolidarityOfficer | Self::Auditor => Perimeter::National,
        }
    }

    /// Whether it can be granted. Accounts of members wait until an association turns them on: nothing serves them yet.
    pub fn is_offered(self) -> bool {
        self != Self::Member
    }

    /// Whether whoever holds it is linked to their own file as a member: nobody works on what is about themselves.
    pub fn needs_member(self) -> bool {
        matches!(self.perimeter(), Perimeter::Department | Perimeter::Establishment)
    }

    /// Whether a grant of this role waits for somebody besides whoever gives it: such roles reach into the whole association.
    pub fn needs_second_approver(self) -> bool {
        matches!(self, Self::Admin | Self::Dpo | Self::Analyst | Self::Auditor | Self::SolidarityOfficer)
    }

    /// Whether whoever holds it signs in with a second factor, except in a demonstration.
    pub fn needs_second_factor(self) -> bool {
        !matches!(self, Self::Volunteer | Self::Correspondent | Self::Member)
    }

    /// The most confidential dossiers that this role reads where it holds; none where it reads no content by its level.
    pub fn ceiling(self) -> Option<Confidentiality> {
        match self {
            Self::Volunteer | Self::Correspondent => Some(Confidentiality::Standard),
            Self::DepartmentStaff => Some(Confidentiality::Confidential),
            Self::DepartmentHead => Some(Confidentiality::Secret),
            _ => None,
        }
    }
}

/// The rows on which a role may use an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rows {
    All,
    /// Those of the grant's department.
    OwnDepartment,
    /// What belongs to the grant's establishment.
    OwnEstablishment,
    /// Those that the caller made.
    Own,
    /// Those that the caller opened, by their state alone.
    Opened,
    /// Dossiers of the grant's department up to the role's ceiling, and those the caller is the referent of.
    Dossiers,
    /// Every dossier that no wall keeps from the caller, to be opened for a while.
    Unwalled,
    /// Dossiers that the caller has opened for a while, for a reason.
    BreakGlass,
    /// Dossiers of the caller's accepted, unfinished mandates.
    Mandates,
    /// Dossiers whose national solidarity is requested and not yet decided.
    Solidarity,
    /// All, without content: what the law asks of whoever watches over personal data.
    Metadata,
    /// All, under pseudonyms and at the grain of published figures.
    Pseudonymous,
}

impl Rows {
    fn as_str(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::OwnDepartment => "own_department",
            Self::OwnEstablishment => "own_establishment",
            Self::Own => "own",
            Self::Opened => "opened",
            Self::Dossiers => "dossiers",
            Self::Unwalled => "unwalled",
            Self::BreakGlass => "break_glass",
            Self::Mandates => "mandates",
            Self::Solidarity => "solidarity",
            Self::Metadata => "metadata",
            Self::Pseudonymous => "pseudonymous",
        }
    }
}

/// Who may call an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Anybody, without a token.
    Public,
    /// Any signed-in user, on what is theirs.
    SignedIn,
    Granted(&'static [(Role, Rows)]),
    /// The same, and machines that hold one of these scopes.
    Shared(&'static [(Role, Rows)], &'static [(ClientScope, Rows)]),
}

impl Access {
    /// The roles that may call it.
    pub fn roles(self) -> &'static [(Role, Rows)] {
        match self {
            Self::Public | Self::SignedIn => &[],
            Self::Granted(roles) | Self::Shared(roles, _) => roles,
        }
    }

    /// The line as it is read by others: `public`, `signed_in`, or each role and scope with its rows.
    pub fn words(self) -> Vec<String> {
        match self {
            Self::Public => vec!["public".to_owned()],
            Self::SignedIn => vec!["signed_in".to_owned()],
            Self::Granted(_) | Self::Shared(..) => {
                let roles = self.roles().iter().map(|(role, rows)| format!("{}:{}", role.as_str(), rows.as_str()));
                roles.chain(self.scopes().iter().map(|(scope, rows)| format!("{}:{}", scope.as_str(), rows.as_str()))).collect()
            }
        }
    }

    /// The scopes of machines that may call it.
    pub fn scopes(self) -> &'static [(ClientScope, Rows)] {
        match self {
            Self::Shared(_, scopes) => scopes,
            Self::Public | Self::SignedIn | Self::Granted(_) => &[],
        }
    }

    const fn and(self, scopes: &'static [(ClientScope, Rows)]) -> Self {
        match self {
            Self::Granted(roles) => Self::Shared(roles, scopes),
            other => other,
        }
    }
}

const DIRECTORY: &[(ClientScope, Rows)] = &[(ClientScope::DirectoryRead, Rows::All)];
const CASES: &[(ClientScope, Rows)] = &[(ClientScope::CasesRead, Rows::Pseudonymous)];
/// Any machine, on what is its own.
const MACHINES: Access = Access::Shared(&[], &[(ClientScope::DirectoryRead, Rows::Own), (ClientScope::CasesRead, Rows::Own)]);
/// Machines are managed by whoever runs the house without reading dossiers. No second approver is asked for: a machine gets at most
/// the directory and what an analyst reads.
const CLIENTS: Access = Access::Granted(&[(Admin, Rows::All)]);

use Role::{
    Admin, AidCommitteeMember, Analyst, Auditor, Correspondent, DepartmentHead, DepartmentStaff, Dpo, Lawyer, NationalStaff, SolidarityOfficer,
    TrainingCoordinator, Treasurer, Volunteer,
};

/// Every role that can be granted reads the directory. Coordinators of training, committees and treasurers get their further lines
/// when their rooms come.
const EVERYONE: Access = Access::Granted(&[
    (Admin, Rows::All),
    (NationalStaff, Rows::All),
    (DepartmentHead, Rows::All),
    (DepartmentStaff, Rows::All),
    (Volunteer, Rows::All),
    (Analyst, Rows::All),
    (Dpo, Rows::All),
    (Correspondent, Rows::All),
    (TrainingCoordinator, Rows::All),
    (Lawyer, Rows::All),
    (AidCommitteeMember, Rows::All),
    (Treasurer, Rows::All),
    (SolidarityOfficer, Rows::All),
    (Auditor, Rows::All),
]);
const NATIONAL: Access = Access::Granted(&[(Admin, Rows::All), (NationalStaff, Rows::All)]);
const NATIONAL_AND_DEPARTMENT: Access =
    Access::Granted(&[(Admin, Rows::All), (NationalStaff, Rows::All), (DepartmentHead, Rows::OwnDepartment), (DepartmentStaff, Rows::OwnDepartment)]);
const NATIONAL_AND_HEAD: Access = Access::Granted(&[(Admin, Rows::All), (NationalStaff, Rows::All), (DepartmentHead, Rows::OwnDepartment)]);
/// Administrators see the imports of the directory, everybody else their own: reports tell what stands in the lines.
const IMPORTERS: Access = Access::Granted(&[(Admin, Rows::All), (NationalStaff, Rows::Own), (DepartmentHead, Rows::Own), (DepartmentStaff, Rows::Own)]);

const TEAM: Access = Access::Granted(&[(DepartmentHead, Rows::OwnDepartment), (DepartmentStaff, Rows::OwnDepartment), (Volunteer, Rows::OwnDepartment)]);
const STAFF: Access = Access::Granted(&[(DepartmentHead, Rows::OwnDepartment), (DepartmentStaff, Rows::OwnDepartment)]);
const ANY_TEAM: Access = Access::Granted(&[(DepartmentHead, Rows::All), (DepartmentStaff, Rows::All), (Volunteer, Rows::All)]);
const CASEWORKERS: Access = Access::Granted(&[(DepartmentHead, Rows::Dossiers), (DepartmentStaff, Rows::Dossiers), (Volunteer, Rows::Dossiers)]);
const CASEWORKERS_AND_DPO: Access =
    Access::Granted(&[(DepartmentHead, Rows::Dossiers), (DepartmentStaff, Rows::Dossiers), (Volunteer, Rows::Dossiers), (Dpo, Rows::Metadata)]);
/// Lawyers read the dossiers of their mandates; what they write comes with the room of mandates.
const CASE_LIST: Access = Access::Granted(&[
    (DepartmentHead, Rows::Dossiers),
    (DepartmentStaff, Rows::Dossiers),
    (Volunteer, Rows::Dossiers),
    (Dpo, Rows::Metadata),
    (Analyst, Rows::Pseudonymous),
    (Lawyer, Rows::Mandates),
    (SolidarityOfficer, Rows::Solidarity),
]);
const CASE_READERS: Access = Access::Granted(&[
    (DepartmentHead, Rows::Dossiers),
    (DepartmentStaff, Rows::Dossiers),
    (Volunteer, Rows::Dossiers),
    (Dpo, Rows::Metadata),
    (Lawyer, Rows::Mandates),
    (SolidarityOfficer, Rows::Solidarity),
    (NationalStaff, Rows::BreakGlass),
]);
const CASE_HISTORIANS: Access =
    Access::Granted(&[(DepartmentHead, Rows::Dossiers), (DepartmentStaff, Rows::Dossiers), (Volunteer, Rows::Dossiers), (NationalStaff, Rows::BreakGlass)]);
const CASE_MOVERS: Access = Access::Granted(&[
    (DepartmentHead, Rows::Dossiers),
    (DepartmentStaff, Rows::Dossiers),
    (Volunteer, Rows::Dossiers),
    (Dpo, Rows::Metadata),
    (SolidarityOfficer, Rows::Solidarity),
]);
/// Those to whom broken glass is shown, and whoever broke it.
const WITNESSES: Access = Access::Granted(&[(DepartmentHead, Rows::Dossiers), (Dpo, Rows::Metadata), (NationalStaff, Rows::Own)]);
const HOLDERS: Access = Access::Granted(&[(DepartmentHead, Rows::Dossiers), (Dpo, Rows::Metadata)]);
const ACCOUNTS: Access = Access::Granted(&[(Admin, Rows::All), (DepartmentHead, Rows::OwnDepartment)]);

/// Those who watch over what is done; who runs the house does so without content.
const WATCHERS: Access = Access::Granted(&[(Admin, Rows::Metadata), (Dpo, Rows::All), (Auditor, Rows::All)]);

/// Who opens a first contact: the team, and the correspondent of a school for that school.
const CALL_TAKERS: Access = Access::Granted(&[
    (DepartmentHead, Rows::OwnDepartment),
    (DepartmentStaff, Rows::OwnDepartment),
    (Volunteer, Rows::OwnDepartment),
    (Correspondent, Rows::OwnEstablishment),
]);
const CALL_READERS: Access = Access::Granted(&[
    (DepartmentHead, Rows::OwnDepartment),
    (DepartmentStaff, Rows::OwnDepartment),
    (Volunteer, Rows::OwnDepartment),
    (Correspondent, Rows::Opened),
]);

/// One line per operation of the contract; an operation without one is not served.
#[rustfmt::skip]
pub const MATRIX: &[(&str, Access)] = &[
    ("sessions_create", Access::Public),
    ("sessions_refresh", Access::Public),
    ("passwords_set", Access::Public),
    ("second_factors_prepare", Access::Public),
    ("second_factors_confirm", Access::Public),
    ("sessions_delete_current", Access::SignedIn),
    ("me_retrieve", Access::SignedIn),
    ("sessions_delete", Access::SignedIn),
    ("me_sessions_list", Access::SignedIn),
    ("me_sessions_delete", Access::SignedIn),
    ("me_password_change", Access::SignedIn),
    ("me_second_factor_begin", Access::SignedIn),
    ("users_list", ACCOUNTS),
    ("users_create", ACCOUNTS),
    ("users_retrieve", ACCOUNTS),
    ("users_update", ACCOUNTS),
    ("users_history", ACCOUNTS),
    ("users_transition", ACCOUNTS),
    ("users_transitions_list", ACCOUNTS),
    ("user_sessions_list", ACCOUNTS),
    ("user_sessions_delete", ACCOUNTS),
    ("users_reset_password", ACCOUNTS),
    ("user_grants_list", ACCOUNTS),
    ("user_grants_create", ACCOUNTS),
    ("user_grants_retrieve", ACCOUNTS),
    ("user_grants_transition", ACCOUNTS),
    ("user_grants_transitions_list", ACCOUNTS),
    ("tokens_issue", Access::Public),
    ("authorization_server_retrieve", Access::Public),
    ("me_client_retrieve", MACHINES),
    ("api_clients_list", CLIENTS),
    ("api_clients_create", CLIENTS),
    ("api_clients_retrieve", CLIENTS),
    ("api_clients_update", CLIENTS),
    ("api_clients_history", CLIENTS),
    ("api_clients_transition", CLIENTS),
    ("api_clients_transitions_list", CLIENTS),
    ("client_secrets_list", CLIENTS),
    ("client_secrets_create", CLIENTS),
    ("client_secrets_delete", CLIENTS),
    ("reference_regions_list", Access::Public),
    ("reference_academies_list", Access::Public),
    ("reference_departments_list", Access::Public),
    ("reference_enumerations_list", Access::Public),
    ("workflows_list", Access::Public),
    ("associations_list", EVERYONE.and(DIRECTORY)),
    ("associations_retrieve", EVERYONE.and(DIRECTORY)),
    ("associations_update", NATIONAL_AND_HEAD),
    ("associations_history", NATIONAL_AND_DEPARTMENT),
    ("team_members_list", EVERYONE),
    ("team_members_create", NATIONAL_AND_DEPARTMENT),
    ("team_members_retrieve", EVERYONE),
    ("team_members_update", NATIONAL_AND_DEPARTMENT),
    ("team_members_delete", NATIONAL_AND_DEPARTMENT),
    ("team_members_history", NATIONAL_AND_DEPARTMENT),
    ("establishments_list", EVERYONE.and(DIRECTORY)),
    ("establishments_create", NATIONAL),
    ("establishments_retrieve", EVERYONE.and(DIRECTORY)),
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
    ("member_merges_list", STAFF),
    ("member_merges_create", STAFF),
    ("member_merges_retrieve", STAFF),
    ("member_merges_transition", STAFF),
    ("member_merges_transitions_list", STAFF),
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
    ("reference_motives_list", Access::Public),
    ("dossiers_list", CASE_LIST.and(CASES)),
    ("dossiers_create", CASEWORKERS),
    ("dossiers_retrieve", CASE_READERS),
    ("dossiers_update", CASEWORKERS),
    ("dossiers_history", CASE_HISTORIANS),
    ("dossiers_transition", CASE_MOVERS),
    ("dossiers_transitions_list", CASE_READERS),
    ("break_glass_list", WITNESSES),
    ("break_glass_create", Access::Granted(&[(NationalStaff, Rows::Unwalled)])),
    ("break_glass_retrieve", WITNESSES),
    ("break_glass_transition", WITNESSES),
    ("break_glass_transitions_list", WITNESSES),
    ("dossier_break_glass_list", Access::Granted(&[(DepartmentHead, Rows::Dossiers), (Dpo, Rows::Metadata), (NationalStaff, Rows::BreakGlass)])),
    ("legal_holds_list", HOLDERS),
    ("legal_holds_create", HOLDERS),
    ("legal_holds_retrieve", HOLDERS),
    ("legal_holds_transition", HOLDERS),
    ("legal_holds_transitions_list", HOLDERS),
    ("contact_requests_list", CALL_READERS),
    ("contact_requests_create", CALL_TAKERS),
    ("contact_requests_retrieve", CALL_READERS),
    ("contact_requests_update", TEAM),
    ("contact_requests_history", TEAM),
    ("contact_requests_transition", TEAM),
    ("contact_requests_transitions_list", TEAM),
    ("audit_events_list", WATCHERS),
    ("access_log_list", WATCHERS),
    ("dossiers_access_retrieve", CASEWORKERS_AND_DPO),
    ("members_access_log_list", Access::Granted(&[(DepartmentHead, Rows::OwnDepartment), (Dpo, Rows::All)])),
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

/// The operations that machines with these scopes may call.
pub fn operations_of(scopes: &[ClientScope]) -> Vec<&'static str> {
    let open = |access: &Access| access.scopes().iter().any(|(scope, _)| scopes.contains(scope));
    MATRIX.iter().filter(|(_, access)| open(access)).map(|(operation, _)| *operation).collect()
}

/// The rows that one caller may touch through one operation. Only the policy makes one, and no query runs without it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    all: bool,
    departments: Vec<DepartmentCode>,
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
            schools: Vec::new(),
            own: None,
            opened: None,
            ceilings: Vec::new(),
            veiled: None,
            roles: Vec::new(),
            permits: Vec::new(),
            solidarity: false,
            unwalled: false,
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

    /// What this caller may touch now through another operation than the one called: what a body refers to. Nothing where
    /// that operation is not granted.
    pub fn through(principal: &Principal, operation: &str, now: Instant) -> Self {
        access(operation).and_then(|access| Self::of(principal, access, now)).unwrap_or_else(Self::nothing)
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
        let roles = self.roles.iter().filter(|(role, _)| matches!(role, Dpo | Analyst)).cloned().collect();
        Self { veiled: self.veiled, roles, now: self.now, bounds: self.bounds.clone(), ..Self::nothing() }
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
        let runs = |permit: &PermitFact| {
            let lasting = permit.expires_at.is_none_or(|end| self.now.is_some_and(|now| now < end));
            self.caller == Some(permit.user_id) && permit.ended_at.is_none() && lasting
        };
        case.permits.iter().find(|permit| self.permits.contains(&permit.kind) && runs(permit)).map(|permit| permit.kind)
    }

    fn decides(&self, case: &Case<'_>) -> bool {
        self.solidarity && case.awaits_solidarity
    }

    /// Whether a dossier is read with its content: by the caller's ceiling in its department or as its referent, by what opens it
    /// to them, or to decide on national solidarity; and no wall keeps them away. `Scope::dossiers` says the same to the database.
    pub fn reads(&self, case: &Case<'_>) -> bool {
        (self.works(case) || self.permit(case).is_some() || self.decides(case)) && self.wall(case).is_none()
    }

    /// This scope with those roles alone by which the caller sees a dossier: who has several rights gives there only the commands
    /// of these.
    pub fn commanding(&self, case: &Case<'_>) -> Cow<'_, Self> {
        let open = self.wall(case).is_none();
        let (works, decides) = (open && self.works(case), open && self.decides(case));
        let reaches = |(role, _): &&(Role, Option<DepartmentCode>)| match role {
            Dpo | Analyst => self.veiled.is_some(),
            SolidarityOfficer => decides,
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
            let watches = self.veiled == Some(Veil::Metadata) && self.roles.iter().any(|(role, _)| *role == Dpo);
            return watches.then(|| Dpo.as_str().to_owned()).into_iter().collect();
        }
        let reaching =
            self.roles.iter().filter(|(role, code)| code.as_ref() == Some(case.department) && role.ceiling().is_some_and(|ceiling| case.level <= ceiling));
        let reaching = reaching.map(|(role, _)| format!("{}:{}", role.as_str(), case.department));
        let refers = self.refers(case).then(|| "referent".to_owned());
        let permit = self.permit(case).map(|kind| kind.as_str().to_owned());
        let decides = self.decides(case).then(|| SolidarityOfficer.as_str().to_owned());
        reaching.chain(refers).chain(permit).chain(decides).collect()
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
            let broke_glass = *role == NationalStaff && self.permits.contains(&PermitKind::BreakGlass);
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

    /// Whether a row of this department is in scope; none is the national level.
    pub fn covers_department(&self, code: Option<&str>) -> bool {
        self.is_all() || code.is_some_and(|code| self.departments.iter().any(|own| own.as_str() == code))
    }
}
