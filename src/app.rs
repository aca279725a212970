//! Puts the rooms together: routes, contract, server.

use crate::audit::journal::Journal;
use crate::auth::{Keys, Role};
use crate::clock::Clock;
use crate::config::Config;
use crate::db::Db;
use crate::error::{Code, Error, Language, Result};
use crate::http::connections::Connections;
use crate::http::contract::{Contact, ContractFacts, ExpansionFacts, OperationFacts, ProblemFacts, TagFacts, finalise};
use crate::http::limits::Limits;
use crate::http::metrics::Metrics;
use crate::http::{API_VERSION, Endpoint, Expander, Expansion, Server, problem, register, standalone, unmatched};
use crate::imports::Importer;
use crate::storage::Directory;
use crate::values::{Choice, Enumeration};
use crate::workflow::Machine;
use crate::{
    aid_committees, aid_envelopes, aid_rules, associations, calendar_feeds, clients, contact_requests, deadlines, digests, documents, dossiers, establishments,
    financial_aid_requests, imports, incidents, lawyers, members, records, reference, sessions, system, training_commissions, training_modules,
    training_sessions, users, workflow,
};
use actix_web::http::Method;
use actix_web::{App, HttpServer, guard, web};
use bytes::Bytes;
use serde_json::Value;
use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;
use utoipa::openapi::path::{PathItem, PathsBuilder};
use utoipa::openapi::{ComponentsBuilder, InfoBuilder, OpenApiBuilder};

/// Every route of the house: one line a room.
pub fn endpoints() -> Vec<Endpoint> {
    let rooms = [
        sessions::routes(),
        sessions::open::routes(),
        sessions::passwords::routes(),
        sessions::enrolment::routes(),
        users::routes(),
        users::grants::routes(),
        users::sessions::routes(),
        users::resets::routes(),
        users::absences::routes(),
        clients::routes(),
        clients::secrets::routes(),
        clients::token::routes(),
        clients::metadata::routes(),
        reference::routes(),
        deadlines::routes(),
        workflow::routes(),
        associations::routes(),
        associations::team_members::routes(),
        establishments::routes(),
        establishments::correspondents::routes(),
        establishments::first_contact::routes(),
        members::routes(),
        members::employments::routes(),
        members::transfers::routes(),
        members::duplicates::routes(),
        members::merges::routes(),
        members::memberships::routes(),
        members::memberships::tariffs::routes(),
        lawyers::routes(),
        lawyers::unavailabilities::routes(),
        dossiers::routes(),
        dossiers::splits::routes(),
        dossiers::motives::routes(),
        dossiers::contexts::routes(),
        dossiers::legal_holds::routes(),
        dossiers::break_glass::routes(),
        dossiers::parties::routes(),
        dossiers::conflicts::routes(),
        dossiers::activities::routes(),
        dossiers::documents::routes(),
        dossiers::tasks::routes(),
        dossiers::timeline::routes(),
        dossiers::mandates::routes(),
        dossiers::cover_decisions::routes(),
        dossiers::protection_requests::routes(),
        dossiers::deadlines::routes(),
        dossiers::deadlines::events::routes(),
        dossiers::proceedings::routes(),
        dossiers::proceeding_steps::routes(),
        dossiers::conciliations::routes(),
        dossiers::conciliations::sessions::routes(),
        dossiers::conciliations::commitments::routes(),
        dossiers::links::routes(),
        incidents::routes(),
        aid_committees::routes(),
        aid_committees::members::routes(),
        aid_committees::sessions::routes(),
        aid_committees::sessions::attendances::routes(),
        aid_committees::docket::routes(),
        aid_committees::docket::identities::routes(),
        aid_committees::docket::votes::routes(),
        aid_committees::docket::recusals::routes(),
        contact_requests::routes(),
        training_modules::routes(),
        training_sessions::routes(),
        training_sessions::slots::routes(),
        training_sessions::registrations::routes(),
        training_sessions::attendance::routes(),
        training_sessions::certificates::routes(),
        training_sessions::certificates::checks::routes(),
        calendar_feeds::routes(),
        training_commissions::routes(),
        training_commissions::members::routes(),
        training_commissions::plans::routes(),
        digests::routes(),
        aid_rules::routes(),
        aid_envelopes::routes(),
        financial_aid_requests::routes(),
        financial_aid_requests::payments::routes(),
        financial_aid_requests::payments::batches::routes(),
        financial_aid_requests::instalments::routes(),
        financial_aid_requests::documents::routes(),
        records::routes(),
        records::access::routes(),
        imports::routes(),
        system::routes(),
    ];
    rooms.into_iter().flatten().collect()
}

