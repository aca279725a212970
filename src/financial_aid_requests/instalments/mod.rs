//! Instalments: what is paid back of aid, by the month.

pub mod api;
pub mod model;
pub mod schedule;
pub mod store;

pub use api::routes;
pub use model::LIFECYCLE;
