"""Guests over the API."""

from collections.abc import Callable

from sqlalchemy import select

from app.extensions import db
from app.models import Booking, Guest
from tests.api.conftest import Caller

Api = Callable[..., Caller]


def test_guests_are_named_when_booking(api: Api) -> None:
    caller = api()
    answer = caller.book(guests=["Eva@guest.example", "ola@guest.example"])
    assert answer.status_code == 201
    assert db.session.scalars(select(Guest.email).order_by(Guest.id)).all() == [
        "eva@guest.example",
        "ola@guest.example",
    ]
    assert "guest.example" not in answer.text


def test_what_is_no_address_is_refused(api: Api) -> None:
    answer = api().book(guests=["eva at home"])
    assert answer.status_code == 422
    assert [(each["code"], each["field"]) for each in answer.json["refusals"]] == [("bad_guest", "guests")]
    assert db.session.scalars(select(Booking)).all() == []
