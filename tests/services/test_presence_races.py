"""A person and a job decide about the same date at the same moment: one does, the other finds it done."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from app.extensions import db
from app.models import BookingDate, History, OutboxMail
from app.services import approval, bookings, presence, release, requests
from app.services.people import person_by_email
from tests.conftest import NOW
from tests.factories import HOUR, TEN, Factory, wish
from tests.races import at_once, own_app

ROUNDS = 8
HOST, MEMBER = "host@example.org", "member@example.org"


@pytest.fixture(params=["sqlite", "postgres"])
def shared(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """An application whose every commit is real."""
    with own_app(request, tmp_path) as app:
        with app.app_context():
            make = Factory(NOW)
            make.room("tallen")
            make.room("hall", approval=True)
            make.host(HOST)
            make.person(MEMBER)
            make.rule(release_minutes=15, lapse_minutes=60)
        yield app


def book(slug: str, start: datetime) -> int:
    return bookings.book(wish(start, slug), by=person_by_email(MEMBER), now=NOW).dates[0].id


def story(date_id: int) -> tuple[str, list[str]]:
    """The status, and every action but the booking."""
    lines = db.session.scalars(select(History.action).filter_by(date_id=date_id).order_by(History.id)).all()
    return db.session.get_one(BookingDate, date_id).status, [*lines]


def test_a_yes_and_a_lapse(shared: Flask) -> None:
    for number in range(ROUNDS):
        start = TEN + number * timedelta(days=7)
        with shared.app_context():
            date_id = book("hall", start)

        def approve(date_id: int = date_id, now: datetime = start - HOUR) -> object:
            return approval.approve(date_id, by=person_by_email(HOST), now=now)

        def lapse(now: datetime = start - HOUR) -> object:
            return requests.lapse_due(now)

        at_once(shared, approve, lapse, lapse)
        with shared.app_context():
            assert story(date_id) in (("confirmed", ["approved"]), ("declined", ["lapsed"]))
            mails = db.session.scalars(select(OutboxMail.key)).all()
            assert len(mails) == number + 1, mails


def test_a_check_in_and_a_release(shared: Flask) -> None:
    for number in range(ROUNDS):
        start = TEN + number * timedelta(days=7)
        with shared.app_context():
            date_id = book("tallen", start)

        def check_in(date_id: int = date_id, now: datetime = start + HOUR / 4) -> object:
            return presence.check_in(date_id, by=person_by_email(MEMBER), now=now)

        def look(now: datetime = start + HOUR / 4) -> object:
            return release.release_due(now)

        at_once(shared, check_in, look, look)
        with shared.app_context():
            # Who comes in the very moment in which the time is released has it back.
            assert story(date_id) in (
                ("checked_in", ["checked_in"]),
                ("checked_in", ["no_show", "checked_in"]),
            )


def test_two_hosts(shared: Flask) -> None:
    for number in range(ROUNDS):
        start = TEN + number * timedelta(days=7)
        with shared.app_context():
            date_id = book("hall", start)

        def decide(decision: str, date_id: int = date_id) -> object:
            act = getattr(approval, decision)
            return act(date_id, by=person_by_email(HOST), now=NOW)

        answers = at_once(shared, lambda: decide("approve"), lambda: decide("decline"))
        assert answers.count("not_requested") == 1
        with shared.app_context():
            assert story(date_id) in (("confirmed", ["approved"]), ("declined", ["declined"]))
