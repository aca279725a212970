//! Merges: two records of one person become one, and may be told apart again for a while.
//!
//! One transaction moves every reference to the record that is absorbed (`db::references` lists them), gives the one that stays what it
//! lacked, and leaves an alias behind. What was moved is remembered row by row, so that undoing puts back exactly that, but for what
//! was changed since.

pub mod api;
pub mod gains;
pub mod merging;
pub mod model;
pub mod moves;
pub mod store;
pub mod undoing;

pub use api::routes;
pub use model::LIFECYCLE;
