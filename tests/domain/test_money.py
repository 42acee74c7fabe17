"""The value of a use, to the öre, and three rolling years."""

from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.interval import Interval, merge, subtract
from app.domain.localtime import day_bounds
from app.domain.money import (
    HourlyValue,
    Since,
    Standing,
    converted,
    history,
    read_amount,
    rolling_years,
    rounded,
    standing,
    worth_by_date,
)
from app.domain.utilisation import ResourceFacts, UseRow, measure_each

STOCKHOLM = ZoneInfo("Europe/Stockholm")
MINUTE = timedelta(minutes=1)


def at(day: str, clock: str) -> datetime:
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=STOCKHOLM).astimezone(UTC)


def hourly(*known: tuple[str | None, int]) -> HourlyValue:
    return HourlyValue.of(
        [Since(date.fromisoformat(day) if day else None, each) for day, each in known], STOCKHOLM
    )


def test_the_value_that_began_last_holds_and_of_equals_the_one_entered_last() -> None:
    known = [
        Since(None, 100),
        Since(date(2026, 7, 1), 300),
        Since(date(2026, 1, 1), 200),
        Since(date(2026, 7, 1), 310),
    ]
    assert standing(known, date(2025, 12, 31)) == 100
    assert standing(known, date(2026, 1, 1)) == 200
    assert standing(known, date(2026, 6, 30)) == 200
    assert standing(known, date(2026, 7, 1)) == 310
    assert standing(known[1:], date(2025, 12, 31)) is None
    assert standing([], date(2026, 1, 1)) is None


def test_a_use_over_midnight_is_split_where_the_value_changes() -> None:
    value = hourly((None, 10_000), ("2026-07-01", 20_000))
    exact = value.times(at("2026-06-30", "23:00"), at("2026-07-01", "02:00"))
    assert rounded(exact, 3_600_000_000) == 10_000 + 2 * 20_000
    assert value.at(at("2026-06-30", "23:59")) == 10_000
    assert value.at(at("2026-07-01", "00:00")) == 20_000


def test_before_the_first_value_nothing_is_worth_anything() -> None:
    value = hourly(("2026-07-01", 20_000))
    assert value.at(at("2026-06-30", "23:59")) is None
    assert [*value.parts(at("2026-06-30", "22:00"), at("2026-07-01", "01:00"))] == [
        (120 * MINUTE, None),
        (60 * MINUTE, 20_000),
    ]
    assert value.times(at("2026-06-30", "22:00"), at("2026-07-01", "01:00")) == 20_000 * 3_600_000_000
    assert HourlyValue.of([], STOCKHOLM).times(at("2026-06-30", "22:00"), at("2026-07-01", "01:00")) == 0


@pytest.mark.parametrize(("day", "hours"), [("2026-03-29", 23), ("2026-10-25", 25), ("2026-10-26", 24)])
def test_a_day_has_as_many_hours_as_the_clock_gives_it(day: str, hours: int) -> None:
    whole = day_bounds(date.fromisoformat(day), STOCKHOLM)
    assert hourly((None, 10_000)).times(whole.start, whole.end) == hours * 10_000 * 3_600_000_000


@pytest.mark.parametrize("day", ["2026-03-29", "2026-10-25"])
def test_a_value_begins_at_the_local_midnight_of_the_day_the_clock_changes(day: str) -> None:
    whole = day_bounds(date.fromisoformat(day), STOCKHOLM)
    value = hourly((None, 0), (day, 100))
    assert (value.at(whole.start - MINUTE), value.at(whole.start)) == (0, 100)


def test_rounding_is_half_up_once_for_the_whole_date() -> None:
    assert [rounded(part, 2) for part in (0, 1, 2, 3)] == [0, 1, 1, 2]
    assert rounded(149, 100) == 1
    assert rounded(150, 100) == 2


def test_conversion_is_by_the_rate_and_half_up() -> None:
    assert converted(1_150_000, 11_500_000) == 100_000  # 11 500 kr at 11.50 is 1 000 euro
    assert converted(100, 11_330_000) == 9  # 8.826 cent
    with pytest.raises(ValueError, match="no rate"):
        converted(100, 0)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("250", 25_000),
        ("249,5", 24_950),
        ("1 234.50", 123_450),
        ("1\N{NO-BREAK SPACE}234,05 ", 123_405),
        ("0", 0),
        ("", None),
        ("-1", None),
        ("1,234.50", None),
        ("12.345", None),
        ("12.", None),
        ("1e3", None),
        ("tolv", None),
        ("9" * 16, None),
    ],
)
def test_amounts_are_read_as_people_write_them(text: str, amount: int | None) -> None:
    assert read_amount(text) == amount


