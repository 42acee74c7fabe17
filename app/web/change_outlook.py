"""What a change would come to, told before it is made: by the very plan that the change carries out."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext, ngettext

from app.domain.errors import Clash, Refused, Taken
from app.domain.localtime import local_date
from app.models import BookingDate, Person
from app.services import bookings
from app.services.bookings import ChangePlan, LeftOut, Stays, Wish
from app.services.bookings.suggest import suggestions
from app.services.bookings.terms import SHUT
from app.web.alternatives import clash_of
from app.web.booking_dates import places_named, where
from app.web.booking_form import wish_of
from app.web.booking_new import (
    as_if_chosen,
    asks_host_for,
    hindrance_of,
    may_set_aside,
    quota_told,
    rules_alone,
    shut_clash,
    shut_hindrance,
    told_ahead,
)
from app.web.change_form import ChangeForm
from app.web.money_beside import aid_told_of_change
from app.web.planned import (
    SHOWN,
    SKIPPED,
    dates_barred,
    dates_in_the_way,
    moves_of,
    names_of_held,
    told_of,
    why_left_out,
)
from app.web.seasons import plain_span
from app.web.times_unclear import TimesUnclear
from app.wording.formats import date_near, day, sentence
from app.wording.repetition import repeats


@dataclass(frozen=True, slots=True)
class Outlook:
    """The card above the form: `summary` when and where, `series` which dates, `hindrance` why not."""

    summary: dict[str, Any] | None = None
    series: dict[str, Any] | None = None
    hindrance: dict[str, Any] | None = None
    override: list[str] = field(default_factory=list)
    approval: bool = False
    quota: str | None = None  # the hours of the month that are left, beside what is changed
    aid: str | None = None  # for hosts: how near it brings the company to its cap


def outlook_of(form: ChangeForm, date: BookingDate, *, by: Person, now: datetime) -> Outlook:
    """What would come of the form as it stands."""
    try:
        wish = as_if_chosen(wish_of(form), form)
    except TimesUnclear:
        return Outlook(approval=asks_host_for(form))
    scope = form.chosen_scope
    summary = _wished(form, wish)
    try:
        plan = bookings.plan_change(date.id, wish, scope=scope, by=by, now=now)
    except Refused as refused:
        told = _hindered(form, date, wish, refused, by=by, now=now)
        aside = set_aside_by(form, date, wish, refused, by=by, now=now)
        return Outlook(summary, hindrance=told, override=aside, approval=asks_host_for(form))
    if plan.clashes:
        told = hindrance_of(clash_of_change(form, date, wish, plan.clashes, by=by, now=now))
        return Outlook(summary, hindrance=told, approval=asks_host_for(form))
    approval = plan.needs_approval if plan.anew else asks_host_for(form)
    quota = quota_told(form, wish, [each.date.id for each in plan.anew]) if plan.anew else None
    return Outlook(
        _will_be(date, plan, form) or summary,
        _series(date, plan, form),
        approval=approval,
        quota=quota,
        aid=aid_told_of_change(form, date, plan, by),
    )


def _hindered(
    form: ChangeForm, date: BookingDate, wish: Wish, refused: Refused, *, by: Person, now: datetime
) -> dict[str, Any] | None:
    """Why the rules refuse it, and what is in the way besides."""
    rules = told_ahead(refused.refusals)
    if past := past_shut(form, date, wish, refused, by=by, now=now):
        return shut_hindrance(past[0], rules, form)
    if refused.clashes:
        return hindrance_of(clash_of_change(form, date, wish, refused.clashes, by=by, now=now), rules)
    return rules_alone(refused.refusals, form)


def clash_besides(
    form: ChangeForm, date: BookingDate, wish: Wish, refused: Refused, *, by: Person, now: datetime
) -> dict[str, Any] | None:
    """What is in the way of a change that the rules refuse; None where nothing is. With `rest` where days
    that are shut alone refuse it, which can be left as they are.
    """
    if past := past_shut(form, date, wish, refused, by=by, now=now):
        return shut_clash(refused, form, past)
    if not refused.clashes:
        return None
    return {**clash_of_change(form, date, wish, refused.clashes, by=by, now=now), "rest": None}


def past_shut(
    form: ChangeForm, date: BookingDate, wish: Wish, refused: Refused, *, by: Person, now: datetime
) -> tuple[dict[str, Any], ChangePlan] | None:
    """As `ways_of_change`, where nothing refuses it but that some of the dates are shut; with what is left
    of it. None: there is no such way.
    """
    if not of_series(form, date) or not {each.code for each in refused.refusals} <= SHUT:
        return None
    rest = _plan_or_none(form, date, replace(wish, skip=SKIPPED), by, now)
    if rest is None or not rest.stays:
        return None
    offices = {each.office_id for planned in rest.anew for each in planned.planned.resources}
    left = [LeftOut(each.wanted, each.reason) for each in rest.stays]
    dates = dates_barred(refused.clashes, left, offices, form.tz)
    heading = ngettext(
        "%(num)d date cannot be changed like this", "%(num)d dates cannot be changed like this", len(dates)
    )
    ways = {"heading": heading, "dates": dates, "moves": [], "moves_ask": False}
    return {**ways, **_skip(rest, form.tz)}, rest


def of_series(form: ChangeForm, date: BookingDate) -> bool:
    """Whether several dates are meant."""
    return form.chosen_scope != "this" and len(date.booking.dates) > 1


def _plan_or_none(
    form: ChangeForm, date: BookingDate, wish: Wish, by: Person, now: datetime
) -> ChangePlan | None:
    """What would come of it; None where it cannot be had."""
    try:
        found = bookings.plan_change(date.id, wish, scope=form.chosen_scope, by=by, now=now)
    except Refused:
        return None
    return None if found.clashes else found


def _skip(plan: ChangePlan, tz: ZoneInfo) -> dict[str, str]:
    """The button that changes what can be changed, and what stays then."""
    free, total = len(plan.anew), len(plan.anew) + len(plan.stays)
    return {
        "skip": gettext("Change the free ones (%(free)s of %(total)s)", free=free, total=total),
        "stays": staying(plan.stays, tz),
    }


def clash_of_change(
    form: ChangeForm, date: BookingDate, wish: Wish, clashes: tuple[Clash, ...], *, by: Person, now: datetime
) -> dict[str, Any]:
    """What is in the way of a change, and what there is instead."""
    this = form.chosen_scope == "this"
    found = suggestions(wish, by=by, now=now, but_dates=[date.id]) if this else ()
    ways = ways_of_change(form, date, wish, clashes, by, now)
    return clash_of(Taken(clashes, found), form, moves=True, ways=ways)


def set_aside_by(
    form: ChangeForm, date: BookingDate, wish: Wish, refused: Refused, *, by: Person, now: datetime
) -> list[str]:
    """The rules that this person may change the booking past, where nothing else is in the way."""

    def planned(past: Wish) -> ChangePlan:
        return bookings.plan_change(date.id, past, scope=form.chosen_scope, by=by, now=now)

    return may_set_aside(wish, refused, form.office, by, now, planned)


def ways_of_change(
    form: ChangeForm, date: BookingDate, wish: Wish, clashes: Sequence[Clash], by: Person, now: datetime
) -> dict[str, Any] | None:
    """What a series can do about the dates that are taken: change the others, move these. None: one date."""
    if not of_series(form, date) or not clashes:
        return None
    without = _plan_or_none(form, date, replace(wish, skip=wish.skip | {"taken"}), by, now)
    moved = _plan_or_none(form, date, replace(wish, move=True), by, now)
    ways = dates_in_the_way(clashes, form.tz)
    if without and without.stays:
        ways |= _skip(without, form.tz)
    if moved:
        ways["moves"], ways["moves_ask"] = moves_of(moved, form.tz), moved.needs_approval
    return ways


def staying(stays: Sequence[Stays], tz: ZoneInfo) -> str:
    """ "Stay as they are: 15 September 10:00–11:00, Tallen; 22 September …": each with what it keeps."""
    named = [
        f"{date_near(each.date.starts_at, tz)} {plain_span(each.date.starts_at, each.date.ends_at, tz)}, "
        f"{places_named(each.date)}"
        for each in sorted(stays, key=lambda each: each.date.starts_at)
    ]
    if len(named) > SHOWN:
        named[SHOWN:] = ["…"]
    return ngettext(
        "%(num)d date stays as it is: %(days)s",
        "%(num)d dates stay as they are: %(days)s",
        len(stays),
        days="; ".join(named),
    )


def _wished(form: ChangeForm, wish: Wish) -> dict[str, Any] | None:
    names = ", ".join(each.name for each in form.chosen_things())
    if wish.end <= wish.start or not names:
        return None
    return _summary(form, wish.start, wish.end, names)


def _will_be(date: BookingDate, plan: ChangePlan, form: ChangeForm) -> dict[str, Any] | None:
    """What the date itself comes to hold; as it is where it stays."""
    mine = next((each.planned for each in plan.anew if each.date.id == date.id), None)
    if mine is None:
        return _summary(form, date.starts_at, date.ends_at, where(date))
    offices = dict.fromkeys(each.office.name for each in mine.resources)
    names = f"{names_of_held(mine.resources)} · {', '.join(offices)}"
    return _summary(form, mine.interval.start, mine.interval.end, names)


def _summary(form: ChangeForm, start: datetime, end: datetime, names: str) -> dict[str, Any]:
    return {"when": sentence(day(start, form.tz)), "time": plain_span(start, end, form.tz), "where": names}


def _series(date: BookingDate, plan: ChangePlan, form: ChangeForm) -> dict[str, Any] | None:
    """Which dates change, and which do not; None of one date, and where time and room stay."""
    if not of_series(form, date) or not (plan.anew or plan.stays):
        return None
    tz = form.tz
    count = ngettext("%(num)d date changes", "%(num)d dates change", len(plan.anew))
    told = told_of(plan, _rule_told(date, plan, form), tz, count=count)
    reasons = []
    for reason, found in groupby(
        sorted(plan.stays, key=lambda each: each.reason), key=lambda each: each.reason
    ):
        dates = [*found]
        offices = {slot.resource.office_id for each in dates for slot in each.date.slots}
        named = dict.fromkeys(why_left_out(each.wanted, reason, offices) for each in dates)
        reasons.append(f"{staying(dates, tz)} ({', '.join(named)})")
    return {**told, "left_out": "; ".join(reasons) or None}


def _rule_told(date: BookingDate, plan: ChangePlan, form: ChangeForm) -> str | None:
    rule = plan.rules[1]
    if rule is None or not plan.anew:
        return None
    ids = bookings.dates_in_scope(date.booking, date.id, form.chosen_scope)
    first = min(each.planned.interval.start for each in plan.anew)
    return repeats(rule, local_date(first, form.tz), form.tz, len(ids))
