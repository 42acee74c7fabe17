"""Booking what an invitation asks for: a single date, or a series of which some dates cannot be had."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from app.domain.errors import Clash, Refusal, Refused, dates_told
from app.domain.interval import Interval
from app.domain.localtime import local_date, zone
from app.models import Booking, Person
from app.services import bookings
from app.services.bookings import Wish
from app.services.bookings.occupied import use_of
from app.services.mailed_dates import Known, Said, Sent, meant_by
from app.services.room_answers import Missing, TooManyMissing
from calendars.event import Event, rule_dates
from calendars.recurrence import Rule

# Of a series so many dates may be missing: those are declined, the others booked. Of more, all is declined.
MOST_MISSING = 0.2
# What the rules may say of single dates, and how it is called where they are left out. Nobody can book
# what is over: whoever invites a room to a series that has begun does not mean those dates.
OF_DATES = {
    "in_past": "",
    "closed": "closed",
    "outside_opening_hours": "hours",
    "too_far_ahead": "ahead",
    "too_little_notice": "rules",
    "blacked_out": "rules",
    "not_in_service": "rules",
}


# Of a date that could be had by now: it is not tried again.
GONE = Refusal("mail_unknown_date")


@dataclass(frozen=True, slots=True)
class Booked:
    """What an invitation came to: a booking, what was sent as it is kept, and the dates that are missing."""

    booking: Booking
    sent: Sent
    missing: tuple[Missing, ...] = ()


def book_single(wish: Wish, *, by: Person, now: datetime) -> Booked:
    """Books a meeting that does not repeat. Refused or Taken."""
    booking = bookings.book(wish, by=by, now=now)
    (date,) = booking.dates
    known = Known(use_of(date), date.id)
    return Booked(booking, Sent(wish.title, False, {date.original_start_at: known}))


def book_series(
    wish: Wish,
    event: Event,
    tz: ZoneInfo,
    *,
    here: Mapping[datetime, Interval] | None = None,
    off: Mapping[datetime, Missing] | None = None,
    by: Person,
    now: datetime,
) -> Booked:
    """Books as many of the dates as can be had. TooManyMissing; Refused or Taken where that is all of them.

    `here`, `off`: dates that were moved here or taken off, and are to stay so, by the start in the rule.
    """
    assert wish.recurrence
    if Rule.parse(wish.recurrence).is_endless:
        raise Refused(Refusal("mail_endless"))
    meant = meant_by(event)
    laid_out = {start: use for use, start in wish.laid_out(tz).items()}
    if sorted(laid_out) != rule_dates(event):
        raise Refused(Refusal("mail_zone" if _by_another_clock(event, tz) else "mail_rule"))
    if len({*meant.values()}) != len(meant):
        raise Refused(Refusal("mail_same_time"))
    own_times = {start: use for start, use in meant.items() if use != laid_out[start]} | {**(here or {})}
    unwanted = dict.fromkeys((start for start in laid_out if start not in meant or start in (off or {})), "")
    found = _found(replace(wish, without=unwanted, instead=own_times), tz, by=by, now=now)
    asked_for = len(laid_out) - sum(not why for why in found.wish.without.values())
    if len(found.missing) > MOST_MISSING * asked_for:
        raise TooManyMissing(found.missing, asked_for)
    booking = bookings.book(replace(found.wish, skip=frozenset({"taken"})), by=by, now=now)
    ids = {date.original_start_at: date.id for date in booking.dates}
    dates = {start: Known(use, ids.get(start)) for start, use in meant.items()}
    return Booked(booking, Sent(wish.title, True, dates), (*found.missing, *(off or {}).values()))


def _by_another_clock(event: Event, tz: ZoneInfo) -> bool:
    theirs = zone(event.timezone)
    return any(at.astimezone(theirs).utcoffset() != at.astimezone(tz).utcoffset() for at in rule_dates(event))


@dataclass(frozen=True, slots=True)
class _Found:
    wish: Wish
    missing: list[Missing]


def _found(wish: Wish, tz: ZoneInfo, *, by: Person, now: datetime) -> _Found:
    """The wish without the dates that the rules forbid, and which those are, and those that are taken."""
    missing: list[Missing] = []
    while True:
        try:
            planned = bookings.plan(replace(wish, skip=frozenset({"taken"})), by=by, now=now)
            break
        except Refused as refused:
            forbidden = _forbidden(refused, wish, tz)
            if not forbidden:
                raise
            missing += [each for each in forbidden.values() if each.code != "in_past"]
            without = {start: OF_DATES[each.code] for start, each in forbidden.items()}
            wish = replace(wish, without={**wish.without, **without})
    if planned.clashes or any(each.reason == "taken" for each in planned.left_out):
        missing += _taken(_clashes(wish, by=by, now=now))
    return _Found(wish, sorted(missing, key=lambda each: each.use))


def _forbidden(refused: Refused, wish: Wish, tz: ZoneInfo) -> dict[datetime, Missing]:
    """The dates that the rules forbid by themselves; none where that is not all that they say, or where
    nothing would be left."""
    if any(each.code not in OF_DATES or "date_on" not in each.params for each in refused.refusals):
        return {}
    asked_for = {start: use for use, start in wish.laid_out(tz).items() if start not in wish.without}
    found: dict[datetime, Missing] = {}
    for refusal in refused.refusals:
        days = {told["date_on"]: told for told in dates_told(refusal)}
        for start, use in asked_for.items():
            if told := days.get(local_date(use.start, tz)):
                why = {name: value for name, value in told.items() if name not in ("date_on", "also")}
                found.setdefault(start, Missing(use, replace(refusal, params=why)))
    return found if len(found) < len(asked_for) else {}


def _clashes(wish: Wish, *, by: Person, now: datetime) -> tuple[Clash, ...]:
    """All that is in the way, though the dates that are free may be too many for some rule."""
    try:
        return bookings.plan(wish, by=by, now=now).clashes
    except Refused as refused:
        return refused.clashes


def _taken(clashes: Iterable[Clash]) -> list[Missing]:
    by_date: dict[Interval, list[Clash]] = {}
    for clash in clashes:
        if clash.wanted:
            by_date.setdefault(clash.wanted, []).append(clash)
    return [Missing(use, (*found,)) for use, found in by_date.items()]


def never_booked(
    sent: Sent,
    declined: Iterable[Said],
    here: Collection[int],
    told: Iterable[Missing],
    *,
    thing: str,
    booking: Booking,
    now: datetime,
) -> list[Missing]:
    """Of the dates that are declined those that there are not here, and why they cannot be had now.

    `here`: the numbers of those that there are; `told`: those of which that is known.
    """
    named = {each.use for each in told}
    absent = [
        each.use
        for each in declined
        if each.original and sent.dates[each.original].date_id not in here and each.use not in named
    ]
    return [Missing(use, _why_not(use, thing, booking, now)) for use in sorted(absent)]


def _why_not(use: Interval, thing: str, booking: Booking, now: datetime) -> Refusal | tuple[Clash, ...]:
    slugs = (booking.organisation.slug, booking.activity.slug)
    wish = Wish((thing,), use.start, use.end, booking.title, *slugs)
    try:
        clashes = bookings.plan(wish, by=booking.organiser, now=now).clashes if booking.organiser else ()
    except Refused as refused:
        return next((each for each in refused.refusals if each.code in OF_DATES), refused.clashes or GONE)
    return clashes or GONE
