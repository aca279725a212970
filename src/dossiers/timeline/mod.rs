//! The timeline of a dossier: what every room under it has to tell, in order of time.
//!
//! Each room whose rows are entries themselves is a line in `sources::SOURCES`: how many entries it has, and a slice of them from a
//! position. A page asks each for no more than a page, so that its cost does not depend on how much lies under the dossier. To add a room: its
//! line there, and in `view` a kind and the property that shows it. Of all other rooms it is told that something came to be there, by one
//! statement for all of them: a line in `store::ROOMS`.

pub mod api;
pub mod sources;
pub mod store;
pub mod view;

pub use api::routes;
