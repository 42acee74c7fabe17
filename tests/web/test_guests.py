"""Guests: named when booking, seen on the booking's page, and the switch for one's own mails."""

import re

from flask.testing import FlaskClient
from sqlalchemy import select

from app.extensions import db
from app.models import Guest, Person
from tests.conftest import Clock
from tests.factories import Factory
from tests.web.accounts import add_account, sign_in
from tests.web.booked import FORM


def test_guests_are_named_when_booking_and_seen_by_their_booker_alone(
    member: Person, client: FlaskClient, make: Factory, clock: Clock
) -> None:
    assert "E-mail addresses of the guests" in client.get("/bookings/new?resource=tallen").text
    made = client.post("/bookings/new", data={**FORM, "guests": "eva@guest.example; ola@guest.example"})
    assert made.status_code == 302
    assert db.session.scalars(select(Guest.email).order_by(Guest.id)).all() == [
        "eva@guest.example",
        "ola@guest.example",
    ]
    page = client.get(made.location).text
    assert re.search(r"eva@guest\.example <span[^>]*>· no answer yet", page)
    add_account(make, email="colleague@example.org")
    colleague = client.application.test_client()
    sign_in(colleague, "colleague@example.org")
    answer = colleague.get(made.location)
    assert answer.status_code == 200
    assert "guest.example" not in answer.text


def test_an_address_that_is_none_is_told_at_its_field(member: Person, client: FlaskClient) -> None:
    answer = client.post("/bookings/new", data={**FORM, "guests": "eva@guest.example, eva at home"})
    assert answer.status_code == 422
    assert "“at” is no e-mail address." in answer.text
    assert db.session.scalars(select(Guest)).all() == []


def test_mails_with_ones_own_bookings_can_be_turned_off_and_on(member: Person, client: FlaskClient) -> None:
    assert ">Turn off<span" in client.get("/bookings").text
    assert client.post("/bookings/invitations", data={"wanted": "0"}).location == "/bookings#invitations"
    assert ">Turn on<span" in client.get("/bookings").text
    client.post("/bookings/invitations", data={"wanted": "1"})
    assert ">Turn off<span" in client.get("/bookings").text
