//! Every operation × every caller × every situation of a row, against an oracle of our own: written from the design alone, it knows
//! nothing of `auth::policy`.

use super::estate::Estate;
use super::requests::{Operation, operations, put};
use super::side_by_side;
use crate::harness::cases::{lawyer_with, user_id};
use crate::harness::committees::seat;
use crate::harness::data::{association, tariff};
use crate::harness::{Client, Reply, World};
use diesel::prelude::*;
use entraide::auth::{Confidentiality, PermitKind, Role, Scope, WallKind};
use entraide::db::schema::{
    self, activities, aid_instalments, aid_payment_batches, aid_payments, commitments, conciliation_sessions, conciliations, cover_decisions, deadline_events,
    deadlines, document_versions, documents, dossier_parties, dossier_permits, dossier_walls, dossiers, financial_aid_requests, grants, lawyer_mandates,
    legal_holds, proceeding_steps, proceedings, protection_requests, tasks, users,
};
use entraide::db::{Id, Instant};
use entraide::deadlines::rules::DeadlineCode;
use entraide::documents::model::{DocumentFormat, DocumentType};
use entraide::documents::store::{DocumentRow, VersionRow};
use entraide::dossiers::activities::model::{ActivityKind, ActivityMedium};
use entraide::dossiers::activities::store::ActivityRow;
use entraide::dossiers::break_glass::store::BreakGlassRow;
use entraide::dossiers::conciliations::commitments::model::{CommitmentSide, CommitmentStatus};
use entraide::dossiers::conciliations::commitments::store::CommitmentRow;
use entraide::dossiers::conciliations::model::ConciliationStatus;
use entraide::dossiers::conciliations::sessions::store::ConciliationSessionRow;
use entraide::dossiers::conciliations::store::ConciliationRow;
use entraide::dossiers::cover_decisions::model::{CoverDecisionStatus, CoverInstance};
use entraide::dossiers::cover_decisions::store::CoverDecisionRow;
use entraide::dossiers::deadlines::events::model::{DeadlineEventKind, DeadlineEventStatus};
use entraide::dossiers::deadlines::events::store::DeadlineEventRow;
use entraide::dossiers::deadlines::model::{DeadlineSource, DeadlineStatus};
use entraide::dossiers::deadlines::store::DeadlineRow;
use entraide::dossiers::legal_holds::store::LegalHoldRow;
use entraide::dossiers::mandates::model::{ExternalLawyer, MandateNature, MandateStatus};
use entraide::dossiers::mandates::store::MandateRow;
use entraide::dossiers::model::{DossierStatus, SolidarityStatus};
use entraide::dossiers::parties::model::{PartyCategory, PartyRole};
use entraide::dossiers::parties::store::PartyRow;
use entraide::dossiers::proceeding_steps::model::{ActingSide, ProceedingStepKind};
use entraide::dossiers::proceeding_steps::store::ProceedingStepRow;
use entraide::dossiers::proceedings::model::{MemberSide, ProceedingNature, ProceedingStatus};
use entraide::dossiers::proceedings::store::ProceedingRow;
use entraide::dossiers::protection_requests::model::{ProtectionStage, ProtectionStatus};
use entraide::dossiers::protection_requests::store::ProtectionRequestRow;
use entraide::dossiers::store::{DossierRow, find};
use entraide::dossiers::tasks::model::{TaskStatus, order_of};
use entraide::dossiers::tasks::store::TaskRow;
use entraide::financial_aid_requests::instalments::store::InstalmentRow;
use entraide::financial_aid_requests::payments::batches::store::PaymentBatchRow;
use entraide::financial_aid_requests::payments::model::{PayeeKind, PaymentStatus};
use entraide::financial_aid_requests::payments::store::PaymentRow;
use entraide::financial_aid_requests::store::{self as requests, AidRequestRow};
use entraide::members::employments::model::Employer;
use entraide::storage::Measure;
use entraide::training_sessions;
use entraide::training_sessions::certificates::model::CertificateStatus;
use entraide::training_sessions::certificates::store::CertificateRow;
use entraide::training_sessions::model::{OrganiserLevel, TrainingSessionStatus};
use entraide::training_sessions::registrations::model::RegistrationStatus;
use entraide::training_sessions::registrations::store::RegistrationRow;
use entraide::training_sessions::slots::store::SlotRow;
use entraide::training_sessions::store::TrainingSessionRow;
use entraide::values::{Choice, Money};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The columns of the oracle.
#[rustfmt::skip]
const ROLES: [Role; 15] = [
    Role::Admin, Role::NationalStaff, Role::DepartmentHead, Role::DepartmentStaff, Role::Volunteer, Role::Analyst, Role::Dpo, Role::Correspondent,
    Role::TrainingCoordinator, Role::Lawyer, Role::AidCommitteeMember, Role::Treasurer, Role::SolidarityOfficer, Role::Auditor, Role::Member,
];

/// The most confidential level that a role reads in its department: standard, restricted, confidential, secret.
const CEILINGS: [(Role, usize); 3] = [(Role::DepartmentHead, 3), (Role::DepartmentStaff, 2), (Role::Volunteer, 0)];

/// Role × kind and verb → rule, a letter for each role in the order of `ROLES`: `.` never; `*` all rows; `d` those of the department;
/// `c` dossiers of the department up to the ceiling or as their referent, behind the walls; `r` as their referent alone; `l` those that
/// a mandate or broken glass opens to the caller, behind the walls; `s` those that wait for a decision on solidarity, behind the walls;
/// `n` all that no wall keeps away; `m` all dossiers without content; `p` all under pseudonyms; `w` openings in the department, unless a
/// wall keeps the caller from the dossier; `u` accounts of the department with no right but one that a head gives there; `x` all but
/// one's own, and `y` those of the department; `a` what one wrote; `o` what one asked for or opened oneself; `e` what is for one's school;
/// `i` what was done to the directory; `k` as `l`, and mandates proposed to the caller; `v` those alone; `t` as `c`, where no lawyer
/// answers by an account; `q` as `c`, but none that waits for a decision on solidarity; `b` those of the academy and of its departments; `f`
/// those that were announced; `g` as `d` and `f`, `h` as `b` and `f`; `z` what is of a committee in which one is in office today; `j` those
/// of the department but for what is about oneself; `J` likewise of the association whose purse the caller keeps, that of 63; `N` what tells
/// of a conflict, which nobody else finds by any letter but heads.
const RULES: &[(&str, &str)] = &[
    ("public", "---------------"),
    ("self", "+++++++++++++++"),
    ("machine", "..............."),
    ("directory.read", "**************."),
    ("directory.write", "**............."),
    ("association.write", "**d............"),
    ("association.history", "**dd..........."),
    ("team.write", "**dd..........."),
    ("account.read", "*.d............"),
    ("account.open", "*.d............"),
    ("account.manage", "*.u............"),
    ("account.move", "x.u............"),
    ("right.give", "x.y............"),
    ("right.decide", "*.............."),
    ("absence.keep", "*.doo....o..o.."),
    ("client.manage", "*.............."),
    ("member.read", "..ddd.........."),
    ("member.write", "..dd..........."),
    ("member.card", ".****...*......"),
    ("member.looks", "..d...*........"),
    ("dossier.list", "..cccpm..l..s.."),
    ("dossier.read", ".lccc.m..l..s.."),
    ("dossier.past", ".lccc.........."),
    ("part.read", ".lccc....l..s.."),
    ("part.list", "..ccc....l..s.."),
    ("task.read", ".lccc.N..l..s.."),
    ("task.list", "..ccc.N..l..s.."),
    ("task.past", ".lccc.N........"),
    ("activity.work", "..ccc....l....."),
    ("activity.write", "..aaa....a....."),
    ("dossier.know", "..ccc.m........"),
    ("dossier.open", "..ddd.........."),
    ("dossier.work", "..ccc.........."),
    ("dossier.decide", "..cc..........."),
    ("dossier.lead", "..c............"),
    ("dossier.keep", "..c...m........"),
    ("dossier.forget", "......m........"),
    ("dossier.explain", "..crr.m........"),
    ("cover.know", "..ccc.......s.."),
    ("cover.answer", "..qqq.......s.."),
    ("glass.break", ".n............."),
    ("glass.know", ".ow...*........"),
    ("glass.of_dossier", ".lc...m........"),
    ("lawyer.read", "*****...*o....."),
    ("mandate.read", ".lccc....k..s.."),
    ("mandate.move", "..ccc....k....."),
    ("mandate.answer", "..ttt....v....."),
    ("mandate.own", ".........v....."),
    ("incident.read", ".mddd.........."),
    ("incident.work", "..ddd.........."),
    ("contact.open", "..ddd..e......."),
    ("contact.read", "..ddd..o......."),
    ("contact.work", "..ddd.........."),
    ("training.read", "f*ggffffhfffff."),
    ("training.organise", ".*dd....b......"),
    ("commission.open", ".*......*......"),
    ("commission.write", ".*......b......"),
    ("committee.read", "..dd......zz..."),
    ("committee.lead", "..d............"),
    ("committee.past", "..dd..........."),
    ("committee.prepare", "..dd..........."),
    ("committee.run", "..dd......z...."),
    ("committee.identify", "..dd.......z..."),
    ("committee.vote", "..........z...."),
    ("committee.decide", "..........z...."),
    ("aid.work", "..jj..........."),
    ("aid.lead", "..j............"),
    ("aid.follow", "..jj.......J..."),
    ("aid.pay", "...........J..."),
    ("aid.rules", "****......**..."),
    ("aid.means", "**dd.......J..."),
    ("record.read", "*.....*......*."),
    ("import.directory", "**............."),
    ("import.members", "..dd..........."),
    ("import.report", "iooo..........."),
];

