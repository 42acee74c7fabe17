"""Other people's programs that read calendars: installed where they are missing, and asked what they read."""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from config import ROOT
from tests.calendars.samples import Spans

HERE = Path(__file__).parent
KEPT = ROOT / "instance" / "interop"
ICAL_JS = "2.2.1"
LIBICAL_HEADER = Path("/usr/include/libical/ical.h")
PATIENCE = 300  # seconds, where the machine has much else to do


def install(*needed: tuple[str | Path, str]) -> None:
    """Has apt-get install the packages whose program or file is not there. AssertionError where it cannot."""
    missing = [package for what, package in needed if not _is_there(what)]
    if not missing:
        return
    assert os.geteuid() == 0, f"not run as root; install first: apt install {' '.join(missing)}"
    assert shutil.which("apt-get"), f"no apt-get here; install first: {' '.join(missing)}"
    for step in (["update"], ["install", "-y", "--no-install-recommends", *missing]):
        run("apt-get", "-q", *step, env={"DEBIAN_FRONTEND": "noninteractive"})


def _is_there(what: str | Path) -> bool:
    return what.exists() if isinstance(what, Path) else shutil.which(what) is not None


def run(*command: str | Path, said: bytes = b"", env: Mapping[str, str] | None = None) -> str:
    """What the program printed. AssertionError with what it complained of, or where it takes too long."""
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, **(env or {})},
        start_new_session=True,  # so that what it starts ends with it
    ) as program:
        try:
            printed, complained = program.communicate(said, timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            os.killpg(program.pid, signal.SIGKILL)
            raise AssertionError(f"{command[0]} takes more than {PATIENCE} s") from None
    complaint = (complained or printed).decode(errors="replace")[-2000:]
    assert program.returncode == 0, f"{command[0]} ended with {program.returncode}: {complaint}"
    return printed.decode()


def spans_in(lines: str) -> Spans:
    """What a program printed as "start end" in seconds since 1970, one a line."""
    found = [line.split() for line in lines.splitlines()]
    return sorted((_instant(start), _instant(end)) for start, end in found)


def _instant(seconds: str) -> datetime:
    return datetime.fromtimestamp(int(seconds), UTC)


@cache
def _with_libical(name: str) -> Path:
    """A program of ours, built with libical."""
    install(("cc", "gcc"), (Path("/usr/include/stdio.h"), "libc6-dev"), (LIBICAL_HEADER, "libical-dev"))
    KEPT.mkdir(parents=True, exist_ok=True)
    run("cc", "-Wall", "-Werror", "-o", KEPT / name, HERE / f"{name}.c", "-lical")
    return KEPT / name


def by_libical(ics: bytes) -> Spans:
    """As libical reads it: Evolution, GNOME Calendar, KOrganizer, Cyrus."""
    return spans_in(run(_with_libical("libical"), said=ics))


@dataclass(frozen=True)
class Read:
    """One property as a program read it."""

    value: str
    parameters: Mapping[str, str]


def message_by_libical(ics: bytes) -> tuple[dict[str, Read], list[dict[str, Read]]]:
    """The properties of a calendar message and of its events; of several attendees the first.

    AssertionError where another comes twice.
    """
    head: dict[str, Read] = {}
    events: list[dict[str, Read]] = []
    for line in run(_with_libical("message"), said=ics).splitlines():
        if line == "VEVENT":
            events.append({})
            continue
        name, parameters, value = line.split("\t")
        into = events[-1] if events else head
        assert name not in into or name == "ATTENDEE", name
        if name in into:
            continue
        pairs = (each.split("=", 1) for each in parameters.split(";") if each)
        into[name] = Read(value, {key: text.strip('"') for key, text in pairs})
    return head, events


@cache
def _ical_js() -> Path:
    install(("node", "nodejs"), ("npm", "npm"))
    library = KEPT / "node_modules" / "ical.js"
    package = library / "package.json"
    if not package.exists() or f'"version": "{ICAL_JS}"' not in package.read_text():
        quiet = ("--silent", "--no-audit", "--no-fund", "--no-save", "--no-package-lock")
        KEPT.mkdir(parents=True, exist_ok=True)
        run("npm", "install", *quiet, "--prefix", KEPT, f"ical.js@{ICAL_JS}")
    return library / "dist" / "ical.js"


def by_ical_js(ics: bytes) -> Spans:
    """As ical.js reads it: Thunderbird, Nextcloud."""
    return spans_in(run("node", HERE / "icaljs.mjs", _ical_js(), said=ics))


def by_khal(feeds: Mapping[str, bytes], folder: Path) -> dict[str, Spans]:
    """As vdirsyncer fetches them from a server and khal reads what it stored."""
    install(("khal", "khal"), ("vdirsyncer", "vdirsyncer"))
    with serving(feeds) as base:
        for name in feeds:
            (folder / name).mkdir(parents=True)
        config = folder / "vdirsyncer"
        config.write_text(_vdirsyncer_config(feeds, folder, base))
        for step in ("discover", "sync"):
            run("vdirsyncer", "-c", config, "-v", "ERROR", step, said=b"y\n" * 20)
    return {name: _listed(folder / name, folder / f"{name}.khal") for name in feeds}


def _vdirsyncer_config(feeds: Mapping[str, bytes], folder: Path, base: str) -> str:
    pairs = (
        f'[pair {name}]\na = "{name}_there"\nb = "{name}_here"\ncollections = null\n'
        f'[storage {name}_there]\ntype = "http"\nurl = "{base}/{name}.ics"\n'
        f'[storage {name}_here]\ntype = "filesystem"\npath = "{folder / name}"\nfileext = ".ics"\n'
        for name in feeds
    )
    return "\n".join([f'[general]\nstatus_path = "{folder}/status/"\n', *pairs])


def _listed(stored: Path, config: Path) -> Spans:
    clock = "%Y-%m-%dT%H:%M"
    config.write_text(
        f"[calendars]\n[[feed]]\npath = {stored}\n[sqlite]\npath = {config}.db\n"
        f"[locale]\ndefault_timezone = UTC\nlocal_timezone = UTC\ntimeformat = %H:%M\n"
        f"dateformat = %Y-%m-%d\nlongdateformat = %Y-%m-%d\ndatetimeformat = {clock}\n"
        f"longdatetimeformat = {clock}\n[default]\ndefault_calendar = feed\n"
    )
    line = "{start-long} {end-long} {uid}"
    listed = run(
        "khal", "-c", config, "list", "--day-format", "", "--format", line, "2026-01-01", "2029-01-01"
    )
    # What lasts over midnight is listed on each of its days.
    found = {tuple(line.split()) for line in listed.splitlines() if line.strip()}
    return sorted((_utc(start), _utc(end)) for start, end, _ in found)


def _utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@contextmanager
def serving(files: Mapping[str, bytes]) -> Iterator[str]:
    """A server of these calendars, by name."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            ics = files[self.path.removeprefix("/").removesuffix(".ics")]
            self.send_response(200)
            self.send_header("Content-Type", "text/calendar; charset=utf-8")
            self.send_header("Content-Length", str(len(ics)))
            self.end_headers()
            self.wfile.write(ics)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
