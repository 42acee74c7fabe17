"""Hidden numbers of persons, against somebody who knows the sum, all other cells, and this program."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.suppression import FEWEST, Group, hidden_in

PERSONS = st.sampled_from([0, 0, 1, 1, 2, 3, 4, 5, 6, 8, 9]) | st.integers(0, 14)
CELLS = st.tuples(PERSONS, st.integers(0, 3), st.sampled_from([False, False, False, True]))
COLUMNS = st.lists(CELLS, min_size=1, max_size=5)
MOST_GUESSES = 4000


def column(cells: Sequence[tuple[int, int, bool]]) -> list[Group]:
    return [Group(f"c{at}", persons, weight, alone) for at, (persons, weight, alone) in enumerate(cells)]


def of(*persons: int) -> list[Group]:
    return column([(each, 0, False) for each in persons])


def printed(groups: Sequence[Group]) -> tuple[int | None, tuple[int | None, ...]]:
    """All that a reader sees of a column: its sum, and the cells that are shown."""
    hidden = hidden_in(groups)
    if hidden is None:
        return None, tuple(None for _ in groups)
    return sum(each.persons for each in groups), tuple(
        None if each.key in hidden else each.persons for each in groups
    )


def parts(total: int, many: int) -> Iterator[tuple[int, ...]]:
    """Every way in which so many cells add up to the total."""
    if many == 1:
        yield (total,)
        return
    for first in range(total + 1):
        for rest in parts(total - first, many - 1):
            yield first, *rest


def possible(groups: Sequence[Group]) -> list[set[int]] | None:
    """What each hidden cell could be: every column that is printed just so. None: too many to try."""
    seen = printed(groups)
    hidden = [at for at, shown in enumerate(seen[1]) if shown is None]
    left = sum(groups[at].persons for at in hidden)
    found: list[set[int]] = [set() for _ in hidden]
    for tried, guess in enumerate(parts(left, len(hidden))):
        if tried > MOST_GUESSES:
            return None
        other = list(groups)
        for at, persons in zip(hidden, guess, strict=True):
            other[at] = replace(groups[at], persons=persons)
        if printed(other) == seen:
            for values, persons in zip(found, guess, strict=True):
                values.add(persons)
    return found


@settings(max_examples=150, deadline=None)
@given(COLUMNS)
def test_who_knows_all_that_is_printed_and_this_program_cannot_tell_a_hidden_cell(
    cells: list[tuple[int, int, bool]],
) -> None:
    groups = column(cells)
    total, shown = printed(groups)
    for each, seen in zip(groups, shown, strict=True):
        assert not (each.is_guarded and seen is not None)
    if total is None or None not in shown:
        return
    found = possible(groups)
    hidden = [each for each, seen in zip(groups, shown, strict=True) if seen is None]
    for each, values in zip(hidden, found or [], strict=False):
        if each.is_guarded:
            assert {1, 2, 3} <= values, (each, values)
        else:
            assert len(values) > 1


@settings(max_examples=100, deadline=None)
@given(COLUMNS)
def test_where_the_sum_is_not_told_no_cell_is(cells: list[tuple[int, int, bool]]) -> None:
    groups = column(cells)
    if hidden_in(groups) is None:
        assert any(each.is_guarded for each in groups)
        assert printed(groups) == (None, (None,) * len(groups))
    elif 0 < sum(each.persons for each in groups) < FEWEST:
        raise AssertionError("the sum itself is small")


@pytest.mark.parametrize(
    ("persons", "hidden"),
    [
        ((0, 7, 12), ()),  # zeros tell of nobody
        ((0, 0, 0), ()),
        ((1, 1, 1, 1, 1, 0), None),  # five that hold five: each would be one
        ((4, 4, 30), (0, 1, 2)),  # eight of two small ones: each would be four
        ((2, 3, 30), (0, 1)),
        ((1, 6, 30), (0, 1, 2)),  # seven of one small and one larger: one and six
        ((1, 9, 30), (0, 1)),
        ((3,), None),
        ((3, 5), None),
        ((40,), ()),
    ],
)
def test_examples(persons: tuple[int, ...], hidden: tuple[int, ...] | None) -> None:
    found = hidden_in(of(*persons))
    assert found == (None if hidden is None else {f"c{at}" for at in hidden})


def test_one_organisation_alone_is_hidden_however_many_came() -> None:
    groups = [Group("region", 40, 9, alone=True), Group("company", 50, 8), Group("network", 60, 7)]
    assert hidden_in(groups) == {"region", "network"}  # with the group that used least
    assert hidden_in(groups[:1]) is None
    assert hidden_in([replace(each, alone=True) for each in groups[:2]]) == {"region", "company"}


def test_how_many_came_does_not_choose_what_is_hidden_beside() -> None:
    least, most = Group("network", 90, 1), Group("company", 20, 2)
    small = Group("region", 2, 3)
    assert hidden_in([least, most, small]) == {"network", "region"}
