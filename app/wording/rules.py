"""What an office asks of bookings, in words."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta

from flask_babel import gettext as _
from flask_babel import ngettext

from app.domain.localtime import zone
from app.models import BookingRule, Organisation, Resource
from app.services.rules.limits import (
    MAX_MINUTES,
    MIN_MINUTES,
    Limits,
    StandingRules,
    is_period,
    limits_for,
)
from app.services.rules.quotas import Quota
from app.wording.formats import Zone, clock, day, day_span, duration, hours, hours_exact, lead, month

MOST_BLACKOUTS = 3


def rules_in_words(resource: Resource, organisation: Organisation | None, now: datetime) -> list[str]:
    """What holds for booking a resource now, for an organisation (None: anybody), without full stops.

    Approval is not among it, see `limits_for(…).approval`.
    """
    limits = limits_for(resource, organisation, now)
    said = [*_whether(limits), *_lengths(limits), *_times(limits), *_counts(limits)]
    blackouts = sorted(
        (
            rule
            for rule in StandingRules.of(resource, organisation).rules
            if is_period(rule) and rule.may_book is False and rule.ends_at and rule.ends_at > now
        ),
        key=lambda rule: rule.starts_at or now,
    )
    tz = zone(resource.office.timezone)
    said += [_blackout(rule, tz) for rule in blackouts[:MOST_BLACKOUTS]]
    return said


def rule_in_words(rule: BookingRule) -> list[str]:
    """Everything that one rule says, a line for each setting."""
    found = []
    for name, words in WORDS.items():
        value = getattr(rule, name)
        if value is not None:
            found.append(words(value))
    if rule.may_book is False and is_period(rule):
        found[0] = _("Cannot be booked")
    return found


def time_of_rule(rule: BookingRule, tz: Zone) -> str:
    """When it holds: "1 July 08:00 – 5 July 17:00", "from …", "until …"; "" for always."""
    if rule.starts_at and rule.ends_at:
        return day_span(rule.starts_at, rule.ends_at, tz)
    if rule.starts_at:
        return _("from %(day)s %(time)s", day=day(rule.starts_at, tz), time=clock(rule.starts_at, tz))
    if rule.ends_at:
        return _("until %(day)s %(time)s", day=day(rule.ends_at, tz), time=clock(rule.ends_at, tz))
    return ""


def _whether(limits: Limits) -> Iterator[str]:
    if not limits.may_book:
        reason = limits.why_not.rstrip(".")
        if reason:
            yield _("Not for everybody to book: %(reason)s", reason=reason)
        else:
            yield _("Not for everybody to book")


def _lengths(limits: Limits) -> Iterator[str]:
    shortest, longest = _minutes(limits.min_length), _minutes(limits.max_length)
    if shortest > MIN_MINUTES:
        yield _min_minutes(shortest)
    if longest < MAX_MINUTES:
        yield _max_minutes(longest)


def _times(limits: Limits) -> Iterator[str]:
    if limits.notice:
        yield _notice(_minutes(limits.notice))
    yield _days_ahead(limits.days_ahead)
    if limits.release:
        yield _release(_minutes(limits.release))


def _counts(limits: Limits) -> Iterator[str]:
    if limits.at_once is not None:
        yield _at_once(limits.at_once)
    if limits.hours_per_month is not None:
        yield _hours(limits.hours_per_month)


def _minutes(length: timedelta) -> int:
    return length // timedelta(minutes=1)


def _blackout(rule: BookingRule, tz: Zone) -> str:
    when = time_of_rule(rule, tz)
    if rule.reason:
        return _("Cannot be booked %(time)s: %(reason)s", time=when, reason=rule.reason.rstrip("."))
    return _("Cannot be booked %(time)s", time=when)


def _notice(minutes: int) -> str:
    if minutes == 0:
        return _("Can be booked at short notice")
    return _("Booked at least %(length)s ahead", length=lead(minutes))


def _days_ahead(days: int) -> str:
    if days == 0:
        return _("Can be booked for the same day only")
    return ngettext("Can be booked %(num)s day ahead", "Can be booked %(num)s days ahead", days)


def _min_minutes(minutes: int) -> str:
    return _("Shortest booking: %(length)s", length=duration(minutes))


def _max_minutes(minutes: int) -> str:
    return _("Longest booking: %(length)s", length=duration(minutes))


def _at_once(most: int) -> str:
    return _("At most %(most)s at the same time for one organisation", most=most)


def _hours(count: int) -> str:
    return _("%(hours)s a month for one organisation", hours=hours(count))


def _lapse(minutes: int) -> str:
    if minutes == 0:
        return _("A request lapses when its time begins")
    return _("A request lapses %(length)s before its time", length=lead(minutes))


def _release(minutes: int) -> str:
    if minutes == 0:
        return _("Stays booked even if nobody checks in")
    return _("Free again if nobody has checked in after %(length)s", length=duration(minutes))


def _may_book(allowed: int) -> str:
    return _("May book") if allowed else _("May not book")


def _approval(needed: int) -> str:
    return _("The host confirms each booking") if needed else _("Booked without the host's approval")


WORDS: Mapping[str, Callable[[int], str]] = {
    "may_book": _may_book,
    "approval": _approval,
    "notice_minutes": _notice,
    "max_days_ahead": _days_ahead,
    "min_minutes": _min_minutes,
    "max_minutes": _max_minutes,
    "at_once": _at_once,
    "hours_per_month": _hours,
    "lapse_minutes": _lapse,
    "release_minutes": _release,
}


def left_in_words(quota: Quota) -> str:
    """ "9 h 30 min", or "31 h 30 min over"."""
    return _("%(over)s over", over=hours_exact(quota.over)) if quota.over else hours_exact(quota.left)


def quota_in_words(quota: Quota) -> str:
    """ "Granit AB has 39 h of 40 h left in November 2026." """
    of = quota.resource and quota.resource.name
    told = {
        "organisation": quota.organisation.name,
        "hours": hours_exact(timedelta(hours=quota.hours)),
        "month": month(quota.month),
    }
    if quota.over:
        over = hours_exact(quota.over)
        if of:
            return _(
                "%(organisation)s is %(over)s over its %(hours)s of %(resource)s in %(month)s.",
                over=over,
                resource=of,
                **told,
            )
        return _("%(organisation)s is %(over)s over its %(hours)s in %(month)s.", over=over, **told)
    left = hours_exact(quota.left)
    if of:
        return _(
            "%(organisation)s has %(left)s of %(hours)s left of %(resource)s in %(month)s.",
            left=left,
            resource=of,
            **told,
        )
    return _("%(organisation)s has %(left)s of %(hours)s left in %(month)s.", left=left, **told)


def after_in_words(quota: Quota) -> str:
    """The same, of what would be held besides."""
    if quota.over:
        return _("After this booking it is %(over)s over.", over=hours_exact(quota.over))
    return _("After this booking %(left)s is left.", left=hours_exact(quota.left))
