//! Transfers: moves of members from one association to another.

pub mod api;
pub mod store;

pub use api::routes;
