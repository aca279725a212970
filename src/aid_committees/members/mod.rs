//! Who sits in a committee, in which function, between which days.

pub mod api;
pub mod model;
pub mod store;

pub use api::routes;
