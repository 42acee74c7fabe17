"""`make run`: the database, the demo office, then web server and scheduler, until Ctrl-C stops both.

PORT=5001 python -m tools.run
"""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from config import INSTANCE

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
HOST = "127.0.0.1"
SIGN_INS = ("member@example.org", "host@example.org", "funder@example.org", "admin@example.org")
PASSWORD = "motesplats-demo"
# Given for this start, they hold for every later command in this folder too.
KEPT = ("DATABASE_URL", "SECRET_KEY", "SMTP_URL", "MAIL_SENDER", "TRUSTED_HOSTS")
# The demo's rooms have addresses, so that the mail room can be tried beside it.
MAIL_ROOM = {"MAIL_DOMAIN": "rooms.example.org", "MAIL_AUTHSERV_ID": "mx.example.org"}
GRACE = 10.0  # seconds a process has to finish what it is doing

Command = Sequence[str]


class CannotRun(Exception):
    """Why not and what to do, in one line."""


def port_to_use(wanted: str) -> int:
    """The port, known to be free.

    Raises:
        CannotRun: no port number, or one that cannot be listened on.
    """
    if not wanted.isdecimal() or not 0 < int(wanted) < 65536:
        raise CannotRun(f"PORT is a number from 1 to 65535, not “{wanted}”: PORT=5001 make run")
    port = int(wanted)
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the web server does
        try:
            probe.bind((HOST, port))
        except PermissionError:
            raise CannotRun(
                f"Port {port} is for administrators only. Take another: PORT=5001 make run"
            ) from None
        except OSError:
            other = port + 1 if port < 65535 else 5001
            raise CannotRun(f"Port {port} is taken. Take another: PORT={other} make run") from None
    return port


OURS = "# Written by `make run` at every start; the environment goes before it."


def keep_settings(folder: Path, settings: dict[str, str]) -> Path:
    """Writes `settings.env`, whole or not at all; only its owner may read it, for it can hold secrets.

    CannotRun where somebody else wrote it: a folder with settings of its own is no place for the demo.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)  # it holds bookings, and mails with sign-in links
    target, draft = folder / "settings.env", folder / f"settings.env.{os.getpid()}"
    if target.exists() and not target.read_text("utf-8").startswith(OURS):
        raise CannotRun(
            f"{target} holds your own settings, so the demo is not started here."
            " For an office of your own see docs/operations.md."
        )
    draft.touch(mode=0o600)
    lines = [OURS]
    lines += [f"{name}={value}" for name, value in settings.items()]
    draft.write_text("\n".join(lines) + "\n", "utf-8")
    draft.replace(target)
    return target


def settings_of_this_start(environment: dict[str, str], port: int) -> dict[str, str]:
    kept = {name: environment[name] for name in KEPT if environment.get(name)}
    mail_room = {name: environment.get(name) or usual for name, usual in MAIL_ROOM.items()}
    return {"BASE_URL": environment.get("BASE_URL") or f"http://{HOST}:{port}", **mail_room, **kept}


class Asked:
    """Notes the signals that ask for an end, so that nothing is interrupted half-way."""

    def __init__(self) -> None:
        self.signals: list[int] = []
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda received, _frame: self.signals.append(received))

    def __bool__(self) -> bool:
        return bool(self.signals)


def leave_interrupts_to_the_supervisor() -> None:
    """Ctrl-C reaches every process of the terminal; the children wait to be told, in order, by SIGTERM."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def stop(children: Sequence[subprocess.Popen[bytes]], grace: float) -> None:
    """Ends the processes, politely first. Returns when all are gone."""
    for child in children:
        if child.poll() is None:
            child.terminate()
    latest = time.monotonic() + grace
    for child in children:
        try:
            child.wait(max(0.0, latest - time.monotonic()))
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def together(
    commands: dict[str, Command],
    asked: Asked,
    *,
    grace: float = GRACE,
    meanwhile: Callable[[], None] | None = None,
) -> tuple[str, int] | None:
    """Runs the commands side by side until an end is asked for or one of them ends; then stops the rest.

    Returns:
        which one ended by itself, and its exit code; None when the end was asked for.
    """
    children: dict[str, subprocess.Popen[bytes]] = {}
    try:
        for name, command in commands.items():
            children[name] = subprocess.Popen(command, preexec_fn=leave_interrupts_to_the_supervisor)
        while not asked:
            for name, child in children.items():
                if child.poll() is not None:
                    return name, child.returncode
            if meanwhile:
                meanwhile()
            time.sleep(0.1)
        return None
    finally:
        stop(list(children.values()), grace)


def told(code: int) -> str:
    """An exit code in words; subprocess writes a killing signal as a negative one."""
    return f"exit code {code}" if code >= 0 else f"killed by {signal.Signals(-code).name}"


def one_step(what: str, command: Command, asked: Asked) -> bool:
    """Runs a command to its end; whether to go on.

    Raises:
        CannotRun: it failed; its own message stands above.
    """
    ended = together({what: command}, asked)
    if ended is None:
        return False
    if ended[1]:
        raise CannotRun(f"{what} failed ({told(ended[1])}); the reason stands above.")
    return True


class Welcome:
    """Says the address and the sign-ins, once, when the web server listens."""

    def __init__(self, port: int, address: str) -> None:
        self.port, self.address, self.said = port, address, False

    def __call__(self) -> None:
        if self.said:
            return
        with socket.socket() as probe:
            if probe.connect_ex((HOST, self.port)):
                return
        self.said = True
        people = "\n".join(f"    {email}" for email in SIGN_INS)
        print(f"\nMötesplats is running: {self.address}\n", flush=True)
        print(f"  Demo sign-ins, password {PASSWORD}:\n{people}\n\n  Ctrl-C stops it.\n", flush=True)


def processes(port: int) -> dict[str, Command]:
    gunicorn = [str(BIN / "gunicorn"), "--workers", "2", "--bind", f"{HOST}:{port}", "--log-level", "warning"]
    return {
        "the web server": [*gunicorn, "wsgi:app"],
        "the scheduler": [str(BIN / "flask"), "--app", "wsgi", "scheduler"],
    }


def serve() -> None:
    asked = Asked()
    port = port_to_use(os.environ.get("PORT") or "5000")
    settings = settings_of_this_start(dict(os.environ), port)
    keep_settings(INSTANCE, settings)
    os.environ.update(settings)
    flask = [str(BIN / "flask"), "--app", "wsgi"]
    print("Preparing the database and the demo office …", flush=True)
    ready = one_step("Preparing the database", [*flask, "db", "upgrade"], asked) and one_step(
        "Loading the demo office", [*flask, "demo", "load"], asked
    )
    if not ready:
        return
    ended = together(processes(port), asked, meanwhile=Welcome(port, settings["BASE_URL"]))
    if ended:
        name, code = ended
        raise CannotRun(f"{name.capitalize()} ended by itself ({told(code)}), so everything was stopped.")


def main() -> int:
    os.chdir(ROOT)
    try:
        serve()
    except CannotRun as problem:
        print(problem, file=sys.stderr)
        return 1
    except OSError as problem:
        print(f"make run could not start: {problem}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
