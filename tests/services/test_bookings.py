"""Booking, changing, cancelling: on both databases, with every refusal told at once."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from app.domain.errors import NotAllowed, NotFound, Refused, Stale, Taken
from app.extensions import db
from app.models import Booking, BookingDate, History, Person, Resource, ResourcePart, Slot
from app.services import bookings
from app.services.bookings import Wish
from tests.databases import both
from tests.factories import HOUR, TEN, Factory


@pytest.fixture
def member(make: Factory) -> Person:
    make.room("tallen")
    return make.person()


def wish(
    start: datetime = TEN, hours: float = 1, room: str | tuple[str, ...] = "tallen", **other: object
) -> Wish:
    named = (room,) if isinstance(room, str) else room
    settings: dict[str, object] = {"title": "Möte", "organisation": "granit", "activity": "meeting", **other}
    return Wish(resources=named, start=start, end=start + hours * HOUR, **settings)


def codes(refused: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [refusal.code for refusal in refused.value.refusals]


def stored() -> tuple[int, int, int]:
    return tuple(
        db.session.scalar(select(func.count()).select_from(model)) for model in (Booking, BookingDate, Slot)
    )


@both
def test_a_booking_holds_its_room_and_remembers_who_and_what(
    make: Factory, member: Person, now: datetime
) -> None:
    booking = bookings.book(wish(), by=member, now=now)
    (date,) = booking.dates
    (slot,) = date.slots
    assert (date.status, date.starts_at, date.ends_at) == ("confirmed", TEN, TEN + HOUR)
    assert (slot.resource_id, slot.live) == (make.room("tallen").id, True)
    assert (booking.category.slug, booking.organiser_id, booking.created_at) == ("company", member.id, now)
    assert db.session.scalars(select(History.action)).all() == ["booked"]


@both
def test_a_taken_time_names_the_clash_and_two_alternatives(
    make: Factory, member: Person, now: datetime
) -> None:
    make.room("granen", capacity=12)
    bookings.book(wish(), by=member, now=now)
    before = stored()
    with pytest.raises(Taken) as taken:
        bookings.book(wish(TEN + HOUR / 2), by=member, now=now)
    assert [(clash.resource, clash.start, clash.end) for clash in taken.value.clashes] == [
        ("tallen", TEN, TEN + HOUR)
    ]
    assert [(each.resource, each.start) for each in taken.value.alternatives] == [
        ("granen", TEN + HOUR / 2),
        ("tallen", TEN + HOUR),
    ]
    assert stored() == before


@both
def test_neighbours_fit_side_by_side(member: Person, now: datetime) -> None:
    bookings.book(wish(TEN), by=member, now=now)
    bookings.book(wish(TEN + HOUR), by=member, now=now)
    bookings.book(wish(TEN - HOUR), by=member, now=now)
    assert stored() == (3, 3, 3)


@both
def test_buffers_keep_neighbours_apart_but_are_no_use(make: Factory, member: Person, now: datetime) -> None:
    make.room("hallen", buffer_before_minutes=30, buffer_after_minutes=15)
    first = bookings.book(wish(room="hallen"), by=member, now=now)
    slot = first.dates[0].slots[0]
    assert (slot.starts_at, slot.ends_at) == (TEN, TEN + HOUR)
    assert (slot.blocks_from, slot.blocks_until) == (TEN - HOUR / 2, TEN + 1.25 * HOUR)
    with pytest.raises(Taken):
        bookings.book(wish(TEN + 1.5 * HOUR, room="hallen"), by=member, now=now)
    bookings.book(wish(TEN + 1.75 * HOUR, room="hallen"), by=member, now=now)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"end": TEN - HOUR}, ["end_before_start"]),
        ({"end": TEN}, ["end_before_start"]),
        ({"start": TEN - timedelta(days=7), "end": TEN - timedelta(days=7) + HOUR}, ["in_past"]),
        ({"end": TEN + timedelta(minutes=5)}, ["too_short"]),
        ({"end": TEN + 12 * HOUR}, ["outside_opening_hours"]),
        ({"resources": ("finns-inte",)}, ["unknown_resource"]),
        ({"resources": ()}, ["resource_missing"]),
        ({"organisation": "finns-inte"}, ["unknown_organisation"]),
        ({"activity": "finns-inte"}, ["unknown_activity"]),
        ({"title": "x" * 10_000}, ["title_too_long"]),
        ({"title": "a\r\nb"}, ["title_line_break"]),
        ({"title": " "}, ["title_missing"]),
        ({"recurrence": "FREQ=SECONDLY"}, ["bad_recurrence"]),
        (
            {"title": "", "activity": "x", "end": TEN - HOUR},
            ["title_missing", "unknown_activity", "end_before_start"],
        ),
    ],
)
def test_refusals_name_everything_and_store_nothing(
    member: Person, now: datetime, changes: dict[str, object], expected: list[str]
) -> None:
    with pytest.raises(Refused) as refused:
        bookings.book(replace(wish(), **changes), by=member, now=now)
    assert codes(refused) == expected
    assert stored() == (0, 0, 0)


def test_a_member_books_for_their_own_organisations_only(
    make: Factory, member: Person, now: datetime
) -> None:
    make.organisation("umea-kommun", "municipality")
    with pytest.raises(Refused) as refused:
        bookings.book(wish(organisation="umea-kommun"), by=member, now=now)
    assert codes(refused) == ["not_your_organisation"]
    booking = bookings.book(wish(organisation="umea-kommun"), by=make.host(), now=now)
    assert booking.category.slug == "municipality"


def test_the_category_stays_when_the_organisation_moves(make: Factory, member: Person, now: datetime) -> None:
    booking = bookings.book(wish(), by=member, now=now)
    make.organisation("granit").category_id = make.category("region").id
    db.session.commit()
    db.session.refresh(booking)
    assert booking.category.slug == "company"


@both
def test_a_series_is_booked_whole_or_not_at_all(member: Person, now: datetime) -> None:
    bookings.book(wish(TEN + timedelta(days=14)), by=member, now=now)
    with pytest.raises(Taken) as taken:
        bookings.book(wish(recurrence="FREQ=WEEKLY;COUNT=4"), by=member, now=now)
    assert [clash.start for clash in taken.value.clashes] == [TEN + timedelta(days=14)]
    assert stored() == (1, 1, 1)
    series = bookings.book(wish(TEN + 2 * HOUR, recurrence="FREQ=WEEKLY;COUNT=4"), by=member, now=now)
    assert [date.starts_at for date in series.dates] == [
        TEN + 2 * HOUR + timedelta(days=7 * n) for n in range(4)
    ]


@both
def test_a_series_over_25_october_keeps_its_local_time(member: Person, now: datetime) -> None:
    friday = datetime(2026, 10, 23, 8, 0, tzinfo=UTC)
    series = bookings.book(wish(friday, recurrence="FREQ=WEEKLY;COUNT=2"), by=member, now=now)
    assert [date.starts_at for date in series.dates] == [friday, datetime(2026, 10, 30, 9, 0, tzinfo=UTC)]


@both
def test_a_whole_takes_its_parts_and_a_part_takes_the_whole(
    make: Factory, member: Person, now: datetime
) -> None:
    whole, west, east = make.room("hallen"), make.room("vast"), make.room("ost")
    db.session.add_all([ResourcePart(whole_id=whole.id, part_id=part.id) for part in (west, east)])
    db.session.commit()
    booking = bookings.book(wish(room="hallen"), by=member, now=now)
    assert [slot.resource_id for slot in booking.dates[0].slots] == [west.id, east.id]
    assert [each.resource_id for each in booking.asked_for] == [whole.id]
    for room in ("vast", "ost", "hallen"):
        with pytest.raises(Taken):
            bookings.book(wish(room=room), by=member, now=now)
    bookings.book(wish(TEN + HOUR, room="vast"), by=member, now=now)
    with pytest.raises(Taken) as taken:
        bookings.book(wish(TEN + HOUR, room="hallen"), by=member, now=now)
    assert [clash.resource for clash in taken.value.clashes] == ["vast"]


@both
def test_a_pool_gives_a_free_member_until_it_is_empty(make: Factory, member: Person, now: datetime) -> None:
    pool = make.pool("skrivbord")
    desks: list[Resource] = [make.room(f"skrivbord-{n}", kind="desk", pool_id=pool.id) for n in (1, 2)]
    held = [
        bookings.book(wish(room="skrivbord"), by=member, now=now).dates[0].slots[0].resource_id for _ in desks
    ]
    assert held == [desk.id for desk in desks]
    with pytest.raises(Taken) as full:
        bookings.book(wish(room="skrivbord"), by=member, now=now)
    offered = full.value.alternatives
    assert {each.resource for each in offered} == {"skrivbord"}
    assert len({each.start for each in offered}) == 2, "other hours of any of it"
    at = offered[0]
    later = replace(wish(room=at.resource), start=at.start, end=at.end)
    assert bookings.book(later, by=member, now=now).dates[0].starts_at == at.start


@both
def test_several_rooms_come_together_or_not_at_all(make: Factory, member: Person, now: datetime) -> None:
    make.room("granen")
    bookings.book(wish(room="granen"), by=member, now=now)
    with pytest.raises(Taken):
        bookings.book(wish(room=("tallen", "granen")), by=member, now=now)
    both_rooms = bookings.book(wish(TEN + HOUR, room=("tallen", "granen")), by=member, now=now)
    assert len(both_rooms.dates[0].slots) == 2


def test_approval_holds_the_time_and_hosts_need_none(make: Factory, member: Person, now: datetime) -> None:
    make.room("hallen", approval=True)
    assert bookings.book(wish(room="hallen"), by=member, now=now).dates[0].status == "requested"
    with pytest.raises(Taken):
        bookings.book(wish(room="hallen"), by=make.host(), now=now)
    booked = bookings.book(wish(TEN + HOUR, room="hallen"), by=make.host(), now=now)
    assert booked.dates[0].status == "confirmed"


@both
def test_cancelling_frees_the_time_and_twice_is_once(make: Factory, member: Person, now: datetime) -> None:
    booking = bookings.book(wish(), by=member, now=now)
    bookings.cancel(booking.id, by=member, now=now)
    bookings.cancel(booking.id, by=member, now=now)
    assert [date.status for date in booking.dates] == ["cancelled"]
    assert db.session.scalars(select(History.action).order_by(History.id)).all() == ["booked", "cancelled"]
    bookings.book(wish(), by=member, now=now)


@both
def test_a_cancellation_is_taken_back_only_while_the_time_is_free(member: Person, now: datetime) -> None:
    booking = bookings.book(wish(), by=member, now=now)
    bookings.cancel(booking.id, by=member, now=now)
    bookings.restore(booking.dates[0].id, by=member, now=now)
    assert booking.dates[0].status == "confirmed"
    bookings.cancel(booking.id, by=member, now=now)
    bookings.book(wish(TEN - HOUR / 2), by=member, now=now)
    with pytest.raises(Taken):
        bookings.restore(booking.dates[0].id, by=member, now=now)
    assert booking.dates[0].status == "cancelled"


@both
def test_a_change_moves_the_time_and_may_overlap_its_old_self(
    make: Factory, member: Person, now: datetime
) -> None:
    booking = bookings.book(wish(hours=2), by=member, now=now)
    moved = bookings.change(
        booking.dates[0].id, wish(TEN + HOUR, 2, title="Nytt"), version=booking.version, by=member, now=now
    )
    assert (moved.starts_at, moved.ends_at, moved.sequence) == (TEN + HOUR, TEN + 3 * HOUR, 1)
    assert booking.title == "Nytt"
    assert [(slot.starts_at, slot.live) for slot in moved.slots] == [(TEN + HOUR, True)]
    bookings.book(wish(), by=member, now=now)


@both
def test_one_date_of_a_series_moves_and_the_others_keep_what_was_asked_for(
    make: Factory, member: Person, now: datetime
) -> None:
    make.room("granen")
    series = bookings.book(wish(recurrence="FREQ=DAILY;COUNT=2"), by=member, now=now)
    second = series.dates[1].id
    for _again in range(2):
        moved = wish(TEN + 24 * HOUR, room="granen")
        bookings.change(second, moved, version=series.version, by=member, now=now)
    db.session.expire_all()
    assert [each.resource.slug for each in series.asked_for if each.resource] == ["tallen", "granen"]
    assert [date.slots[0].resource.slug for date in series.dates] == ["tallen", "granen"]
    single = bookings.book(wish(TEN + 2 * HOUR), by=member, now=now)
    elsewhere = wish(TEN + 2 * HOUR, room="granen")
    bookings.change(single.dates[0].id, elsewhere, version=1, by=member, now=now)
    assert [each.resource.slug for each in single.asked_for if each.resource] == ["granen"]


@both
def test_a_change_into_taken_time_changes_nothing(make: Factory, member: Person, now: datetime) -> None:
    booking = bookings.book(wish(), by=member, now=now)
    bookings.book(wish(TEN + HOUR), by=member, now=now)
    with pytest.raises(Taken):
        bookings.change(booking.dates[0].id, wish(hours=2), version=booking.version, by=member, now=now)
    db.session.expire_all()
    assert (booking.dates[0].ends_at, booking.dates[0].slots[0].ends_at) == (TEN + HOUR, TEN + HOUR)


@both
def test_the_second_of_two_changes_is_told(member: Person, now: datetime) -> None:
    booking = bookings.book(wish(), by=member, now=now)
    seen = booking.version
    bookings.change(booking.dates[0].id, wish(title="Första"), version=seen, by=member, now=now)
    with pytest.raises(Stale):
        bookings.change(booking.dates[0].id, wish(title="Andra"), version=seen, by=member, now=now)
    db.session.expire_all()
    assert booking.title == "Första"


@pytest.mark.parametrize(
    ("status", "after", "change", "cancel"),
    [
        ("confirmed", timedelta(minutes=-1), None, None),
        ("confirmed", timedelta(minutes=15), None, None),  # in the running quarter it may be a mistake
        ("confirmed", timedelta(minutes=16), "has_started", "has_started"),
        ("confirmed", HOUR, "is_over", "cannot_cancel"),
        ("checked_in", timedelta(minutes=-1), "already_checked_in", None),
        ("checked_in", timedelta(minutes=1), "has_started", "has_started"),
        ("checked_in", HOUR, "is_over", "cannot_cancel"),
        ("requested", timedelta(minutes=30), None, None),
        ("no_show", timedelta(minutes=30), "cannot_change", "cannot_cancel"),
        ("declined", timedelta(minutes=-1), "cannot_change", "cannot_cancel"),
    ],
)
def test_what_has_been_used_is_neither_moved_nor_cancelled(
    member: Person, now: datetime, status: str, after: timedelta, change: str | None, cancel: str | None
) -> None:
    booking = bookings.book(wish(), by=member, now=now)
    date = booking.dates[0]
    date.status = status
    db.session.commit()
    moment = TEN + after
    if change:
        with pytest.raises(Refused) as refused:
            bookings.change(date.id, wish(TEN + 2 * HOUR), version=1, by=member, now=moment)
        assert [each.code for each in refused.value.refusals] == [change]
    if cancel:
        with pytest.raises(Refused) as refused:
            bookings.cancel(booking.id, by=member, now=moment)
        assert [each.code for each in refused.value.refusals] == [cancel]
    else:
        bookings.cancel(booking.id, by=member, now=moment)
        assert date.status == "cancelled"
    if not change:
        with pytest.raises(Refused) as refused:
            bookings.change(date.id, wish(), version=booking.version, by=member, now=moment)
        assert refused.value.refusals[0].code == "cannot_change", "now that it is cancelled"


def test_a_host_cancels_what_is_going_on_and_undo_is_undo(
    make: Factory, member: Person, now: datetime
) -> None:
    booking = bookings.book(wish(), by=member, now=now)
    bookings.cancel(booking.id, by=make.host(), now=TEN + HOUR / 2)
    again = bookings.book(wish(), by=member, now=TEN + timedelta(minutes=14, seconds=55))
    bookings.cancel(again.id, by=member, now=TEN + timedelta(minutes=15, seconds=5), undo=True)
    assert [again.dates[0].status, booking.dates[0].status] == ["cancelled", "cancelled"]


def test_of_a_series_that_has_begun_what_is_left_is_cancelled(member: Person, now: datetime) -> None:
    series = bookings.book(wish(recurrence="FREQ=DAILY;COUNT=3"), by=member, now=now)
    bookings.cancel(series.id, by=member, now=TEN + HOUR / 2)
    assert [date.status for date in series.dates] == ["confirmed", "cancelled", "cancelled"]


def test_other_peoples_bookings_are_not_theirs_to_touch(make: Factory, member: Person, now: datetime) -> None:
    booking = bookings.book(wish(), by=member, now=now)
    stranger = make.person("stranger@example.org", organisation="annat")
    colleague = make.person("colleague@example.org")
    with pytest.raises(NotFound):
        bookings.cancel(booking.id, by=stranger, now=now)
    with pytest.raises(NotAllowed):
        bookings.cancel(booking.id, by=colleague, now=now)
    with pytest.raises(NotFound):
        bookings.cancel(999_999, by=member, now=now)
    bookings.cancel(booking.id, by=make.host(), now=now)


def test_every_change_raises_the_counters_that_feeds_compare(
    make: Factory, member: Person, now: datetime
) -> None:
    room = make.room("tallen")
    booking = bookings.book(wish(), by=member, now=now)
    bookings.cancel(booking.id, by=member, now=now)
    db.session.expire_all()
    assert (room.changes, member.changes, room.changed_at) == (2, 2, now)


def test_a_preview_says_what_booking_would_say_and_stores_nothing(member: Person, now: datetime) -> None:
    assert bookings.preview(wish(), by=member, now=now) == ()
    bookings.book(wish(), by=member, now=now)
    assert [clash.start for clash in bookings.preview(wish(), by=member, now=now)] == [TEN]
    with pytest.raises(Refused):
        bookings.preview(wish(title=""), by=member, now=now)
    assert stored() == (1, 1, 1)
