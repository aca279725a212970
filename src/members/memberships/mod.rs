//! Memberships: periods within a calendar year, the dues for them, and the cover they prove on a day.

pub mod api;
pub mod cover;
pub mod model;
pub mod renewal;
pub mod store;
pub mod tariffs;

pub use api::routes;
