"""Generates each client from the contract, compiles it strictly, and runs its scenario on each engine.

Environment:
  CLIENTS_ENGINES   sqlite,postgres
  ENTRAIDE_BINARY   the server (target/debug/entraide)
"""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
import servers  # noqa: E402

LOGIN = "claire.duboeuf"


@dataclass(frozen=True)
class Client:
    name: str
    build: list[list[str]]
    scenario: list[str]

    def run(self, command: list[str], **environment: str) -> None:
        subprocess.run(command, cwd=HERE / self.name, env=os.environ | environment, check=True)


CLIENTS = [
    Client(
        "typescript",
        build=[["npm", "ci", "--silent"], ["npm", "run", "--silent", "build"]],
        scenario=["npm", "run", "--silent", "scenario"],
    ),
    Client(
        "python",
        build=[
            [sys.executable, "-m", "venv", ".venv"],
            [".venv/bin/pip", "install", "--quiet", "--disable-pip-version-check", "--requirement", "requirements.txt"],
            [".venv/bin/openapi-python-client", "generate", "--path", "../../../openapi/openapi.json", "--config", "generator.yaml",
             "--meta", "none", "--output-path", "entraide_client", "--overwrite", "--fail-on-warning"],
            [".venv/bin/mypy"],
        ],
        scenario=[".venv/bin/python", "scenario.py"],
    ),
]  # fmt: skip


def main() -> int:
    # A run that is told to stop takes its server and its cluster down too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    engines = os.environ.get("CLIENTS_ENGINES", "sqlite,postgres").split(",")
    try:
        for client in CLIENTS:
            tell(f"{client.name}: generate and compile", lambda: build(client))
            for engine in engines:
                tell(f"{client.name} on {engine}", lambda: play(client, engine))
    except (subprocess.CalledProcessError, RuntimeError) as error:
        print(f"failed: {error}", file=sys.stderr)
        return 1
    return 0


def tell(what: str, work: Callable[[], None]) -> None:
    print(f"\n##### {what}", flush=True)
    started = time.monotonic()
    work()
    print(f"##### passed in {time.monotonic() - started:.1f} s", flush=True)


def build(client: Client) -> None:
    for command in client.build:
        client.run(command)


def play(client: Client, engine: str) -> None:
    """Each scenario has a server of its own, so that none finds what another did."""
    password = secrets.token_urlsafe(18)
    with servers.server(engine) as server:
        server.console("user", "create", "--login", LOGIN, "--name", "Claire Dubœuf", "--role", "department_head", "--department", "63", "--password-stdin", typed=password)
        client.run(client.scenario, ENTRAIDE_URL=server.url, ENTRAIDE_LOGIN=LOGIN, ENTRAIDE_PASSWORD=password)


if __name__ == "__main__":
    sys.exit(main())
