//! Training modules: what can be taught, for whom, and how long it takes.

pub mod model;
pub mod store;
