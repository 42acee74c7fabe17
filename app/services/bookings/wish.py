"""What somebody wants to book, and what it means in rows: resources, leaf parts, dates, rules."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import TypeVar

from app.domain.errors import Refusal, Refused, without_repetition
from app.domain.interval import Interval
from app.domain.localtime import zone
from app.domain.policy import title_refusals
from app.models import Activity, Office, Organisation, Person, Resource
from app.models.booking import LONGEST_USE
from app.services.authorize import may
from app.services.bookings.asked import Asked, Wish
from app.services.bookings.besides import in_the_way_besides
from app.services.bookings.terms import Verdict, WithApproval, held_against_rules, left_out_by, too_long
from app.services.bookings.things import asked_of
from app.services.directory import directory
from app.services.guests import guest_refusals
from app.services.meetings import link_refusals

__all__ = ["Asked", "Understood", "Wish", "understand"]

Named = TypeVar("Named", Organisation, Activity)


@dataclass(frozen=True, slots=True)
class Understood:
    """A wish whose every part is known and allowed, as long as the directory has this mark."""

    mark: str
    asked: tuple[Asked, ...]
    dates: tuple[Interval, ...]
    title: str
    organisation: Organisation
    activity: Activity
    office: Office
    set_aside: tuple[Refusal, ...] = ()  # rules that a host books past
    # Of which leaf a host has to say yes on which date, should it be the one.
    with_approval: WithApproval = frozenset()
    left_out: Mapping[Interval, str] = field(default_factory=dict)  # and why, as `LeftOut`


def understand(
    wish: Wish,
    *,
    by: Person,
    now: datetime,
    dates: Sequence[Interval] | None = None,
    but_dates: Collection[int] = (),
) -> Understood:
    """Finds what the wish names and holds it against every rule. Refused with all that is wrong with it,
    and with what is in its way besides.

    `dates` are those to be held against the rules, where the wish does not tell them itself. `but_dates`
    are the numbers of those that a change is about: what they hold now does not count against it.
    """
    known = directory()
    asked, refusals = asked_of(wish, known)
    refusals += [
        *title_refusals(wish.title),
        *link_refusals(wish.meeting_url),
        *guest_refusals(wish.guests),
    ]
    organisation = _in_use(known.organisations.get(wish.organisation))
    activity = _in_use(known.activities.get(wish.activity))
    if organisation is None:
        refusals.append(Refusal("unknown_organisation", "organisation", {"slug": wish.organisation}))
    if activity is None:
        refusals.append(Refusal("unknown_activity", "activity", {"slug": wish.activity}))
    refusals += _not_theirs(asked, organisation, by)
    kept, left_out, wrong = _laid_out(wish, asked, dates)
    verdict = Verdict(asked, ())
    if not wrong and asked:
        asked, wrong = _apart(asked, kept)
        verdict = held_against_rules(
            asked, kept, wish=wish, organisation=organisation, by=by, now=now, but_dates=but_dates
        )
    refusals += [*wrong, *verdict.refusals]
    if refusals or not organisation or not activity:
        clashes = in_the_way_besides(
            verdict.asked, kept, wish=wish, organisation=organisation, by=by, now=now, but_dates=but_dates
        )
        raise Refused(*without_repetition(refusals), clashes=clashes)
    return Understood(
        known.mark,
        verdict.asked,
        kept,
        wish.title.strip(),
        organisation,
        activity,
        asked[0].choices[0][0].office,
        verdict.set_aside,
        verdict.with_approval,
        left_out,
    )


def _not_theirs(asked: Sequence[Asked], organisation: Organisation | None, by: Person) -> Iterable[Refusal]:
    leaves = [leaf for each in asked for choice in each.choices for leaf in choice]
    for office in {leaf.office_id: leaf.office for leaf in leaves}.values():
        if organisation and not may(by, "book", (office, organisation)):
            yield Refusal("not_your_organisation", "organisation", {"organisation": organisation.name})


def _laid_out(
    wish: Wish, asked: Sequence[Asked], given: Sequence[Interval] | None
) -> tuple[tuple[Interval, ...], Mapping[Interval, str], list[Refusal]]:
    """The dates meant, those that are left out and why, and what is wrong with them."""
    if wish.end <= wish.start:
        return (), {}, [Refusal("end_before_start", "end")]
    if not asked:
        return (), {}, []
    if wish.end - wish.start > LONGEST_USE:  # not worth laying out years of opening hours
        return (), {}, [too_long(asked[0])]
    if given is not None:
        return tuple(given), {}, []
    try:
        laid_out = wish.laid_out(zone(asked[0].choices[0][0].office.timezone))
    except Refused as refused:
        return (), {}, list(refused.refusals)
    dates = sorted(laid_out)
    left_out = {date: wish.without[laid_out[date]] for date in dates if laid_out[date] in wish.without}
    left_out |= left_out_by(wish.skip, asked, [date for date in dates if date not in left_out])
    kept = tuple(date for date in dates if date not in left_out)
    if not kept:
        return (), left_out, [Refusal("no_date_left", "recurrence")]
    return kept, left_out, []


def _apart(asked: Sequence[Asked], dates: Sequence[Interval]) -> tuple[tuple[Asked, ...], list[Refusal]]:
    """Without the choices whose buffers reach from one date into the next: the series would bar itself."""
    ordered = sorted(dates)
    gap = min((after.start - before.end for before, after in pairwise(ordered)), default=None)
    if gap is None:
        return tuple(asked), []

    def fits(leaf: Resource) -> bool:
        return timedelta(minutes=leaf.buffer_before_minutes + leaf.buffer_after_minutes) <= gap

    fitting = [
        replace(each, choices=tuple(choice for choice in each.choices if all(map(fits, choice))))
        for each in asked
    ]
    if all(each.choices for each in fitting):
        return tuple(fitting), []
    return tuple(asked), [Refusal("series_overlaps_itself", "recurrence")]


def _in_use(thing: Named | None) -> Named | None:
    return thing if thing and not thing.retired else None
