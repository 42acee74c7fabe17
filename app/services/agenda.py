"""Dates of bookings in a stretch of time, page by page, as far as a person may know of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from app.domain.errors import NotFound
from app.domain.interval import Interval
from app.domain.localtime import zone
from app.extensions import db
from app.models import Booking, BookingDate, BookingResource, Office, Person, Pool, Resource, Slot
from app.models.booking import LIVE_STATUSES, LONGEST_USE
from app.services.authorize import may
from app.services.availability import leaves_of
from app.services.directory import directory

After = tuple[datetime, int]


@dataclass(frozen=True, slots=True)
class Page:
    """Dates in order of time, and where the next page begins; None after the last."""

    dates: Sequence[BookingDate]
    next_after: After | None


def dates_between(
    within: Interval,
    *,
    by: Person,
    things: Sequence[Resource | Pool] = (),
    after: After | None = None,
    limit: int,
) -> Page:
    """The dates that touch `within`, on any of the things (none: on everything).

    What is over and done with (cancelled, declined, no-shows) is told only to those who may read it.
    """
    query = (
        select(BookingDate)
        .join(BookingDate.booking)
        .where(
            BookingDate.starts_at < within.end,
            BookingDate.starts_at > within.start - LONGEST_USE,
            BookingDate.ends_at > within.start,
            or_(
                BookingDate.status.in_(LIVE_STATUSES),
                Booking.organiser_id == by.id,
                Booking.organisation_id.in_([each.id for each in by.organisations]),
                BookingDate.id.in_(select(Slot.date_id).where(Slot.resource_id.in_(_hosted(by)))),
            ),
        )
        .options(
            contains_eager(BookingDate.booking).options(
                joinedload(Booking.organiser),
                selectinload(Booking.asked_for).options(
                    joinedload(BookingResource.resource), joinedload(BookingResource.pool)
                ),
            ),
            selectinload(BookingDate.slots),
        )
        .order_by(BookingDate.starts_at, BookingDate.id)
        .limit(limit + 1)
    )
    if things:
        on_them = select(Slot.date_id).where(
            Slot.resource_id.in_(_leaf_ids(things)),
            Slot.starts_at < within.end,
            Slot.starts_at > within.start - LONGEST_USE,
        )
        query = query.where(BookingDate.id.in_(on_them))
    if after:
        at, date_id = after
        later = and_(BookingDate.starts_at == at, BookingDate.id > date_id)
        query = query.where(or_(BookingDate.starts_at > at, later))
    found = db.session.scalars(query).unique().all()
    dates = found[:limit]
    return Page(dates, (dates[-1].starts_at, dates[-1].id) if len(found) > limit else None)


def things_named(slugs: Sequence[str], office: str | None) -> tuple[list[Resource | Pool], ZoneInfo]:
    """What is meant by these slugs, or else by the whole office, and the zone of its clock. NotFound."""
    things = [thing for slug in slugs if (thing := thing_known(slug))]
    place = office_known(office) if office is not None else None
    if len(things) < len(slugs):
        raise NotFound()
    if place and not slugs:
        things = [each for each in directory().resources.values() if each.office_id == place.id]
    return things, zone(place.timezone) if place else zone_of(slugs)


def thing_known(slug: str) -> Resource | Pool | None:
    """The resource or pool, to be read, never changed; retired ones too, since their past is still there."""
    known = directory()
    return known.resources.get(slug) or known.pools.get(slug)


def office_known(slug: str) -> Office:
    """The office, to be read, never changed. NotFound."""
    office = directory().offices.get(slug)
    if office is None:
        raise NotFound()
    return office


def zone_of(slugs: Sequence[str]) -> ZoneInfo:
    """By whose clock times of these things are read; UTC where there is nothing of that name."""
    things = (thing_known(slug) for slug in slugs)
    return zone(next((directory().office_of(thing).timezone for thing in things if thing), "UTC"))


def zone_of_offices(slugs: Sequence[str]) -> ZoneInfo:
    """By whose clock times at these offices are read: the first one's. UTC where there is none."""
    known = directory()
    offices = (known.offices.get(slug) for slug in slugs)
    return zone(next((office.timezone for office in offices if office), "UTC"))


def _hosted(by: Person) -> Sequence[int]:
    """The resources of the offices at which the person is host."""
    known = directory()
    hosted = {office.id for office in known.offices.values() if may(by, "host", office)}
    return [each.id for each in known.resources.values() if each.office_id in hosted]


def _leaf_ids(things: Sequence[Resource | Pool]) -> list[int]:
    pools = {thing.id for thing in things if isinstance(thing, Pool)}
    members = [each for each in directory().resources.values() if each.pool_id in pools]
    resources = [*members, *(thing for thing in things if isinstance(thing, Resource))]
    return sorted({leaf.id for resource in resources for leaf in leaves_of(resource)})
