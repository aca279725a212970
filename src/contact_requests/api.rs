//! Routes, bodies and views of contact requests.

use super::model::{CallAnswer, CallNote, ContactRequestCommand, ContactRequestFilters, ContactRequestStatus, DropReason, LIFECYCLE};
use super::store::{self, ContactRequestRow};
use crate::audit::{Action, Resource, Tx};
use crate::auth::Scope;
use crate::db::paging::{Position, Slice};
use crate::db::{DbConn, Id, Instant};
use crate::dossiers::model::{ContactChannel, Urgency};
use crate::error::{Code, Error, Language, Place, Result};
use crate::http::{
    Actor, Answer, Command, CommandOptions, Endpoint, History, HistoryEntryView, ListOf, Listed, NoFilters, Order, Page, Patch, PathId, Projection, route,
};
use crate::members::model::{ContactInstructions, SafeContact};
use crate::values::input::Change;
use crate::values::{DepartmentCode, DisplayName, Phone, body};
use crate::workflow::{AllowedCommandView, Content, Step, TransitionView, Transitions, Verdict};
use crate::{associations, dossiers, establishments, members};
use serde::Serialize;
use utoipa::ToSchema;

/// A first call, before there is any dossier.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ContactRequestView {
    /// Identifier.
    pub id: Id,
    /// Version, raised by every change.
    #[schema(minimum = 1, maximum = 2_147_483_647, example = 1)]
    pub version: i32,
    /// The association that sees to it.
    pub association_id: Id,
    /// Its department.
    pub department_code: DepartmentCode,
    /// The establishment that it is about.
    pub establishment_id: Option<Id>,
    /// The caller as a member.
    pub member_id: Option<Id>,
    /// By which way it came in.
    pub channel: ContactChannel,
    /// Name of the caller; `null` once the dossier that it became is anonymised.
    pub caller_name: Option<DisplayName>,
    /// Phone of the caller.
    pub caller_phone: Option<Phone>,
    /// Whether the caller may be called back without danger.
    pub safe_contact: SafeContact,
    /// What to heed in doing so.
    pub safe_contact_instructions: Option<ContactInstructions>,
    /// Urgency.
    pub urgency: Urgency,
    /// What the caller said.
    pub note: Option<CallNote>,
    /// State.
    pub status: ContactRequestStatus,
    /// Why it led to nothing.
    pub drop_reason: Option<DropReason>,
    /// What the caller was answered.
    pub answer: Option<CallAnswer>,
    /// The dossier that it became.
    pub dossier_id: Option<Id>,
    /// Who recorded it.
    pub created_by: Option<Id>,
    /// The commands that its state allows and this caller may give.
    #[schema(max_items = 50)]
    pub allowed_commands: Vec<AllowedCommandView>,
    /// When it came in.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
}

/// The columns of the export as a French spreadsheet titles them.
#[rustfmt::skip]
const TITLES: &[(&str, &str)] = &[
    ("id", "Identifiant"), ("version", "Version"), ("association_id", "Association"), ("department_code", "Département"),
    ("establishment_id", "Établissement"), ("member_id", "Adhérent"), ("channel", "Canal"), ("caller_name", "Appelant"), ("caller_phone", "Téléphone"),
    ("safe_contact", "Rappel sans risque"), ("safe_contact_instructions", "Consignes de rappel"), ("urgency", "Urgence"), ("note", "Note"),
    ("status", "État"), ("drop_reason", "Motif d'abandon"), ("answer", "Réponse"), ("dossier_id", "Dossier"), ("created_by", "Enregistré par"),
    ("allowed_commands", "Commandes possibles"), ("created_at", "Reçu le"), ("updated_at", "Modifié le"),
];

impl Resource for ContactRequestView {
    const KIND: &'static str = "contact_request";

    fn id(&self) -> Id {
        self.id
    }

    fn version(&self) -> i32 {
        self.version
    }
}

/// Without what depends on who looks at it.
impl From<ContactRequestRow> for ContactRequestView {
    fn from(row: ContactRequestRow) -> Self {
        let ContactRequestRow { id, association_id, department_code, establishment_id, member_id, channel, caller_name, caller_phone, safe_contact, .. } = row;
        let ContactRequestRow { safe_contact_instructions, urgency, note, status, drop_reason, answer, dossier_id, created_by, .. } = row;
        let ContactRequestRow { version, created_at, updated_at, .. } = row;
        Self {
            id,
            version,
            association_id,
            department_code,
            establishment_id,
            member_id,
            channel,
            caller_name,
            caller_phone,
            safe_contact,
            safe_contact_instructions,
            urgency,
            note,
            status,
            drop_reason,
            answer,
            dossier_id,
            created_by,
            allowed_commands: Vec::new(),
            created_at,
            updated_at,
        }
    }
}