/// Every enumeration that is served with its labels.
pub const ENUMERATIONS: &[Enumeration] = &[
    Role::ENUMERATION,
    users::model::UserStatus::ENUMERATION,
    users::grants::model::GrantStatus::ENUMERATION,
    clients::model::ApiClientStatus::ENUMERATION,
    crate::auth::machine::ClientAuthMethod::ENUMERATION,
    crate::auth::machine::ClientScope::ENUMERATION,
    crate::auth::machine::RowScope::ENUMERATION,
    crate::audit::Action::ENUMERATION,
    crate::audit::access::Confided::ENUMERATION,
    associations::model::AssociationLevel::ENUMERATION,
    associations::model::Weekday::ENUMERATION,
    associations::team_members::model::TeamFunction::ENUMERATION,
    establishments::model::EstablishmentKind::ENUMERATION,
    establishments::model::Sector::ENUMERATION,
    establishments::model::EstablishmentStatus::ENUMERATION,
    establishments::model::PriorityLevel::ENUMERATION,
    establishments::first_contact::model::ContactLevel::ENUMERATION,
    establishments::first_contact::model::ContactReason::ENUMERATION,
    members::model::Civility::ENUMERATION,
    members::model::SafeContact::ENUMERATION,
    members::model::ExternalSystem::ENUMERATION,
    members::duplicates::model::DuplicateKey::ENUMERATION,
    members::merges::model::MergeStatus::ENUMERATION,
    members::employments::model::Occupation::ENUMERATION,
    members::employments::model::EmploymentStatus::ENUMERATION,
    members::employments::model::Employer::ENUMERATION,
    members::memberships::model::Product::ENUMERATION,
    members::memberships::model::SubscriptionChannel::ENUMERATION,
    members::memberships::model::MembershipState::ENUMERATION,
    members::memberships::model::EndReason::ENUMERATION,
    members::memberships::model::MembershipStatus::ENUMERATION,
    members::memberships::model::CoverStatus::ENUMERATION,
    crate::auth::Confidentiality::ENUMERATION,
    deadlines::rules::DeadlineCode::ENUMERATION,
    deadlines::rules::DeadlineTrigger::ENUMERATION,
    deadlines::rules::DeadlineEffect::ENUMERATION,
    deadlines::rules::DeadlineUnit::ENUMERATION,
    deadlines::rules::DeadlinePopulation::ENUMERATION,
    deadlines::rules::RestartingAct::ENUMERATION,
    dossiers::model::DossierKind::ENUMERATION,
    dossiers::model::MemberQuality::ENUMERATION,
    dossiers::model::ContactChannel::ENUMERATION,
    dossiers::model::Urgency::ENUMERATION,
    dossiers::model::DossierStatus::ENUMERATION,
    dossiers::model::Place::ENUMERATION,
    dossiers::model::Outcome::ENUMERATION,
    dossiers::model::OutcomeForMember::ENUMERATION,
    dossiers::model::DossierWarning::ENUMERATION,
    dossiers::model::AgeBand::ENUMERATION,
    dossiers::legal_holds::model::LegalHoldStatus::ENUMERATION,
    dossiers::break_glass::model::BreakGlassStatus::ENUMERATION,
    dossiers::parties::model::PartyRole::ENUMERATION,
    dossiers::parties::model::PartyCategory::ENUMERATION,
    dossiers::conflicts::model::ConflictStatus::ENUMERATION,
    dossiers::activities::model::ActivityKind::ENUMERATION,
    dossiers::activities::model::ActivityMedium::ENUMERATION,
    dossiers::activities::model::Audience::ENUMERATION,
    documents::model::DocumentType::ENUMERATION,
    documents::model::DocumentFormat::ENUMERATION,
    dossiers::tasks::model::TaskStatus::ENUMERATION,
    dossiers::timeline::view::TimelineKind::ENUMERATION,
    lawyers::model::Speciality::ENUMERATION,
    dossiers::mandates::model::MandateNature::ENUMERATION,
    dossiers::mandates::model::ConsultationPurpose::ENUMERATION,
    dossiers::mandates::model::Advice::ENUMERATION,
    dossiers::mandates::model::DeclineReason::ENUMERATION,
    dossiers::mandates::model::MandateStatus::ENUMERATION,
    dossiers::model::SolidarityStatus::ENUMERATION,
    dossiers::cover_decisions::model::CoverInstance::ENUMERATION,
    dossiers::cover_decisions::model::CoverDecisionStatus::ENUMERATION,
    dossiers::cover_decisions::model::AnswerSource::ENUMERATION,
    dossiers::protection_requests::model::ProtectionStage::ENUMERATION,
    dossiers::protection_requests::model::ProtectionStatus::ENUMERATION,
    dossiers::deadlines::model::DeadlineStatus::ENUMERATION,
    dossiers::deadlines::model::DeadlineSource::ENUMERATION,
    dossiers::deadlines::events::model::DeadlineEventKind::ENUMERATION,
    dossiers::deadlines::events::model::DeadlineEventStatus::ENUMERATION,
    dossiers::proceedings::model::ProceedingNature::ENUMERATION,
    dossiers::proceedings::model::MemberSide::ENUMERATION,
    dossiers::proceedings::model::ProceedingStatus::ENUMERATION,
    dossiers::proceedings::model::ProceedingOutcome::ENUMERATION,
    dossiers::proceeding_steps::model::ProceedingStepKind::ENUMERATION,
    dossiers::proceeding_steps::model::ActingSide::ENUMERATION,
    dossiers::proceeding_steps::model::ProceedingStepStatus::ENUMERATION,
    dossiers::derived::DossierPath::ENUMERATION,
    dossiers::conciliations::model::ConciliationStatus::ENUMERATION,
    dossiers::conciliations::commitments::model::CommitmentSide::ENUMERATION,
    dossiers::conciliations::commitments::model::CommitmentStatus::ENUMERATION,
    dossiers::links::model::LinkKind::ENUMERATION,
    dossiers::links::model::LinkRelation::ENUMERATION,
    dossiers::links::model::LinkStatus::ENUMERATION,
    incidents::model::IncidentNature::ENUMERATION,
    digests::model::MailLanguage::ENUMERATION,
    aid_committees::members::model::CommitteeFunction::ENUMERATION,
    aid_committees::sessions::model::AidSessionStatus::ENUMERATION,
    aid_committees::sessions::attendances::model::Presence::ENUMERATION,
    aid_committees::docket::model::DocketKind::ENUMERATION,
    aid_committees::docket::model::DocketStatus::ENUMERATION,
    aid_committees::docket::model::VoteChoice::ENUMERATION,
    aid_committees::docket::recusals::model::RecusalKind::ENUMERATION,
    contact_requests::model::ContactRequestStatus::ENUMERATION,
    contact_requests::model::DropReason::ENUMERATION,
    training_modules::model::TrainingAudience::ENUMERATION,
    training_sessions::model::OrganiserLevel::ENUMERATION,
    training_sessions::model::TrainingFormat::ENUMERATION,
    training_sessions::model::Delivery::ENUMERATION,
    training_sessions::model::TrainingSessionStatus::ENUMERATION,
    training_sessions::registrations::model::RegistrationStatus::ENUMERATION,
    training_sessions::registrations::model::BulkOutcome::ENUMERATION,
    training_sessions::attendance::model::AttendanceStatus::ENUMERATION,
    training_sessions::certificates::model::CertificateStatus::ENUMERATION,
    financial_aid_requests::model::AidNature::ENUMERATION,
    financial_aid_requests::model::AidReason::ENUMERATION,
    financial_aid_requests::model::AidRequestStatus::ENUMERATION,
    financial_aid_requests::model::AidRule::ENUMERATION,
    financial_aid_requests::model::AidCheckOutcome::ENUMERATION,
    financial_aid_requests::payments::model::PayeeKind::ENUMERATION,
    financial_aid_requests::payments::model::PaymentStatus::ENUMERATION,
    financial_aid_requests::instalments::model::InstalmentStatus::ENUMERATION,
    financial_aid_requests::instalments::model::RepaymentState::ENUMERATION,
    imports::model::Mode::ENUMERATION,
    imports::model::OperationKind::ENUMERATION,
    imports::model::OperationStatus::ENUMERATION,
    imports::model::LineOutcome::ENUMERATION,
    imports::model::Severity::ENUMERATION,
    system::api::Health::ENUMERATION,
];

