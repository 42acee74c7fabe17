"""Requests: approved, declined with a reason, or lapsed because nobody decided."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import select

from app.domain.errors import NotAllowed, NotFound, Refusal, Refused
from app.extensions import db
from app.models import Booking, BookingDate, History, Office, Person
from app.services.authorize import may
from app.services.awaited import awaited, hosted_by, offices_asked, say_yes
from app.services.bookings.cancel import load_slots
from app.services.bookings.change import booking_for
from app.services.bookings.slots import set_statuses
from app.services.history import mark_changed, record
from app.services.locking import lock_dates
from app.services.notices import Notice, hosts_of, tell, tell_booker
from app.services.transaction import use_case

LONGEST_REASON = 500
DECISIONS = {"approve": "confirmed", "decline": "declined"}
# By status of a date the lines of history that say how it came to be so.
ENDINGS = {"cancelled": ("cancelled", "undone"), "declined": ("declined", "lapsed")}

Details = Mapping[str, object]


@use_case
def approve(date_id: int, *, by: Person, now: datetime) -> BookingDate:
    """The request becomes a confirmed booking, once every office that is asked has said so."""
    (date,) = decide(_booking_of(date_id), [date_id], "approve", by=by, now=now)
    return date


@use_case
def decline(date_id: int, *, reason: str = "", by: Person, now: datetime) -> BookingDate:
    """The request is turned down and its time freed."""
    (date,) = decide(_booking_of(date_id), [date_id], "decline", reason=reason, by=by, now=now)
    return date


@use_case
def decide(
    booking_id: int,
    date_ids: Collection[int],
    decision: str,
    *,
    reason: str = "",
    by: Person,
    now: datetime,
) -> Sequence[BookingDate]:
    """One decision ("approve", "decline") on dates of one booking, and one mail about it.

    A yes is that of the offices that this person is a host of. A date at several is confirmed when all that
    are asked have said yes, and declined when one says no, which the hosts of the others are told.
    Refused where one of the dates does not wait any more; a decision made twice is one. NotFound.
    """
    lock_dates(date_ids)
    booking = booking_for(booking_id, by, "host_booking")
    chosen = [date for date in booking.dates if date.id in set(date_ids)]
    if not chosen or len(chosen) < len(set(date_ids)):
        raise NotFound()
    status = DECISIONS[decision]
    waiting = [date for date in chosen if date.status != status]
    refusals = [refusal for date in waiting if (refusal := why_not_decide(date, decision, now))]
    if refusals:
        raise Refused(*refusals)
    load_slots(booking)
    if decision == "decline":
        _decline(booking, waiting, " ".join(reason.split())[:LONGEST_REASON], by=by, now=now)
    else:
        _approve(booking, waiting, by=by, now=now)
    return chosen


def _approve(booking: Booking, waiting: Iterable[BookingDate], *, by: Person, now: datetime) -> None:
    """NotAllowed where no office that a date waits for is this person's to speak for."""
    done: dict[BookingDate, list[Office]] = {}
    for date in waiting:
        left = awaited(date)
        own = hosted_by(by, left)
        if not own:
            if hosted_by(by, offices_asked(date)):
                continue  # they have said it already
            raise NotAllowed(action="host")
        others = [each for each in left if each not in own]
        if others:
            say_yes(date, own, by=by, now=now)
            record("approved_here", booking, by=by, now=now, date=date, **_names(offices=own, left=others))
        else:
            done[date] = own
    if done:
        _settle(booking, [*done], "confirmed", "approved", by=by, now=now, spoke=_of_several(done))
        tell_booker("approved", [*done], by=by, now=now)


def _decline(
    booking: Booking, waiting: Sequence[BookingDate], reason: str, *, by: Person, now: datetime
) -> None:
    if not waiting:
        return
    others = {each.id: each for date in waiting for each in offices_asked(date) if not may(by, "host", each)}
    key = f"declined_elsewhere:{waiting[0].id}:{waiting[0].sequence}"
    spoke = _of_several({date: hosted_by(by, offices_asked(date)) for date in waiting})
    told = {"reason": reason} if reason else {}
    _settle(booking, waiting, "declined", "declined", by=by, now=now, spoke=spoke, **told)
    tell_booker("declined", waiting, by=by, now=now, reason=reason)
    for office in others.values():
        notice = Notice("declined_elsewhere", office, waiting, reason)
        for host in hosts_of(office):
            tell(host, notice, key=key, now=now)


