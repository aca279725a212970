//! Training commissions: in each academy, who coordinates training, with whom, and what is planned for each school year.

pub mod api;
pub mod members;
pub mod model;
pub mod plans;
pub mod store;

pub use api::routes;
