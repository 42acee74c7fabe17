"""VTIMEZONE blocks against zoneinfo, read by dateutil's own VTIMEZONE reader."""

import io
import zoneinfo
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

import pytest
from dateutil.tz import tzical

from calendars import zones
from calendars.lint import lint

FOLLOWING_RULES = [
    "Europe/Stockholm",
    "Europe/London",
    "Europe/Helsinki",
    "Europe/Dublin",
    "America/New_York",
    "America/Los_Angeles",
    "Australia/Sydney",
    "Australia/Lord_Howe",
    "Pacific/Auckland",
    "Pacific/Chatham",
    "Asia/Tokyo",
    "Asia/Kathmandu",
    "America/Phoenix",
    "Etc/GMT+5",
]


def read_back(block: bytes) -> tzinfo:
    zone = tzical(io.StringIO(block.decode())).get()
    assert zone is not None
    return zone


def switches(name: str, first_year: int, last_year: int) -> list[datetime]:
    """Instants at which zoneinfo changes its offset, found hour by hour around each such day."""
    tz = ZoneInfo(name)

    def offset(at: datetime) -> timedelta | None:
        return at.astimezone(tz).utcoffset()

    found = []
    day = datetime(first_year, 1, 1, tzinfo=UTC)
    while day.year <= last_year:
        if offset(day) != offset(day + timedelta(days=1)):
            halves = (day + timedelta(minutes=30 * n) for n in range(48))
            found.append(next(h for h in halves if offset(h) != offset(h + timedelta(minutes=30))))
        day += timedelta(days=1)
    return [half + timedelta(minutes=30) for half in found]


def assert_equal_around(name: str, first_year: int, last_year: int) -> None:
    # dateutil reads naive UTC times best: its zones are asked for the wall clock, as a calendar would.
    ours, theirs = read_back(zones.vtimezone(name)), ZoneInfo(name)
    moments = [
        datetime(year, month, 15, 12, tzinfo=UTC) for year in (first_year, last_year) for month in (1, 7)
    ]
    for switch in switches(name, first_year, last_year):
        moments += [switch - timedelta(hours=1), switch - timedelta(seconds=1), switch + timedelta(hours=1)]
    for at in moments:
        assert at.astimezone(ours).replace(tzinfo=None) == at.astimezone(theirs).replace(tzinfo=None), at


def test_stockholm_from_1996_to_2040() -> None:
    assert len(switches("Europe/Stockholm", 1996, 2040)) == 90
    assert_equal_around("Europe/Stockholm", 1996, 2040)


@pytest.mark.parametrize("name", FOLLOWING_RULES)
def test_other_zones(name: str) -> None:
    assert_equal_around(name, 2024, 2030)


def test_stockholm_is_constant() -> None:
    assert zones.vtimezone("Europe/Stockholm").decode().split("\r\n") == [
        "BEGIN:VTIMEZONE",
        "TZID:Europe/Stockholm",
        "BEGIN:STANDARD",
        "TZNAME:CET",
        "TZOFFSETFROM:+0200",
        "TZOFFSETTO:+0100",
        "DTSTART:19701025T030000",
        "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU",
        "END:STANDARD",
        "BEGIN:DAYLIGHT",
        "TZNAME:CEST",
        "TZOFFSETFROM:+0100",
        "TZOFFSETTO:+0200",
        "DTSTART:19700329T020000",
        "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU",
        "END:DAYLIGHT",
        "END:VTIMEZONE",
        "",
    ]


def test_nth_weekday() -> None:
    block = zones.vtimezone("America/New_York")
    assert b"RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU\r\n" in block
    assert b"RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU\r\n" in block


def test_without_summer_time_one_standard_suffices() -> None:
    block = zones.vtimezone("Asia/Kolkata")
    assert block.count(b"BEGIN:STANDARD") == 1
    assert b"DAYLIGHT" not in block
    assert b"TZOFFSETTO:+0530\r\n" in block


@pytest.mark.parametrize(
    "name", ["Africa/Casablanca", "Asia/Jerusalem", "America/Sao_Paulo", "Europe/Istanbul"]
)
def test_a_zone_without_yearly_rules_is_refused(name: str) -> None:
    assert not zones.is_representable(name)
    with pytest.raises(zones.UnrepresentableZone, match=name):
        zones.vtimezone(name)


@pytest.mark.parametrize(
    "name", ["", "Europe", "Europe/Atlantis", "../../etc/passwd", "/etc/localtime", "a\0b"]
)
def test_an_unknown_zone_is_refused(name: str) -> None:
    with pytest.raises(zones.UnknownZone, match="unknown time zone"):
        zones.vtimezone(name)


def test_zones_of_the_world_are_right_or_refused() -> None:
    blocks = {}
    for name in sorted(zoneinfo.available_timezones())[::5]:
        try:
            blocks[name] = zones.vtimezone(name)
        except zones.UnrepresentableZone:
            continue
    assert len(blocks) > 60
    ics = b"BEGIN:VCALENDAR\r\n" + b"".join(blocks.values()) + b"END:VCALENDAR\r\n"
    assert not [d for d in lint(ics) if d.code.startswith("zone") and d.code != "zone-unused"]


@pytest.mark.parametrize(
    ("wall", "utc", "plain"),
    [
        ("2026-03-29T01:59", "2026-03-29T00:59", True),
        ("2026-03-29T02:30", "2026-03-29T01:30", False),
        ("2026-03-29T03:00", "2026-03-29T01:00", True),
        ("2026-10-25T01:59", "2026-10-24T23:59", True),
        ("2026-10-25T02:30", "2026-10-25T00:30", False),
        ("2026-10-25T03:00", "2026-10-25T02:00", True),
    ],
)
def test_wall_clock(wall: str, utc: str, plain: bool) -> None:
    local = datetime.fromisoformat(wall)
    assert zones.to_utc(local, "Europe/Stockholm") == datetime.fromisoformat(utc).replace(tzinfo=UTC)
    assert zones.is_plain(local, "Europe/Stockholm") is plain


@pytest.mark.parametrize("name", ["Europe/Stockholm", "America/Havana", "Africa/Cairo", "Africa/Casablanca"])
def test_a_time_is_plain_where_the_clock_shows_it_once(name: str) -> None:
    """Every half hour of two years; in Havana and Cairo the clock is changed at midnight."""
    tz = ZoneInfo(name)
    for halves in range(2 * 365 * 48):
        wall = datetime(2026, 1, 1) + timedelta(minutes=30) * halves
        offsets = {wall.replace(tzinfo=tz, fold=fold).utcoffset() for fold in (0, 1)}
        assert zones.is_plain(wall, name) == (len(offsets) == 1), wall
