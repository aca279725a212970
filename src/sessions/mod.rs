//! Sessions: logging in, staying in, logging out, and who one is.

pub mod api;
pub mod enrolment;
mod factor;
pub mod model;
pub mod open;
pub mod passwords;
pub mod throttle;

pub use api::routes;
