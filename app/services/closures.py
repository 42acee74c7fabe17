"""Closures that a host enters, and what lies under them."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import contains_eager

from app.domain.errors import NotFound, Refusal, Refused
from app.domain.interval import Interval
from app.extensions import db
from app.models import Booking, BookingDate, Closure, Office, Person, Resource, Slot
from app.models.booking import LIVE_SLOT, LONGEST_BLOCK
from app.services.authorize import authorize
from app.services.availability import leaves_of
from app.services.booking_lists import dates_with_all
from app.services.bookings.cancel import cancel
from app.services.bookings.standing import why_not_cancel
from app.services.composites import wholes_of
from app.services.directory import directory
from app.services.history import mark_changed
from app.services.locking import lock_office
from app.services.notices import tell_booker
from app.services.transaction import use_case

REASON_LENGTH = 300
FORMER_SHOWN = 20


@use_case
def close(
    office: Office,
    resource: str | None,
    starts_at: datetime,
    ends_at: datetime,
    reason: str,
    *,
    by: Person,
    now: datetime,
    cancelling: Collection[int] = (),
) -> Closure:
    """Closes the office, or one of its resources, for a time. What is booked there stays.

    But for the dates `cancelling`, as far as they lie in that time: whoever booked them gets a mail with
    the reason. Refused where it ends before it begins, the resource is made of others (those are closed),
    or the same is closed for the same time already, whoever entered that.
    """
    authorize(by, "host", office)
    lock_office(office.id)
    if refusals := refusals_of(office, resource, starts_at, ends_at, reason):
        raise Refused(*refusals)
    thing = _resource_at(office, resource)
    closure = Closure(
        office_id=office.id,
        resource_id=thing.id if thing else None,
        starts_at=starts_at,
        ends_at=ends_at,
        reason=reason.strip(),
        source="host",
        entered_at=now,
    )
    db.session.add(closure)
    _tell_readers(closure, now)
    _cancel_under(closure, office, thing, cancelling, by=by, now=now)
    return closure


def refusals_of(
    office: Office,
    resource: str | None,
    starts_at: datetime | None,
    ends_at: datetime | None,
    reason: str,
) -> list[Refusal]:
    """All that is wrong with a closure, as far as it is said."""
    refusals = []
    thing = _resource_at(office, resource)
    known = resource is None or (thing is not None and not thing.parts)
    if not known:
        refusals.append(Refusal("unknown_resource", "resource", {"slug": resource}))
    if starts_at and ends_at:
        if ends_at <= starts_at:
            refusals.append(Refusal("end_before_start", "ends"))
        elif known and (same := _same(office, thing, starts_at, ends_at)):
            refusals.append(_already(same, office, thing))
    if len(reason) > REASON_LENGTH:
        refusals.append(Refusal("reason_too_long", "reason", {"most": REASON_LENGTH}))
    return refusals


def _same(office: Office, thing: Resource | None, starts_at: datetime, ends_at: datetime) -> Closure | None:
    """A closure is known by office, resource, start and end; the file's and public holidays are too."""
    query = select(Closure).where(
        Closure.office_id == office.id,
        Closure.resource_id == (thing.id if thing else None),
        Closure.starts_at == starts_at,
        Closure.ends_at == ends_at,
        Closure.retired_at.is_(None),
    )
    return db.session.scalars(query.order_by(Closure.id).limit(1)).first()


def _already(closure: Closure, office: Office, thing: Resource | None) -> Refusal:
    told: dict[str, object] = {
        "closure": closure.id,
        "resource": thing.name if thing else office.name,
        "start": closure.starts_at,
        "end": closure.ends_at,
        "timezone": office.timezone,
        "reason": closure.reason,
        "source": closure.source,
    }
    return Refusal("closed_already", "starts", told)


def _resource_at(office: Office, slug: str | None) -> Resource | None:
    if slug is None:
        return None
    return db.session.scalar(select(Resource).filter_by(slug=slug, office_id=office.id, retired=False))


