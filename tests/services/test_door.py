"""The door of a room: whoever has its address touches what is on there now, and nothing else."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.domain.errors import NotAllowed, NotFound, Refused
from app.extensions import db
from app.models import BookingDate, History, Person, Resource, ResourcePart
from app.services import bookings, door, presence
from app.services.bookings import Wish
from tests.databases import both
from tests.factories import HOUR, TEN, Factory

MINUTE = timedelta(minutes=1)
SECRET = "only here"
NOBODY: dict[str, int | None] = {"women": None, "men": None, "other": None}


@pytest.fixture
def room(make: Factory) -> Resource:
    return make.room("tallen")


@pytest.fixture
def member(make: Factory, room: Resource) -> Person:
    return make.person()


def book(
    by: Person, now: datetime, start: datetime = TEN, slug: str = "tallen", length: timedelta = HOUR
) -> BookingDate:
    wish = Wish((slug,), start, start + length, "Förvärvet", "granit", "meeting")
    return bookings.book(wish, by=by, now=now).dates[0]


def say(room: Resource, date: BookingDate, action: str, now: datetime, **heads: int) -> BookingDate:
    return door.settle_at_door(room, date.id, action, heads={**NOBODY, **heads}, by=None, now=now)


def offered(room: Resource, now: datetime) -> list[tuple[int, set[str]]]:
    return [(date.id, set(actions)) for date, actions in door.at_the_door(room, now).meetings]


def key_of(room: Resource) -> str:
    return door.door_path(room, SECRET).rpartition("/")[2]


def test_the_address_is_the_secret(make: Factory, room: Resource, now: datetime) -> None:
    host, granen = make.host(), make.room("granen")
    key = key_of(room)
    assert door.door_path(room, SECRET) == f"/door/tallen/{key}"
    assert len(key) == 22
    assert door.resource_at("tallen", key, secret=SECRET).id == room.id
    wrong: list[tuple[str, str, str]] = [
        ("granen", key, SECRET),
        ("tallen", key[:-1], SECRET),
        ("tallen", "å" * 22, SECRET),
        ("tallen", key, "other"),
        ("nowhere", key, SECRET),
    ]
    for slug, code, secret in wrong:
        with pytest.raises(NotFound):
            door.resource_at(slug, code, secret=secret)
    door.renew_door("tallen", by=host, now=now)
    with pytest.raises(NotFound):
        door.resource_at("tallen", key, secret=SECRET)
    assert door.resource_at("tallen", key_of(room), secret=SECRET)
    for nobody in (make.person(), make.host("umea@example.org", office=make.office("umea"))):
        with pytest.raises(NotAllowed):
            door.renew_door("tallen", by=nobody, now=now)
    assert key_of(granen) != key_of(room)


@both
def test_they_come_say_how_many_and_leave(room: Resource, member: Person, now: datetime) -> None:
    date = book(member, now)
    assert offered(room, TEN - 31 * MINUTE) == []
    assert offered(room, TEN - 30 * MINUTE) == [(date.id, {"check_in"})]
    say(room, date, "check_in", TEN - 5 * MINUTE)
    assert (date.status, date.checked_in_at) == ("checked_in", TEN - 5 * MINUTE)
    assert say(room, date, "check_in", TEN).checked_in_at == TEN - 5 * MINUTE
    assert offered(room, TEN) == [(date.id, {"heads"})]
    assert offered(room, TEN + MINUTE) == [(date.id, {"heads", "end"})]
    say(room, date, "heads", TEN + MINUTE, women=3, men=2)
    assert (date.women, date.men, date.other) == (3, 2, 0)
    say(room, date, "end", TEN + 40 * MINUTE, women=4)
    assert (date.ends_at, date.women) == (TEN + 40 * MINUTE, 4)
    assert offered(room, TEN + 45 * MINUTE) == [(date.id, {"heads"})]
    say(room, date, "heads", TEN + 50 * MINUTE, women=4, men=2)
    assert offered(room, TEN + 70 * MINUTE) == []
    lines = db.session.scalars(select(History).order_by(History.id)).all()
    assert [(line.action, line.by_id, line.details.get("where")) for line in lines[1:]] == [
        ("checked_in", None, "door"),
        ("heads_counted", None, "door"),
        ("heads_counted", None, "door"),
        ("ended_early", None, "door"),
        ("heads_counted", None, "door"),
    ]


def test_who_is_signed_in_stands_in_the_history(room: Resource, member: Person, now: datetime) -> None:
    date = book(member, now)
    door.settle_at_door(room, date.id, "check_in", heads=NOBODY, by=member, now=TEN)
    assert db.session.scalars(select(History.by_id).filter_by(action="checked_in")).one() == member.id


@pytest.mark.parametrize(
    ("start", "action", "after"),
    [
        (TEN, "check_in", -31 * MINUTE),  # too early
        (TEN, "check_in", HOUR),  # over
        (TEN, "end", 10 * MINUTE),  # nobody has come
        (TEN, "heads", 10 * MINUTE),
        (TEN + timedelta(days=1), "check_in", 0 * MINUTE),  # another day
        (TEN - timedelta(days=1), "heads", 0 * MINUTE),
        (TEN, "approve", 0 * MINUTE),
        (TEN, "undo", 0 * MINUTE),
    ],
)
def test_what_is_not_on_now_is_left_alone(
    room: Resource, member: Person, start: datetime, action: str, after: timedelta
) -> None:
    date = book(member, TEN - timedelta(days=3), start)
    with pytest.raises(Refused) as refused:
        say(room, date, action, TEN + after, women=1)
    assert refused.value.refusals[0].code == "not_at_this_door"
    assert (date.status, date.women) == ("confirmed", None)


def test_what_is_in_another_room_is_left_alone(
    make: Factory, room: Resource, member: Person, now: datetime
) -> None:
    make.room("granen")
    elsewhere = book(member, now, slug="granen")
    assert offered(room, TEN) == []
    with pytest.raises(Refused):
        say(room, elsewhere, "check_in", TEN)


def test_requests_and_what_was_called_off_are_only_times(
    make: Factory, member: Person, now: datetime
) -> None:
    hall = make.room("hall", approval=True)
    date = book(member, now, slug="hall")
    assert offered(hall, TEN) == []
    assert door.at_the_door(hall, TEN).taken_until == TEN + HOUR
    bookings.cancel(date.booking_id, by=member, now=now)
    assert door.at_the_door(hall, TEN).taken == ()


@both
def test_here_after_all_as_long_as_the_time_is_free(
    make: Factory, room: Resource, member: Person, now: datetime
) -> None:
    host, date = make.host(), book(member, now)
    presence.mark_no_show(date.id, by=host, now=TEN + 15 * MINUTE)
    assert door.at_the_door(room, TEN + 20 * MINUTE).free_until is not None
    assert offered(room, TEN + 20 * MINUTE) == [(date.id, {"check_in"})]
    say(room, date, "check_in", TEN + 20 * MINUTE)
    assert date.status == "checked_in"
    presence.undo_presence(date.id, by=host, now=TEN + 21 * MINUTE)
    presence.mark_no_show(date.id, by=host, now=TEN + 22 * MINUTE)
    book(host, TEN + 22 * MINUTE, TEN + 30 * MINUTE, length=HOUR / 2)
    assert date.id not in dict(offered(room, TEN + 23 * MINUTE))


def test_a_part_and_the_whole(make: Factory, member: Person, now: datetime) -> None:
    whole, left, right = make.room("hela"), make.room("vanstra"), make.room("hogra")
    for part in (left, right):
        db.session.add(ResourcePart(whole_id=whole.id, part_id=part.id))
    db.session.commit()
    both_halves, half = book(member, now, slug="hela"), book(member, now, TEN + HOUR, slug="vanstra")
    assert [offered(each, TEN) for each in (whole, left, right)] == [[(both_halves.id, {"check_in"})]] * 3
    later = TEN + 90 * MINUTE
    assert offered(left, later) == [(half.id, {"check_in"})]
    assert offered(whole, later) == [], "the half is not the whole's to touch"
    assert door.at_the_door(whole, later).taken_until == TEN + 2 * HOUR


def test_one_after_the_other(room: Resource, member: Person, now: datetime) -> None:
    first, second = book(member, now), book(member, now, TEN + HOUR)
    say(room, first, "check_in", TEN)
    assert offered(room, TEN + 40 * MINUTE) == [(first.id, {"heads", "end"}), (second.id, {"check_in"})]
    view = door.at_the_door(room, TEN + 40 * MINUTE)
    assert (view.taken_until, view.free_until) == (TEN + HOUR, None)
    assert [(each.start, each.end) for each in view.taken] == [
        (TEN, TEN + HOUR),
        (TEN + HOUR, TEN + 2 * HOUR),
    ]


@both
def test_who_came_early_is_what_is_on(room: Resource, member: Person, now: datetime) -> None:
    date = book(member, now)
    say(room, date, "check_in", TEN - 5 * MINUTE)
    assert offered(room, TEN - 4 * MINUTE) == [(date.id, set())]
    assert door.at_the_door(room, TEN - 4 * MINUTE).taken_until == TEN + HOUR


def test_free_from_when_they_left(room: Resource, member: Person, now: datetime) -> None:
    date = book(member, now)
    say(room, date, "check_in", TEN)
    say(room, date, "end", TEN + MINUTE)
    view = door.at_the_door(room, TEN + 2 * MINUTE)
    assert view.free_from == TEN + MINUTE


def test_nobody_fills_the_history(room: Resource, member: Person, now: datetime) -> None:
    date = book(member, now)
    say(room, date, "check_in", TEN)
    done: list[Any] = [say(room, date, "heads", TEN + MINUTE, women=each) for each in range(19)]
    assert len(done) == 19
    with pytest.raises(door.TooManyAtTheDoor):
        say(room, date, "heads", TEN + MINUTE, women=100)
    say(room, date, "heads", TEN + 12 * MINUTE, women=7)
    assert date.women == 7


def test_a_count_that_is_none(room: Resource, member: Person, now: datetime) -> None:
    date = book(member, now)
    say(room, date, "check_in", TEN)
    for wrong in (-1, 10_001):
        with pytest.raises(Refused) as refused:
            say(room, date, "heads", TEN + MINUTE, men=wrong)
        assert refused.value.refusals[0].code == "bad_head_count"
    assert date.men is None
