"""An office to do anything in, and what is held there by plain arithmetic over the slots that are live."""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta

from flask import Flask
from hypothesis.stateful import RuleBasedStateMachine, initialize
from sqlalchemy import select

from app.domain.errors import DomainError, Refused, Taken
from app.extensions import db
from app.models import Booking, BookingDate, BookingResource, History, Resource, ResourcePart, Slot
from app.services.bookings import Wish
from tests.factories import Factory

MONDAY = datetime(2026, 10, 19, 6, 0, tzinfo=UTC)  # 08:00 in Stockholm; its series reach over 25 October
QUARTER = timedelta(minutes=15)
BUFFERS = {
    "granen": (0, 15),
    "vast": (15, 0),
    "ost": (0, 30),
    "norra": (0, 15),
    "sodra": (0, 15),
}  # minutes before and after
LEAVES = {
    "tallen": ("tallen",),
    "granen": ("granen",),
    "vast": ("vast",),
    "ost": ("ost",),
    "aulan": ("ost", "vast"),
    "storstugan": ("storstugan",),
}
POOL = ("plats-1", "plats-2")
FAR_AWAY = ("norra", "sodra")  # the rooms of the other office
WRITTEN = (Booking, BookingDate, Slot, BookingResource, History)

Held = tuple[str, datetime, datetime]  # a resource with its block


class Furnished(RuleBasedStateMachine):
    """One office over a few days, and one far away."""

    def __init__(self, app: Flask) -> None:
        super().__init__()
        self.now = MONDAY - timedelta(hours=2)
        connection = db.engines[None]
        self.savepoint = connection.begin_nested()

    @initialize()
    def furnish(self) -> None:
        make = Factory(self.now)
        pool = make.pool("platser")
        for slug in ("tallen", "granen", "vast", "ost", "storstugan"):
            before, after = BUFFERS.get(slug, (0, 0))
            make.room(
                slug,
                buffer_before_minutes=before,
                buffer_after_minutes=after,
                approval=slug == "storstugan",
            )
        whole = make.room("aulan")
        for part in ("vast", "ost"):
            db.session.add(ResourcePart(whole_id=whole.id, part_id=make.room(part).id))
        for slug in POOL:
            make.room(slug, kind="desk", pool_id=pool.id)
        for slug, capacity in zip(FAR_AWAY, (4, 8), strict=True):
            make.room(slug, office="umea", capacity=capacity, buffer_after_minutes=15)
        db.session.commit()
        self.member, self.host = make.person(), make.host()

    def teardown(self) -> None:
        db.session.remove()
        self.savepoint.rollback()

    def _slug(self, asked: BookingResource) -> str:
        thing = asked.resource or asked.pool
        return thing.slug if thing else ""

    def _outcome(self, act: Callable[[], object]) -> str:
        """ "booked", "taken", or the first rule that is broken. What is refused is as it was before."""
        before = self._written()
        try:
            act()
        except Taken:
            assert self._written() == before
            return "taken"
        except Refused as refused:
            assert self._written() == before
            return refused.refusals[0].code
        except DomainError as other:
            assert self._written() == before
            return other.code
        return "booked"

    def _written(self) -> list[list[tuple[object, ...]]]:
        """Every row that booking writes."""
        tables = [model.__table__ for model in WRITTEN]
        return [
            [tuple(row) for row in db.session.execute(table.select().order_by(*table.primary_key))]
            for table in tables
        ]

    def _wish(self, thing: str, day: int, quarter: int, length: int, repeat: str | None = None) -> Wish:
        start = MONDAY + timedelta(days=day) + quarter * QUARTER
        return Wish((thing,), start, start + length * QUARTER, "Möte", "granit", "meeting", repeat)

    def _uses(self, wish: Wish) -> list[tuple[datetime, datetime]]:
        """On the wall clock: a week after 25 October the same local time is an hour later in UTC."""
        step = timedelta(days=7 if "WEEKLY" in (wish.recurrence or "") else 1)
        starts = [wish.start + number * step for number in range(3 if wish.recurrence else 1)]
        winter = datetime(2026, 10, 25, 1, tzinfo=UTC)
        starts = [start + timedelta(hours=1) if start > winter else start for start in starts]
        return [(start, start + (wish.end - wish.start)) for start in starts]

    def _leaf_fits(self, leaf: str, use: tuple[datetime, datetime], live: Iterable[Held]) -> bool:
        return not any(overlap(self._block(leaf, *use), other) for other in live)

    def _fits(self, thing: str, uses: Sequence[tuple[datetime, datetime]], live: Iterable[Held]) -> bool:
        taken = list(live)

        if thing in LEAVES:
            return all(self._leaf_fits(leaf, use, taken) for leaf in LEAVES[thing] for use in uses)
        return all(any(self._leaf_fits(leaf, use, taken) for leaf in POOL) for use in uses)

    def _block(self, slug: str, start: datetime, end: datetime) -> Held:
        before, after = BUFFERS.get(slug, (0, 0))
        return slug, start - timedelta(minutes=before), end + timedelta(minutes=after)

    def _uses_by_date(self) -> dict[int, tuple[datetime, datetime, frozenset[str]]]:
        db.session.rollback()
        return {
            date.id: (date.starts_at, date.ends_at, frozenset(slot.resource.slug for slot in date.slots))
            for date in db.session.scalars(select(BookingDate))
        }

    def _live(self) -> list[Held]:
        return list(self._live_by_slot().values())

    def _live_by_slot(self) -> dict[int, Held]:
        columns = (Slot.id, Resource.slug, Slot.blocks_from, Slot.blocks_until)
        rows = db.session.execute(select(*columns).join(Slot.resource).where(Slot.live))
        return {number: (slug, start, end) for number, slug, start, end in rows}

    def _some_date(self, pick: int, *statuses: str) -> BookingDate | None:
        query = select(BookingDate).join(Booking).order_by(BookingDate.id)
        dates = db.session.scalars(query.where(BookingDate.status.in_(statuses)) if statuses else query).all()
        return dates[pick % len(dates)] if dates else None


def overlap(one: Held, other: Held) -> bool:
    return one[0] == other[0] and one[1] < other[2] and other[1] < one[2]
