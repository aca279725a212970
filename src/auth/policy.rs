//! The permission table: which role, and which scope of a machine, may call which operation, on which rows. Pure: no database,
//! no HTTP.

use super::machine::ClientScope;
use crate::values::choice;

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
    /// Those of the grant's academy, and of its departments.
    OwnAcademy,
    /// Training sessions that were announced, without those who take part.
    Announced,
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
    /// Dossiers of the caller's accepted, unfinished mandates; and the mandates proposed to the caller, whatever their state.
    Mandates,
    /// Dossiers whose national solidarity is requested and not yet decided.
    Solidarity,
    /// Committees in which the caller is in office today, in a function that goes with the role, and what is theirs.
    Committee,
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
            Self::OwnAcademy => "own_academy",
            Self::Announced => "announced",
            Self::OwnEstablishment => "own_establishment",
            Self::Own => "own",
            Self::Opened => "opened",
            Self::Dossiers => "dossiers",
            Self::Unwalled => "unwalled",
            Self::BreakGlass => "break_glass",
            Self::Mandates => "mandates",
            Self::Solidarity => "solidarity",
            Self::Committee => "committee",
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

/// Every role that can be granted reads the directory.
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
/// The team reads the incidents of the department; national staff count them all.
const INCIDENT_READERS: Access = Access::Granted(&[
    (NationalStaff, Rows::Metadata),
    (DepartmentHead, Rows::OwnDepartment),
    (DepartmentStaff, Rows::OwnDepartment),
    (Volunteer, Rows::OwnDepartment),
]);
const STAFF: Access = Access::Granted(&[(DepartmentHead, Rows::OwnDepartment), (DepartmentStaff, Rows::OwnDepartment)]);
const CASEWORKERS: Access = Access::Granted(&[(DepartmentHead, Rows::Dossiers), (DepartmentStaff, Rows::Dossiers), (Volunteer, Rows::Dossiers)]);
const CASEWORKERS_AND_DPO: Access =
    Access::Granted(&[(DepartmentHead, Rows::Dossiers), (DepartmentStaff, Rows::Dossiers), (Volunteer, Rows::Dossiers), (Dpo, Rows::Metadata)]);
/// The team proposes dossiers and lawyers answer; both write down what they do.
const CASEWORKERS_AND_LAWYERS: Access =
    Access::Granted(&[(DepartmentHead, Rows::Dossiers), (DepartmentStaff, Rows::Dossiers), (Volunteer, Rows::Dossiers), (Lawyer, Rows::Mandates)]);
/// A dossier can be proposed to a lawyer of any bar, and any may train: the teams and coordinators of training read them all.
const LAWYER_READERS: Access = Access::Granted(&[
    (Admin, Rows::All),
    (NationalStaff, Rows::All),
    (DepartmentHead, Rows::All),
    (DepartmentStaff, Rows::All),
    (Volunteer, Rows::All),
    (TrainingCoordinator, Rows::All),
    (Lawyer, Rows::Own),
]);
/// Lawyers read the dossiers of their mandates.
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
/// Who reads what lies under a dossier: whoever reads its content.
const PART_READERS: Access = Access::Granted(&[
    (DepartmentHead, Rows::Dossiers),
    (DepartmentStaff, Rows::Dossiers),
    (Volunteer, Rows::Dossiers),
    (Lawyer, Rows::Mandates),
    (SolidarityOfficer, Rows::Solidarity),
    (NationalStaff, Rows::BreakGlass),
]);
/// The same over all dossiers: broken glass opens one, and no list.
const PART_LIST: Access = Access::Granted(&[
    (DepartmentHead, Rows::Dossiers),
    (DepartmentStaff, Rows::Dossiers),
    (Volunteer, Rows::Dossiers),
    (Lawyer, Rows::Mandates),
    (SolidarityOfficer, Rows::Solidarity),
]);
/// The same over what is to be done; and over what tells of conflicts, the data protection officer, who waives them.
const TASK_LIST: Access = Access::Granted(&[
    (DepartmentHead, Rows::Dossiers),
    (DepartmentStaff, Rows::Dossiers),
    (Volunteer, Rows::Dossiers),
    (Dpo, Rows::Metadata),
    (Lawyer, Rows::Mandates),
    (SolidarityOfficer, Rows::Solidarity),
]);
const TASK_HISTORIANS: Access = Access::Granted(&[
    (DepartmentHead, Rows::Dossiers),
    (DepartmentStaff, Rows::Dossiers),
    (Volunteer, Rows::Dossiers),
    (Dpo, Rows::Metadata),
    (NationalStaff, Rows::BreakGlass),
]);
/// The team writes down what the insurer answers; who is in charge of solidarity decides on it.
const COVER_DECIDERS: Access =
    Access::Granted(&[(DepartmentHead, Rows::Dossiers), (DepartmentStaff, Rows::Dossiers), (Volunteer, Rows::Dossiers), (SolidarityOfficer, Rows::Solidarity)]);
