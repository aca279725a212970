//! Worlds to test in, and clients that hold every answer against the contract.

mod client;
mod contract;
pub mod data;
mod world;

pub use client::{Client, Reply};
pub use contract::declared;
pub use world::World;
