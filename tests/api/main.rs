//! The house as its callers see it: one binary, a world of its own for each test, on the engine that
//! `ENTRAIDE_TEST_DATABASE` names (`sqlite`, or the address of a PostgreSQL server).

mod conditions;
mod establishments;
mod ground;
mod harness;
mod house;
mod limits;
mod lists;
mod migrations;
mod policy;
mod sessions;
mod streams;
mod successors;
mod tokens;
mod writes;
