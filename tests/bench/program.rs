//! The program as it is installed: its size, its start, its memory at rest.

use crate::served::Served;
use crate::table::{Ceiling, Table};
use crate::{Bench, Outcome, seed};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

const MIB: f64 = 1024.0;

pub fn measure(bench: &Bench, table: &mut Table, database: &Path) -> Outcome {
    let own = std::env::current_exe()?;
    let program = own.with_file_name("entraide");
    let length = std::fs::metadata(&program).map_err(|error| format!("{} (cargo build --release): {error}", program.display()))?.len();
    let size = f64::from(u32::try_from(length / 1024)?) / MIB;
    let mut command = Command::new(&program);
    command.arg("serve");
    let started = Instant::now();
    let served = Served::start(command, &bench.keys, &seed::url(database), &[])?;
    let ready = started.elapsed();
    std::thread::sleep(Duration::from_secs(2));
    let (all, anonymous) = (served.memory("VmRSS")? / MIB, served.memory("RssAnon")? / MIB);
    table.add("Start to ready, existing database", &format!("{} ms", ready.as_millis()), "", f64::NAN, Ceiling::Reported);
    table.add("Idle memory", &format!("{all:.1} MiB, of which {anonymous:.1} anonymous"), "40 MiB", all / 40.0, Ceiling::AtMost(1.0));
    table.add("Binary", &format!("{size:.1} MiB"), "40 MiB", size / 40.0, Ceiling::AtMost(1.0));
    Ok(())
}
