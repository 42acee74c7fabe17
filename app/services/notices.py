"""Mails that tell people what became of their bookings, put into the outbox with what they tell of.

Services know no words: whoever writes the letters is given to them once, when the application is put
together. So no page, job or API call can forget the mail that belongs to what it does.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import or_, select

from app.extensions import db
from app.models import BookingDate, Office, OutboxMail, Person, Role, Waiting
from app.services.mailed import mailed_of
from app.services.outbox import Beside, put_mail

# Whose keys begin with the kind and the number of a date.
BOOKING_KINDS = ("approved", "declined", "declined_elsewhere", "lapsed", "released", "closed")


@dataclass(frozen=True, slots=True)
class Notice:
    """What a mail tells: which letter, of which dates, and why. `extra`: what one letter alone needs."""

    kind: str  # approved | declined | declined_elsewhere | lapsed | released | closed | free | requests …
    office: Office
    dates: Sequence[BookingDate] = ()
    reason: str = ""
    waiting: Waiting | None = None
    extra: dict[str, object] = field(default_factory=dict)


# Subject and body of a notice in a language ("sv" or "en").
Writer = Callable[[Notice, str], tuple[str, str]]
_writers: list[Writer] = []


def write_with(writer: Writer) -> None:
    """From now on the letters are written by this."""
    _writers[:] = [writer]


def tell(person: Person | None, notice: Notice, *, key: str, now: datetime) -> bool:
    """Puts the mail into the outbox, in the caller's transaction, in the reader's language.

    False where the same `key` was told before, or nobody is there to be told.
    """
    if person is None or not person.active:
        return False
    language = person.language or notice.office.language
    (write,) = _writers
    subject, body = write(notice, language)
    beside = Beside(office_id=notice.office.id)
    return put_mail(f"{key}:{person.id}", person.email, subject, body, language, now, beside)


def tell_booker(
    kind: str,
    dates: Sequence[BookingDate],
    *,
    by: Person | None,
    now: datetime,
    reason: str = "",
    extra: dict[str, object] | None = None,
) -> bool:
    """Tells whoever made the booking, unless they did it themselves; one mail for all these dates.

    Not of what they booked by mail and is still to come: of that the room tells them (`room_news`).
    """
    first = dates[0]
    booker = first.booking.organiser
    if booker is None or (by is not None and by.id == booker.id):
        return False
    if first.starts_at > now and mailed_of(first.booking):
        return False
    notice = Notice(kind, office_of(first), dates, reason, extra=extra or {})
    # The number of the date's change: the same for as long as this is what happened last.
    return tell(booker, notice, key=f"{kind}:{first.id}:{first.sequence}", now=now)


def office_of(date: BookingDate) -> Office:
    """The office whose language and clock speak for a date: the first that it is at."""
    office: Office = date.slots[0].resource.office
    return office


def hosts_of(office: Office) -> Sequence[Person]:
    """Who runs the office day: its hosts; where there are none, its administrators."""
    here = or_(Role.office_id.is_(None), Role.office_id == office.id)
    for role in ("host", "admin"):
        holders = select(Role.person_id).where(Role.role == role, here)
        query = select(Person).where(Person.active, Person.id.in_(holders)).order_by(Person.id)
        if found := db.session.scalars(query).all():
            return found
    return ()


def told_since(key: str, since: datetime) -> bool:
    """Whether a mail whose key begins like this was put into the outbox since."""
    recent = select(OutboxMail.id).where(
        OutboxMail.state.in_(("waiting", "sent", "dead")),  # these two lines are what the index knows
        OutboxMail.due_at > since,
        OutboxMail.created_at > since,
        OutboxMail.key.startswith(key, autoescape=True),
    )
    return db.session.scalar(recent.limit(1)) is not None


def was_told(key: str) -> bool:
    """Whether somebody was told this."""
    mails = select(OutboxMail.id).where(OutboxMail.key.startswith(f"{key}:", autoescape=True))
    return db.session.scalar(mails.limit(1)) is not None
