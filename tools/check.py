"""`make check`: what can be found without running the tests. Every step runs, whatever came before."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
PYTHON = sys.executable

STEPS: dict[str, list[list[str]]] = {
    "format": [["ruff", "format", "--check", "--quiet", "."]],
    "lint": [["ruff", "check", "--quiet", "."]],
    "types": [["mypy", "--no-error-summary"]],
    "layers": [["lint-imports", "--no-logo"]],
    "templates": [["djlint", "--lint", "--quiet", "templates"]],
    "translations": [[PYTHON, "-m", "tools.translations", "check"]],
    "migrations match the models": [
        ["flask", "--app", "wsgi", "db", "upgrade"],
        ["flask", "--app", "wsgi", "db", "check"],
    ],
}


def output_of(commands: list[list[str]], environment: dict[str, str]) -> str | None:
    """Runs commands until one fails; what that one said, None when all went well."""
    for command in commands:
        done = subprocess.run(
            command,
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if done.returncode:
            return done.stdout.strip() or f"{command[0]} ended with exit code {done.returncode}"
    return None


def main() -> int:
    failed = []
    with tempfile.TemporaryDirectory() as scratch:
        # A database of its own: the check never touches the one in use.
        environment = {
            **os.environ,
            "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
            "INSTANCE_PATH": scratch,
            "DATABASE_URL": f"sqlite:///{scratch}/check.db",
        }
        for name, commands in STEPS.items():
            began = time.monotonic()
            wrong = output_of(commands, environment)
            print(f"{'FAILED' if wrong else 'ok':7}{name} ({time.monotonic() - began:.1f} s)", flush=True)
            if wrong:
                failed.append(name)
                print(wrong + "\n", flush=True)
    print(
        f"{len(STEPS) - len(failed)} of {len(STEPS)} checks hold."
        + (f" Not: {', '.join(failed)}." if failed else "")
    )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
