"""Bookings that came by mail, on their pages: whose calendar they stand in, and what came by mail."""

from datetime import datetime

import pytest
from flask.testing import FlaskClient

from app.extensions import db
from app.models import Booking, Person
from app.services import bookings
from tests.factories import TEN, Factory, wish
from tests.services.mailroom_answers import come, only_booking
from tests.services.mails import calendar, mail
from tests.web.accounts import EMAIL, add_account, sign_in

HEADS_UP = "Booked by mail, from"


@pytest.fixture
def booked(make: Factory, now: datetime) -> Booking:
    """A member's, who invited the room from a calendar of their own."""
    make.room("tallen")
    anna = add_account(make, language="en")
    anna.name = "Anna Ek"
    db.session.commit()
    vouched = "mx.office.example; dmarc=pass header.from=example.org"
    assert come(mail(calendar(organizer=EMAIL), sender=EMAIL, vouched=vouched), now) == "booked"
    return only_booking()


@pytest.mark.parametrize("page", ["", "/change", "/cancellation"])
def test_its_organiser_reads_that_their_own_calendar_has_it(
    booked: Booking, client: FlaskClient, page: str
) -> None:
    sign_in(client)
    told = client.get(f"/bookings/{booked.id}{page}").text
    assert f"{HEADS_UP} your own calendar." in told
    assert "you get a mail that says what to change" in told


def test_a_host_reads_whose_calendar_it_is_and_what_came_by_mail(
    booked: Booking, make: Factory, client: FlaskClient
) -> None:
    add_account(make, "host@example.org", "host", language="en")
    sign_in(client, "host@example.org")
    told = client.get(f"/bookings/{booked.id}").text
    assert f"{HEADS_UP} the calendar of Anna Ek." in told
    assert "Booked (by mail)" in told


def test_others_read_nothing_of_it(booked: Booking, make: Factory, client: FlaskClient) -> None:
    add_account(make, "other@example.org", language="en")
    sign_in(client, "other@example.org")
    answer = client.get(f"/bookings/{booked.id}")
    assert HEADS_UP not in answer.text


def test_what_was_booked_here_says_nothing_of_mail(make: Factory, client: FlaskClient, now: datetime) -> None:
    make.room("tallen")
    anna: Person = add_account(make, language="en")
    booking = bookings.book(wish(TEN), by=anna, now=now)
    sign_in(client)
    assert HEADS_UP not in client.get(f"/bookings/{booking.id}").text