fn show(scope: &Scope, language: Language, row: ContactRequestRow) -> ContactRequestView {
    let allowed_commands = LIFECYCLE.allowed(row.status, scope, Some(row.department_code.as_str()), language, |_| Verdict::Free);
    ContactRequestView { allowed_commands, ..row.into() }
}

body! {
    /// Records a first call.
    pub struct CreateContactRequest {
        /// The association that sees to it; the one of the caller's only department by default.
        association_id: Option<Id>,
        /// The establishment that it is about.
        establishment_id: Option<Id>,
        /// The caller as a member.
        member_id: Option<Id>,
        /// By which way it came in.
        channel: ContactChannel,
        /// Name of the caller.
        caller_name: DisplayName,
        /// Phone of the caller.
        caller_phone: Option<Phone>,
        /// Whether the caller may be called back without danger; `yes` by default.
        safe_contact: Option<SafeContact>,
        /// What to heed in doing so.
        safe_contact_instructions: Option<ContactInstructions>,
        /// Urgency; `normal` by default.
        urgency: Option<Urgency>,
        /// What the caller said.
        note: Option<CallNote>,
    }
}

body! {
    /// Changes a contact request that nobody has seen to yet: absent fields stay, `null` clears.
    pub struct UpdateContactRequest {
        /// The establishment that it is about.
        establishment_id: Change<Option<Id>>,
        /// The caller as a member.
        member_id: Change<Option<Id>>,
        /// By which way it came in.
        channel: Change<ContactChannel>,
        /// Name of the caller.
        caller_name: Change<DisplayName>,
        /// Phone of the caller.
        caller_phone: Change<Option<Phone>>,
        /// Whether the caller may be called back without danger.
        safe_contact: Change<SafeContact>,
        /// What to heed in doing so.
        safe_contact_instructions: Change<Option<ContactInstructions>>,
        /// Urgency.
        urgency: Change<Urgency>,
        /// What the caller said.
        note: Change<Option<CallNote>>,
    } refuse {
        status: FieldState, drop_reason: FieldState, answer: FieldState, dossier_id: FieldState,
        department_code: FieldDerived, allowed_commands: FieldDerived,
        id: FieldReadOnly, version: FieldReadOnly, association_id: FieldReadOnly, created_by: FieldReadOnly, created_at: FieldReadOnly,
        updated_at: FieldReadOnly,
    }
}

impl CreateContactRequest {
    fn into_row(self, association_id: Id, department_code: DepartmentCode, tx: &Tx<'_>) -> ContactRequestRow {
        let Self { association_id: _, establishment_id, member_id, channel, caller_name, caller_phone, safe_contact, safe_contact_instructions, .. } = self;
        let Self { urgency, note, .. } = self;
        ContactRequestRow {
            id: Id::new(),
            association_id,
            department_code,
            establishment_id,
            member_id,
            channel,
            caller_name: Some(caller_name),
            caller_phone,
            safe_contact: safe_contact.unwrap_or(SafeContact::Yes),
            safe_contact_instructions,
            urgency: urgency.unwrap_or(Urgency::Normal),
            note,
            status: LIFECYCLE.initial,
            drop_reason: None,
            answer: None,
            dossier_id: None,
            created_by: tx.author.actor_id,
            version: 1,
            created_at: tx.now,
            updated_at: tx.now,
        }
    }
}

impl UpdateContactRequest {
    fn apply(self, row: &mut ContactRequestRow) {
        let Self { establishment_id, member_id, channel, caller_name, caller_phone, safe_contact, safe_contact_instructions, urgency, note } = self;
        establishment_id.apply(&mut row.establishment_id);
        member_id.apply(&mut row.member_id);
        channel.apply(&mut row.channel);
        if let Change::To(name) = caller_name {
            row.caller_name = Some(name);
        }
        caller_phone.apply(&mut row.caller_phone);
        safe_contact.apply(&mut row.safe_contact);
        safe_contact_instructions.apply(&mut row.safe_contact_instructions);
        urgency.apply(&mut row.urgency);
        note.apply(&mut row.note);
    }
}

/// What a body may refer to.
#[derive(Clone)]
struct Reach {
    members: Scope,
    directory: Scope,
    dossiers: Scope,
}

