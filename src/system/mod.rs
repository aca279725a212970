//! What runs the server is told: health, metrics, the contract and its documentation.

pub mod api;
mod docs;

pub use api::routes;
pub use docs::docs;
