//! The house as its callers see it: one binary, a world of its own for each test, on the engine that
//! `ENTRAIDE_TEST_DATABASE` names (`sqlite`, or the address of a PostgreSQL server).

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::as_conversions)]

mod associations;
mod correspondents;
mod establishments;
mod ground;
mod harness;
mod house;
mod migrations;
mod policy;
mod sessions;
mod tokens;
