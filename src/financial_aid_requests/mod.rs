//! Requests for financial aid: what members ask for, the rules held against it, what is decided, paid and paid back.
//!
//! What a committee decides comes in by [`committee`]: no request of anybody's gives those commands.

pub mod api;
pub mod bodies;
pub mod checks;
pub mod committee;
pub mod erasure;
pub mod instalments;
pub mod lifecycle;
pub mod model;
pub mod payments;
pub mod sheet;
pub mod steps;
pub mod store;
pub mod view;

pub use api::routes;
pub use lifecycle::LIFECYCLE;
