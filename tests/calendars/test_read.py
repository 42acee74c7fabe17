"""Reading other people's files: Windows zones, versions, whole days, bounds."""

from datetime import UTC, datetime, timedelta

import pytest

from calendars.event import occurrences
from calendars.read import MAX_BYTES, ReadError, iana_name, read
from tests.calendars.samples import at, event, feed


def calendar(*events: str) -> bytes:
    """A file as a mail program would write it; each event by its lines."""
    blocks = ["BEGIN:VEVENT\n" + lines.strip() + "\nEND:VEVENT" for lines in events]
    whole = "\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Else//EN", *blocks, "END:VCALENDAR", ""])
    return whole.replace("\n", "\r\n").encode()


def test_everything_comes_back() -> None:
    moved = event("2026-09-15T10:00", original_start=at("2026-09-14T09:00"), sequence=2, summary="Flyttat")
    one = event(
        recurrence="FREQ=WEEKLY;COUNT=4",
        exdates=(at("2026-09-21T09:00"),),
        overrides=(moved,),
        location="Tallen",
        description="Två\nrader",
        url="https://office.example/b/1",
        categories=("Möte", "a,b"),
        status="TENTATIVE",
        busy=False,
        sequence=1,
    )
    [found] = read(feed(one))
    assert found == one
    assert occurrences(found) == occurrences(one)


def test_outlook_names_its_zones_the_windows_way() -> None:
    [found] = read(
        calendar("""
UID:1
DTSTAMP:20260901T080000Z
DTSTART;TZID="W. Europe Standard Time":20261025T090000
DTEND;TZID="W. Europe Standard Time":20261025T100000
SUMMARY:Möte""")
    )
    assert found.timezone == "Europe/Berlin"
    assert occurrences(found) == [
        (datetime(2026, 10, 25, 8, tzinfo=UTC), datetime(2026, 10, 25, 9, tzinfo=UTC)),
    ]


@pytest.mark.parametrize(
    ("tzid", "name"),
    [
        ("Europe/Stockholm", "Europe/Stockholm"),
        ("FLE Standard Time", "Europe/Kiev"),
        ("/freeassociation.sourceforge.net/Europe/Stockholm", "Europe/Stockholm"),
        ("/example.org/America/Argentina/Buenos_Aires", "America/Argentina/Buenos_Aires"),
        ("Customized Time Zone", None),
        ("", None),
        ("../../etc/passwd", None),
    ],
)
def test_zone_names(tzid: str, name: str | None) -> None:
    assert iana_name(tzid) == name


def test_the_higher_sequence_wins_then_the_later_stamp() -> None:
    def version(sequence: int, stamp: str, title: str) -> str:
        return f"""
UID:1
DTSTAMP:{stamp}
SEQUENCE:{sequence}
DTSTART:20260907T070000Z
DTEND:20260907T080000Z
SUMMARY:{title}"""

    old, new = version(1, "20260903T080000Z", "old"), version(2, "20260901T080000Z", "new")
    newer = version(2, "20260902T080000Z", "newer")
    assert [e.summary for e in read(calendar(new, old))] == ["new"]
    assert [e.summary for e in read(calendar(newer, old, new))] == ["newer"]


def test_cancelled_events_are_gone_and_cancelled_dates_are_exdates() -> None:
    master = """
UID:1
DTSTART:20260907T070000Z
DTEND:20260907T080000Z
RRULE:FREQ=DAILY;COUNT=2"""
    cancelled = """
UID:1
RECURRENCE-ID:20260908T070000Z
DTSTART:20260908T070000Z
STATUS:CANCELLED"""
    gone = master.replace("UID:1", "UID:2") + "\nSTATUS:CANCELLED"
    [found] = read(calendar(master, cancelled, gone))
    assert found.exdates == (datetime(2026, 9, 8, 7, tzinfo=UTC),)
    assert [start.day for start, _ in occurrences(found)] == [7]


def test_whole_days_and_floating_times_are_local() -> None:
    day = """
UID:1
DTSTART;VALUE=DATE:20261025
DTEND;VALUE=DATE:20261026"""
    no_end = """
UID:2
DTSTART;VALUE=DATE:20261025"""
    floating = """
UID:3
DTSTART:20261026T090000
DURATION:PT90M"""
    found = read(calendar(day, no_end, floating), timezone="Europe/Stockholm")
    long_day = (datetime(2026, 10, 24, 22, tzinfo=UTC), datetime(2026, 10, 25, 23, tzinfo=UTC))
    assert [occurrences(one)[0] for one in found[:2]] == [long_day, long_day]
    assert found[2].end - found[2].start.astimezone(UTC) == timedelta(minutes=90)
    assert found[2].start == at("2026-10-26T09:00")


def test_a_moment_lasts_a_minute() -> None:
    [found] = read(calendar("UID:1\nDTSTART:20260907T070000Z"))
    assert found.end - found.start == timedelta(minutes=1)


@pytest.mark.parametrize(
    "ics",
    [
        b"x" * (MAX_BYTES + 1),
        b"not a calendar",
        b"\xff\xfe\x00",
        b"BEGIN:VEVENT\r\n",
        calendar("UID:1\nSUMMARY:without a start"),
        calendar("UID:1\nDTSTART:20260931T070000Z"),
        calendar("UID:1\nDTSTART:20260907T070000Z\nSEQUENCE:many"),
    ],
)
def test_what_cannot_be_read_is_refused(ics: bytes) -> None:
    with pytest.raises(ReadError):
        read(ics)


def test_an_endless_rule_is_read_but_not_laid_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr("dateutil.rrule.rrule._iter")
    [found] = read(calendar("UID:1\nDTSTART:20260907T070000Z\nRRULE:FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30"))
    assert found.recurrence == "FREQ=SECONDLY;BYMONTHDAY=30;BYMONTH=2"
