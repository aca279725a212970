//! Payments of aid: ordered by the team, executed by the treasurer, never more of them than was granted.

pub mod api;
pub mod batches;
pub mod lifecycle;
pub mod model;
pub mod store;
pub mod view;

pub use api::routes;
pub use lifecycle::LIFECYCLE;
