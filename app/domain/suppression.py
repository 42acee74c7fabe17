"""Which numbers of persons in a column may not be seen, when the column's sum is told.

Told of nobody alone: numbers from 1 to FEWEST - 1, and those of one organisation. Others are hidden with
them until whoever knows the sum, the cells that are shown, that zeros are shown, and even which of the
hidden cells are the small ones, must still think every number from 1 to FEWEST - 1 possible in each of them.

Which others these are depends on how much the groups used, never on how many came: the choice would tell.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

FEWEST = 5


@dataclass(frozen=True, slots=True)
class Group:
    """A cell: `persons` of the group `key`, which used `weight`; `alone`: it is one organisation."""

    key: str | None
    persons: int
    weight: float
    alone: bool = False

    @property
    def is_small(self) -> bool:
        return 0 < self.persons < FEWEST

    @property
    def is_guarded(self) -> bool:
        return self.is_small or (self.alone and self.persons > 0)

    @property
    def bounds(self) -> tuple[int, float]:
        """What it could be, of one that is hidden: whether one organisation's is small, nobody knows."""
        if self.alone:
            return 1, math.inf
        return (1, FEWEST - 1) if self.is_small else (FEWEST, math.inf)


def hidden_in(column: Sequence[Group]) -> frozenset[str | None] | None:
    """The groups to hide where the sum of the column is told; None: neither it nor any cell can be told."""
    guarded = [each for each in column if each.is_guarded]
    if not guarded:
        return frozenset()
    if sum(each.persons for each in column) < FEWEST:
        return None
    others = [each for each in column if each.persons and not each.is_guarded]
    others.sort(key=lambda each: (each.weight, each.key or ""))
    for many in range(len(others) + 1):
        hidden = [*guarded, *others[:many]]
        if _leaves_room(hidden):
            return frozenset(each.key for each in hidden)
    return None


def _leaves_room(hidden: Sequence[Group]) -> bool:
    """Whether each guarded cell could be anything from 1 to FEWEST - 1, the sum of all being known."""
    together = sum(each.persons for each in hidden)
    for one in hidden:
        others = [each.bounds for each in hidden if each is not one]
        lowest = together - sum(most for _, most in others)
        highest = together - sum(least for least, _ in others)
        if one.is_guarded and (lowest > 1 or highest < FEWEST - 1):
            return False
    return True
