//! Splitting: a second dossier opened out of one, because its facts turn out to be two matters, or to concern another member too.
//!
//! The second is a dossier like any other: what was true on the days of its facts is read anew, its member and the parties that the
//! caller names are looked for among those whom other dossiers oppose, and its level is at least that of the first. Activities,
//! documents, proceedings and whatever else lies under the first stay where they were done: the link `split_from` leads there.

pub mod api;
pub mod bodies;
pub mod splitting;

pub use api::routes;
