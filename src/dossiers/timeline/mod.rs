//! The timeline of a dossier: what every room under it has to tell, in order of time.
//!
//! Each room is a line in `sources::SOURCES`: how many entries it has, and a slice of them from a position. A page asks each for no more
//! than a page, so that its cost does not depend on how much lies under the dossier. To add a room: its line there, and in `view` a
//! kind and the property that shows it.

pub mod api;
pub mod sources;
pub mod view;

pub use api::routes;
