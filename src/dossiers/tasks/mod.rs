//! Tasks: what is to be done in a case, by whom and until when; and over all cases, what waits for somebody.

pub mod api;
pub mod bodies;
pub mod lifecycle;
pub mod model;
pub mod store;
pub mod view;

pub use api::routes;
pub use model::LIFECYCLE;
