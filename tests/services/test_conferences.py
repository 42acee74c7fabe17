"""Video conferences: offices give a room each, a pool a unit; a link; each office has its own host."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from app.domain.errors import NotAllowed, Refused, Taken
from app.extensions import db
from app.models import Booking, BookingDate, OpeningHours, Person, Resource, ResourcePart, Slot
from app.services import approval, bookings
from app.services.bookings import Wish
from app.services.meetings import link_refusals, new_link
from tests.databases import both
from tests.factories import HOUR, TEN, Factory

DAY = timedelta(days=1)


@pytest.fixture
def member(make: Factory) -> Person:
    """Two offices with three rooms each, and two licences."""
    for office in ("stockholm", "umea"):
        for slug, capacity in (("stora", 12), ("lilla", 4), ("mellan", 6)):
            make.room(f"{slug}-{office}", office, capacity=capacity)
    pool = make.pool("licenser")
    for number in (1, 2):
        make.room(f"licens-{number}", kind="video", pool_id=pool.id)
    return make.person()


def wish(start: datetime = TEN, *resources: str, **other: object) -> Wish:
    settings: dict[str, object] = {
        "title": "Videomöte",
        "organisation": "granit",
        "activity": "meeting",
        "sites": ("stockholm", "umea"),
        **other,
    }
    return Wish(resources, start, start + HOUR, **settings)


def rooms(booking: Booking) -> list[list[str]]:
    return [[slot.resource.slug for slot in date.slots] for date in booking.dates]


def asked(booking: Booking) -> list[str]:
    return [thing.slug for each in booking.asked_for if (thing := each.resource or each.pool)]


def code(refused: pytest.ExceptionInfo[Refused]) -> list[tuple[str, str]]:
    return [(each.code, each.field) for each in refused.value.refusals]


@both
def test_each_office_gives_its_smallest_free_room(make: Factory, member: Person, now: datetime) -> None:
    first = bookings.book(wish(people=3), by=member, now=now)
    assert rooms(first) == [["lilla-stockholm", "lilla-umea"]]
    assert asked(first) == ["lilla-stockholm", "lilla-umea"], "the room is what was asked for"
    second = bookings.book(wish(people=3), by=member, now=now)
    assert rooms(second) == [["mellan-stockholm", "mellan-umea"]]
    large = bookings.book(wish(TEN, "licenser", people=8), by=member, now=now)
    assert rooms(large) == [["stora-stockholm", "stora-umea", "licens-1"]]
    assert asked(large) == ["licenser", "stora-stockholm", "stora-umea"]
    with pytest.raises(Taken) as taken:
        bookings.book(wish(people=3), by=member, now=now)
    assert {clash.resource for clash in taken.value.clashes} == {
        f"{room}-{office}" for room in ("lilla", "mellan", "stora") for office in ("stockholm", "umea")
    }
    assert db.session.scalar(select(func.count()).select_from(Booking)) == 3


@both
def test_a_room_with_video_comes_before_a_smaller_one_without(
    make: Factory, member: Person, now: datetime
) -> None:
    for room in ("mellan", "stora"):
        make.room(f"{room}-umea", "umea").equipment = ["screen", "video"]
    db.session.commit()
    given = [rooms(bookings.book(wish(people=3), by=member, now=now)) for _ in range(3)]
    assert given == [
        [["lilla-stockholm", "mellan-umea"]],
        [["mellan-stockholm", "stora-umea"]],
        [["stora-stockholm", "lilla-umea"]],
    ], "one without where none with video is free"


@both
def test_both_ends_or_none(make: Factory, member: Person, now: datetime) -> None:
    for room in ("lilla", "mellan", "stora"):
        bookings.book(wish(TEN, f"{room}-umea", sites=()), by=member, now=now)
    with pytest.raises(Taken) as taken:
        bookings.book(wish(TEN, "licenser"), by=member, now=now)
    assert {clash.resource for clash in taken.value.clashes} == {"lilla-umea", "mellan-umea", "stora-umea"}
    assert db.session.scalar(select(func.count()).select_from(Slot)) == 3


def test_the_same_room_for_all_dates_if_there_is_one(make: Factory, member: Person, now: datetime) -> None:
    bookings.book(wish(TEN + DAY, "lilla-umea", sites=()), by=member, now=now)
    series = wish(recurrence="FREQ=DAILY;COUNT=3", people=2)
    planned = bookings.plan(series, by=member, now=now)
    assert planned.same_member
    assert rooms(bookings.book(series, by=member, now=now)) == [["lilla-stockholm", "mellan-umea"]] * 3


def test_else_the_room_of_most_dates_and_it_is_said(make: Factory, member: Person, now: datetime) -> None:
    for number, room in enumerate(("stora-umea", "lilla-umea", "mellan-umea")):
        bookings.book(wish(TEN + number * DAY, room, sites=()), by=member, now=now)
    bookings.book(wish(TEN, "lilla-umea", sites=()), by=member, now=now)
    series = wish(recurrence="FREQ=DAILY;COUNT=3")
    assert not bookings.plan(series, by=member, now=now).same_member
    made = bookings.book(series, by=member, now=now)
    assert [date[1] for date in rooms(made)] == ["mellan-umea", "mellan-umea", "lilla-umea"]
    assert asked(made) == ["lilla-stockholm", "mellan-umea", "lilla-umea"]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"sites": ("kiruna",)}, [("unknown_office", "sites")]),
        ({"people": 40}, [("no_room_at_site", "sites"), ("no_room_at_site", "sites")]),
        ({"sites": ("ljusdal",)}, [("office_without_hours", "sites")]),
        ({"sites": ()}, [("resource_missing", "resources")]),
        (
            {"sites": ("stockholm", "kiruna", "ljusdal")},
            [("unknown_office", "sites"), ("office_without_hours", "sites")],
        ),
    ],
)
def test_what_an_office_cannot_give_is_said(
    make: Factory, member: Person, now: datetime, changes: dict[str, object], expected: list[tuple[str, str]]
) -> None:
    make.room("stugan", office="ljusdal")
    db.session.query(OpeningHours).filter_by(office_id=make.office("ljusdal").id).delete()
    db.session.commit()
    with pytest.raises(Refused) as refused:
        bookings.book(wish(**changes), by=member, now=now)
    assert code(refused) == expected


def test_a_room_that_is_closed_then_is_not_given(make: Factory, member: Person, now: datetime) -> None:
    lilla = make.room("lilla-umea")
    db.session.add(
        OpeningHours(
            office_id=lilla.office_id, resource_id=lilla.id, weekday=4, opens_minute=480, closes_minute=600
        )
    )
    db.session.commit()
    assert rooms(bookings.book(wish(), by=member, now=now)) == [["lilla-stockholm", "mellan-umea"]]


def test_a_room_named_beside_its_office_is_not_given_twice(
    make: Factory, member: Person, now: datetime
) -> None:
    booking = bookings.book(wish(TEN, "lilla-umea"), by=member, now=now)
    assert rooms(booking) == [["lilla-stockholm", "lilla-umea", "mellan-umea"]]
    make.room("ensam", office="ljusdal")
    with pytest.raises(Refused) as refused:
        bookings.book(wish(TEN, "ensam", sites=("ljusdal",)), by=member, now=now)
    assert code(refused) == [("pool_too_small", "resources")]


def test_a_hall_with_a_folding_wall_is_given_whole(make: Factory, member: Person, now: datetime) -> None:
    hall = make.room("salen", office="ljusdal", capacity=30)
    parts: list[Resource] = [make.room(slug, office="ljusdal", capacity=14) for slug in ("vast", "ost")]
    db.session.add_all([ResourcePart(whole_id=hall.id, part_id=part.id) for part in parts])
    db.session.commit()
    booking = bookings.book(wish(sites=("ljusdal",), people=20), by=member, now=now)
    assert (rooms(booking), asked(booking)) == ([["vast", "ost"]], ["salen"])
    with pytest.raises(Taken):
        bookings.book(wish(sites=("ljusdal",), people=2), by=member, now=now)


def test_a_host_is_a_host_of_their_own_office_alone(make: Factory, member: Person, now: datetime) -> None:
    make.room("salen-umea", "umea", capacity=40, approval=True)
    host = make.host("vard@example.org", office=make.office("stockholm"))
    host.roles.append(type(host.roles[0])(role="member", office_id=make.office("umea").id))
    db.session.commit()
    both_ends = wish(TEN, "salen-umea", "stora-stockholm", sites=())
    assert bookings.plan(both_ends, by=host, now=now).needs_approval
    assert bookings.book(both_ends, by=host, now=now).dates[0].status == "requested"
    own = make.host("umea@example.org", office=make.office("umea"))
    own.roles.append(type(own.roles[0])(role="member", office_id=make.office("stockholm").id))
    db.session.commit()
    later = wish(TEN + HOUR, "salen-umea", "stora-stockholm", sites=())
    assert bookings.book(later, by=own, now=now).dates[0].status == "confirmed"


def test_each_office_approves_its_own_room(make: Factory, member: Person, now: datetime) -> None:
    make.room("salen-umea", "umea", capacity=40, approval=True)
    conference = wish(TEN, "salen-umea", "stora-stockholm", sites=())
    date = bookings.book(conference, by=member, now=now).dates[0]
    stockholm, umea = (
        make.host(f"{slug}@example.org", office=make.office(slug)) for slug in ("stockholm", "umea")
    )
    with pytest.raises(NotAllowed):
        approval.approve(date.id, by=stockholm, now=now)
    assert approval.approve(date.id, by=umea, now=now).status == "confirmed"


def test_only_the_room_that_is_given_is_asked_approval_for(
    make: Factory, member: Person, now: datetime
) -> None:
    make.room("salen-umea", "umea", capacity=40, approval=True)
    assert bookings.book(wish(people=2), by=member, now=now).dates[0].status == "confirmed"
    assert bookings.book(wish(people=20, sites=("umea",)), by=member, now=now).dates[0].status == "requested"


def test_a_link_is_kept_and_a_bad_one_is_refused(make: Factory, member: Person, now: datetime) -> None:
    link = new_link("https://meet.jit.si/")
    assert link.startswith("https://meet.jit.si/motesplats-")
    assert len({new_link("https://meet.jit.si") for _ in range(50)}) == 50
    booking = bookings.book(wish(meeting_url=link), by=member, now=now)
    assert booking.meeting_url == link
    with pytest.raises(Refused) as refused:
        bookings.book(wish(meeting_url="http://meet.jit.si/x", title=""), by=member, now=now)
    assert code(refused) == [("title_missing", "title"), ("bad_meeting_url", "meeting")]


@pytest.mark.parametrize(
    "link",
    [
        "http://teams.example/x",
        "javascript:alert(1)",
        "https://",
        "https:///x",
        "https://host/a b",
        "https://host/\r\nX: y",
        "https://host/\x00",
        "https://host/\u2028",
        "https://bank.example@evil.example/",
        "https://evil.example\\@bank.example/",
        "https://host:port/",
        "https://[::1",
        "https://host/" + "x" * 500,
        "//host/x",
        "host/x",
    ],
)
def test_only_whole_https_addresses_are_links(link: str) -> None:
    assert [each.code for each in link_refusals(link)] == ["bad_meeting_url"]


@pytest.mark.parametrize(
    "link",
    [
        None,
        "",
        "https://teams.microsoft.com/l/meetup-join/19%3ameeting_x%40thread.v2/0?context=%7b%22Tid%22%7d",
        "https://umu.zoom.us/j/123?pwd=abc#success",
        "https://meet.jit.si:8443/Möte",
    ],
)
def test_links_of_the_usual_services_are_kept(link: str | None) -> None:
    assert link_refusals(link) == []


def test_a_conference_is_moved_with_both_its_rooms(make: Factory, member: Person, now: datetime) -> None:
    made = bookings.book(wish(TEN, "licenser"), by=member, now=now)
    date: BookingDate = made.dates[0]
    things = tuple(thing.slug for thing in bookings.things_of(date))
    assert things == ("licenser", "lilla-stockholm", "lilla-umea")
    bookings.change(date.id, wish(TEN + HOUR, *things, sites=()), version=1, by=member, now=now)
    db.session.expire_all()
    assert rooms(made) == [["lilla-stockholm", "lilla-umea", "licens-1"]]
    assert sorted(asked(made)) == sorted(things)
