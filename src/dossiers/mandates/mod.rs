//! Mandates: a dossier proposed to a lawyer, who reads it from the acceptance to the end and never besides.

pub mod api;
pub mod lifecycle;
pub mod model;
pub mod runner;
pub mod standing;
pub mod store;
pub mod suggestions;
pub mod view;

pub use api::routes;
pub use lifecycle::LIFECYCLE;
