//! Associations: one in each department and the national one, which every dossier, member and grant belongs to.

pub mod api;
pub mod model;
pub mod store;
pub mod team_members;

pub use api::{EXPANSIONS, routes};
