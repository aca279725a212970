//! Proceedings: what is brought before an authority in a case, from its opening to its outcome.

pub mod api;
pub mod lifecycle;
pub mod model;
pub mod store;
pub mod view;

pub use api::routes;
pub use lifecycle::LIFECYCLE;
