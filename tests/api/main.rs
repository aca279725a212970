//! The house as its callers see it: one binary, a world of its own for each test, on the engine that
//! `ENTRAIDE_TEST_DATABASE` names (`sqlite`, or the address of a PostgreSQL server).

mod backup;
mod cli;
mod crashes;
mod establishments;
mod exports;
mod harness;
mod imports;
mod imports_files;
mod official;
mod operations;
mod serving;
mod sessions;
