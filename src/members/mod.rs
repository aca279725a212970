//! Members: who they are, how to reach them safely, their periods of membership and the cover these prove.

pub mod aliases;
pub mod api;
pub mod bodies;
pub mod duplicates;
pub mod employments;
pub mod external_ids;
pub mod import;
pub mod looks;
pub mod memberships;
pub mod merges;
pub mod model;
pub mod search;
pub mod store;
pub mod transfers;
pub mod view;

pub use api::{EXPANSIONS, routes};
pub use import::MemberImporter;
