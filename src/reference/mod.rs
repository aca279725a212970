//! Reference data: the territory and the labels of every enumeration, public and cacheable.

pub mod api;

pub use api::routes;
