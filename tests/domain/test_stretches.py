"""Whole seconds give what intervals give."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.domain.interval import Interval, clip, intersect, merge, subtract
from app.domain.stretches import Stretch, clipped, interval_of, joined, shared, stretch_of, without

MOST = 60
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

stretch = st.tuples(st.integers(0, MOST), st.integers(1, MOST)).map(lambda pair: (pair[0], sum(pair)))
stretches = st.lists(stretch, max_size=8)


def intervals(of: list[Stretch]) -> list[Interval]:
    return [interval_of(each) for each in of]


def tidy(of: list[Stretch]) -> list[Stretch]:
    """Sorted, disjoint, without seams."""
    return [stretch_of(each) for each in merge(intervals(of))]


@given(stretches, stretches)
def test_what_is_left_beside_holes(some: list[Stretch], holes: list[Stretch]) -> None:
    assert intervals(without(tidy(some), sorted(holes))) == subtract(intervals(some), intervals(holes))


@given(stretches)
def test_what_is_joined(some: list[Stretch]) -> None:
    assert joined(some) == tidy(some)


@given(stretches, stretches)
def test_what_is_shared(one: list[Stretch], other: list[Stretch]) -> None:
    assert intervals(shared(tidy(one), tidy(other))) == intersect(intervals(one), intervals(other))


@given(stretches, stretch)
def test_what_lies_within(some: list[Stretch], within: Stretch) -> None:
    pieces = (clip(each, interval_of(within)) for each in intervals(tidy(some)))
    assert intervals(clipped(tidy(some), within)) == [piece for piece in pieces if piece]


@given(st.integers(0, 10**7), st.integers(2 * 10**6, 10**7))
def test_a_stretch_never_leaves_its_interval(start: int, length: int) -> None:
    """Of parts of a second: the present moment has them."""
    interval = Interval(EPOCH + timedelta(microseconds=start), EPOCH + timedelta(microseconds=start + length))
    inside = interval_of(stretch_of(interval))
    assert interval.start <= inside.start
    assert inside.end <= interval.end
    assert interval.duration - inside.duration < timedelta(seconds=2)
