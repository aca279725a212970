//! What every handler shares: who calls, what was sent, how it is answered.

mod accept;
mod actor;
mod callers;
mod client;
pub mod connections;
pub mod contract;
mod cors;
mod cursor;
mod disclosure;
mod document;
mod download;
mod expand;
mod export;
mod flat;
mod gate;
mod headers;
mod host;
pub mod idempotency;
mod input;
mod json;
pub mod limits;
mod list;
pub mod metrics;
mod oauth;
mod parts;
pub mod problem;
mod reply;
pub mod rounds;
mod routes;
mod server;
mod upload;
mod versions;

pub use accept::Media;
pub use actor::{Actor, Answer};
pub use document::Document;
pub use download::Download;
pub use expand::{Expander, Expansion, Lens, Shown};
pub use flat::Columns;
pub use gate::{standalone, unmatched};
pub use headers::API_VERSION;
pub use input::{
    Command, CommandOptions, CsvFile, Cursor, FieldName, IfMatch, Order, PageLimit, Parameters, Patch, PathId, PathWord, Plain, Projection, Upload, context,
};
pub use list::{ListOf, Listed, NoFilters, Page, Paging};
pub use oauth::OauthForm;
pub use parts::PartOf;
pub use problem::Problem;
pub use reply::{Reply, constant};
pub(crate) use routes::route;
pub use routes::{Endpoint, register};
pub use server::{Context, Erase, Reconcile, Server};
pub use upload::{FILE_MAX, FileForm, FilePart, Received, aside, digest_of};
pub use versions::{History, HistoryEntryView};
