"""Events to write, and the intervals that must be read back, counted here without the code under test."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from calendars.event import Event, write_event
from calendars.feed import write_head, zones_in
from calendars.lines import FOOT

STAMP = datetime(2026, 2, 1, 8, 0, tzinfo=UTC)
STOCKHOLM = "Europe/Stockholm"
Spans = list[tuple[datetime, datetime]]


def at(text: str, zone: str = STOCKHOLM, fold: int = 0) -> datetime:
    """An aware local time from ISO text."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold)


def event(start: str = "2026-09-07T09:00", minutes: int = 60, zone: str = STOCKHOLM, **fields: Any) -> Event:
    """An event of so many minutes of exact time."""
    begins = at(start, zone)
    usual = Event(
        uid="1@office.example",
        start=begins,
        end=begins.astimezone(UTC) + timedelta(minutes=minutes),
        timezone=zone,
        summary="Frukostmöte",
        stamp=STAMP,
        sequence=0,
        status="CONFIRMED",
    )
    return replace(usual, **fields)


def spanning(start: datetime, length: timedelta, zone: str = STOCKHOLM, **fields: Any) -> Event:
    """An event from one instant, for so long."""
    times = {"start": start, "end": start.astimezone(UTC) + length, "timezone": zone}
    return replace(event(), **times, **fields)


def spans(walls: list[str], minutes: int, zone: str = STOCKHOLM) -> Spans:
    """Intervals in UTC from local starts: a gap shifts forward, twice means the first, exact length."""
    starts = [at(wall, zone).astimezone(UTC) for wall in walls]
    return [(start, start + timedelta(minutes=minutes)) for start in starts]


def every(first: str, days: int, count: int) -> list[str]:
    """Local starts every so many days."""
    begins = datetime.fromisoformat(first)
    return [(begins + timedelta(days=days * n)).isoformat() for n in range(count)]


def feed(*events: Event, **fields: Any) -> bytes:
    """A feed of these events."""
    zones = {one.timezone for one in events}
    return joined(map(write_event, events), **({"timezones": zones} | fields))


def joined(events: Iterable[bytes], *, timezones: Iterable[str], **fields: Any) -> bytes:
    """A feed of events as `write_event` wrote them."""
    body = b"".join(events)
    usual: dict[str, Any] = {"name": "Tallen", "uid": "feed-1@office.example", "changed_at": STAMP}
    head = write_head(used=zones_in(body) if body else None, timezones=timezones, **(usual | fields))
    return b"".join([head, body, FOOT])


@dataclass(frozen=True)
class Scenario:
    """An event and the intervals it stands for."""

    name: str
    event: Event
    expected: Spans

    def __str__(self) -> str:
        return self.name


def _series(name: str, first: str, minutes: int, rule: str, walls: list[str], **fields: Any) -> Scenario:
    zone = fields.get("zone", STOCKHOLM)
    return Scenario(name, event(first, minutes, recurrence=rule, **fields), spans(walls, minutes, zone))


def _over_the_switch(day: str) -> Iterator[Scenario]:
    """All kinds of series over a clock change on that Sunday."""
    sunday = datetime.fromisoformat(day)

    def on(days: int, time: str) -> str:
        return f"{sunday + timedelta(days=days):%Y-%m-%d}T{time}"

    weekly, daily = on(-10, "09:00"), on(-3, "07:15")
    yield _series(f"weekly {day}", weekly, 60, "FREQ=WEEKLY;COUNT=4", every(weekly, 7, 4))
    yield _series(f"daily {day}", daily, 45, "FREQ=DAILY;COUNT=6", every(daily, 1, 6))
    until = on(3, "00:00").replace("-", "")[:8]
    yield _series(f"until a date {day}", daily, 45, f"FREQ=DAILY;UNTIL={until}", every(daily, 1, 7))
    fortnight = on(-14, "13:00")
    yield _series(
        f"every other week {day}", fortnight, 90, "FREQ=WEEKLY;INTERVAL=2;COUNT=3", every(fortnight, 14, 3)
    )
    for time, minutes in (("01:30", 60), ("02:00", 15), ("02:30", 60), ("03:00", 30), ("01:00", 240)):
        night = on(-2, time)
        rule = "FREQ=DAILY;COUNT=5"
        yield _series(f"nightly {time} over {day}", night, minutes, rule, every(night, 1, 5))
        first = on(0, time)
        yield _series(f"nightly {time} from {day}", first, minutes, "FREQ=DAILY;COUNT=3", every(first, 1, 3))
        yield Scenario(f"once {time} on {day}", event(first, minutes), spans([first], minutes))
    yield Scenario(f"the night of {day}", event(on(-1, "22:00"), 720), spans([on(-1, "22:00")], 720))


