"""What came of a booking: check-in, no-show, an early end, head counts, walk-ins."""

from datetime import datetime, timedelta

from app.domain.errors import Refusal, Refused
from app.domain.interval import Interval
from app.extensions import db
from app.models import Booking, BookingDate, Person
from app.models.booking import LIVE_STATUSES
from app.services.authorize import authorize, may
from app.services.bookings.book import book
from app.services.bookings.change import date_for
from app.services.bookings.slots import block_of, is_free, refuse_if_taken, set_status
from app.services.bookings.wish import Wish
from app.services.history import mark_changed, record
from app.services.transaction import use_case

CHECK_IN_OPENS = timedelta(minutes=30)
MOST_HEADS = 10_000
# Afterwards the month may be reported: then it is for the host to say what was wrong.
COUNTING_LASTS = timedelta(days=7)


def open_actions(date: BookingDate, *, by: Person, now: datetime) -> frozenset[str]:
    """Which of "check_in", "heads" and "end" this person can do about the date now: none that is refused."""
    hosts = may(by, "host_booking", date.booking)
    reasons = {
        "check_in": date.status == "checked_in" or _no_check_in(date, hosts, now) or not still_free(date),
        "end": _no_end(date, now),
        "heads": _no_count(date, hosts, now),
    }
    rights = {"check_in": "check_in", "end": "check_in", "heads": "count_heads"}
    return frozenset(
        action for action, reason in reasons.items() if not reason and may(by, rights[action], date.booking)
    )


def still_free(date: BookingDate) -> bool:
    """Whether its time is its own, or could be again: somebody may have booked what a no-show released."""
    if date.status in LIVE_STATUSES:
        return True
    return all(
        is_free(slot.resource, [Interval(slot.starts_at, slot.ends_at)], but_date=date.id)
        for slot in date.slots
    )


@use_case
def check_in(date_id: int, *, by: Person, now: datetime) -> BookingDate:
    """They came. From half an hour before the start until the end; a host may do it afterwards too."""
    date = date_for(date_id, by, "check_in")
    if date.status == "checked_in":
        return date
    refusal = _no_check_in(date, may(by, "host_booking", date.booking), now)
    if refusal:
        raise Refused(refusal)
    _came_of(date, "checked_in", by, now)
    date.checked_in_at = now
    return date


@use_case
def mark_no_show(date_id: int, *, by: Person, now: datetime) -> BookingDate:
    """Nobody came; the time is released. Not before the start."""
    date = date_for(date_id, by, "host_booking")
    if date.status == "no_show":
        return date
    if date.status != "confirmed":
        raise Refused(Refusal("cannot_mark_no_show", params={"status": date.status}))
    if now < date.starts_at:
        raise Refused(
            Refusal("too_early_for_no_show", params={"start": date.starts_at, "timezone": _zone(date)})
        )
    _came_of(date, "no_show", by, now)
    return date


@use_case
def undo_presence(date_id: int, *, by: Person, now: datetime) -> BookingDate:
    """Back to confirmed, from a check-in or no-show by mistake."""
    date = date_for(date_id, by, "host_booking")
    if date.status not in ("checked_in", "no_show"):
        raise Refused(Refusal("nothing_to_undo"))
    _came_of(date, "confirmed", by, now)
    date.checked_in_at = None
    return date


@use_case
def end_early(date_id: int, *, by: Person, now: datetime) -> BookingDate:
    """They left; use ends now and the rest is free. Only while it is running."""
    date = date_for(date_id, by, "check_in")
    refusal = _no_end(date, now)
    if refusal:
        raise Refused(refusal)
    end = _minute(now)
    record("ended_early", date.booking, by=by, now=now, date=date, planned_end=date.ends_at.isoformat())
    for slot in date.slots:
        slot.ends_at = end
        slot.blocks_until = block_of(slot.resource, Interval(slot.starts_at, end)).end
    date.ends_at, date.changed_at, date.sequence = end, now, date.sequence + 1
    _tell(date, now)
    return date


@use_case
def count_heads(
    date_id: int, *, women: int | None, men: int | None, other: int | None, by: Person, now: datetime
) -> BookingDate:
    """How many came. From the start until a week after the end, a host at any time after the start.

    None everywhere takes a count back.
    """
    date = date_for(date_id, by, "count_heads")
    refusals = [
        Refusal("bad_head_count", field, {"most": MOST_HEADS})
        for field, count in (("women", women), ("men", men), ("other", other))
        if count is not None and not 0 <= count <= MOST_HEADS
    ]
    refusals += _no_count(date, may(by, "host_booking", date.booking), now)
    if refusals:
        raise Refused(*refusals)
    counted = any(count is not None for count in (women, men, other))
    date.women, date.men, date.other = (women or 0, men or 0, other or 0) if counted else (None, None, None)
    date.changed_at = now
    record(
        "heads_counted",
        date.booking,
        by=by,
        now=now,
        date=date,
        women=date.women,
        men=date.men,
        other=date.other,
    )
    return date


def walk_in(wish: Wish, *, by: Person, now: datetime) -> Booking:
    """Somebody is already here: booked by the host from this minute and checked in."""
    booking = book(wish, by=by, now=now)
    _checked_in_at_once(booking.id, by=by, now=now)
    return booking


@use_case
def _checked_in_at_once(booking_id: int, *, by: Person, now: datetime) -> None:
    booking = db.session.get_one(Booking, booking_id)
    authorize(by, "host_booking", booking)
    for date in booking.dates:
        _came_of(date, "checked_in", by, now)
        date.checked_in_at = now


def _no_check_in(date: BookingDate, hosts: bool, now: datetime) -> Refusal | None:
    if date.status not in ("confirmed", "no_show"):
        return Refusal("cannot_check_in", params={"status": date.status})
    if now < date.starts_at - CHECK_IN_OPENS:
        return Refusal("too_early_to_check_in", params={"start": date.starts_at, "timezone": _zone(date)})
    if now >= date.ends_at and not hosts:
        return Refusal("too_late_to_check_in")
    return None


def _no_end(date: BookingDate, now: datetime) -> Refusal | None:
    if date.status in ("confirmed", "checked_in") and date.starts_at < _minute(now) < date.ends_at:
        return None
    return Refusal("cannot_end_early")


def _no_count(date: BookingDate, hosts: bool, now: datetime) -> list[Refusal]:
    refusals = []
    if date.starts_at > now:
        refusals.append(Refusal("too_early_for_heads", "women"))
    if date.status not in ("confirmed", "checked_in"):
        refusals.append(Refusal("cannot_count_heads", "women", {"status": date.status}))
    if now > date.ends_at + COUNTING_LASTS and not hosts:
        refusals.append(Refusal("too_late_for_heads", "women", {"days": COUNTING_LASTS.days}))
    return refusals


def _minute(now: datetime) -> datetime:
    """Use ends at a whole minute."""
    return now.replace(second=0, microsecond=0)


def _came_of(date: BookingDate, status: str, by: Person, now: datetime) -> None:
    if date.status not in LIVE_STATUSES:
        refuse_if_taken(date)
    set_status(date, status, now)
    record(status if status != "confirmed" else "presence_undone", date.booking, by=by, now=now, date=date)
    _tell(date, now)


def _tell(date: BookingDate, now: datetime) -> None:
    mark_changed([slot.resource_id for slot in date.slots], [date.booking.organiser_id], now)


def _zone(date: BookingDate) -> str:
    return date.booking.timezone
