//! Dossiers: members' cases, from the opening to what is left of them when nobody may know any more whose they were.

pub mod activities;
pub mod api;
pub mod bodies;
pub mod break_glass;
pub mod circumstances;
pub mod conciliations;
pub mod conflicts;
pub mod contexts;
pub mod correction;
pub mod cover_decisions;
pub mod deadlines;
pub mod derived;
pub mod documents;
pub mod erasure;
pub mod legal_holds;
pub mod lifecycle;
pub mod links;
pub mod mandates;
pub mod model;
pub mod motives;
pub mod opening;
pub mod parties;
pub mod parts;
pub mod proceeding_steps;
pub mod proceedings;
pub mod protection_requests;
pub mod steps;
pub mod store;
pub mod tasks;
pub mod timeline;
pub mod under;
pub mod veil;
pub mod view;

pub use api::{EXPANSIONS, routes};
pub use lifecycle::LIFECYCLE;