/// Every lifecycle of the house.
pub fn workflows() -> Vec<Machine> {
    vec![
        users::LIFECYCLE.machine(),
        users::grants::LIFECYCLE.machine(),
        clients::LIFECYCLE.machine(),
        members::memberships::lifecycle::LIFECYCLE.machine(),
        members::merges::LIFECYCLE.machine(),
        dossiers::LIFECYCLE.machine(),
        dossiers::legal_holds::LIFECYCLE.machine(),
        dossiers::break_glass::LIFECYCLE.machine(),
        dossiers::conflicts::LIFECYCLE.machine(),
        dossiers::tasks::LIFECYCLE.machine(),
        dossiers::mandates::LIFECYCLE.machine(),
        dossiers::cover_decisions::LIFECYCLE.machine(),
        dossiers::protection_requests::LIFECYCLE.machine(),
        dossiers::deadlines::LIFECYCLE.machine(),
        dossiers::deadlines::events::LIFECYCLE.machine(),
        dossiers::proceedings::LIFECYCLE.machine(),
        dossiers::proceeding_steps::LIFECYCLE.machine(),
        dossiers::conciliations::LIFECYCLE.machine(),
        dossiers::conciliations::commitments::LIFECYCLE.machine(),
        dossiers::links::LIFECYCLE.machine(),
        aid_committees::sessions::LIFECYCLE.machine(),
        aid_committees::docket::LIFECYCLE.machine(),
        contact_requests::LIFECYCLE.machine(),
        training_sessions::LIFECYCLE.machine(),
        training_sessions::registrations::LIFECYCLE.machine(),
        training_sessions::certificates::LIFECYCLE.machine(),
        financial_aid_requests::LIFECYCLE.machine(),
        financial_aid_requests::payments::LIFECYCLE.machine(),
        financial_aid_requests::instalments::LIFECYCLE.machine(),
    ]
}

