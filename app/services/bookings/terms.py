"""What the rules of every resource say to every date of a wish."""

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import attrgetter

from app.domain.errors import Refusal
from app.domain.interval import Interval, clip, overlaps
from app.domain.localtime import day_bounds, local_date, zone
from app.domain.policy import Closed, Terms, broken
from app.domain.policy import Wish as DateWish
from app.models import Organisation, Person, Pool, Resource
from app.models.booking import LONGEST_USE
from app.services.authorize import may
from app.services.bookings.asked import Asked, Wish
from app.services.opening import OfficeHours


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is left of the choices; what refuses the wish; what a host books past; who has to say yes."""

    asked: tuple[Asked, ...]
    refusals: tuple[Refusal, ...]
    set_aside: tuple[Refusal, ...] = ()
    needs_approval: bool = False


def held_against_rules(
    asked: Sequence[Asked],
    dates: Sequence[Interval],
    *,
    wish: Wish,
    organisation: Organisation | None,
    by: Person,
    now: datetime,
    but_dates: Collection[int] = (),
) -> Verdict:
    """Of a pool only the members that refuse nothing; where all do, the one that refuses least speaks.

    `but_dates` are those that a change is about: what they hold now does not count against it.
    """
    needs_approval = any(_needs_approval(each) and not _hosts(by, each) for each in asked)
    if not dates:
        return Verdict(tuple(asked), (), needs_approval=needs_approval)
    hours = _hours_around(asked, dates)
    allowed: list[Asked] = []
    refusals: list[Refusal] = []
    for each in asked:
        by_choice = [(choice, _refusals_of(each.thing, choice, dates, hours, now)) for choice in each.choices]
        fewest = min((refused for _, refused in by_choice), key=lambda refused: len(refused))
        allowed.append(Asked(each.thing, tuple(choice for choice, refused in by_choice if refused == fewest)))
        refusals += fewest
    return Verdict(tuple(allowed), tuple(refusals), needs_approval=needs_approval)


def without_closed(asked: Sequence[Asked], dates: Sequence[Interval]) -> tuple[Interval, ...]:
    """The dates on which nothing that is asked for lies under a closure; of a pool one member is enough."""
    hours = _hours_around(asked, dates)

    def closed(leaf: Resource, date: Interval) -> bool:
        return any(overlaps(closure, date) for closure, _ in hours[leaf.office_id].closures(leaf))

    return tuple(
        date
        for date in dates
        if all(
            any(not any(closed(leaf, date) for leaf in choice) for choice in each.choices) for each in asked
        )
    )


def too_long(asked: Asked) -> Refusal:
    speaking = asked.thing if isinstance(asked.thing, Resource) else asked.choices[0][0]
    longest = min(timedelta(minutes=speaking.max_minutes), LONGEST_USE)
    return Refusal("too_long", "end", {"resource": speaking.name, "minutes": longest // timedelta(minutes=1)})


def _refusals_of(
    thing: Resource | Pool,
    leaves: Sequence[Resource],
    dates: Sequence[Interval],
    hours: Mapping[int, OfficeHours],
    now: datetime,
) -> list[Refusal]:
    """A composite's own lengths and notice hold, its parts' opening hours and closures."""
    speaking = thing if isinstance(thing, Resource) else leaves[0]
    refusals: list[Refusal] = []
    for leaf in leaves:
        office_hours = hours[leaf.office_id]
        # Laid out once, however many dates there are.
        laid_out, closures = office_hours.hours(leaf), office_hours.closures(leaf)
        service = office_hours.service(leaf)
        for date in dates:
            around = Interval(*_day_around(date, leaf.office.timezone))
            terms = Terms(
                name=speaking.name,
                timezone=leaf.office.timezone,
                min_length=timedelta(minutes=speaking.min_minutes),
                max_length=min(timedelta(minutes=speaking.max_minutes), LONGEST_USE),
                days_ahead=speaking.max_days_ahead,
                hours=_within(laid_out, around),
                closures=[Closed(i, reason) for i, reason in closures if overlaps(i, around)],
                service=service,
            )
            refusals += broken(DateWish(date.start, date.end, now), terms)
    return refusals


def _within(laid_out: Sequence[Interval], around: Interval) -> list[Interval]:
    """Those of sorted, disjoint intervals that reach into `around`, clipped to it."""
    first = max(0, bisect_right(laid_out, around.start, key=attrgetter("start")) - 1)
    end = bisect_left(laid_out, around.end, key=attrgetter("start"))
    return [piece for each in laid_out[first:end] if (piece := clip(each, around))]


def _day_around(date: Interval, timezone: str) -> tuple[datetime, datetime]:
    """From the local midnight before the start to the one after the end: what a refusal speaks of."""
    tz = zone(timezone)
    last = date.end - timedelta(microseconds=1)
    return day_bounds(local_date(date.start, tz), tz).start, day_bounds(local_date(last, tz), tz).end


def _hours_around(asked: Sequence[Asked], dates: Sequence[Interval]) -> dict[int, OfficeHours]:
    span = Interval(dates[0].start - timedelta(days=1), dates[-1].end + timedelta(days=1))
    offices = {leaf.office_id: leaf.office for each in asked for choice in each.choices for leaf in choice}
    return {office_id: OfficeHours.load(office, span) for office_id, office in offices.items()}


def _needs_approval(asked: Asked) -> bool:
    thing = asked.thing
    return any(leaf.approval for choice in asked.choices for leaf in choice) or (
        isinstance(thing, Resource) and thing.approval
    )


def _hosts(by: Person, asked: Asked) -> bool:
    return may(by, "host", asked.choices[0][0].office)
