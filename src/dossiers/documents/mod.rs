//! Documents: what was sent in for a case, each version a file of the storage that never changes.

pub mod api;
pub mod bodies;
pub mod model;
pub mod sending;
pub mod store;
pub mod sweep;
pub mod view;

pub use api::routes;