def test_rates_have_six_places() -> None:
    assert read_amount("11,3345", 6) == 11_334_500
    assert read_amount("11,33451234", 6) is None


@pytest.mark.parametrize(
    ("day", "first"),
    [
        (date(2026, 11, 22), date(2023, 11, 23)),
        (date(2026, 12, 31), date(2024, 1, 1)),
        (date(2027, 2, 28), date(2024, 3, 1)),
        (date(2028, 2, 28), date(2025, 2, 28)),  # the day after is 29 February, which 2025 lacks
        (date(2028, 2, 29), date(2025, 3, 1)),
    ],
)
def test_three_rolling_years_end_with_the_day(day: date, first: date) -> None:
    years = rolling_years(day)
    assert (years.first, years.last_exclusive) == (first, day + timedelta(days=1))
    assert day in years
    assert day + timedelta(days=1) not in years


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)))
def test_a_day_three_years_ago_has_just_left_the_rolling_years(day: date) -> None:
    years = rolling_years(day)
    assert 3 * 365 <= (years.last_exclusive - years.first).days <= 3 * 365 + 2
    if (day.month, day.day) != (2, 29) and (day + timedelta(days=1)).strftime("%m-%d") != "02-29":
        assert day.replace(year=day.year - 3) not in years
    next_day = rolling_years(day + timedelta(days=1))
    assert years.first <= next_day.first


def test_the_instants_of_rolling_years_are_those_of_local_days() -> None:
    span = rolling_years(date(2026, 10, 25)).interval(STOCKHOLM)
    assert span.start == datetime(2023, 10, 25, 22, tzinfo=UTC)  # 26 October 2023, summer time
    assert span.end == datetime(2026, 10, 25, 23, tzinfo=UTC)  # the 25 hours are in it


@pytest.mark.parametrize(
    ("received", "cap", "level"),
    [
        (0, 1000, "below"),
        (799, 1000, "below"),
        (800, 1000, "near"),
        (1000, 1000, "near"),
        (1001, 1000, "over"),
        (0, 0, "below"),
        (1, 0, "over"),
        (10**9, None, "open"),
    ],
)
def test_the_warning_comes_at_eighty_per_cent_and_over_is_above_the_cap(
    received: int, cap: int | None, level: str
) -> None:
    assert Standing(received, cap).level == level


def test_what_is_left_and_the_share() -> None:
    assert Standing(250, 1000).share == 0.25
    assert Standing(250, 1000).left == 750
    assert Standing(1250, 1000).left == 0
    assert Standing(1, None).share is None
    assert Standing(1, 0).share is None


# Against a counter that goes minute by minute.

START = at("2026-10-24", "06:00")  # the night after has an hour more
minutes = st.integers(0, 60 * 60)


@st.composite
def worlds(draw: st.DrawFn) -> tuple[list[UseRow], list[Interval], list[Interval], HourlyValue]:
    rows = []
    for number in range(draw(st.integers(0, 5))):
        start, length = draw(minutes), draw(st.integers(1, 20 * 60))
        rows.append(
            UseRow(
                date_id=number,
                key=str(number),
                resource="tallen",
                start=START + start * MINUTE,
                end=START + (start + length) * MINUTE,
                date_start=START + start * MINUTE,
                status="confirmed",
                category="company",
            )
        )
    hours = [
        Interval(START + first * MINUTE, START + (first + length) * MINUTE)
        for first, length in draw(st.lists(st.tuples(minutes, st.integers(1, 900)), max_size=3))
    ]
    closed = [
        Interval(START + first * MINUTE, START + (first + length) * MINUTE)
        for first, length in draw(st.lists(st.tuples(minutes, st.integers(1, 600)), max_size=2))
    ]
    days = st.sampled_from([None, date(2026, 10, 24), date(2026, 10, 25), date(2026, 10, 26)])
    known = draw(st.lists(st.tuples(days, st.integers(0, 99_999)), max_size=4))
    return rows, hours, closed, HourlyValue.of([Since(*each) for each in known], STOCKHOLM)