/// Each operation with its kind and verb: which rows it finds for a caller.
#[rustfmt::skip]
const OPERATIONS: &[(&str, &str)] = &[
    ("sessions_create", "public"), ("sessions_refresh", "public"), ("passwords_set", "public"), ("second_factors_prepare", "public"),
    ("second_factors_confirm", "public"), ("reference_regions_list", "public"), ("reference_academies_list", "public"),
    ("reference_departments_list", "public"), ("reference_enumerations_list", "public"), ("reference_motives_list", "public"),
    ("reference_contexts_list", "public"),
    ("reference_deadline_rules_list", "public"),
    ("workflows_list", "public"), ("status_retrieve", "public"), ("livez_retrieve", "public"), ("readyz_retrieve", "public"),
    ("metrics_retrieve", "public"), ("contract_retrieve", "public"), ("problem_types_list", "public"), ("problem_types_retrieve", "public"),
    ("jwks_retrieve", "public"), ("api_catalog_retrieve", "public"), ("security_txt_retrieve", "public"),
    ("tokens_issue", "public"), ("authorization_server_retrieve", "public"), ("me_client_retrieve", "machine"),
    ("api_clients_list", "client.manage"), ("api_clients_create", "client.manage"), ("api_clients_retrieve", "client.manage"),
    ("api_clients_update", "client.manage"), ("api_clients_history", "client.manage"), ("api_clients_transition", "client.manage"),
    ("api_clients_transitions_list", "client.manage"), ("client_secrets_list", "client.manage"), ("client_secrets_create", "client.manage"),
    ("client_secrets_delete", "client.manage"),
    ("sessions_delete_current", "self"), ("me_retrieve", "self"), ("sessions_delete", "self"), ("me_sessions_list", "self"),
    ("me_sessions_delete", "self"), ("me_password_change", "self"), ("me_second_factor_begin", "self"),
    ("me_recovery_codes_create", "self"),
    ("users_list", "account.read"), ("users_create", "account.open"), ("users_retrieve", "account.read"), ("users_update", "account.read"),
    ("users_history", "account.read"), ("users_transition", "account.read"), ("users_transitions_list", "account.read"),
    ("user_sessions_list", "account.read"), ("user_sessions_delete", "account.read"), ("users_reset_password", "account.read"),
    ("user_grants_list", "account.read"), ("user_grants_create", "account.read"), ("user_grants_retrieve", "account.read"),
    ("user_grants_transition", "account.read"), ("user_grants_transitions_list", "account.read"),
    ("me_digest_retrieve", "self"), ("me_digest_update", "self"),
    ("absences_list", "absence.keep"), ("absences_create", "absence.keep"), ("absences_retrieve", "absence.keep"),
    ("absences_update", "absence.keep"), ("absences_delete", "absence.keep"), ("absences_history", "absence.keep"),
    ("associations_list", "directory.read"), ("associations_retrieve", "directory.read"), ("associations_update", "association.write"),
    ("associations_history", "association.history"), ("team_members_list", "directory.read"), ("team_members_create", "team.write"),
    ("team_members_retrieve", "directory.read"), ("team_members_update", "team.write"), ("team_members_delete", "team.write"),
    ("team_members_history", "team.write"), ("establishments_list", "directory.read"), ("establishments_create", "directory.write"),
    ("establishments_retrieve", "directory.read"), ("establishments_update", "directory.write"), ("establishments_delete", "directory.write"),
    ("establishments_history", "directory.read"), ("establishments_first_contact", "directory.read"), ("correspondents_list", "directory.read"),
    ("correspondents_create", "team.write"), ("correspondents_retrieve", "directory.read"), ("correspondents_update", "team.write"),
    ("correspondents_delete", "team.write"), ("correspondents_history", "team.write"),
    ("tariffs_list", "directory.read"), ("tariffs_create", "directory.write"), ("tariffs_retrieve", "directory.read"),
    ("tariffs_update", "directory.write"), ("tariffs_history", "directory.read"),
    ("members_list", "member.read"), ("members_create", "member.write"), ("members_retrieve", "member.read"), ("members_update", "member.write"),
    ("members_delete", "member.write"), ("members_history", "member.write"), ("members_search", "member.read"), ("members_card", "member.card"),
    ("members_cover", "member.read"), ("members_access_log_list", "member.looks"), ("member_duplicates_list", "member.read"),
    ("member_merges_list", "member.write"), ("member_merges_create", "member.write"), ("member_merges_retrieve", "member.write"),
    ("member_merges_transition", "member.write"), ("member_merges_transitions_list", "member.write"), ("member_transfers_list", "member.read"),
    ("member_transfers_create", "member.write"), ("employments_list", "member.read"), ("employments_create", "member.write"),
    ("employments_retrieve", "member.read"), ("employments_update", "member.write"), ("employments_delete", "member.write"),
    ("employments_history", "member.write"), ("memberships_list", "member.read"), ("memberships_create", "member.write"),
    ("memberships_retrieve", "member.read"), ("memberships_history", "member.write"), ("memberships_transition", "member.write"),
    ("memberships_transitions_list", "member.read"),
    ("dossiers_list", "dossier.list"), ("dossiers_create", "dossier.open"), ("dossiers_retrieve", "dossier.read"), ("dossiers_update", "dossier.work"),
    ("dossiers_history", "dossier.past"), ("dossiers_transition", "dossier.know"), ("dossiers_transitions_list", "dossier.read"),
    ("dossier_splits_create", "dossier.work"),
    ("dossiers_access_retrieve", "dossier.know"), ("legal_holds_list", "dossier.keep"), ("legal_holds_create", "dossier.keep"),
    ("legal_holds_retrieve", "dossier.keep"), ("legal_holds_transition", "dossier.keep"), ("legal_holds_transitions_list", "dossier.keep"),
    ("break_glass_list", "glass.know"), ("break_glass_create", "glass.break"), ("break_glass_retrieve", "glass.know"),
    ("break_glass_transition", "glass.know"), ("break_glass_transitions_list", "glass.know"), ("dossier_break_glass_list", "glass.of_dossier"),
    ("parties_list", "part.read"), ("parties_create", "dossier.work"), ("parties_retrieve", "part.read"), ("parties_update", "dossier.work"),
    ("parties_history", "dossier.past"), ("conflicts_list", "dossier.keep"), ("conflicts_retrieve", "dossier.keep"),
    ("conflicts_transition", "dossier.keep"), ("conflicts_transitions_list", "dossier.keep"),
    ("activities_list", "part.read"), ("activities_create", "activity.work"), ("activities_retrieve", "part.read"),
    ("activities_update", "activity.work"), ("activities_history", "dossier.past"), ("tasks_list", "task.list"), ("dossier_tasks_list", "part.read"),
    ("tasks_create", "dossier.work"), ("tasks_retrieve", "task.read"), ("tasks_update", "dossier.work"), ("tasks_history", "task.past"),
    ("tasks_transition", "dossier.work"), ("tasks_transitions_list", "task.read"), ("dossier_timeline_list", "part.read"),
    ("documents_list", "part.read"), ("documents_create", "dossier.work"), ("documents_retrieve", "part.read"), ("documents_update", "dossier.work"),
    ("documents_history", "dossier.past"), ("documents_content", "part.read"), ("document_versions_list", "part.read"),
    ("document_versions_create", "dossier.work"), ("document_versions_content", "part.read"),
    ("lawyers_list", "lawyer.read"), ("lawyers_create", "team.write"), ("lawyers_retrieve", "lawyer.read"), ("lawyers_update", "team.write"),
    ("lawyers_history", "team.write"), ("unavailabilities_list", "lawyer.read"), ("unavailabilities_create", "team.write"),
    ("unavailabilities_retrieve", "lawyer.read"), ("unavailabilities_update", "team.write"), ("unavailabilities_delete", "team.write"),
    ("mandates_list", "mandate.own"), ("dossier_mandates_list", "part.read"), ("mandates_create", "dossier.work"),
    ("mandates_retrieve", "mandate.read"), ("mandates_history", "dossier.past"), ("mandates_transition", "mandate.move"),
    ("mandates_transitions_list", "mandate.read"), ("lawyer_suggestions_list", "dossier.work"),
    ("cover_decisions_list", "part.read"), ("cover_decisions_create", "dossier.work"), ("cover_decisions_retrieve", "part.read"),
    ("cover_decisions_update", "dossier.work"), ("cover_decisions_history", "dossier.past"), ("cover_decisions_transition", "cover.know"),
    ("cover_decisions_transitions_list", "part.read"),
    ("protection_requests_list", "part.read"), ("protection_requests_create", "dossier.work"), ("protection_requests_retrieve", "part.read"),
    ("protection_requests_update", "dossier.work"), ("protection_requests_history", "dossier.past"),
    ("protection_requests_transition", "dossier.work"), ("protection_requests_transitions_list", "part.read"),
    ("deadlines_list", "part.list"), ("dossier_deadlines_list", "part.read"), ("deadlines_retrieve", "part.read"),
    ("deadlines_history", "dossier.past"), ("deadlines_transition", "dossier.work"), ("deadlines_transitions_list", "part.read"),
    ("deadline_events_list", "part.read"), ("deadline_events_create", "dossier.work"), ("deadline_events_retrieve", "part.read"),
    ("deadline_events_history", "dossier.past"), ("deadline_events_transition", "dossier.work"),
    ("deadline_events_transitions_list", "part.read"),
    ("proceedings_list", "part.read"), ("proceedings_create", "dossier.work"), ("proceedings_retrieve", "part.read"),
    ("proceedings_update", "dossier.work"), ("proceedings_history", "dossier.past"), ("proceedings_transition", "dossier.work"),
    ("proceedings_transitions_list", "part.read"), ("proceeding_steps_list", "part.read"), ("proceeding_steps_create", "dossier.work"),
    ("proceeding_steps_retrieve", "part.read"), ("proceeding_steps_transition", "dossier.work"), ("proceeding_steps_transitions_list", "part.read"),
    ("conciliations_list", "part.read"), ("conciliations_create", "dossier.work"), ("conciliations_retrieve", "part.read"),
    ("conciliations_update", "dossier.work"), ("conciliations_history", "dossier.past"), ("conciliations_transition", "dossier.work"),
    ("conciliations_transitions_list", "part.read"), ("conciliation_sessions_list", "part.read"), ("conciliation_sessions_create", "dossier.work"),
    ("conciliation_sessions_retrieve", "part.read"), ("conciliation_sessions_update", "dossier.work"),
    ("conciliation_sessions_history", "dossier.past"), ("commitments_list", "part.read"), ("commitments_create", "dossier.work"),
    ("commitments_retrieve", "part.read"), ("commitments_update", "dossier.work"), ("commitments_history", "dossier.past"),
    ("commitments_transition", "dossier.work"), ("commitments_transitions_list", "part.read"),
    ("links_list", "part.read"), ("links_create", "dossier.work"), ("links_retrieve", "part.read"), ("links_history", "dossier.past"),
    ("links_transition", "dossier.work"), ("links_transitions_list", "part.read"),
    ("incidents_list", "incident.read"), ("incidents_statistics", "incident.read"), ("incidents_create", "dossier.open"), ("incidents_retrieve", "incident.read"),
    ("incidents_update", "incident.work"), ("incidents_history", "incident.work"), ("incident_dossiers_list", "dossier.work"),
    ("aid_committees_list", "committee.read"), ("aid_committees_create", "committee.lead"), ("aid_committees_retrieve", "committee.read"),
    ("aid_committees_update", "committee.lead"), ("aid_committees_history", "committee.past"), ("aid_committee_members_list", "committee.read"),
    ("aid_committee_members_create", "committee.lead"), ("aid_committee_members_retrieve", "committee.read"),
    ("aid_committee_members_update", "committee.lead"), ("aid_committee_members_history", "committee.past"),
    ("aid_sessions_list", "committee.read"), ("aid_sessions_create", "committee.prepare"), ("aid_sessions_retrieve", "committee.read"),
    ("aid_sessions_update", "committee.prepare"), ("aid_sessions_history", "committee.past"), ("aid_sessions_transition", "committee.run"),
    ("aid_sessions_transitions_list", "committee.read"), ("aid_session_minutes_retrieve", "committee.read"),
    ("aid_attendances_list", "committee.read"), ("aid_attendances_retrieve", "committee.read"), ("aid_attendances_update", "committee.run"),
    ("aid_attendances_history", "committee.past"), ("aid_docket_items_list", "committee.read"), ("aid_docket_items_create", "committee.prepare"),
    ("aid_docket_items_retrieve", "committee.read"), ("aid_docket_items_history", "committee.past"),
    ("aid_docket_items_transition", "committee.run"), ("aid_docket_items_transitions_list", "committee.read"),
    ("aid_identities_list", "committee.identify"), ("aid_votes_list", "committee.read"), ("aid_votes_create", "committee.vote"),
    ("aid_votes_retrieve", "committee.read"), ("aid_recusals_list", "committee.read"), ("aid_recusals_create", "committee.run"),
    ("aid_recusals_retrieve", "committee.read"),
    ("contact_requests_list", "contact.read"), ("contact_requests_create", "contact.open"), ("contact_requests_retrieve", "contact.read"),
    ("contact_requests_update", "contact.work"), ("contact_requests_history", "contact.work"), ("contact_requests_transition", "contact.work"),
    ("contact_requests_transitions_list", "contact.work"),
    ("training_modules_list", "directory.read"), ("training_modules_create", "directory.write"), ("training_modules_retrieve", "directory.read"),
    ("training_modules_update", "directory.write"), ("training_modules_history", "directory.read"),
    ("training_sessions_list", "training.read"), ("training_sessions_create", "training.organise"), ("training_sessions_retrieve", "training.read"),
    ("training_sessions_update", "training.organise"), ("training_sessions_history", "training.organise"),
    ("training_sessions_transition", "training.organise"), ("training_sessions_transitions_list", "training.organise"),
    ("training_slots_list", "training.read"), ("training_slots_create", "training.organise"), ("training_slots_retrieve", "training.read"),
    ("training_slots_update", "training.organise"), ("training_slots_delete", "training.organise"),
    ("training_registrations_list", "training.organise"), ("training_registrations_create", "training.organise"),
    ("training_registrations_create_many", "training.organise"), ("training_registrations_retrieve", "training.organise"),
    ("training_registrations_update", "training.organise"), ("training_registrations_history", "training.organise"),
    ("training_registrations_transition", "training.organise"), ("training_registrations_transitions_list", "training.organise"),
    ("attendance_list", "training.organise"), ("attendance_record", "training.organise"), ("attendance_rates_retrieve", "training.organise"),
    ("training_certificates_list", "training.organise"), ("training_certificates_issue", "training.organise"),
    ("training_certificates_retrieve", "training.organise"), ("training_certificates_sheet", "training.organise"),
    ("training_certificates_transition", "training.organise"), ("training_certificates_transitions_list", "training.organise"),
    ("certificate_checks_create", "public"),
    ("training_commissions_list", "directory.read"), ("training_commissions_create", "commission.open"),
    ("training_commissions_retrieve", "directory.read"), ("training_commissions_update", "commission.write"),
    ("training_commissions_history", "commission.write"), ("commission_members_list", "directory.read"),
    ("commission_members_create", "commission.write"), ("commission_members_retrieve", "directory.read"),
    ("commission_members_update", "commission.write"), ("commission_members_delete", "commission.write"),
    ("commission_members_history", "commission.write"), ("training_plans_list", "directory.read"), ("training_plans_create", "commission.write"),
    ("training_plans_retrieve", "directory.read"), ("training_plans_update", "commission.write"), ("training_plans_history", "commission.write"),
    ("me_calendar_feeds_list", "self"), ("me_calendar_feeds_create", "self"), ("calendar_feeds_delete", "self"), ("calendars_retrieve", "public"),
    ("financial_aid_requests_list", "aid.work"), ("financial_aid_requests_create", "aid.work"), ("financial_aid_requests_retrieve", "aid.work"),
    ("financial_aid_requests_update", "aid.work"), ("financial_aid_requests_history", "aid.work"), ("financial_aid_requests_transition", "aid.work"),
    ("financial_aid_requests_transitions_list", "aid.work"), ("financial_aid_requests_checks", "aid.work"),
    ("financial_aid_requests_repayment", "aid.follow"), ("payments_list", "aid.follow"), ("financial_aid_request_payments_list", "aid.follow"),
    ("payments_create", "aid.work"), ("payments_retrieve", "aid.follow"), ("payments_history", "aid.follow"), ("payments_transition", "aid.follow"),
    ("payments_transitions_list", "aid.follow"), ("payment_batches_list", "aid.pay"), ("payment_batches_create", "aid.pay"),
    ("payment_batches_retrieve", "aid.pay"), ("payment_lines_list", "aid.pay"), ("instalments_list", "aid.follow"),
    ("instalments_retrieve", "aid.follow"), ("instalments_history", "aid.follow"), ("instalments_transition", "aid.follow"),
    ("instalments_transitions_list", "aid.follow"),
    ("aid_documents_list", "aid.work"), ("aid_documents_create", "aid.work"), ("aid_documents_retrieve", "aid.work"), ("aid_documents_update", "aid.work"),
    ("aid_documents_history", "aid.work"), ("aid_documents_content", "aid.work"), ("aid_document_versions_list", "aid.work"),
    ("aid_document_versions_create", "aid.work"), ("aid_document_versions_content", "aid.work"),
    ("aid_rules_list", "aid.rules"), ("aid_rules_create", "association.write"), ("aid_rules_retrieve", "aid.rules"),
    ("aid_rules_update", "association.write"), ("aid_rules_history", "association.history"), ("aid_envelopes_list", "aid.means"),
    ("aid_envelopes_create", "association.write"), ("aid_envelopes_retrieve", "aid.means"), ("aid_envelopes_update", "association.write"),
    ("aid_envelopes_history", "aid.means"),
    ("audit_events_list", "record.read"), ("access_log_list", "record.read"), ("imports_create", "import"),
    ("operations_list", "import.report"), ("operations_retrieve", "import.report"), ("operations_lines_list", "import.report"),
    ("operations_corrections", "import.report"),
];

