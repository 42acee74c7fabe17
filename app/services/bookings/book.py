"""Making a booking."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol
from uuid import uuid4

from app.domain.errors import Clash, Refused, Taken
from app.domain.recurrence import normal_form, without_first
from app.models import Booking, BookingResource, Person, Pool, Resource
from app.services.bookings.left_behind import left_out_facts
from app.services.bookings.plan import LeftOut, Plan, Planned, plan, plan_of
from app.services.bookings.slots import add_booking, add_dates, add_slots
from app.services.bookings.suggest import suggestions
from app.services.bookings.wish import Understood, Wish, understand
from app.services.directory import standing_directory
from app.services.guests import add_guests
from app.services.history import mark_changed, record
from app.services.transaction import use_case

TRIES = 8


class Alongside(Protocol):
    """What belongs into the transaction of a booking: done before it, and after it."""

    def before(self) -> None: ...

    def after(self, booking: Booking, planned: Plan) -> None: ...


def book(wish: Wish, *, by: Person, now: datetime, alongside: Alongside | None = None) -> Booking:
    """Books all of it or nothing.

    Refused with every broken rule; Taken with the clashes and up to two free alternatives.
    """
    clashes_named: tuple[Clash, ...] = ()
    for _ in range(TRIES):
        # The rules are read before others have to wait for us; inside, only whether they still stand.
        understood = _looked_up(wish, by=by, now=now)
        try:
            return _book(wish, understood, by=by, now=now, alongside=alongside)
        except Taken as taken:
            clashes_named = taken.clashes
            if clashes_named:
                break
            # The guard refused: somebody was faster between our look and our insert.
            # Looking again names the clash, or finds the next free member of a pool.
    raise Taken(clashes_named, suggestions(wish, by=by, now=now))


def preview(wish: Wish, *, by: Person, now: datetime) -> tuple[Clash, ...]:
    """Says what `book` would say, and books nothing: Refused, or the clashes (none: it is free)."""
    return plan(wish, by=by, now=now).clashes


def _looked_up(wish: Wish, *, by: Person, now: datetime) -> Understood | None:
    """What the wish means by the rules of this moment; None where it is refused, which is said inside."""
    try:
        return understand(wish, by=by, now=now)
    except Refused:
        return None


@use_case
def _book(
    wish: Wish, understood: Understood | None, *, by: Person, now: datetime, alongside: Alongside | None
) -> Booking:
    if alongside:
        alongside.before()
    with standing_directory() as known:
        if understood is None or understood.mark != known.mark:
            understood = understand(wish, by=by, now=now)
        planned = plan_of(wish, understood, by=by, now=now)
        if planned.clashes:
            raise Taken(planned.clashes)
        booking = _carried_out(planned, wish, understood, by=by, now=now)
        if alongside:
            alongside.after(booking, planned)
    return booking


def _carried_out(planned: Plan, wish: Wish, understood: Understood, *, by: Person, now: datetime) -> Booking:
    columns = {
        "uid": new_uid(),
        "title": understood.title,
        "organiser_id": by.id,
        "organisation_id": understood.organisation.id,
        "category_id": understood.organisation.category_id,
        "activity_id": understood.activity.id,
        "timezone": understood.office.timezone,
        "recurrence": _rule_of(wish, planned),
        "created_at": now,
        "meeting_url": wish.meeting_url or None,
        "set_aside": sorted({each.code for each in planned.set_aside}),
    }
    booking = add_booking(columns, _asked_for(planned.asked))
    uses = [(each.interval, status_of(each)) for each in planned.dates]
    dates = add_dates(booking, uses, now, wish.originals)
    add_slots(
        (date, leaf) for date, each in zip(dates, planned.dates, strict=True) for leaf in each.resources
    )
    record("booked", booking, by=by, now=now, **_facts(planned))
    add_guests(booking.id, wish.guests or (), but=by.email)
    held = {leaf.id for each in planned.dates for leaf in each.resources}
    mark_changed(held, [by.id], now)
    return booking


def status_of(planned: Planned) -> str:
    """What a date is as soon as it is held."""
    return "requested" if planned.needs_approval else "confirmed"


def new_uid() -> str:
    """What a booking is called in calendars."""
    return f"{uuid4()}@motesplats"


def _rule_of(wish: Wish, planned: Plan) -> str | None:
    """The rule, counting from the first date that is booked."""
    if wish.recurrence is None:
        return None
    rule, originals = normal_form(wish.recurrence), wish.originals

    def by_rule(each: Planned | LeftOut) -> datetime:
        return originals.get(each.interval, each.interval.start)

    first = min(map(by_rule, planned.dates))
    before = sum(by_rule(each) < first for each in planned.left_out)
    return without_first(rule, before) if before else rule


def _facts(planned: Plan) -> dict[str, Any]:
    """What the history keeps of a plan beyond what the booking says itself."""
    left_out = [each for each in planned.left_out if each.reason]
    reasons = Counter(each.reason for each in left_out)
    waiting = sum(each.needs_approval for each in planned.dates)
    facts = {
        "to_approve": waiting if waiting < len(planned.dates) else 0,
        "moved": [each.interval.start.isoformat() for each in planned.dates if each.moved],
        "left_out": dict(reasons),
        "set_aside": sorted({each.code for each in planned.set_aside}),
    }
    told = {name: fact for name, fact in facts.items() if fact}
    status = "requested" if waiting == len(planned.dates) else "confirmed"
    return {"status": status, **told, **left_out_facts(left_out)}


def ask_for(booking: Booking, things: Sequence[Resource | Pool]) -> None:
    """Keeps what was asked for, apart from the slots held."""
    booking.asked_for = [BookingResource(**columns) for columns in _asked_for(things)]


def _asked_for(things: Sequence[Resource | Pool]) -> list[dict[str, int | None]]:
    return [
        {
            "position": position,
            "resource_id": None if isinstance(each, Pool) else each.id,
            "pool_id": each.id if isinstance(each, Pool) else None,
        }
        for position, each in enumerate({(type(each), each.id): each for each in things}.values())
    ]
