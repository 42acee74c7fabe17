"""What would be booked, and what is in the way of it, as the forms tell it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext, ngettext

from app.domain.errors import Clash, Refused
from app.domain.interval import Interval, overlaps
from app.domain.localtime import local_date
from app.domain.repetition import Repetition
from app.models import Person, Resource
from app.services import bookings
from app.services.availability import leaves_of
from app.services.bookings import LeftOut, Plan, Wish
from app.services.bookings.terms import SHUT
from app.services.directory import directory
from app.web.in_the_way import InTheWay, things_in_the_way
from app.web.seasons import plain_span
from app.wording.formats import date_near, date_plain, day, day_and_month, sentence
from app.wording.repetition import repetition_words

SKIPPED = frozenset({"closed", "hours", "taken"})  # what "book the free ones" leaves out
SHOWN = 8  # dates named at once; the rest is folded away


def series_of(plan: Plan, repetition: Repetition | None, tz: ZoneInfo) -> dict[str, Any] | None:
    """The dates of a series, and those left out; where something is in the way none. None: no series."""
    return told_of(plan, repetition_words(repetition), tz) if repetition else None


def told_of(plan: Plan, words: str | None, tz: ZoneInfo, *, count: str | None = None) -> dict[str, Any]:
    """The dates of a plan under these words, with how many there are, or `count` instead of that."""
    if plan.clashes or not plan.dates:
        return {"words": words, "count": count, "dates": [], "left_out": left_out_of(plan, tz)}
    first, last = plan.dates[0].interval, plan.dates[-1].interval
    usual = plan.dates[0].resources
    return {
        "words": words,
        "count": count or ngettext("%(num)d date", "%(num)d dates", len(plan.dates)),
        "span": _span_of_days(first.start, last.start, tz),
        "left_out": left_out_of(plan, tz),
        "dates": [
            (
                sentence(day(each.interval.start, tz)),
                plain_span(each.interval.start, each.interval.end, tz),
                names_of_held(each.resources) if each.resources != usual or not plan.same_member else None,
            )
            for each in plan.dates
        ],
        "varies": None if plan.same_member else gettext("Not the same place every time."),
    }


def left_out_of(plan: Plan, tz: ZoneInfo) -> str | None:
    """What a plan leaves out, in one line; None where that is nothing."""
    held = (resource for each in plan.dates for resource in each.resources)
    wanted = (directory().resources[each.resource] for each in plan.clashes)
    return left_out(plan.left_out, {each.office_id for each in (*held, *wanted)}, tz)


def left_out(
    dates: Sequence[LeftOut], offices: Collection[int], tz: ZoneInfo, most: int | None = SHOWN
) -> str | None:
    """ "2 left out: 6 January (Epiphany), 20 January (taken)"; None where nothing is."""
    if not dates:
        return None
    named = [
        f"{date_near(each.interval.start, tz)} ({why_left_out(each.interval, each.reason, offices)})"
        for each in dates
    ]
    if most and len(named) > most:
        named[most:] = ["…"]
    return ngettext(
        "%(num)d left out: %(days)s", "%(num)d left out: %(days)s", len(dates), days=", ".join(named)
    )


def left_out_once(counted: Mapping[str, int]) -> str | None:
    """ "3 were left out when it was booked (closed, taken)": where it is not known any more which."""
    reasons = {
        "closed": gettext("closed"),
        "hours": gettext("outside the opening hours"),
        "taken": gettext("taken"),
    }
    named = ", ".join(text for reason, text in reasons.items() if counted.get(reason))
    if not named:
        return None
    return ngettext(
        "%(num)d was left out when it was booked (%(reasons)s)",
        "%(num)d were left out when it was booked (%(reasons)s)",
        sum(counted.values()),
        reasons=named,
    )


def clash_list(clashes: Sequence[Clash], tz: ZoneInfo) -> list[tuple[str, list[InTheWay]]]:
    """Every date that something is in the way of, with what."""
    ordered = sorted(clashes, key=lambda each: (_wanted(each).start, each.start, each.resource))
    return [
        (sentence(day(wanted.start, tz)), things_in_the_way(found, tz))
        for wanted, found in groupby(ordered, key=_wanted)
    ]


def dates_in_the_way(clashes: Sequence[Clash], tz: ZoneInfo) -> dict[str, Any]:
    """As `ways_out`, of a series that exists: every date that is taken."""
    dates = clash_list(clashes, tz)
    heading = ngettext("%(num)d date is taken", "%(num)d dates are taken", len(dates))
    return {"heading": heading, "dates": dates, "skip": None, "stays": None, "moves": [], "moves_ask": False}


def say_taken(clashes: Sequence[Clash], tz: ZoneInfo) -> str:
    """The same in one line: "1 date is taken. Tuesday 15 September: Tallen is taken 10:00–11:00." """
    told = dates_in_the_way(clashes, tz)
    days = [f"{when}: {'; '.join(map(str, what))}." for when, what in told["dates"]]
    if len(days) > SHOWN:
        days[SHOWN:] = ["…"]
    return " ".join([f"{told['heading']}.", *days])


def ways_out(
    wish: Wish, clashes: Sequence[Clash], *, by: Person, now: datetime, tz: ZoneInfo
) -> dict[str, Any]:
    """What a series can do about its clashes: book the free ones, move the others."""
    skipped = _planned(replace(wish, skip=SKIPPED), by, now)
    moved = plan_or_none(replace(wish, move=True), by, now)
    moves = {"moves": moves_of(moved, tz), "moves_ask": moved.needs_approval} if moved else {}
    if skipped is None:
        return dates_in_the_way(clashes, tz) | moves
    taken = len({_wanted(each) for each in clashes})
    left_out = len(_newly_left_out(skipped, wish))
    total = len(skipped.dates) + left_out or taken  # with all of them taken, none is left out
    heading = ngettext(
        "%(num)d of %(total)s dates is taken", "%(num)d of %(total)s dates are taken", taken, total=total
    )
    return dates_in_the_way(clashes, tz) | {"heading": heading, "skip": _skip(skipped, total)} | moves


def ways_past_shut(
    wish: Wish, refused: Refused, *, by: Person, now: datetime, tz: ZoneInfo
) -> tuple[dict[str, Any], Plan] | None:
    """As `ways_out`, of a series that nothing refuses but that some of its dates are shut; with what is
    left of it. None: there is no such way.
    """
    if not wish.recurrence or not {each.code for each in refused.refusals} <= SHUT:
        return None
    skipped = plan_or_none(replace(wish, skip=SKIPPED), by, now)
    if skipped is None:
        return None
    left_out = _newly_left_out(skipped, wish)
    offices = {resource.office_id for each in skipped.dates for resource in each.resources}
    dates = dates_barred(refused.clashes, left_out, offices, tz)
    total = len(skipped.dates) + len(left_out)
    heading = ngettext(
        "%(num)d of %(total)s dates cannot be booked",
        "%(num)d of %(total)s dates cannot be booked",
        len(dates),
        total=total,
    )
    ways = {"heading": heading, "dates": dates, "skip": _skip(skipped, total), "stays": None}
    return {**ways, "moves": [], "moves_ask": False}, skipped


def dates_barred(
    clashes: Iterable[Clash], left_out: Iterable[LeftOut], offices: Collection[int], tz: ZoneInfo
) -> list[tuple[str, list[InTheWay]]]:
    """As `clash_list`, with the dates that are shut as well."""
    barred: dict[Interval, list[InTheWay]] = {}
    for clash in clashes:
        barred.setdefault(_wanted(clash), []).extend(things_in_the_way([clash], tz))
    for each in left_out:
        told = barred.setdefault(each.interval, [])
        if each.reason != "taken":
            told.append(InTheWay(why_left_out(each.interval, each.reason, offices)))
    return [(sentence(day(when.start, tz)), what) for when, what in sorted(barred.items())]


def _newly_left_out(skipped: Plan, wish: Wish) -> list[LeftOut]:
    """What goes beyond what the wish leaves out by itself."""
    return [each for each in skipped.left_out if each.reason not in wish.skip]


def _skip(skipped: Plan, total: int) -> str | None:
    """The button that leaves out what is taken."""
    told = {"free": len(skipped.dates), "total": total}
    if not 0 < len(skipped.dates) < total:
        return None
    if skipped.needs_approval:
        return gettext("Ask for the free ones (%(free)s of %(total)s)", **told)
    return gettext("Book the free ones (%(free)s of %(total)s)", **told)


def moves_of(plan: Plan, tz: ZoneInfo) -> list[str]:
    """ "Granen: 1 December, 8 December": which room takes which of the dates that are taken."""
    days: dict[str, list[str]] = {}
    for each in plan.dates:
        if each.moved:
            days.setdefault(names_of_held(each.resources), []).append(date_near(each.interval.start, tz))
    return [f"{room}: {', '.join(on[:SHOWN] + ['…'] * (len(on) > SHOWN))}" for room, on in days.items()]


def plan_or_none(wish: Wish, by: Person, now: datetime) -> Plan | None:
    """What would come of it; None where it cannot be booked either."""
    plan = _planned(wish, by, now)
    return None if plan is None or plan.clashes else plan


def _planned(wish: Wish, by: Person, now: datetime) -> Plan | None:
    """What would come of it; None where the rules refuse it."""
    try:
        return bookings.plan(wish, by=by, now=now)
    except Refused:
        return None


def _wanted(clash: Clash) -> Interval:
    return clash.wanted or Interval(clash.start, clash.end)


def why_left_out(date: Interval, reason: str, offices: Iterable[int]) -> str:
    """What it is closed for, where the office says so."""
    if reason == "taken":
        return gettext("taken")
    if reason == "hours":
        return gettext("outside the opening hours")
    if reason == "ahead":
        return gettext("further ahead than it can be booked")
    if reason == "rules":
        return gettext("not allowed by the rules")
    closures = (each for office in offices for each in directory().closures.get(office, ()))
    named = (each.reason for each in closures if each.reason and overlaps(each.interval, date))
    return next(named, gettext("closed"))


def names_of_held(resources: Sequence[Resource]) -> str:
    """What is held, as people call it: the whole where all of its parts are."""
    left = list(resources)
    wholes = []
    for whole in directory().resources.values():
        leaves = {leaf.id for leaf in leaves_of(whole)} if whole.parts else set()
        if leaves and leaves <= {each.id for each in left}:
            wholes.append(whole.name)
            left = [each for each in left if each.id not in leaves]
    return ", ".join([*wholes, *(each.name for each in left)])


def _span_of_days(first: datetime, last: datetime, tz: ZoneInfo) -> str:
    same_year = local_date(first, tz).year == local_date(last, tz).year
    begins = day_and_month(first, tz) if same_year else date_plain(first, tz)
    return f"{begins} – {date_plain(last, tz)}"
