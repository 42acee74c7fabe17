"""What a booking would hold, before it holds it; `book` carries out the same plan."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.domain.errors import Clash, Refusal, Refused, without_repetition
from app.domain.interval import Interval
from app.models import Office, Person, Pool, Resource
from app.services.authorize import may
from app.services.bookings.asked import Wish
from app.services.bookings.choose import Choice, choose
from app.services.bookings.instead import Instead
from app.services.bookings.occupied import Occupied
from app.services.bookings.terms import WithApproval, counted_again
from app.services.bookings.things import whole_of
from app.services.bookings.wish import Understood, understand


@dataclass(frozen=True, slots=True)
class Planned:
    """A date with the leaves it holds. `moved`: another resource than the one asked for is among them.

    `needs_approval`: a host has to say yes to one of them on this date.
    """

    interval: Interval
    resources: tuple[Resource, ...]
    moved: bool = False
    needs_approval: bool = False


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A date of the series that is not booked, because it is "closed", outside the "hours", or "taken", or
    for what the wish is `without` it: too far "ahead", or by other "rules"; empty where nobody asked for it.
    """

    interval: Interval
    reason: str


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that a booking would do.

    `clashes` empty: it can be booked. Else all that is in the way, date by date (`Clash.wanted`), and
    `dates` holds those that are free. `same_member`: every pool and every office serves all dates with
    one and the same. `set_aside`: the rules that a host books past. `asked`: what is kept as asked for.
    """

    dates: tuple[Planned, ...]
    left_out: tuple[LeftOut, ...]
    clashes: tuple[Clash, ...]
    same_member: bool
    set_aside: tuple[Refusal, ...]
    asked: tuple[Resource | Pool, ...]

    @property
    def needs_approval(self) -> bool:
        """Whether some date waits for a host's yes."""
        return any(each.needs_approval for each in self.dates)


def plan(wish: Wish, *, by: Person, now: datetime) -> Plan:
    """Says what `book` would do, and does nothing. Refused with every broken rule."""
    return plan_of(wish, understand(wish, by=by, now=now), by=by, now=now)


def plan_of(wish: Wish, understood: Understood, *, by: Person, now: datetime) -> Plan:
    """The plan of a wish that the rules let through, as things are in the caller's transaction."""
    occupied = Occupied(understood.dates, heeds_outside=True)
    found = find(wish, understood, understood.dates, occupied, by=by, now=now)
    left_out = [LeftOut(date, reason) for date, reason in understood.left_out.items()]
    taken = found.choice.taken
    if "taken" in wish.skip and 0 < len(taken) < len(understood.dates):
        left_out += [LeftOut(understood.dates[each], "taken") for each in sorted(taken)]
        kept = [date for number, date in enumerate(understood.dates) if number not in taken]
        # Once more, for the same member on all that are left.
        found = find(wish, understood, kept, occupied, by=by, now=now)
    clashes = found.clashes()
    set_aside = found.counted(wish, understood, by=by)
    return found.plan(understood, clashes, set_aside, left_out)


def find(
    wish: Wish,
    understood: Understood,
    dates: Sequence[Interval],
    occupied: Occupied,
    *,
    by: Person,
    now: datetime,
) -> "Found":
    """What serves each of these dates; nothing is counted yet. Past calendars kept elsewhere only where
    nothing is free of them, and a host says so.
    """
    hosted = _hosted(understood, by) if wish.override else ()
    for known in (occupied, occupied.past_outside_of(hosted)) if hosted else (occupied,):
        like = Instead(wish, understood.organisation, known, by=by, now=now)
        choice = choose(understood.asked, dates, known, like if wish.move else None)
        found = Found(choice, like, known, understood.with_approval | like.with_approval)
        if not found.choice.taken:
            break
    return found


def _hosted(understood: Understood, by: Person) -> set[int]:
    leaves = (leaf for each in understood.asked for choice in each.choices for leaf in choice)
    offices = {leaf.office_id: leaf.office for leaf in leaves}
    return {number for number, office in offices.items() if may(by, "host", office)}


@dataclass(frozen=True, slots=True)
class Found:
    """What serves the dates of a wish, and what it took to find that."""

    choice: Choice
    like: Instead
    occupied: Occupied
    with_approval: WithApproval

    def clashes(self) -> tuple[Clash, ...]:
        """What is in the way, as the one who wishes may know it.

        Refused where nobody else is: two of the things asked for are one.
        """
        wanted, too_few = self.choice.wanted(self.occupied)
        if too_few:
            raise Refused(*(Refusal("pool_too_small", "resources", {"name": each.name}) for each in too_few))
        return tuple(self.occupied.clashes(wanted, by=self.like.by)) if wanted else ()

    def held(self) -> Iterable[tuple[Resource, Interval]]:
        """Each leaf with the time that it would be held for."""
        return ((leaf, each.interval) for each in self.dates() for leaf in each.resources)

    def dates(self) -> tuple[Planned, ...]:
        """Those that are served."""
        taken, moved = self.choice.taken, self.choice.moved
        return tuple(
            Planned(
                date,
                leaves := self.choice.leaves(number),
                number in moved,
                any((leaf.id, date) in self.with_approval for leaf in leaves),
            )
            for number, date in enumerate(self.choice.dates)
            if number not in taken
        )

    def counted(
        self,
        wish: Wish,
        understood: Understood,
        *,
        by: Person,
        but_dates: Collection[int] = (),
        beside: Iterable[tuple[Resource, Interval]] = (),
    ) -> tuple[Refusal, ...]:
        """The rules about all that an organisation holds that are set aside. Refused with those that are not.

        `beside` is what the same change holds besides.
        """
        refusals, set_aside = counted_again(
            self.choice.serving(),
            self.choice.dates,
            wish=wish,
            organisation=understood.organisation,
            by=by,
            but_dates=but_dates,
            beside=beside,
        )
        if refusals:
            raise Refused(*without_repetition(refusals), clashes=self.clashes())
        return set_aside

    def plan(
        self,
        understood: Understood,
        clashes: tuple[Clash, ...],
        set_aside: Iterable[Refusal],
        left_out: Iterable[LeftOut] = (),
    ) -> Plan:
        """What all of that comes to."""
        return Plan(
            dates=self.dates(),
            left_out=tuple(sorted(left_out, key=lambda each: each.interval)),
            clashes=clashes,
            same_member=self.choice.same_member,
            set_aside=tuple(
                without_repetition(
                    [*understood.set_aside, *set_aside, *self.like.set_aside, *self._outside()]
                )
            ),
            asked=tuple(_kept_as_asked(self.choice)),
        )

    def _outside(self) -> Iterable[Refusal]:
        """What calendars kept elsewhere have of it, past which a host books."""
        for leaf, use in self.held() if self.occupied.past else ():
            for busy in self.occupied.outside(leaf, use):
                yield Refusal(
                    "outside_calendar", "start", {"resource": leaf.name, "name": busy.calendar.name}
                )


def _kept_as_asked(choice: Choice) -> Iterable[Resource | Pool]:
    """An office is asked for a room, so it is the room that was asked for."""
    for place, asked in enumerate(choice.asked):
        if isinstance(asked.thing, Office):
            yield from dict.fromkeys(whole_of(leaves) for leaves in choice.serving_one(place) if leaves)
        else:
            yield asked.thing
