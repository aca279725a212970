//! Steps of proceedings: what was done before an authority, by whom and on which day. They are added, never changed: one that was
//! recorded by error is voided, with a reason, and stays.

pub mod api;
pub mod model;
pub mod recording;
pub mod store;
pub mod view;

pub use api::routes;
pub use model::LIFECYCLE;
