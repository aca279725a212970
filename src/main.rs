//! The command line of Entraide.

mod cli;

use clap::Parser;
use std::process::ExitCode;

/// Rows are read in one thread and freed in another, which the system's allocator makes dear.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    cli::log_to_stderr();
    match cli::Cli::parse().run() {
        Ok(code) => code,
        Err(error) => {
            eprintln!("entraide: {error}");
            ExitCode::FAILURE
        }
    }
}
