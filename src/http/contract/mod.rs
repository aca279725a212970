//! The published contract: what utoipa reads off the handlers, completed with what is the same for all of them.

mod bodies;
mod expanded;
mod facts;
mod finalise;
mod gaps;
mod json;
mod links;
mod operations;
mod problems;
mod schemas;
mod shared;
mod sparse;
mod variants;

pub use facts::{Contact, ContractFacts, ExpansionFacts, OperationFacts, ProblemFacts, TagFacts};
pub use finalise::finalise;
pub use gaps::gaps;
