//! Deadlines of a case: what runs in it is computed from its facts and from what lies under it, again whenever one of these changes,
//! and nobody writes it by hand. Whoever is in charge is told 15 and 7 days before each ends and on the day. A deadline does not keep
//! its dossier from ending, for many never end with it; the tasks that tell of it do, as every task does.

pub mod api;
pub mod clocks;
pub mod events;
pub mod lifecycle;
pub mod model;
pub mod recompute;
pub mod runner;
pub mod store;
pub mod view;

pub use api::routes;
pub use lifecycle::LIFECYCLE;
