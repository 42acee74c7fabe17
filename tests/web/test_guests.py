"""Guests: named when booking, seen on the booking's page, and the switch for one's own mails."""

import re
from datetime import datetime

from flask.testing import FlaskClient
from sqlalchemy import select

from app.extensions import db
from app.models import Guest, Person
from tests.conftest import Clock
from tests.factories import Factory
from tests.web.accounts import add_account, sign_in
from tests.web.booked import FORM, book


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


def addresses() -> list[str]:
    db.session.expire_all()
    return [*db.session.scalars(select(Guest.email).order_by(Guest.id))]


def test_the_change_form_shows_the_guests_and_takes_others(
    member: Person, client: FlaskClient, now: datetime
) -> None:
    booking = book(member, now, guests=("eva@guest.example", "ola@guest.example"))
    url = f"/bookings/{booking.id}/change"
    page = client.get(url).text
    assert 'value="eva@guest.example, ola@guest.example"' in page
    assert "who is missing is told that they are not expected any more" in page
    sent = {**FORM, "title": "Board meeting", "version": "1"}
    assert client.post(url, data=sent).status_code == 302  # a form without the field
    assert addresses() == ["eva@guest.example", "ola@guest.example"]
    other = client.post(url, data={**sent, "version": "2", "guests": "ola@guest.example\nida@guest.example"})
    assert other.status_code == 302
    assert addresses() == ["ola@guest.example", "ida@guest.example"]
    wrong = client.post(url, data={**sent, "version": "3", "guests": "ida at home"})
    assert wrong.status_code == 422
    assert "“at” is no e-mail address." in wrong.text
    assert client.post(url, data={**sent, "version": "3", "guests": " "}).status_code == 302
    assert addresses() == []


def test_of_a_booking_from_elsewhere_no_guests_are_asked_for(
    member: Person, client: FlaskClient, now: datetime
) -> None:
    booking = book(member, now)
    booking.imported_as = "old-1"
    db.session.commit()
    url = f"/bookings/{booking.id}/change"
    assert 'name="guests"' not in client.get(url).text
    sent = {**FORM, "title": "New", "version": str(booking.version)}
    assert client.post(url, data={**sent, "guests": "a@b.example"}).status_code == 302
    assert addresses() == []


def test_a_video_conference_has_guests_too(member: Person, client: FlaskClient, make: Factory) -> None:
    make.room("forsen", "umea")
    assert 'name="guests"' in client.get("/conferences/new").text
    sent = {
        **FORM,
        "home": "stockholm",
        "sites": ["stockholm", "umea"],
        "people": "2",
        "guests": "eva@guest.example",
    }
    assert client.post("/conferences/new", data={**sent, "guests": "eva"}).status_code == 422
    assert client.post("/conferences/new", data=sent).status_code == 302
    assert addresses() == ["eva@guest.example"]