const TAGS: &[TagFacts<'static>] = &[
    TagFacts { name: "sessions", description: "Logging in and out, and who one is." },
    TagFacts { name: "users", description: "Accounts, the rights they hold, their sessions." },
    TagFacts { name: "api_clients", description: "Machines that call: what they may do, their secrets and keys, their tokens." },
    TagFacts { name: "reference", description: "The territory and the labels of every enumeration." },
    TagFacts { name: "workflows", description: "The state machines of every resource that has one." },
    TagFacts { name: "associations", description: "Departmental associations and the national one, with their teams." },
    TagFacts { name: "team_members", description: "The teams of associations." },
    TagFacts { name: "establishments", description: "The school directory, with its correspondents." },
    TagFacts { name: "correspondents", description: "Who speaks for the association in a school." },
    TagFacts { name: "members", description: "Members: who they are, how to reach them safely, where they work." },
    TagFacts { name: "memberships", description: "Periods of membership, their dues, and the cover they prove." },
    TagFacts { name: "lawyers", description: "Lawyer partners: agreements, where and in what they plead, when they are away." },
    TagFacts { name: "dossiers", description: "Members' cases and their life." },
    TagFacts { name: "break_glass", description: "Dossiers that national staff opened for a while, for a reason." },
    TagFacts { name: "activities", description: "What is done in a case, each told to those for whom it is meant." },
    TagFacts { name: "documents", description: "What was sent in for a case: files, their versions and their content." },
    TagFacts { name: "tasks", description: "What is to be done in a case, by whom and until when." },
    TagFacts { name: "mandates", description: "Dossiers proposed to lawyers, from the proposal to the end." },
    TagFacts { name: "legal_holds", description: "Reasons for which a dossier must be kept." },
    TagFacts { name: "parties", description: "Who has a part in a dossier." },
    TagFacts { name: "conflicts", description: "Dossiers that oppose each other: nobody is in charge of both." },
    TagFacts { name: "cover_decisions", description: "What insurers and the national association decide on the cover of dossiers." },
    TagFacts { name: "protection_requests", description: "The protection that public employers owe, asked for at each stage." },
    TagFacts { name: "deadlines", description: "What runs in a case and costs rights when it is missed, and the events that set it off." },
    TagFacts { name: "proceedings", description: "What is brought before authorities in a case, step by step." },
    TagFacts { name: "conciliations", description: "Attempts to settle cases between the sides: sessions, what was promised, what was kept." },
    TagFacts { name: "links", description: "What dossiers are to each other." },
    TagFacts { name: "incidents", description: "Events at establishments, above the dossiers that they opened." },
    TagFacts { name: "aid_committees", description: "Committees that decide on financial aid, and who sits in them." },
    TagFacts { name: "aid_sessions", description: "Sessions of these committees: when, with whom, and the minutes." },
    TagFacts { name: "aid_docket", description: "What stands before a session, by numbers and not by names: recusals, votes, decisions." },
    TagFacts { name: "contact_requests", description: "First calls, before there is any dossier." },
    TagFacts { name: "training_modules", description: "What can be taught." },
    TagFacts { name: "training_sessions", description: "When a module is given, by whom and where." },
    TagFacts { name: "training_registrations", description: "Who takes part in training sessions, and who waits for a seat." },
    TagFacts { name: "calendar_feeds", description: "Secret addresses at which calendar programs read training sessions." },
    TagFacts { name: "training_commissions", description: "Who coordinates training in each academy, with whom, and what is planned." },
    TagFacts { name: "financial_aid", description: "Aid that members ask for: requests, the rules held against them, envelopes, payments and repayment." },
    TagFacts { name: "member_merges", description: "Records of one person: found, merged, and kept apart again." },
    TagFacts { name: "records", description: "What was done and looked at, for those who watch over it." },
    TagFacts { name: "imports", description: "Files, and the operations that import them." },
    TagFacts { name: "system", description: "Health, metrics, the contract, kinds of problems." },
];

