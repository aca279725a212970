//! Cover decisions: what the insurer, and after its refusal the national association, decides on the cover of a dossier.

pub mod api;
pub mod lifecycle;
pub mod model;
pub mod store;
pub mod view;

pub use api::routes;
pub use lifecycle::LIFECYCLE;