def _exceptions() -> Iterator[Scenario]:
    walls = every("2026-10-12T10:00", 7, 4)
    series = event("2026-10-12T10:00", 60, recurrence="FREQ=WEEKLY;COUNT=4")
    cancelled = replace(series, exdates=(at(walls[1]), at(walls[2])))
    yield Scenario("cancelled dates", cancelled, spans([walls[0], walls[3]], 60))
    moved = event("2026-10-20T15:00", 30, original_start=at(walls[1]), summary="Flyttat", sequence=2)
    expected = spans([walls[0], *walls[2:]], 60) + spans(["2026-10-20T15:00"], 30)
    yield Scenario("a moved date", replace(series, overrides=(moved,)), expected)
    both = replace(series, exdates=(at(walls[0]),), overrides=(moved,))
    yield Scenario("moved and cancelled", both, expected[1:])
    into_the_hour = event("2026-10-25T02:30", 60, original_start=at(walls[1]))
    yield Scenario(
        "moved into the hour that comes twice",
        replace(series, overrides=(into_the_hour,)),
        spans([walls[0], *walls[2:], "2026-10-25T02:30"], 60),
    )
    stray = event("2026-12-01T10:00", 60, original_start=at("2026-12-01T09:00"))
    yield Scenario(
        "an override that no rule yields",
        replace(series, overrides=(stray,)),
        spans([*walls, "2026-12-01T10:00"], 60),
    )


def _other_series() -> Iterator[Scenario]:
    yield _series(
        "two weekdays",
        "2026-10-20T08:00",
        60,
        "FREQ=WEEKLY;BYDAY=TU,TH;COUNT=4",
        ["2026-10-20T08:00", "2026-10-22T08:00", "2026-10-27T08:00", "2026-10-29T08:00"],
    )
    seconds = ["2026-09-08T08:00", "2026-10-13T08:00", "2026-11-10T08:00"]
    yield _series("second Tuesday", seconds[0], 60, "FREQ=MONTHLY;BYDAY=2TU;COUNT=3", seconds)
    thirty_firsts = ["2026-08-31T08:00", "2026-10-31T08:00", "2026-12-31T08:00"]
    yield _series("the 31st", thirty_firsts[0], 60, "FREQ=MONTHLY;BYMONTHDAY=31;COUNT=3", thirty_firsts)
    fifths = ["2026-08-31T08:00", "2026-11-30T08:00"]
    yield _series("fifth Monday", fifths[0], 60, "FREQ=MONTHLY;BYDAY=5MO;COUNT=2", fifths)
    walls = every("2026-10-23T09:00", 1, 4)
    yield _series("a zone without rules", walls[0], 60, "FREQ=DAILY;COUNT=4", walls, zone="Africa/Casablanca")
    yield _series("UTC", walls[0], 60, "FREQ=DAILY;COUNT=4", walls, zone="UTC")
    yield _series(
        "New York", walls[0], 60, "FREQ=DAILY;COUNT=14", every(walls[0], 1, 14), zone="America/New_York"
    )
    yield _series("no summer time", walls[0], 60, "FREQ=DAILY;COUNT=4", walls, zone="Asia/Tokyo")
    yield _series("half hours", walls[0], 60, "FREQ=DAILY;COUNT=4", walls, zone="Asia/Kolkata")


def _texts() -> Iterator[Scenario]:
    for name, title in (
        ("emoji", "Frukost 🎉👩‍👩‍👧‍👦 åäö"),
        ("200 octets", "möte " * 40),
        ("200 letters without a space", "å" * 200),
        ("punctuation", "a, b; c: d \\ e \\n f \\N g \"h\" 'i' ;TZID=x"),
        ("line breaks", "ett\ntvå\r\ntre\rfyra"),
        ("looks like a property", "BEGIN:VEVENT\r\nEND:VCALENDAR"),
    ):
        words = event(summary=title, description=title, location=title, categories=(title, "två"))
        yield Scenario(name, words, spans(["2026-09-07T09:00"], 60))


def scenarios() -> list[Scenario]:
    """All of them, each with its own UID."""
    found = [
        *(
            s
            for day in ("2026-03-29", "2026-10-25", "2027-03-28", "2027-10-31")
            for s in _over_the_switch(day)
        ),
        *_exceptions(),
        *_other_series(),
        *_texts(),
    ]
    return [replace(s, event=_renamed(s.event, f"{n}@office.example")) for n, s in enumerate(found)]


def _renamed(one: Event, uid: str) -> Event:
    overrides = tuple(replace(override, uid=uid) for override in one.overrides)
    # Both at once: an event refuses overrides of another uid.
    return replace(one, uid=uid, overrides=overrides)