/// Starts all that a server does by itself.
pub fn start_runners(server: &Arc<Server>) -> Result<()> {
    imports::runner::start(Arc::clone(server), importers())?;
    let starts: [fn(Arc<Server>) -> Result<()>; 8] = [
        members::memberships::renewal::runner::start,
        dossiers::protection_requests::runner::start,
        dossiers::deadlines::runner::start,
        dossiers::conflicts::notices::start,
        dossiers::mandates::runner::start,
        documents::sweep::start,
        digests::runner::start,
        aid_committees::retention::start,
    ];
    starts.into_iter().try_for_each(|start| start(Arc::clone(server)))
}

pub fn importers() -> Vec<Box<dyn Importer>> {
    vec![Box::new(establishments::DirectoryImporter), Box::new(members::MemberImporter::default())]
}

/// Every object that can stand beside its reference.
fn expansions() -> Vec<Expansion> {
    [&associations::EXPANSIONS[..], &establishments::EXPANSIONS[..], &members::EXPANSIONS[..], &dossiers::EXPANSIONS[..], &training_modules::EXPANSIONS[..]]
        .concat()
}

/// The contract, from the routes themselves.
pub fn contract(endpoints: &[Endpoint]) -> Result<Value> {
    let mut paths = PathsBuilder::new();
    let mut components = ComponentsBuilder::new();
    for endpoint in endpoints {
        let described = endpoint.describe();
        paths = paths.path(endpoint.route.path.clone(), PathItem::new(described.method, described.operation));
        components = components.schemas_from_iter(described.schemas);
    }
    let document =
        OpenApiBuilder::new().info(InfoBuilder::new().title("Entraide").version(API_VERSION)).paths(paths).components(Some(components.build())).build();
    let document = serde_json::to_value(document).map_err(Error::internal)?;
    let operations: Vec<OperationFacts<'_>> = endpoints.iter().map(facts).collect();
    let slugs: Vec<String> = Code::ALL.iter().map(|code| code.slug()).collect();
    let problems: Vec<ProblemFacts<'_>> = Code::ALL.iter().zip(&slugs).map(|(code, slug)| problem_facts(*code, slug)).collect();
    let expansions = expansions();
    let expansions: Vec<ExpansionFacts<'_>> = expansions.iter().map(expansion_facts).collect();
    let contact = Contact { name: "Entraide", url: "https://entraide.example.org", email: "contact@entraide.example.org" };
    Ok(finalise(document, &ContractFacts { version: API_VERSION, contact, tags: TAGS, operations: &operations, problems: &problems, expansions: &expansions }))
}

fn facts(endpoint: &Endpoint) -> OperationFacts<'_> {
    let facts = &endpoint.route.facts;
    OperationFacts {
        id: &endpoint.route.operation,
        public: endpoint.is_public(),
        granted_to: endpoint.route.access.words(),
        at_root: facts.at_root,
        lists: facts.lists,
        versioned: facts.versioned,
        conditional_write: facts.conditional_write,
        idempotent: facts.idempotent,
        streams: facts.streams,
        downloads: facts.downloads,
        sparse: facts.sparse,
        follows: facts.follows,
        speaks_oauth: facts.speaks_oauth,
        sorts: facts.sorts,
        expands: facts.expands,
    }
}

fn expansion_facts(expansion: &Expansion) -> ExpansionFacts<'_> {
    ExpansionFacts { name: expansion.name, reference: expansion.reference, operation: expansion.operation }
}

