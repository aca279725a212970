//! Registrations: who takes part in a session, who waits for a seat, and in which order.

pub mod model;
pub mod store;

pub use model::LIFECYCLE;
