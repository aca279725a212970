//! Documents of requests for aid: payslips, bills, letters of banks. Who asks for aid stands in them, so that no committee is shown any.

pub mod api;
pub mod bodies;
pub mod holder;
pub mod view;

pub use api::routes;
