//! Training sessions: when a module is given, by whom, where, and who takes part.

pub mod api;
pub mod attendance;
pub mod bodies;
pub mod certificates;
pub mod lifecycle;
pub mod model;
pub mod planning;
pub mod registrations;
pub mod slots;
pub mod store;
pub mod view;

pub use api::routes;
pub use lifecycle::LIFECYCLE;