/// What is found and yet not for everybody who finds it: an operation or one of its commands, with the narrower kind and verb.
#[rustfmt::skip]
const NARROWER: &[(&str, &str)] = &[
    ("users_update", "account.manage"), ("user_sessions_list", "account.manage"), ("users_transition:disable", "account.move"), ("users_transition:enable", "account.move"),
    ("user_sessions_delete", "account.manage"), ("users_reset_password", "account.move"), ("user_grants_create", "right.give"),
    ("user_grants_transition:approve", "right.decide"), ("user_grants_transition:refuse", "right.decide"),
    ("user_grants_transition:end", "account.manage"), ("user_grants_transition:withdraw", "account.manage"),
    ("dossiers_transition:take_charge", "dossier.work"), ("dossiers_transition:suspend", "dossier.work"),
    ("dossiers_transition:resume", "dossier.work"), ("dossiers_transition:declare_inadmissible", "dossier.decide"),
    ("dossiers_transition:requalify", "dossier.decide"), ("dossiers_transition:close", "dossier.lead"),
    ("dossiers_transition:reopen", "dossier.lead"), ("dossiers_transition:transfer", "dossier.lead"), ("dossiers_transition:assign", "dossier.lead"),
    ("dossiers_transition:merge", "dossier.lead"),
    ("cover_decisions_transition:grant", "cover.answer"), ("cover_decisions_transition:partly_grant", "cover.answer"),
    ("cover_decisions_transition:refuse", "cover.answer"), ("cover_decisions_transition:withdraw", "dossier.work"),
    ("dossiers_transition:archive", "dossier.keep"), ("dossiers_transition:unarchive", "dossier.forget"),
    ("dossiers_transition:anonymise", "dossier.forget"), ("dossiers_access_retrieve", "dossier.explain"),
    ("activities_update", "activity.write"),
    ("training_commissions_create", "commission.write"),
    ("aid_sessions_transition:convene", "committee.prepare"), ("aid_sessions_transition:cancel", "committee.prepare"),
    ("aid_docket_items_transition:grant", "committee.decide"), ("aid_docket_items_transition:partly_grant", "committee.decide"),
    ("aid_docket_items_transition:refuse", "committee.decide"), ("aid_docket_items_transition:ratify", "committee.decide"),
    ("aid_docket_items_transition:refuse_ratification", "committee.decide"), ("aid_docket_items_transition:take_back", "committee.prepare"),
    ("financial_aid_requests_transition:waive_rule", "aid.lead"), ("financial_aid_requests_transition:grant_urgently", "aid.lead"),
    ("payments_transition:pay", "aid.pay"), ("payments_transition:reject", "aid.pay"), ("instalments_transition:remit", "aid.lead"),
    ("mandates_transition:accept", "mandate.answer"), ("mandates_transition:decline", "mandate.answer"), ("mandates_transition:start", "mandate.answer"),
    ("mandates_transition:complete", "mandate.answer"), ("mandates_transition:withdraw", "dossier.work"),
];

fn rules(verb: &str) -> Option<Vec<char>> {
    RULES.iter().find(|(name, _)| *name == verb).map(|(_, rules)| rules.chars().collect())
}

/// A row, as far as the design asks about it.
#[derive(Clone, Default)]
struct Situation {
    name: String,
    id: String,
    department: &'static str,
    level: usize,
    /// Of which caller it is: account, referent, or who asked for it.
    whose: Option<String>,
    /// The caller whose own case it is.
    about: Option<String>,
    put_away: bool,
    /// The caller against whom a wall stands.
    against: Option<String>,
    /// Whether a wall stands against everybody.
    shut: bool,
    /// The callers to whom it is opened.
    open_to: Vec<String>,
    /// Whether it waits for a decision on solidarity.
    waits: bool,
    directory: bool,
    managed: bool,
    /// The caller to whom, as a lawyer, it was proposed.
    of_lawyer: Option<String>,
    /// Of an activity, for whom it is meant.
    meant: Option<Meant>,
    /// Of a training session and what lies under it, the academy.
    academy: &'static str,
    announced: bool,
    /// The callers who are in office in the committee of which it is.
    seated: Vec<String>,
    /// Whether it tells of a conflict.
    notice: bool,
}

/// The caller who wrote an activity, if one did, the one whom it names as referent, and whether it is meant for the team and for the lawyer.
#[derive(Clone, Default)]
struct Meant {
    author: Option<String>,
    referent: Option<String>,
    team: bool,
    lawyer: bool,
}

impl Meant {
    /// Whether it is for a caller, in a dossier of which somebody is the referent; no lawyer is, and nobody who is let in by a permit.
    fn reaches(&self, (name, role): (&str, Role), referent: Option<&String>) -> bool {
        let named = self.referent.as_deref() == Some(name) && referent.is_some_and(|referent| referent == name);
        let works = CEILINGS.iter().any(|(of, _)| *of == role);
        self.author.as_deref() == Some(name) || works && named || if role == Role::Lawyer { self.lawyer } else { self.team }
    }
}

#[derive(Clone)]
struct Caller {
    name: String,
    client: Client,
    /// The rights in force.
    grants: Vec<(usize, &'static str)>,
    /// What is answered to the token, or to its absence, before anything else.
    known: bool,
}

impl Caller {
    /// Whether any right in force has a part in it.
    fn has_part(&self, rules: &[char]) -> bool {
        self.grants.iter().any(|(role, _)| rules[*role] != '.')
    }

