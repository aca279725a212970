//! The state machines as they are served, and the steps of one resource as a list.

use super::model::{Line, Machine, Word};
use super::store::{self, TransitionRow};
use crate::auth::{Role, Scope};
use crate::db::paging::{Key, Position, Slice};
use crate::db::{DbConn, Id, Instant};
use crate::error::{Error, Result};
use crate::http::{Answer, Endpoint, FieldName, Listed, NoFilters, Reply, context, route};
use crate::values::{DisplayName, Labelled};
use actix_web::HttpRequest;
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// A step in the life of a resource.
#[derive(Debug, Serialize, ToSchema)]
pub struct TransitionView {
    /// Identifier.
    pub id: Id,
    /// What moved on: a dossier, a mandate, a task.
    #[schema(value_type = Word)]
    pub resource: String,
    /// Its identifier.
    pub resource_id: Id,
    /// The command that was given.
    #[schema(value_type = Word)]
    pub command: String,
    /// The state before.
    #[schema(value_type = Word)]
    pub from_status: String,
    /// The state after; the same where the command changed something else.
    #[schema(value_type = Word)]
    pub to_status: String,
    /// Why, where a reason was given.
    #[schema(max_length = 1000, pattern = r"^[^\x00-\x1F\x7F-\x9F]*$", example = "Dossier rouvert à la demande de l'adhérent.")]
    pub reason: Option<String>,
    /// What else the command said.
    #[schema(schema_with = details)]
    pub details: Option<Map<String, Value>>,
    /// The version that the step made.
    #[schema(minimum = 1, maximum = 2_147_483_647, example = 2)]
    pub resource_version: i32,
    /// When.
    pub recorded_at: Instant,
    /// Who gave the command; `null` when the console or the calendar did.
    pub actor_id: Option<Id>,
    /// The request that gave it.
    pub request_id: Id,
    /// The fields that are hidden from this caller.
    #[schema(max_items = 20, value_type = Vec<FieldName>)]
    pub withheld: Vec<&'static str>,
}

fn details() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
    use utoipa::openapi::schema::{AdditionalProperties, ObjectBuilder, SchemaType, Type};
    ObjectBuilder::new()
        .schema_type(SchemaType::Array(vec![Type::Object, Type::Null]))
        .description(Some("The fields of the command, but for the reason."))
        .additional_properties(Some(AdditionalProperties::FreeForm(true)))
        .into()
}

/// Whether a caller reads what a step says, or only which it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    Shown,
    Withheld,
}

impl TransitionView {
    pub fn of(row: TransitionRow, content: Content) -> Self {
        let TransitionRow { id, resource, resource_id, whole_id: _, resource_version, command, from_status, to_status, reason, details, recorded_at, .. } = row;
        let TransitionRow { actor_id, request_id, .. } = row;
        let (reason, details, withheld) = match content {
            Content::Shown => (reason, Some(details.0), Vec::new()),
            Content::Withheld => (None, None, vec!["reason", "details"]),
        };
        Self { id, resource, resource_id, command, from_status, to_status, reason, details, resource_version, recorded_at, actor_id, request_id, withheld }
    }
}

/// Makes sure that the resource is the caller's to see, and tells how far.
pub type Find = fn(&mut DbConn, &Scope, Id) -> Result<Content>;

/// The steps of one resource, found first in the caller's scope.
#[derive(Clone)]
pub struct Transitions {
    pub id: Id,
    pub find: Find,
}

impl Listed for Transitions {
    type Filters = NoFilters;
    type View = TransitionView;

    fn page(&self, conn: &mut DbConn, scope: &Scope, _: &NoFilters, slice: &Slice) -> Result<Vec<(Position, TransitionView)>> {
        let content = (self.find)(conn, scope, self.id)?;
        let rows = store::list(conn, scope, self.id, slice)?;
        Ok(rows.into_iter().map(|row| (Position { key: Key::from(row.resource_version), id: row.id }, TransitionView::of(row, content))).collect())
    }

    fn count(&self, conn: &mut DbConn, scope: &Scope, _: &NoFilters) -> Result<i64> {
        (self.find)(conn, scope, self.id)?;
        store::count(conn, scope, self.id)
    }
}

