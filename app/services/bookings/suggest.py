"""What could be booked instead of what is taken, by the same rules."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from itertools import islice

from app.domain.errors import Alternative
from app.domain.interval import Interval
from app.domain.localtime import zone
from app.models import Office, Person, Pool, Resource
from app.services.availability import alternatives, leaves_of, other_times
from app.services.bookings.asked import Asked, Wish
from app.services.bookings.terms import held_against_rules
from app.services.bookings.things import asked_of
from app.services.directory import directory


def suggestions(
    wish: Wish, *, by: Person, now: datetime, but_dates: Collection[int] = ()
) -> tuple[Alternative, ...]:
    """Up to two free alternatives to a single date on a single resource, each one that the rules allow.
    To a pool: other times at which one of it is free.

    `but_dates` are those that a change is about: what they hold now does not count against it.
    """
    known = directory()
    asked, _ = asked_of(wish, known)
    if len(asked) != 1 or wish.recurrence or isinstance(thing := asked[0].thing, Office):
        return ()
    organisation = known.organisations.get(wish.organisation)

    def allowed(resource: Resource, use: Interval) -> Alternative | None:
        verdict = held_against_rules(
            (Asked(resource, (leaves_of(resource),)),),
            (use,),
            wish=wish,
            organisation=organisation,
            by=by,
            now=now,
            but_dates=but_dates,
        )
        if verdict.refusals:
            return None
        return Alternative(resource.slug, resource.name, use.start, use.end, bool(verdict.with_approval))

    members = [choice[0] for choice in asked[0].choices]
    (date,) = wish.dates(zone(members[0].office.timezone))
    if isinstance(thing, Pool):
        times = (allowed(member, time) for member, time in other_times(members, date, now=now))
        of_pool = (replace(each, resource=thing.slug, resource_name=thing.name) for each in times if each)
        return tuple(islice(of_pool, 2))
    return alternatives(thing, date, now=now, allowed=allowed)
