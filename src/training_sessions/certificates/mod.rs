//! Certificates: how long somebody took part in a session that is over, on a sheet whose code anybody can check.

pub mod api;
pub mod checks;
pub mod issuing;
pub mod model;
pub mod sheet;
pub mod store;
pub mod view;

pub use api::routes;
pub use model::LIFECYCLE;
