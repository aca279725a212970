//! Conciliations: proposed, answered, held in sessions, agreed on in commitments of each side, and verified once these were checked.

pub mod api;
pub mod commitments;
pub mod lifecycle;
pub mod model;
pub mod sessions;
pub mod store;
pub mod view;

pub use api::routes;
pub use lifecycle::LIFECYCLE;
