//! Sessions of committees: when one meets, who is there, what it decides on, and the minutes.

pub mod api;
pub mod attendances;
pub mod lifecycle;
pub mod minutes;
pub mod model;
pub mod record;
pub mod store;
pub mod view;

pub use api::routes;
pub use lifecycle::LIFECYCLE;
