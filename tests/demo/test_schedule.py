"""The schedule by itself, for one small room, a hall and a desk: no database."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from app.demo.making import Part
from app.demo.published import STOCKHOLM_SHARES, Aim
from app.demo.schedule import rows_of
from app.demo.world import Party, Place, Span, World, by_day, instant, minute
from app.domain.opening import OpeningRow, hours_laid_out
from app.services.booking_file import BookingRow

STOCKHOLM = ZoneInfo("Europe/Stockholm")
SPRING = date(2017, 3, 6), date(2017, 5, 29)
MARCH = date(2017, 3, 6), date(2017, 3, 27)
ACTIVITIES = (
    "external-meeting",
    "breakfast-meeting",
    "event",
    "seminar",
    "video-conference",
    "desk-work",
    "advice",
    "internal",
)


PART = Part(
    "spring",
    *SPRING,
    {"stockholm": Aim(0.71, STOCKHOLM_SHARES, 0.56)},
    minute(datetime(2018, 1, 1, tzinfo=UTC)),
)


def world(first: date, last: date) -> World:
    hours = hours_laid_out(
        [OpeningRow(weekday, 480, 1020) for weekday in range(5)],
        timezone=STOCKHOLM,
        start=datetime(first.year, first.month, first.day, tzinfo=UTC),
        end=datetime(last.year, last.month, last.day, tzinfo=UTC),
    )
    days = by_day(hours, STOCKHOLM)
    places = [
        Place(1, "tallen", "stockholm", "room", 6, False, 0, days),
        Place(2, "storstugan", "stockholm", "room", 60, True, 30, days),
        Place(3, "skrivbord-a", "stockholm", "desk", 1, False, 0, days),
        Place(4, "videorum-1", "stockholm", "video", 3, False, 0, days),
        *(Place(n, f"rum-{n}", "stockholm", "room", 10, False, 0, days) for n in range(5, 9)),
    ]
    parties = [Party(n, category, category, n, (n,)) for n, category in enumerate(STOCKHOLM_SHARES, 1)]
    return World("Europe/Stockholm", places, parties, {slug: n for n, slug in enumerate(ACTIVITIES)}, 99)


@pytest.fixture(autouse=True)
def no_standing_meetings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.demo.schedule.standing_on", lambda day: ())


def test_the_same_days_give_the_same_bookings() -> None:
    march = replace(PART, first=MARCH[0], last_exclusive=MARCH[1])
    first = rows_of(world(*MARCH), march)
    assert first == rows_of(world(*MARCH), march)
    assert first == rows_of(world(*MARCH), replace(march, now=march.now + 60 * 24 * 1000))
    assert first != rows_of(world(*MARCH), replace(march, name="other"))


@pytest.mark.parametrize(("utilisation", "women"), [(0.3, 0.4), (0.71, 0.56), (0.8, 0.6)])
def test_any_aim_is_met_by_adding_up(utilisation: float, women: float) -> None:
    aim = Aim(utilisation, STOCKHOLM_SHARES, women)
    here = world(*SPRING)
    made = rows_of(here, replace(PART, aims={"stockholm": aim}))
    rows = [row for row in made if row.status in ("confirmed", "checked_in")]
    available = sum(span.minutes for place in here.places for spans in place.open.values() for span in spans)
    used = Counter[int]()
    for row in rows:
        used[row.category_id] += (row.end - row.start) // timedelta(minutes=1)
    heads = [sum(getattr(row, who) or 0 for row in rows) for who in ("women", "men")]
    assert sum(used.values()) / available == pytest.approx(utilisation, abs=0.01)
    assert used[1] / sum(used.values()) == pytest.approx(0.32, abs=0.02)
    assert heads[0] / sum(heads) == pytest.approx(women, abs=0.01)


@pytest.fixture(scope="module")
def spring() -> list[BookingRow]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("app.demo.schedule.standing_on", lambda day: ())
        return rows_of(world(*SPRING), PART)


def test_the_day_has_its_rhythm(spring: list[BookingRow]) -> None:
    busy = Counter[int]()
    weekdays = Counter[int]()
    for row in spring:
        if row.status == "checked_in" and row.resources != (3,):
            start, end = row.start.astimezone(STOCKHOLM), row.end.astimezone(STOCKHOLM)
            weekdays[start.weekday()] += (end - start).seconds
            for half in range(start.hour * 2 + start.minute // 30, end.hour * 2 + end.minute // 30):
                busy[half] += 1
    lunch, morning, afternoon, evening = busy[24], busy[20], busy[27], busy[33]
    assert lunch < 0.7 * min(morning, afternoon)
    assert evening < 0.8 * afternoon
    assert weekdays[4] < weekdays[2]
    assert set(weekdays) == {0, 1, 2, 3, 4}


def test_the_hall_has_time_to_be_cleared(spring: list[BookingRow]) -> None:
    held = sorted(
        (row.start, row.end) for row in spring if row.resources == (2,) and row.status != "cancelled"
    )
    assert len(held) > 50
    assert all(b[0] - a[1] >= timedelta(minutes=30) for a, b in pairwise(held))
    assert all(end - start >= timedelta(minutes=90) for start, end in held)


def test_around_today_some_wait_and_the_future_empties() -> None:
    today = date(2017, 4, 4)
    now = datetime(2017, 4, 4, 5, tzinfo=UTC)
    rows = rows_of(world(*SPRING), replace(PART, today=today, now=minute(now)))
    coming = Counter((row.start - now).days // 7 for row in rows if row.live)
    assert coming[0] > coming[2] > coming[3] > 0
    waiting = [row for row in rows if row.status == "requested"]
    assert {row.resources for row in waiting} == {(2,)}
    assert waiting[0].start.date() == today
    assert all(row.live == (row.imported_as is None) for row in rows if row.status != "cancelled")


def test_days_are_local_days_also_when_the_clock_goes_back() -> None:
    hours = hours_laid_out(
        [OpeningRow(6, 600, 960), OpeningRow(0, 480, 1020)],
        timezone=STOCKHOLM,
        start=datetime(2026, 10, 24, tzinfo=UTC),
        end=datetime(2026, 10, 27, tzinfo=UTC),
    )
    sunday, monday = by_day(hours, STOCKHOLM).items()
    assert sunday == (date(2026, 10, 25), [Span(minute(hours[0].start), minute(hours[0].end), 600)])
    assert (monday[0], monday[1][0].local, monday[1][0].minutes) == (date(2026, 10, 26), 480, 540)


def test_an_instant_is_its_minute() -> None:
    moment = datetime(2026, 10, 25, 0, 59, tzinfo=UTC)
    assert instant(minute(moment)) == moment
