"""Invitations, newer versions and cancellations, as other people's programs read them."""

from collections.abc import Callable
from datetime import datetime
from email import message_from_bytes, policy

import pytest
from flask import Flask
from sqlalchemy import select

from app.extensions import db
from app.mailer import message_of
from app.models import Booking, OutboxMail, Person
from app.services import bookings
from app.services.bookings import Wish
from app.services.invitations import PostOffice, tell_untold
from tests.factories import HOUR, TEN, Factory
from tests.interop.calendars.programs import by_ical_js, by_libical, message_by_libical
from tests.interop.mail_office import calendar_in

POST = PostOffice("Mötesplats <boka@rum.example>", "rum.example")
GUEST = "eva@guest.example"
ALWAYS = {
    *("UID", "DTSTAMP", "SEQUENCE", "DTSTART", "DTEND", "SUMMARY", "STATUS", "ORGANIZER", "ATTENDEE"),
    *("LOCATION", "TRANSP", "X-MICROSOFT-DISALLOW-COUNTER", "X-MICROSOFT-CDO-BUSYSTATUS"),
}


@pytest.fixture
def booked(app: Flask, make: Factory, now: datetime) -> Callable[[str | None], Booking]:
    """Books a room for a member and a guest."""
    make.room("tallen")
    member: Person = make.person(name="Anna Ek")

    def book(recurrence: str | None) -> Booking:
        words = "Frukost, vind & kraft 🌬", "granit", "meeting", recurrence
        return bookings.book(Wish(("tallen",), TEN, TEN + HOUR, *words, guests=(GUEST,)), by=member, now=now)

    return book


def mailed(now: datetime) -> dict[str, bytes]:
    """The calendars of the mails of this telling, by reader."""
    known = set(db.session.scalars(select(OutboxMail.id)))
    tell_untold(POST, now)
    new = [each for each in db.session.scalars(select(OutboxMail)) if each.id not in known]
    parsed = {
        each.recipient: message_from_bytes(message_of(each, POST.sender).as_bytes(), policy=policy.default)
        for each in new
    }
    return {reader: calendar_in(message) for reader, message in parsed.items()}


@pytest.mark.parametrize("recurrence", [None, "FREQ=WEEKLY;COUNT=4"])
def test_the_bookers_copy_and_the_guests_are_the_same_meeting(
    booked: Callable[[str | None], Booking], now: datetime, recurrence: str | None
) -> None:
    booking = booked(recurrence)
    assert booking.organiser
    copies = mailed(now)
    expected = [(date.starts_at, date.ends_at) for date in booking.dates]
    organizers = {booking.organiser.email: "mailto:boka@rum.example", GUEST: "mailto:member@example.org"}
    for reader, organizer in organizers.items():
        ics = copies[reader]
        assert by_libical(ics) == by_ical_js(ics) == expected
        head, (event,) = message_by_libical(ics)
        assert head["METHOD"].value == "REQUEST"
        assert set(event) >= ALWAYS
        assert event["UID"].value == booking.uid
        assert event["ORGANIZER"].value == organizer
    bookings.cancel(booking.id, by=booking.organiser, now=now)
    for reader, ics in mailed(now).items():
        head, (event,) = message_by_libical(ics)
        assert (head["METHOD"].value, event["STATUS"].value) == ("CANCEL", "CANCELLED")
        assert event["ORGANIZER"].value == organizers[reader]
        assert event["SEQUENCE"].value == "1"
