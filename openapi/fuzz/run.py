"""Tests the server against the contract that it serves, on each engine.

Environment:
  FUZZ_EXAMPLES       examples for each operation (300)
  FUZZ_SEED           seed of the run (1)
  FUZZ_ENGINES        sqlite,postgres
  FUZZ_POSTGRES_URL   a throw-away PostgreSQL database; without it a private cluster is made
  FUZZ_LOG            file for what the server logs
  ENTRAIDE_BINARY     the server (target/debug/entraide)
  ENTRAIDE_URL        tests this running server instead, as ENTRAIDE_LOGIN with ENTRAIDE_PASSWORD; it may lose all its data

Further arguments go to schemathesis: `run.py --include-tag establishments`.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).parent
# No single role may call every operation.
RIGHTS = (
    ("--role", "department_head", "--department", "63"),
    ("--role", "national_staff"),
    ("--role", "dpo"),
    ("--role", "analyst"),
    ("--role", "training_coordinator", "--academy", "06"),
    ("--role", "aid_committee_member"),
    ("--role", "treasurer"),
)
sys.path.insert(0, str(HERE.parents[1] / "tests"))
import servers  # noqa: E402


def main() -> int:
    # A run that is told to stop takes its server and its cluster down too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    if os.environ.get("ENTRAIDE_URL"):
        return run("the running server", {})
    engines = os.environ.get("FUZZ_ENGINES", "sqlite,postgres").split(",")
    return run_on(engines[0]) if len(engines) == 1 else side_by_side(engines)


def side_by_side(engines: list[str]) -> int:
    """Each works by turns with its server, and keeps little more than one core busy."""
    with contextlib.ExitStack() as stack:
        runs = []
        for engine in engines:
            told = stack.enter_context(tempfile.TemporaryFile())
            words = [sys.executable, __file__, *sys.argv[1:]]
            process = subprocess.Popen(words, env=os.environ | {"FUZZ_ENGINES": engine}, stdout=told, stderr=subprocess.STDOUT)
            stack.callback(servers.stop, process)
            runs.append((process, told))
        for process, told in runs:
            process.wait()
            told.seek(0)
            print(told.read().decode(errors="replace"), flush=True)
        return 1 if any(process.returncode for process, _ in runs) else 0


def run_on(engine: str) -> int:
    database = os.environ.get("FUZZ_POSTGRES_URL") if engine == "postgres" else None
    with servers.server(engine, os.environ.get("FUZZ_LOG"), database) as server:
        for right in RIGHTS:
            server.console("user", "grant", "--login", "admin", *right)
        return run(engine, {"ENTRAIDE_URL": server.url, "ENTRAIDE_LOGIN": "admin", "ENTRAIDE_PASSWORD": server.admin_password})


def run(name: str, environment: dict[str, str]) -> int:
    print(f"\n##### {name}", flush=True)
    started = time.monotonic()
    environment = os.environ | environment
    code = subprocess.run(command(environment["ENTRAIDE_URL"], sys.argv[1:]), cwd=HERE, env=environment, check=False).returncode
    print(f"##### {name}: {'failed' if code else 'passed'} in {time.monotonic() - started:.0f} s", flush=True)
    return code


def command(url: str, further: list[str]) -> list[str]:
    schemathesis = Path(sys.executable).with_name("schemathesis")
    return [
        str(schemathesis),
        "--config-file", "schemathesis.toml",
        # No base URL: by the address of the contract, probes are called at the root and all else below /api/v1.
        "run", url.rstrip("/") + "/openapi.json",
        "--seed", os.environ.get("FUZZ_SEED", "1"),
        "--max-examples", os.environ.get("FUZZ_EXAMPLES", "300"),
        *further,
    ]


if __name__ == "__main__":
    sys.exit(main())
