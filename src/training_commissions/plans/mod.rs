//! Training plans: what an academy means to do in a school year, and by how many sessions.

pub mod api;
pub mod model;
pub mod store;

pub use api::routes;
