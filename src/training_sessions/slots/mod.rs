//! Slots: the stretches of time in which a session is held.

pub mod api;
pub mod store;

pub use api::routes;
