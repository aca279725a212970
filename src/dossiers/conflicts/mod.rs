//! Conflicts: two dossiers of which one stands for somebody whom the other is against. Nobody is newly put in charge of one who is of
//! the other, until a head or the data protection officer waives it; and whoever is in conflict reads neither the dossier that is
//! against them nor that of whom they are against, for good. The team reads on.
//!
//! They are found when a party is recorded or corrected and when a dossier is opened (`detection`), in any department. Whoever causes
//! one to be found is told nothing, by no answer, by no number of statements and by no time that it takes: the server tells the heads
//! concerned and the data protection officer by itself, later, by tasks that nobody else sees (`notices`). Heads see theirs in
//! `GET /conflicts`, and of the other dossier only what they see anyway.

pub mod api;
pub mod barring;
pub mod detection;
pub mod model;
pub mod notices;
pub mod pairing;
pub mod store;

pub use api::routes;
pub use model::LIFECYCLE;
