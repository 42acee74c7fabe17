"""Intervals against plain sets of minutes."""

from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.interval import Interval, clip, intersect, merge, overlaps, subtract, total

ORIGIN = datetime(2026, 10, 1, tzinfo=UTC)


def at(minute: int) -> datetime:
    return ORIGIN + timedelta(minutes=minute)


def span(start: int, end: int) -> Interval:
    return Interval(at(start), at(end))


def minutes_of(intervals: list[Interval]) -> set[int]:
    return {minute for minute in range(61) if any(time.holds(at(minute)) for time in intervals)}


spans = (
    st.tuples(st.integers(0, 60), st.integers(0, 60))
    .filter(lambda pair: pair[0] < pair[1])
    .map(lambda pair: span(*pair))
)
lists = st.lists(spans, max_size=8)


@pytest.mark.parametrize(("start", "end"), [(5, 5), (6, 5)])
def test_refuses_an_interval_without_time(start: int, end: int) -> None:
    with pytest.raises(ValueError, match="at or before its start"):
        span(start, end)


@pytest.mark.parametrize("tzinfo", [None, timezone(timedelta(hours=2))])
def test_refuses_what_is_not_utc(tzinfo: timezone | None) -> None:
    start = datetime(2026, 10, 25, 2, tzinfo=tzinfo)
    with pytest.raises(ValueError, match="not an instant in UTC"):
        Interval(start, start + timedelta(hours=1))


def test_touching_is_not_overlapping_yet_merges_into_one() -> None:
    assert not overlaps(span(0, 5), span(5, 9))
    assert clip(span(0, 5), span(5, 9)) is None
    assert merge([span(5, 9), span(0, 5)]) == [span(0, 9)]


def test_holds_its_start_and_not_its_end() -> None:
    assert span(3, 5).holds(at(3))
    assert not span(3, 5).holds(at(5))


def test_intervals_sort_by_start() -> None:
    assert sorted([span(4, 5), span(1, 9), span(1, 2)]) == [span(1, 2), span(1, 9), span(4, 5)]


@given(lists, lists)
def test_algebra_is_that_of_sets(a: list[Interval], b: list[Interval]) -> None:
    assert minutes_of(merge(a)) == minutes_of(a)
    assert minutes_of(intersect(a, b)) == minutes_of(a) & minutes_of(b)
    assert minutes_of(subtract(a, b)) == minutes_of(a) - minutes_of(b)
    assert total(a) == timedelta(minutes=len(minutes_of(a)))


@given(lists, lists)
def test_results_are_sorted_disjoint_and_without_seams(a: list[Interval], b: list[Interval]) -> None:
    for result in (merge(a), intersect(a, b), subtract(a, b)):
        assert all(before.end < after.start for before, after in pairwise(result))


@given(spans, spans)
def test_clip_and_overlaps_agree(a: Interval, b: Interval) -> None:
    clipped = clip(a, b)
    assert overlaps(a, b) == (clipped is not None)
    assert minutes_of([clipped] if clipped else []) == minutes_of([a]) & minutes_of([b])
