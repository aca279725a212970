//! Motives: the versioned nomenclature of why somebody asks for help.

pub mod api;
pub mod model;
mod versions;

pub use api::routes;