/// Those to whom broken glass is shown, and whoever broke it.
const WITNESSES: Access = Access::Granted(&[(DepartmentHead, Rows::Dossiers), (Dpo, Rows::Metadata), (NationalStaff, Rows::Own)]);
const HOLDERS: Access = Access::Granted(&[(DepartmentHead, Rows::Dossiers), (Dpo, Rows::Metadata)]);
const ACCOUNTS: Access = Access::Granted(&[(Admin, Rows::All), (DepartmentHead, Rows::OwnDepartment)]);

/// Whoever may have something to do keeps their own absences, and the head those of the department.
const ABSENCES: Access = Access::Granted(&[
    (Admin, Rows::All),
    (DepartmentHead, Rows::OwnDepartment),
    (DepartmentStaff, Rows::Own),
    (Volunteer, Rows::Own),
    (Lawyer, Rows::Own),
    (SolidarityOfficer, Rows::Own),
]);

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

/// Who has members come who are none of their own: the exact number and date of birth are asked for.
const CARD_READERS: Access = Access::Granted(&[
    (NationalStaff, Rows::All),
    (DepartmentHead, Rows::All),
    (DepartmentStaff, Rows::All),
    (Volunteer, Rows::All),
    (TrainingCoordinator, Rows::All),
]);
/// Who organises training: each at their level and, in an academy, for its departments.
const ORGANISERS: Access = Access::Granted(&[
    (NationalStaff, Rows::All),
    (DepartmentHead, Rows::OwnDepartment),
    (DepartmentStaff, Rows::OwnDepartment),
    (TrainingCoordinator, Rows::OwnAcademy),
]);
/// Whoever organises a session, and everybody else once it was announced.
const TRAINING_READERS: Access = Access::Granted(&[
    (Admin, Rows::Announced),
    (NationalStaff, Rows::All),
    (DepartmentHead, Rows::OwnDepartment),
    (DepartmentHead, Rows::Announced),
    (DepartmentStaff, Rows::OwnDepartment),
    (DepartmentStaff, Rows::Announced),
    (Volunteer, Rows::Announced),
    (Analyst, Rows::Announced),
    (Dpo, Rows::Announced),
    (Correspondent, Rows::Announced),
    (TrainingCoordinator, Rows::OwnAcademy),
    (TrainingCoordinator, Rows::Announced),
    (Lawyer, Rows::Announced),
    (AidCommitteeMember, Rows::Announced),
    (Treasurer, Rows::Announced),
    (SolidarityOfficer, Rows::Announced),
    (Auditor, Rows::Announced),
]);
/// Who sets up the training of an academy.
const COMMISSIONERS: Access = Access::Granted(&[(NationalStaff, Rows::All), (TrainingCoordinator, Rows::OwnAcademy)]);

const HEADS: Access = Access::Granted(&[(DepartmentHead, Rows::OwnDepartment)]);
/// Who instructs requests for aid sees the committees of the department; who sits in one, that one.
const COMMITTEE_READERS: Access = Access::Granted(&[
    (DepartmentHead, Rows::OwnDepartment),
    (DepartmentStaff, Rows::OwnDepartment),
    (AidCommitteeMember, Rows::Committee),
    (Treasurer, Rows::Committee),
]);
/// Sessions are prepared by department staff and run with whoever presides.
const COMMITTEE_MOVERS: Access =
    Access::Granted(&[(DepartmentHead, Rows::OwnDepartment), (DepartmentStaff, Rows::OwnDepartment), (AidCommitteeMember, Rows::Committee)]);
