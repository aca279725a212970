//! Accounts: who may sign in, with which rights, from where.

pub mod absences;
pub mod api;
pub mod grants;
pub mod model;
mod reach;
pub mod resets;
pub mod sessions;
pub mod store;
mod view;

pub use api::routes;
pub use model::LIFECYCLE;
