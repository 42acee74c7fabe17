"""Who waits for a time: told when all of it is free, once."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from app.domain.errors import NotFound, Refused
from app.extensions import db
from app.models import Closure, OutboxMail, Person, Resource, ResourcePart, Waiting
from app.services import approval, bookings, presence, requests
from app.services.bookings import Wish
from app.services.waiting import (
    MOST_WAITS,
    forget_past,
    stop_waiting,
    tell_waiting,
    wait,
    waits_of,
    wanted_by,
)
from tests.databases import both
from tests.factories import HOUR, TEN, Factory
from tests.services.test_query_plans import plans

MINUTE = timedelta(minutes=1)


@pytest.fixture
def room(make: Factory) -> Resource:
    return make.room("tallen", buffer_after_minutes=15)


@pytest.fixture
def member(make: Factory, room: Resource) -> Person:
    return make.person(language="en")


@pytest.fixture
def other(make: Factory) -> Person:
    return make.person("other@example.org", organisation="skog", language="en")


def wish(slug: str = "tallen", start: datetime = TEN, hours: float = 1, organisation: str = "granit") -> Wish:
    return Wish((slug,), start, start + hours * HOUR, "Board meeting", organisation, "meeting")


def told() -> list[str]:
    return [mail.recipient for mail in db.session.scalars(select(OutboxMail).order_by(OutboxMail.id))]


@both
def test_all_who_wait_are_told_once_when_the_whole_time_is_free(
    make: Factory, member: Person, other: Person, now: datetime
) -> None:
    first = bookings.book(wish(organisation="skog"), by=other, now=now)
    second = bookings.book(wish(start=TEN + 2 * HOUR, organisation="skog"), by=other, now=now)
    third = make.person("third@example.org")
    short = wait(wish(), by=member, now=now)
    wait(wish(hours=3), by=third, now=now)
    assert tell_waiting(now) == 0
    bookings.cancel(first.id, by=other, now=now)
    assert tell_waiting(now) == 1
    assert tell_waiting(now + MINUTE) == 0
    assert short.told_at == now
    assert told() == ["member@example.org"]
    bookings.cancel(second.id, by=other, now=now)
    assert tell_waiting(now + MINUTE) == 1
    assert told() == ["member@example.org", "third@example.org"]
    body = db.session.scalars(select(OutboxMail.body).order_by(OutboxMail.id)).first() or ""
    assert "Tuesday 8 September 2026, 10:00–11:00" in body
    assert (
        "\nhttp://localhost/bookings/new?resource=tallen&date=2026-09-08&start=10:00&end=11:00"
        f"&title=Board+meeting&organisation=granit&waiting={short.id}\n" in body
    )


@both
def test_every_way_in_which_a_time_becomes_free(make: Factory, member: Person, other: Person) -> None:
    make.room("hall", approval=True)
    host = make.host()
    for day, way in enumerate(("declined", "lapsed", "no_show", "ended", "moved")):
        start = TEN + timedelta(days=7 * day)
        slug = "hall" if way in ("declined", "lapsed") else "tallen"
        before = start - timedelta(days=2)
        booked = bookings.book(wish(slug, start, 2, "skog"), by=other, now=before)
        date = booked.dates[0]
        wanted = start + HOUR if way in ("no_show", "ended") else start
        wait(wish(slug, wanted), by=member, now=before)
        match way:
            case "declined":
                approval.decline(date.id, by=host, now=before)
            case "lapsed":
                approval.lapse(booked.id, [date.id], now=before)
            case "no_show":
                presence.mark_no_show(date.id, by=host, now=start + MINUTE)
            case "ended":
                presence.end_early(date.id, by=host, now=start + 30 * MINUTE)
            case "moved":
                later = wish(slug, start + 4 * HOUR, 2, "skog")
                bookings.change(date.id, later, version=booked.version, by=other, now=before)
        moment = start + 40 * MINUTE if way in ("no_show", "ended") else before
        assert tell_waiting(moment) == 1, way
    assert told().count("member@example.org") == 5


def test_what_is_refused(make: Factory, member: Person, other: Person, now: datetime) -> None:
    def code(of: Wish) -> str:
        with pytest.raises(Refused) as refused:
            wait(of, by=member, now=now)
        return refused.value.refusals[0].code

    assert code(wish()) == "time_is_free"
    assert code(wish(start=now - HOUR)) == "in_past"
    assert code(Wish(("tallen", "granen"), TEN, TEN + HOUR, "x", "granit", "meeting")) == "wait_for_one_date"
    assert code(wish(start=TEN + 12 * HOUR)) == "outside_opening_hours"
    assert code(wish(organisation="skog")) == "not_your_organisation"


def test_twice_is_once_and_there_is_an_end_to_it(member: Person, other: Person, now: datetime) -> None:
    bookings.book(wish(organisation="skog", hours=2), by=other, now=now)
    first = wait(wish(), by=member, now=now)
    assert wait(wish(), by=member, now=now).id == first.id
    assert [each.id for each in waits_of(member, now)] == [first.id]
    for number in range(1, MOST_WAITS):
        db.session.add(
            Waiting(
                person_id=member.id,
                organisation_id=first.organisation_id,
                resource_id=first.resource_id,
                starts_at=TEN + number * HOUR,
                ends_at=TEN + (number + 1) * HOUR,
                title="x",
                created_at=now,
            )
        )
    db.session.commit()
    with pytest.raises(Refused):
        wait(wish(start=TEN + HOUR / 2), by=member, now=now)
    with pytest.raises(NotFound):
        stop_waiting(first.id, by=other)
    stop_waiting(first.id, by=member)
    assert len(waits_of(member, now)) == MOST_WAITS - 1


def test_who_books_it_themselves_waits_no_more(member: Person, other: Person, now: datetime) -> None:
    booked = bookings.book(wish(organisation="skog"), by=other, now=now)
    wait(wish(), by=member, now=now)
    bookings.cancel(booked.id, by=other, now=now)
    mine = bookings.book(wish(), by=member, now=now)
    assert tell_waiting(now) == 0
    assert waits_of(member, now) == []
    bookings.cancel(mine.id, by=member, now=now)
    assert (tell_waiting(now), told()) == (0, [])


def test_a_closed_time_is_not_called_free(
    room: Resource, member: Person, other: Person, now: datetime
) -> None:
    booked = bookings.book(wish(organisation="skog"), by=other, now=now)
    wait(wish(), by=member, now=now)
    bookings.cancel(booked.id, by=other, now=now)
    closed = Closure(
        office_id=room.office_id,
        starts_at=TEN,
        ends_at=TEN + HOUR,
        reason="Städning",
        source="file",
        entered_at=now,
    )
    db.session.add(closed)
    db.session.commit()
    assert tell_waiting(now) == 0
    closed.retired_at = now
    db.session.commit()
    assert tell_waiting(now) == 1


def test_a_time_that_has_begun_is_nobodys_any_more(member: Person, other: Person, now: datetime) -> None:
    booked = bookings.book(wish(organisation="skog"), by=other, now=now)
    wait(wish(), by=member, now=now)
    bookings.cancel(booked.id, by=other, now=now)
    assert tell_waiting(TEN) == 0
    assert waits_of(member, TEN) == []
    assert (forget_past(TEN - MINUTE), forget_past(TEN), forget_past(TEN)) == (0, 1, 0)


@both
def test_a_buffer_a_part_and_a_pool(make: Factory, member: Person, other: Person, now: datetime) -> None:
    whole, part = make.room("hela"), make.room("halva")
    db.session.add(ResourcePart(whole_id=whole.id, part_id=part.id))
    pool = make.pool("platser")
    desks = [make.room(f"plats-{number}", kind="desk", pool_id=pool.id) for number in (1, 2)]
    held = bookings.book(wish("halva", organisation="skog"), by=other, now=now)
    taken = [bookings.book(wish(desk.slug, organisation="skog"), by=other, now=now) for desk in desks]
    before = bookings.book(wish(start=TEN - HOUR, organisation="skog"), by=other, now=now)
    for slug in ("hela", "platser", "tallen"):  # of the last the buffer alone is in the way
        wait(wish(slug), by=member, now=now)
    assert tell_waiting(now) == 0
    for booking in (held, taken[1], before):
        bookings.cancel(booking.id, by=other, now=now)
        assert tell_waiting(now) == 1
    assert "resource=plats-2&" in db.session.scalars(select(OutboxMail.body).order_by(OutboxMail.id)).all()[1]


def test_others_who_want_a_requested_time_are_seen(
    make: Factory, member: Person, other: Person, now: datetime
) -> None:
    hall = make.room("hall", approval=True)
    date = bookings.book(wish("hall", organisation="skog"), by=other, now=now).dates[0]
    third = make.person("third@example.org", organisation="berg")
    wait(wish("hall", TEN - HOUR / 2), by=member, now=now)
    wait(wish("hall", organisation="berg"), by=third, now=now)
    assert [each.person_id for each in wanted_by([date], now)[date.id]] == [member.id, third.id]
    (request,) = requests.queue(hall.office, now)
    assert [each.name for each in request.competing] == ["Granit AB", "Berg AB"]


def test_looking_goes_by_index(member: Person, other: Person, now: datetime) -> None:
    bookings.book(wish(organisation="skog"), by=other, now=now)
    wait(wish(), by=member, now=now)
    with plans() as said:
        tell_waiting(now)
    assert any("ix_slot_live" in line for line in said), said
    assert not any(line.startswith("SCAN slot") for line in said), said
