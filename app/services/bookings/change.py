"""Changing a booking: one date, that and those after it, or all of them."""

from datetime import datetime

from app.domain.errors import Clash, NotFound, Stale, Taken
from app.extensions import db
from app.models import BookingDate, Person
from app.services.bookings.anew import ask_anew, hold_anew, say_anew, set_aside_anew, tell_anew
from app.services.bookings.book import TRIES
from app.services.bookings.cancel import SCOPES, load_slots
from app.services.bookings.change_plan import ChangePlan, plan_of_change
from app.services.bookings.facts import changed_from, facts_of
from app.services.bookings.meant import Change
from app.services.bookings.series import change_series
from app.services.bookings.standing import booking_for, date_for, hold_still, why_not_cancel, why_not_change
from app.services.bookings.suggest import suggestions
from app.services.bookings.wish import Wish
from app.services.guests import invite_anew
from app.services.history import mark_changed, record
from app.services.transaction import use_case

__all__ = ["booking_for", "change", "date_for", "why_not_cancel", "why_not_change"]


def change(
    date_id: int, wish: Wish, *, scope: str = "this", version: int, by: Person, now: datetime
) -> BookingDate:
    """Gives one date, it and those "following", or "all" of a series another time, resources or words.

    The wish tells what the date `date_id` becomes; the others follow it by as many days and to the same
    local time. Dates that were moved on their own stay where they are; those that are cancelled, over or
    in use stay as they are. "following" makes a booking of its own of them, which the date returned
    belongs to. A `meeting_url` of None leaves that as it is, an empty one takes it away; so do `guests`.
    All or nothing, unless `skip` lets dates whose new time is "taken" or "closed" stay where they are, or
    `move` takes those that are taken to another room. Words belong to the whole booking: of one date of
    several they are refused. `plan_change` tells beforehand what comes of it.
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
    found = suggestions(wish, by=by, now=now, but_dates=[date_id]) if scope == "this" else ()
    raise Taken(clashes, found)


@use_case
def _change(date_id: int, wish: Wish, scope: str, *, version: int, by: Person, now: datetime) -> BookingDate:
    hold_still(date_id=date_id)
    date = date_for(date_id, by, "change_booking")
    if date.booking.version != version:
        raise Stale()
    load_slots(date.booking)
    change = Change(date, wish, scope, now)
    planned = plan_of_change(change, by=by, now=now)
    if planned.clashes:
        raise Taken(planned.clashes)
    carried_out = change_series if change.of_series else _change_one
    return carried_out(change, planned, by=by, now=now)


def _change_one(change: Change, planned: ChangePlan, *, by: Person, now: datetime) -> BookingDate:
    date, booking = change.date, change.booking
    before = facts_of(date)
    former = [slot.resource_id for slot in date.slots]
    reworded = say_anew(booking, change.wish, planned.understood)
    booking.version += 1  # once, with the first that is written
    tell_anew([date], now)
    if planned.anew:
        set_aside_anew(booking, planned.set_aside)
        hold_anew(planned.anew)
        ask_anew(booking, planned.asked)
    db.session.flush()
    said = {"reworded": reworded} if reworded else {}
    invited = {"guests": True} if invite_anew(booking, change.wish.guests) else {}
    record("changed", booking, by=by, now=now, date=date, **changed_from(before, date), **said, **invited)
    mark_changed([*former, *(slot.resource_id for slot in date.slots)], [booking.organiser_id], now)
    return date
