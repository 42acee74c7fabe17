"""The same request sent again makes nothing new and gets the same answer."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError

from app.domain.errors import DomainError, Refusal, Refused, Taken
from app.extensions import db
from app.models import Booking, IdempotencyKey, Person
from app.services.bookings import Plan, Wish, book
from app.services.serializers import Data, booked_facts
from app.services.transaction import use_case

KEPT = timedelta(hours=48)
LONGEST_KEY = 200
TRIES = 4


class Answered(DomainError):
    """This request was answered before. Ends the transaction that would have repeated it."""

    code = "answered"


@dataclass(frozen=True, slots=True)
class Key:
    """Whose key it is, and a hash of all that the request asks for: the same key means the same hash.

    Claimed before anything is done, and kept together with the answer in the same transaction.
    """

    person_id: int
    key: str
    request_hash: str
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
                body_hash=self.request_hash,
                response={},
                created_at=self.now,
            )
        )
        db.session.flush()

    def after(self, booking: Booking, planned: Plan) -> None:
        self.keep(booked_facts(booking, planned))

    def keep(self, facts: Data) -> None:
        db.session.get_one(IdempotencyKey, (self.person_id, self.key)).response = facts

    def answer(self) -> Data | None:
        """What was answered before. Refused if the question was another."""
        kept = self._kept()
        if kept is None:
            return None
        if kept.body_hash != self.request_hash:
            raise Refused(Refusal("idempotency_key_reused", "Idempotency-Key"))
        return kept.response

    def _kept(self) -> IdempotencyKey | None:
        return db.session.get(IdempotencyKey, (self.person_id, self.key), populate_existing=True)


@dataclass(slots=True)
class NoKey:
    """Keeps what was booked for the answer alone."""

    facts: Data = field(default_factory=dict)

    def before(self) -> None:
        """There is nothing to claim."""

    def after(self, booking: Booking, planned: Plan) -> None:
        self.facts = booked_facts(booking, planned)


def book_once(wish: Wish, *, key: Key | None, by: Person, now: datetime) -> Data:
    """Books unless this person sent this key before; the facts of what was booked then, or now.

    Of requests at the same moment one books and the rest read its answer. What was refused is not
    remembered: it changed nothing, and may succeed later. Raises as `book` does; Refused
    (`idempotency_key_reused`) where the key came with another request.
    """
    if key is None:
        told = NoKey()
        book(wish, by=by, now=now, alongside=told)
        return told.facts
    # What is kept is what the first was told, and so all are told what is kept.
    return _or_as_before(lambda: _booked(wish, key, by, now), key)


def _booked(wish: Wish, key: Key, by: Person, now: datetime) -> Data:
    book(wish, by=by, now=now, alongside=key)
    return key.answer() or {}


def do_once(action: Callable[[], Data], key: Key) -> Data:
    """As `book_once` for any other use case: `action` does it and tells what holds no words of anybody."""
    return _or_as_before(lambda: _with_key(action, key), key)


def _with_key(action: Callable[[], Data], key: Key) -> Data:
    for left in reversed(range(TRIES)):
        try:
            return _in_one_transaction(action, key)
        except Taken as taken:
            # Refused by the database's guard: somebody was faster. Looking again names the clash.
            if taken.clashes or not left:
                raise
    raise AssertionError("unreachable")


@use_case
def _in_one_transaction(action: Callable[[], Data], key: Key) -> Data:
    key.before()
    facts = action()
    key.keep(facts)
    return facts


def _or_as_before(action: Callable[[], Data], key: Key) -> Data:
    try:
        return action()
    except (Answered, IntegrityError):
        facts = key.answer()
        if facts is None:
            raise
        return facts
