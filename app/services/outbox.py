"""Mails that wait to leave: written in the transaction of what they tell of, sent by a job.

A mail may leave twice if a process dies between sending and noting it; its Message-ID is the same then.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update

from app.extensions import db
from app.models import OutboxMail
from app.services.once import add_once
from app.services.transaction import use_case

# How long to wait after the first, second … failure.
PAUSES = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=8),
    timedelta(hours=8),
    timedelta(hours=8),
)
MOST_ATTEMPTS = len(PAUSES) + 1
BATCH = 50
# Longer than a whole batch can take, so that nobody else takes up a mail that is being sent.
LEASE = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Counts:
    """What became of the mails that were due."""

    sent: int = 0
    failed: int = 0
    dead: int = 0


def put_mail(key: str, recipient: str, subject: str, body: str, language: str, now: datetime) -> bool:
    """Puts a mail into the outbox, in the caller's transaction; False where its key was known already."""
    row = {
        "key": key,
        "message_id": message_id(key),
        "recipient": recipient,
        "subject": _one_line(subject)[:300],
        "body": body,
        "language": language,
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
    """Sends what is due, at most a batch. One that fails is tried again later and stops no other."""
    outcomes = [_send(mail_id, now, deliver) for mail_id in _due(now)]
    return Counts(outcomes.count("sent"), outcomes.count("waiting"), outcomes.count("dead"))


def _due(now: datetime) -> list[int]:
    query = select(OutboxMail.id).where(OutboxMail.state == "waiting", OutboxMail.due_at <= now)
    return list(db.session.scalars(query.order_by(OutboxMail.due_at, OutboxMail.id).limit(BATCH)))


def _send(mail_id: int, now: datetime, deliver: Callable[[OutboxMail], None]) -> str | None:
    """The mail's state after this attempt; None where another process has it."""
    mail = _claim(mail_id, now)
    if mail is None:
        return None
    try:
        deliver(mail)
    except Exception as error:  # whatever it is, the next mail must not wait for it
        return _note(mail_id, mail.attempts, now, error=f"{type(error).__name__}: {error}")
    return _note(mail_id, mail.attempts, now)


@use_case
def _claim(mail_id: int, now: datetime) -> OutboxMail | None:
    claimed = db.session.scalar(
        update(OutboxMail)
        .where(OutboxMail.id == mail_id, OutboxMail.state == "waiting", OutboxMail.due_at <= now)
        .values(due_at=now + LEASE, attempts=OutboxMail.attempts + 1)
        .returning(OutboxMail.id)
    )
    return None if claimed is None else db.session.get(OutboxMail, mail_id)


@use_case
def _note(mail_id: int, attempt: int, now: datetime, error: str | None = None) -> str:
    mail = db.session.get_one(OutboxMail, mail_id)
    if mail.attempts != attempt or mail.state != "waiting":  # the lease ran out and another process went on
        return mail.state
    if error is None:
        mail.state, mail.sent_at, mail.last_error = "sent", now, None
    else:
        mail.last_error = _one_line(error)[:500]
        if attempt >= MOST_ATTEMPTS:
            mail.state = "dead"
        else:
            mail.due_at = now + PAUSES[attempt - 1]
    return mail.state


def _one_line(text: str) -> str:
    printable = (character if character.isprintable() else " " for character in text)
    return " ".join("".join(printable).split())
