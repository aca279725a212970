//! Contexts: words for what the facts of dossiers belong to, those known to the house with their labels and their days.

pub mod api;
pub mod model;

pub use api::routes;
