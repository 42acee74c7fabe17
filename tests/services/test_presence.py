"""Check-in, no-show, early end, head counts, walk-ins, approval."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from app.domain.errors import NotAllowed, Refused, Taken
from app.extensions import db
from app.models import BookingDate, History, Person
from app.services import approval, bookings, presence
from app.services.bookings import Wish
from tests.databases import both
from tests.factories import HOUR, TEN, Factory


@pytest.fixture
def host(make: Factory) -> Person:
    make.room("tallen", buffer_after_minutes=15)
    return make.host()


@pytest.fixture
def member(make: Factory) -> Person:
    return make.person()


def wish(start: datetime = TEN, hours: float = 1) -> Wish:
    return Wish(("tallen",), start, start + hours * HOUR, "Möte", "granit", "meeting")


@pytest.fixture
def booked(host: Person, member: Person, now: datetime) -> BookingDate:
    return bookings.book(wish(), by=member, now=now).dates[0]


def code(refused: pytest.ExceptionInfo[Refused]) -> str:
    return refused.value.refusals[0].code


@both
def test_check_in_by_the_host_or_the_booker(booked: BookingDate, host: Person, member: Person) -> None:
    presence.check_in(booked.id, by=member, now=TEN - HOUR / 2)
    assert (booked.status, booked.checked_in_at, booked.slots[0].live) == ("checked_in", TEN - HOUR / 2, True)
    assert presence.check_in(booked.id, by=host, now=TEN).checked_in_at == TEN - HOUR / 2


def test_check_in_opens_half_an_hour_before(booked: BookingDate, member: Person) -> None:
    with pytest.raises(Refused) as refused:
        presence.check_in(booked.id, by=member, now=TEN - HOUR)
    assert code(refused) == "too_early_to_check_in"


@both
def test_once_it_is_over_only_a_host_checks_in(booked: BookingDate, host: Person, member: Person) -> None:
    with pytest.raises(Refused) as refused:
        presence.check_in(booked.id, by=member, now=TEN + HOUR)
    assert code(refused) == "too_late_to_check_in"
    assert presence.check_in(booked.id, by=host, now=TEN + HOUR).status == "checked_in"


@both
def test_a_no_show_releases_the_time(booked: BookingDate, host: Person, member: Person) -> None:
    with pytest.raises(Refused):
        presence.mark_no_show(booked.id, by=host, now=TEN - HOUR)
    presence.mark_no_show(booked.id, by=host, now=TEN)
    assert (booked.status, booked.slots[0].live) == ("no_show", False)
    bookings.book(wish(), by=member, now=TEN)


@both
def test_a_no_show_who_comes_after_all_gets_the_room_if_it_is_free(
    booked: BookingDate, host: Person, member: Person
) -> None:
    presence.mark_no_show(booked.id, by=host, now=TEN)
    presence.check_in(booked.id, by=host, now=TEN)
    presence.undo_presence(booked.id, by=host, now=TEN)
    presence.mark_no_show(booked.id, by=host, now=TEN)
    bookings.book(wish(), by=member, now=TEN)
    for late in (presence.check_in, presence.undo_presence):
        with pytest.raises(Taken):
            late(booked.id, by=host, now=TEN)
    assert booked.status == "no_show"


def test_only_hosts_mark_no_shows(booked: BookingDate, member: Person) -> None:
    with pytest.raises(NotAllowed):
        presence.mark_no_show(booked.id, by=member, now=TEN)


@both
def test_ending_early_ends_use_and_frees_the_rest_after_the_buffer(
    booked: BookingDate, host: Person, member: Person
) -> None:
    presence.end_early(booked.id, by=host, now=TEN + timedelta(minutes=30, seconds=20))
    (slot,) = booked.slots
    assert booked.ends_at == slot.ends_at == TEN + timedelta(minutes=30)
    assert slot.blocks_until == TEN + timedelta(minutes=45)
    bookings.book(wish(TEN + timedelta(minutes=45), 0.25), by=member, now=TEN)


@both
def test_ending_and_counting_twice_is_once(booked: BookingDate, host: Person) -> None:
    for minutes in (20, 21, 90):
        moment = TEN + timedelta(minutes=minutes)
        presence.count_heads(booked.id, women=3, men=None, other=None, by=host, now=moment)
        presence.end_early(booked.id, by=host, now=moment)
    assert booked.ends_at == TEN + timedelta(minutes=20)
    lines = db.session.scalars(select(History.action).where(History.date_id == booked.id))
    assert sorted(lines) == ["ended_early", "heads_counted"]


@both
def test_nobody_can_have_missed_what_was_counted(booked: BookingDate, host: Person) -> None:
    presence.count_heads(booked.id, women=0, men=2, other=None, by=host, now=TEN)
    assert "no_show" not in presence.open_actions(booked, by=host, now=TEN)
    with pytest.raises(Refused) as refused:
        presence.mark_no_show(booked.id, by=host, now=TEN)
    assert code(refused) == "no_show_was_counted"
    presence.check_in(booked.id, by=host, now=TEN)
    with pytest.raises(Refused) as refused:
        presence.mark_no_show(booked.id, by=host, now=TEN)
    assert code(refused) == "cannot_mark_no_show"
    presence.undo_presence(booked.id, by=host, now=TEN)
    presence.count_heads(booked.id, women=None, men=None, other=None, by=host, now=TEN)
    assert presence.mark_no_show(booked.id, by=host, now=TEN).status == "no_show"


@pytest.mark.parametrize("at", [TEN, TEN - HOUR, TEN + HOUR])
def test_only_what_is_running_ends_early(booked: BookingDate, host: Person, at: datetime) -> None:
    with pytest.raises(Refused) as refused:
        presence.end_early(booked.id, by=host, now=at)
    assert code(refused) == "cannot_end_early"


def test_head_counts(booked: BookingDate, host: Person) -> None:
    presence.count_heads(booked.id, women=3, men=None, other=None, by=host, now=TEN)
    assert (booked.women, booked.men, booked.other) == (3, 0, 0)
    presence.count_heads(booked.id, women=None, men=None, other=None, by=host, now=TEN)
    assert (booked.women, booked.men, booked.other) == (None, None, None)


@pytest.mark.parametrize("women", [-1, 10_001])
def test_absurd_head_counts_are_refused(booked: BookingDate, host: Person, women: int) -> None:
    with pytest.raises(Refused) as refused:
        presence.count_heads(booked.id, women=women, men=0, other=0, by=host, now=TEN)
    assert code(refused) == "bad_head_count"
    db.session.expire_all()
    assert booked.women is None


def test_heads_are_not_counted_before_the_start(booked: BookingDate, host: Person) -> None:
    with pytest.raises(Refused) as refused:
        presence.count_heads(booked.id, women=1, men=0, other=0, by=host, now=TEN - HOUR)
    assert code(refused) == "too_early_for_heads"


@both
def test_the_booker_counts_for_a_week_the_host_as_long_as_needed(
    booked: BookingDate, host: Person, member: Person
) -> None:
    counts = {"women": 1, "men": 2, "other": 0}
    presence.count_heads(booked.id, **counts, by=member, now=TEN + timedelta(days=7))
    with pytest.raises(Refused) as refused:
        presence.count_heads(booked.id, **counts, by=member, now=TEN + timedelta(days=7, hours=2))
    assert code(refused) == "too_late_for_heads"
    presence.count_heads(booked.id, **counts, by=host, now=TEN + timedelta(days=70))


MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("after", "status", "by_booker", "by_host"),
    [
        (-31 * MINUTE, "confirmed", set(), set()),
        (-30 * MINUTE, "confirmed", {"check_in"}, {"check_in"}),
        (0 * MINUTE, "confirmed", {"check_in", "heads"}, {"check_in", "heads", "no_show"}),
        (MINUTE, "confirmed", {"check_in", "heads", "end"}, {"check_in", "heads", "end", "no_show"}),
        (MINUTE, "checked_in", {"heads", "end"}, {"heads", "end", "undo"}),
        (-MINUTE, "requested", set(), {"approve", "decline"}),
        (MINUTE, "requested", set(), {"approve", "decline"}),
        (HOUR, "requested", set(), {"decline"}),
        (MINUTE, "cancelled", set(), set()),
        (MINUTE, "no_show", {"check_in"}, {"check_in", "undo"}),
        (HOUR, "no_show", set(), {"check_in"}),
        (HOUR, "confirmed", {"heads"}, {"check_in", "heads", "no_show"}),
        (timedelta(days=8), "checked_in", set(), {"heads"}),
    ],
)
def test_what_is_open_is_what_is_not_refused(
    booked: BookingDate,
    host: Person,
    member: Person,
    after: timedelta,
    status: str,
    by_booker: set[str],
    by_host: set[str],
) -> None:
    booked.status = status
    db.session.commit()
    counts = {"women": 1, "men": None, "other": None}
    for by, expected in ((member, by_booker), (host, by_host)):
        assert presence.open_actions(booked, by=by, now=TEN + after) == expected
        if "heads" in expected:
            presence.count_heads(booked.id, **counts, by=by, now=TEN + after)
            presence.count_heads(booked.id, women=None, men=None, other=None, by=by, now=TEN + after)
        else:
            with pytest.raises(Refused):
                presence.count_heads(booked.id, **counts, by=by, now=TEN + after)
        if "end" not in expected:
            with pytest.raises(Refused):
                presence.end_early(booked.id, by=by, now=TEN + after)
        if "check_in" not in expected and status != "checked_in":
            with pytest.raises(Refused):
                presence.check_in(booked.id, by=by, now=TEN + after)


def test_nothing_is_open_to_a_colleague(make: Factory, booked: BookingDate) -> None:
    colleague = make.person("colleague@example.org")
    assert presence.open_actions(booked, by=colleague, now=TEN + MINUTE) == set()
    for use_case in (presence.check_in, presence.end_early):
        with pytest.raises(NotAllowed):
            use_case(booked.id, by=colleague, now=TEN + MINUTE)
    with pytest.raises(NotAllowed):
        presence.count_heads(booked.id, women=1, men=0, other=0, by=colleague, now=TEN + MINUTE)


@both
def test_a_walk_in_is_booked_and_checked_in_at_once(host: Person) -> None:
    booking = presence.walk_in(wish(), by=host, now=TEN + timedelta(minutes=7))
    assert [date.status for date in booking.dates] == ["checked_in"]


@both
def test_a_walk_in_begins_where_the_last_one_ended(make: Factory, host: Person, now: datetime) -> None:
    room, ended = make.room("granen"), TEN + 16 * MINUTE
    booked = bookings.book(replace(wish(), resources=(room.slug,)), by=host, now=now).dates[0]
    presence.end_early(booked.id, by=host, now=ended)
    here = replace(wish(TEN + 15 * MINUTE), resources=(room.slug,))
    (date,) = presence.walk_in(here, by=host, now=ended + MINUTE).dates
    assert (date.starts_at, date.ends_at) == (ended, TEN + 75 * MINUTE)


@both
def test_requests_are_approved_or_declined_with_a_reason(
    make: Factory, member: Person, now: datetime
) -> None:
    make.room("tallen", approval=True)
    host = make.host()
    first = bookings.book(wish(), by=member, now=now).dates[0]
    with pytest.raises(NotAllowed):
        approval.approve(first.id, by=member, now=now)
    approval.approve(first.id, by=host, now=now)
    assert first.status == "confirmed"
    with pytest.raises(Refused):
        approval.decline(first.id, by=host, now=now)
    second = bookings.book(wish(TEN + 2 * HOUR), by=member, now=now).dates[0]
    approval.decline(second.id, reason="Storstädning", by=host, now=now)
    assert (second.status, second.slots[0].live) == ("declined", False)
    bookings.book(wish(TEN + 2 * HOUR), by=member, now=now)
