//! Who is calling and what they may do: keys, tokens, passwords, the permission table.

pub mod clients;
pub mod factors;
pub mod jwk;
pub mod keys;
pub mod machine;
pub mod password;
pub mod policy;
pub mod principal;
pub mod rows;
pub mod scope;
pub mod store;
pub mod token;

pub use keys::{Keys, RecordKey};
pub use machine::{ClientScope, Machine};
pub use policy::{Confidentiality, Role};
pub use principal::Principal;
pub use scope::{Case, PermitFact, PermitKind, Scope, Veil, WallFact, WallKind};
