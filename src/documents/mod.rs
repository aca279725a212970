//! Documents: files that were sent in, each version a file of the storage that never changes. What they lie under has its own routes for
//! them (`dossiers::documents`, `financial_aid_requests::documents`), says who reads and writes them, and shares all the rest.

pub mod bodies;
pub mod model;
pub mod sending;
pub mod serving;
pub mod store;
pub mod sweep;
pub mod view;
