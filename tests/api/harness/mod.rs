//! Worlds to test in, and clients that hold every answer against the contract.

pub mod aid;
pub mod cases;
mod client;
pub mod committees;
mod contract;
pub mod courses;
pub mod data;
pub mod directory;
pub mod forms;
pub mod golden;
pub mod machines;
mod program;
pub mod smtp;
pub mod training;
pub mod wire;
mod world;

pub use client::{Client, Reply};
pub use contract::declared;
pub use program::{PUBLIC_URL, Program, Running};
pub use world::{PASSWORD, World, drop_database, empty_database, postgres};
