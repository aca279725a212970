//! Rules of aid: what members must meet to be granted it, by association and year.

pub mod api;
pub mod model;
pub mod store;
pub mod view;

pub use api::routes;
