"""What each company has received in three rolling years, beside its cap; over all offices together.

A cap is one for all who grant, so what other offices gave and what the company had elsewhere count as well.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from app.domain.alphabet import alphabetical
from app.domain.money import Standing, rolling_years
from app.domain.period import Period
from app.models import AidElsewhere, AidTerms, Office
from app.services.money.companies import Undertaking, elsewhere, undertakings
from app.services.money.terms import Exchange, exchange_of, terms_of
from app.services.money.uses import Use, values_at
from app.services.offices import offices


@dataclass(slots=True)
class Received:
    """What one undertaking received. Amounts in hundredths of the cap's currency, if not said otherwise.

    `uses` are this office's aid, `here` what it comes to and `here_own` the same in the office's currency.
    `lacks_rate`: something has no exchange rate, and is in no sum.
    """

    undertaking: Undertaking
    uses: list[Use] = field(default_factory=list)
    here_own: int = 0
    here: int = 0
    lacks_rate: bool = False
    by_others: Counter[int] = field(default_factory=Counter)  # by office, what our other offices gave
    declared: list[AidElsewhere] = field(default_factory=list)
    not_counted: list[AidElsewhere] = field(default_factory=list)  # in another currency, or of other years
    cap: int | None = None

    @property
    def other_offices(self) -> int:
        return self.by_others.total()

    @property
    def elsewhere(self) -> int:
        return sum(each.amount for each in self.declared)

    @property
    def total(self) -> int:
        return self.here + self.other_offices + self.elsewhere

    @property
    def standing(self) -> Standing:
        return Standing(self.total, self.cap)


@dataclass(frozen=True, slots=True)
class Overview:
    """All companies of an office, those nearest to their cap first. `besides`: uses that are in no sum."""

    day: date
    period: Period
    terms: AidTerms | None
    companies: Sequence[Received]
    besides: Sequence[Use]

    @property
    def undecided(self) -> list[Use]:
        """What is still to be decided on."""
        return [each for each in self.besides if each.decision is None and each.amount]

    @property
    def lacks_rate(self) -> bool:
        return any(each.lacks_rate for each in self.companies)

    def of(self, undertaking: Undertaking) -> Received:
        """One of them, also where it has received nothing."""
        known = (each for each in self.companies if each.undertaking.key == undertaking.key)
        return next(known, Received(undertaking, cap=_cap(undertaking, self.terms)))


def received(office: Office, day: date, terms: AidTerms | None = None) -> Overview:
    """What each has received in the three years that end with the day; by other `terms`, if there are any."""
    return _overview(office, day, None, terms)


def received_by(office: Office, undertaking: Undertaking, day: date) -> Received:
    """The same of one."""
    return _overview(office, day, undertaking).of(undertaking)


def account_of(office: Office, undertaking: Undertaking, day: date) -> Overview:
    """The same of one, with all that is known: what is no aid, has no value or lies outside the years."""
    return _overview(office, day, undertaking, every=True)


def _overview(
    office: Office,
    day: date,
    only: Undertaking | None,
    terms: AidTerms | None = None,
    *,
    every: bool = False,
) -> Overview:
    period, terms = rolling_years(day), terms or terms_of(office)
    ids = only.ids if only else None
    own = values_at(office, period, ids, maybe_aid=not every, every=every)
    found = _Counting([only] if only else undertakings(), terms)
    found.add_own(own, exchange_of(office, terms) if terms else None)
    if terms:
        found.add_others(office, period, ids)
        found.add_declared(elsewhere(ids, None if every else period), period)
    return Overview(
        day,
        period,
        terms,
        sorted(found.by_key.values(), key=_nearest),
        [each for each in own if not each.is_aid],
    )


class _Counting:
    """Adds up by undertaking."""

    def __init__(self, known: Iterable[Undertaking], terms: AidTerms | None) -> None:
        self.terms = terms
        self.undertaking = {number: each for each in known for number in each.ids}
        self.by_key: dict[str, Received] = {}

    def of(self, organisation_id: int) -> Received:
        undertaking = self.undertaking[organisation_id]
        if undertaking.key not in self.by_key:
            self.by_key[undertaking.key] = Received(undertaking, cap=_cap(undertaking, self.terms))
        return self.by_key[undertaking.key]

    def add_own(self, uses: Iterable[Use], exchange: Exchange | None) -> None:
        for each in uses:
            if not each.is_aid:
                continue
            row = self.of(each.organisation_id)
            row.uses.append(each)
            row.here_own += each.amount
            amount = exchange.converted(each.amount, each.day) if exchange else None
            row.here += amount or 0
            row.lacks_rate = row.lacks_rate or bool(each.amount and exchange and amount is None)

    def add_others(self, office: Office, period: Period, ids: Collection[int] | None) -> None:
        for other, organisation_id, amount in _given_by_others(office, self.terms, period, ids):
            row = self.of(organisation_id)
            row.by_others[other.id] += amount or 0
            row.lacks_rate = row.lacks_rate or amount is None

    def add_declared(self, declared: Iterable[AidElsewhere], period: Period) -> None:
        for each in declared:
            row = self.of(each.organisation_id)
            same = self.terms is not None and each.currency == self.terms.cap_currency
            (row.declared if same and each.granted_on in period else row.not_counted).append(each)


def _given_by_others(
    office: Office, terms: AidTerms | None, period: Period, ids: Collection[int] | None
) -> Iterator[tuple[Office, int, int | None]]:
    """Which other offices that count towards the same cap gave whom how much; None without a rate."""
    for other in offices():
        theirs = terms_of(other)
        if other.id == office.id or theirs is None or terms is None:
            continue
        if theirs.cap_currency != terms.cap_currency:
            continue
        exchange = exchange_of(other, theirs)
        for each in values_at(other, period, ids, maybe_aid=True):
            if each.is_aid and each.amount:
                yield other, each.organisation_id, exchange.converted(each.amount, each.day)


def _cap(undertaking: Undertaking, terms: AidTerms | None) -> int | None:
    if terms is None:
        return None
    own = undertaking.cap(terms.cap_currency)
    return terms.cap if own is None else own


def _nearest(each: Received) -> tuple[float, int, tuple[str, str]]:
    return -(each.standing.share or 0), -each.here_own, alphabetical(each.undertaking.name)
