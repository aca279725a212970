//! Training modules: what can be taught, for whom, and how long it takes.

pub mod api;
pub mod bodies;
pub mod model;
pub mod store;

pub use api::{EXPANSIONS, routes};
