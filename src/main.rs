//! The command line of Entraide.

mod cli;

use clap::Parser;
use std::process::ExitCode;

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
