"""The same request sent again makes nothing new and gets the same answer."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError

from app.domain.errors import DomainError, Refusal, Refused
from app.extensions import db
from app.models import Booking, IdempotencyKey, Person
from app.services.bookings import Wish, book
from app.services.serializers import Data, booking_facts

KEPT = timedelta(hours=48)
LONGEST_KEY = 200


class Answered(DomainError):
    """This request was answered before. Ends the transaction that would have repeated it."""

    code = "answered"


def book_once(wish: Wish, *, key: str, body_hash: str, by: Person, now: datetime) -> Data:
    """Books unless this person sent this key before; the facts of what was booked then, or now.

    Of requests at the same moment one books and the rest read its answer. What was refused is not
    remembered: it changed nothing, and may succeed later. Raises as `book` does; Refused
    (`idempotency_key_reused`) where the key came with another body.
    """
    request = _Request(by.id, key, body_hash, now)
    try:
        return booking_facts(book(wish, by=by, now=now, alongside=request))
    except (Answered, IntegrityError):
        facts = request.answer()
        if facts is None:
            raise
        return facts


@dataclass(frozen=True, slots=True)
class _Request:
    """Claims the key before the booking is made, and keeps the answer with it."""

    person_id: int
    key: str
    body_hash: str
    now: datetime

    def before(self) -> None:
        outdated = IdempotencyKey.created_at < self.now - KEPT
        db.session.execute(delete(IdempotencyKey).where(IdempotencyKey.person_id == self.person_id, outdated))
        if self._kept():
            raise Answered()
        # Stored first: on PostgreSQL whoever comes second waits here, and never gets as far as a clash.
        db.session.add(
            IdempotencyKey(
                person_id=self.person_id,
                key=self.key,
                body_hash=self.body_hash,
                response={},
                created_at=self.now,
            )
        )
        db.session.flush()

    def after(self, booking: Booking) -> None:
        db.session.get_one(IdempotencyKey, (self.person_id, self.key)).response = booking_facts(booking)

    def answer(self) -> Data | None:
        """What was answered before. Refused if the question was another."""
        kept = self._kept()
        if kept is None:
            return None
        if kept.body_hash != self.body_hash:
            raise Refused(Refusal("idempotency_key_reused", "Idempotency-Key"))
        return kept.response

    def _kept(self) -> IdempotencyKey | None:
        return db.session.get(IdempotencyKey, (self.person_id, self.key), populate_existing=True)
