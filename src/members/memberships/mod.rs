//! Memberships: periods within a calendar year, the dues for them, and the cover they prove on a day.

pub mod api;
pub mod bodies;
pub mod cover;
pub mod lifecycle;
pub mod model;
pub mod renewal;
pub mod store;
pub mod tariffs;
pub mod view;

pub use api::routes;
