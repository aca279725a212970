//! Training sessions: when a module is given, by whom, where, and who takes part.

pub mod attendance;
pub mod certificates;
pub mod lifecycle;
pub mod model;
pub mod registrations;
pub mod slots;
pub mod store;

pub use lifecycle::LIFECYCLE;
