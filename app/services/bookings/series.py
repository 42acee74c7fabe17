"""Changing a series: all of it, or one date and those after it, which then go on as another booking."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from itertools import pairwise
from typing import Any

from sqlalchemy import update

from app.domain.errors import Clash, Refusal, Refused, Taken, without_repetition
from app.domain.interval import Interval
from app.domain.localtime import zone
from app.domain.recurrence import normal_form
from app.domain.shifting import Shift, cut, pattern, shifted
from app.extensions import db
from app.models import Booking, BookingDate, History, Person
from app.services.bookings.anew import Anew, ask_anew, hold_anew, say_anew, set_aside_anew, tell_anew
from app.services.bookings.asked import Wish
from app.services.bookings.book import ask_for, new_uid
from app.services.bookings.cancel import dates_in_scope, load_slots
from app.services.bookings.plan import Plan, plan_of
from app.services.bookings.standing import why_not_change
from app.services.bookings.things import asked_things, holds_the_same, things_of
from app.services.bookings.wish import Understood, understand
from app.services.guests import copy_guests
from app.services.history import changed_from, facts_of, mark_changed, record

Things = tuple[str, ...]  # their slugs


class Change:
    """What a wish for one date of a series means for the others in its scope."""

    def __init__(self, date: BookingDate, wish: Wish, scope: str, now: datetime) -> None:
        self.date, self.booking, self.now = date, date.booking, now
        self.wish = replace(wish, recurrence=None, skip=frozenset())
        ids = set(dates_in_scope(date.booking, date.id, scope))
        ordered = sorted(date.booking.dates, key=lambda each: each.original_start_at)
        self.before = [each for each in ordered if each.id not in ids]
        self.scope = [each for each in ordered if each.id in ids]
        self.things = {each.id: _slugs(each) for each in self.scope}
        self.usual_length = _usual([each.ends_at - each.starts_at for each in self.scope])
        self.usual_things = _usual([*self.things.values()])
        self.same_time = (wish.start, wish.end) == (date.starts_at, date.ends_at)
        self.same_things = holds_the_same(wish, date)
        self.same_organisation = wish.organisation == date.booking.organisation.slug

    @cached_property
    def shift(self) -> Shift | None:
        """Where the series goes; None where it keeps its time."""
        if self.same_time:
            return None
        return Shift.between(self.date.original_start_at, self.wish.start, zone(self.booking.timezone))

    def original(self, date: BookingDate) -> datetime:
        """When the series has a date from now on, wherever that itself is."""
        return self.shift.of(date.original_start_at) if self.shift else date.original_start_at

    def uses(self) -> dict[int, tuple[BookingDate, Interval, Things | None]]:
        """The dates that come to hold something else: when, and what (None: what the wish names)."""
        found = {}
        for date in self.scope:
            if why_not_change(date, self.now) or (self._has_own_time(date) and date is not self.date):
                continue
            things = self._new_things(date)
            use = self._new_use(date)
            unmoved = use == Interval(date.starts_at, date.ends_at)
            if not unmoved or things != self.things[date.id] or not self.same_organisation:
                found[date.id] = (date, use, things)
        return found

    def _has_own_time(self, date: BookingDate) -> bool:
        return (date.starts_at, date.ends_at - date.starts_at) != (date.original_start_at, self.usual_length)

    def _new_use(self, date: BookingDate) -> Interval:
        if self.shift is None:
            return Interval(date.starts_at, date.ends_at)
        if date is self.date:
            return Interval(self.wish.start, self.wish.end)
        start = self.original(date)
        return Interval(start, start + (self.wish.end - self.wish.start))

    def _new_things(self, date: BookingDate) -> Things | None:
        """A date in a room of its own keeps that."""
        own = date is not self.date and self.things[date.id] != self.usual_things
        return self.things[date.id] if self.same_things or own else None


def change_series(date: BookingDate, wish: Wish, scope: str, *, by: Person, now: datetime) -> BookingDate:
    """In the caller's transaction. Refused, Taken with everything that is in the way."""
    load_slots(date.booking)
    change = Change(date, wish, scope, now)
    _refuse_what_stands(change, scope)
    rules = _rules(change)
    understood, plans = _planned(change, by=by, now=now)
    former = [slot.resource_id for each in change.scope for slot in each.slots]
    before = facts_of(date)
    booking = _gone_on(change, understood, rules, by=by, now=now) if change.before else date.booking
    booking.recurrence = rules[1]
    for each in change.scope:
        each.original_start_at = change.original(each)
    say_anew(booking, change.wish, understood)
    set_aside_anew(booking, [refusal for plan, _ in plans for refusal in plan.set_aside])
    if not change.before:
        booking.version += 1  # once, with the first that is written
    hold_anew([anew for _, changes in plans for anew in changes])
    tell_anew(change.scope, now)
    ask_anew(booking, [thing for plan, _ in plans for thing in plan.asked])
    db.session.flush()
    elsewhere = [anew.date for _, changes in plans for anew in changes if anew.planned.moved]
    _write_down(change, booking, elsewhere, changed_from(before, date), by=by, now=now)
    held = [slot.resource_id for each in change.scope for slot in each.slots]
    mark_changed([*former, *held], [booking.organiser_id], now)
    return date


