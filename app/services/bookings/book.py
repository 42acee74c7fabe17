"""Making a booking."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Protocol
from uuid import uuid4

from app.domain.errors import Alternative, Clash, Refused, Taken
from app.domain.interval import Interval
from app.extensions import db
from app.models import Booking, BookingDate, BookingResource, Person, Pool, Resource
from app.services.availability import alternatives
from app.services.bookings.slots import add_slots, clashes, is_free
from app.services.bookings.wish import Asked, Understood, Wish, understand
from app.services.directory import directory
from app.services.history import mark_changed, record
from app.services.transaction import use_case

TRIES = 8


class Alongside(Protocol):
    """What belongs into the transaction of a booking: done before it, and after it."""

    def before(self) -> None: ...

    def after(self, booking: Booking) -> None: ...


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
    try:
        list(leaves_held(_without_taken(wish, understand(wish, by=by, now=now))))
    except Taken as taken:
        return taken.clashes
    return ()


def suggestions(wish: Wish, *, by: Person, now: datetime) -> tuple[Alternative, ...]:
    """Up to two free alternatives to a single date on a single resource."""
    understood = understand(wish, by=by, now=now)
    if len(understood.dates) > 1 or len(understood.asked) > 1:
        return ()
    asked = understood.asked[0]
    if isinstance(asked.thing, Pool):
        return ()
    return alternatives(asked.thing, understood.dates[0], now=now)


def _looked_up(wish: Wish, *, by: Person, now: datetime) -> Understood | None:
    """What the wish means by the rules of this moment; None where it is refused, which is said inside."""
    try:
        return understand(wish, by=by, now=now)
    except Refused:
        return None


def _without_taken(wish: Wish, understood: Understood) -> Understood:
    """Only the dates that are free, where that was asked for; all of them where none is."""
    if "taken" not in wish.skip:
        return understood
    free = tuple(date for date in understood.dates if _can_be_held(understood, date))
    return replace(understood, dates=free or understood.dates)


def _can_be_held(understood: Understood, date: Interval) -> bool:
    try:
        list(leaves_held(replace(understood, dates=(date,))))
    except Taken:
        return False
    return True


@use_case
def _book(
    wish: Wish, understood: Understood | None, *, by: Person, now: datetime, alongside: Alongside | None
) -> Booking:
    if alongside:
        alongside.before()
    if understood is None or understood.mark != directory().mark:
        understood = understand(wish, by=by, now=now)
    understood = _without_taken(wish, understood)
    held = list(leaves_held(understood))
    booking = Booking(
        uid=f"{uuid4()}@motesplats",
        title=understood.title,
        organiser_id=by.id,
        organisation_id=understood.organisation.id,
        category_id=understood.organisation.category_id,
        activity_id=understood.activity.id,
        timezone=understood.office.timezone,
        recurrence=wish.recurrence,
        created_at=now,
    )
    status = "requested" if understood.needs_approval else "confirmed"
    dates = [
        BookingDate(
            booking=booking,
            original_start_at=date.start,
            starts_at=date.start,
            ends_at=date.end,
            status=status,
            changed_at=now,
        )
        for date in understood.dates
    ]
    db.session.add(booking)
    ask_for(booking, understood.asked)
    by_time = {date.starts_at: date for date in dates}
    add_slots((by_time[use.start], leaf) for leaf, use in held)
    record("booked", booking, by=by, now=now, status=status)
    mark_changed([leaf.id for leaf, _ in held], [by.id], now)
    if alongside:
        alongside.after(booking)
    return booking


def ask_for(booking: Booking, asked: Sequence[Asked]) -> None:
    """Keeps what was asked for, apart from the slots held."""
    booking.asked_for = [
        BookingResource(
            position=position,
            resource_id=None if isinstance(each.thing, Pool) else each.thing.id,
            pool_id=each.thing.id if isinstance(each.thing, Pool) else None,
        )
        for position, each in enumerate(asked)
    ]


def leaves_held(understood: Understood, but_date: int | None = None) -> Iterator[tuple[Resource, Interval]]:
    """Each leaf with each date it is held for. Taken where something is in the way.

    Of a pool the same member for all dates where one is free throughout, else whichever is free.
    """
    in_the_way: list[Clash] = []
    taken: set[int] = set()
    for asked in understood.asked:
        for leaf, use in _chosen(asked, understood.dates, taken, in_the_way, but_date):
            taken.add(leaf.id)
            yield leaf, use
    if in_the_way:
        raise Taken(tuple(in_the_way))


def _chosen(
    asked: Asked, dates: Sequence[Interval], taken: set[int], in_the_way: list[Clash], but_date: int | None
) -> Iterator[tuple[Resource, Interval]]:
    if isinstance(asked.thing, Pool):
        unused = [choice for choice in asked.choices if not any(leaf.id in taken for leaf in choice)]
        choices = unused or list(asked.choices)
    else:  # a part may have been asked for beside the whole: it is held once
        choices = [tuple(leaf for leaf in choice if leaf.id not in taken) for choice in asked.choices]
    for choice in choices:
        if all(is_free(leaf, dates, but_date=but_date) for leaf in choice):
            yield from ((leaf, use) for leaf in choice for use in dates)
            return
    for use in dates:
        free = [
            choice for choice in choices if all(is_free(leaf, [use], but_date=but_date) for leaf in choice)
        ]
        if free:
            yield from ((leaf, use) for leaf in free[0])
        else:
            in_the_way += clashes([(leaf, use) for leaf in choices[0]], but_date=but_date)
