"""Mails of and about a person in the outbox."""

import html
import re
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import delete, select, update

from app.extensions import db
from app.models import OutboxMail
from app.services.guests import INVITATION_KEY
from app.services.notices import BOOKING_KINDS
from app.services.privacy.mail_files import says, unfolded
from app.services.privacy.words import AS_STORED

STRUCK = "…"
SHORTEST_WORD = 4  # shorter ones stand in too much that is somebody else's
SHORTEST_STRUCK = 8  # of titles, in mails that have yet to leave


@dataclass(frozen=True, slots=True)
class About:
    """By what mails about a person are known."""

    address: str
    names: tuple[str, ...]
    """Address and name."""
    titles: tuple[str, ...]
    booking_ids: Collection[int]
    date_ids: Collection[int]
    keys: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        of_bookings = {f"{INVITATION_KEY}{each}" for each in self.booking_ids}
        of_dates = {f"{kind}:{each}" for each in self.date_ids for kind in BOOKING_KINDS}
        object.__setattr__(self, "keys", frozenset(of_bookings | of_dates))

    @property
    def words(self) -> tuple[str, ...]:
        """All that must not be read any more."""
        return tuple(each for each in (*self.names, *self.titles) if len(each) >= SHORTEST_WORD)


def forget_mails(about: About) -> list[int]:
    """Deletes mails to the person and about their bookings; empties others that left and name them; of those
    that wait strikes the words out. In the caller's transaction; the mails whose copies have to go."""
    gone, emptied = [], []
    for mail in db.session.execute(
        select(
            OutboxMail.id,
            OutboxMail.key,
            OutboxMail.state,
            OutboxMail.recipient,
            OutboxMail.subject,
            OutboxMail.body,
            OutboxMail.html,
            OutboxMail.calendars,
            OutboxMail.sender,
        )
    ):
        if mail.recipient == about.address or ":".join(mail.key.split(":")[:2]) in about.keys:
            gone.append(mail.id)
        elif says(_text_of(mail), about.words):
            if mail.state == "waiting":
                _strike(mail, about)
            else:
                emptied.append(mail.id)
    # Their keys stay: nobody is told the same again.
    empty = {"subject": "", "body": "", "html": None, "calendars": None, "sender": None, "last_error": None}
    in_emptied, in_gone = OutboxMail.id.in_(emptied), OutboxMail.id.in_(gone)
    db.session.execute(update(OutboxMail).where(in_emptied).values(empty), execution_options=AS_STORED)
    db.session.execute(delete(OutboxMail).where(in_gone), execution_options=AS_STORED)
    return [*gone, *emptied]


def _text_of(mail: Any) -> str:
    marked_up = html.unescape(mail.html or "")
    calendars = [unfolded(each) for each in mail.calendars or ()]
    return "\n".join([mail.subject, mail.body, marked_up, mail.sender or "", *calendars])


def _strike(mail: Any, about: About) -> None:
    words = [*about.names, *(each for each in about.titles if len(each) >= SHORTEST_STRUCK)]
    told: dict[str, object] = {"sender": None, "calendars": None}
    for name in ("subject", "body", "html"):
        text = getattr(mail, name)
        for word in words:
            for spelled in {word, html.escape(word)} if text else ():
                text = re.sub(re.escape(spelled), STRUCK, text, flags=re.IGNORECASE)
        told[name] = text
    mended = update(OutboxMail).where(OutboxMail.id == mail.id).values(told)
    db.session.execute(mended, execution_options=AS_STORED)
