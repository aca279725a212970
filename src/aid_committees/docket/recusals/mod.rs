//! Recusals: who has no part in deciding on what stands on a docket.

pub mod api;
pub mod model;
pub mod store;

pub use api::routes;
