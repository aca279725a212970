//! Envelopes of aid: what an association may grant in a year, and how much of it is committed and paid.

pub mod api;
pub mod model;
pub mod store;

pub use api::routes;
