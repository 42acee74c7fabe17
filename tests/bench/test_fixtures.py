"""Calendars of others through the importer: what is told of them, and that nonsense would be found."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.models import Resource
from app.services.calendar_import import CalendarFileInvalid
from bench import fixtures
from bench.table import Measured
from calendars.entries import Entry, Found

JANUARY = datetime(2012, 1, 1, tzinfo=UTC)  # of the year in which they begin
HEAD, END = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n", "END:VCALENDAR\r\n"


def vevent(uid: str, start: str, end: str, *more: str) -> str:
    lines = ("BEGIN:VEVENT", f"UID:{uid}", f"DTSTART:{start}", f"DTEND:{end}", *more, "END:VEVENT", "")
    return "\r\n".join(lines)


def written(folder: Path) -> Path:
    """A handful of files such as others keep."""
    folder.mkdir()
    monday, later = "20120305T090000Z", "20120305T100000Z"
    files = {
        "plain.ics": HEAD + vevent("1", monday, later, "SUMMARY:Möte") + END,
        "series.ics": HEAD
        + vevent("2", "20120306T090000Z", "20120306T100000Z", "RRULE:FREQ=WEEKLY;COUNT=3")
        + END,
        "taken.ics": HEAD + vevent("3", monday, later) + END,
        "endless.ICS": HEAD
        + vevent("4", "19990101T010000Z", "19990101T013000Z", "RRULE:FREQ=SECONDLY")
        + END,
        "backwards.ics": HEAD + vevent("5", later, monday) + END,
        "far.ics": HEAD + vevent("6", "99991231T230000Z", "99991231T233000Z") + END,
        "none.ics": "no calendar at all",
        "notes.txt": "not looked at",
    }
    for name, text in files.items():
        (folder / name).write_bytes(text.encode())
    return folder


def rows_of(folder: Path) -> dict[str, Measured]:
    scratch = folder.parent / "scratch"
    scratch.mkdir()
    found: dict[str, Sequence[Path] | str] = {"ours": fixtures.files_in(folder), "theirs": "is not to be had"}
    return {row.name: row for row in fixtures.judged(found, scratch)}


def test_what_becomes_of_the_files_is_counted(tmp_path: Path) -> None:
    rows = rows_of(written(tmp_path / "files"))
    ours = rows["calendars of others (ours)"]
    assert (ours.value, ours.unit) == (7, "files")
    assert ours.note.startswith("6 readable, 1 refused (1 no_calendar); ")
    assert ours.note.endswith(", 4 booked")
    wrong = rows["calendars of others that break the importer"]
    assert (wrong.value, wrong.verdict) == (0, "held")
    assert "theirs is not to be had" in wrong.note


def test_a_reader_that_breaks_down_or_makes_things_up_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read(ics: bytes, resource: Resource, *, now: datetime, **_: object) -> Found:
        if b"UID:1" in ics:
            raise CalendarFileInvalid(reason="broken", most=0)
        if b"UID:2" in ics:
            raise IndexError("nobody thought of that")
        backwards = Entry(1, "3", "", now + timedelta(days=1), now, "", "")
        return Found((backwards,) if b"UID:3" in ics else ())

    monkeypatch.setattr(fixtures, "read_calendar", read)
    rows = rows_of(written(tmp_path / "files"))
    wrong = rows["calendars of others that break the importer"]
    assert wrong.verdict == "MISSED"
    assert "plain.ics: the reader broke down" in wrong.note
    assert "series.ics: IndexError: nobody thought of that" in wrong.note
    assert f"taken.ics: an entry from {JANUARY + timedelta(days=1)} to {JANUARY}" in wrong.note
