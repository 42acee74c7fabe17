"""The booking rules: one class each, one reason each.

`broken` asks every rule, so that a wish that breaks several is told all of them at once.
Each rule is about one date on one resource; instants are UTC.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from app.domain.errors import Refusal
from app.domain.interval import Interval, clip, subtract

# A booking "now" may start in the quarter that is already running.
STARTED_AT_MOST = timedelta(minutes=15)
TITLE_LENGTH = 300


@dataclass(frozen=True, slots=True)
class Closed:
    """A closure that a person may be told of."""

    interval: Interval
    reason: str


@dataclass(frozen=True, slots=True)
class Terms:
    """What holds for one resource around the wished time."""

    name: str
    timezone: str
    min_length: timedelta
    max_length: timedelta
    days_ahead: int
    hours: Sequence[Interval]  # opening hours before closures
    closures: Sequence[Closed] = field(default=())
    service: Interval | None = None  # None: always in service


@dataclass(frozen=True, slots=True)
class Wish:
    """One date that somebody wants."""

    start: datetime
    end: datetime
    now: datetime


class Rule(ABC):
    """Says why a wish is refused, or None."""

    @abstractmethod
    def refuses(self, wish: Wish, terms: Terms) -> Refusal | None: ...


class NotInThePast(Rule):
    def refuses(self, wish: Wish, terms: Terms) -> Refusal | None:
        if wish.start >= wish.now - STARTED_AT_MOST:
            return None
        return Refusal("in_past", "start", {"start": wish.start, "timezone": terms.timezone})


class NotTooFarAhead(Rule):
    def refuses(self, wish: Wish, terms: Terms) -> Refusal | None:
        last = wish.now + timedelta(days=terms.days_ahead)
        if wish.start <= last:
            return None
        return Refusal(
            "too_far_ahead",
            "date",
            {"resource": terms.name, "days": terms.days_ahead, "last": last, "timezone": terms.timezone},
        )


class LongEnough(Rule):
    def refuses(self, wish: Wish, terms: Terms) -> Refusal | None:
        if wish.end - wish.start >= terms.min_length:
            return None
        return Refusal("too_short", "end", {"resource": terms.name, "minutes": _minutes(terms.min_length)})


class ShortEnough(Rule):
    def refuses(self, wish: Wish, terms: Terms) -> Refusal | None:
        if wish.end - wish.start <= terms.max_length:
            return None
        return Refusal("too_long", "end", {"resource": terms.name, "minutes": _minutes(terms.max_length)})


class InService(Rule):
    def refuses(self, wish: Wish, terms: Terms) -> Refusal | None:
        if terms.service is None or clip(_interval(wish), terms.service) == _interval(wish):
            return None
        return Refusal("not_in_service", "date", {"resource": terms.name})


class WithinOpeningHours(Rule):
    def refuses(self, wish: Wish, terms: Terms) -> Refusal | None:
        if not subtract([_interval(wish)], terms.hours):
            return None
        params: dict[str, object] = {
            "resource": terms.name,
            "hours": tuple(terms.hours),
            "timezone": terms.timezone,
        }
        return Refusal("outside_opening_hours", "start", params)


class NotClosed(Rule):
    def refuses(self, wish: Wish, terms: Terms) -> Refusal | None:
        for closed in terms.closures:
            if clip(closed.interval, _interval(wish)):
                params = {
                    "resource": terms.name,
                    "reason": closed.reason,
                    "start": closed.interval.start,
                    "end": closed.interval.end,
                    "timezone": terms.timezone,
                }
                return Refusal("closed", "date", params)
        return None


RULES: tuple[Rule, ...] = (
    NotInThePast(),
    NotTooFarAhead(),
    LongEnough(),
    ShortEnough(),
    InService(),
    WithinOpeningHours(),
    NotClosed(),
)


def broken(wish: Wish, terms: Terms, rules: Iterable[Rule] = RULES) -> list[Refusal]:
    """Every rule that the wish breaks. An end before its start hides the rest: they would be guesses."""
    if wish.end <= wish.start:
        return [Refusal("end_before_start", "end")]
    refusals = (rule.refuses(wish, terms) for rule in rules)
    return [refusal for refusal in refusals if refusal]


def title_refusals(title: str) -> list[Refusal]:
    """Why a title cannot be kept: empty, line breaks or other control characters, too long."""
    if not title.strip():
        return [Refusal("title_missing", "title")]
    refusals = []
    if any(
        ord(character) < 32 or ord(character) == 127 or character in "\x85\u2028\u2029" for character in title
    ):
        refusals.append(Refusal("title_line_break", "title"))
    if len(title) > TITLE_LENGTH:
        refusals.append(Refusal("title_too_long", "title", {"length": len(title), "most": TITLE_LENGTH}))
    return refusals


def _interval(wish: Wish) -> Interval:
    return Interval(wish.start, wish.end)


def _minutes(length: timedelta) -> int:
    return int(length.total_seconds() // 60)
