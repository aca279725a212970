//! Absences: the days on which somebody is away, and what is theirs goes to the head of the department. Nobody is asked why.

pub mod api;
pub mod model;
pub mod retention;
pub mod store;
pub mod view;

pub use api::routes;
