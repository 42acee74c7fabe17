"""Whatever is done in whatever order, no resource is held twice at one time, buffers and parts included.

A state machine books single dates and series, wholes, parts and pools, moves, cancels, takes back, approves,
declines, checks in and ends, while time goes on. What may be refused as taken is told by plain arithmetic
over the slots that are live: a time that is free is booked, one that is not is never.
"""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from app.domain.errors import DomainError, Refused, Taken
from app.extensions import db
from app.models import Booking, BookingDate, Pool, Resource, ResourcePart, Slot
from app.models.booking import LIVE_STATUSES
from app.services import approval, bookings, presence
from app.services.bookings import Wish
from tests.databases import both
from tests.factories import Factory

MONDAY = datetime(2026, 10, 19, 6, 0, tzinfo=UTC)  # 08:00 in Stockholm; its series reach over 25 October
QUARTER = timedelta(minutes=15)
BUFFERS = {"granen": (0, 15), "vast": (15, 0), "ost": (0, 30)}  # minutes before and after
LEAVES = {
    "tallen": ("tallen",),
    "granen": ("granen",),
    "vast": ("vast",),
    "ost": ("ost",),
    "aulan": ("ost", "vast"),
    "storstugan": ("storstugan",),
}
POOL = ("plats-1", "plats-2")

REFUSED = ("in_past", "outside_opening_hours", "closed")
STANDS = ("has_started", "is_over", "already_checked_in", "cannot_change")

things = st.sampled_from([*LEAVES, "platser"])
days = st.integers(0, 2)
quarters = st.integers(0, 16)
lengths = st.integers(1, 8)
repeats = st.sampled_from([None, None, None, "FREQ=DAILY;COUNT=3", "FREQ=WEEKLY;COUNT=3"])
picks = st.integers(0, 1000)

Held = tuple[str, datetime, datetime]  # a resource with its block


