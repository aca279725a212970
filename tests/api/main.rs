//! The house as its callers see it: one binary, a world of its own for each test, on the engine that
//! `ENTRAIDE_TEST_DATABASE` names (`sqlite`, or the address of a PostgreSQL server).

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::as_conversions)]

mod access;
mod api_clients;
mod associations;
mod audit;
mod backup;
mod cli;
mod conditions;
mod contact_requests;
mod correspondents;
mod cover_decisions;
mod crashes;
mod deadlines;
mod door;
mod dossiers;
mod dossiers_veils;
mod duplicates;
mod establishments;
mod exports;
mod ground;
mod harness;
mod hostile_tokens;
mod house;
mod imports;
mod imports_files;
mod limits;
mod lists;
mod looks;
mod machine_reach;
mod machine_tokens;
mod manipulations;
mod members;
mod members_import;
mod memberships;
mod merges;
mod migrations;
mod official;
mod operations;
mod passwords;
mod perimeters;
mod policy;
mod proofs;
mod protection_requests;
mod renewals;
mod second_factors;
mod serving;
mod sessions;
mod streams;
mod successors;
mod tokens;
mod users;
mod workflow;
mod writes;
