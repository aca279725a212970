//! Incidents: events at establishments, above the dossiers that they opened. One assault can open six dossiers: incidents, dossiers and
//! persons are counted apart.

pub mod api;
pub mod bodies;
pub mod erasure;
pub mod model;
pub mod store;
pub mod view;

pub use api::routes;
