"""What the board draws: where each stretch stands, in which words, and where a click leads."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask_babel import force_locale

from app.domain.interval import Interval
from app.domain.localtime import day_bounds
from app.domain.stretches import Stretch
from app.models import Resource
from app.services.board import Beside, Item, Row
from app.services.columns import instant, seconds
from app.web.grid import Drawing, Grid, Rows, WallClock, grid_of

STOCKHOLM = ZoneInfo("Europe/Stockholm")
MONDAY = day_bounds(date(2027, 3, 1), STOCKHOLM)
BEFORE = seconds(MONDAY.start - timedelta(days=1))
GRID = Grid(8 * 60, 17 * 60, STOCKHOLM.key)


@pytest.fixture(autouse=True)
def request_context(app: Flask) -> Iterator[None]:
    with app.test_request_context(), force_locale("en_GB"):
        yield


def at(hour: int, minute: int = 0, day: Interval = MONDAY) -> int:
    return seconds(day.start + timedelta(hours=hour, minutes=minute))


def row_of(*items: Item, free: Stretch | None = None, closures: tuple[tuple[Stretch, str], ...] = ()) -> Row:
    place = Resource(id=1, slug="tallen", name="Tallen", kind="room", capacity=6, equipment=[])
    return Row(place, list(items), [(at(8), at(17))], list(closures), [free] if free else [])


def drawn(row: Row, now: int = BEFORE, grid: Grid = GRID) -> list[str]:
    _before, *parts, _after = Drawing(MONDAY, grid, now=instant(now)).row(
        row, id="row", level=2, name="Tallen"
    )
    return [str(part) for part in parts]


def words(part: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", part).split())


def test_a_stretch_for_others_says_when_and_nothing_else() -> None:
    (part,) = drawn(row_of(Item(at(9), at(10, 30), 1, "confirmed")))
    assert 'class="slot confirmed s4 w6"' in part
    assert words(part) == "09:00 –10:30 Busy , Confirmed"
    assert "href" not in part


def test_words_of_a_booking_are_escaped_and_its_page_is_linked() -> None:
    own = Item(at(9), at(10), 1, "requested", 77, "<b>100 % %s", "Åsa & Co", own=True)
    (part,) = drawn(row_of(own))
    assert "&lt;b&gt;100 % %s, Åsa &amp; Co" in part
    assert 'href="/bookings/77"' in part
    assert words(part).endswith("Awaits approval, yours")


def test_two_bookings_that_look_alike_keep_their_own_words() -> None:
    first = drawn(row_of(Item(at(9), at(10), 1, "confirmed", 1, "Styrelsen", None)))
    second = drawn(row_of(Item(at(9), at(10), 2, "confirmed", 2, "Intervju", None)))
    assert "Styrelsen" in first[0]
    assert "Intervju" in second[0]
    assert "Styrelsen" not in second[0]


def test_free_time_leads_to_the_form_filled_in_with_an_hour() -> None:
    (part,) = drawn(row_of(free=(at(9), at(12))))
    form = "/bookings/new?resource=tallen&amp;date=2027-03-01&amp;start=09:00&amp;end=10:00"
    assert f'href="{form}"' in part
    assert words(part) == "free 09:00–12:00 Book"


def test_what_is_past_cannot_be_booked_but_the_running_quarter_can() -> None:
    free = row_of(free=(at(9), at(12)))
    assert words(drawn(free, now=at(10, 20))[0]) == "free 10:15–12:00 Book"
    assert drawn(free, now=at(11, 50)) == drawn(free, now=at(11, 45))
    assert [words(part) for part in drawn(free, now=at(12, 0))] == ["Nothing to book this day"]


def test_a_day_ends_at_twenty_four_and_in_the_form_at_midnight() -> None:
    (part,) = drawn(row_of(free=(at(23, 30), at(24))), grid=Grid(0, 1440, STOCKHOLM.key))
    assert words(part) == "free 23:30–24:00 Book"
    assert "start=23:30&amp;end=00:00" in part


def test_stretches_that_go_on_into_other_days_say_so() -> None:
    long = Item(at(-5), at(30), 1, "confirmed")
    (part,) = drawn(row_of(long))
    assert words(part).startswith("…00:00 –24:00…")
    assert "s0 w36" in part  # the hours shown, not more


def test_closures_show_what_lies_in_the_hours_shown() -> None:
    parts = drawn(row_of(closures=(((at(6), at(9)), "Vattenläcka"), ((at(18), at(20)), "Sent"))))
    assert [words(part) for part in parts] == ["08:00 –09:00 Closed, Vattenläcka"]


def lines(parts: list[str]) -> list[tuple[str, bool]]:
    """When each begins, and whether it stands in a line of its own below."""
    return [(words(part)[:5], " beside" in part.partition('">')[0]) for part in parts]


def test_times_of_other_calendars_never_stand_on_each_other() -> None:
    row = row_of(Item(at(9), at(10), 1, "confirmed"), closures=(((at(15), at(17)), "Golv"),))
    other = [Beside(at(begins), at(ends), True, "Annas", None) for begins, ends in OTHERS]
    assert lines(drawn(row._replace(beside=other))) == [
        ("09:00", False),
        ("09:00", True),  # on the booking
        ("10:00", False),
        ("11:00", True),  # on the one before
        ("12:00", False),
        ("15:00", False),
        ("16:00", True),  # on the closure
    ]


OTHERS = ((9, 10), (10, 12), (11, 13), (12, 14), (16, 17))


def test_parts_of_a_whole_that_are_taken_at_once_stand_below_each_other() -> None:
    held = ((9, 11), (10, 12), (11, 12), (11, 13))
    items = (Item(at(begins), at(ends), number, "confirmed") for number, (begins, ends) in enumerate(held))
    below = [("09:00", False), ("10:00", True), ("11:00", False), ("11:00", True)]
    assert lines(drawn(row_of(*items))) == below


def test_a_row_has_its_name_and_its_facts_escaped() -> None:
    drawing = Drawing(MONDAY, GRID, now=instant(BEFORE))
    rows = Rows(
        [drawing.row(row_of(), id="row-7", level=3, name="A & <B>", url="/resources/a", facts="6 seats")]
    )
    html = rows.__html__()
    assert '<h3 id="row-7"><a href="/resources/a">A &amp; &lt;B&gt;</a></h3>' in html
    assert '<p class="facts">6 seats</p>' in html
    assert html.count("<section") == html.count("</section>") == 1


def test_each_language_has_its_own_words() -> None:
    busy = row_of(Item(at(9), at(10), 1, "confirmed"))
    assert "Busy" in drawn(busy)[0]
    with force_locale("sv_SE"):
        assert "Upptaget" in drawn(busy)[0]


def test_the_grid_holds_all_that_is_open_or_booked() -> None:
    early = row_of(Item(at(6, 40), at(8), 1, "confirmed"), Item(at(18), at(18, 10), 2, "confirmed"))
    assert grid_of([(early, MONDAY)], STOCKHOLM.key, None).hours[0] == ("0", "06")
    nothing = Row(row_of().resource, [], [], [], [])
    assert grid_of([(nothing, MONDAY)], STOCKHOLM.key, None).columns == 36


@pytest.mark.parametrize(
    ("day", "moment", "minute"),
    [
        (date(2027, 3, 28), datetime(2027, 3, 28, 6, 0, tzinfo=UTC), 8 * 60),  # 23 hours
        (date(2027, 10, 31), datetime(2027, 10, 31, 7, 0, tzinfo=UTC), 8 * 60),  # 25 hours
        (date(2027, 10, 31), datetime(2027, 10, 31, 23, 0, tzinfo=UTC), 24 * 60),
        (date(2027, 3, 1), datetime(2027, 3, 1, 7, 0, tzinfo=UTC), 8 * 60),
        (date(2027, 3, 1), datetime(2027, 2, 28, 7, 0, tzinfo=UTC), 0),
    ],
)
def test_minutes_are_those_of_the_wall_clock(day: date, moment: datetime, minute: int) -> None:
    assert WallClock(day_bounds(day, STOCKHOLM), STOCKHOLM).minute(seconds(moment)) == minute
