"""A series that is cut or moved: its rules say just the dates that it then has."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.domain.errors import Refused
from app.domain.interval import Interval
from app.domain.recurrence import expand, normal_form, only_first, turned, without_first
from app.domain.shifting import Shift, cut, pattern, shifted

STOCKHOLM = ZoneInfo("Europe/Stockholm")
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


def at(*local: int) -> datetime:
    return datetime(*local, tzinfo=STOCKHOLM).astimezone(UTC)


def starts(rule: str, first: datetime) -> list[datetime]:
    return [each.start for each in expand(rule, Interval(first, first + timedelta(hours=1)), STOCKHOLM)]


def shifted_or_code(rule: str, said: list[datetime], shift: Shift) -> str:
    try:
        return shifted(rule, said, shift)
    except Refused as refused:
        return refused.refusals[0].code


KINDS = ("DAILY", "WEEKLY", "WEEKLY;BYDAY", "MONTHLY", "MONTHLY;BYMONTHDAY", "MONTHLY;BYDAY")


@st.composite
def series(draw: st.DrawFn) -> tuple[str, list[datetime]]:
    """A rule and its dates, over the clock changes of 2027."""
    day = datetime(2027, draw(st.sampled_from([2, 3, 9, 10])), draw(st.integers(1, 28)))
    interval = draw(st.integers(1, 3))
    kind = draw(st.sampled_from(KINDS))
    by = {
        "WEEKLY;BYDAY": ",".join(
            sorted({DAYS[day.weekday()], *draw(st.sets(st.sampled_from(DAYS)))}, key=DAYS.index)
        ),
        "MONTHLY;BYMONTHDAY": str(day.day),
        "MONTHLY;BYDAY": f"{(day.day - 1) // 7 + 1}{DAYS[day.weekday()]}",
    }.get(kind)
    end = draw(st.sampled_from(["COUNT=5", "COUNT=9", "UNTIL=20271130"]))
    rule = f"FREQ={kind}={by};INTERVAL={interval};{end}" if by else f"FREQ={kind};INTERVAL={interval};{end}"
    first = at(day.year, day.month, day.day, draw(st.integers(0, 23)), draw(st.sampled_from([0, 30])))
    try:
        said = starts(rule, first)
    except Refused:
        assume(False)
        raise
    return normal_form(rule), said


@given(series(), st.integers(1, 200))
def test_both_halves_together_are_the_whole(of: tuple[str, list[datetime]], place: int) -> None:
    rule, said = of
    assume(len(said) > 1)
    before = 1 + place % (len(said) - 1)
    # A date in the hour that is left out in spring begins nothing: its clock shows another hour.
    assume(said[before].astimezone(STOCKHOLM).time() == said[0].astimezone(STOCKHOLM).time())
    first, rest = cut(rule, said, before, STOCKHOLM)
    assert starts(first, said[0]) == said[:before]
    assert starts(rest, said[before]) == said[before:]


@given(series(), st.integers(-6, 9), st.integers(0, 23))
def test_what_is_moved_is_said_by_its_rule_or_refused(
    of: tuple[str, list[datetime]], days: int, hour: int
) -> None:
    rule, said = of
    shift = Shift(days, time(hour, 15), STOCKHOLM)
    moved = [shift.of(start) for start in said]
    assert all(each.astimezone(STOCKHOLM).minute == 15 for each in moved)
    new = shifted_or_code(rule, said, shift)
    if new == "cannot_shift_series":
        assert days, "another hour alone is always possible"
        return
    assume(moved[0].astimezone(STOCKHOLM).hour == hour)
    assert starts(new, moved[0]) == moved


@given(series(), st.integers(-6, 9))
def test_daily_and_weekly_series_move_to_any_day(of: tuple[str, list[datetime]], days: int) -> None:
    rule, said = of
    assume(not rule.startswith("FREQ=MONTHLY"))
    shifted(rule, said, Shift(days, time(9), STOCKHOLM))


def test_what_a_shift_is_between() -> None:
    shift = Shift.between(at(2027, 3, 27, 23), at(2027, 3, 29, 8, 30), STOCKHOLM)
    assert (shift.days, shift.clock) == (2, time(8, 30))
    assert shift.of(at(2027, 10, 29, 23)) == at(2027, 10, 31, 8, 30)


@pytest.mark.parametrize(
    ("rule", "days", "expected"),
    [
        ("FREQ=DAILY;BYDAY=MO,TU;COUNT=4", 1, "FREQ=DAILY;COUNT=4;BYDAY=TU,WE"),
        ("FREQ=WEEKLY;BYDAY=SA,SU;COUNT=4", 1, "FREQ=WEEKLY;COUNT=4;BYDAY=SU,MO"),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=SU;COUNT=4", 8, "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=MO;WKST=TU"),
        ("FREQ=WEEKLY;BYMONTHDAY=3;COUNT=4", 1, None),
        ("FREQ=MONTHLY;BYDAY=1MO;COUNT=4", 1, None),
        ("FREQ=MONTHLY;BYDAY=1MO;COUNT=4", 0, "FREQ=MONTHLY;COUNT=4;BYDAY=1MO"),
        ("FREQ=MONTHLY;BYMONTHDAY=-1;COUNT=4", -1, "FREQ=MONTHLY;COUNT=4;BYMONTHDAY=-2"),
    ],
)
def test_turning(rule: str, days: int, expected: str | None) -> None:
    assert turned(rule, days, datetime(2027, 1, 1).date()) == expected


def test_ends() -> None:
    last = datetime(2027, 1, 9).date()
    assert without_first("FREQ=DAILY;COUNT=5", 2) == "FREQ=DAILY;COUNT=3"
    assert without_first("FREQ=DAILY;UNTIL=20270109", 2) == "FREQ=DAILY;UNTIL=20270109"
    assert only_first("FREQ=DAILY;COUNT=5", 2, last) == "FREQ=DAILY;COUNT=2"
    assert only_first("FREQ=DAILY;UNTIL=20270301T100000Z", 2, last) == "FREQ=DAILY;UNTIL=20270109"


def test_a_rule_that_does_not_say_the_dates_is_none() -> None:
    known = [at(2027, 1, 4, 9), at(2027, 1, 6, 9)]
    assert pattern("FREQ=WEEKLY;COUNT=2", known, STOCKHOLM) == known
    assert len(pattern("FREQ=DAILY;COUNT=3", known, STOCKHOLM)) == 3
    assert pattern("nonsense", known, STOCKHOLM) == known
