"""What came by mail to the rooms and what became of it: so that none is dealt with twice, and hosts see."""

import hashlib
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import or_, select, update

from app.extensions import db
from app.models import Booking, Office, Person, ReceivedMail
from app.services.authorize import may
from app.services.mailroom_mail import Received
from app.services.once import add_once
from app.services.transaction import use_case

MOST_SHOWN = 50


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


def _key(mail: Received) -> str:
    """By what a mail is known again; without a Message-ID by all that it says."""
    return mail.message_id or f"none:{hashlib.sha256(repr(mail).encode()).hexdigest()}"


@use_case
def note(mail: Received, outcome: str, reasons: Sequence[str] = (), booking: Booking | None = None) -> str:
    """Notes what became of a mail, with the codes that say why; returns the outcome."""
    row = row_of(mail)
    row.outcome, row.reasons = outcome, list(dict.fromkeys(reasons))
    row.booking_id = booking.id if booking else None
    return outcome


def refused_mails(office: Office, *, by: Person, since: datetime) -> Sequence[ReceivedMail]:
    """The mails to an office's rooms that were refused, newest first.

    Those to no room in particular are shown to whoever hosts all offices.
    """
    here = ReceivedMail.office_id == office.id
    if may(by, "host"):
        here = or_(here, ReceivedMail.office_id.is_(None))
    query = select(ReceivedMail).where(
        here, ReceivedMail.outcome.in_(("refused", "begun")), ReceivedMail.received_at > since
    )
    return db.session.scalars(query.order_by(ReceivedMail.id.desc()).limit(MOST_SHOWN)).all()


@use_case
def forget_received(before: datetime) -> int:
    """Forgets who sent mails that came before, and their subjects; not that they came: none is done twice."""
    old = update(ReceivedMail).where(ReceivedMail.received_at < before, ReceivedMail.sender != "")
    return len(db.session.execute(old.values(sender="", subject="").returning(ReceivedMail.id)).all())