    fn reaches(&self, rules: &[char], row: &Situation) -> bool {
        self.grants.iter().any(|(role, department)| {
            let (here, own) = (*department == row.department, row.whose.as_ref() == Some(&self.name));
            let kept = row.shut || [&row.about, &row.against].contains(&&Some(self.name.clone()));
            let (walled, asked) = (row.put_away || kept, row.of_lawyer.as_ref() == Some(&self.name));
            let ceiling = CEILINGS.iter().find(|(of, _)| *of == ROLES[*role]);
            let wrote = row.meant.as_ref().is_some_and(|meant| meant.author.as_ref() == Some(&self.name));
            let meant = row.meant.as_ref().is_none_or(|meant| meant.reaches((&self.name, ROLES[*role]), row.whose.as_ref()));
            let told = !row.notice || ROLES[*role] == Role::DepartmentHead || rules[*role] == 'N';
            meant
                && told
                && match rules[*role] {
                    '*' | 'm' | 'p' => true,
                    'd' => here,
                    'b' => row.academy == "06",
                    'f' => row.announced,
                    'g' => here || row.announced,
                    'h' => row.academy == "06" || row.announced,
                    'j' => here && !kept,
                    'J' => row.department == "63" && !kept,
                    't' if row.of_lawyer.is_some() => false,
                    'c' | 't' => here && !walled && (own || ceiling.is_some_and(|(_, ceiling)| row.level <= *ceiling)),
                    'r' => here && !walled && own,
                    'l' => !walled && row.open_to.contains(&self.name),
                    'k' => asked || !walled && row.open_to.contains(&self.name),
                    'v' => asked,
                    's' => !walled && row.waits,
                    'n' => !walled,
                    'w' => here && !kept,
                    'e' => here,
                    'u' => here && row.managed,
                    'x' => !own,
                    'y' => here && !own,
                    'a' => wrote,
                    'q' => here && !walled && !row.waits && (own || ceiling.is_some_and(|(_, ceiling)| row.level <= *ceiling)),
                    'o' => own,
                    'i' => row.directory,
                    'z' => row.seated.contains(&self.name),
                    'N' => row.notice,
                    _ => false,
                }
        })
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Permitted,
    Refused(u16),
}

use Verdict::{Permitted, Refused};

/// What the design says of a caller at an operation, on a row where it names one.
fn oracle(caller: &Caller, operation: &str, command: Option<&str>, row: Option<&Situation>) -> Verdict {
    let (_, verb) = OPERATIONS.iter().find(|(name, _)| *name == operation).unwrap();
    if *verb == "public" {
        return Permitted;
    }
    if !caller.known {
        return Refused(401);
    }
    if *verb == "self" {
        return Permitted;
    }
    let (verb, row) = match (*verb, row) {
        // Which lines of a file are whose is told line by line.
        ("import", Some(row)) if row.directory => ("import.directory", None),
        ("import", _) => ("import.members", None),
        (verb, row) => (verb, row),
    };
    let found = rules(verb).unwrap();
    if !caller.has_part(&found) {
        return Refused(403);
    }
    let Some(row) = row else { return Permitted };
    if !caller.reaches(&found, row) {
        return Refused(404);
    }
    let key = command.map_or_else(|| operation.to_owned(), |command| format!("{operation}:{command}"));
    let narrower = NARROWER.iter().find(|(name, _)| *name == key).map(|(_, verb)| rules(verb).unwrap());
    if narrower.is_none_or(|rules| caller.reaches(&rules, row)) { Permitted } else { Refused(403) }
}

/// Codes by which the policy refuses; other refusals are of what was permitted.
#[rustfmt::skip]
const POLICY: &[&str] = &[
    "credentials.missing", "token.invalid", "token.expired", "function.not_granted", "command.not_granted", "perimeter.exceeded", "not_found",
 "activity.not_yours", "academy.beyond_your_grants", "session.ended", "account.own", "account.beyond_your_grants", "role.not_yours_to_grant",
];

fn told(reply: &Reply) -> Verdict {
    if reply.status < 400 {
        return Permitted;
    }
    let problem = reply.json();
    // A refusal of a token to a machine is no problem, but has the form of RFC 6749; anybody may ask for one.
    if problem["error"].is_string() {
        return Permitted;
    }
    if POLICY.contains(&problem["code"].as_str().unwrap()) {
        return Refused(reply.status);
    }
    let place = |error: &Value| ["/association_id", "/committee_id", "/member_id"].contains(&error["pointer"].as_str().unwrap_or_default());
    let hidden = problem["errors"].as_array().unwrap().iter().any(|error| error["code"] == "reference.not_found" && place(error));
    if hidden { Refused(404) } else { Permitted }
}

struct Table {
    world: World,
    callers: Vec<Caller>,
    estates: [Estate; 2],
    rows: BTreeMap<&'static str, Vec<Situation>>,
    tariff: String,
}

const LEVELS: [Confidentiality; 4] = [Confidentiality::Standard, Confidentiality::Restricted, Confidentiality::Confidential, Confidentiality::Secret];

/// Makes a calendar feed of one's own.
fn feed(client: &Client) -> Value {
    client.request("POST", "/me/calendar-feeds").json(&json!({})).send().ok()
}

fn parsed(id: &str) -> Id {
    Id::parse(id).unwrap()
}

impl Table {
    fn new() -> Self {
        let world = World::with(&[("WORKERS", "2")]);
        tariff(&world, 2026, "20.00", "25.50");
        let admin = world.admin();
        let tariff = admin.all("/tariffs")[0]["id"].as_str().unwrap().to_owned();
        let heads = [world.head("63"), world.head("03")];
        let estates = [("63", 1, "Zqxhome", 630_001), ("03", 2, "Zqxaway", 30_001)];
        let mut at = 0;
        let estates = estates.map(|(department, number, mark, school)| {
            at += 1;
            Estate::new(&world, &heads[at - 1], department, number, mark).open(&admin, school)
        });
        let mut callers = callers(&world, &estates[0]);
        let rows = situations(&world, &estates, &callers);
        for caller in callers.iter_mut().filter(|caller| caller.known) {
            caller.client = world.again(&caller.client);
        }
        Self { world, callers, estates, rows, tariff }
    }

    fn known_ids(&self, collection: &str) -> BTreeSet<String> {
        self.rows[collection].iter().map(|row| row.id.clone()).collect()
    }

    /// What the operation is tried on: rows, places to create in, or nothing.
    fn rows_of(&self, operation: &Operation) -> Vec<Option<Situation>> {
        let place = |department: &'static str| Situation { name: format!("in {department}"), department, academy: "06", ..Situation::default() };
        match (operation.collection(), operation.name) {
            (_, "sessions_delete" | "problem_types_retrieve" | "calendar_feeds_delete" | "calendars_retrieve") => vec![None],
            (None, "training_commissions_create") => vec![Some(place("63")), Some(Situation { academy: "23", ..place("06") })],
            (Some("tariffs"), _) => vec![Some(Situation { name: "any".into(), id: self.tariff.clone(), ..Situation::default() })],
            (Some(collection), _) => self.rows[collection].iter().cloned().map(Some).collect(),
            (
                None,
                "members_create"
                | "dossiers_create"
                | "contact_requests_create"
                | "incidents_create"
                | "users_create"
                | "lawyers_create"
                | "training_sessions_create"
                | "aid_committees_create"
                | "aid_sessions_create"
                | "financial_aid_requests_create"
                | "aid_rules_create"
                | "aid_envelopes_create",
            ) => {
                vec![Some(place("63")), Some(place("03"))]
            }
            (None, "imports_create") => [true, false].map(|directory| Some(Situation { directory, ..place("63") })).to_vec(),
            (None, _) => vec![None],
        }
    }

    /// The body, with references to what the caller's design lets a row refer to.
    fn fit(&self, mut body: Value, row: Option<&Situation>) -> Value {
        let department = row.map_or("63", |row| row.department);
        let estate = self.estates.iter().find(|estate| estate.department == department).unwrap_or(&self.estates[0]);
        // A dossier is handed to the other department.
        let home = (body["command"] != "transfer") == (estate.department == self.estates[0].department);
        put(&mut body, "association_id", self.estates[usize::from(!home)].id("associations"));
        put(&mut body, "member_id", estate.id("members"));
        put(&mut body, "department_code", estate.department);
        put(&mut body, "academy_code", row.map_or("06", |row| row.academy));
        put(&mut body, "establishment_id", estate.id("establishments"));
        put(&mut body, "committee_id", estate.id("aid-committees"));
        put(&mut body, "to_association_id", self.estates[1].id("associations"));
        put(&mut body, "module_id", self.estates[0].id("training-modules"));
        put(&mut body, "absorbed_id", estate.twin["id"].as_str().unwrap());
        put(&mut body, "dossier_id", estate.id("dossiers"));
        put(&mut body, "member_number", estate.member["member_number"].as_str().unwrap());
        put(&mut body, "birth_date", "1984-05-06");
        put(&mut body, "login", "somebody.new");
        if body.get("departments").is_some() {
            body["departments"] = json!([department]);
        }
        body
    }

    /// A caller as they are known now: tokens live ten minutes, and the proof may take longer.
    fn signed_in(&self, caller: &Caller) -> Client {
        if caller.known { self.world.again(&caller.client) } else { caller.client.clone() }
    }

    fn try_out(&self, (caller, client): (&Caller, &Client), operation: &Operation, row: Option<&Situation>, body: Option<&Value>) -> Reply {
        // A token ends with its session, and these end sessions.
        let ends = ["sessions_delete_current", "me_sessions_delete", "sessions_delete", "user_sessions_delete"].contains(&operation.name);
        let client = if ends { self.signed_in(caller) } else { client.clone() };
        let session = || client.all("/me/sessions").iter().find(|session| session["current"] == true).unwrap()["id"].as_str().unwrap().to_owned();
        let id = match (operation.name, row) {
            ("sessions_delete", _) if caller.known => session(),
            ("problem_types_retrieve", _) => "not-found".to_owned(),
            ("calendar_feeds_delete", _) if caller.known => feed(&client)["id"].as_str().unwrap().to_owned(),
            ("calendars_retrieve", _) => feed(&self.signed_in(&self.callers[0]))["address"].as_str().unwrap().rsplit('/').next().unwrap().to_owned(),
            (_, Some(row)) => row.id.clone(),
            _ => Id::new().to_string(),
        };
        let query = match (operation.name, row) {
            ("imports_create", Some(row)) => format!("resource={}", if row.directory { "establishments" } else { "members" }),
            ("dossiers_list", _) if caller.grants.iter().all(|(role, _)| ROLES[*role] == Role::Analyst) => "purpose=Climat".to_owned(),
            _ => String::new(),
        };
        operation.try_out(&client, &id, body, &query)
    }
}

fn callers(world: &World, home: &Estate) -> Vec<Caller> {
    let of = |name: &str, role: usize, department: &'static str, client: Client| Caller {
        name: name.to_owned(),
        client,
        grants: vec![(role, department)],
        known: true,
    };
    let known = |name: &str, role: usize, department: &'static str| {
        let at = (!department.is_empty()).then_some(department);
        of(name, role, department, world.user(name, ROLES[role], at))
    };
    let school = parsed(home.id("establishments"));
    let mut callers = vec![
        known("admin", 0, ""),
        known("national", 1, ""),
        known("head", 2, "63"),
        known("staff", 3, "63"),
        known("volunteer", 4, "63"),
        known("analyst", 5, ""),
        known("dpo", 6, ""),
        of("correspondent", 7, "63", world.user_at("correspondent", ROLES[7], (Some("63"), None, Some(school)))),
        of("coordinator", 8, "", world.user_at("coordinator", ROLES[8], (None, Some("06"), None))),
        known("lawyer", 9, ""),
        known("committee", 10, ""),
        known("treasurer", 11, ""),
        known("officer", 12, ""),
        known("auditor", 13, ""),
        known("member", 14, ""),
        known("neighbour", 2, "03"),
    ];
    // Rights add up, each where it holds.
    let mut both = known("both", 4, "63");
    world.grant(&both.client, Role::DepartmentStaff, Some("03"));
    both.client = world.again(&both.client);
    both.grants.push((3, "03"));
    callers.push(both);
    for (name, starts_on, ends_on) in [("ended", "2020-01-01", Some("2026-11-21")), ("to come", "2026-11-23", None)] {
        let client = world.head("63");
        let user = parsed(user_id(&client).as_str().unwrap());
        let days = (
            grants::starts_on.eq(starts_on.parse::<entraide::values::Day>().unwrap()),
            grants::ends_on.eq(ends_on.map(|day| day.parse::<entraide::values::Day>().unwrap())),
        );
        let set = move |conn: &mut entraide::db::DbConn| {
            diesel::update(grants::table.filter(grants::user_id.eq(user))).set(days).execute(conn)?;
            entraide::auth::store::advance_epoch(conn)
        };
        world.db().write_now(set).unwrap();
        callers.push(Caller { name: name.to_owned(), client: world.again(&client), grants: Vec::new(), known: true });
    }
    let shut = world.head("63");
    let user = parsed(user_id(&shut).as_str().unwrap());
    let set = move |conn: &mut entraide::db::DbConn| {
        diesel::update(users::table.find(user)).set(users::enabled.eq(false)).execute(conn)?;
        entraide::auth::store::advance_epoch(conn)
    };
    world.db().write_now(set).unwrap();
    callers.push(Caller { name: "disabled".to_owned(), client: shut, grants: Vec::new(), known: false });
    callers.push(Caller { name: "nobody".to_owned(), client: world.anonymous(), grants: Vec::new(), known: false });
    callers
}

/// What an estate has one of; machines and their secrets are of no department.
#[rustfmt::skip]
const COLLECTIONS: [&str; 23] = [
    "associations", "establishments", "correspondents", "team-members", "members", "member-merges", "employments", "memberships", "contact-requests",
    "break-glass", "conflicts", "api-clients", "client-secrets", "lawyers", "unavailabilities", "links", "incidents", "training-modules",
    "training-commissions", "commission-members", "training-plans", "absences", "aid-envelopes",
];

/// What an estate has of a committee on aid.
const AID: [&str; 7] = ["aid-committees", "aid-committee-members", "aid-sessions", "aid-attendances", "aid-docket-items", "aid-votes", "aid-recusals"];

