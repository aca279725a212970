//! Days that set clocks off and stand nowhere else in a case: a publication, an accident, when an insured event became known, a
//! suspension. A day of the facts is none of them: what is published is so on another day than it is read, and a suspension comes
//! long after what it is for.

pub mod api;
pub mod model;
pub mod store;

pub use api::routes;
pub use model::LIFECYCLE;
