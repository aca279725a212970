//! Team members: the people who keep an association going, each between two days.

pub mod api;
pub mod model;
pub mod store;

pub use api::routes;
