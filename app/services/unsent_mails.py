"""Mails that have not left, for those who look after an office: what waits, what was given up, trying again.

A host reads those of the own office. Those of no office, such as links to sign in, are the administrators'.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Select, func, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute

from app.domain.errors import NotFound
from app.extensions import db
from app.models import Office, OutboxMail, Person, ReceivedMail
from app.services.authorize import authorize
from app.services.transaction import use_case

M = TypeVar("M", OutboxMail, ReceivedMail)

MOST_SHOWN = 50
# What is younger and never failed is about to leave: the job comes every minute.
LATE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Mails(Generic[M]):
    """Of one sort: at most MOST_SHOWN of them, and how many there are."""

    mails: Sequence[M]
    count: int


def watch_over(place: Office | None, by: Person) -> None:
    """Raises NotAllowed unless somebody may read the mails of an office; None: those of no office."""
    if place is None:
        authorize(by, "manage")
    else:
        authorize(by, "host", place)


def waiting_mails(place: Office | None, *, by: Person) -> Mails[OutboxMail]:
    """What waits to leave, the longest first."""
    watch_over(place, by)
    waiting = _of(place, "waiting")
    return first_of(waiting, OutboxMail.created_at, OutboxMail.id)


def dead_letters(place: Office | None, *, by: Person) -> Mails[OutboxMail]:
    """What was given up, newest first."""
    watch_over(place, by)
    dead = _of(place, "dead")
    return first_of(dead, OutboxMail.id.desc())


def count_unsent(place: Office | None, now: datetime, *, by: Person) -> tuple[int, int]:
    """How many wait that should have left, and how many were given up."""
    watch_over(place, by)
    late = or_(OutboxMail.last_error.is_not(None), OutboxMail.created_at < now - LATE)
    return count_of(_of(place, "waiting").where(late)), count_of(_of(place, "dead"))


def is_leaving(mail: OutboxMail, now: datetime) -> bool:
    """Whether a process is handing it over right now: nothing is known yet of this attempt."""
    return mail.state == "waiting" and mail.attempts > 0 and mail.last_error is None and mail.due_at > now


@use_case
def try_again(mail_id: int, place: Office | None, *, by: Person, now: datetime) -> OutboxMail:
    """Has a mail leave at the next sending, under its old Message-ID; one that was given up begins anew.

    What has left, or is leaving, stays as it is, so asking twice is asking once. NotFound where the mail is
    none of the office's.
    """
    watch_over(place, by)
    mail = db.session.get(OutboxMail, mail_id)
    if mail is None or mail.office_id != (place.id if place else None):
        raise NotFound()
    if mail.state == "sent" or is_leaving(mail, now):
        return mail
    attempts = 0 if mail.state == "dead" else mail.attempts
    as_seen = (OutboxMail.state == mail.state, OutboxMail.attempts == mail.attempts)
    asked = update(OutboxMail).where(OutboxMail.id == mail_id, *as_seen, OutboxMail.due_at == mail.due_at)
    db.session.execute(asked.values(state="waiting", attempts=attempts, due_at=min(mail.due_at, now)))
    db.session.refresh(mail)
    return mail


@use_case
def try_all_again(place: Office | None, *, by: Person, now: datetime) -> int:
    """Has all that wait leave at the next sendings; how many that are. What is due or leaving stays so."""
    watch_over(place, by)
    known = or_(OutboxMail.attempts == 0, OutboxMail.last_error.is_not(None))  # not `is_leaving`
    later = update(OutboxMail).where(*_which(place, "waiting"), OutboxMail.due_at > now, known)
    return len(db.session.execute(later.values(due_at=now).returning(OutboxMail.id)).all())


def _of(place: Office | None, state: str) -> Select[OutboxMail]:
    return select(OutboxMail).where(*_which(place, state))


def _which(place: Office | None, state: str) -> tuple[ColumnElement[bool], ...]:
    return OutboxMail.state == state, OutboxMail.office_id == (place.id if place else None)


def first_of(which: Select[M], *order: ColumnElement[Any] | InstrumentedAttribute[Any]) -> Mails[M]:
    """The first in this order."""
    mails = db.session.scalars(which.order_by(*order).limit(MOST_SHOWN)).all()
    return Mails(mails, len(mails) if len(mails) < MOST_SHOWN else count_of(which))


def count_of(which: Select[Any]) -> int:
    """How many rows that is."""
    return db.session.scalar(select(func.count()).select_from(which.subquery())) or 0