@given(worlds())
def test_what_dates_are_worth_is_what_a_slow_count_of_minutes_gives(
    world: tuple[list[UseRow], list[Interval], list[Interval], HourlyValue],
) -> None:
    rows, hours, closed, value = world
    within = Interval(START - 10 * MINUTE, START + 5000 * MINUTE)
    facts = _facts(hours, closed)
    found = worth_by_date([facts], {"tallen": rows}, {"tallen": value}, within)

    slow: defaultdict[object, Fraction] = defaultdict(Fraction)
    minutes_at: Counter[tuple[object, str]] = Counter()
    for number in range(5010):
        minute = within.start + number * MINUTE
        holders = [row for row in rows if row.start <= minute < row.end]
        is_lost = any(each.holds(minute) for each in hours) and any(each.holds(minute) for each in closed)
        if holders and not is_lost:
            first = min(holders, key=lambda row: (row.date_start, int(row.key)))
            each = value.at(minute)
            slow[first.date_id] += Fraction(each or 0, 60)
            minutes_at[
                first.date_id, "unvalued" if each is None else "at_zero" if each == 0 else "valued"
            ] += 1
    assert {each: worth.amount for each, worth in found.items() if worth.exact} == {
        each: int(amount + Fraction(1, 2)) for each, amount in slow.items() if amount
    }
    for number, worth in found.items():
        assert worth.unvalued == minutes_at[number, "unvalued"] * MINUTE
        assert worth.at_zero == minutes_at[number, "at_zero"] * MINUTE
        assert worth.time - worth.unvalued - worth.at_zero == minutes_at[number, "valued"] * MINUTE


@given(worlds())
def test_the_time_is_what_the_reports_count_used_and_outside(
    world: tuple[list[UseRow], list[Interval], list[Interval], HourlyValue],
) -> None:
    rows, hours, closed, value = world
    within = Interval(START, START + 3000 * MINUTE)
    facts = _facts(hours, closed)
    found = worth_by_date([facts], {"tallen": rows}, {"tallen": value}, within)
    (measured,) = measure_each([facts], rows, period=within).measured
    assert sum((each.time for each in found.values()), timedelta()) == (
        measured.figures.used + measured.figures.outside
    )


def test_a_resource_out_of_service_is_worth_nothing() -> None:
    row = UseRow(
        date_id=1,
        key="1",
        resource="tallen",
        start=START,
        end=START + 60 * MINUTE,
        date_start=START,
        status="confirmed",
        category="company",
    )
    facts = ResourceFacts(
        slug="tallen",
        kind="room",
        hours=[],
        open=[],
        service=Interval(START + 30 * MINUTE, START + 600 * MINUTE),
    )
    value = {"tallen": hourly((None, 10_000))}
    found = worth_by_date([facts], {"tallen": [row]}, value, Interval(START, START + 600 * MINUTE))
    assert found[1].amount == 5_000
    before = Interval(START - 60 * MINUTE, START)
    assert worth_by_date([facts], {"tallen": [row]}, value, before) == {}


def _facts(hours: list[Interval], closed: list[Interval]) -> ResourceFacts:
    return ResourceFacts(slug="tallen", kind="room", hours=merge(hours), open=subtract(hours, closed))


def test_all_that_was_said_tells_what_holds_and_until_when() -> None:
    july, august = date(2026, 7, 1), date(2026, 8, 1)
    known = [Since(july, 200), Since(None, 100), Since(july, 210), Since(august, 300)]

    def told(day: date) -> list[tuple[int, date | None, str]]:
        return [(each.said.what, each.until, each.state) for each in history(known, day)]

    assert told(date(2026, 7, 31)) == [
        (300, None, "begins"),
        (210, august, "holds"),
        (200, None, "replaced"),
        (100, july, "ended"),
    ]
    assert [each[2] for each in told(august)] == ["holds", "ended", "replaced", "ended"]
    assert history([], july) == []


@given(
    st.lists(st.tuples(st.none() | st.dates(date(2026, 1, 1), date(2026, 1, 9)), st.integers(0, 9))),
    st.dates(date(2026, 1, 1), date(2026, 1, 12)),
)
def test_what_holds_is_what_is_counted_by(said: list[tuple[date | None, int]], day: date) -> None:
    known = [Since(*each) for each in said]
    holding = [each.said.what for each in history(known, day) if each.state == "holds"]
    assert holding == ([] if standing(known, day) is None else [standing(known, day)])
    assert len(history(known, day)) == len(known)
