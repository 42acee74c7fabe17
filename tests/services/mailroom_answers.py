"""Mails that come to the mail room, and what it answers, for tests."""

from datetime import datetime
from email import message_from_bytes, policy
from typing import Any

import icalendar
import vobject
from sqlalchemy import select

from app.extensions import db
from app.mailer import message_of
from app.models import Booking, OutboxMail, Person, ReceivedMail
from app.services.invitations import PostOffice
from app.services.mailroom import receive
from app.services.mailroom_mail import open_mail
from calendars.lint import lint
from tests.calendars.sound import defects_of
from tests.factories import Factory
from tests.services.mails import AUTHSERV

POST = PostOffice("Mötesplats <boka@rum.example>", "rum.example")


def member_with_rooms(make: Factory) -> Person:
    """Somebody who may book a room, and one more if the host says yes."""
    make.room("tallen")
    make.room("hall", approval=True)
    return make.person(name="Anna Ek", language="en")


def come(raw: bytes, now: datetime, to: str = "tallen@rum.example") -> str:
    return receive(open_mail(raw, to, authserv_id=AUTHSERV), POST, now)


def answers() -> list[OutboxMail]:
    query = select(OutboxMail).where(OutboxMail.key.startswith("answer:")).order_by(OutboxMail.id)
    return list(db.session.scalars(query))


def last_answer() -> tuple[OutboxMail, list[Any]]:
    """The newest answer and its events; sound, and read by two readers."""
    answer = answers()[-1]
    parsed = message_from_bytes(message_of(answer, POST.sender).as_bytes(), policy=policy.default)
    assert defects_of(parsed) == []
    (ics,) = answer.calendars or ()
    assert lint(ics.encode(), kind="message") == []
    assert vobject.readOne(ics).method.value == "REPLY"
    return answer, icalendar.Calendar.from_ical(ics).walk("VEVENT")


def partstats(events: list[Any]) -> list[str]:
    return [str(event["ATTENDEE"].params["PARTSTAT"]) for event in events]


def only_booking() -> Booking:
    return db.session.scalars(select(Booking)).one()


def reasons() -> list[str]:
    newest = select(ReceivedMail).order_by(ReceivedMail.id.desc()).limit(1)
    return db.session.scalars(newest).one().reasons
