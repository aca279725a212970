//! Documents of dossiers: what was sent in for a case.

pub mod api;
pub mod bodies;
pub mod holder;
pub mod view;

pub use api::routes;
