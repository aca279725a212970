//! Attendance: who was there, slot by slot, and what share of those expected.

pub mod api;
pub mod marking;
pub mod model;
pub mod store;
pub mod view;

pub use api::routes;
