//! Machines: which may call, what proves who they are, and the tokens they get.

pub mod api;
mod assertion;
mod bodies;
mod credentials;
pub mod metadata;
pub mod model;
pub mod secrets;
pub mod store;
pub mod token;
mod view;

pub use api::routes;
pub use model::LIFECYCLE;
