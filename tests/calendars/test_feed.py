"""Feeds and downloads: their head, their zones, and that they are a mere join."""

from datetime import timedelta

import icalendar
import pytest

from calendars.event import write_event
from calendars.feed import write_download
from calendars.lint import lint
from tests.calendars.samples import event, feed, joined


def test_head() -> None:
    ics = feed(event(), name="Tallen, Stockholm", description="Rum; 10 platser")
    assert ics.decode().split("BEGIN:VTIMEZONE")[0].split("\r\n") == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Motesplats//calendars 1//EN",
        "CALSCALE:GREGORIAN",
        "uid:feed-1@office.example",
        "LAST-MODIFIED:20260201T080000Z",
        r"NAME:Tallen\, Stockholm",
        r"X-WR-CALNAME:Tallen\, Stockholm",
        r"DESCRIPTION:Rum\; 10 platser",
        r"X-WR-CALDESC:Rum\; 10 platser",
        "X-WR-TIMEZONE:Europe/Stockholm",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
        "X-PUBLISHED-TTL:PT1H",
        "",
    ]


def test_refresh() -> None:
    ics = feed(event(), refresh=timedelta(minutes=90))
    assert b"REFRESH-INTERVAL;VALUE=DURATION:PT1H30M\r\nX-PUBLISHED-TTL:PT1H30M\r\n" in ics


def test_kept_bytes_stand_in_it_unchanged() -> None:
    events = [event(uid=f"{n}@office.example") for n in range(3)]
    kept = b"".join(map(write_event, events))
    assert feed(*events).endswith(b"END:VTIMEZONE\r\n" + kept + b"END:VCALENDAR\r\n")


def test_no_zone_but_those_in_use() -> None:
    ics = feed(event(), timezones=["Europe/London", "Europe/Stockholm", "Africa/Casablanca", "UTC"])
    assert ics.count(b"BEGIN:VTIMEZONE") == 1
    assert b"X-WR-TIMEZONE" not in ics
    assert lint(ics) == []


def test_words_that_look_like_a_zone_do_not_count() -> None:
    sly = event(description="x\r\nDTSTART;TZID=Europe/London:20260101T000000", uid="2@office.example")
    ics = feed(event(), sly, timezones=["Europe/London", "Europe/Stockholm"])
    assert b"TZID:Europe/London" not in ics


def test_two_zones() -> None:
    ics = feed(event(), event(zone="Europe/London", uid="2@office.example"))
    assert ics.count(b"BEGIN:VTIMEZONE") == 2
    assert lint(ics) == []


def test_no_zone_for_readers_to_shift_utc_by() -> None:
    ics = feed(event(), event("2026-10-25T02:30", uid="2@office.example"))
    assert b"X-WR-TIMEZONE" not in ics
    assert b"TZID:Europe/Stockholm" in ics


@pytest.mark.parametrize("timezones", [["Europe/Stockholm"], ["UTC"], []])
def test_an_empty_feed_is_still_a_calendar(timezones: list[str]) -> None:
    ics = feed(timezones=timezones)
    assert lint(ics, kind="feed") == []
    assert ics.count(b"BEGIN:VTIMEZONE") == 1
    assert icalendar.Calendar.from_ical(ics).walk("VEVENT") == []


def test_a_download_renames_nobodys_calendar() -> None:
    ics = write_download(event(recurrence="FREQ=DAILY;COUNT=3"))
    assert lint(ics, kind="download") == []
    for name in (b"NAME", b"METHOD", b"X-WR", b"REFRESH"):
        assert b"\r\n" + name not in ics


def test_equal_feeds_are_equal_bytes() -> None:
    events = [event(uid=f"{n}@office.example") for n in range(3)]
    first = feed(*events, timezones={"Europe/London", "Europe/Stockholm"})
    assert first == feed(*events, timezones=["Europe/Stockholm", "Europe/London"])


def test_kept_events_are_joined_and_not_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = [write_event(event(uid=f"{n}@office.example")) for n in range(200)]
    monkeypatch.delattr("icalendar.Component.from_ical")
    ics = joined(kept, timezones=["Europe/Stockholm"])
    assert ics.count(b"BEGIN:VEVENT") == 200
