//! Votes on what stands on a docket: one of each member, once.

pub mod api;
pub mod model;
pub mod store;

pub use api::routes;
