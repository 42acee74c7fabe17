"""Which rule stands: what an office asks of a booking, resolved for a resource and an organisation.

The one that speaks of fewest stands: an organisation before a category before everybody; of equals a
resource before the office, then one for a time before one for ever, a host's before the file's, and the
later one. What a resource's own settings say counts as said to everybody of that resource; one that is
as it is by default says nothing.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from app.domain.interval import Interval, overlaps
from app.domain.policy import Closed
from app.models import BookingRule, Office, Organisation, Resource
from app.models.booking import LONGEST_USE
from app.services.directory import directory

EVER = Interval(datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC))
MOST_KEPT = 2000
# What holds where nobody says anything, and what a resource's own setting then is.
MIN_MINUTES, MAX_MINUTES, DAYS_AHEAD = 15, 24 * 60, 365


@dataclass(frozen=True, slots=True)
class Limits:
    """Every setting, resolved."""

    may_book: bool = True
    why_not: str = ""  # the office's own words, where it may not
    blackout: Closed | None = None  # a time during which it may not, whoever else may
    approval: bool = False
    notice: timedelta = timedelta()
    days_ahead: int = DAYS_AHEAD
    min_length: timedelta = timedelta(minutes=MIN_MINUTES)
    max_length: timedelta = timedelta(minutes=MAX_MINUTES)
    at_once: int | None = None  # resources of the office at the same moment; None: any number
    hours_per_month: int | None = None  # None: any number
    quota_resource_id: int | None = None  # whose hours those are; None: all of the office
    lapse: timedelta = timedelta()  # a request lapses so long before its start
    release: timedelta | None = None  # nobody came so long after the start: released; None: never


def limits_for(resource: Resource, organisation: Organisation | None, at: datetime | Interval) -> Limits:
    """What holds for a booking of the resource at that moment, or in that time. None: for anybody."""
    date = at if isinstance(at, Interval) else Interval(at, at + timedelta(seconds=1))
    return StandingRules.of(resource, organisation).on(date)


@dataclass(frozen=True, slots=True)
class StandingRules:
    """What is said of one resource (or an office) to one organisation, in the order in which it stands."""

    rules: tuple[BookingRule, ...]
    always: list[Limits] = field(default_factory=list)  # what was worked out, where no rule is for a time

    @classmethod
    def of(
        cls, resource: Resource, organisation: Organisation | None, *, own: bool = False
    ) -> "StandingRules":
        """`own`: only what is said of this very resource, not of all its office."""

        def make() -> StandingRules:
            said = [
                each
                for each in _of_office(resource.office_id, organisation)
                if each.resource_id == resource.id or (each.resource_id is None and not own)
            ]
            return cls(_in_order([*said, settings_of(resource)]))

        return _known((Resource, resource.id, own), organisation, make)

    @classmethod
    def of_office(cls, office_id: int, organisation: Organisation | None) -> "StandingRules":
        """What is said of the whole office."""

        def make() -> StandingRules:
            said = (each for each in _of_office(office_id, organisation) if each.resource_id is None)
            return cls(_in_order([*said]))

        return _known((Office, office_id), organisation, make)

    def within(self, span: Interval) -> "StandingRules":
        """Without those that no date in a span can reach."""
        if not self.change:
            return self
        return StandingRules(tuple(rule for rule in self.rules if overlaps(time_of(rule), span)))

    @property
    def change(self) -> bool:
        """Whether another time may have other limits."""
        return any(rule.starts_at or rule.ends_at for rule in self.rules)

    def on(self, date: Interval) -> Limits:
        """What holds for a date."""
        if self.change:
            return self._on(date)
        if not self.always:
            self.always.append(self._on(date))
        return self.always[0]

    def _on(self, date: Interval) -> Limits:
        reach = [rule for rule in self.rules if _reaches(rule, date)]
        allowed = next((r for r in reach if r.may_book is not None and not is_period(r)), None)
        period = next((r for r in reach if r.may_book is not None and is_period(r)), None)
        quota = next((rule for rule in reach if rule.hours_per_month is not None), None)
        release = _said(reach, "release_minutes", 0)
        let_in = allowed is None or bool(allowed.may_book) or bool(period and period.may_book)
        return Limits(
            may_book=let_in,
            why_not="" if let_in or allowed is None else allowed.reason,
            blackout=Closed(time_of(period), period.reason) if period and not period.may_book else None,
            approval=bool(_said(reach, "approval", False)),
            notice=timedelta(minutes=_said(reach, "notice_minutes", 0)),
            days_ahead=_said(reach, "max_days_ahead", DAYS_AHEAD),
            min_length=timedelta(minutes=_said(reach, "min_minutes", MIN_MINUTES)),
            max_length=min(timedelta(minutes=_said(reach, "max_minutes", MAX_MINUTES)), LONGEST_USE),
            at_once=next((rule.at_once for rule in reach if rule.at_once is not None), None),
            hours_per_month=quota.hours_per_month if quota else None,
            quota_resource_id=quota.resource_id if quota else None,
            lapse=timedelta(minutes=_said(reach, "lapse_minutes", 0)),
            release=timedelta(minutes=release) if release else None,
        )


_kept: dict[tuple[object, ...], StandingRules] = {}


def _known(
    of: tuple[object, ...], organisation: Organisation | None, make: Callable[[], StandingRules]
) -> StandingRules:
    """As offices are now: the same are asked about again and again."""
    key = (directory().mark, *of, organisation and (organisation.id, organisation.category_id))
    found = _kept.get(key)
    if found is None:
        while len(_kept) >= MOST_KEPT:
            _kept.pop(next(iter(_kept)), None)
        found = _kept[key] = make()
    return found


def time_of(rule: BookingRule) -> Interval:
    """The time for which a rule is."""
    return Interval(rule.starts_at or EVER.start, rule.ends_at or EVER.end)


def is_period(rule: BookingRule) -> bool:
    """Whether it is for a time that begins and ends: then "may not book" is a blackout."""
    return rule.starts_at is not None and rule.ends_at is not None


def parts_below(resource: Resource) -> Iterator[Resource]:
    """What a composite is made of, down to the last; a part of two parts comes twice."""
    for part in resource.parts:
        yield part
        yield from parts_below(part)


def counts(office_id: int, organisation: Organisation) -> bool:
    """Whether a rule of an office counts what an organisation holds."""
    rules = _of_office(office_id, organisation)
    return any(rule.at_once is not None or rule.hours_per_month is not None for rule in rules)


def _reaches(rule: BookingRule, date: Interval) -> bool:
    """Whether a rule holds for a date: it reaches into the rule's time. What is allowed lies all in it."""
    time = time_of(rule)
    if rule.may_book and is_period(rule):
        return time.start <= date.start and date.end <= time.end
    return overlaps(time, date)


