"""By what an office counts aid: its currency, the cap and where that is said, the rates between the two."""

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from app.domain.errors import Refusal, Refused
from app.domain.money import MOST_MONEY, RATE_UNIT, Since, converted, standing
from app.domain.one_line import one_line
from app.domain.text_length import too_long
from app.extensions import db
from app.models import AidTerms, ExchangeRate, Office, Person
from app.models.money import MOST_REASON
from app.services.authorize import authorize
from app.services.money.caps import note_cap
from app.services.transaction import use_case

CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)
MOST_RATE = 1_000_000 * RATE_UNIT
TEXTS = {"cap_source": 300, "granter": 200, "legal_basis": 500, "instrument": 200}
NEEDED = ("cap_source", "granter", "legal_basis")


@dataclass(frozen=True, slots=True)
class Terms:
    """What an office says. `cap` in hundredths of `cap_currency`; what a use is worth is in `currency`."""

    currency: str
    cap: int
    cap_currency: str
    cap_source: str
    granter: str
    legal_basis: str
    instrument: str = ""


# What the form offers where an office has said nothing yet; it counts nothing until the office has saved it.
# Regulation (EU) 2023/2831 of 13 December 2023, Article 3(2), as published in OJ L, 15 December 2023.
OFFERED = Terms(
    currency="SEK",
    cap=300_000_00,
    cap_currency="EUR",
    cap_source="(EU) 2023/2831 (2023-12-13), art. 3.2",
    granter="",
    legal_basis="(EU) 2023/2831 (2023-12-13)",
)


@dataclass(frozen=True, slots=True)
class Exchange:
    """What an office's money comes to in the currency of its cap."""

    same: bool
    rates: Sequence[Since[int]]

    def rate_on(self, day: date) -> int | None:
        """Millionths of the office's currency for one unit of the cap's; None where none is entered."""
        return RATE_UNIT if self.same else standing(self.rates, day)

    def converted(self, amount: int, day: date) -> int | None:
        """By the rate of the day on which it was granted; None without one."""
        rate = self.rate_on(day)
        return None if rate is None else amount if self.same else converted(amount, rate)


def terms_of(office: Office) -> AidTerms | None:
    """What the office counts by; None where it has not said so."""
    return db.session.get(AidTerms, office.id)


def currency_of(office: Office) -> str:
    """The currency of the office's values."""
    return currency_by(terms_of(office))


def currency_by(terms: AidTerms | None) -> str:
    """The currency of values by these terms; where there are none, the one that is offered."""
    return terms.currency if terms else OFFERED.currency


def rates_of(office: Office, terms: AidTerms) -> Sequence[ExchangeRate]:
    """The rates between the office's two currencies, in the order in which they were entered."""
    query = (
        select(ExchangeRate)
        .filter_by(office_id=office.id, currency=terms.currency, cap_currency=terms.cap_currency)
        .order_by(ExchangeRate.id)
    )
    return db.session.scalars(query).all()


def exchange_of(office: Office, terms: AidTerms) -> Exchange:
    """The office's money in the currency of its cap."""
    same = terms.currency == terms.cap_currency
    known = () if same else rates_of(office, terms)
    return Exchange(same, [Since(each.valid_from, each.rate) for each in known])


def refusals_of(wish: Terms) -> list[Refusal]:
    """Every field that is wrong."""
    said = _said(wish)
    wrong = [
        Refusal("currency_wrong", name)
        for name in ("currency", "cap_currency")
        if not CURRENCY.fullmatch(said[name])
    ]
    if not 0 < wish.cap <= MOST_MONEY:
        wrong.append(Refusal("amount_wrong", "cap"))
    wrong += [Refusal("words_missing", name) for name in NEEDED if not said[name]]
    return wrong + too_long(**{name: (said[name], most) for name, most in TEXTS.items()})


def changes_cap(office: Office, wish: Terms) -> bool:
    """Whether a cap that is said already becomes another. Not by what is wrong: that is refused."""
    known = terms_of(office)
    if known is None or refusals_of(wish):
        return False
    return (known.cap, known.cap_currency) != (wish.cap, wish.cap_currency)


@use_case
def set_terms(office: Office, wish: Terms, reason: str = "", *, by: Person, now: datetime) -> AidTerms:
    """What the office counts by from now on. Refused for every field that is wrong."""
    authorize(by, "host", office)
    reason = one_line(reason)
    if wrong := refusals_of(wish) + too_long(reason=(reason, MOST_REASON)):
        raise Refused(*wrong)
    row = terms_of(office) or AidTerms(office_id=office.id)
    cap = wish.cap, wish.cap_currency
    note_cap(office, None, (row.cap, row.cap_currency), cap, reason, by=by, now=now)
    for name, value in _said(wish).items():
        setattr(row, name, value)
    row.entered_at, row.by_id = now, by.id
    db.session.add(row)
    return row


def _said(wish: Terms) -> dict[str, Any]:
    """All of it, words on one line."""
    return {**asdict(wish), **{name: one_line(getattr(wish, name)) for name in TEXTS}}


@use_case
def add_rate(
    office: Office,
    valid_from: date,
    rate: int,
    source: str,
    reason: str = "",
    *,
    by: Person,
    now: datetime,
) -> None:
    """From that day on one unit of the cap's currency costs so many millionths of the office's. Refused."""
    authorize(by, "host", office)
    terms, source, reason = terms_of(office), one_line(source), one_line(reason)
    wrong = too_long(source=(source, TEXTS["cap_source"]), reason=(reason, MOST_REASON))
    if terms is None:
        wrong.append(Refusal("terms_missing", "rate"))
    elif terms.currency == terms.cap_currency:
        wrong.append(Refusal("rate_needless", "rate"))
    if not 0 < rate <= MOST_RATE:
        wrong.append(Refusal("rate_wrong", "rate"))
    if not source:
        wrong.append(Refusal("words_missing", "source"))
    if wrong or terms is None:
        raise Refused(*wrong)
    db.session.add(
        ExchangeRate(
            office_id=office.id,
            currency=terms.currency,
            cap_currency=terms.cap_currency,
            valid_from=valid_from,
            rate=rate,
            source=source,
            reason=reason,
            entered_at=now,
            by_id=by.id,
        )
    )
