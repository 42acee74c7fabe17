"""Two offices answer one request at the same moment: neither yes is lost, and it is confirmed once."""

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from app.extensions import db
from app.models import BookingDate, History, OfficeApproval, OutboxMail
from app.services import approval, bookings
from app.services.awaited import awaited
from app.services.people import person_by_email
from tests.conftest import NOW
from tests.factories import TEN, Factory, wish
from tests.races import at_once, own_app

ROUNDS = 6
OFFICES = ("stockholm", "umea")
MEMBER = "member@example.org"


@pytest.fixture(params=["sqlite", "postgres"])
def shared(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """An application whose every commit is real."""
    with own_app(request, tmp_path) as app:
        with app.app_context():
            make = Factory(NOW)
            for slug in OFFICES:
                make.room(f"sal-{slug}", slug, approval=True)
                make.host(f"{slug}@example.org", office=make.office(slug))
            make.person(MEMBER)
        yield app


def asked(app: Flask, number: int, **more: object) -> tuple[int, list[int]]:
    """A booking that both offices are asked about: its number, and those of its dates."""
    with app.app_context():
        wanted = wish(TEN + number * timedelta(days=7), *(f"sal-{slug}" for slug in OFFICES), **more)
        booking = bookings.book(wanted, by=person_by_email(MEMBER), now=NOW)
        return booking.id, [date.id for date in booking.dates]


def says(office: str, decision: str, booking_id: int, date_ids: Sequence[int]) -> Callable[[], object]:
    def act() -> object:
        host = person_by_email(f"{office}@example.org")
        dates = approval.decide(booking_id, date_ids, decision, by=host, now=NOW)
        return {date.status for date in dates}

    return act


def story(date_id: int) -> tuple[str, list[str]]:
    """The status, and every action but the booking."""
    lines = db.session.scalars(select(History.action).filter_by(date_id=date_id).order_by(History.id)).all()
    return db.session.get_one(BookingDate, date_id).status, [*lines]


def mails() -> list[tuple[str, str]]:
    return [(mail.recipient, mail.key.split(":")[0]) for mail in db.session.scalars(select(OutboxMail))]


def test_both_say_yes(shared: Flask) -> None:
    for number in range(ROUNDS):
        booking, (date,) = asked(shared, number)
        answers = at_once(shared, *(says(office, "approve", booking, [date]) for office in OFFICES))
        assert sorted(map(str, answers)) == ["{'confirmed'}", "{'requested'}"]
        with shared.app_context():
            assert story(date) == ("confirmed", ["approved_here", "approved"])
            assert awaited(db.session.get_one(BookingDate, date)) == []
            assert [who for who, _ in mails()] == [MEMBER] * (number + 1), "told once, when it is settled"


def test_one_office_says_it_twice(shared: Flask) -> None:
    for number in range(ROUNDS):
        booking, (date,) = asked(shared, number)
        at_once(shared, *(says("umea", "approve", booking, [date]) for _ in range(3)))
        with shared.app_context():
            assert story(date) == ("requested", ["approved_here"])
            left = [office.slug for office in awaited(db.session.get_one(BookingDate, date))]
            assert left == ["stockholm"], "however often, it is one office's yes"
            assert len(db.session.scalars(select(OfficeApproval).filter_by(date_id=date)).all()) == 1


def test_one_says_yes_and_the_other_no(shared: Flask) -> None:
    for number in range(ROUNDS):
        booking, (date,) = asked(shared, number)
        answers = at_once(
            shared, says("umea", "approve", booking, [date]), says("stockholm", "decline", booking, [date])
        )
        assert answers[1] == {"declined"}, "a no always holds"
        with shared.app_context():
            if answers[0] == {"requested"}:
                assert story(date) == ("declined", ["approved_here", "declined"])
            else:
                assert answers[0] == "not_requested"
                assert story(date) == ("declined", ["declined"])
            held = db.session.get_one(BookingDate, date)
            assert not any(slot.live for slot in held.slots)
            assert sum(who == MEMBER for who, _ in mails()) == number + 1


def test_both_say_yes_to_the_dates_of_a_series_in_another_order(shared: Flask) -> None:
    for number in range(ROUNDS):
        booking, dates = asked(shared, number, recurrence="FREQ=DAILY;COUNT=4")
        at_once(
            shared,
            says("umea", "approve", booking, dates),
            says("stockholm", "approve", booking, dates[::-1]),
        )
        with shared.app_context():
            for date in dates:
                assert story(date) == ("confirmed", ["approved_here", "approved"])
