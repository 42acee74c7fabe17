"""Which resources serve which date of a wish: of a pool a free member, of an office a free room."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from app.domain.interval import Interval
from app.models import Office, Pool, Resource
from app.services.bookings.asked import Asked
from app.services.bookings.occupied import Held, Occupied

Leaves = tuple[Resource, ...]
# What else a taken resource may be replaced by on one date, given the leaves in use; None: nothing.
Instead = Callable[[Resource, Interval, set[int]], Leaves | None]


@dataclass(slots=True)
class Choice:
    """For each date and each thing asked for the leaves that serve it; None where it is taken."""

    asked: Sequence[Asked]
    dates: Sequence[Interval]
    served: dict[tuple[int, int], Leaves | None] = field(default_factory=dict)
    moved: set[int] = field(default_factory=set)  # dates that got something else than was asked for
    same_member: bool = True

    @property
    def taken(self) -> set[int]:
        """The dates, by their place, that cannot be held."""
        return {date for (date, _), leaves in self.served.items() if leaves is None}

    def leaves(self, date: int) -> Leaves:
        """What is held on a date."""
        found = {leaf.id: leaf for thing in range(len(self.asked)) for leaf in self.served[date, thing] or ()}
        return tuple(found[each] for each in sorted(found))

    def wanted(self, occupied: Occupied) -> tuple[list[Held], list[Pool | Office | Resource]]:
        """Where a date is taken: what was wanted and somebody else has, of a pool or an office every
        member; and the things of which there are too few for this one booking."""
        wanted: list[Held] = []
        too_few: list[Pool | Office | Resource] = []
        for (date, thing), leaves in self.served.items():
            if leaves is None:
                use = self.dates[date]
                members = dict.fromkeys(leaf for choice in self.asked[thing].choices for leaf in choice)
                taken = [(leaf, use) for leaf in members if not occupied.is_free(leaf, use)]
                wanted += taken
                if not taken:
                    too_few.append(self.asked[thing].thing)
        return wanted, too_few

    def serving_one(self, thing: int) -> list[Leaves | None]:
        """What serves one of the things, date by date."""
        return [self.served[date, thing] for date in range(len(self.dates))]

    def serving(self) -> list[Asked]:
        """The things with those choices alone that serve a date; with all of them where none does."""
        found = []
        for place, each in enumerate(self.asked):
            used = dict.fromkeys(leaves for leaves in self.serving_one(place) if leaves)
            choices = tuple(used) if len(each.choices) > 1 and used else each.choices
            found.append(replace(each, choices=choices))
        return found

    def used(self, date: int) -> set[int]:
        return {leaf.id for thing in range(len(self.asked)) for leaf in self.served.get((date, thing)) or ()}


def choose(
    asked: Sequence[Asked], dates: Sequence[Interval], occupied: Occupied, instead: Instead | None = None
) -> Choice:
    """What is named comes first, then the rooms of offices, then pools, which have most to choose from.

    Of a pool or an office the same for all dates where one is free throughout, else as few as can be.
    """
    choice = Choice(asked, dates)
    for place in sorted(range(len(asked)), key=lambda place: _freedom(asked[place])):
        if isinstance(asked[place].thing, Resource):
            _named(choice, place, occupied, instead)
        else:
            _one_of(choice, place, occupied)
    return choice


def _freedom(asked: Asked) -> int:
    return 0 if isinstance(asked.thing, Resource) else 2 if isinstance(asked.thing, Pool) else 1


def _named(choice: Choice, place: int, occupied: Occupied, instead: Instead | None) -> None:
    thing, (leaves,) = choice.asked[place].thing, choice.asked[place].choices
    for number, use in enumerate(choice.dates):
        used = choice.used(number)
        # A part may have been asked for beside the whole: it is held once.
        own = tuple(leaf for leaf in leaves if leaf.id not in used)
        found: Leaves | None = own if all(occupied.is_free(leaf, use) for leaf in own) else None
        if found is None and instead and isinstance(thing, Resource):
            found = instead(thing, use, used)
            if found:
                choice.moved.add(number)
        choice.served[number, place] = found


def _one_of(choice: Choice, place: int, occupied: Occupied) -> None:
    numbers = range(len(choice.dates))
    used = [choice.used(number) for number in numbers]

    def free(leaves: Leaves, number: int) -> bool:
        return all(
            leaf.id not in used[number] and occupied.is_free(leaf, choice.dates[number]) for leaf in leaves
        )

    choices = choice.asked[place].choices
    throughout = next((each for each in choices if all(free(each, number) for number in numbers)), None)
    if throughout:
        choice.served |= dict.fromkeys(((number, place) for number in numbers), throughout)
        return
    choice.served |= dict.fromkeys((number, place) for number in numbers)
    left = set(numbers)
    while left:  # whatever serves most of what is left; of equals the first
        most = max(choices, key=lambda each: sum(free(each, number) for number in left))
        serves = {number for number in left if free(most, number)}
        if not serves:
            break
        choice.served |= dict.fromkeys(((number, place) for number in serves), most)
        left -= serves
    serving = {choice.served[number, place] for number in numbers} - {None}
    choice.same_member = choice.same_member and len(serving) < 2
