//! Duplicates: other records that may be of the same person, found on several keys and never merged by themselves.

pub mod api;
pub mod model;
pub mod store;

pub use api::routes;
