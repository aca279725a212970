//! Batches: the ordered payments of an association, handed together to its bank by its treasurer.

pub mod api;
pub mod store;

pub use api::routes;
