//! Who is expected at a session, and who was there.

pub mod api;
pub mod model;
pub mod store;

pub use api::routes;
