//! Links: what one dossier is to another, told from both sides to whoever reads both.

pub mod api;
pub mod making;
pub mod model;
pub mod store;
pub mod view;

pub use api::routes;
pub use model::LIFECYCLE;
