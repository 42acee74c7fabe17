"""What somebody wants to book, and what it means in rows: resources, leaf parts, dates, rules."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from app.domain.errors import Refusal, Refused
from app.domain.interval import Interval
from app.domain.localtime import zone
from app.domain.policy import title_refusals
from app.models import Activity, Office, Organisation, Person, Pool, Resource
from app.models.booking import LONGEST_USE
from app.services.authorize import may
from app.services.availability import leaves_of
from app.services.bookings.asked import Asked, Wish
from app.services.bookings.terms import Verdict, held_against_rules, too_long, without_closed
from app.services.directory import Directory, directory

__all__ = ["Asked", "Understood", "Wish", "understand"]

Named = TypeVar("Named", Resource, Pool, Organisation, Activity)


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
    set_aside: tuple[Refusal, ...] = ()  # rules that a host books past


def understand(wish: Wish, *, by: Person, now: datetime, but_dates: Collection[int] = ()) -> Understood:
    """Finds what the wish names and holds it against every rule. Refused with all that is wrong with it.

    `but_dates` are those that a change is about: what they hold now does not count against it.
    """
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
    verdict = Verdict(asked, ())
    if wish.end <= wish.start:
        refusals.append(Refusal("end_before_start", "end"))
    elif asked and wish.end - wish.start > LONGEST_USE:  # not worth laying out years of opening hours
        refusals.append(too_long(asked[0]))
    elif asked:
        try:
            dates = wish.dates(zone(asked[0].choices[0][0].office.timezone))
        except Refused as refused:
            refusals += refused.refusals
        if dates and "closed" in wish.skip:
            dates = without_closed(asked, dates)
            if not dates:
                refusals.append(Refusal("no_date_left", "recurrence"))
        verdict = held_against_rules(
            asked, dates, wish=wish, organisation=organisation, by=by, now=now, but_dates=but_dates
        )
        refusals += verdict.refusals
    if refusals or not organisation or not activity:
        raise Refused(*_without_repetition(refusals))
    return Understood(
        known.mark,
        verdict.asked,
        dates,
        wish.title.strip(),
        organisation,
        activity,
        asked[0].choices[0][0].office,
        verdict.needs_approval,
        verdict.set_aside,
    )


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


def _without_repetition(refusals: Sequence[Refusal]) -> list[Refusal]:
    """Each broken rule once per field and resource: a series says "closed" once, of its first date."""
    seen: dict[tuple[str, str, object], Refusal] = {}
    for refusal in refusals:
        seen.setdefault((refusal.code, refusal.field, refusal.params.get("resource")), refusal)
    return list(seen.values())
