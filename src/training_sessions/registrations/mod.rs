//! Registrations: who takes part in a session, who waits for a seat, and in which order.

pub mod api;
pub mod bodies;
pub mod bulk;
pub mod correcting;
pub mod lifecycle;
pub mod merging;
pub mod model;
pub mod registering;
pub mod store;
pub mod view;

pub use api::routes;
pub use lifecycle::LIFECYCLE;
