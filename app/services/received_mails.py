"""What came by mail to the rooms and what became of it: so that none is dealt with twice, and hosts see."""

import hashlib
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, select, update

from app.extensions import db
from app.models import Booking, Office, Person, ReceivedMail
from app.services.mailroom_mail import Received
from app.services.notices import office_of
from app.services.once import add_once
from app.services.transaction import use_case
from app.services.unsent_mails import Mails, count_of, first_of, watch_over


@use_case
def is_new(mail: Received, office: Office | None, now: datetime) -> bool:
    """Whether this mail was not dealt with before; one that came to nothing for want of power was not."""
    row = {
        "message_id": _key(mail),
        "recipient": mail.recipient[:254],
        "sender": mail.sender[:254],
        "subject": mail.subject,
        "received_at": now,
        "outcome": "begun",
        "reasons": [],
        "office_id": office.id if office else None,
    }
    return add_once(ReceivedMail, row, unique=["message_id", "recipient"]) or row_of(mail).outcome == "begun"


def row_of(mail: Received) -> ReceivedMail:
    """What is kept of a mail that came."""
    query = select(ReceivedMail).filter_by(message_id=_key(mail), recipient=mail.recipient[:254])
    return db.session.scalars(query).one()


def reasons_of(mail: Received) -> list[str]:
    """The codes that say why that became of a mail."""
    return row_of(mail).reasons


def _key(mail: Received) -> str:
    """By what a mail is known again; without a Message-ID by all that it says."""
    return mail.message_id or f"none:{hashlib.sha256(repr(mail).encode()).hexdigest()}"


@use_case
def note(mail: Received, outcome: str, reasons: Sequence[str] = (), booking: Booking | None = None) -> str:
    """Notes what became of a mail, with the codes that say why; returns the outcome.

    An answer to no room in particular belongs to the office of the booking that it is about.
    """
    row = row_of(mail)
    row.outcome, row.reasons = outcome, list(dict.fromkeys(reasons))
    row.booking_id = booking.id if booking else None
    if row.office_id is None and booking and booking.dates:
        row.office_id = office_of(booking.dates[0]).id
    return outcome


def refused_mails(place: Office | None, *, by: Person, since: datetime) -> Mails[ReceivedMail]:
    """The mails to an office's rooms, and answers to its bookings, that were refused, newest first.

    Those of no office, for administrators, where `place` is None.
    """
    watch_over(place, by)
    return first_of(_refused(place, since), ReceivedMail.id.desc())


def count_refused(place: Office | None, *, by: Person, since: datetime) -> int:
    """How many there are."""
    watch_over(place, by)
    return count_of(_refused(place, since))


def _refused(place: Office | None, since: datetime) -> Select[ReceivedMail]:
    return select(ReceivedMail).where(
        ReceivedMail.office_id == (place.id if place else None),
        ReceivedMail.outcome.in_(("refused", "begun")),
        ReceivedMail.received_at > since,
    )


@use_case
def forget_received(before: datetime) -> int:
    """Forgets who sent mails that came before, and their subjects; not that they came: none is done twice."""
    old = update(ReceivedMail).where(ReceivedMail.received_at < before, ReceivedMail.sender != "")
    return len(db.session.execute(old.values(sender="", subject="").returning(ReceivedMail.id)).all())
