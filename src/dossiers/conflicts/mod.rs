//! Conflicts: two dossiers of which one stands for somebody whom the other is against. Nobody is newly put in charge of one who is of
//! the other, until a head or the data protection officer waives it; and whoever is in conflict reads neither the dossier that is
//! against them nor that of whom they are against, for good. The team reads on.
//!
//! They are found when a party is recorded or corrected and when a dossier is opened (`detection`), in any department. Whoever causes
//! one to be found is told nothing, by no answer and by no number of statements: heads see theirs in `GET /conflicts`, and of the other
//! dossier only what they see anyway.

pub mod api;
pub mod detection;
pub mod model;
pub mod store;

pub use api::routes;
pub use model::LIFECYCLE;
