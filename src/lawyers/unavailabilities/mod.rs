//! Unavailabilities: the days on which a lawyer partner takes no case.

pub mod api;
pub mod store;

pub use api::routes;
