"""Throw-away servers: an empty database, the demo profile, a port of their own; nothing is left of them.

ENTRAIDE_BINARY names the server (target/debug/entraide).
"""

from __future__ import annotations

import contextlib
import os
import re
import socket
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
START_SECONDS = 60
LOG_LINES_SHOWN = 20


@dataclass(frozen=True)
class Server:
    url: str
    admin_password: str
    settings: dict[str, str]

    def console(self, *words: str, typed: str = "") -> None:
        """Runs a command of the console on the same database."""
        subprocess.run([binary(), *words], env=clean_environment() | self.settings, input=typed, text=True, check=True, stdout=subprocess.DEVNULL)


@contextlib.contextmanager
def server(engine: str, log: str | None = None, database: str | None = None) -> Iterator[Server]:
    """Starts the server on an engine, or on the database given; it logs problems of its own to the file given."""
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="entraide-")))
        url = f"http://127.0.0.1:{free_port()}"
        settings = {
            "ENTRAIDE_DATABASE_URL": database or (stack.enter_context(postgres()) if engine == "postgres" else f"sqlite://{folder}/entraide.sqlite"),
            "ENTRAIDE_KEYS": str(folder / "keys"),
            "ENTRAIDE_DOCUMENTS": str(folder / "documents"),
            "ENTRAIDE_LISTEN": url.removeprefix("http://"),
            "ENTRAIDE_PROFILE": "demo",
            "ENTRAIDE_RATE_LIMIT": "100000000",
        }
        output, log_file = folder / "output", Path(log or folder / "log")
        process = subprocess.Popen(
            [binary(), "serve"],
            env=clean_environment() | settings,
            stdout=stack.enter_context(output.open("w")),
            stderr=stack.enter_context(log_file.open("a")),
            cwd=folder,
        )
        stack.callback(stop, process)
        wait_until_ready(process, url, log_file)
        password = re.search(r"^password\s+(\S+)", output.read_text(), re.MULTILINE)
        if not password:
            raise RuntimeError("the demo server told no password")
        yield Server(url, password.group(1), settings)


def binary() -> str:
    return os.environ.get("ENTRAIDE_BINARY") or str(ROOT / "target/debug/entraide")


def clean_environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("ENTRAIDE_")} | {"RUST_LOG": "warn"}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until_ready(process: subprocess.Popen[bytes], url: str, log_file: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        if process.poll() is not None:
            last = log_file.read_text(errors="replace").splitlines()[-LOG_LINES_SHOWN:]
            raise RuntimeError("\n".join([f"the server ended with {process.returncode}", *last]))
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{url}/readyz", timeout=5):
            return
        time.sleep(0.1)
    raise RuntimeError("the server did not start")


def stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(timeout=40)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@contextlib.contextmanager
def postgres() -> Iterator[str]:
    """The address of a private PostgreSQL server, which ends with its standard input: it cannot outlive this program."""
    waiting = ["sh", "-c", 'echo "$ENTRAIDE_TEST_DATABASE"; cat']
    with subprocess.Popen([ROOT / "tests/with-postgres", *waiting], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as cluster:
        address = cluster.stdout.readline().strip() if cluster.stdout else ""
        if not address:
            raise RuntimeError("PostgreSQL did not start")
        yield address
