"""What loading a file changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from app.extensions import Base, db

T = TypeVar("T", bound=Base)
Values = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Change:
    """What happened to one thing: `created`, `updated` or `retired`. `what` is the sort of thing."""

    action: str
    what: str
    slug: str


@dataclass(frozen=True, slots=True)
class Summary:
    """What was done; nothing, when the same file is loaded again.

    `still_booked` counts, by slug, the coming dates on resources that were retired: they stay. `left_out`
    counts the past dates outside the new days of service of a resource: no report counts them any more.
    """

    office: str
    changes: tuple[Change, ...]
    still_booked: Mapping[str, int] = field(default_factory=dict)
    left_out: Mapping[str, int] = field(default_factory=dict)

    @property
    def nothing_to_change(self) -> bool:
        return not self.changes


@dataclass(slots=True)
class Ledger:
    """Writes what differs and notes it. Each method tells whether something did."""

    changes: list[Change] = field(default_factory=list)

    def note(self, action: str, what: str, slug: str) -> None:
        self.changes.append(Change(action, what, slug))

    def create(self, thing: T, what: str, slug: str) -> T:
        db.session.add(thing)
        self.note("created", what, slug)
        return thing

    def update(self, thing: Base, what: str, slug: str, values: Values) -> bool:
        different = {key: value for key, value in values.items() if getattr(thing, key) != value}
        for key, value in different.items():
            setattr(thing, key, value)
        if different:
            self.note("updated", what, slug)
        return bool(different)

    def retire(self, thing: Base, what: str, slug: str, values: Values) -> bool:
        if all(getattr(thing, key) == value for key, value in values.items()):
            return False
        for key, value in values.items():
            setattr(thing, key, value)
        self.note("retired", what, slug)
        return True


def in_order(stored: Sequence[int | None]) -> list[int]:
    """Positions for things in the file's order; None for a thing that is new.

    Where the stored ones tell that order already they stay, so that taking one away moves no other.
    """
    known = [position for position in stored if position is not None]
    if known != sorted(set(known)) or None in stored[: len(known)]:
        return list(range(len(stored)))
    first = known[-1] + 1 if known else 0
    return [*known, *range(first, first + len(stored) - len(known))]
