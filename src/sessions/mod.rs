//! Sessions: logging in, staying in, logging out, and who one is.

pub mod api;
pub mod model;
mod throttle;

pub use api::routes;
