"""The supervisor of `make run`, with small real processes and real signals."""

import json
import os
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tools import run

ROOT = Path(__file__).resolve().parents[2]

# Stands for a server: says that it started, and ends when told to.
SERVER = "import pathlib, sys, time; pathlib.Path(sys.argv[1]).touch(); time.sleep(60)"
# The same with an interrupt handler that complains, as a Python program has by default.
DEAF = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); " + SERVER

SUPERVISOR = """
import json, sys
from tools.run import Asked, together
ended = together(json.loads(sys.argv[1]), Asked(), grace=float(sys.argv[2]))
print(json.dumps(ended))
"""


def server(started: Path, code: str = SERVER) -> list[str]:
    return [sys.executable, "-c", code, str(started)]


@contextmanager
def supervising(commands: dict[str, list[str]], grace: float = 5) -> Iterator[subprocess.Popen[str]]:
    """The supervisor in a process group of its own, as a terminal would start it."""
    process = subprocess.Popen(
        [sys.executable, "-c", SUPERVISOR, json.dumps(commands), str(grace)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        if group_lives(process.pid):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def group_lives(leader: int) -> bool:
    try:
        os.killpg(leader, 0)
    except ProcessLookupError:
        return False
    return True


def wait_for(*files: Path) -> None:
    until = time.monotonic() + 20
    while not all(file.exists() for file in files):
        assert time.monotonic() < until, "the children did not start"
        time.sleep(0.02)


@pytest.fixture
def two(tmp_path: Path) -> tuple[Path, Path]:
    return tmp_path / "one", tmp_path / "two"


def test_ctrl_c_to_the_whole_group_ends_both_without_a_word(two: tuple[Path, Path]) -> None:
    with supervising({"one": server(two[0]), "two": server(two[1])}) as process:
        wait_for(*two)
        os.killpg(process.pid, signal.SIGINT)
        output, _ = process.communicate(timeout=10)
        assert output.strip() == "null"  # asked for; and no child wrote a traceback
        assert process.returncode == 0
        assert not group_lives(process.pid)


def test_a_second_ctrl_c_while_stopping_changes_nothing(two: tuple[Path, Path]) -> None:
    with supervising({"one": server(two[0], DEAF), "two": server(two[1])}, grace=0.5) as process:
        wait_for(*two)
        os.killpg(process.pid, signal.SIGINT)
        time.sleep(0.2)
        os.killpg(process.pid, signal.SIGINT)
        output, _ = process.communicate(timeout=10)
        assert (output.strip(), process.returncode) == ("null", 0)
        assert not group_lives(process.pid)


def test_a_polite_end_of_the_supervisor_alone_ends_both(two: tuple[Path, Path]) -> None:
    with supervising({"one": server(two[0]), "two": server(two[1])}) as process:
        wait_for(*two)
        process.terminate()
        assert process.communicate(timeout=10)[0].strip() == "null"
        assert not group_lives(process.pid)


def test_one_that_does_not_listen_is_killed_after_the_grace(two: tuple[Path, Path]) -> None:
    with supervising({"one": server(two[0], DEAF), "two": server(two[1])}, grace=0.3) as process:
        wait_for(*two)
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=10)
        assert not group_lives(process.pid)


def test_when_one_ends_the_other_is_stopped_and_the_first_is_named(tmp_path: Path) -> None:
    quits = [sys.executable, "-c", "raise SystemExit(3)"]
    with supervising({"lives": server(tmp_path / "started"), "quits": quits}) as process:
        output, _ = process.communicate(timeout=20)
        assert output.strip() == '["quits", 3]'
        assert not group_lives(process.pid)


def test_a_command_that_cannot_start_leaves_none_behind(tmp_path: Path) -> None:
    commands = {"lives": server(tmp_path / "started"), "missing": [str(tmp_path / "no-such-program")]}
    with supervising(commands) as process:
        process.communicate(timeout=20)
        assert process.returncode != 0
        assert not group_lives(process.pid)


def test_a_killed_process_is_told_by_its_signal() -> None:
    assert run.told(-9) == "killed by SIGKILL"
    assert run.told(3) == "exit code 3"


def test_a_free_port_is_taken_as_it_is() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        free = probe.getsockname()[1]
    assert run.port_to_use(str(free)) == free


def test_a_taken_port_is_told_with_the_way_out() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(run.CannotRun, match=rf"Port {port} is taken.*PORT=\d+ make run"):
            run.port_to_use(str(port))


@pytest.mark.parametrize("wanted", ["", "http", "0", "-1", "65536", "5000.0", "²"])
def test_what_is_no_port_is_told_with_an_example(wanted: str) -> None:
    with pytest.raises(run.CannotRun, match="PORT=5001 make run"):
        run.port_to_use(wanted)


def test_settings_are_kept_for_their_owner_alone(tmp_path: Path) -> None:
    path = run.keep_settings(tmp_path / "instance", {"BASE_URL": "http://127.0.0.1:5001"})
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    run.keep_settings(tmp_path / "instance", {"BASE_URL": "http://127.0.0.1:5002", "SECRET_KEY": "a=b"})
    assert path.read_text("utf-8").splitlines()[1:] == ["BASE_URL=http://127.0.0.1:5002", "SECRET_KEY=a=b"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [file.name for file in path.parent.iterdir()] == ["settings.env"]


def test_settings_that_somebody_else_wrote_are_left_alone(tmp_path: Path) -> None:
    own = tmp_path / "settings.env"
    own.write_text("BASE_URL=https://rum.example\n", "utf-8")
    with pytest.raises(run.CannotRun, match=r"docs/operations\.md"):
        run.keep_settings(tmp_path, {"BASE_URL": "http://127.0.0.1:5001"})
    assert own.read_text("utf-8") == "BASE_URL=https://rum.example\n"


def test_what_was_given_for_this_start_holds_for_later_commands_too() -> None:
    given = {"DATABASE_URL": "postgresql://x/y", "SMTP_URL": "", "HOME": "/root"}
    assert run.settings_of_this_start(given, 5001) == {
        "BASE_URL": "http://127.0.0.1:5001",
        "DATABASE_URL": "postgresql://x/y",
        "MAIL_DOMAIN": "rooms.example.org",
        "MAIL_AUTHSERV_ID": "mx.example.org",
    }
    given = {
        "BASE_URL": "https://rum.example",
        "MAIL_DOMAIN": "rum.example",
        "MAIL_AUTHSERV_ID": "mx.rum.example",
    }
    assert run.settings_of_this_start(given, 5001) == given


def test_the_scheduler_and_the_web_server_are_two_processes() -> None:
    commands = run.processes(5003)
    assert "127.0.0.1:5003" in commands["the web server"]
    assert commands["the scheduler"][-1] == "scheduler"
