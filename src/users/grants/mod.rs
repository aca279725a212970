//! Rights: a role, in the place that it asks for, between two days; several add up.

pub mod api;
pub mod bodies;
pub mod model;
pub mod store;
pub mod view;

pub use api::routes;
pub use model::LIFECYCLE;