impl Reach {
    fn of(actor: &Actor) -> Self {
        Self {
            members: actor.scope_through("members_retrieve"),
            directory: actor.scope_through("establishments_retrieve"),
            dossiers: actor.scope_through("dossiers_retrieve").unveiled(),
        }
    }

    /// Locks what the row refers to, or tells what of it cannot be found.
    fn check(&self, tx: &mut Tx<'_>, row: &ContactRequestRow) -> Result<()> {
        let mut missing = Vec::new();
        if let Some(id) = row.establishment_id
            && establishments::store::find_optional(tx.conn, &self.directory, id)?.is_none()
        {
            missing.push("/establishment_id");
        }
        if let Some(id) = row.member_id
            && members::store::find_by_ids(tx.conn, &self.members, vec![id])?.is_empty()
        {
            missing.push("/member_id");
        }
        if !missing.is_empty() {
            let issue = |pointer: &str| crate::error::Flaw::from(Code::ReferenceNotFound).at(Place::Pointer(pointer.to_owned()));
            return Err(Error::invalid(missing.into_iter().map(issue).collect()));
        }
        if let Some(id) = row.member_id {
            members::store::lock_references(tx, &self.members, id)?;
        }
        if let Some(id) = row.establishment_id {
            establishments::store::lock_references(tx, &self.directory, id)?;
        }
        Ok(())
    }
}

/// The contact requests as a list.
#[derive(Clone)]
struct ContactRequests {
    language: Language,
}

const SORTS: &[&str] = &["created", "urgency"];
const EXPANDS: &[&str] = &["member", "establishment", "association", "dossier"];

impl Listed for ContactRequests {
    type Filters = ContactRequestFilters;
    type View = ContactRequestView;

    fn page(&self, conn: &mut DbConn, scope: &Scope, filters: &ContactRequestFilters, slice: &Slice) -> Result<Vec<(Position, ContactRequestView)>> {
        let rows = store::list(conn, scope, filters, slice)?;
        Ok(rows.into_iter().map(|row| (store::position(&row, slice.sort), show(scope, self.language, row))).collect())
    }

    fn count(&self, conn: &mut DbConn, scope: &Scope, filters: &ContactRequestFilters) -> Result<i64> {
        store::count(conn, scope, filters)
    }
}

pub fn routes() -> Vec<Endpoint> {
    vec![
        route!(list_contact_requests).lists::<ContactRequestView>(SORTS).exports(TITLES).expands(EXPANDS),
        route!(create_contact_request).creates().shows::<ContactRequestView>(),
        route!(retrieve_contact_request).shows::<ContactRequestView>().sparse().expands(EXPANDS),
        route!(update_contact_request).conditional().shows::<ContactRequestView>(),
        route!(list_contact_request_history).lists::<HistoryEntryView>(&[]),
        route!(transition_contact_request).conditional().creates(),
        route!(list_contact_request_transitions).lists::<TransitionView>(&[]),
    ]
}

/// List contact requests
///
/// The first calls of one's department, in the order in which they came in.
#[utoipa::path(get, path = "/contact-requests", operation_id = "contact_requests_list", tag = "contact_requests",
    params(ContactRequestFilters), responses((status = 200, description = "A page of contact requests.", body = Page<ContactRequestView>)))]
async fn list_contact_requests(actor: Actor, list: ListOf<ContactRequestFilters>) -> Answer {
    actor.list(ContactRequests { language: actor.context.language }, list).await
}

/// Record a contact request
///
/// Records a first call, before it is known whether there will be a dossier.
#[utoipa::path(post, path = "/contact-requests", operation_id = "contact_requests_create", tag = "contact_requests",
    params(CommandOptions), request_body = CreateContactRequest, responses((status = 201, description = "The contact request.", body = ContactRequestView)))]
async fn create_contact_request(actor: Actor, command: Command<CreateContactRequest>) -> Answer {
    let (reach, language) = (Reach::of(&actor), actor.context.language);
    actor
        .create("contact-requests", command, move |tx, scope, body| {
            let own = associations::store::find_own(tx.conn, scope, body.association_id)?;
            let (association, department_code) = own.map_err(|code| Error::field("/association_id", code))?;
            let row = body.into_row(association.id, department_code, tx);
            reach.check(tx, &row)?;
            let row = store::insert(tx, scope, row)?;
            tx.record(Action::Create, &ContactRequestView::from(row.clone()))?;
            Ok(show(scope, language, row))
        })
        .await
}

/// Retrieve a contact request
///
/// One first call.
#[utoipa::path(get, path = "/contact-requests/{id}", operation_id = "contact_requests_retrieve", tag = "contact_requests",
    params(("id" = Id, Path)), responses((status = 200, description = "The contact request.", body = ContactRequestView)))]