class Office(RuleBasedStateMachine):
    """One office over a few days."""

    def __init__(self, app: Flask) -> None:
        super().__init__()
        self.now = MONDAY - timedelta(hours=2)
        connection = db.engines[None]
        self.savepoint = connection.begin_nested()

    @initialize()
    def furnish(self) -> None:
        make = Factory(self.now)
        pool = Pool(office_id=make.office().id, slug="platser", name="Platser")
        db.session.add(pool)
        db.session.commit()
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
        db.session.commit()
        self.member, self.host = make.person(), make.host()

    def teardown(self) -> None:
        db.session.remove()
        self.savepoint.rollback()

    @rule(thing=things, day=days, quarter=quarters, length=lengths, repeat=repeats)
    def book(self, thing: str, day: int, quarter: int, length: int, repeat: str | None) -> None:
        wish = self._wish(thing, day, quarter, length, repeat)
        free = self._fits(thing, self._uses(wish), self._live())
        outcome = self._outcome(lambda: bookings.book(wish, by=self.member, now=self.now))
        assert outcome in (("booked" if free else "taken"), *REFUSED)

    @rule(pick=picks, thing=things, day=days, quarter=quarters, length=lengths)
    def move(self, pick: int, thing: str, day: int, quarter: int, length: int) -> None:
        date = self._some_date(pick)
        if date is None:
            return
        own = {slot.id for slot in date.slots}
        others = [held for number, held in self._live_by_slot().items() if number not in own]
        wish, version = self._wish(thing, day, quarter, length), date.booking.version
        free = self._fits(thing, self._uses(wish), others)
        outcome = self._outcome(
            lambda: bookings.change(date.id, wish, version=version, by=self.member, now=self.now)
        )
        assert outcome in (("booked" if free else "taken"), *REFUSED, *STANDS)

    @rule(pick=picks, whole=st.booleans())
    def cancel(self, pick: int, whole: bool) -> None:
        date = self._some_date(pick)
        if date is None:
            return
        dates = None if whole else [date.id]
        with suppress(Refused):
            bookings.cancel(date.booking.id, by=self.member, now=self.now, dates=dates)

    @rule(pick=picks)
    def take_back(self, pick: int) -> None:
        date = self._some_date(pick, "cancelled")
        if date is None:
            return
        wanted = [self._block(slot.resource.slug, slot.starts_at, slot.ends_at) for slot in date.slots]
        free = not any(_overlap(one, other) for one in wanted for other in self._live())
        outcome = self._outcome(lambda: bookings.restore(date.id, by=self.member, now=self.now))
        assert outcome in ("cannot_restore" if date.ends_at <= self.now else "booked" if free else "taken",)

    @rule(pick=picks, what=st.sampled_from(["approve", "decline", "check_in", "no_show", "undo", "end"]))
    def decide(self, pick: int, what: str) -> None:
        date = self._some_date(pick)
        if date is None:
            return
        uses: dict[str, Callable[..., object]] = {
            "approve": approval.approve,
            "decline": approval.decline,
            "check_in": presence.check_in,
            "no_show": presence.mark_no_show,
            "undo": presence.undo_presence,
            "end": presence.end_early,
        }
        with suppress(DomainError):
            uses[what](date.id, by=self.host, now=self.now)

    @rule(minutes=st.sampled_from([15, 60, 240, 1440]))
    def time_goes_on(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @invariant()
    def never_two(self) -> None:
        by_resource: dict[str, list[Held]] = {}
        for held in self._live():
            by_resource.setdefault(held[0], []).append(held)
        for blocks in by_resource.values():
            for one, other in pairwise(sorted(blocks, key=lambda held: held[1])):
                assert one[2] <= other[1]

    @invariant()
    def a_date_holds_what_it_says(self) -> None:
        db.session.rollback()
        for date in db.session.scalars(select(BookingDate)):
            assert date.slots
            for slot in date.slots:
                assert slot.live == (date.status in LIVE_STATUSES)
                assert (slot.starts_at, slot.ends_at) == (date.starts_at, date.ends_at)
                assert self._block(slot.resource.slug, slot.starts_at, slot.ends_at) == (
                    slot.resource.slug,
                    slot.blocks_from,
                    slot.blocks_until,
                )
            if len(date.booking.dates) == 1:
                asked = [each.resource or each.pool for each in date.booking.asked_for]
                held = {slot.resource.slug for slot in date.slots}
                (slug,) = (each.slug for each in asked if each)
                assert held == set(LEAVES[slug]) if slug in LEAVES else held < set(POOL)

    def _outcome(self, act: Callable[[], object]) -> str:
        """ "booked", "taken", or the first rule that is broken."""
        try:
            act()
        except Taken:
            return "taken"
        except Refused as refused:
            return refused.refusals[0].code
        return "booked"

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

    def _fits(self, thing: str, uses: Sequence[tuple[datetime, datetime]], live: Iterable[Held]) -> bool:
        taken = list(live)

        def free(leaf: str, start: datetime, end: datetime) -> bool:
            wanted = self._block(leaf, start, end)
            return not any(_overlap(wanted, other) for other in taken)

        if thing in LEAVES:
            return all(free(leaf, *use) for leaf in LEAVES[thing] for use in uses)
        return all(any(free(leaf, *use) for leaf in POOL) for use in uses)

    def _block(self, slug: str, start: datetime, end: datetime) -> Held:
        before, after = BUFFERS.get(slug, (0, 0))
        return slug, start - timedelta(minutes=before), end + timedelta(minutes=after)

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


def _overlap(one: Held, other: Held) -> bool:
    return one[0] == other[0] and one[1] < other[2] and other[1] < one[2]


@both
@pytest.mark.filterwarnings("ignore::hypothesis.errors.NonInteractiveExampleWarning")
def test_never_two_whatever_is_done(app: Flask) -> None:
    short = settings(
        max_examples=10,
        stateful_step_count=20,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.explicit, Phase.generate),  # shrinking would take minutes
        print_blob=False,
    )
    run_state_machine_as_test(lambda: Office(app), settings=short)
