"""Changing a booking: one date, that and those after it, or all of them."""

from dataclasses import replace
from datetime import datetime

from app.domain.errors import Clash, NotFound, Refused, Stale, Taken
from app.extensions import db
from app.models import BookingDate, Person
from app.services.bookings.anew import Anew, ask_anew, hold_anew, say_anew, set_aside_anew, tell_anew
from app.services.bookings.book import TRIES, suggestions
from app.services.bookings.cancel import SCOPES
from app.services.bookings.plan import plan_of
from app.services.bookings.series import change_series
from app.services.bookings.standing import booking_for, date_for, hold_still, why_not_cancel, why_not_change
from app.services.bookings.things import holds_the_same
from app.services.bookings.wish import Wish, understand
from app.services.history import changed_from, facts_of, mark_changed, record
from app.services.transaction import use_case

__all__ = ["booking_for", "change", "date_for", "why_not_cancel", "why_not_change"]


def change(
    date_id: int, wish: Wish, *, scope: str = "this", version: int, by: Person, now: datetime
) -> BookingDate:
    """Gives one date, it and those "following", or "all" of a series another time, resources or words.

    The wish tells what the date `date_id` becomes; the others follow it by as many days and to the same
    local time. Dates that were moved on their own stay where they are; those that are cancelled, over or
    in use stay as they are. "following" makes a booking of its own of them, which the date returned
    belongs to. A `meeting_url` of None leaves that as it is, an empty one takes it away.
    Stale where somebody changed the booking after `version` was read; else as `book`.
    """
    if scope not in SCOPES:
        raise NotFound()
    clashes: tuple[Clash, ...] = ()
    for _ in range(TRIES):
        try:
            return _change(date_id, wish, scope, version=version, by=by, now=now)
        except Taken as taken:
            clashes = taken.clashes
            if clashes:
                break
            # Somebody was faster between our look and our writing: as in `book`.
    raise Taken(clashes, suggestions(wish, now=now) if scope == "this" else ())


@use_case
def _change(date_id: int, wish: Wish, scope: str, *, version: int, by: Person, now: datetime) -> BookingDate:
    hold_still(date_id=date_id)
    date = date_for(date_id, by, "change_booking")
    if date.booking.version != version:
        raise Stale()
    if scope != "this" and len(date.booking.dates) > 1:
        return change_series(date, wish, scope, by=by, now=now)
    return _change_one(date, wish, by=by, now=now)


def _change_one(date: BookingDate, wish: Wish, *, by: Person, now: datetime) -> BookingDate:
    booking = date.booking
    refusal = why_not_change(date, now)
    if refusal:
        raise Refused(refusal)
    wish = replace(wish, recurrence=None, skip=frozenset())
    stays = stays_where_it_is(date, wish)
    understood = understand(wish, by=by, now=now, dates=() if stays else None, but_dates=[date.id])
    planned = None if stays else plan_of(wish, understood, by=by, now=now, but_dates=[date.id])
    if planned and planned.clashes:
        raise Taken(planned.clashes)
    before = facts_of(date)
    former = [slot.resource_id for slot in date.slots]
    reworded = say_anew(booking, wish, understood)
    told = booking.dates if reworded else [date]
    tell_anew(told, now)
    booking.version += 1  # once, with the first that is written
    if planned:
        set_aside_anew(booking, planned.set_aside)
        hold_anew([Anew(date, planned.dates[0], planned.needs_approval)])
        ask_anew(booking, planned.asked)
    db.session.flush()
    said = {"reworded": True} if reworded else {}
    record("changed", booking, by=by, now=now, date=date, **changed_from(before, date), **said)
    held = [slot.resource_id for each in told for slot in each.slots]
    mark_changed([*former, *held], [booking.organiser_id], now)
    return date


def stays_where_it_is(date: BookingDate, wish: Wish) -> bool:
    """Whether a wish leaves a date its time, its resources and for whom it is: then no rule is asked."""
    same_time = (wish.start, wish.end) == (date.starts_at, date.ends_at)
    return same_time and wish.organisation == date.booking.organisation.slug and holds_the_same(wish, date)
