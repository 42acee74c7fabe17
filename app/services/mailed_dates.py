"""A meeting as its organiser's own calendar has it, beside what stands here of it.

Only its organiser can move a meeting. What is changed here is known to their calendar no sooner than they
change it there too, so both are kept: an update that says what they had sent before undoes nothing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from app.domain.interval import Interval
from app.extensions import db
from app.models import Booking, BookingDate, Invitation, MailedBooking, Pool, Resource, Slot
from app.services import columns
from app.services.bookings.occupied import use_of
from app.services.bookings.things import serving
from app.services.directory import directory
from app.services.feed_events import location_of
from app.services.invitation_state import State, Told, stands, state_from, stored, told_status
from calendars.event import Event, rule_dates
from calendars.message import Partstat
from calendars.record import instant

Times = Mapping[datetime, Interval]  # by the start that RECURRENCE-ID calls them by


class Known(NamedTuple):
    """When a date is as it was sent. `date_id`: which date that is here; None: it was never booked."""

    use: Interval
    date_id: int | None


@dataclass(frozen=True, slots=True)
class Sent:
    """A meeting as its organiser sent it last: a single one, or a series, and its dates as in `Times`."""

    title: str
    repeats: bool
    dates: Mapping[datetime, Known]


class Said(NamedTuple):
    """What a room answers to a date, as it was sent; `original` where it is one of a series."""

    partstat: Partstat
    use: Interval
    original: datetime | None = None


def use_in(event: Event) -> Interval:
    """When a meeting is by its calendar."""
    return Interval(instant(event.start), instant(event.end))


def meant_by(event: Event) -> dict[datetime, Interval]:
    """When the dates of an invitation are. RuleError where its rule cannot be read."""
    if event.recurrence is None:
        return {instant(event.original_start or event.start): use_in(event)}
    length = use_in(event).duration
    dates = {start: Interval(start, start + length) for start in rule_dates(event)}
    for gone in event.exdates:
        dates.pop(instant(gone), None)
    for moved in event.overrides:
        original = instant(moved.original_start or moved.start)
        if original in dates:
            dates[original] = use_in(moved)
    return dates


def sent_of(mailed: MailedBooking) -> Sent:
    """What was sent last. What came before that was written down is taken for sent as it stands."""
    known = db.session.get(Invitation, mailed.booking_id)
    if known and isinstance(kept := known.told.get("sent"), Mapping):
        return _read(kept)
    booking = db.session.get_one(Booking, mailed.booking_id)
    dates = {each.original_start_at: Known(use_of(each), each.id) for each in booking.dates}
    return Sent(booking.title, booking.recurrence is not None, dates)


def dates_here(sent: Sent) -> dict[int, BookingDate]:
    """The dates that there are here of it, by number, in whatever booking they are by now."""
    ids = [each.date_id for each in sent.dates.values() if each.date_id]
    with_slots = selectinload(BookingDate.slots).joinedload(Slot.resource).joinedload(Resource.office)
    query = select(BookingDate).where(BookingDate.id.in_(ids)).options(with_slots)
    found = db.session.scalars(query.options(joinedload(BookingDate.booking))).all()
    return {date.id: date for date in sorted(found, key=lambda each: each.starts_at)}


def told_of(mailed: MailedBooking) -> State | None:
    """What its organiser was told last that stands. None where that was not written down."""
    known = db.session.get(Invitation, mailed.booking_id)
    return state_from(known.told) if known and known.told.get("dates") is not None else None


def remember(mailed: MailedBooking, sent: Sent, here: Mapping[int, BookingDate], now: datetime) -> State:
    """Keeps what was sent, and what its organiser is told now that stands, which it returns."""
    told = state_of(here.values(), told_of(mailed), now)
    known = db.session.get(Invitation, mailed.booking_id)
    if known is None:
        known = Invitation(booking_id=mailed.booking_id)
        db.session.add(known)
    known.sequence = mailed.sequence
    known.told = {**stored(told), "sent": _written(sent)}
    return told


def forget_sent(mailed: MailedBooking) -> None:
    """What was sent of a booking that another has taken the place of."""
    known = db.session.get(Invitation, mailed.booking_id)
    if known:
        db.session.delete(known)
        db.session.flush()


def state_of(dates: Iterable[BookingDate], before: State | None, now: datetime) -> State:
    """What stands of the dates, by number. What has begun is as it was told."""
    found: dict[int, Told] = {}
    titles: dict[str, None] = {}
    for each in dates:
        if stands(each):
            told = ("", each.starts_at, each.ends_at, told_status(each), location_of(each))
            kept = before.dates.get(each.id) if before and each.starts_at <= now else None
            found[each.id] = kept or told
            titles[each.booking.title] = None
    return State((*titles,) or (before.words if before else ()), found, ())


def as_answered(mailed: MailedBooking, dates: Iterable[BookingDate]) -> State:
    """What its organiser knows of a booking from before that was written down: what was answered of all."""
    status = "TENTATIVE" if mailed.answered == "TENTATIVE" else "CONFIRMED"
    told = {each.id: ("", each.starts_at, each.ends_at, status, location_of(each)) for each in dates}
    return State((*dict.fromkeys(each.booking.title for each in dates),), told, ())


def answers_of(
    sent: Sent, here: Mapping[int, BookingDate], thing: Resource | Pool | None, now: datetime
) -> dict[datetime, Said]:
    """What is true of each date at the time at which its organiser has it; not of what was over before."""
    return {
        original: Said(_partstat(known, here.get(known.date_id or 0), thing, now), known.use, original)
        for original, known in sent.dates.items()
        if known.date_id or known.use.end > now
    }


def on_the_whole(answers: Iterable[Said]) -> Partstat:
    """What is answered to all of a meeting together."""
    found = {each.partstat for each in answers}
    return "TENTATIVE" if "TENTATIVE" in found else "ACCEPTED" if "ACCEPTED" in found else "DECLINED"


def reply_of(sent: Sent, answers: Mapping[datetime, Said], only: datetime | None = None) -> list[Said]:
    """The answers as they are mailed: to a single meeting or one date (`only`), or to a series as a whole and
    to those of its dates that are declined.
    """
    if only:
        return [answers[only]]
    if not sent.repeats:
        return [each._replace(original=None) for each in answers.values()]
    whole, first = on_the_whole(answers.values()), min(answers)
    declined = [each for each in answers.values() if each.partstat == "DECLINED" != whole]
    return [Said(whole, Interval(first, first + answers[first].use.duration)), *declined]


def apart(
    sent: Sent, answers: Mapping[datetime, Said], here: Mapping[int, BookingDate], now: datetime
) -> list[Interval]:
    """When dates are in its organiser's calendar that were booked, and stand otherwise here, or no more."""
    return [
        known.use
        for original, known in sorted(sent.dates.items())
        if known.date_id in here and known.use.end > now and answers[original].partstat == "DECLINED"
    ]


def _partstat(
    known: Known, date: BookingDate | None, thing: Resource | Pool | None, now: datetime
) -> Partstat:
    if date is None or not stands(date):
        return "DECLINED"
    if date.starts_at > now and (use_of(date) != known.use or not _held(thing, date)):
        return "DECLINED"
    return "TENTATIVE" if date.status == "requested" else "ACCEPTED"


def _held(thing: Resource | Pool | None, date: BookingDate) -> bool:
    held = {slot.resource_id for slot in date.slots}
    return thing is None or bool(serving(thing, held, directory()))


def _read(kept: Mapping[str, Any]) -> Sent:
    dates = {
        columns.instant(original): Known(Interval(columns.instant(start), columns.instant(end)), date_id)
        for original, start, end, date_id in kept["dates"]
    }
    return Sent(kept["title"], kept["repeats"], dates)


def _written(sent: Sent) -> dict[str, object]:
    dates = [
        [*(int(at.timestamp()) for at in (original, each.use.start, each.use.end)), each.date_id]
        for original, each in sent.dates.items()
    ]
    return {"title": sent.title, "repeats": sent.repeats, "dates": dates}
