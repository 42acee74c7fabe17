"""What somebody wants to book, and what it means in rows: resources, leaf parts, dates, rules."""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from operator import attrgetter
from typing import TypeVar
from zoneinfo import ZoneInfo

from app.domain.errors import Refusal, Refused
from app.domain.interval import Interval, clip, overlaps
from app.domain.localtime import day_bounds, local_date, zone
from app.domain.policy import Closed, Terms, broken, title_refusals
from app.domain.policy import Wish as DateWish
from app.domain.recurrence import expand
from app.models import Activity, Office, Organisation, Person, Pool, Resource
from app.models.booking import LONGEST_USE
from app.services.authorize import may
from app.services.availability import leaves_of
from app.services.directory import Directory, directory
from app.services.opening import OfficeHours

Named = TypeVar("Named", Resource, Pool, Organisation, Activity)


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person asks for. Slugs name things; `start` and `end` are aware; `recurrence` is an RRULE.

    `skip` says which dates of a series may be left out: "closed", "taken". Else it is all or nothing.
    `move`: a date that is taken gets another resource like it, where one is free. `sites` are offices
    that give a room each: the smallest that is free and holds `people`, the same one for all dates if
    possible. `override`: a host books past the rules that a host may set aside; they are kept with it.
    """

    resources: tuple[str, ...]
    start: datetime
    end: datetime
    title: str
    organisation: str
    activity: str
    recurrence: str | None = None
    skip: frozenset[str] = frozenset()
    move: bool = False
    sites: tuple[str, ...] = ()
    people: int = 1
    meeting_url: str | None = None
    override: bool = False

    def dates(self, tz: ZoneInfo) -> tuple[Interval, ...]:
        """Every date that is meant, by the clock of `tz`. Refused where the rule is out of bounds."""
        first = Interval(self.start.astimezone(UTC), self.end.astimezone(UTC))
        return tuple(expand(self.recurrence, first, tz)) if self.recurrence else (first,)


@dataclass(frozen=True, slots=True)
class Asked:
    """One thing asked for and the leaves it may be served by: one list per choice (a pool has many)."""

    thing: Resource | Pool
    choices: tuple[tuple[Resource, ...], ...]


@dataclass(frozen=True, slots=True)
class Understood:
    """A wish whose every part is known and allowed, as long as the directory has this mark."""

    mark: str
    asked: tuple[Asked, ...]
    dates: tuple[Interval, ...]
    title: str
    organisation: Organisation
    activity: Activity
    office: Office
    needs_approval: bool


def understand(wish: Wish, *, by: Person, now: datetime) -> Understood:
    """Finds what the wish names and holds it against every rule. Refused with all that is wrong with it."""
    known = directory()
    asked, refusals = _asked(wish.resources, known)
    refusals += title_refusals(wish.title)
    organisation = _in_use(known.organisations.get(wish.organisation))
    activity = _in_use(known.activities.get(wish.activity))
    if organisation is None:
        refusals.append(Refusal("unknown_organisation", "organisation", {"slug": wish.organisation}))
    if activity is None:
        refusals.append(Refusal("unknown_activity", "activity", {"slug": wish.activity}))
    leaves = [leaf for each in asked for choice in each.choices for leaf in choice]
    for office in {leaf.office_id: leaf.office for leaf in leaves}.values():
        if organisation and not may(by, "book", (office, organisation)):
            refusals.append(
                Refusal("not_your_organisation", "organisation", {"organisation": organisation.name})
            )
    dates: tuple[Interval, ...] = ()
    if wish.end <= wish.start:
        refusals.append(Refusal("end_before_start", "end"))
    elif asked and wish.end - wish.start > LONGEST_USE:  # not worth laying out years of opening hours
        refusals.append(_too_long(asked[0]))
    elif asked:
        try:
            dates = wish.dates(zone(asked[0].choices[0][0].office.timezone))
        except Refused as refused:
            refusals += refused.refusals
        if dates and "closed" in wish.skip:
            dates = _without_closed(asked, dates)
            if not dates:
                refusals.append(Refusal("no_date_left", "recurrence"))
        asked, broken_rules = _held_against_rules(asked, dates, now)
        refusals += broken_rules
    if refusals or not organisation or not activity:
        raise Refused(*_without_repetition(refusals))
    office = asked[0].choices[0][0].office
    needs_approval = any(_needs_approval(each) for each in asked) and not may(by, "host", office)
    return Understood(
        known.mark, asked, dates, wish.title.strip(), organisation, activity, office, needs_approval
    )


def _too_long(asked: Asked) -> Refusal:
    speaking = asked.thing if isinstance(asked.thing, Resource) else asked.choices[0][0]
    longest = min(timedelta(minutes=speaking.max_minutes), LONGEST_USE)
    return Refusal("too_long", "end", {"resource": speaking.name, "minutes": longest // timedelta(minutes=1)})


def _in_use(thing: Named | None) -> Named | None:
    return thing if thing and not thing.retired else None


def _asked(slugs: Sequence[str], known: Directory) -> tuple[tuple[Asked, ...], list[Refusal]]:
    asked: list[Asked] = []
    refusals: list[Refusal] = []
    for slug in dict.fromkeys(slugs):
        resource, pool = _in_use(known.resources.get(slug)), _in_use(known.pools.get(slug))
        members = _members(pool, known) if pool else []
        if resource:
            asked.append(Asked(resource, (leaves_of(resource),)))
        elif pool and members:
            asked.append(Asked(pool, tuple(leaves_of(member) for member in members)))
        else:
            refusals.append(Refusal("unknown_resource", "resources", {"slug": slug}))
    if not slugs:
        refusals.append(Refusal("resource_missing", "resources"))
    return tuple(asked), refusals


def _members(pool: Pool, known: Directory) -> Sequence[Resource]:
    return [each for each in known.resources.values() if each.pool_id == pool.id and not each.retired]


def _hours_around(asked: Sequence[Asked], dates: Sequence[Interval]) -> dict[int, OfficeHours]:
    span = Interval(dates[0].start - timedelta(days=1), dates[-1].end + timedelta(days=1))
    offices = {leaf.office_id: leaf.office for each in asked for choice in each.choices for leaf in choice}
    return {office_id: OfficeHours.load(office, span) for office_id, office in offices.items()}


def _without_closed(asked: Sequence[Asked], dates: Sequence[Interval]) -> tuple[Interval, ...]:
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


def _held_against_rules(
    asked: Sequence[Asked], dates: Sequence[Interval], now: datetime
) -> tuple[tuple[Asked, ...], list[Refusal]]:
    """What is left of the choices, and what the rules of every resource say to every date.

    Of a pool only the members that refuse nothing; where all do, the one that refuses least speaks.
    """
    if not dates:
        return tuple(asked), []
    hours = _hours_around(asked, dates)
    allowed: list[Asked] = []
    refusals: list[Refusal] = []
    for each in asked:
        by_choice = [(choice, _refusals_of(each.thing, choice, dates, hours, now)) for choice in each.choices]
        fewest = min((refused for _, refused in by_choice), key=lambda refused: len(refused))
        allowed.append(Asked(each.thing, tuple(choice for choice, refused in by_choice if refused == fewest)))
        refusals += fewest
    return tuple(allowed), refusals


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


def _without_repetition(refusals: Sequence[Refusal]) -> list[Refusal]:
    """Each broken rule once per field and resource: a series says "closed" once, of its first date."""
    seen: dict[tuple[str, str, object], Refusal] = {}
    for refusal in refusals:
        seen.setdefault((refusal.code, refusal.field, refusal.params.get("resource")), refusal)
    return list(seen.values())


def _needs_approval(asked: Asked) -> bool:
    thing = asked.thing
    return any(leaf.approval for choice in asked.choices for leaf in choice) or (
        isinstance(thing, Resource) and thing.approval
    )
