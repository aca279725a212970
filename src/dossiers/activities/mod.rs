//! Activities: what is done in a case, each told to those for whom it is meant.

pub mod api;
pub mod bodies;
pub mod model;
pub mod store;
pub mod view;

pub use api::routes;
