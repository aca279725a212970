//! Deadlines that cost rights when they are missed: the rules as data, and the calendar on which they run. Pure: which of them run
//! in a dossier is told there (`dossiers::deadlines`).

pub mod api;
pub mod calendar;
pub mod rules;

pub use api::routes;
