//! Establishments: the schools and services where members work, as the official directory knows them.

pub mod api;
pub mod bodies;
pub mod correspondents;
pub mod directory;
pub mod first_contact;
mod import;
pub mod model;
pub mod store;
pub mod view;

pub use api::{EXPANSIONS, routes};
pub use import::DirectoryImporter;