fn problem_facts(code: Code, slug: &str) -> ProblemFacts<'_> {
    ProblemFacts {
        code: code.name(),
        status: code.status(),
        slug,
        title: problem::title(code.status(), Language::En),
        detail: code.template(Language::En),
        retryable: code.retryable(),
    }
}

/// The contract as it is committed: a test holds it against the routes, so that no server need make it anew at each start.
const CONTRACT: &[u8] = include_bytes!("../openapi/openapi.json");

/// Opens the database, reads the keys, and makes what all requests share.
pub fn server(config: Config, clock: Clock) -> Result<Arc<Server>> {
    let (db, keys) = (Db::open(&config.database)?, Keys::load(&config.keys)?);
    Ok(Arc::new(Server {
        journal: Journal::open(&db, &keys.records)?,
        db,
        storage: Arc::new(Directory::open(&config.documents)?),
        keys,
        clock,
        metrics: Metrics::new().map_err(Error::internal)?,
        limits: Limits::new(config.rate_limit),
        contract: Bytes::from_static(CONTRACT),
        workflows: workflow::served(&workflows())?.into(),
        expander: Expander::new(expansions()),
        erasers: vec![aid_committees::retention::erase, contact_requests::erasure::erase, incidents::erasure::erase],
        reconcilers: vec![training_sessions::registrations::merging::reconcile],
        enumerations: ENUMERATIONS,
        draining: false.into(),
        work: Arc::default(),
        config,
    }))
}

/// Registers every route under its prefix.
pub fn configure(config: &mut web::ServiceConfig, server: &Arc<Server>, endpoints: &[Endpoint]) {
    let (root, versioned): (Vec<&Endpoint>, Vec<&Endpoint>) = endpoints.iter().partition(|endpoint| endpoint.route.facts.at_root);
    config.service(web::scope("/api/v1").configure(|config| register(config, server, &versioned)).default_service(unmatched(server, &[])));
    register(config, server, &root);
    for path in ["/docs", "/docs/{file:.*}"] {
        let reads = guard::Any(guard::Get()).or(guard::Head());
        let refusal = unmatched(server, &[Method::GET, Method::HEAD]);
        config.service(web::resource(path).route(standalone(server, "docs", system::docs).guard(reads)).default_service(refusal));
    }
    config.default_service(unmatched(server, &[]));
}

/// Seconds for which requests under way may finish when the server stops.
const DRAIN_SECONDS: u64 = 30;

/// Serves until it is told to stop, then lets what is under way finish.
pub fn listen(server: &Arc<Server>, listener: TcpListener) -> Result<actix_web::dev::Server> {
    listen_with(server, listener, |_| {})
}

/// `listen` with further routes (the bench).
pub fn listen_with<F>(server: &Arc<Server>, listener: TcpListener, further: F) -> Result<actix_web::dev::Server>
where
    F: Fn(&mut web::ServiceConfig) + Clone + Send + 'static,
{
    let endpoints: Arc<Vec<Endpoint>> = Arc::new(endpoints());
    let shared = Arc::clone(server);
    let connections = Connections::new(server.config.connections_per_address, server.config.trusted_proxies.clone());
    let app = move || App::new().configure(&further).configure(|config| configure(config, &shared, &endpoints));
    let http = HttpServer::new(app)
        .workers(server.config.workers)
        .max_connections(server.config.connections.div_ceil(server.config.workers))
        .on_connect(move |connection, extensions| connections.admit(connection, extensions))
        .client_request_timeout(Duration::from_secs(10))
        .client_disconnect_timeout(Duration::from_secs(5))
        .keep_alive(Duration::from_secs(75))
        .shutdown_timeout(DRAIN_SECONDS)
        .disable_signals()
        .listen(listener)?;
    Ok(http.run())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::Columns;
    use crate::http::contract::gaps;

    #[test]
    fn the_contract_owes_nothing() {
        assert_eq!(gaps(&contract(&endpoints()).unwrap()), Vec::<String>::new());
    }

    #[test]
    fn every_column_of_an_export_has_its_french_title() {
        for endpoint in endpoints().iter().filter(|endpoint| endpoint.route.facts.streams) {
            let untitled = endpoint.route.columns.as_ref().map(Columns::untitled);
            assert_eq!(untitled, Some(Vec::new()), "{}", endpoint.route.operation);
        }
    }

    #[test]
    fn the_committed_contract_is_current() {
        let committed: Value = serde_json::from_slice(CONTRACT).unwrap();
        assert!(committed == contract(&endpoints()).unwrap(), "openapi/openapi.json is stale: run `make contract`");
    }
}
