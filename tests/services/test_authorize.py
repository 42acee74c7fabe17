"""The table of who may do what, cell by cell."""

from datetime import datetime
from itertools import product

import pytest

from app.domain.errors import NotAllowed
from app.extensions import db
from app.models import Booking, BookingResource, Person, Role
from app.services.authorize import INCLUDES, RULES, authorize, may, roles_anywhere, roles_at
from tests.factories import Factory

# Everybody is of "granit" except the two named after other organisations.
PEOPLE = (
    "visitor",
    "member",
    "host",
    "funder",
    "admin",
    "host elsewhere",
    "colleague",
    "stranger",
    "shut out",
)


@pytest.fixture
def people(make: Factory) -> dict[str, Person | None]:
    here, there = make.office("stockholm"), make.office("umea")
    return {
        "visitor": None,
        "member": make.person("member@example.org", office=here),
        "colleague": make.person("colleague@example.org", office=here),
        "stranger": make.person("stranger@example.org", office=here, organisation="tall"),
        "host": make.person("host@example.org", role="host", office=here, organisation="tall"),
        "host elsewhere": make.person("umea@example.org", role="host", office=there, organisation="tall"),
        "funder": make.person("funder@example.org", role="funder", office=here, organisation="kraft"),
        "admin": make.person("admin@example.org", role="admin", organisation="tall"),
        "shut out": make.person("out@example.org", role="admin", active=False),
    }


@pytest.fixture
def booking(make: Factory, people: dict[str, Person | None], now: datetime) -> Booking:
    """Of "member", for "granit", of a room in Stockholm."""
    organiser = people["member"]
    assert organiser
    organisation = make.organisation("granit")
    room = make.room("tallen")
    booking = Booking(
        uid="1@test",
        title="Möte",
        organiser_id=organiser.id,
        organisation_id=organisation.id,
        category_id=organisation.category_id,
        activity_id=make.activity().id,
        timezone="Europe/Stockholm",
        created_at=now,
        asked_for=[BookingResource(position=0, resource_id=room.id)],
    )
    db.session.add(booking)
    db.session.commit()
    return booking


ALLOWED = {
    "see_board": {*PEOPLE} - {"shut out"},
    "book": {"member", "colleague", "host", "admin"},
    "see_booking": {"member", "colleague", "host", "admin"},
    "change_booking": {"member", "host", "admin"},
    "check_in": {"member", "host", "admin"},
    "count_heads": {"member", "host", "admin"},
    "host_booking": {"host", "admin"},
    "host": {"host", "admin"},
    "see_report": {"host", "funder", "admin"},
    "manage": {"admin"},
}


def test_every_action_is_tested() -> None:
    assert ALLOWED.keys() == RULES.keys()


@pytest.mark.parametrize(("action", "who"), list(product(ALLOWED, PEOPLE)))
def test_the_table(
    make: Factory, people: dict[str, Person | None], booking: Booking, action: str, who: str
) -> None:
    office = make.office("stockholm")
    thing: object = booking if "booking" in action or action in ("check_in", "count_heads") else office
    if action == "book":
        thing = (office, make.organisation("granit"))
    allowed = who in ALLOWED[action]
    assert may(people[who], action, thing) is allowed
    if not allowed:
        with pytest.raises(NotAllowed):
            authorize(people[who], action, thing)


def test_what_is_not_in_the_table_is_for_nobody(people: dict[str, Person | None]) -> None:
    assert not may(people["admin"], "fly")
    assert not may(people["admin"], "")


@pytest.mark.parametrize("action", sorted(RULES.keys() - {"see_board", "manage"}))
def test_without_a_thing_a_role_at_one_office_opens_nothing(
    people: dict[str, Person | None], action: str
) -> None:
    assert not may(people["host"], action)


def test_a_member_of_one_office_does_not_book_at_another(
    make: Factory, people: dict[str, Person | None]
) -> None:
    granit = make.organisation("granit")
    assert may(people["member"], "book", (make.office("stockholm"), granit))
    assert not may(people["member"], "book", (make.office("umea"), granit))


def test_a_member_books_for_no_other_organisation_a_host_for_any(
    make: Factory, people: dict[str, Person | None]
) -> None:
    other = (make.office("stockholm"), make.organisation("other"))
    assert not may(people["member"], "book", other)
    assert may(people["host"], "book", other)


def test_a_booking_at_two_offices_belongs_to_the_hosts_of_both(
    make: Factory, people: dict[str, Person | None], booking: Booking
) -> None:
    assert not may(people["host elsewhere"], "host_booking", booking)
    booking.asked_for.append(BookingResource(position=1, resource_id=make.room("granen", office="umea").id))
    db.session.commit()
    assert may(people["host elsewhere"], "host_booking", booking)


def test_roles_are_told_by_office(make: Factory, people: dict[str, Person | None]) -> None:
    here, there = make.office("stockholm"), make.office("umea")
    host = people["host"]
    assert host
    assert roles_at(host, here) == {"host", "member"}
    assert roles_at(host, there.id) == frozenset()
    assert roles_at(people["admin"], there) == INCLUDES["admin"]
    assert roles_at(None, here) == frozenset()
    host.roles.append(Role(role="funder", office_id=there.id))
    assert roles_anywhere(host) == {"host", "member", "funder"}
    assert roles_anywhere(None) == frozenset()
