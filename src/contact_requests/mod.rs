//! Contact requests: first calls, before there is any dossier.

pub mod api;
pub mod erasure;
pub mod model;
pub mod store;

pub use api::routes;
pub use model::LIFECYCLE;
