"""After so many months as an office says nobody can see who booked; the figures stay as they are.

A booking is due when its last date ended so long ago. One at several offices goes when the first of them
says so: that is what its booker was promised there. What is coming or going on is never touched.
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from dateutil.relativedelta import relativedelta
from sqlalchemy import Exists, Select, delete, exists, func, or_, select

from app.domain.errors import Refusal, Refused
from app.extensions import db
from app.models import Booking, BookingDate, BookingResource, Office, OutboxMail, Person, Pool, Resource
from app.services.authorize import authorize
from app.services.kept_feeds import forget_kept
from app.services.privacy.mail_files import take_away_older
from app.services.privacy.words import make_nameless
from app.services.transaction import use_case

BATCH = 250
MOST_BATCHES = 200  # in one turn; the rest is for the next
FEWEST_MONTHS, MOST_MONTHS = 1, 240
REPORT_MAILS = "report"  # how the keys of mails with reports begin: those are part of what was published


@dataclass(frozen=True, slots=True)
class Folders:
    """Where copies of words lie outside of the database."""

    mails: Path
    feeds: Path


@dataclass(frozen=True, slots=True)
class Kept:
    """What an office keeps, and what is done about it."""

    months: int | None
    due: int
    """Bookings that are made anonymous at the next turn."""
    anonymous: int
    last_at: datetime | None


def cutoff_of(months: int, now: datetime) -> datetime:
    """What ended before is not kept with its booker."""
    return now - relativedelta(months=months)


def make_old_anonymous(now: datetime, folders: Folders) -> dict[str, int]:
    """One transaction for each batch; what a turn does not reach is left to the next. How many of what."""
    anonymous, mails = 0, 0
    limits = [(office_id, cutoff_of(months, now)) for office_id, months in _limits()]
    for office_id, cutoff in limits:
        for _ in range(MOST_BATCHES):
            done = _next_batch(office_id, cutoff, now)
            anonymous += done
            if done < BATCH:
                break
        mails += _forget_mails(office_id, cutoff)
    if limits and len(limits) == len(db.session.scalars(select(Office.id)).all()):
        take_away_older(folders.mails, min(cutoff for _, cutoff in limits))
    if anonymous:
        forget_kept(folders.feeds)
    return {"anonymous": anonymous, "mails_forgotten": mails}


def kept_at(office: Office, months: int | None, now: datetime) -> Kept:
    """What an office that keeps bookers for so many months has to do, and what was done so far."""
    due = 0
    if months is not None:
        query = _due(office.id, cutoff_of(months, now)).subquery()
        due = db.session.scalar(select(func.count()).select_from(query)) or 0
    there = select(func.count(), func.max(Booking.anonymous_at)).where(
        Booking.anonymous_at.is_not(None), _at(office.id)
    )
    anonymous, last_at = db.session.execute(there).one()
    return Kept(months, due, anonymous, last_at)


@use_case
def keep_bookers(office: Office, months: int | None, *, by: Person) -> None:
    """From now on an office keeps who booked for so many months; None: for ever."""
    authorize(by, "manage", office)
    if months is not None and not FEWEST_MONTHS <= months <= MOST_MONTHS:
        raise Refused(Refusal("bad_months", "months", {"fewest": FEWEST_MONTHS, "most": MOST_MONTHS}))
    db.session.get_one(Office, office.id).bookers_kept_months = months


def _limits() -> list[tuple[int, int]]:
    query = select(Office.id, Office.bookers_kept_months).order_by(Office.id)
    return [(office_id, months) for office_id, months in db.session.execute(query) if months is not None]


@use_case
def _next_batch(office_id: int, cutoff: datetime, now: datetime) -> int:
    ids = [*db.session.scalars(_due(office_id, cutoff).limit(BATCH))]
    make_nameless(ids, now)
    return len(ids)


@use_case
def _forget_mails(office_id: int, cutoff: datetime) -> int:
    """Mails about the office's bookings that left so long ago; those about no office as well."""
    old = delete(OutboxMail).where(
        OutboxMail.state != "waiting",
        OutboxMail.created_at < cutoff,
        or_(OutboxMail.office_id == office_id, OutboxMail.office_id.is_(None)),
        ~OutboxMail.key.startswith(REPORT_MAILS),
    )
    return len(db.session.scalars(old.returning(OutboxMail.id)).all())


def _due(office_id: int, cutoff: datetime) -> Select[int]:
    dates = exists().where(BookingDate.booking_id == Booking.id)
    return select(Booking.id).where(
        Booking.anonymous_at.is_(None), _at(office_id), dates, ~dates.where(BookingDate.ends_at > cutoff)
    )


def _at(office_id: int) -> Exists:
    resources = select(Resource.id).where(Resource.office_id == office_id)
    pools = select(Pool.id).where(Pool.office_id == office_id)
    there = or_(BookingResource.resource_id.in_(resources), BookingResource.pool_id.in_(pools))
    return exists().where(BookingResource.booking_id == Booking.id, there)
