//! Training plans: what an academy means to do in a school year, and how many sessions of it there are.

pub mod api;
pub mod model;
pub mod store;

pub use api::routes;