/// The steps of a resource that was found in the caller's scope with its content, and of all that lies under it, in order of time.
pub fn in_time(conn: &mut DbConn, found_in: &Scope, id: Id, slice: &Slice) -> Result<Vec<TransitionView>> {
    let rows = store::list_in_time(conn, found_in, id, &Slice { sort: "at", ..slice.clone() })?;
    Ok(rows.into_iter().map(|row| TransitionView::of(row, Content::Shown)).collect())
}

/// A state with its labels.
#[derive(Debug, Serialize, ToSchema)]
pub struct WorkflowStatusView {
    /// The code used in this API.
    #[schema(value_type = Word)]
    pub code: &'static str,
    /// French label.
    #[schema(value_type = DisplayName)]
    pub label_fr: &'static str,
    /// English label.
    #[schema(value_type = DisplayName)]
    pub label_en: &'static str,
}

/// What a command does to a state.
#[derive(Debug, Serialize, ToSchema)]
pub struct WorkflowTransitionView {
    /// The command.
    #[schema(value_type = Word)]
    pub command: &'static str,
    /// The states from which it can be given.
    #[schema(max_items = 20, value_type = Vec<Word>)]
    pub from: Vec<&'static str>,
    /// The state it leads to; `null` where the state stays.
    #[schema(value_type = Option<Word>)]
    pub to: Option<&'static str>,
    /// The roles that may give it; empty for all those who may write the resource, and where the server alone does.
    #[schema(max_items = 20)]
    pub roles: Vec<Role>,
    /// Whether the server gives it by itself, and nobody else: it is told among the steps, and no body takes it.
    pub by_server: bool,
    /// French label.
    #[schema(value_type = DisplayName)]
    pub label_fr: &'static str,
    /// English label.
    #[schema(value_type = DisplayName)]
    pub label_en: &'static str,
}

/// The state machine of one kind of resource.
#[derive(Debug, Serialize, ToSchema)]
pub struct WorkflowView {
    /// The kind of resource.
    #[schema(value_type = Word)]
    pub resource: &'static str,
    /// The state in which it begins.
    #[schema(value_type = Word)]
    pub initial_status: &'static str,
    /// All states.
    #[schema(max_items = 20)]
    pub statuses: Vec<WorkflowStatusView>,
    /// All commands.
    #[schema(max_items = 50)]
    pub transitions: Vec<WorkflowTransitionView>,
}

/// All state machines.
#[derive(Debug, Serialize, ToSchema)]
pub struct WorkflowsView {
    /// All items.
    #[schema(max_items = 50)]
    pub items: Vec<WorkflowView>,
}

impl From<&Machine> for WorkflowView {
    fn from(machine: &Machine) -> Self {
        let status = |state: &Labelled| WorkflowStatusView { code: state.code, label_fr: state.fr, label_en: state.en };
        let transition = |line: &Line| WorkflowTransitionView {
            command: line.command,
            from: line.from.clone(),
            to: line.to,
            roles: line.by.to_vec(),
            by_server: line.by_server,
            label_fr: line.labels.0,
            label_en: line.labels.1,
        };
        Self {
            resource: machine.resource,
            initial_status: machine.initial,
            statuses: machine.states.values.iter().map(status).collect(),
            transitions: machine.lines.iter().map(transition).collect(),
        }
    }
}

pub fn routes() -> Vec<Endpoint> {
    vec![route!(list_workflows).tagged().cacheable()]
}

/// List workflows
///
/// Every state machine of this API: its states, its commands, who may give them, with French and English labels. Which of them a
/// resource takes now, and from this caller, is told by its `allowed_commands`.
#[utoipa::path(get, path = "/workflows", operation_id = "workflows_list", tag = "workflows",
    responses((status = 200, description = "All state machines.", body = WorkflowsView)))]
async fn list_workflows(request: HttpRequest) -> Answer {
    let context = context(&request)?;
    Ok(Reply::versioned(200, 1, context.server.workflows.to_vec()).send(&request, &context, false))
}

/// All state machines, as they are served.
pub fn served(machines: &[Machine]) -> Result<Vec<u8>> {
    serde_json::to_vec(&WorkflowsView { items: machines.iter().map(WorkflowView::from).collect() }).map_err(Error::internal)
}