def _of_office(office_id: int, organisation: Organisation | None) -> Iterator[BookingRule]:
    """The rules of an office that speak to everybody, to the category or to the organisation."""
    for rule in directory().rules.get(office_id, ()):
        of_whom = (rule.category_id, rule.organisation_id)
        if of_whom == (None, None) or (
            organisation and of_whom in ((organisation.category_id, None), (None, organisation.id))
        ):
            yield rule


def _in_order(rules: list[BookingRule]) -> tuple[BookingRule, ...]:
    return tuple(sorted(rules, key=_rank, reverse=True))


def _rank(rule: BookingRule) -> tuple[bool, bool, bool, bool, bool, int]:
    return (
        rule.organisation_id is not None,
        rule.category_id is not None,
        rule.resource_id is not None,
        rule.starts_at is not None or rule.ends_at is not None,
        rule.source == "host",
        rule.id or 0,
    )


def settings_of(resource: Resource) -> BookingRule:
    """A resource's own settings as a rule, which is never stored."""
    return BookingRule(
        resource_id=resource.id,
        approval=resource.approval or None,
        min_minutes=_unless(MIN_MINUTES, resource.min_minutes),
        max_minutes=_unless(MAX_MINUTES, resource.max_minutes),
        max_days_ahead=_unless(DAYS_AHEAD, resource.max_days_ahead),
        source="file",
    )


def _unless(default: int, value: int) -> int | None:
    return value if value != default else None


def _said(rules: list[BookingRule], setting: str, default: int) -> int:
    values = (getattr(rule, setting) for rule in rules)
    found = next((value for value in values if value is not None), default)
    assert isinstance(found, int)
    return found
