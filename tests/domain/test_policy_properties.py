"""Each rule refuses exactly where plain arithmetic says so, on the nights of the clock too."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from app.domain.interval import Interval
from app.domain.localtime import day_bounds
from app.domain.opening import OpeningRow, hours_laid_out
from app.domain.policy import (
    HOST_MAY_SET_ASIDE,
    AtOnce,
    Closed,
    MonthOfUse,
    Terms,
    Wish,
    broken,
    broken_counts,
    most_at_once,
    nonsense,
)

STOCKHOLM = ZoneInfo("Europe/Stockholm")
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
QUARTER = 15 * MINUTE
# A plain day, and those on which the clocks go forward and back.
DAYS = (date(2027, 3, 3), date(2027, 3, 28), date(2027, 10, 31))
STARTS = {day: day_bounds(day, STOCKHOLM).start for day in DAYS}

days = st.sampled_from(DAYS)
quarters = st.integers(min_value=0, max_value=4 * 30)
lengths = st.integers(min_value=1, max_value=4 * 12)


@st.composite
def wishes(draw: st.DrawFn) -> Interval:
    start = STARTS[draw(days)] + draw(quarters) * QUARTER
    return Interval(start, start + draw(lengths) * QUARTER)


@st.composite
def stretches(draw: st.DrawFn) -> list[Interval]:
    return draw(st.lists(wishes(), max_size=4))


def codes(wish: Interval, now: datetime | None = None, **more: object) -> list[str]:
    settings: dict[str, object] = {
        "name": "Tallen",
        "timezone": "Europe/Stockholm",
        "min_length": timedelta(),
        "max_length": 31 * DAY,
        "days_ahead": 3660,
        "hours": [Interval(wish.start - DAY, wish.end + DAY)],
        **more,
    }
    asked = Wish(wish.start, wish.end, now or wish.start - DAY)
    return [refusal.code for refusal in broken(asked, Terms(**settings))]


def minutes_of(interval: Interval) -> set[datetime]:
    count = int(interval.duration / QUARTER)
    return {interval.start + number * QUARTER for number in range(count)}


@given(wishes(), st.integers(-200, 200), st.integers(0, 200))
def test_notice(wish: Interval, ahead: int, notice: int) -> None:
    found = codes(wish, wish.start - ahead * QUARTER, notice=notice * QUARTER)
    assert ("too_little_notice" in found) == (notice > 0 and ahead < notice)
    assert ("in_past" in found) == (ahead < -1)


@given(wishes(), st.integers(0, 5), st.integers(0, 8 * 96))
def test_days_ahead(wish: Interval, most: int, ahead: int) -> None:
    found = codes(wish, wish.start - ahead * QUARTER, days_ahead=most)
    assert found == (["too_far_ahead"] if ahead > most * 96 else [])


@given(wishes(), lengths, lengths)
def test_lengths(wish: Interval, shortest: int, longest: int) -> None:
    found = codes(wish, min_length=shortest * QUARTER, max_length=longest * QUARTER)
    length = wish.duration / QUARTER
    assert ("too_short" in found) == (length < shortest)
    assert ("too_long" in found) == (length > longest)


@given(wishes(), st.booleans())
def test_who_may_book(wish: Interval, may: bool) -> None:
    assert codes(wish, may_book=may) == ([] if may else ["not_for_you"])


@given(wishes(), wishes())
def test_a_blackout_and_a_closure_refuse_what_shares_time_with_them(wish: Interval, shut: Interval) -> None:
    shared = bool(minutes_of(wish) & minutes_of(shut))
    closed = Closed(shut, "Golvet slipas")
    assert codes(wish, blackout=closed) == (["blacked_out"] if shared else [])
    assert codes(wish, closures=[closed]) == (["closed"] if shared else [])


@given(wishes(), wishes())
def test_in_service(wish: Interval, service: Interval) -> None:
    inside = minutes_of(wish) <= minutes_of(service)
    assert codes(wish, service=service) == ([] if inside else ["not_in_service"])


@given(wishes(), st.integers(0, 95), st.integers(1, 96))
def test_opening_hours_are_those_on_the_wall(wish: Interval, opens: int, last: int) -> None:
    """Where every quarter of the wish is shown by a clock between opening and closing."""
    if opens >= last:
        return
    row = OpeningRow(0, opens * 15, last * 15, None, None)
    rows = [OpeningRow(day, row.opens_minute, row.closes_minute, None, None) for day in range(7)]
    hours = hours_laid_out(rows, timezone=STOCKHOLM, start=wish.start - 2 * DAY, end=wish.end + 2 * DAY)
    # A wall clock may show a time that lies in the hours though they begin in the gap; so by instants.
    open_quarters = set[datetime]().union(*(minutes_of(each) for each in hours))
    inside = minutes_of(wish) <= open_quarters
    assert codes(wish, hours=hours) == ([] if inside else ["outside_opening_hours"])


@given(stretches(), wishes())
def test_at_the_same_moment(held: list[Interval], wish: Interval) -> None:
    by_minute = {moment: sum(each.holds(moment) for each in held) for moment in minutes_of(wish)}
    most, at = most_at_once(held, wish)
    assert most == max(by_minute.values())
    assert at == min(moment for moment, count in by_minute.items() if count == most)


@given(st.integers(0, 5), st.integers(0, 5), st.integers(1, 5))
def test_so_many_at_once(most: int, held: int, asked: int) -> None:
    at = STARTS[DAYS[0]]
    found = broken_counts([AtOnce("Granit AB", "Stockholm", most, held, asked, at, "Europe/Stockholm")], ())
    assert [each.code for each in found] == (["too_many_at_once"] if held + asked > most else [])


@given(st.integers(0, 50), st.integers(0, 200), st.integers(1, 200))
def test_a_quota(hours: int, spent: int, asked: int) -> None:
    month = MonthOfUse(
        "Granit AB", "Stockholm", date(2027, 3, 1), hours * HOUR, spent * QUARTER, asked * QUARTER
    )
    found = broken_counts((), [month])
    assert bool(found) == (spent + asked > 4 * hours)
    for refusal in found:
        assert refusal.params["left"] == max(0, 60 * hours - 15 * spent)
        assert refusal.params["asked"] == 15 * asked


def test_what_a_host_may_set_aside() -> None:
    expected = {
        "not_for_you",
        "blacked_out",
        "too_little_notice",
        "too_far_ahead",
        "too_short",
        "too_long",
        "outside_opening_hours",
        "closed",
        "too_many_at_once",
        "quota_spent",
    }
    assert expected == HOST_MAY_SET_ASIDE


@given(st.dictionaries(st.sampled_from(["min_minutes", "max_minutes", "notice_minutes"]), st.integers(1, 99)))
def test_a_rule_that_contradicts_itself(settings: dict[str, int]) -> None:
    found = [each.code for each in nonsense(settings)]
    backwards = settings.get("min_minutes", 0) > settings.get("max_minutes", 99)
    assert ("rule_says_nothing" in found) == (not settings)
    assert ("below" in found) == backwards


def test_instants_of_a_blackout_are_utc() -> None:
    """A night of 25 hours is blacked out as a whole."""
    night = day_bounds(date(2027, 10, 31), STOCKHOLM)
    assert night.duration == 25 * HOUR
    blackout = Closed(night, "")
    last = Interval(night.end - HOUR, night.end)
    assert codes(last, blackout=blackout) == ["blacked_out"]
    assert codes(Interval(night.end, night.end + HOUR), blackout=blackout) == []
    assert night.start.tzinfo is UTC
