"""Mails that wait to leave: written in the transaction of what they tell of, sent by a job.

A mail may leave twice if a process dies between sending and noting it; its Message-ID is the same then.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import random

from sqlalchemy import ColumnElement, or_, select, update

from app.domain.one_line import one_line
from app.extensions import db
from app.models import OutboxMail
from app.services.once import add_once
from app.services.transaction import use_case

# How long to wait at most after the first, second … failure: four times as long each time, up to eight hours.
PAUSES = tuple(min(timedelta(minutes=4**failure), timedelta(hours=8)) for failure in range(8))
JITTER = 0.2  # by up to this part sooner, so that mails that failed together do not all come back together
MOST_ATTEMPTS = len(PAUSES) + 1
BATCH = 50
# Longer than a whole batch can take, so that nobody else takes up a mail that is being sent.
LEASE = timedelta(minutes=30)


class Undeliverable(Exception):
    """The address takes no mail, now or later."""


@dataclass(frozen=True, slots=True)
class Counts:
    """What became of the mails that were due."""

    sent: int = 0
    failed: int = 0
    dead: int = 0


@dataclass(frozen=True, slots=True)
class Texts:
    """A letter in words."""

    subject: str
    plain: str
    html: str


@dataclass(frozen=True, slots=True)
class Beside:
    """What a mail may have beside its text: the same as HTML, calendar messages, a sender of its own.

    `office_id`: whose hosts are shown the mail if it cannot be delivered. `attachments`: of which files
    are made and attached when it leaves.
    """

    html: str | None = None
    calendars: tuple[str, ...] = ()
    sender: str | None = None
    office_id: int | None = None
    attachments: tuple[dict[str, object], ...] = ()


def put_mail(
    key: str,
    recipient: str,
    subject: str,
    body: str,
    language: str,
    now: datetime,
    beside: Beside = Beside(),
) -> bool:
    """Puts a mail into the outbox, in the caller's transaction; False where its key was known already."""
    row = {
        "key": key,
        "message_id": message_id(key),
        "recipient": recipient,
        "subject": one_line(subject)[:300],
        "body": body,
        "language": language,
        "html": beside.html,
        "calendars": list(beside.calendars) or None,
        "attachments": list(beside.attachments) or None,
        "sender": beside.sender,
        "office_id": beside.office_id,
        "state": "waiting",
        "attempts": 0,
        "created_at": now,
        "due_at": now,
    }
    return add_once(OutboxMail, row, unique=["key"])


def message_id(key: str) -> str:
    """What stands before the @ of the Message-ID; equal keys give equal ones, so a mail sent twice is one."""
    return hashlib.sha256(key.encode()).hexdigest()[:32]


def send_waiting(now: datetime, deliver: Callable[[OutboxMail], None]) -> Counts:
    """Sends what is due, at most a batch. One that fails is tried again later and stops no other.

    `deliver` raises `Undeliverable` where trying again would be of no use.
    """
    outcomes = [_send(mail_id, now, deliver) for mail_id in _due(now)]
    return Counts(outcomes.count("sent"), outcomes.count("waiting"), outcomes.count("dead"))


def _due(now: datetime) -> list[int]:
    query = select(OutboxMail.id).where(OutboxMail.state == "waiting", _is_due(now))
    return list(db.session.scalars(query.order_by(OutboxMail.due_at, OutboxMail.id).limit(BATCH)))


def _is_due(now: datetime) -> ColumnElement[bool]:
    # What is to wait longer than anything does was put there at another time than now: the clock went wrong.
    return or_(OutboxMail.due_at <= now, OutboxMail.due_at > now + max(LEASE, *PAUSES))


def _send(mail_id: int, now: datetime, deliver: Callable[[OutboxMail], None]) -> str | None:
    """The mail's state after this attempt; None where another process has it."""
    mail = _claim(mail_id, now)
    if mail is None:
        return None
    try:
        deliver(mail)
    except Exception as error:  # whatever it is, the next mail must not wait for it
        given_up = isinstance(error, Undeliverable)
        return _note(mail_id, mail.attempts, now, error=f"{type(error).__name__}: {error}", given_up=given_up)
    return _note(mail_id, mail.attempts, now)


@use_case
def _claim(mail_id: int, now: datetime) -> OutboxMail | None:
    claimed = db.session.scalar(
        update(OutboxMail)
        .where(OutboxMail.id == mail_id, OutboxMail.state == "waiting", _is_due(now))
        .values(due_at=now + LEASE, attempts=OutboxMail.attempts + 1, last_error=None)
        .returning(OutboxMail.id)
    )
    return None if claimed is None else db.session.get(OutboxMail, mail_id)


@use_case
def _note(mail_id: int, attempt: int, now: datetime, error: str | None = None, given_up: bool = False) -> str:
    mail = db.session.get_one(OutboxMail, mail_id)
    if mail.attempts != attempt or mail.state != "waiting":  # the lease ran out and another process went on
        return mail.state
    if error is None:
        mail.state, mail.sent_at, mail.last_error = "sent", now, None
    else:
        mail.last_error = one_line(error)[:500]
        if given_up or attempt >= MOST_ATTEMPTS:
            mail.state = "dead"
        else:
            mail.due_at = now + PAUSES[attempt - 1] * (1 - JITTER * random())
    return mail.state
