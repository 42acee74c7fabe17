"""What came of a booking: check-in, no-show, an early end, head counts, walk-ins."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import select

from app.domain.errors import Refusal, Refused
from app.domain.interval import Interval
from app.extensions import db
from app.models import Booking, BookingDate, History, Person
from app.models.booking import LIVE_STATUSES
from app.services.approval import DECISIONS, may_decide
from app.services.authorize import authorize, may
from app.services.availability import free
from app.services.bookings.book import book
from app.services.bookings.change import date_for
from app.services.bookings.occupied import held_on
from app.services.bookings.slots import block_of, is_free, refuse_if_taken, set_status
from app.services.bookings.wish import Wish
from app.services.directory import directory
from app.services.history import mark_changed, record
from app.services.locking import lock_dates
from app.services.transaction import use_case

CHECK_IN_OPENS = timedelta(minutes=30)
MOST_HEADS = 10_000
# Afterwards the month may be reported: then it is for the host to say what was wrong.
COUNTING_LASTS = timedelta(days=7)


def open_actions(date: BookingDate, *, by: Person, now: datetime) -> frozenset[str]:
    """What this person can do about the date now; none of it is refused.

    "check_in", "heads", "end"; of a host also "approve", "decline", "no_show" and "undo".
    """
    hosts = may(by, "host_booking", date.booking)
    found = {
        action
        for action, right in (("check_in", "check_in"), ("end", "check_in"), ("heads", "count_heads"))
        if may(by, right, date.booking) and not _why_not(action, date, hosts, now)
    }
    if hosts:
        found |= {each for each in DECISIONS if may_decide(date, each, by=by, now=now)}
        found |= {action for action in ("no_show", "undo") if not _why_not(action, date, hosts, now)}
    return frozenset(found)


def _why_not(action: str, date: BookingDate, hosts: bool, now: datetime) -> object:
    """What is in the way of an action, or that it makes no sense now; nothing where it is open."""
    match action:
        case "check_in":
            return date.status == "checked_in" or _no_check_in(date, hosts, now) or not still_free(date)
        case "end":
            return why_not_end(date, now)
        case "heads":
            return _no_count(date, hosts, now)
        case "no_show":
            return _no_no_show(date, now)
        case "undo":
            gone = date.status not in ("checked_in", "no_show") or date.ends_at <= now
            return gone or not still_free(date)
    raise ValueError(action)


def still_free(date: BookingDate) -> bool:
    """Whether its time is its own, or could be again: somebody may have booked what a no-show released."""
    if date.status in LIVE_STATUSES:
        return True
    return all(is_free(leaf, [use], but_date=date.id) for leaf, use in held_on(date))


@use_case
def check_in(date_id: int, *, by: Person, now: datetime, where: str = "page") -> BookingDate:
    """They came. From half an hour before the start until the end; a host may do it afterwards too.

    `where` it was said: on the booking's "page", to the "host", by the "api".
    """
    date = _held_still(date_id, by, "check_in")
    if date.status == "checked_in":
        return date
    refusal = _no_check_in(date, may(by, "host_booking", date.booking), now)
    if refusal:
        raise Refused(refusal)
    came_of(date, "checked_in", by, now, where=where)
    return date


@use_case
def mark_no_show(date_id: int, *, by: Person, now: datetime) -> BookingDate:
    """Nobody came; the time is released. Not before the start, nor where somebody came or was counted."""
    date = _held_still(date_id, by, "host_booking")
    if date.status == "no_show":
        return date
    refusal = _no_no_show(date, now)
    if refusal:
        raise Refused(refusal)
    came_of(date, "no_show", by, now)
    return date


@use_case
def undo_presence(date_id: int, *, by: Person, now: datetime) -> BookingDate:
    """Back to confirmed, from a check-in or no-show by mistake."""
    date = _held_still(date_id, by, "host_booking")
    if date.status not in ("checked_in", "no_show"):
        raise Refused(Refusal("nothing_to_undo"))
    came_of(date, "confirmed", by, now, was=date.status)
    return date


@use_case
def end_early(date_id: int, *, by: Person, now: datetime) -> BookingDate:
    """They left; use ends now and the rest is free. Only while it is running. Twice is once."""
    date = _held_still(date_id, by, "check_in")
    if not was_ended(date, now):
        end_now(date, by, now)
    return date


def was_ended(date: BookingDate, now: datetime) -> bool:
    """Whether it is over because somebody ended it: a second tap has nothing left to do."""
    if date.ends_at > now or date.status not in ("confirmed", "checked_in"):
        return False
    ended = select(History.id).where(
        History.booking_id == date.booking_id, History.date_id == date.id, History.action == "ended_early"
    )
    return db.session.scalar(ended.limit(1)) is not None


def end_now(date: BookingDate, by: Person | None, now: datetime, **details: object) -> None:
    """`end_early` without asking who may, in the caller's transaction."""
    refusal = why_not_end(date, now)
    if refusal:
        raise Refused(refusal)
    end = _minute(now)
    planned = date.ends_at.isoformat()
    record("ended_early", date.booking, by=by, now=now, date=date, planned_end=planned, **details)
    for slot in date.slots:
        slot.ends_at = end
        slot.blocks_until = block_of(slot.resource, Interval(slot.starts_at, end)).end
    date.ends_at, date.changed_at, date.sequence = end, now, date.sequence + 1
    _tell(date, now)


