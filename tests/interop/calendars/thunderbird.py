"""A feed as Thunderbird subscribes to it and stores it. ical.js counts its dates, as it does there."""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from zoneinfo import ZoneInfo

from tests.calendars.samples import Spans
from tests.interop.calendars.programs import by_ical_js, install, serving

CALENDAR = "11111111-2222-3333-4444-555555555555"
PATIENCE = 180  # seconds, where the machine has much else to do
QUIET = {  # nothing that looks for news, updates or an account
    "app.update.enabled": False,
    "calendar.timezone.local": "Europe/Stockholm",
    "calendar.timezone.useSystemTimezone": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "mail.provider.suppress_dialog_on_startup": True,
    "mail.rights.version": 1,
    "mail.shell.checkDefaultClient": False,
    "mail.spotlight.firstRunDone": True,
    "mailnews.start_page.enabled": False,
}
TIMES = (("DTSTART", "event_start"), ("DTEND", "event_end"), ("RECURRENCE-ID", "recurrence_id"))


def by_thunderbird(ics: bytes, home: Path) -> Spans:
    """The dates that Thunderbird has of it. `home` is where it keeps its things."""
    install(("thunderbird", "thunderbird"))
    with serving({"feed": ics}) as base, running("--headless", home=home, address=f"{base}/feed.ics"):
        stored = _stored(home, ics.count(b"\r\nBEGIN:VEVENT\r\n"))
    zones = ics[ics.index(b"BEGIN:VTIMEZONE") : ics.index(b"BEGIN:VEVENT")]
    return by_ical_js(b"BEGIN:VCALENDAR\r\n" + zones + stored.encode() + b"END:VCALENDAR\r\n")


@contextmanager
def running(
    *arguments: str | Path, home: Path, address: str, more: Mapping[str, object] = MappingProxyType({})
) -> Iterator[None]:
    """Thunderbird with one calendar, that of the address. `more` are settings besides."""
    profile = home / "profile"
    profile.mkdir(parents=True, exist_ok=True)
    ours = {"type": "ics", "uri": address, "name": "Feed", "cache.enabled": True, "refreshInterval": "30"}
    settings = {
        **QUIET,
        **{f"calendar.registry.{CALENDAR}.{name}": value for name, value in ours.items()},
        **more,
    }
    lines = (f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in settings.items())
    (profile / "user.js").write_text("".join(lines))
    program = subprocess.Popen(
        ["thunderbird", "--no-remote", "--profile", profile, *arguments],
        env={**os.environ, "HOME": str(home)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # it starts others, which have to end with it
    )
    try:
        yield
    finally:
        os.killpg(program.pid, signal.SIGTERM)
        try:
            program.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(program.pid, signal.SIGKILL)
            program.wait()


def _stored(home: Path, events: int) -> str:
    """The events as VEVENTs, once all of them are there."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        time.sleep(1)
        try:
            found = _events(home)
        except (sqlite3.Error, OSError):
            continue  # not there yet, or caught while it is being written
        if len(found) == events:
            return "".join(found)
    raise AssertionError("Thunderbird never stored as many events as there are")


def _events(home: Path) -> list[str]:
    """What a copy of its store holds: the store itself stays locked as long as Thunderbird runs."""
    store, copy = home / "profile/calendar-data/cache.sqlite", home / "copy.sqlite"
    for end in ("", "-wal"):
        Path(f"{copy}{end}").unlink(missing_ok=True)
        if Path(f"{store}{end}").exists():
            shutil.copy(f"{store}{end}", f"{copy}{end}")
    with closing(sqlite3.connect(copy)) as connection:
        connection.row_factory = sqlite3.Row
        rules: dict[str, str] = {}
        for row in connection.execute("SELECT item_id, icalString FROM cal_recurrence"):
            rules[row["item_id"]] = rules.get(row["item_id"], "") + row["icalString"].strip() + "\r\n"
        rows = connection.execute("SELECT * FROM cal_events").fetchall()
    return [_event(row, rules) for row in rows]


def _event(row: sqlite3.Row, rules: dict[str, str]) -> str:
    text = f"BEGIN:VEVENT\r\nUID:{row['id']}\r\n"
    for name, column in TIMES:
        if row[column] is not None:
            text += name + _written(row[column], row[f"{column}_tz"])
    return text + (rules.get(row["id"], "") if row["recurrence_id"] is None else "") + "END:VEVENT\r\n"


def _written(microseconds: int, zone: str) -> str:
    at = datetime.fromtimestamp(microseconds / 1e6, UTC)
    if zone == "UTC":
        return f":{at:%Y%m%dT%H%M%SZ}\r\n"
    return f";TZID={zone}:{at.astimezone(ZoneInfo(zone)):%Y%m%dT%H%M%S}\r\n"
