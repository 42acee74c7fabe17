"""Changing a series: all of it, or one date and those after it, which then go on as another booking."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import update

from app.extensions import db
from app.models import Booking, BookingDate, History, Person
from app.services.bookings.anew import ask_anew, hold_anew, say_anew, set_aside_anew, tell_anew
from app.services.bookings.book import ask_for, new_uid
from app.services.bookings.change_plan import ChangePlan
from app.services.bookings.facts import changed_from, facts_of
from app.services.bookings.left_behind import left_out_after_split, stayed_facts, stays_facts
from app.services.bookings.meant import Change
from app.services.bookings.things import asked_things
from app.services.guests import copy_guests, invite_anew
from app.services.history import mark_changed, record


def change_series(change: Change, planned: ChangePlan, *, by: Person, now: datetime) -> BookingDate:
    """Carries out a plan in which nothing is in the way, in the caller's transaction."""
    date = change.date
    former = [slot.resource_id for each in change.scope for slot in each.slots]
    told_of = _told_of(change, planned)
    before = facts_of(told_of)
    booking = _gone_on(change, planned, by=by, now=now) if change.before else date.booking
    reworded = say_anew(booking, change.wish, planned.understood)
    if not change.before:
        booking.version += 1  # once, with the first that is written
    booking.recurrence = planned.rules[1]
    for each in change.scope:
        each.original_start_at = change.original(each)
    set_aside_anew(booking, planned.set_aside)
    hold_anew(planned.anew)
    tell_anew(change.scope, now)
    ask_anew(booking, planned.asked)
    db.session.flush()
    told = {**changed_from(before, told_of), **({"reworded": reworded} if reworded else {})}
    if invite_anew(booking, change.wish.guests):
        told["guests"] = True
    _write_down(change, planned, booking, told, by=by, now=now)
    held = [slot.resource_id for each in change.scope for slot in each.slots]
    mark_changed([*former, *held], [booking.organiser_id], now)
    return date


def _told_of(change: Change, planned: ChangePlan) -> BookingDate:
    """The date whose times the history tells: the one that the wish is for, or the first that it changes."""
    changed = {each.date.id for each in planned.anew}
    found = (each for each in (change.date, *change.scope) if each.id in changed)
    return next(found, change.date)


def _gone_on(change: Change, planned: ChangePlan, *, by: Person, now: datetime) -> Booking:
    """The new booking that the dates of the scope belong to from now on, with their history."""
    old = change.booking
    new = Booking(
        uid=new_uid(),
        title=old.title,
        organiser_id=old.organiser_id,
        organisation_id=old.organisation_id,
        category_id=old.category_id,
        activity_id=old.activity_id,
        timezone=old.timezone,
        created_at=old.created_at,  # that is when these dates were booked
        meeting_url=old.meeting_url,
        set_aside=list(old.set_aside),
        continues_id=old.id,
    )
    db.session.add(new)
    db.session.flush()
    new.version = old.version + 1  # whoever read one of these dates before comes second
    ask_for(new, asked_things(old))
    copy_guests(old.id, new.id)
    ids = [date.id for date in change.scope]
    for date in change.scope:
        date.booking = new
    db.session.execute(
        update(History)
        .where(History.booking_id == old.id, History.date_id.in_(ids))  # the former by index
        .values(booking_id=new.id),
        execution_options={"synchronize_session": False},
    )
    old.recurrence = planned.rules[0]
    old.version += 1
    record(
        "split", old, by=by, now=now, continued_by=new.id, start=change.scope[0].original_start_at.isoformat()
    )
    return new


def _write_down(
    change: Change,
    planned: ChangePlan,
    booking: Booking,
    told: Mapping[str, object],
    *,
    by: Person,
    now: datetime,
) -> None:
    # Other words are those of all; another time is that of the dates that came to have it.
    count = len(change.scope if change.before else planned.anew or change.scope)
    facts: dict[str, Any] = {"dates": count, **told}
    moved = [anew.date for anew in planned.anew if anew.planned.moved]
    if moved:
        facts["moved"] = [date.starts_at.isoformat() for date in moved]
    facts |= stays_facts(planned.stays)
    if change.before:
        facts |= {"continues": change.booking.id, **left_out_after_split(change.booking)}
        facts |= stayed_facts(change.stayed_before, planned.stays)
    record("continued" if change.before else "changed", booking, by=by, now=now, **facts)
