//! First contact: whom to call for somebody of an establishment, now. There always is an answer.

pub mod api;
pub mod model;
pub mod store;

pub use api::routes;
