//! Commitments: what each side of a conciliation promised, and whether it was kept.

pub mod api;
pub mod lifecycle;
pub mod model;
pub mod store;
pub mod view;

pub use api::routes;
pub use lifecycle::LIFECYCLE;