def _refuse_what_stands(change: Change, scope: str) -> None:
    """Refused where the date itself stands and another booking would begin with it, or where all stand."""
    refusal = why_not_change(change.date, change.now)
    if refusal and (change.before or all(why_not_change(each, change.now) for each in change.scope)):
        raise Refused(refusal)


def _rules(change: Change) -> tuple[str | None, str | None]:
    """The rule of the dates before, and that of those in the scope."""
    rule, tz = change.booking.recurrence, zone(change.booking.timezone)
    if rule is None:
        return None, None
    rule = normal_form(rule)
    said = pattern(rule, [each.original_start_at for each in change.booking.dates], tz)
    ended: str | None = None
    if change.before:
        place = said.index(change.scope[0].original_start_at)
        ended, rule = cut(rule, said, place, tz)
        said = said[place:]
    return ended, shifted(rule, said, change.shift) if change.shift else rule


def _planned(
    change: Change, *, by: Person, now: datetime
) -> tuple[Understood, list[tuple[Plan, list[Anew]]]]:
    """What the dates come to hold: those of the same things together. Refused and Taken say all at once."""
    together: dict[Things | None, list[tuple[BookingDate, Interval]]] = {}
    uses = change.uses()
    for date, use, things in uses.values():
        together.setdefault(things, []).append((date, use))
    if any(one.end > other.start for one, other in pairwise(sorted(use for _, use, _ in uses.values()))):
        raise Refused(Refusal("series_overlaps_itself", "end"))
    if not together:  # other words alone
        wish = replace(change.wish, resources=change.things[change.date.id], sites=())
        return understand(wish, by=by, now=now, dates=()), []
    refusals: list[Refusal] = []
    understood: dict[Things | None, tuple[Wish, Understood]] = {}
    for things, dates in together.items():
        wish = change.wish if things is None else replace(change.wish, resources=things, sites=())
        try:
            meant = understand(wish, by=by, now=now, dates=[use for _, use in dates], but_dates=list(uses))
        except Refused as refused:
            refusals += refused.refusals
        else:
            understood[things] = wish, meant
    if refusals:
        raise Refused(*without_repetition(refusals))
    plans = [
        (plan_of(wish, meant, by=by, now=now, but_dates=list(uses)), together[things])
        for things, (wish, meant) in understood.items()
    ]
    clashes = [clash for plan, _ in plans for clash in plan.clashes]
    if clashes:
        raise Taken(tuple(sorted(clashes, key=_in_time)))
    changes = [
        (
            plan,
            [
                Anew(date, each, plan.needs_approval)
                for (date, _), each in zip(dates, plan.dates, strict=True)
            ],
        )
        for plan, dates in plans
    ]
    return next(meant for _, meant in understood.values()), changes


def _in_time(clash: Clash) -> tuple[datetime, datetime, str]:
    return (clash.wanted.start if clash.wanted else clash.start, clash.start, clash.resource)


def _gone_on(
    change: Change, understood: Understood, rules: tuple[str | None, str | None], *, by: Person, now: datetime
) -> Booking:
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
    ask_for(new, asked_things(old))
    copy_guests(old.id, new.id)
    ids = [date.id for date in change.scope]
    for date in change.scope:
        date.booking = new
    db.session.execute(
        update(History).where(History.date_id.in_(ids)).values(booking_id=new.id),
        execution_options={"synchronize_session": False},
    )
    old.recurrence = rules[0]
    old.version += 1
    record(
        "split", old, by=by, now=now, continued_by=new.id, start=change.scope[0].original_start_at.isoformat()
    )
    return new


def _write_down(
    change: Change,
    booking: Booking,
    moved: Sequence[BookingDate],
    told: Mapping[str, object],
    *,
    by: Person,
    now: datetime,
) -> None:
    facts: dict[str, Any] = {"dates": len(change.scope), **told}
    if moved:
        facts["moved"] = [date.starts_at.isoformat() for date in moved]
    if change.before:
        facts["continues"] = change.booking.id
    record("continued" if change.before else "changed", booking, by=by, now=now, **facts)


def _slugs(date: BookingDate) -> Things:
    return tuple(thing.slug for thing in things_of(date))


def _usual(values: Sequence[Any]) -> Any:
    """What comes most often; of equals the first."""
    return Counter(values).most_common(1)[0][0]
