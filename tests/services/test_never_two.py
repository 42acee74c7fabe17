"""Whatever is done in whatever order, no resource is held twice at one time, buffers and parts included.

A state machine books single dates and series, wholes, parts, pools and rooms at two offices, moves what is
in the way, changes this date, those after it or all, cancels, takes back, approves, declines, checks in,
releases and ends, while time goes on. What may be refused as taken is told by plain arithmetic over the slots
that are live: a time that is free is booked, one that is not is never. What is refused leaves nothing behind.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from itertools import combinations, pairwise
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from app.domain.interval import Interval
from app.domain.recurrence import expand
from app.extensions import db
from app.models import Booking, BookingDate
from app.models.booking import LIVE_STATUSES
from app.services import approval, bookings, presence, release
from app.services.bookings import Wish
from tests.databases import both
from tests.services.furnished import FAR_AWAY, LEAVES, POOL, QUARTER, Furnished, Held, overlap

STOCKHOLM = ZoneInfo("Europe/Stockholm")
REFUSED = ("in_past", "outside_opening_hours", "closed")
STANDS = ("has_started", "is_over", "already_checked_in", "cannot_change", "cannot_shift_series")

things = st.sampled_from([*LEAVES, "platser"])
days = st.integers(0, 2)
quarters = st.integers(0, 16)
lengths = st.integers(1, 8)
repeats = st.sampled_from([None, None, None, "FREQ=DAILY;COUNT=3", "FREQ=WEEKLY;COUNT=3"])
scopes = st.sampled_from(["this", "following", "all"])
picks = st.integers(0, 1000)


class Office(Furnished):
    """What is done in it, in whatever order."""

    @rule(thing=things, day=days, quarter=quarters, length=lengths, repeat=repeats)
    def book(self, thing: str, day: int, quarter: int, length: int, repeat: str | None) -> None:
        wish = self._wish(thing, day, quarter, length, repeat)
        free = self._fits(thing, self._uses(wish), self._live())
        outcome = self._outcome(lambda: bookings.book(wish, by=self.member, now=self.now))
        assert outcome in (("booked" if free else "taken"), *REFUSED)

    @rule(thing=st.sampled_from([*LEAVES]), day=days, quarter=quarters, length=lengths, repeat=repeats)
    def book_where_there_is_room(
        self, thing: str, day: int, quarter: int, length: int, repeat: str | None
    ) -> None:
        wish = replace(self._wish(thing, day, quarter, length, repeat), move=True)
        live = self._live()
        free = all(any(self._fits(room, [use], live) for room in LEAVES) for use in self._uses(wish))
        outcome = self._outcome(lambda: bookings.book(wish, by=self.member, now=self.now))
        assert outcome in (("booked" if free else "taken"), *REFUSED)

    @rule(day=days, quarter=quarters, length=lengths, repeat=repeats, people=st.sampled_from([2, 6]))
    def meet_from_afar(self, day: int, quarter: int, length: int, repeat: str | None, people: int) -> None:
        wish = self._wish("platser", day, quarter, length, repeat)
        wish = replace(wish, sites=("stockholm", "umea"), people=people)
        rooms, live = FAR_AWAY[people > 4 :], self._live()
        free = self._fits("platser", self._uses(wish), live) and all(
            any(self._fits(here, [use], live) for here in LEAVES)
            and any(self._leaf_fits(there, use, live) for there in rooms)
            for use in self._uses(wish)
        )
        outcome = self._outcome(lambda: bookings.book(wish, by=self.member, now=self.now))
        assert outcome in (("booked" if free else "taken"), *REFUSED)

    @rule(pick=picks, thing=things, day=days, quarter=quarters, length=lengths)
    def move(self, pick: int, thing: str, day: int, quarter: int, length: int) -> None:
        date = self._some_date(pick)
        if date is None:
            return
        own = {slot.id for slot in date.slots}
        others = [held for number, held in self._live_by_slot().items() if number not in own]
        version = date.booking.version
        wish = replace(self._wish(thing, day, quarter, length), title=date.booking.title)
        free = self._fits(thing, self._uses(wish), others)
        outcome = self._outcome(
            lambda: bookings.change(date.id, wish, version=version, by=self.member, now=self.now)
        )
        assert outcome in (("booked" if free else "taken"), *REFUSED, *STANDS)

    @rule(
        pick=picks,
        thing=st.none() | things,
        days=st.integers(-1, 2),
        quarter=quarters,
        scope=scopes,
        ways=st.sets(st.sampled_from(["move", "taken", "closed"])),
    )
    def change_more(
        self, pick: int, thing: str | None, days: int, quarter: int, scope: str, ways: set[str]
    ) -> None:
        """What was planned is what comes of it: each date has what it was to have, or what it had before."""
        date = self._some_date(pick)
        if date is None:
            return
        day = date.starts_at.replace(hour=6, minute=0) + timedelta(days=days)
        start, length = day + quarter * QUARTER, date.ends_at - date.starts_at
        named = (thing,) if thing else tuple(each.slug for each in bookings.things_of(date))
        title = date.booking.title if scope == "this" else "Ändrat"
        skip = frozenset(ways & {"taken", "closed"})
        wish = Wish(named, start, start + length, title, "granit", "meeting", skip=skip, move="move" in ways)
        number, version = date.id, date.booking.version
        before = self._uses_by_date()
        planned: list[bookings.ChangePlan] = []
        said = self._outcome(
            lambda: planned.append(
                bookings.plan_change(number, wish, scope=scope, by=self.member, now=self.now)
            )
        )
        outcome = self._outcome(
            lambda: bookings.change(number, wish, scope=scope, version=version, by=self.member, now=self.now)
        )
        if not planned:
            assert outcome == said
            return
        (plan,) = planned
        assert outcome == ("taken" if plan.clashes else "booked")
        new = (
            {}
            if plan.clashes
            else {
                each.date.id: (
                    each.planned.interval.start,
                    each.planned.interval.end,
                    frozenset(leaf.slug for leaf in each.planned.resources),
                )
                for each in plan.anew
            }
        )
        assert self._uses_by_date() == before | new

    @rule(pick=picks)
    def say_otherwise(self, pick: int) -> None:
        """Other words alone are never in anybody's way."""
        date = self._some_date(pick)
        if date is None:
            return
        named = tuple(each.slug for each in bookings.things_of(date))
        wish = Wish(named, date.starts_at, date.ends_at, "Andra ord", "granit", "meeting")
        version, live = date.booking.version, sorted(self._live())
        outcome = self._outcome(
            lambda: bookings.change(date.id, wish, scope="all", version=version, by=self.member, now=self.now)
        )
        assert outcome in ("booked", *STANDS)
        assert sorted(self._live()) == live

    @rule(pick=picks, whole=st.booleans())
    def cancel(self, pick: int, whole: bool) -> None:
        date = self._some_date(pick)
        if date is None:
            return
        booking = date.booking
        dates = None if whole else bookings.dates_in_scope(booking, date.id, "following")
        self._outcome(lambda: bookings.cancel(booking.id, by=self.member, now=self.now, dates=dates))

    @rule(pick=picks)
    def take_back(self, pick: int) -> None:
        date = self._some_date(pick, "cancelled")
        if date is None:
            return
        wanted = [self._block(slot.resource.slug, slot.starts_at, slot.ends_at) for slot in date.slots]
        free = not any(overlap(one, other) for one in wanted for other in self._live())
        outcome = self._outcome(lambda: bookings.restore(date.id, by=self.member, now=self.now))
        assert outcome in ("cannot_restore" if date.ends_at <= self.now else "booked" if free else "taken",)

    @rule(pick=picks)
    def take_all_back(self, pick: int) -> None:
        date = self._some_date(pick, "cancelled")
        if date is None:
            return
        booking = date.booking
        cancelled = [each for each in booking.dates if each.status == "cancelled" and each.ends_at > self.now]
        wanted = [
            self._block(slot.resource.slug, slot.starts_at, slot.ends_at)
            for each in cancelled
            for slot in each.slots
        ]
        live = self._live()
        free = not any(overlap(one, other) for one in wanted for other in live)
        free = free and not any(overlap(one, other) for one, other in combinations(wanted, 2))
        outcome = self._outcome(lambda: bookings.restore_dates(booking.id, by=self.member, now=self.now))
        assert outcome == ("cannot_restore" if not cancelled else "booked" if free else "taken")

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
        self._outcome(lambda: uses[what](date.id, by=self.host, now=self.now))

    @rule()
    def nobody_came(self) -> None:
        release.release_due(self.now)

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
            asked = [slug for each in date.booking.asked_for if (slug := self._slug(each))]
            if len(date.booking.dates) == 1 and len(asked) == 1:
                held = {slot.resource.slug for slot in date.slots}
                if asked[0] in LEAVES:
                    assert held in [set(leaves) for leaves in LEAVES.values()], "perhaps moved to one like it"
                else:
                    assert held < set(POOL)

    @invariant()
    def a_series_is_what_its_rule_says(self) -> None:
        for booking in db.session.scalars(select(Booking).where(Booking.recurrence.is_not(None))):
            starts = {date.original_start_at for date in booking.dates}
            first = Interval(min(starts), min(starts) + QUARTER)
            said = expand(str(booking.recurrence), first, STOCKHOLM)
            assert [date.start for date in said] == sorted(starts)
            assert booking.continues_id is None or booking.continues_id < booking.id


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
