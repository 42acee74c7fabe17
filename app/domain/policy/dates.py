"""The rules about one date on one resource; instants are UTC."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from app.domain.errors import Refusal
from app.domain.interval import Interval, clip, subtract
from app.domain.policy.rule import Rule

# A booking "now" may start in the quarter that is already running.
STARTED_AT_MOST = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Closed:
    """A closure or a blackout that a person may be told of."""

    interval: Interval
    reason: str


@dataclass(frozen=True, slots=True)
class Terms:
    """What holds for one resource and one organisation around the wished time."""

    name: str
    timezone: str
    min_length: timedelta
    max_length: timedelta
    days_ahead: int
    hours: Sequence[Interval]  # opening hours before closures
    closures: Sequence[Closed] = field(default=())
    service: Interval | None = None  # None: always in service
    organisation: str = ""  # its name
    may_book: bool = True
    why_not: str = ""  # the office's own words, where it may not
    blackout: Closed | None = None  # the time during which it may not
    notice: timedelta = timedelta()


@dataclass(frozen=True, slots=True)
class Wish:
    """One date that somebody wants."""

    start: datetime
    end: datetime
    now: datetime


class DateRule(Rule, ABC):
    """Says why a wish is refused, or None."""

    @abstractmethod
    def refuses(self, wish: Wish, terms: Terms) -> Refusal | None: ...


class NotInThePast(DateRule):
    code = "in_past"

    def refuses(self, wish: Wish, terms: Terms) -> Refusal | None:
        if wish.start >= wish.now - STARTED_AT_MOST:
            return None
        return Refusal(self.code, "start", {"start": wish.start, "timezone": terms.timezone})


class NotTooFarAhead(DateRule):
    code = "too_far_ahead"
    host_may_set_aside = True

    def refuses(self, wish: Wish, terms: Terms) -> Refusal | None:
        last = wish.now + timedelta(days=terms.days_ahead)
        if wish.start <= last:
            return None
        return Refusal(
            self.code,
            "date",
            {"resource": terms.name, "days": terms.days_ahead, "last": last, "timezone": terms.timezone},
        )


class LongEnough(DateRule):
    code = "too_short"
    host_may_set_aside = True

    def refuses(self, wish: Wish, terms: Terms) -> Refusal | None:
        if wish.end - wish.start >= terms.min_length:
            return None
        return Refusal(self.code, "end", {"resource": terms.name, "minutes": _minutes(terms.min_length)})


class ShortEnough(DateRule):
    code = "too_long"
    host_may_set_aside = True

    def refuses(self, wish: Wish, terms: Terms) -> Refusal | None:
        if wish.end - wish.start <= terms.max_length:
            return None
        return Refusal(self.code, "end", {"resource": terms.name, "minutes": _minutes(terms.max_length)})


class InService(DateRule):
    code = "not_in_service"

    def refuses(self, wish: Wish, terms: Terms) -> Refusal | None:
        if terms.service is None or clip(_interval(wish), terms.service) == _interval(wish):
            return None
        return Refusal(self.code, "date", {"resource": terms.name})


class WithinOpeningHours(DateRule):
    code = "outside_opening_hours"
    host_may_set_aside = True

    def refuses(self, wish: Wish, terms: Terms) -> Refusal | None:
        if not subtract([_interval(wish)], terms.hours):
            return None
        params: dict[str, object] = {
            "resource": terms.name,
            "hours": tuple(terms.hours),
            "timezone": terms.timezone,
        }
        return Refusal(self.code, "start", params)


class NotClosed(DateRule):
    code = "closed"
    host_may_set_aside = True

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
                return Refusal(self.code, "date", params)
        return None


class ForThisOrganisation(DateRule):
    code = "not_for_you"
    host_may_set_aside = True

    def refuses(self, wish: Wish, terms: Terms) -> Refusal | None:
        if terms.may_book:
            return None
        params = {"resource": terms.name, "organisation": terms.organisation, "reason": terms.why_not}
        return Refusal(self.code, "resources", dict(params))


class NotBlackedOut(DateRule):
    code = "blacked_out"
    host_may_set_aside = True

    def refuses(self, wish: Wish, terms: Terms) -> Refusal | None:
        blackout = terms.blackout
        if blackout is None or not clip(blackout.interval, _interval(wish)):
            return None
        params: dict[str, object] = {
            "resource": terms.name,
            "organisation": terms.organisation,
            "reason": blackout.reason,
            "start": blackout.interval.start,
            "end": blackout.interval.end,
            "timezone": terms.timezone,
        }
        return Refusal(self.code, "date", params)


class EnoughNotice(DateRule):
    code = "too_little_notice"
    host_may_set_aside = True

    def refuses(self, wish: Wish, terms: Terms) -> Refusal | None:
        if not terms.notice or wish.start - wish.now >= terms.notice:
            return None
        params: dict[str, object] = {
            "resource": terms.name,
            "minutes": _minutes(terms.notice),
            "earliest": wish.now + terms.notice,
            "timezone": terms.timezone,
        }
        return Refusal(self.code, "start", params)


RULES: tuple[DateRule, ...] = (
    NotInThePast(),
    ForThisOrganisation(),
    NotBlackedOut(),
    EnoughNotice(),
    NotTooFarAhead(),
    LongEnough(),
    ShortEnough(),
    InService(),
    WithinOpeningHours(),
    NotClosed(),
)


def broken(wish: Wish, terms: Terms, rules: Iterable[DateRule] = RULES) -> list[Refusal]:
    """Every rule that the wish breaks. An end before its start hides the rest: they would be guesses."""
    if wish.end <= wish.start:
        return [Refusal("end_before_start", "end")]
    refusals = (rule.refuses(wish, terms) for rule in rules)
    return [refusal for refusal in refusals if refusal]


def _interval(wish: Wish) -> Interval:
    return Interval(wish.start, wish.end)


def _minutes(length: timedelta) -> int:
    return int(length.total_seconds() // 60)
