"""Throw-away servers: an empty database, the demo profile, a port of their own; nothing is left of them."""

from __future__ import annotations

import contextlib
import glob
import os
import pwd
import re
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 60


@contextlib.contextmanager
def server(engine: str) -> Iterator[dict[str, str]]:
    """Starts the server on an engine and gives the environment in which it is tested."""
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="entraide-fuzz-")))
        database = stack.enter_context(postgres()) if engine == "postgres" else f"sqlite://{folder}/entraide.sqlite"
        url = f"http://127.0.0.1:{free_port()}"
        output = stack.enter_context((folder / "output").open("w+"))
        settings = {
            "ENTRAIDE_DATABASE_URL": database,
            "ENTRAIDE_KEYS": str(folder / "keys"),
            "ENTRAIDE_LISTEN": url.removeprefix("http://"),
            "ENTRAIDE_PROFILE": "demo",
            "ENTRAIDE_RATE_LIMIT": "100000000",
        }
        process = subprocess.Popen([binary(), "serve"], env=clean_environment() | settings, stdout=output, stderr=log(), cwd=folder)
        stack.callback(stop, process)
        wait_until_ready(process, url)
        password = re.search(r"^password\s+(\S+)", (folder / "output").read_text(), re.MULTILINE)
        if not password:
            raise RuntimeError("the demo server told no password")
        yield {"ENTRAIDE_URL": url, "ENTRAIDE_LOGIN": "admin", "ENTRAIDE_PASSWORD": password.group(1)}


def binary() -> str:
    return os.environ.get("ENTRAIDE_BINARY") or str(ROOT / "target/debug/entraide")


def log() -> int:
    """The server logs problems of its own to this file, or nowhere."""
    path = os.environ.get("FUZZ_LOG")
    return os.open(path, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600) if path else subprocess.DEVNULL


def clean_environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("ENTRAIDE_")} | {"RUST_LOG": "warn"}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until_ready(process: subprocess.Popen, url: str) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with {process.returncode}; set FUZZ_LOG to a file to see why")
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{url}/readyz", timeout=5):
            return
        time.sleep(0.1)
    raise RuntimeError("the server did not start")


def stop(process: subprocess.Popen) -> None:
    process.terminate()
    try:
        process.wait(timeout=40)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@contextlib.contextmanager
def postgres() -> Iterator[str]:
    """A private cluster on a Unix socket, or the throw-away database that FUZZ_POSTGRES_URL names."""
    given = os.environ.get("FUZZ_POSTGRES_URL")
    if given:
        yield given
        return
    programs = postgres_programs()
    # Unix sockets need a short path.
    folder = Path(tempfile.mkdtemp(prefix="entraide-pg-", dir="/tmp"))
    run = as_unprivileged(folder)
    data = folder / "data"
    try:
        run(programs / "initdb", "-D", data, "-U", "entraide", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        options = f"-k {folder} -c listen_addresses='' -c fsync=off"
        run(programs / "pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", options, "start")
        try:
            yield f"postgres:///postgres?host={folder}&user=entraide"
        finally:
            run(programs / "pg_ctl", "-D", data, "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def postgres_programs() -> Path:
    found = shutil.which("initdb") or next(iter(sorted(glob.glob("/usr/lib/postgresql/*/bin/initdb"), reverse=True)), None)
    if not found:
        raise RuntimeError("PostgreSQL is not installed here: set FUZZ_POSTGRES_URL, or FUZZ_ENGINES=sqlite")
    return Path(found).parent


def as_unprivileged(folder: Path):
    """PostgreSQL refuses to run as root: then it runs as the user `postgres`."""
    user = {}
    if os.geteuid() == 0:
        account = pwd.getpwnam("postgres")
        os.chown(folder, account.pw_uid, account.pw_gid)
        user = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}

    def run(*command: object) -> None:
        subprocess.run([str(part) for part in command], check=True, stdout=subprocess.DEVNULL, cwd=folder, **user)

    return run
