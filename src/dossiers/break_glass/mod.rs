//! Broken glass: dossiers that national staff opened for a while, for a reason. The list is the notice: it shows the head of the
//! department and the data protection officer each one as soon as it is there.

pub mod api;
pub mod model;
pub mod store;

pub use api::routes;
pub use model::LIFECYCLE;
