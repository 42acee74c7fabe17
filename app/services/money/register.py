"""The entries for the register: one for each company and day on which it was granted anything."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from sqlalchemy import select

from app.domain.errors import Refusal, Refused
from app.domain.money import together
from app.domain.period import Period
from app.extensions import db
from app.models import AidCompany, AidTerms, Office, Organisation, Person
from app.services.authorize import authorize
from app.services.money.terms import exchange_of, terms_of
from app.services.money.uses import Use, sum_of, values_at


@dataclass(frozen=True, slots=True)
class Entry:
    """Aid granted to an organisation on one day. Amounts in hundredths; `converted` None without a rate."""

    organisation_number: str
    name: str
    sector: str
    day: date
    amount: int
    converted: int | None
    bookings: Sequence[int]


@dataclass(frozen=True, slots=True)
class Register:
    """What an office reports for a period."""

    office: Office
    period: Period
    terms: AidTerms
    entries: Sequence[Entry]

    @property
    def unnumbered(self) -> list[str]:
        """Whose organisation number lacks."""
        return sorted({each.name for each in self.entries if not each.organisation_number})


def register(office: Office, period: Period, *, by: Person | None, today: date) -> Register:
    """The entries of what began in the period and by today: what is to come is not granted yet.

    By day. NotAllowed; Refused while the office has no terms.
    """
    authorize(by, "host", office)
    terms = terms_of(office)
    if terms is None:
        raise Refused(Refusal("terms_missing", "office"))
    exchange = exchange_of(office, terms)
    granted = [
        each
        for each in values_at(office, period, maybe_aid=True)
        if each.is_aid and each.amount and each.day <= today
    ]
    known = _organisations({each.organisation_id for each in granted})
    entries = []
    granted.sort(key=_by_day)
    for (day, organisation_id), some in groupby(granted, key=_by_day):
        uses = list(some)
        organisation, sector = known[organisation_id]
        entries.append(
            Entry(
                organisation_number=organisation.organisation_number or "",
                name=organisation.name,
                sector=sector,
                day=day,
                amount=sum_of(uses),
                converted=together(exchange.converted(each.amount, day) for each in uses),
                bookings=sorted({each.booking_id for each in uses}),
            )
        )
    return Register(office, period, terms, entries)


def as_json(found: Register) -> dict[str, Any]:
    """For programs: amounts in whole units, with two decimals."""
    terms = found.terms
    return {
        "office": found.office.slug,
        "period": {"from": found.period.first.isoformat(), "to": found.period.last_exclusive.isoformat()},
        "granter": terms.granter,
        "legal_basis": terms.legal_basis,
        "instrument": terms.instrument,
        "currency": terms.currency,
        "cap_currency": terms.cap_currency,
        "entries": [_line(each) for each in found.entries],
    }


def _line(entry: Entry) -> Mapping[str, Any]:
    return {
        "organisation_number": entry.organisation_number or None,
        "name": entry.name,
        "sector": entry.sector or None,
        "granted_on": entry.day.isoformat(),
        "amount": entry.amount / 100,
        "amount_in_cap_currency": None if entry.converted is None else entry.converted / 100,
        "bookings": list(entry.bookings),
    }


def _by_day(use: Use) -> tuple[date, int]:
    return use.day, use.organisation_id


def _organisations(ids: set[int]) -> dict[int, tuple[Organisation, str]]:
    query = (
        select(Organisation, AidCompany.sector)
        .outerjoin(AidCompany, AidCompany.organisation_id == Organisation.id)
        .where(Organisation.id.in_(sorted(ids)))
    )
    return {each.id: (each, sector or "") for each, sector in db.session.execute(query)}