async fn retrieve_contact_request(actor: Actor, id: PathId, projection: Projection) -> Answer {
    let language = actor.context.language;
    actor.retrieve(projection, move |conn, scope| store::find(conn, scope, id.0).map(|row| show(scope, language, row))).await
}

/// Change a contact request
///
/// Changes the fields given, at the version the caller has seen, as long as nobody has seen to it.
#[utoipa::path(patch, path = "/contact-requests/{id}", operation_id = "contact_requests_update", tag = "contact_requests",
    params(("id" = Id, Path)), request_body = UpdateContactRequest, responses((status = 200, description = "The contact request after the change.", body = ContactRequestView)))]
async fn update_contact_request(actor: Actor, id: PathId, patch: Patch<UpdateContactRequest>) -> Answer {
    let (reach, language) = (Reach::of(&actor), actor.context.language);
    actor
        .update(patch, move |tx, scope, expected, changes| {
            let mut row = store::find(tx.conn, scope, id.0)?;
            expected.check(row.version)?;
            if row.status != LIFECYCLE.initial {
                return Err(Error::of(Code::ContactRequestSettled));
            }
            changes.apply(&mut row);
            reach.check(tx, &row)?;
            let row = store::advance(tx, scope, row, &[LIFECYCLE.initial])?;
            tx.record(Action::Update, &ContactRequestView::from(row.clone()))?;
            Ok(show(scope, language, row))
        })
        .await
}

/// List the versions of a contact request
///
/// Who changed what and when, the newest first.
#[utoipa::path(get, path = "/contact-requests/{id}/history", operation_id = "contact_requests_history", tag = "contact_requests",
    params(("id" = Id, Path)), responses((status = 200, description = "A page of versions.", body = Page<HistoryEntryView>)))]
async fn list_contact_request_history(actor: Actor, id: PathId, list: ListOf<NoFilters>) -> Answer {
    actor.list(History { id: id.0, find: |conn, scope, id| store::find(conn, scope, id).map(drop) }, list).await
}

/// Move a contact request on
///
/// Carries out a command at the version the caller has seen; `allowed_commands` of the request tells which are possible now.
#[utoipa::path(post, path = "/contact-requests/{id}/transitions", operation_id = "contact_requests_transition", tag = "contact_requests",
    params(("id" = Id, Path), CommandOptions), request_body = ContactRequestCommand, responses((status = 201, description = "The step.", body = TransitionView)))]
async fn transition_contact_request(actor: Actor, id: PathId, order: Order<ContactRequestCommand>) -> Answer {
    let reach = Reach::of(&actor);
    actor
        .transition(id.0, order, store::find, move |tx, scope, step, row, command| {
            let view = ContactRequestView::from(perform(tx, scope, &reach, step, row, command)?);
            tx.record(Action::Transition, &view)?;
            Ok(view)
        })
        .await
}

fn perform(
    tx: &mut Tx<'_>,
    scope: &Scope,
    reach: &Reach,
    step: Step<ContactRequestStatus>,
    mut row: ContactRequestRow,
    command: ContactRequestCommand,
) -> Result<ContactRequestRow> {
    row.status = step.to;
    match command {
        ContactRequestCommand::CallBack { .. } => {}
        ContactRequestCommand::Convert { dossier_id } => {
            let found = dossiers::store::find_by_ids(tx.conn, &reach.dossiers, vec![dossier_id])?;
            if found.is_empty() {
                return Err(Error::field("/dossier_id", Code::ReferenceNotFound));
            }
            row.dossier_id = Some(dossier_id);
        }
        ContactRequestCommand::Answer { answer } => row.answer = Some(answer),
        ContactRequestCommand::Drop { drop_reason, .. } => row.drop_reason = Some(drop_reason),
    }
    store::advance(tx, scope, row, step.from)
}

/// List the steps of a contact request
///
/// Its life so far, the first step first.
#[utoipa::path(get, path = "/contact-requests/{id}/transitions", operation_id = "contact_requests_transitions_list", tag = "contact_requests",
    params(("id" = Id, Path)), responses((status = 200, description = "A page of steps.", body = Page<TransitionView>)))]
async fn list_contact_request_transitions(actor: Actor, id: PathId, list: ListOf<NoFilters>) -> Answer {
    actor.list(Transitions { id: id.0, find: |conn, scope, id| store::find(conn, scope, id).map(|_| Content::Shown) }, list).await
}
