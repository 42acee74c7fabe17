"""Bookings with guests, and the mails about them as their readers' programs read them."""

from datetime import datetime, timedelta
from email import message_from_bytes, policy
from typing import Any

import icalendar
import vobject
from sqlalchemy import select

from app.extensions import db
from app.mailer import message_of
from app.models import Booking, OutboxMail, Person
from app.services import bookings
from app.services.bookings import Wish
from app.services.invitations import PostOffice, tell_untold
from calendars.lint import lint
from tests.calendars.sound import defects_of
from tests.factories import HOUR, TEN, Factory

DAY = timedelta(days=1)
POST = PostOffice("Mötesplats <boka@office.example>", "rum.office.example")
WEEKLY = "FREQ=WEEKLY;COUNT=4"
GUESTS = ("Eva@Guest.example", "ola@guest.example")


def booker(make: Factory) -> Person:
    """A member where one room is free to book and the host decides over another."""
    make.room("tallen")
    make.room("hall", approval=True)
    return make.person(name='Anna "A" Ek', language="en")


def wish(recurrence: str | None = None, room: str = "tallen", **more: Any) -> Wish:
    settings = {"guests": GUESTS, **more}
    return Wish(
        (room,), TEN, TEN + HOUR, "Frukost, vind & kraft 🌬", "granit", "meeting", recurrence, **settings
    )


def book(member: Person, now: datetime, recurrence: str | None = None, **more: Any) -> Booking:
    return bookings.book(wish(recurrence, **more), by=member, now=now)


class Mailed:
    """One mail, as its reader's programs read it."""

    def __init__(self, mail: OutboxMail) -> None:
        self.mail = mail
        parsed = message_from_bytes(message_of(mail, POST.sender).as_bytes(), policy=policy.default)
        assert defects_of(parsed) == []
        files = [part for part in parsed.walk() if part.get_content_type() == "application/ics"]
        self.calendars = [icalendar.Calendar.from_ical(part.get_payload(decode=True)) for part in files]
        for part in files:
            assert lint(part.get_payload(decode=True), kind="message") == []
            assert vobject.readOne(part.get_payload(decode=True).decode()).vevent.uid.value

    @property
    def methods(self) -> list[str]:
        return [str(each["METHOD"]) for each in self.calendars]

    @property
    def events(self) -> list[Any]:
        return [event for each in self.calendars for event in each.walk("VEVENT")]

    @property
    def event(self) -> Any:
        return self.events[0]


def mailed(now: datetime) -> dict[str, Mailed]:
    """The mails of this telling, by reader; nobody gets two."""
    known = set(db.session.scalars(select(OutboxMail.id)))
    told, failures = tell_untold(POST, now)
    assert failures == []
    mails = [each for each in db.session.scalars(select(OutboxMail)) if each.id not in known]
    assert told == len(mails) == len({each.recipient for each in mails})
    return {each.recipient: Mailed(each) for each in mails}
