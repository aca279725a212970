//! Tariffs: the dues of each year, in their two parts.

pub mod api;
pub mod store;

pub use api::routes;
