"""What a value, a decision or a rate to be entered would change of what has been counted already.

It is told before anything is kept: for days that are over, aid was granted and reports were published.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import select

from app.domain.alphabet import alphabetical
from app.domain.localtime import local_date, zone
from app.domain.money import HourlyValue, Since
from app.domain.period import Period
from app.extensions import db
from app.models import AidDecision, Booking, Office, Organisation
from app.services.deliveries.published import PublishedReport, published_at
from app.services.money.terms import currency_of, exchange_of, terms_of
from app.services.money.uses import Use, Valued
from app.services.money.values import since, values_of
from app.services.reports.overview import first_day

Key = tuple[int, Period]  # an organisation, a month
Amounts = tuple[int, int]  # what its use was worth, and how much of that was aid


@dataclass(frozen=True, slots=True)
class Changed:
    """What an organisation's use of one month comes to, and would. `worth` and `aid`: before and after."""

    organisation: Organisation
    month: Period
    worth: tuple[int, int]
    aid: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Effect:
    """By organisation and month, in hundredths of `currency`; and the frozen `reports` of such days."""

    changed: Sequence[Changed]
    reports: Sequence[PublishedReport]
    currency: str

    def __bool__(self) -> bool:
        return bool(self.changed)


def effect_of_value(
    office: Office, resource_ids: Collection[int], per_hour: int, valid_from: date | None, *, now: datetime
) -> Effect:
    """Of a value per hour of some resources, from that day on."""
    before, said = Valued.of(office, every=True), values_of(office)
    new = Since(valid_from, per_hour)
    others = {
        each.slug: HourlyValue.of([*since(said.get(number, ())), new], before.timezone)
        for number, each in before.resources.items()
        if number in resource_ids
    }
    after = replace(before, values={**before.values, **others})
    then, uses = _begun(before, valid_from, now), _begun(after, valid_from, now)
    return _told(office, _sums(then), _sums(uses), currency_of(office), [*then, *uses], valid_from)


def effect_of_decision(
    office: Office, category_id: int, is_aid: bool, valid_from: date | None, *, now: datetime
) -> Effect:
    """Of a decision about a category, from that day on."""
    new = AidDecision(category_id=category_id, valid_from=valid_from, is_aid=is_aid)
    return _of_decision(office, new, valid_from, now)


def effect_of_booking(office: Office, booking: Booking, is_aid: bool | None, *, now: datetime) -> Effect:
    """Of a decision about one booking, and about the later part of its series; None: as its category."""
    first = local_date(min(each.starts_at for each in booking.dates), zone(office.timezone))
    return _of_decision(office, AidDecision(booking_id=booking.id, is_aid=is_aid), first, now)


def _of_decision(office: Office, new: AidDecision, first: date | None, now: datetime) -> Effect:
    before = Valued.of(office)
    then, decisions = _begun(before, first, now), before.decisions.with_one(new)
    uses = [
        replace(each, decision=decisions.about(each.booking_id, each.category_id, each.day)) for each in then
    ]
    others = [new for old, new in zip(then, uses, strict=True) if old.is_aid != new.is_aid]
    return _told(office, _sums(then), _sums(uses), currency_of(office), others, None)


def effect_of_rate(office: Office, valid_from: date, rate: int, *, now: datetime) -> Effect:
    """Of an exchange rate from that day on; in the cap's currency. Without terms it changes nothing."""
    terms = terms_of(office)
    if terms is None or terms.currency == terms.cap_currency:
        return Effect((), (), currency_of(office))
    before = exchange_of(office, terms)
    after = replace(before, rates=[*before.rates, Since(valid_from, rate)])
    uses = _begun(Valued.of(office), valid_from, now)
    aid = [each for each in uses if each.is_aid]
    return _told(
        office,
        _sums(aid, before.converted),
        _sums(aid, after.converted),
        terms.cap_currency,
        uses,
        valid_from,
    )


def _begun(valued: Valued, valid_from: date | None, now: datetime) -> list[Use]:
    """All that has begun, from the month on in which the day lies."""
    today, first = local_date(now, valued.timezone), valid_from or first_day(valued.office)
    if first is None or first > today:
        return []
    within = Period(first.replace(day=1), today + timedelta(days=1))
    return [each for each in valued.uses(within) if each.start <= now]


def _own(amount: int, _day: date) -> int:
    return amount


def _sums(uses: Iterable[Use], count: Callable[[int, date], int | None] = _own) -> dict[Key, Amounts]:
    found: defaultdict[Key, Amounts] = defaultdict(lambda: (0, 0))
    for each in uses:
        key = each.organisation_id, Period.month_of(each.day)
        amount, (worth, aid) = count(each.amount, each.day) or 0, found[key]
        found[key] = worth + amount, aid + (amount if each.is_aid else 0)
    return found


def _told(
    office: Office,
    before: dict[Key, Amounts],
    after: dict[Key, Amounts],
    currency: str,
    uses: Sequence[Use],
    valid_from: date | None,
) -> Effect:
    nothing = 0, 0
    keys = {key for key in {**before, **after} if before.get(key, nothing) != after.get(key, nothing)}
    query = select(Organisation).where(Organisation.id.in_(sorted({number for number, _ in keys})))
    known = {each.id: each for each in db.session.scalars(query)}
    changed = []
    for key in keys:
        (worth, aid), (new_worth, new_aid) = before.get(key, nothing), after.get(key, nothing)
        changed.append(Changed(known[key[0]], key[1], (worth, new_worth), (aid, new_aid)))
    changed.sort(key=lambda each: (alphabetical(each.organisation.name), each.organisation.id, each.month))
    days = {each.day for each in uses if (each.organisation_id, Period.month_of(each.day)) in keys}
    return Effect(changed, _frozen_of(office, days, valid_from), currency)


def _frozen_of(office: Office, days: Collection[date], valid_from: date | None) -> list[PublishedReport]:
    """The latest revisions of what was frozen of any of the days, as far as the change reaches back."""
    reached = [day for day in days if valid_from is None or day >= valid_from]
    return [
        each for each in published_at(office) if each.is_latest and any(day in each.period for day in reached)
    ]
