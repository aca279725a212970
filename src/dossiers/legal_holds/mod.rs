//! Legal holds: reasons for which a dossier must be kept, whatever its age.

pub mod api;
pub mod model;
pub mod store;

pub use api::routes;
pub use model::LIFECYCLE;
