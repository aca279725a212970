//! What was done and what was looked at, for those who watch over it.

pub mod access;
pub mod api;
pub mod model;
pub mod store;

pub use api::routes;
