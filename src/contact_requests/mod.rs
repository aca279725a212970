//! Contact requests: first calls, before there is any dossier.

pub mod api;
pub mod bodies;
pub mod erasure;
pub mod model;
pub mod steps;
pub mod store;
pub mod view;

pub use api::routes;
pub use model::LIFECYCLE;
