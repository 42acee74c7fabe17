"""Makes `.venv/` and installs the pinned requirements into it; does nothing where that is done.

    python3 tools/environment.py [--dev] [--browser]

Runs on the system's own Python with the standard library alone. The syntax stays plain, so that a
Python too old for the product still reaches the sentence that says so.
"""

import argparse
import contextlib
import fcntl
import hashlib
import importlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Iterator

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "installed.json"  # what is in, written last
UNFINISHED = VENV / "unfinished"  # there while something is being installed
OLDEST = (3, 11)
VERSION = f"{sys.version_info[0]}.{sys.version_info[1]}"
AGAIN = "then run the same command again"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FILES = {
    "runtime": ("requirements.txt",),
    "dev": ("requirements.txt", "requirements-dev.txt"),
}


class CannotInstall(Exception):
    """Why not and what to do, in one line."""


def fingerprint(kind: str) -> str:
    """Changes with the pinned versions."""
    return hashlib.sha256(b"\0".join((ROOT / name).read_bytes() for name in FILES[kind])).hexdigest()


def home() -> str:
    """Changes when the folder is moved or another Python is used: an environment survives neither."""
    return f"{VENV} {VERSION}"


def stamp() -> "dict[str, str]":
    """What earlier runs finished: {"home": …, "runtime": fingerprint, "dev": fingerprint}."""
    try:
        return dict(json.loads(STAMP.read_text("utf-8")))
    except (OSError, ValueError):
        return {}


def run(command: "list[str]", **variables: str) -> "subprocess.CompletedProcess[str]":
    """Runs a command quietly, with these environment variables besides."""
    environment = {**os.environ, **variables}
    return subprocess.run(
        command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )


def reason(done: "subprocess.CompletedProcess[str]") -> str:
    """The one line of a failed command's output that says most."""
    lines = [line.strip() for line in (done.stderr + "\n" + done.stdout).splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith(("ERROR: ", "E: "))]
    return (errors or lines or [f"exit code {done.returncode}"])[-1].split(": ", 1)[-1]


def works() -> bool:
    """Whether the environment's own Python and pip start at all."""
    return PYTHON.exists() and run([str(PYTHON), "-c", "import pip"]).returncode == 0


def demand_python() -> None:
    if sys.version_info < OLDEST:
        raise CannotInstall(
            f"Python 3.11 or later is needed, this one is {VERSION}. Install it "
            "(apt install python3 python3-venv) or name another one: make run PYTHON=python3.12"
        )
    try:
        for module in ("venv", "ensurepip"):
            importlib.import_module(module)
    except ImportError:
        raise CannotInstall(VENV_ADVICE) from None


VENV_ADVICE = (
    "This Python cannot make virtual environments. Install the missing part (apt install python3-venv, "
    f"or python{VERSION}-venv), {AGAIN}."
)


def make_venv() -> None:
    shutil.rmtree(VENV, ignore_errors=True)
    VENV.mkdir()
    UNFINISHED.touch()
    base = getattr(sys, "_base_executable", sys.executable)  # never an environment out of itself
    made = run([base, "-m", "venv", str(VENV)])
    if made.returncode == 0:
        return
    shutil.rmtree(VENV, ignore_errors=True)
    if "No space left" in made.stdout + made.stderr:
        raise CannotInstall(f"The disk is full. Free about 500 MB, {AGAIN}.")
    raise CannotInstall(VENV_ADVICE)


def fetch(kind: str) -> None:
    UNFINISHED.touch()
    print("Installing the pinned packages into .venv/ (once; takes about a minute) …", flush=True)
    pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--retries", "2"]
    done = run([*pip, "--no-input", "-r", str(ROOT / FILES[kind][-1])])
    if done.returncode:
        raise CannotInstall(
            f"The packages could not be fetched ({reason(done)}). Check the network and the disk, {AGAIN}."
        )


def install(kind: str) -> None:
    """Leaves an environment with these requirements in it.

    Raises:
        CannotInstall: with the sentence to show.
    """
    found = stamp()
    here = found.get("home") == home()
    if here and found.get(kind) == fingerprint(kind) and PYTHON.exists() and not UNFINISHED.exists():
        return
    demand_python()
    if UNFINISHED.exists():
        print("An earlier start was interrupted: making .venv/ anew.", flush=True)
    # An environment that somebody made by hand, without a stamp, is kept and completed.
    if UNFINISHED.exists() or (found and not here) or not works():
        make_venv()
        found = {}
    fetch(kind)
    found.update({"home": home(), "runtime": fingerprint("runtime"), kind: fingerprint(kind)})
    STAMP.write_text(json.dumps(found, indent=1), "utf-8")
    UNFINISHED.unlink()


def install_browser() -> None:
    """Chromium for the journeys, and a font so that its pages show text.

    Raises:
        CannotInstall: with the sentence to show.
    """
    if any(shutil.which(name) for name in BROWSERS):
        return
    without = "or leave the journeys out: make test BROWSER=no"
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise CannotInstall(f"The journeys need Chromium. Install it (apt install chromium), {without}")
    print("Installing Chromium through apt-get …", flush=True)
    packages = ["chromium", "fonts-dejavu-core"]
    for step in (["update"], ["install", "-y", "--no-install-recommends", *packages]):
        done = run(["apt-get", "-q", *step], DEBIAN_FRONTEND="noninteractive")
        if done.returncode:
            raise CannotInstall(
                f"Chromium could not be installed ({reason(done)}). Check the network, {without}"
            )


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """One at a time: two first starts in the same folder would undo each other's work."""
    folder = os.open(ROOT, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def main(arguments: "list[str] | None" = None) -> int:
    parser = argparse.ArgumentParser(description="Makes .venv/ and installs the pinned requirements into it.")
    parser.add_argument("--dev", action="store_true", help="what tests and checks need, too")
    parser.add_argument("--browser", action="store_true", help="Chromium, too")
    wanted = parser.parse_args(arguments)
    try:
        with alone():
            install("dev" if wanted.dev else "runtime")
            if wanted.browser:
                install_browser()
    except CannotInstall as problem:
        print(problem, file=sys.stderr)
        return 1
    except OSError as problem:
        print(f"The environment could not be made: {problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. The next start begins afresh.", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
