//! The docket of a session: requests under pseudonyms, who withdraws from which, the votes and the decisions.

pub mod api;
pub mod erasure;
pub mod identities;
pub mod lifecycle;
pub mod listing;
pub mod model;
pub mod recusals;
pub mod store;
pub mod view;
pub mod votes;

pub use api::routes;
pub use lifecycle::LIFECYCLE;
