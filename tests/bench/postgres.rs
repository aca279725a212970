//! A private PostgreSQL cluster, and `pgbench` on it.

use crate::Outcome;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// A cluster that lives as long as this value, syncs its commits and listens on loopback.
pub struct Cluster {
    folder: PathBuf,
    port: u16,
    pub url: String,
}

impl Cluster {
    pub fn start() -> Outcome<Self> {
        let folder = std::env::temp_dir().join(format!("entraide-bench-{}", std::process::id()));
        std::fs::create_dir_all(&folder)?;
        if is_root()? {
            run(Command::new("chown").arg("postgres").arg(&folder))?;
        }
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let cluster = Self { url: format!("postgres://postgres@127.0.0.1:{port}/postgres"), folder, port };
        run(cluster.command("initdb")?.args(["--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C", "-D"]).arg(cluster.data()))?;
        let options = format!(
            "-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories='' -c fsync=on -c max_connections=120 -c shared_buffers=256MB -c max_wal_size=4GB"
        );
        run(cluster.command("pg_ctl")?.args(["-w", "-o", &options, "-l"]).arg(cluster.folder.join("log")).arg("-D").arg(cluster.data()).arg("start"))?;
        Ok(cluster)
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// A program of PostgreSQL, run as `postgres` where this one runs as root.
    fn command(&self, name: &str) -> Outcome<Command> {
        let program = Path::new("/usr/lib/postgresql/15/bin").join(name);
        let program = if program.exists() { program } else { PathBuf::from(name) };
        if !is_root()? {
            return Ok(Command::new(program));
        }
        let mut command = Command::new("runuser");
        command.args(["-u", "postgres", "--"]).arg(program).current_dir(&self.folder);
        Ok(command)
    }

    /// Transactions a second of a script.
    pub fn pgbench(&self, script: &str, clients: usize, time: Duration) -> Outcome<f64> {
        let file = self.folder.join("script.pgbench");
        std::fs::write(&file, script.replace("{{snapshot}}", SNAPSHOT))?;
        let output = Command::new("pgbench")
            .args(["-n", "-M", "prepared", "-h", "127.0.0.1", "-U", "postgres", "-j", "2", "-p", &self.port.to_string()])
            .args(["-c", &clients.to_string(), "-T", &time.as_secs().to_string(), "-f"])
            .arg(&file)
            .arg("postgres")
            .output()?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let tps = text.lines().find_map(|line| line.strip_prefix("tps = ")?.split(' ').next());
        Ok(tps.ok_or_else(|| format!("pgbench said: {}", String::from_utf8_lossy(&output.stderr).lines().next().unwrap_or_default()))?.parse()?)
    }
}

/// What the server stores as the version and as the reply.
pub const SNAPSHOT: &str = r#"{"id": "01930000-0000-7000-8000-000000000001", "version": 1, "uai": "0310001A", "name": "École élémentaire Jean Moulin", "kind": "elementary_school", "sector": "public", "status": "open", "address": {"line1": "12 rue de la République", "line2": null, "line3": null, "postal_code": "31000", "city": "Toulouse", "commune_code": "31555"}, "department_code": "31", "academy_code": "16", "phone": "+33561000000", "email": "ce.1@ac-toulouse.fr", "website": null, "pupils": 212, "latitude": 43.6045, "longitude": 1.444, "siret": null, "nature_code": "151", "opened_on": "1970-09-01", "parent_uai": null, "district": null, "successor_id": null, "sites": [], "priority_education": [], "created_at": "2026-01-01T00h00m00.000000Z", "updated_at": "2026-01-01T00h00m00.000000Z"}"#;

fn run(command: &mut Command) -> Outcome {
    // pg_ctl leaves a server behind that would hold a pipe open.
    let status = command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null()).status()?;
    if status.success() { Ok(()) } else { Err(format!("{command:?} failed").into()) }
}

fn is_root() -> Outcome<bool> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    Ok(status.lines().any(|line| line.starts_with("Uid:\t0\t")))
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if let Ok(mut command) = self.command("pg_ctl") {
            run(command.args(["-m", "immediate", "-w", "-D"]).arg(self.data()).arg("stop")).ok();
        }
        std::fs::remove_dir_all(&self.folder).ok();
    }
}
