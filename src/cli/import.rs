//! `entraide import`.

use super::{Outcome, open};
use entraide::audit::Author;
use entraide::auth::{Keys, Scope};
use entraide::clock::Clock;
use entraide::config::Config;
use entraide::db::Instant;
use entraide::error::Result;
use entraide::imports::{Importer, Job, LineReport, Mode, Sink, Totals};
use entraide::values::Day;
use std::io::{IsTerminal, Write};
use std::path::Path;
use std::process::ExitCode;

pub fn import(config: &Config, importer: &dyn Importer, file: &Path, mode: Mode) -> Outcome {
    let bytes = std::fs::read(file).map_err(|error| format!("cannot read {}: {error}", file.display()))?;
    let db = open(config)?;
    let clock = Clock::default();
    let author = Author::console("import", &Keys::load(&config.keys)?.records);
    let job = Job { db: &db, mode, author: &author, scope: &Scope::console(), now: Instant(clock.now()), today: Day(clock.today()) };
    let mut told = Told { lines: 0, totals: Totals::default(), terminal: std::io::stderr().is_terminal() };
    importer.run(&job, &bytes, &mut told)?;
    if told.terminal {
        eprintln!();
    }
    let Totals { created, updated, unchanged, rejected } = told.totals;
    println!("created {created}, updated {updated}, unchanged {unchanged}, rejected {rejected}");
    Ok(if mode == Mode::Atomic && rejected > 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// Issues on standard error as they come, and progress where somebody watches.
struct Told {
    lines: usize,
    totals: Totals,
    terminal: bool,
}

impl Sink for Told {
    fn begin(&mut self, lines: usize, _: &str) -> Result<()> {
        self.lines = lines;
        Ok(())
    }

    fn report(&mut self, lines: &[LineReport]) -> Result<()> {
        for report in lines {
            self.totals.add(report.outcome);
            for issue in &report.issues {
                let key = report.natural_key.as_deref().unwrap_or("-");
                eprintln!(
                    "{}line {} ({key}): {}: {}: {}",
                    if self.terminal { "\r" } else { "" },
                    report.line,
                    issue.severity.as_str(),
                    issue.column,
                    issue.flaw
                );
            }
        }
        if self.terminal {
            eprint!("\r{} of {} lines", self.totals.lines(), self.lines);
            std::io::stderr().flush()?;
        }
        Ok(())
    }
}
