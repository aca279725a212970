//! What was done, for those who watch over it.

pub mod api;
pub mod model;
pub mod store;

pub use api::routes;
