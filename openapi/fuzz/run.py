"""Tests a running server against the contract that it serves.

Environment:
  ENTRAIDE_URL        root of the server, such as http://127.0.0.1:8080
  ENTRAIDE_LOGIN      login of an administrator of a throw-away database
  ENTRAIDE_PASSWORD   password of that administrator
  FUZZ_EXAMPLES       examples for each operation (300)
  FUZZ_SEED           seed of the run (1)

Further arguments go to schemathesis: `run.py --include-tag establishments`.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent


def main() -> int:
    missing = [name for name in ("ENTRAIDE_URL", "ENTRAIDE_LOGIN", "ENTRAIDE_PASSWORD") if not os.environ.get(name)]
    if missing:
        print(f"Set {', '.join(missing)}.\n{__doc__}", file=sys.stderr)
        return 2
    return subprocess.run(command(sys.argv[1:]), cwd=HERE, check=False).returncode


def command(further: list[str]) -> list[str]:
    schemathesis = Path(sys.executable).with_name("schemathesis")
    return [
        str(schemathesis),
        "--config-file", "schemathesis.toml",
        # No base URL: by the address of the contract, probes are called at the root and all else below /api/v1.
        "run", os.environ["ENTRAIDE_URL"].rstrip("/") + "/openapi.json",
        "--seed", os.environ.get("FUZZ_SEED", "1"),
        "--max-examples", os.environ.get("FUZZ_EXAMPLES", "300"),
        *further,
    ]


if __name__ == "__main__":
    sys.exit(main())
