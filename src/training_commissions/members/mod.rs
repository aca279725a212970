//! Members of training commissions, each between two days.

pub mod api;
pub mod model;
pub mod store;

pub use api::routes;
