"""Which companies another cap would bring to another level. It is told before the cap is kept."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime

from app.domain.localtime import local_date, zone
from app.domain.money import Standing
from app.models import AidCompany, AidTerms, Office, Organisation
from app.services.money.companies import Company, Undertaking, changes_own_cap, undertaking_of
from app.services.money.received import Received, received, received_by
from app.services.money.terms import Terms, changes_cap, terms_of


@dataclass(frozen=True, slots=True)
class Passing:
    """A company that comes to another level; where it stands, and would."""

    undertaking: Undertaking
    before: Standing
    after: Standing


@dataclass(frozen=True, slots=True)
class CapEffect:
    """The caps before and after in hundredths, each in its currency; and who passes, the nearest first."""

    caps: tuple[int | None, int | None]
    currencies: tuple[str, str]
    passing: Sequence[Passing]


def effect_of_terms(office: Office, wish: Terms, *, now: datetime) -> CapEffect | None:
    """Of what the office would count by; None where its cap stays, is its first, or is wrong."""
    known = terms_of(office)
    if known is None or not changes_cap(office, wish):
        return None
    before = received(office, _today(office, now))
    after = received(office, before.day, AidTerms(office_id=office.id, **asdict(wish)))
    pairs = [(before.of(each.undertaking), each) for each in after.companies]
    return CapEffect((known.cap, wish.cap), (known.cap_currency, wish.cap_currency), _passing(pairs))


def effect_of_company(
    office: Office, organisation: Organisation, wish: Company, *, now: datetime
) -> CapEffect | None:
    """Of a company's own cap; None where it stays, or something is wrong."""
    terms = terms_of(office)
    if terms is None or not changes_own_cap(office, organisation, wish):
        return None
    new = AidCompany(
        organisation_id=organisation.id,
        undertaking=wish.undertaking,
        cap=wish.cap,
        cap_currency=terms.cap_currency,
    )
    today = _today(office, now)
    before = received_by(office, undertaking_of(organisation), today)
    after = received_by(office, undertaking_of(organisation, new), today)
    currency = terms.cap_currency
    return CapEffect((before.cap, after.cap), (currency, currency), _passing([(before, after)]))


def _passing(pairs: Iterable[tuple[Received, Received]]) -> list[Passing]:
    return [
        Passing(after.undertaking, before.standing, after.standing)
        for before, after in pairs
        if before.standing.level != after.standing.level
    ]


def _today(office: Office, now: datetime) -> date:
    return local_date(now, zone(office.timezone))
