//! Protection requests: asking the public employer for the protection that it owes, once for each stage of a procedure.

pub mod api;
pub mod lifecycle;
pub mod model;
pub mod runner;
pub mod store;
pub mod view;

pub use api::routes;
pub use lifecycle::LIFECYCLE;