def _of_several(spoke: Mapping[BookingDate, Sequence[Office]]) -> dict[int, dict[str, list[str]]]:
    """By number of the date which offices spoke, where several were asked."""
    return {
        date.id: _names(offices=offices)
        for date, offices in spoke.items()
        if offices and len(offices_asked(date)) > 1
    }


def _names(**offices: Iterable[Office]) -> dict[str, list[str]]:
    return {name: [each.name for each in some] for name, some in offices.items()}


def may_decide(date: BookingDate, decision: str, *, by: Person, now: datetime) -> bool:
    """Whether a decision is open to this host of the booking: a yes where one of their offices is awaited."""
    if why_not_decide(date, decision, now):
        return False
    return decision == "decline" or bool(hosted_by(by, awaited(date)))


def why_not_decide(date: BookingDate, decision: str, now: datetime) -> Refusal | None:
    """Why there is nothing to decide about a date; None while there is."""
    if date.status != "requested":
        return Refusal("not_requested", params={"status": date.status})
    if decision == "approve" and date.ends_at <= now:
        return Refusal("request_is_over")
    return None


@use_case
def lapse(booking_id: int, date_ids: Collection[int], *, now: datetime) -> int:
    """Declines, by nobody, those of these dates that are still only requested; how many they were."""
    lock_dates(date_ids)
    booking = db.session.get_one(Booking, booking_id)
    waiting = [date for date in booking.dates if date.id in set(date_ids) and date.status == "requested"]
    if waiting:
        load_slots(booking)
        _settle(booking, waiting, "declined", "lapsed", by=None, now=now)
        tell_booker("lapsed", waiting, by=None, now=now)
    return len(waiting)


def why_declined(date: BookingDate) -> tuple[str, str] | None:
    """How a declined date came to be so: "declined" or "lapsed", and the reason given. None: it is not."""
    if date.status != "declined":
        return None
    action, details = _ended_by([date]).get(date.id, ("declined", {}))
    return action, _reason(details)


def why_cancelled(date: BookingDate) -> str | None:
    """The reason of the closure that a cancelled date gave way to, perhaps empty. None: of no closure."""
    if date.status != "cancelled":
        return None
    _, details = _ended_by([date]).get(date.id, ("cancelled", {}))
    return _reason(details) if details.get("closed") else None


def reasons_of(dates: Iterable[BookingDate]) -> dict[int, str]:
    """By number of a cancelled or declined date the reason that the closure or the host gave, if any."""
    found = {number: _reason(details) for number, (_, details) in _ended_by(dates).items()}
    return {number: reason for number, reason in found.items() if reason}


def _ended_by(dates: Iterable[BookingDate]) -> dict[int, tuple[str, Details]]:
    """By number of a cancelled or declined date what history says of that last: how, and with which facts."""
    over = [date for date in dates if date.status in ENDINGS]
    if not over:
        return {}
    ended = {date.id: ENDINGS[date.status] for date in over}
    query = select(History.date_id, History.action, History.details).where(
        History.booking_id.in_({date.booking_id for date in over}),  # by index
        History.date_id.in_(ended),
    )
    lines = db.session.execute(query.order_by(History.id))
    return {
        number: (action, details)
        for number, action, details in lines
        if number in ended and action in ended[number]
    }


def _reason(details: Details) -> str:
    return str(details.get("reason") or "")


def _booking_of(date_id: int) -> int:
    return db.session.scalar(select(BookingDate.booking_id).where(BookingDate.id == date_id)) or 0


def _settle(
    booking: Booking,
    dates: Sequence[BookingDate],
    status: str,
    action: str,
    *,
    by: Person | None,
    now: datetime,
    spoke: Mapping[int, Mapping[str, object]] | None = None,
    **details: object,
) -> None:
    set_statuses(dates, status, now)
    for date in dates:
        record(action, booking, by=by, now=now, date=date, **details, **(spoke or {}).get(date.id, {}))
    booking.version += 1
    held = [slot.resource_id for date in dates for slot in date.slots]
    mark_changed(held, [booking.organiser_id], now)
