//! The contexts as they are served.

use super::model::{CONTEXTS, Context};
use crate::dossiers::model::ContextTag;
use crate::http::{Answer, Endpoint, constant, route};
use crate::values::{Day, DisplayName};
use actix_web::HttpRequest;
use serde::Serialize;
use utoipa::ToSchema;

/// A context with its labels and its days.
#[derive(Debug, Serialize, ToSchema)]
pub struct ContextView {
    /// The code used in this API.
    #[schema(value_type = ContextTag)]
    pub code: &'static str,
    /// French label.
    #[schema(value_type = DisplayName)]
    pub label_fr: &'static str,
    /// English label.
    #[schema(value_type = DisplayName)]
    pub label_en: &'static str,
    /// First day on which facts belong to it.
    pub starts_on: Day,
    /// Last day; `null` while it lasts.
    pub ends_on: Option<Day>,
}

/// The contexts that the house knows.
#[derive(Debug, Serialize, ToSchema)]
pub struct ContextsView {
    /// All items, the earliest first.
    #[schema(max_items = 200)]
    pub items: Vec<ContextView>,
}

impl From<&Context> for ContextView {
    fn from(context: &Context) -> Self {
        let Context { code, fr: label_fr, en: label_en, .. } = *context;
        Self { code, label_fr, label_en, starts_on: context.first_day(), ends_on: context.last_day() }
    }
}

pub fn routes() -> Vec<Endpoint> {
    vec![route!(list_contexts).tagged().cacheable()]
}

/// List contexts
///
/// What the facts of dossiers may belong to. A context named here is taken for facts of its days only; other words are taken for any. The
/// set grows, and a client must tolerate a code that it does not know.
#[utoipa::path(get, path = "/reference/contexts", operation_id = "reference_contexts_list", tag = "reference",
    responses((status = 200, description = "All contexts.", body = ContextsView)))]
async fn list_contexts(request: HttpRequest) -> Answer {
    constant(&request, &ContextsView { items: CONTEXTS.iter().map(Into::into).collect() })
}
