//! Calendar feeds: secret addresses at which calendar programs read the training sessions of a department, or one's own.

pub mod api;
pub mod content;
pub mod ical;
pub mod store;

pub use api::routes;