@use_case
def count_heads(
    date_id: int, *, women: int | None, men: int | None, other: int | None, by: Person, now: datetime
) -> BookingDate:
    """How many came. From the start until a week after the end, a host at any time after the start.

    None everywhere takes a count back.
    """
    date = _held_still(date_id, by, "count_heads")
    refusals = _no_count(date, may(by, "host_booking", date.booking), now)
    if wrong := [*_no_numbers(women=women, men=men, other=other), *refusals]:
        raise Refused(*wrong)
    keep_count(date, {"women": women, "men": men, "other": other}, by, now)
    return date


def keep_count(
    date: BookingDate, counts: Mapping[str, int | None], by: Person | None, now: datetime, **details: object
) -> None:
    """`count_heads` without asking who may and when, in the caller's transaction."""
    if wrong := _no_numbers(**counts):
        raise Refused(*wrong)
    counted = any(count is not None for count in counts.values())
    heads = {name: (counts[name] or 0) if counted else None for name in ("women", "men", "other")}
    if heads == {name: getattr(date, name) for name in heads}:
        return  # said already: a second tap leaves no second line
    date.women, date.men, date.other = heads.values()
    date.changed_at = now
    record("heads_counted", date.booking, by=by, now=now, date=date, **heads, **details)


def walk_in(wish: Wish, *, by: Person, now: datetime) -> Booking:
    """Somebody is already here: booked by the host from when it is free, and checked in."""
    booking = book(_from_when_free(wish, now), by=by, now=now)
    _checked_in_at_once(booking.id, by=by, now=now)
    return booking


def _from_when_free(wish: Wish, now: datetime) -> Wish:
    """What ended a moment ago is not in the way: then the use begins there, and ends when it would have."""
    start = wish.start
    for thing in (directory().resources.get(slug) for slug in wish.resources):
        if thing is not None and start <= now < wish.end:
            (found,) = free(thing.office, Interval(wish.start, wish.end), [thing])
            start = found.from_now(start, now) or start
            if wish.end - start < timedelta(minutes=thing.min_minutes):
                return replace(wish, start=start, end=start + (wish.end - wish.start))
    return replace(wish, start=start)


@use_case
def _checked_in_at_once(booking_id: int, *, by: Person, now: datetime) -> None:
    booking = db.session.get_one(Booking, booking_id)
    authorize(by, "host_booking", booking)
    for date in booking.dates:
        came_of(date, "checked_in", by, now, where="host")


def _no_check_in(date: BookingDate, hosts: bool, now: datetime) -> Refusal | None:
    if date.status not in ("confirmed", "no_show"):
        return Refusal("cannot_check_in", params={"status": date.status})
    if now < date.starts_at - CHECK_IN_OPENS:
        return Refusal("too_early_to_check_in", params={"start": date.starts_at, "timezone": _zone(date)})
    if now >= date.ends_at and not hosts:
        return Refusal("too_late_to_check_in")
    return None


def _no_no_show(date: BookingDate, now: datetime) -> Refusal | None:
    if date.status != "confirmed":
        return Refusal("cannot_mark_no_show", params={"status": date.status})
    if date.women is not None:
        return Refusal("no_show_was_counted")
    if now < date.starts_at:
        return Refusal("too_early_for_no_show", params={"start": date.starts_at, "timezone": _zone(date)})
    return None


def why_not_end(date: BookingDate, now: datetime) -> Refusal | None:
    """Why a use cannot end now; None while it can."""
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


def _no_numbers(**counts: int | None) -> list[Refusal]:
    return [
        Refusal("bad_head_count", field, {"most": MOST_HEADS})
        for field, count in counts.items()
        if count is not None and not 0 <= count <= MOST_HEADS
    ]


def _minute(now: datetime) -> datetime:
    """Use ends at a whole minute."""
    return now.replace(second=0, microsecond=0)


def came_of(date: BookingDate, status: str, by: Person | None, now: datetime, **details: object) -> None:
    """Gives a date what came of it, in the caller's transaction. Taken where its time is somebody else's."""
    if date.status not in LIVE_STATUSES:
        refuse_if_taken(date)
    action = status if status != "confirmed" else "presence_undone"
    set_status(date, status, now)
    date.checked_in_at = now if status == "checked_in" else None
    record(action, date.booking, by=by, now=now, date=date, **details)
    _tell(date, now)


def _held_still(date_id: int, by: Person, action: str) -> BookingDate:
    lock_dates([date_id])
    return date_for(date_id, by, action)


def _tell(date: BookingDate, now: datetime) -> None:
    mark_changed([slot.resource_id for slot in date.slots], [date.booking.organiser_id], now)


def _zone(date: BookingDate) -> str:
    return date.booking.timezone
