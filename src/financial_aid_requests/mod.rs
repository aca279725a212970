//! Requests for financial aid: what members ask for, the rules held against it, and what is decided on it.
//!
//! What a committee decides comes in by [`committee`]: no request of anybody's gives those commands.

pub mod checks;
pub mod committee;
pub mod lifecycle;
pub mod model;
pub mod sheet;
pub mod store;
pub mod view;

pub use lifecycle::LIFECYCLE;
