//! Digests: a mail each morning, to those who want it, of how much is to be done. It has no content: figures and the address of the
//! front-end, never a name, a reference or a title.

pub mod api;
pub mod letter;
pub mod mailer;
pub mod model;
pub mod runner;
pub mod store;
pub mod view;

pub use api::routes;