/// Who knows whose request is whose: those who instruct, and the treasurer who pays.
const COMMITTEE_IDENTIFIERS: Access =
    Access::Granted(&[(DepartmentHead, Rows::OwnDepartment), (DepartmentStaff, Rows::OwnDepartment), (Treasurer, Rows::Committee)]);

/// The rules of aid are no secret of anybody who has a part in it.
const AID_RULE_READERS: Access = Access::Granted(&[
    (Admin, Rows::All),
    (NationalStaff, Rows::All),
    (DepartmentHead, Rows::All),
    (DepartmentStaff, Rows::All),
    (AidCommitteeMember, Rows::All),
    (Treasurer, Rows::All),
]);
const ENVELOPE_READERS: Access = Access::Granted(&[
    (Admin, Rows::All),
    (NationalStaff, Rows::All),
    (DepartmentHead, Rows::OwnDepartment),
    (DepartmentStaff, Rows::OwnDepartment),
    (Treasurer, Rows::Committee),
]);
/// The team orders payments and follows repayments, the treasurer executes and receives them.
const PURSE_KEEPERS: Access = Access::Granted(&[(DepartmentHead, Rows::OwnDepartment), (DepartmentStaff, Rows::OwnDepartment), (Treasurer, Rows::Committee)]);
const TREASURERS: Access = Access::Granted(&[(Treasurer, Rows::Committee)]);

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
    ("me_recovery_codes_create", Access::SignedIn),
    ("me_calendar_feeds_list", Access::SignedIn),
    ("me_calendar_feeds_create", Access::SignedIn),
    ("calendar_feeds_delete", Access::SignedIn),
    ("calendars_retrieve", Access::Public),
    ("me_digest_retrieve", Access::SignedIn),
    ("me_digest_update", Access::SignedIn),
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
    ("absences_list", ABSENCES),
    ("absences_create", ABSENCES),
    ("absences_retrieve", ABSENCES),
    ("absences_update", ABSENCES),
    ("absences_delete", ABSENCES),
    ("absences_history", ABSENCES),
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
    ("reference_deadline_rules_list", Access::Public),
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
    ("members_card", CARD_READERS),
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
    ("reference_contexts_list", Access::Public),
    ("dossiers_list", CASE_LIST.and(CASES)),
    ("dossiers_create", CASEWORKERS),
    ("dossiers_retrieve", CASE_READERS),
    ("dossiers_update", CASEWORKERS),
    ("dossiers_history", CASE_HISTORIANS),
    ("dossiers_transition", CASEWORKERS_AND_DPO),
    ("dossiers_transitions_list", CASE_READERS),
    ("dossier_splits_create", CASEWORKERS),
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
    ("activities_list", PART_READERS),
    ("activities_create", CASEWORKERS_AND_LAWYERS),
    ("activities_retrieve", PART_READERS),
    ("activities_update", CASEWORKERS_AND_LAWYERS),
    ("activities_history", CASE_HISTORIANS),
    ("tasks_list", TASK_LIST),
    ("dossier_tasks_list", PART_READERS),
    ("tasks_create", CASEWORKERS),
    ("tasks_retrieve", CASE_READERS),
    ("tasks_update", CASEWORKERS),
    ("tasks_history", TASK_HISTORIANS),
    ("tasks_transition", CASEWORKERS),
    ("tasks_transitions_list", CASE_READERS),
    ("dossier_timeline_list", PART_READERS),
    ("documents_list", PART_READERS),
    ("documents_create", CASEWORKERS),
    ("documents_retrieve", PART_READERS),
    ("documents_update", CASEWORKERS),
    ("documents_history", CASE_HISTORIANS),
    ("documents_content", PART_READERS),
    ("document_versions_list", PART_READERS),
    ("document_versions_create", CASEWORKERS),
    ("document_versions_content", PART_READERS),
    ("parties_list", PART_READERS),
    ("parties_create", CASEWORKERS),
    ("parties_retrieve", PART_READERS),
    ("parties_update", CASEWORKERS),
    ("parties_history", CASE_HISTORIANS),
    ("conflicts_list", HOLDERS),
    ("conflicts_retrieve", HOLDERS),
    ("conflicts_transition", HOLDERS),
    ("conflicts_transitions_list", HOLDERS),
    ("lawyers_list", LAWYER_READERS),
    ("lawyers_create", NATIONAL_AND_DEPARTMENT),
    ("lawyers_retrieve", LAWYER_READERS),
    ("lawyers_update", NATIONAL_AND_DEPARTMENT),
    ("lawyers_history", NATIONAL_AND_DEPARTMENT),
    ("unavailabilities_list", LAWYER_READERS),
    ("unavailabilities_create", NATIONAL_AND_DEPARTMENT),
    ("unavailabilities_retrieve", LAWYER_READERS),
    ("unavailabilities_update", NATIONAL_AND_DEPARTMENT),
    ("unavailabilities_delete", NATIONAL_AND_DEPARTMENT),
    ("mandates_list", Access::Granted(&[(Lawyer, Rows::Own)])),
    ("dossier_mandates_list", PART_READERS),
    ("mandates_create", CASEWORKERS),
    ("mandates_retrieve", PART_READERS),
    ("mandates_history", CASE_HISTORIANS),
    ("mandates_transition", CASEWORKERS_AND_LAWYERS),
    ("mandates_transitions_list", PART_READERS),
    ("lawyer_suggestions_list", CASEWORKERS),
    ("cover_decisions_list", PART_READERS),
    ("cover_decisions_create", CASEWORKERS),
    ("cover_decisions_retrieve", PART_READERS),
    ("cover_decisions_update", CASEWORKERS),
    ("cover_decisions_history", CASE_HISTORIANS),
    ("cover_decisions_transition", COVER_DECIDERS),
    ("cover_decisions_transitions_list", PART_READERS),
    ("protection_requests_list", PART_READERS),
    ("protection_requests_create", CASEWORKERS),
    ("protection_requests_retrieve", PART_READERS),
    ("protection_requests_update", CASEWORKERS),
    ("protection_requests_history", CASE_HISTORIANS),
    ("protection_requests_transition", CASEWORKERS),
    ("protection_requests_transitions_list", PART_READERS),
    ("deadlines_list", PART_LIST),
    ("dossier_deadlines_list", PART_READERS),
    ("deadlines_retrieve", PART_READERS),
    ("deadlines_history", CASE_HISTORIANS),
    ("deadlines_transition", CASEWORKERS),
    ("deadlines_transitions_list", PART_READERS),
    ("deadline_events_list", PART_READERS),
    ("deadline_events_create", CASEWORKERS),
    ("deadline_events_retrieve", PART_READERS),
    ("deadline_events_history", CASE_HISTORIANS),
    ("deadline_events_transition", CASEWORKERS),
    ("deadline_events_transitions_list", PART_READERS),
    ("proceedings_list", PART_READERS),
    ("proceedings_create", CASEWORKERS),
    ("proceedings_retrieve", PART_READERS),
    ("proceedings_update", CASEWORKERS),
    ("proceedings_history", CASE_HISTORIANS),
    ("proceedings_transition", CASEWORKERS),
    ("proceedings_transitions_list", PART_READERS),
    ("proceeding_steps_list", PART_READERS),
    ("proceeding_steps_create", CASEWORKERS),
    ("proceeding_steps_retrieve", PART_READERS),
    ("proceeding_steps_transition", CASEWORKERS),
    ("proceeding_steps_transitions_list", PART_READERS),
    ("conciliations_list", PART_READERS),
    ("conciliations_create", CASEWORKERS),
    ("conciliations_retrieve", PART_READERS),
    ("conciliations_update", CASEWORKERS),
    ("conciliations_history", CASE_HISTORIANS),
    ("conciliations_transition", CASEWORKERS),
    ("conciliations_transitions_list", PART_READERS),
    ("conciliation_sessions_list", PART_READERS),
    ("conciliation_sessions_create", CASEWORKERS),
    ("conciliation_sessions_retrieve", PART_READERS),
    ("conciliation_sessions_update", CASEWORKERS),
    ("conciliation_sessions_history", CASE_HISTORIANS),
    ("commitments_list", PART_READERS),
    ("commitments_create", CASEWORKERS),
    ("commitments_retrieve", PART_READERS),
    ("commitments_update", CASEWORKERS),
    ("commitments_history", CASE_HISTORIANS),
    ("commitments_transition", CASEWORKERS),
    ("commitments_transitions_list", PART_READERS),
    ("links_list", PART_READERS),
    ("links_create", CASEWORKERS),
    ("links_retrieve", PART_READERS),
    ("links_history", CASE_HISTORIANS),
    ("links_transition", CASEWORKERS),
    ("links_transitions_list", PART_READERS),
    ("incidents_list", INCIDENT_READERS),
    ("incidents_statistics", INCIDENT_READERS),
    ("incidents_create", TEAM),
    ("incidents_retrieve", INCIDENT_READERS),
    ("incidents_update", TEAM),
    ("incidents_history", TEAM),
    ("incident_dossiers_list", CASEWORKERS),
    ("contact_requests_list", CALL_READERS),
    ("contact_requests_create", CALL_TAKERS),
    ("contact_requests_retrieve", CALL_READERS),
    ("contact_requests_update", TEAM),
    ("contact_requests_history", TEAM),
    ("contact_requests_transition", TEAM),
    ("contact_requests_transitions_list", TEAM),
    ("training_modules_list", EVERYONE),
    ("training_modules_create", NATIONAL),
    ("training_modules_retrieve", EVERYONE),
    ("training_modules_update", NATIONAL),
    ("training_modules_history", EVERYONE),
    ("training_sessions_list", TRAINING_READERS),
    ("training_sessions_create", ORGANISERS),
    ("training_sessions_retrieve", TRAINING_READERS),
    ("training_sessions_update", ORGANISERS),
    ("training_sessions_history", ORGANISERS),
    ("training_sessions_transition", ORGANISERS),
    ("training_sessions_transitions_list", ORGANISERS),
    ("training_slots_list", TRAINING_READERS),
    ("training_slots_create", ORGANISERS),
    ("training_slots_retrieve", TRAINING_READERS),
    ("training_slots_update", ORGANISERS),
    ("training_slots_delete", ORGANISERS),
    ("training_registrations_list", ORGANISERS),
    ("training_registrations_create", ORGANISERS),
    ("training_registrations_create_many", ORGANISERS),
    ("training_registrations_retrieve", ORGANISERS),
    ("training_registrations_update", ORGANISERS),
    ("training_registrations_history", ORGANISERS),
    ("training_registrations_transition", ORGANISERS),
    ("training_registrations_transitions_list", ORGANISERS),
    ("attendance_list", ORGANISERS),
    ("attendance_record", ORGANISERS),
    ("attendance_rates_retrieve", ORGANISERS),
    ("training_certificates_list", ORGANISERS),
    ("training_certificates_issue", ORGANISERS),
    ("training_certificates_retrieve", ORGANISERS),
    ("training_certificates_sheet", ORGANISERS),
    ("training_certificates_transition", ORGANISERS),
    ("training_certificates_transitions_list", ORGANISERS),
    ("certificate_checks_create", Access::Public),
    ("training_commissions_list", EVERYONE),
    ("training_commissions_create", COMMISSIONERS),
    ("training_commissions_retrieve", EVERYONE),
    ("training_commissions_update", COMMISSIONERS),
    ("training_commissions_history", COMMISSIONERS),
    ("commission_members_list", EVERYONE),
    ("commission_members_create", COMMISSIONERS),
    ("commission_members_retrieve", EVERYONE),
    ("commission_members_update", COMMISSIONERS),
    ("commission_members_delete", COMMISSIONERS),
    ("commission_members_history", COMMISSIONERS),
    ("training_plans_list", EVERYONE),
    ("training_plans_create", COMMISSIONERS),
    ("training_plans_retrieve", EVERYONE),
    ("training_plans_update", COMMISSIONERS),
    ("training_plans_history", COMMISSIONERS),
    ("aid_committees_list", COMMITTEE_READERS),
    ("aid_committees_create", HEADS),
    ("aid_committees_retrieve", COMMITTEE_READERS),
    ("aid_committees_update", HEADS),
    ("aid_committees_history", STAFF),
    ("aid_committee_members_list", COMMITTEE_READERS),
    ("aid_committee_members_create", HEADS),
    ("aid_committee_members_retrieve", COMMITTEE_READERS),
    ("aid_committee_members_update", HEADS),
    ("aid_committee_members_history", STAFF),
    ("aid_sessions_list", COMMITTEE_READERS),
    ("aid_sessions_create", STAFF),
    ("aid_sessions_retrieve", COMMITTEE_READERS),
    ("aid_sessions_update", STAFF),
    ("aid_sessions_history", STAFF),
    ("aid_sessions_transition", COMMITTEE_MOVERS),
    ("aid_sessions_transitions_list", COMMITTEE_READERS),
    ("aid_session_minutes_retrieve", COMMITTEE_READERS),
    ("aid_attendances_list", COMMITTEE_READERS),
    ("aid_attendances_retrieve", COMMITTEE_READERS),
    ("aid_attendances_update", COMMITTEE_MOVERS),
    ("aid_attendances_history", STAFF),
    ("aid_docket_items_list", COMMITTEE_READERS),
    ("aid_docket_items_create", STAFF),
    ("aid_docket_items_retrieve", COMMITTEE_READERS),
    ("aid_docket_items_history", STAFF),
    ("aid_docket_items_transition", COMMITTEE_MOVERS),
    ("aid_docket_items_transitions_list", COMMITTEE_READERS),
    ("aid_identities_list", COMMITTEE_IDENTIFIERS),
    ("aid_votes_list", COMMITTEE_READERS),
    ("aid_votes_create", Access::Granted(&[(AidCommitteeMember, Rows::Committee)])),
    ("aid_votes_retrieve", COMMITTEE_READERS),
    ("aid_recusals_list", COMMITTEE_READERS),
    ("aid_recusals_create", COMMITTEE_MOVERS),
    ("aid_recusals_retrieve", COMMITTEE_READERS),
    ("financial_aid_requests_list", STAFF),
    ("financial_aid_requests_create", STAFF),
    ("financial_aid_requests_retrieve", STAFF),
    ("financial_aid_requests_update", STAFF),
    ("financial_aid_requests_history", STAFF),
    ("financial_aid_requests_transition", STAFF),
    ("financial_aid_requests_transitions_list", STAFF),
    ("financial_aid_requests_checks", STAFF),
    ("financial_aid_requests_repayment", PURSE_KEEPERS),
    ("aid_documents_list", STAFF),
    ("aid_documents_create", STAFF),
    ("aid_documents_retrieve", STAFF),
    ("aid_documents_update", STAFF),
    ("aid_documents_history", STAFF),
    ("aid_documents_content", STAFF),
    ("aid_document_versions_list", STAFF),
    ("aid_document_versions_create", STAFF),
    ("aid_document_versions_content", STAFF),
    ("payments_list", PURSE_KEEPERS),
    ("financial_aid_request_payments_list", PURSE_KEEPERS),
    ("payments_create", STAFF),
    ("payments_retrieve", PURSE_KEEPERS),
    ("payments_history", PURSE_KEEPERS),
    ("payments_transition", PURSE_KEEPERS),
    ("payments_transitions_list", PURSE_KEEPERS),
    ("payment_batches_list", TREASURERS),
    ("payment_batches_create", TREASURERS),
    ("payment_batches_retrieve", TREASURERS),
    ("payment_lines_list", TREASURERS),
    ("instalments_list", PURSE_KEEPERS),
    ("instalments_retrieve", PURSE_KEEPERS),
    ("instalments_history", PURSE_KEEPERS),
    ("instalments_transition", PURSE_KEEPERS),
    ("instalments_transitions_list", PURSE_KEEPERS),
    ("aid_rules_list", AID_RULE_READERS),
    ("aid_rules_create", NATIONAL_AND_HEAD),
    ("aid_rules_retrieve", AID_RULE_READERS),
    ("aid_rules_update", NATIONAL_AND_HEAD),
    ("aid_rules_history", NATIONAL_AND_DEPARTMENT),
    ("aid_envelopes_list", ENVELOPE_READERS),
    ("aid_envelopes_create", NATIONAL_AND_HEAD),
    ("aid_envelopes_retrieve", ENVELOPE_READERS),
    ("aid_envelopes_update", NATIONAL_AND_HEAD),
    ("aid_envelopes_history", ENVELOPE_READERS),
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