def _cancel_under(
    closure: Closure,
    office: Office,
    thing: Resource | None,
    chosen: Collection[int],
    *,
    by: Person,
    now: datetime,
) -> None:
    """Booking by booking, in order, so that none deadlock; one mail for each."""
    if not chosen:
        return
    under = booked_under(office, thing, Interval(closure.starts_at, closure.ends_at), with_all=True)
    dates: dict[int, list[BookingDate]] = {}
    for date in under:
        if date.id in chosen and why_not_cancel(date, by=by, now=now) is None:
            dates.setdefault(date.booking_id, []).append(date)
    for booking_id in sorted(dates):
        ids = [date.id for date in dates[booking_id]]
        cancel(booking_id, by=by, now=now, dates=ids, closed_for=closure.reason)
        tell_booker("closed", dates[booking_id], by=by, now=now, reason=closure.reason)


@use_case
def open_again(closure_id: int, *, by: Person, now: datetime) -> Closure:
    """Takes a closure back. Twice is once. Refused for one that no host entered."""
    closure = closure_for(closure_id, by)
    if closure.retired_at is None:
        closure.retired_at = now
        _tell_readers(closure, now)
    return closure


def closure_for(closure_id: int, by: Person) -> Closure:
    """A closure that this host may take back. NotFound; Refused for one that no host entered."""
    closure = db.session.get(Closure, closure_id)
    if closure is None:
        raise NotFound()
    authorize(by, "host", db.session.get_one(Office, closure.office_id))
    if closure.source != "host":
        raise Refused(Refusal("closure_of_file"))
    return closure


def former_closures(office: Office, now: datetime) -> Sequence[Closure]:
    """What hosts entered and is over or was taken back, the latest first; the last FORMER_SHOWN."""
    return db.session.scalars(
        select(Closure)
        .where(
            Closure.office_id == office.id,
            Closure.source == "host",
            or_(Closure.retired_at.is_not(None), Closure.ends_at <= now),
        )
        .order_by(Closure.starts_at.desc(), Closure.id.desc())
        .limit(FORMER_SHOWN)
    ).all()


def coming_closures(office: Office, now: datetime, until: datetime) -> Sequence[Closure]:
    """Those that are not over and begin before `until`, in order of time."""
    return db.session.scalars(
        select(Closure)
        .where(
            Closure.office_id == office.id,
            Closure.retired_at.is_(None),
            Closure.ends_at > now,
            Closure.starts_at < until,
        )
        .order_by(Closure.starts_at, Closure.id)
    ).all()


def booked_under(
    office: Office,
    resource: Resource | None,
    time: Interval,
    *,
    category_id: int | None = None,
    organisation_id: int | None = None,
    with_all: bool = False,
) -> Sequence[BookingDate]:
    """The live dates that reach into a time at the office, or on one resource, in order of time.

    Those of a category or an organisation alone, where one is given. `with_all`: with what is told of each,
    and what tells who may cancel it.
    """
    leaves = leaves_of(resource) if resource else directory().resources.values()
    ids = sorted(leaf.id for leaf in leaves if leaf.office_id == office.id)
    under = select(Slot.date_id).where(
        LIVE_SLOT,
        Slot.resource_id.in_(ids),
        Slot.blocks_from < time.end,
        Slot.blocks_from > time.start - LONGEST_BLOCK,
        Slot.blocks_until > time.start,
        Slot.starts_at < time.end,
        Slot.ends_at > time.start,
    )
    bare = select(BookingDate).join(BookingDate.booking).options(contains_eager(BookingDate.booking))
    dates = dates_with_all() if with_all else bare
    query = dates.where(BookingDate.id.in_(under)).order_by(BookingDate.starts_at, BookingDate.id)
    if category_id is not None:
        query = query.where(Booking.category_id == category_id)
    if organisation_id is not None:
        query = query.where(Booking.organisation_id == organisation_id)
    return db.session.scalars(query).all()


def _tell_readers(closure: Closure, now: datetime) -> None:
    if closure.resource_id is None:
        ids = set(db.session.scalars(select(Resource.id).filter_by(office_id=closure.office_id)))
    else:
        ids = {closure.resource_id, *wholes_of([closure.resource_id])}
    mark_changed(ids, (), now)
