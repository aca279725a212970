//! Parties: who has a part in a dossier, and on which side.
//!
//! On the member's side stand the member of the dossier, who needs no row, and whoever else has the role `member`. Against them stand
//! `opposing_party` and `complainant`, who complains of the member. Witnesses, representatives, administrations and mediators stand on
//! no side: they are in many cases and oppose nobody. What follows from the sides is in `conflicts`.

pub mod api;
pub mod bodies;
pub mod identity;
pub mod model;
pub mod recording;
pub mod store;
pub mod taking_over;
pub mod view;

pub use api::routes;
