//! Lawyer partners: who pleads for members under an agreement, where, in what, and when they are away.

pub mod api;
pub mod bodies;
pub mod model;
pub mod store;
pub mod unavailabilities;
pub mod view;

pub use api::routes;