/// Dossiers of each level and state, those of each caller as referent and as member, behind walls, opened to some and waiting for a
/// decision, each with a hold.
fn situations(world: &World, estates: &[Estate; 2], callers: &[Caller]) -> BTreeMap<&'static str, Vec<Situation>> {
    let mut rows: BTreeMap<&'static str, Vec<Situation>> = BTreeMap::new();
    let (home, away) = (&estates[0], &estates[1]);
    for collection in COLLECTIONS {
        for estate in estates {
            let row = Situation {
                name: format!("of {}", estate.department),
                id: estate.id(collection).to_owned(),
                department: estate.department,
                academy: "06",
                ..Situation::default()
            };
            rows.entry(collection).or_default().push(row);
        }
    }
    // Of the committee of one's own department the member presides and the treasurer keeps the purse; of the other nobody is in office.
    for (collection, estate) in AID.into_iter().flat_map(|collection| estates.iter().map(move |estate| (collection, estate))) {
        let seated = if estate.department == "63" { vec!["committee".to_owned(), "treasurer".to_owned()] } else { Vec::new() };
        let name = format!("of {}", estate.department);
        let row = Situation { name, id: estate.id(collection).to_owned(), department: estate.department, seated, ..Situation::default() };
        rows.entry(collection).or_default().push(row);
    }
    let chair = callers.iter().find(|caller| caller.name == "committee").unwrap();
    let treasurer = callers.iter().find(|caller| caller.name == "treasurer").unwrap();
    for (caller, function) in [(chair, "chair"), (treasurer, "treasurer")] {
        let committee = json!({ "id": home.id("aid-committees") });
        seat(&callers.iter().find(|caller| caller.name == "head").unwrap().client, &committee, &caller.client, function);
    }
    let managed = |estate: &Estate, collection: &str| Situation {
        name: format!("volunteer of {}", estate.department),
        id: estate.id(collection).to_owned(),
        department: estate.department,
        managed: true,
        ..Situation::default()
    };
    let account = |client: &Client| user_id(client).as_str().unwrap().to_owned();
    let accounts: BTreeMap<&str, String> = callers.iter().filter(|caller| caller.known).map(|caller| (caller.name.as_str(), account(&caller.client))).collect();
    let account_of = |caller: &Caller| accounts[caller.name.as_str()].clone();
    let colleague = world.user("colleague", Role::DepartmentStaff, Some("63"));
    let school = parsed(home.id("establishments"));
    let speaker = world.user_at("speaker", Role::Correspondent, (Some("63"), None, Some(school)));
    let admin = &callers[0].client;
    let first_right = |user: &str| admin.all(&format!("/users/{user}/grants"))[0]["id"].as_str().unwrap().to_owned();
    let colleague = Situation { name: "staff of 63".into(), id: account(&colleague), department: "63", ..Situation::default() };
    let speaker = Situation { name: "correspondent of 63".into(), id: account(&speaker), managed: true, ..colleague.clone() };
    let rights = [&colleague, &speaker].map(|account| Situation { id: first_right(&account.id), ..account.clone() });
    rows.insert("grants", [managed(home, "grants"), managed(away, "grants")].into_iter().chain(rights).collect());
    let mut known = vec![managed(home, "users"), managed(away, "users"), colleague, speaker];
    for caller in callers.iter().filter(|caller| ["admin", "head"].contains(&caller.name.as_str())) {
        let department = caller.grants[0].1;
        known.push(Situation {
            name: format!("{}'s own", caller.name),
            id: account_of(caller),
            department,
            whose: Some(caller.name.clone()),
            ..Situation::default()
        });
    }
    rows.insert("users", known);
    rows.insert("operations", reports(world, callers));
    trainings(world, estates, &mut rows);
    let by = |name: &str| callers.iter().find(|caller| caller.name == name).unwrap();
    let call = by("correspondent").client.post("/contact-requests", &json!({ "channel": "phone", "caller_name": "Anne" })).ok();
    for (name, department) in [("head", "63"), ("staff", "63"), ("lawyer", ""), ("officer", "")] {
        let own = by(name).client.post("/absences", &json!({ "starts_on": "2026-12-24", "ends_on": "2026-12-31" })).ok();
        let own = Situation { name: format!("{name}'s own"), id: own["id"].as_str().unwrap().to_owned(), department, ..Situation::default() };
        rows.entry("absences").or_default().push(Situation { whose: Some(name.to_owned()), ..own });
    }
    let opened = Situation { name: "for the school".into(), id: call["id"].as_str().unwrap().to_owned(), department: "63", ..Situation::default() };
    rows.entry("contact-requests").or_default().push(Situation { whose: Some("correspondent".into()), ..opened });
    for (collection, id) in Estate::commission(&by("national").client, "23") {
        let row = Situation { name: "of Nice".into(), id, department: "06", academy: "23", ..Situation::default() };
        rows.entry(collection).or_default().push(row);
    }
    let base = parsed(home.id("dossiers"));
    let dossier = world.db().read_now(move |conn| find(conn, &Scope::console(), base)).unwrap();
    let dossier = DossierRow { status: DossierStatus::New, referent_id: None, review_on: None, ..dossier };
    let (away_id, away_association) = (away.id("dossiers").to_owned(), parsed(away.id("associations")));
    let mut cases: Vec<(Situation, DossierRow)> = Vec::new();
    let mut add = |name: String, situation: Situation, row: DossierRow| {
        let id = Id::new();
        let row = DossierRow { id, reference: format!("63-2020-{:06}", 100 + cases.len()).parse().unwrap(), ..row };
        cases.push((Situation { name, id: id.to_string(), department: if row.department_code.as_str() == "63" { "63" } else { "03" }, ..situation }, row));
    };
    for (level, confidentiality) in LEVELS.into_iter().enumerate() {
        add(confidentiality.as_str().to_owned(), Situation { level, ..Situation::default() }, DossierRow { confidentiality, ..dossier.clone() });
    }
    let day = |text: &str| text.parse::<entraide::values::Day>().ok();
    let closed = DossierRow { status: DossierStatus::Closed, closed_on: day("2026-11-01"), ..dossier.clone() };
    let gone = Situation { put_away: true, ..Situation::default() };
    add("closed".into(), Situation::default(), closed.clone());
    add("archived".into(), gone.clone(), DossierRow { status: DossierStatus::Archived, ..closed.clone() });
    add("anonymised".into(), gone.clone(), DossierRow { status: DossierStatus::Anonymised, member_id: None, summary: None, ..closed.clone() });
    add("readable again".into(), Situation::default(), DossierRow { unarchived_until: day("2026-11-22"), ..closed.clone() });
    add("readable no more".into(), gone, DossierRow { unarchived_until: day("2026-11-21"), ..closed });
    // What is opened to some is secret, of either department, and may be behind a wall.
    let all = || vec!["lawyer".to_owned(), "national".to_owned()];
    let (secret, decided) = (DossierRow { confidentiality: Confidentiality::Secret, ..dossier.clone() }, Some(SolidarityStatus::Refused));
    let waiting = DossierRow { solidarity_status: Some(SolidarityStatus::Requested), ..secret.clone() };
    let elsewhere = DossierRow { department_code: "03".parse().unwrap(), association_id: away_association, ..waiting.clone() };
    let open = Situation { level: 3, open_to: all(), waits: true, ..Situation::default() };
    add("opened and waiting".into(), open.clone(), waiting.clone());
    add("opened and waiting in 03".into(), open.clone(), elsewhere);
    add("archived though opened".into(), Situation { put_away: true, ..open.clone() }, DossierRow { status: DossierStatus::Archived, ..waiting.clone() });
    add("shut to everybody".into(), Situation { shut: true, ..open.clone() }, waiting.clone());
    for permit in ["run out", "ended", "of another kind"] {
        add(permit.into(), Situation { level: 3, ..Situation::default() }, DossierRow { solidarity_status: decided, ..secret.clone() });
    }
    let (readers, open) = (["head", "staff", "volunteer", "national", "lawyer", "officer"], Situation { level: 0, ..open });
    let waiting = DossierRow { confidentiality: Confidentiality::Standard, ..waiting };
    for name in readers {
        add(format!("walled off from {name}"), Situation { against: Some(name.to_owned()), ..open.clone() }, waiting.clone());
    }
    for caller in callers.iter().filter(|caller| !caller.grants.is_empty()) {
        let referent_id = Some(parsed(&account_of(caller)));
        let secret = DossierRow { confidentiality: Confidentiality::Secret, referent_id, ..dossier.clone() };
        let own = Situation { level: 3, whose: Some(caller.name.clone()), ..Situation::default() };
        add(format!("referred to {}", caller.name), own.clone(), secret.clone());
        if !caller.grants.iter().any(|(role, _)| CEILINGS.iter().any(|(of, _)| *of == ROLES[*role])) {
            continue;
        }
        let elsewhere = DossierRow { department_code: "03".parse().unwrap(), association_id: away_association, ..secret.clone() };
        add(format!("referred to {}, of 03", caller.name), own.clone(), elsewhere);
        add(format!("referred to {}, archived", caller.name), Situation { put_away: true, ..own }, DossierRow { status: DossierStatus::Archived, ..secret });
    }
    let mut walls: Vec<Wall> = Vec::new();
    // Nobody works on their own case: each is a member, whose case it is.
    let head = world.head("63");
    for (caller, person) in callers.iter().filter(|caller| readers.contains(&caller.name.as_str())).zip(0..) {
        let member = head
            .post(
                "/members",
                &json!({ "association_id": association(&head, "63"), "last_name": "Équipe", "first_name": format!("P{}", char::from(b'a' + person)) }),
            )
            .ok();
        world.link(&caller.client, &member);
        let row = DossierRow {
            id: Id::new(),
            reference: format!("63-2020-{:06}", 500 + u32::from(person)).parse().unwrap(),
            member_id: Some(parsed(member["id"].as_str().unwrap())),
            referent_id: Some(parsed(&account_of(caller))),
            ..waiting.clone()
        };
        let own = Situation { department: "63", whose: Some(caller.name.clone()), ..open.clone() };
        // Somebody else's case in which they are the opposing party.
        let (about, opposed) = (row.member_id, DossierRow { id: Id::new(), member_id: dossier.member_id, ..row.clone() });
        let opposed = DossierRow { reference: format!("63-2020-{:06}", 600 + u32::from(person)).parse().unwrap(), ..opposed };
        walls.push((opposed.id, WallKind::OpposingParty, None, about));
        let (name, id) = (format!("walled off from the member that {} is", caller.name), opposed.id.to_string());
        cases.push((Situation { name, id, against: Some(caller.name.clone()), ..own.clone() }, opposed));
        // The referent is the very person whom it is about.
        let (name, id) = (format!("{}'s own case", caller.name), row.id.to_string());
        cases.push((Situation { name, id, about: Some(caller.name.clone()), ..own }, row));
    }
    aid(world, estates, callers, &mut rows);
    let hold = |row: &DossierRow| LegalHoldRow {
        id: Id::new(),
        dossier_id: row.id,
        reason: "Instance".parse().ok(),
        placed_on: row.opened_on,
        placed_by: None,
        lifted_on: None,
        lifted_by: None,
        lift_reason: None,
        version: 1,
        created_at: row.created_at,
        updated_at: row.updated_at,
    };
    let holds: Vec<LegalHoldRow> = cases.iter().map(|(_, row)| hold(row)).collect();
    let held = |(situation, _): &(Situation, DossierRow), hold: &LegalHoldRow| Situation { id: hold.id.to_string(), ..situation.clone() };
    rows.insert("legal-holds", cases.iter().zip(&holds).map(|(case, hold)| held(case, hold)).collect());
    let parties: Vec<PartyRow> = cases.iter().map(|(_, row)| party(row)).collect();
    let part = |(situation, _): &(Situation, DossierRow), party: &PartyRow| Situation { id: party.id.to_string(), ..situation.clone() };
    rows.insert("parties", cases.iter().zip(&parties).map(|(case, party)| part(case, party)).collect());
    let mut mandates: Vec<MandateRow> = cases.iter().map(|(_, row)| mandate(row, None)).collect();
    let proposed = |(situation, _): &(Situation, DossierRow), row: &MandateRow| Situation { id: row.id.to_string(), ..situation.clone() };
    let mut known: Vec<Situation> = cases.iter().zip(&mandates).map(|(case, row)| proposed(case, row)).collect();
    // One that is proposed to a lawyer to whom its dossier is not open.
    let account = account_of(by("lawyer"));
    let lawyer = admin.post("/lawyers", &lawyer_with(&json!({ "user_id": account }))).ok();
    let lawyer = Situation { name: "lawyer's own".into(), id: lawyer["id"].as_str().unwrap().to_owned(), department: "63", ..Situation::default() };
    let secret = cases.iter().find(|(situation, _)| situation.name == "secret").unwrap();
    let row = mandate(&secret.1, Some(parsed(&lawyer.id)));
    known.push(Situation { name: "proposed to lawyer".into(), of_lawyer: Some("lawyer".into()), ..proposed(secret, &row) });
    mandates.push(row);
    rows.insert("mandates", known);
    rows.entry("lawyers").or_default().push(Situation { whose: Some("lawyer".into()), ..lawyer });
    // Whoever waits for a decision on solidarity has a decision of that instance, everybody else one of an insurer.
    let decisions: Vec<CoverDecisionRow> = cases.iter().map(|(situation, row)| decision(situation, row)).collect();
    let under = |(situation, _): &(Situation, DossierRow), id: Id| Situation { id: id.to_string(), ..situation.clone() };
    let requests: Vec<ProtectionRequestRow> = cases.iter().map(|(_, row)| protection_request(row)).collect();
    let talks: Vec<(ConciliationRow, ConciliationSessionRow, CommitmentRow)> = cases.iter().map(|(_, row)| conciliation(row)).collect();
    rows.insert("conciliations", cases.iter().zip(&talks).map(|(case, (row, ..))| under(case, row.id)).collect());
    rows.insert("conciliation-sessions", cases.iter().zip(&talks).map(|(case, (_, row, _))| under(case, row.id)).collect());
    rows.insert("commitments", cases.iter().zip(&talks).map(|(case, (.., row))| under(case, row.id)).collect());
    rows.insert("protection-requests", cases.iter().zip(&requests).map(|(case, row)| under(case, row.id)).collect());
    let (running, events): (Vec<DeadlineRow>, Vec<DeadlineEventRow>) = cases.iter().map(|(_, row)| deadline(row)).unzip();
    rows.insert("deadlines", cases.iter().zip(&running).map(|(case, row)| under(case, row.id)).collect());
    rows.insert("deadline-events", cases.iter().zip(&events).map(|(case, row)| under(case, row.id)).collect());
    let brought: Vec<ProceedingRow> = cases.iter().map(|(_, row)| proceeding(row)).collect();
    rows.insert("proceedings", cases.iter().zip(&brought).map(|(case, row)| under(case, row.id)).collect());
    let acts: Vec<ProceedingStepRow> = brought.iter().map(proceeding_step).collect();
    rows.insert("proceeding-steps", cases.iter().zip(&acts).map(|(case, row)| under(case, row.id)).collect());
    rows.insert("cover-decisions", cases.iter().zip(&decisions).map(|(case, row)| under(case, row.id)).collect());
    for (situation, row) in &cases {
        if situation.shut {
            walls.push((row.id, WallKind::WithdrawnConsent, None, None));
        }
        if let Some(name) = situation.against.as_ref().filter(|_| walls.iter().all(|(id, ..)| *id != row.id)) {
            walls.push((row.id, WallKind::OpposingParty, Some(parsed(&account_of(by(name)))), None));
        }
    }
    let mut tasks: Vec<TaskRow> = cases.iter().map(|(_, row)| task(row)).collect();
    let mut known: Vec<Situation> = cases.iter().zip(&tasks).map(|(case, row)| under(case, row.id)).collect();
    // Where several situations meet, a conflict is told of besides.
    let conflict = parsed(home.id("conflicts"));
    let met = ["standard", "secret", "closed", "archived", "opened and waiting", "opened and waiting in 03", "shut to everybody", "head's own case"];
    for case in cases.iter().filter(|(case, _)| met.contains(&case.name.as_str()) || case.against.is_some() || case.whose.as_deref() == Some("volunteer")) {
        let row = TaskRow { conflict_id: Some(conflict), ..task(&case.1) };
        known.push(Situation { name: format!("{}, of a conflict", case.0.name), notice: true, ..under(case, row.id) });
        tasks.push(row);
    }
    rows.insert("tasks", known);
    let (told, activities) = activities(&cases, |name| parsed(&account_of(by(name))));
    rows.insert("activities", told);
    let files: Vec<(DocumentRow, VersionRow)> = cases.iter().map(|(_, row)| document(world, Some(row.id), None)).collect();
    rows.insert("documents", cases.iter().zip(&files).map(|(case, (row, _))| under(case, row.id)).collect());
    rows.insert("document-versions", cases.iter().zip(&files).map(|(case, (_, version))| under(case, version.id)).collect());
    let (permits, openings) = permits(world.now(), &cases, |name| parsed(&account_of(by(name))));
    rows.entry("break-glass").or_default().extend(openings);
    let stored: Vec<DossierRow> = cases.iter().map(|(_, row)| row.clone()).collect();
    let now = world.now();
    world
        .db()
        .write_now(move |conn| {
            diesel::delete(legal_holds::table).execute(conn)?;
            for row in stored {
                diesel::insert_into(dossiers::table).values(&row).execute(conn)?;
            }
            for file in files {
                insert_document(conn, file)?;
            }
            for row in tasks {
                diesel::insert_into(tasks::table).values(&row).execute(conn)?;
            }
            for row in activities {
                diesel::insert_into(activities::table).values(&row).execute(conn)?;
            }
            for row in holds {
                diesel::insert_into(legal_holds::table).values(&row).execute(conn)?;
            }
            for row in parties {
                diesel::insert_into(dossier_parties::table).values(&row).execute(conn)?;
            }
            for row in mandates {
                diesel::insert_into(lawyer_mandates::table).values(&row).execute(conn)?;
            }
            for (whole, session, commitment) in talks {
                diesel::insert_into(conciliations::table).values(&whole).execute(conn)?;
                diesel::insert_into(conciliation_sessions::table).values(&session).execute(conn)?;
                diesel::insert_into(commitments::table).values(&commitment).execute(conn)?;
            }
            for row in requests {
                diesel::insert_into(protection_requests::table).values(&row).execute(conn)?;
            }
            for (row, event) in running.into_iter().zip(events) {
                diesel::insert_into(deadline_events::table).values(&event).execute(conn)?;
                diesel::insert_into(deadlines::table).values(&row).execute(conn)?;
            }
            for row in brought {
                diesel::insert_into(proceedings::table).values(&row).execute(conn)?;
            }
            for row in acts {
                diesel::insert_into(proceeding_steps::table).values(&row).execute(conn)?;
            }
            for row in decisions {
                diesel::insert_into(cover_decisions::table).values(&row).execute(conn)?;
            }
            for (id, kind, user_id, member_id) in walls {
                let against = (dossier_walls::user_id.eq(user_id), dossier_walls::member_id.eq(member_id), dossier_walls::since.eq(now));
                let of = (dossier_walls::id.eq(Id::new()), dossier_walls::dossier_id.eq(id), dossier_walls::kind.eq(kind));
                diesel::insert_into(dossier_walls::table).values((of, against)).execute(conn)?;
            }
            for row in permits {
                diesel::insert_into(dossier_permits::table).values(&row).execute(conn)?;
            }
            Ok(())
        })
        .unwrap();
    let mut known: Vec<Situation> = cases.into_iter().map(|(situation, _)| situation).collect();
    let opposed = |estate: &Estate| estate.opposed["id"].as_str().unwrap().to_owned();
    let own = [("of 63", base.to_string(), "63"), ("of 03", away_id, "03"), ("opposed in 63", opposed(home), "63"), ("opposed in 03", opposed(away), "03")];
    for (name, id, department) in own {
        known.push(Situation { name: name.into(), id, department, ..Situation::default() });
    }
    rows.insert("dossiers", known);
    rows
}

