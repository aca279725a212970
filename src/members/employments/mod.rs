//! Employments: where and as what a member worked, between two days.

pub mod api;
pub mod model;
pub mod store;
pub mod timeline;

pub use api::routes;
