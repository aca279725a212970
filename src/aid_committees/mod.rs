//! Aid committees: who decides on requests for financial aid, by a number and not by a name.

pub mod api;
pub mod docket;
pub mod members;
pub mod model;
pub mod retention;
pub mod sessions;
pub mod store;
pub mod view;

pub use api::routes;