/// Requests for aid of each department and of those who work there, each with a payment that is ordered, one that is in a batch, an
/// instalment and a document; and rules of the nation.
fn aid(world: &World, estates: &[Estate; 2], callers: &[Caller], rows: &mut BTreeMap<&'static str, Vec<Situation>>) {
    let admin = &callers[0].client;
    let national = admin.post("/aid-rules", &json!({ "year": 2026, "dues_up_to_date": false })).ok();
    let rules = estates.iter().map(|estate| (estate.department, estate.id("aid-rules").to_owned()));
    let rules = rules.chain([("", national["id"].as_str().unwrap().to_owned())]);
    let situation = |(department, id): (&'static str, String)| Situation { name: format!("of {department}"), id, department, ..Situation::default() };
    rows.insert("aid-rules", rules.map(situation).collect());
    for (estate, number) in estates.iter().zip([63_i64, 3]) {
        let id = parsed(estate.id("financial-aid-requests"));
        let found = move |conn: &mut entraide::db::DbConn| -> entraide::error::Result<(AidRequestRow, Vec<(Id, Id)>)> {
            let request = requests::find(conn, &Scope::console(), id)?;
            let own = users::table.filter(users::member_id.is_not_null()).select((users::id, users::member_id.assume_not_null()));
            Ok((request, own.load::<(Id, Id)>(conn)?))
        };
        let (request, own) = world.db().read_now(found).unwrap();
        let whose = |caller: &&Caller| caller.known && estate.department == "63" && ["head", "staff"].contains(&caller.name.as_str());
        let own = callers.iter().filter(whose).map(|caller| {
            let user = parsed(user_id(&world.again(&caller.client)).as_str().unwrap());
            (Some(caller.name.clone()), own.iter().find(|(id, _)| *id == user).unwrap().1)
        });
        for ((about, member), at) in [(None, request.member_id.unwrap())].into_iter().chain(own).zip(1..) {
            let number = format!("AID-{}-2020-{:06}", estate.department, 1000 * number + at).parse().unwrap();
            let row = AidRequestRow { id: Id::new(), number, member_id: Some(member), ..request.clone() };
            let written = aid_beneath(&row);
            let of = |id: Id| Situation { about: about.clone(), ..situation((estate.department, id.to_string())) };
            rows.entry("financial-aid-requests").or_default().push(of(row.id));
            rows.entry("payments").or_default().extend(written.0.iter().map(|payment| of(payment.id)));
            rows.entry("instalments").or_default().push(of(written.2.id));
            let file = document(world, None, Some(row.id));
            rows.entry("aid-documents").or_default().push(of(file.0.id));
            rows.entry("aid-document-versions").or_default().push(of(file.1.id));
            // A batch is of an association, and about nobody.
            rows.entry("payment-batches").or_default().push(situation((estate.department, written.1.id.to_string())));
            let store = move |conn: &mut entraide::db::DbConn| -> entraide::error::Result<()> {
                diesel::insert_into(financial_aid_requests::table).values(&row).execute(conn)?;
                diesel::insert_into(aid_payment_batches::table).values(&written.1).execute(conn)?;
                for payment in &written.0 {
                    diesel::insert_into(aid_payments::table).values(payment).execute(conn)?;
                }
                diesel::insert_into(aid_instalments::table).values(&written.2).execute(conn)?;
                insert_document(conn, file)
            };
            world.db().write_now(store).unwrap();
        }
    }
}

fn aid_beneath(row: &AidRequestRow) -> ([PaymentRow; 2], PaymentBatchRow, InstalmentRow) {
    let (amount_cents, day, now) = (Money::from_cents(100), row.submitted_on.unwrap(), row.created_at);
    let (association_id, department_code) = (row.association_id, row.department_code.clone());
    let batch = PaymentBatchRow {
        id: Id::new(),
        association_id,
        department_code: department_code.clone(),
        payments_count: 1,
        total_cents: amount_cents,
        created_by: None,
        version: 1,
        created_at: now,
    };
    let payment = PaymentRow {
        id: Id::new(),
        request_id: row.id,
        association_id,
        department_code,
        payee_kind: PayeeKind::Member,
        payee_name: "Anne Lac".parse().ok(),
        iban: "FR7630006000011234567890189".parse().ok(),
        amount_cents,
        status: PaymentStatus::Ordered,
        ordered_on: day,
        ordered_by: None,
        paid_on: None,
        batch_id: None,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    let handed = PaymentRow { id: Id::new(), batch_id: Some(batch.id), ..payment.clone() };
    let instalment = InstalmentRow {
        id: Id::new(),
        request_id: row.id,
        number: 1,
        due_on: day,
        amount_cents,
        paid_on: None,
        remitted_on: None,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    ([payment, handed], batch, instalment)
}

/// Somebody who has a part in a dossier.
fn party(row: &DossierRow) -> PartyRow {
    PartyRow {
        id: Id::new(),
        dossier_id: row.id,
        role: PartyRole::Witness,
        category: PartyCategory::Colleague,
        minor: None,
        display_name: "Anne Lac".parse().ok(),
        birth_date: None,
        member_id: None,
        email: None,
        phone: None,
        version: 1,
        created_at: row.created_at,
        updated_at: row.updated_at,
    }
}

/// A document under a dossier or a request for aid that is not privileged, whose file is there.
fn document(world: &World, dossier_id: Option<Id>, aid_request_id: Option<Id>) -> (DocumentRow, VersionRow) {
    let (id, file, text) = (Id::new(), Id::new(), b"Bonjour");
    let mut draft = world.server.storage.begin().unwrap();
    draft.write_all(text).unwrap();
    draft.keep(file).unwrap();
    let mut measure = Measure::default();
    measure.pass(text);
    let version = VersionRow {
        id: file,
        document_id: id,
        number: 1,
        sha256: measure.finish().sha256.parse().unwrap(),
        size: 7,
        format: DocumentFormat::Text,
        author_id: None,
        created_at: world.now(),
    };
    let document = DocumentRow {
        id,
        dossier_id,
        aid_request_id,
        document_type: DocumentType::Letter,
        file_name: "lettre.txt".parse().ok(),
        privileged: false,
        current_id: Some(file),
        version: 1,
        created_at: world.now(),
        updated_at: world.now(),
    };
    (document, version)
}

fn insert_document(conn: &mut entraide::db::DbConn, (row, version): (DocumentRow, VersionRow)) -> entraide::error::Result<()> {
    diesel::insert_into(documents::table).values(&row).execute(conn)?;
    diesel::insert_into(document_versions::table).values(&version).execute(conn)?;
    Ok(())
}

fn task(row: &DossierRow) -> TaskRow {
    let due_on = "2026-12-01".parse().ok();
    TaskRow {
        id: Id::new(),
        dossier_id: row.id,
        department_code: row.department_code.clone(),
        title: "Rappeler".parse().ok(),
        note: None,
        due_on,
        order_on: order_of(due_on),
        assignee_id: None,
        status: TaskStatus::Open,
        created_by: None,
        version: 1,
        created_at: row.created_at,
        updated_at: row.updated_at,
        conflict_id: None,
    }
}

/// An activity for the team in each dossier; where several read it, also one that a head keeps to themselves, one for the lawyer and one
/// that the lawyer wrote for the head, who is not in charge; and one that the lawyer wrote for whoever is in charge, where somebody is.
fn activities(cases: &[(Situation, DossierRow)], account: impl Fn(&str) -> Id) -> (Vec<Situation>, Vec<ActivityRow>) {
    let (mut told, mut rows) = (Vec::new(), Vec::new());
    for (situation, row) in cases {
        let team = Meant { team: true, ..Meant::default() };
        let own = Meant { author: Some("head".to_owned()), ..Meant::default() };
        let lawyer = Meant { lawyer: true, ..Meant::default() };
        let to = |name: &str| Meant { author: Some("lawyer".to_owned()), referent: Some(name.to_owned()), ..Meant::default() };
        let several = situation.name == "standard" || !situation.open_to.is_empty();
        let noted = situation.whose.as_deref().map(to);
        for meant in std::iter::once(team).chain([own, lawyer, to("head")].into_iter().filter(|_| several)).chain(noted) {
            // Of what no caller wrote, somebody is the author who reads no dossier.
            let author_id = account(meant.author.as_deref().unwrap_or("admin"));
            let activity = ActivityRow {
                id: Id::new(),
                dossier_id: row.id,
                kind: ActivityKind::Note,
                medium: None,
                started_at: row.created_at,
                minutes: None,
                author_id,
                summary: "Entretien.".parse().ok(),
                for_team: meant.team,
                for_lawyer: meant.lawyer,
                for_member: false,
                for_insurer: false,
                version: 1,
                created_at: row.created_at,
                updated_at: row.updated_at,
                referent_id: meant.referent.as_deref().map(&account),
            };
            let audience = match &meant {
                Meant { team: true, .. } => "the team".to_owned(),
                Meant { lawyer: true, .. } => "the lawyer".to_owned(),
                Meant { referent: Some(name), .. } => format!("{name}, by the lawyer"),
                _ => "its author".to_owned(),
            };
            let (name, id) = (format!("{}, for {audience}", situation.name), activity.id.to_string());
            told.push(Situation { name, id, meant: Some(meant), ..situation.clone() });
            rows.push(activity);
        }
    }
    (told, rows)
}

/// A mandate that is proposed to a lawyer partner, or to somebody who is none.
fn mandate(case: &DossierRow, lawyer_id: Option<Id>) -> MandateRow {
    let external = ExternalLawyer { name: "Anne Lac".parse().unwrap(), bar: "Moulins".parse().unwrap() };
    MandateRow {
        id: Id::new(),
        dossier_id: case.id,
        lawyer_id,
        external_lawyer: lawyer_id.is_none().then_some(entraide::db::Json(external)),
        nature: MandateNature::Representation,
        purpose: None,
        chosen_by_member: true,
        name_requested_on: None,
        status: MandateStatus::Proposed,
        proposed_by: None,
        proposed_on: case.opened_on,
        expires_on: "2026-12-31".parse().unwrap(),
        accepted_on: None,
        decline_reason: None,
        advice: None,
        ended_on: None,
        permit_id: None,
        version: 1,
        created_at: case.created_at,
        updated_at: case.updated_at,
    }
}

/// A decision on the cover of a dossier that waits for its answer.
fn decision(situation: &Situation, row: &DossierRow) -> CoverDecisionRow {
    let instance = if situation.waits { CoverInstance::NationalSolidarity } else { CoverInstance::Insurer };
    CoverDecisionRow {
        id: Id::new(),
        dossier_id: row.id,
        instance,
        status: CoverDecisionStatus::Requested,
        insurer_code: (instance == CoverInstance::Insurer).then(|| "maif".parse().unwrap()),
        claim_reference: None,
        member_informed_on: row.opened_on,
        requested_on: row.opened_on,
        requested_by: None,
        reason: None,
        received_on: None,
        source: None,
        motivation: None,
        ceiling_cents: None,
        decided_by: None,
        version: 1,
        created_at: row.created_at,
        updated_at: row.updated_at,
    }
}

/// A conciliation in which the sides agreed, with one session and one commitment.
fn conciliation(row: &DossierRow) -> (ConciliationRow, ConciliationSessionRow, CommitmentRow) {
    let (dossier_id, conciliation_id, created_at, updated_at) = (row.id, Id::new(), row.created_at, row.updated_at);
    let whole = ConciliationRow {
        id: conciliation_id,
        dossier_id,
        status: ConciliationStatus::Agreed,
        proposed_on: row.opened_on,
        subject: None,
        agreed_on: Some(row.opened_on),
        version: 1,
        created_at,
        updated_at,
    };
    let session = ConciliationSessionRow {
        id: Id::new(),
        conciliation_id,
        dossier_id,
        held_on: row.opened_on,
        medium: ActivityMedium::InPerson,
        venue: None,
        participants: None,
        note: None,
        version: 1,
        created_at,
        updated_at,
    };
    let commitment = CommitmentRow {
        id: Id::new(),
        conciliation_id,
        dossier_id,
        side: CommitmentSide::Opposing,
        promise: None,
        due_on: None,
        check_on: None,
        status: CommitmentStatus::Pending,
        checked_on: None,
        checked_by: None,
        task_id: None,
        version: 1,
        created_at,
        updated_at,
    };
    (whole, session, commitment)
}

/// A request for protection that is still to be made.
fn protection_request(row: &DossierRow) -> ProtectionRequestRow {
    ProtectionRequestRow {
        id: Id::new(),
        dossier_id: row.id,
        stage: ProtectionStage::Initial,
        status: ProtectionStatus::ToRequest,
        addressed_to: Employer::State,
        requested_on: None,
        received_on: None,
        received_estimated: false,
        decided_on: None,
        appealed_on: None,
        silence_due_on: None,
        suit_due_on: None,
        reason: None,
        motivation: None,
        version: 1,
        created_at: row.created_at,
        updated_at: row.updated_at,
    }
}

/// A deadline that runs, and the event that set it off.
fn deadline(row: &DossierRow) -> (DeadlineRow, DeadlineEventRow) {
    let event = DeadlineEventRow {
        id: Id::new(),
        dossier_id: row.id,
        kind: DeadlineEventKind::Publication,
        occurred_on: row.opened_on,
        status: DeadlineEventStatus::Recorded,
        recorded_by: None,
        version: 1,
        created_at: row.created_at,
        updated_at: row.updated_at,
    };
    let running = DeadlineRow {
        id: Id::new(),
        dossier_id: row.id,
        department_code: row.department_code.clone(),
        code: DeadlineCode::PressOffence,
        source: DeadlineSource::DeadlineEvent,
        source_id: event.id,
        starts_on: event.occurred_on,
        due_on: event.occurred_on.plus_months(3),
        status: DeadlineStatus::Running,
        met_on: None,
        done: None,
        run: 1,
        next_on: None,
        version: 1,
        created_at: row.created_at,
        updated_at: row.updated_at,
    };
    (running, event)
}

/// A proceeding that goes on.
fn proceeding(row: &DossierRow) -> ProceedingRow {
    ProceedingRow {
        id: Id::new(),
        dossier_id: row.id,
        nature: ProceedingNature::Criminal,
        member_side: MemberSide::Victim,
        authority: None,
        case_number: None,
        opened_on: row.opened_on,
        status: ProceedingStatus::Open,
        outcome: None,
        closed_on: None,
        version: 1,
        created_at: row.created_at,
        updated_at: row.updated_at,
    }
}

/// What began it.
fn proceeding_step(row: &ProceedingRow) -> ProceedingStepRow {
    ProceedingStepRow {
        id: Id::new(),
        proceeding_id: row.id,
        dossier_id: row.dossier_id,
        kind: ProceedingStepKind::Complaint,
        done_by: ActingSide::Member,
        occurred_on: row.opened_on,
        note: None,
        recorded_by: None,
        voided_at: None,
        voided_by: None,
        void_reason: None,
        version: 1,
        created_at: row.created_at,
        updated_at: row.updated_at,
    }
}

/// A dossier, why somebody is kept from it, and who: a user, a member, or everybody.
type Wall = (Id, WallKind, Option<Id>, Option<Id>);

/// What opens a dossier: its kind, to whom, until when, and when it was ended.
type Permit = (PermitKind, &'static str, Option<Instant>, Option<Instant>);

fn permits_of(situation: &Situation, now: Instant) -> Vec<Permit> {
    let hour = Some(Instant(now.0 + chrono::Duration::hours(1)));
    let (mandate, glass) = (PermitKind::Mandate, PermitKind::BreakGlass);
    match situation.name.as_str() {
        "run out" => vec![(mandate, "lawyer", Some(now), None), (glass, "national", Some(now), None)],
        "ended" => vec![(mandate, "lawyer", None, Some(now)), (glass, "national", hour, Some(now))],
        "of another kind" => vec![(glass, "lawyer", hour, None), (mandate, "national", None, None)],
        _ if situation.open_to.is_empty() => Vec::new(),
        _ => vec![(mandate, "lawyer", None, None), (glass, "national", hour, None)],
    }
}

/// What opens dossiers to the lawyer and to national staff, and each opening as a row of its own.
fn permits(now: Instant, cases: &[(Situation, DossierRow)], account: impl Fn(&str) -> Id) -> (Vec<BreakGlassRow>, Vec<Situation>) {
    let (mut permits, mut openings) = (Vec::new(), Vec::new());
    for (situation, DossierRow { id: dossier_id, .. }) in cases {
        for (kind, name, expires_at, ended_at) in permits_of(situation, now) {
            let (id, dossier_id, user_id) = (Id::new(), *dossier_id, account(name));
            permits.push(BreakGlassRow { id, dossier_id, user_id, kind, reason: None, expires_at, ended_at, version: 1, created_at: now, updated_at: now });
            if kind == PermitKind::BreakGlass {
                openings.push(Situation {
                    name: format!("{} to {name}", situation.name),
                    id: id.to_string(),
                    whose: Some(name.to_owned()),
                    ..situation.clone()
                });
            }
        }
    }
    (permits, openings)
}

/// Sessions of each level, as drafts and announced, each with a slot, and somebody who takes part and has a certificate.
fn trainings(world: &World, estates: &[Estate; 2], rows: &mut BTreeMap<&'static str, Vec<Situation>>) {
    let base = parsed(estates[0].id("training-sessions"));
    let draft = world.db().read_now(move |conn| training_sessions::store::find(conn, &Scope::console(), base)).unwrap();
    let association_of = |at: usize| Some(parsed(estates[at].id("associations")));
    let mut stored = Vec::new();
    for (name, level, department, academy, association_id) in [
        ("of 63", OrganiserLevel::Department, "63", "06", association_of(0)),
        ("of 03", OrganiserLevel::Department, "03", "06", association_of(1)),
        ("of the academy", OrganiserLevel::Academy, "", "06", None),
        ("of another academy", OrganiserLevel::Academy, "", "10", None),
        ("of the country", OrganiserLevel::National, "", "", association_of(0)),
    ] {
        for announced in [false, true] {
            let (status, scheduled_on) = if announced { (TrainingSessionStatus::Scheduled, Some(draft.starts_on)) } else { (draft.status, None) };
            let session = TrainingSessionRow {
                id: Id::new(),
                organiser_level: level,
                association_id,
                department_code: department.parse().ok(),
                academy_code: academy.parse().ok(),
                confirmed_count: 1,
                status,
                scheduled_on,
                ..draft.clone()
            };
            let (starts_at, ends_at) = (Instant(session.starts_on.begins()), Instant(session.starts_on.next().begins()));
            let (created_at, updated_at) = (session.created_at, session.updated_at);
            let slot = SlotRow { id: Id::new(), session_id: session.id, starts_at, ends_at, version: 1, created_at, updated_at, deleted_at: None };
            let guest = RegistrationRow {
                id: Id::new(),
                session_id: session.id,
                member_id: None,
                name: "Anne Lac".parse().ok(),
                email: None,
                organisation: None,
                outsider_key: Some("anne lac".to_owned()),
                status: RegistrationStatus::Confirmed,
                queue_number: None,
                created_by: None,
                anonymised_at: None,
                version: 1,
                created_at,
                updated_at,
            };
            let certificate = CertificateRow {
                id: Id::new(),
                number: format!("ATT-2020-{:06}", stored.len()).parse().unwrap(),
                session_id: session.id,
                registration_id: guest.id,
                slots_held: 1,
                slots_attended: 1,
                minutes_attended: 60,
                minimum_share: 80,
                digest: guest.id.as_bytes().to_vec(),
                status: CertificateStatus::Issued,
                issued_by: None,
                revoked_at: None,
                version: 1,
                created_at,
                updated_at,
            };
            let situation = Situation { name: format!("{name}, announced: {announced}"), department, academy, announced, ..Situation::default() };
            let ids = [
                ("training-sessions", session.id),
                ("training-slots", slot.id),
                ("training-registrations", guest.id),
                ("training-certificates", certificate.id),
            ];
            for (collection, id) in ids {
                rows.entry(collection).or_default().push(Situation { id: id.to_string(), ..situation.clone() });
            }
            stored.push((session, slot, guest, certificate));
        }
    }
    let insert = move |conn: &mut entraide::db::DbConn| {
        for (session, slot, guest, certificate) in stored {
            diesel::insert_into(schema::training_sessions::table).values(&session).execute(conn)?;
            diesel::insert_into(schema::training_slots::table).values(&slot).execute(conn)?;
            diesel::insert_into(schema::training_registrations::table).values(&guest).execute(conn)?;
            diesel::insert_into(schema::training_certificates::table).values(&certificate).execute(conn)?;
        }
        Ok(())
    };
    world.db().write_now(insert).unwrap();
}

/// Imports of members that several asked for, and one of the directory.
fn reports(world: &World, callers: &[Caller]) -> Vec<Situation> {
    let ask = |caller: &Caller, resource: &str, file: &str| {
        let reply = crate::harness::directory::send_of(&caller.client, resource, "validate", &Id::new().to_string(), file.as_bytes());
        assert_eq!(reply.status, 202, "{}", reply.text());
        Situation {
            name: format!("{resource} by {}", caller.name),
            id: reply.json()["id"].as_str().unwrap().to_owned(),
            whose: Some(caller.name.clone()),
            directory: resource == "establishments",
            ..Situation::default()
        }
    };
    let by = |name: &str| callers.iter().find(|caller| caller.name == name).unwrap();
    let people = "nom;prenom\nDubois;Anne\n";
    let rows = vec![
        ask(by("head"), "members", people),
        ask(by("staff"), "members", people),
        ask(by("neighbour"), "members", people),
        ask(by("national"), "establishments", "x;y\n1;2\n"),
    ];
    world.run_operations();
    rows
}

#[test]
fn the_oracle_has_a_line_for_every_operation_and_no_other() {
    let served: BTreeSet<&str> = operations().iter().map(|operation| operation.name).collect();
    let written: BTreeSet<&str> = OPERATIONS.iter().map(|(name, _)| *name).collect();
    assert_eq!(served, written);
    assert_eq!(OPERATIONS.len(), written.len(), "an operation has two lines");
    assert_eq!(Role::ENUMERATION.values.len(), ROLES.len(), "a role has no column");
    let commands: BTreeSet<String> = operations()
        .iter()
        .flat_map(|operation| operation.bodies().into_iter().filter_map(|body| Some(format!("{}:{}", operation.name, body["command"].as_str()?))))
        .collect();
    for (name, verb) in NARROWER {
        assert!(served.contains(name) || commands.contains(*name), "{name}");
        assert!(rules(verb).is_some_and(|rules| rules.len() == ROLES.len()), "{verb}");
    }
    for command in commands.iter().filter(|command| command.starts_with("dossiers_transition") || command.starts_with("user")) {
        assert!(NARROWER.iter().any(|(name, _)| name == command), "who may give {command}?");
    }
}

#[test]
fn each_caller_reaches_exactly_the_rows_that_the_design_gives_them_through_every_operation() {
    let table = Table::new();
    let (tried, wrong) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let all = operations();
    let jobs: Vec<(&Caller, &Operation)> = all.iter().flat_map(|operation| table.callers.iter().map(move |caller| (caller, operation))).collect();
    // What ends every session of somebody, or takes a row away, comes last.
    let (last, first): (Vec<_>, Vec<_>) =
        jobs.into_iter().partition(|(_, operation)| ["me_sessions_delete", "user_sessions_delete", "client_secrets_delete"].contains(&operation.name));
    let work = |(caller, operation): &(&Caller, &Operation)| {
        let client = table.signed_in(caller);
        let bodies = operation.bodies();
        let bodies: Vec<Option<Value>> = if bodies.is_empty() { vec![None] } else { bodies.into_iter().map(Some).collect() };
        for row in table.rows_of(operation) {
            for body in &bodies {
                let body = body.clone().map(|body| table.fit(body, row.as_ref()));
                let command = body.as_ref().and_then(|body| body["command"].as_str());
                let expected = oracle(caller, operation.name, command, row.as_ref());
                let reply = table.try_out((*caller, &client), operation, row.as_ref(), body.as_ref());
                tried.fetch_add(1, Ordering::Relaxed);
                let found = told(&reply);
                let creates = operation.collection().is_none();
                let same = found == expected || creates && matches!((found, expected), (Refused(_), Refused(404)));
                // Of an account that somebody finds, its state is told before whether it is theirs to move; and where anybody may
                // call, it does not matter whether a token that ended is noticed.
                let open = operation.name == "users_transition" && reply.status == 409 || caller.name == "disabled" && expected == Permitted;
                let read = operation.method != "GET" || expected != Permitted || reply.status == 200;
                if !(open || same && read) {
                    let situation = row.as_ref().map_or("", |row| row.name.as_str());
                    wrong.lock().unwrap().push(format!(
                        "{} {} {situation} {}: {expected:?}, but {} {}",
                        caller.name,
                        operation.name,
                        command.unwrap_or_default(),
                        reply.status,
                        reply.text()
                    ));
                }
            }
        }
    };
    side_by_side(&first, work);
    last.iter().for_each(work);
    let wrong = wrong.into_inner().unwrap();
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), tried.into_inner(), wrong.join("\n"));
    println!("{} combinations of {} operations and {} callers", tried.into_inner(), all.len(), table.callers.len());
}

#[test]
fn each_list_holds_exactly_the_rows_that_the_design_gives_its_caller() {
    let table = Table::new();
    let lists = [
        ("dossiers_list", "dossiers"),
        ("members_list", "members"),
        ("contact_requests_list", "contact-requests"),
        ("users_list", "users"),
        ("absences_list", "absences"),
        ("operations_list", "operations"),
        ("break_glass_list", "break-glass"),
        ("conflicts_list", "conflicts"),
        ("tasks_list", "tasks"),
        ("incidents_list", "incidents"),
        ("deadlines_list", "deadlines"),
        ("api_clients_list", "api-clients"),
        ("mandates_list", "mandates"),
        ("lawyers_list", "lawyers"),
        ("training_sessions_list", "training-sessions"),
        ("aid_committees_list", "aid-committees"),
        ("aid_sessions_list", "aid-sessions"),
        ("financial_aid_requests_list", "financial-aid-requests"),
        ("payments_list", "payments"),
        ("payment_batches_list", "payment-batches"),
        ("aid_rules_list", "aid-rules"),
        ("aid_envelopes_list", "aid-envelopes"),
    ];
    for caller in table.callers.iter().filter(|caller| !caller.grants.is_empty()) {
        for (operation, collection) in lists {
            let (_, verb) = OPERATIONS.iter().find(|(name, _)| *name == operation).unwrap();
            let rules = rules(verb).unwrap();
            if !caller.has_part(&rules) || rules[caller.grants[0].0] == 'p' {
                continue;
            }
            let expected: BTreeSet<String> = table.rows[collection].iter().filter(|row| caller.reaches(&rules, row)).map(|row| row.id.clone()).collect();
            let known = table.known_ids(collection);
            let shown: BTreeSet<String> =
                caller.client.all(&format!("/{collection}?limit=100")).iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect();
            let found: BTreeSet<String> = shown.intersection(&known).cloned().collect();
            assert_eq!(found, expected, "{} at {operation}", caller.name);
        }
    }
    let analyst = &table.callers[5].client;
    assert_eq!(analyst.all("/dossiers?purpose=Climat&limit=100").len(), table.rows["dossiers"].len());
}
