//! Who looked at what is confidential, and who can.

pub mod api;
pub mod model;
pub mod store;
pub mod view;

pub use api::routes;
