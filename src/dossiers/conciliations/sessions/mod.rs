//! Sessions of a conciliation: when the sides met, where, who took part, what was said.

pub mod api;
pub mod model;
pub mod store;
pub mod view;

pub use api::routes;
