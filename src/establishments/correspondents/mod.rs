//! Correspondents: the members who are the first contact in an establishment, each between two days.

pub mod api;
pub mod model;
pub mod store;

pub use api::routes;
