"""The annex about money: what use was worth, what of it is aid, and where companies stand.

It stands beside the figures: none of them depends on it, and neither does the checksum.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from app.domain.period import Period
from app.domain.utilisation import in_hours
from app.extensions import db
from app.models import AidTerms, Office, Organisation
from app.services.money.received import Received, received
from app.services.money.terms import currency_of, terms_of
from app.services.money.uses import Use, sum_of, values_at
from app.services.money.values import has_values

Annex = dict[str, Any]
SECTIONS = ("aid", "aid_terms")


def aid(offices: Sequence[Office], period: Period) -> Annex:
    """`aid` by organisation, and `aid_terms`; nothing where an office counts in no money or another one."""
    currencies = {currency_of(each) for each in offices}
    if len(currencies) > 1 or not all(has_values(each) for each in offices):
        return {}
    uses = [use for office in offices for use in values_at(office, period) if use.amount]
    if not uses:
        return {}
    terms = terms_of(offices[0])
    return {"aid": _lines(offices, period, uses, terms), "aid_terms": _terms(currencies.pop(), terms, period)}


def _lines(
    offices: Sequence[Office], period: Period, uses: Sequence[Use], terms: AidTerms | None
) -> list[dict[str, Any]]:
    by_organisation: defaultdict[int, list[Use]] = defaultdict(list)
    for each in uses:
        by_organisation[each.organisation_id].append(each)
    standing = _standing(offices[0], period) if terms and any(each.is_aid for each in uses) else {}
    query = select(Organisation).where(Organisation.id.in_(sorted(by_organisation)))
    lines = [
        _line(each, by_organisation[each.id], standing.get(each.id)) for each in db.session.scalars(query)
    ]
    return sorted(lines, key=lambda line: (-line["aid"], -line["value"], line["organisation"]))


def _line(organisation: Organisation, uses: Sequence[Use], found: Received | None) -> dict[str, Any]:
    granted = sum_of(each for each in uses if each.is_aid)
    stands = found if granted else None
    return {
        "organisation": organisation.slug,
        "name": organisation.name,
        "valued_hours": in_hours(sum((each.time for each in uses), timedelta())),
        "value": sum_of(uses) / 100,
        "aid": granted / 100,
        "received": stands.total / 100 if stands else None,
        "cap": stands.cap / 100 if stands and stands.cap is not None else None,
        "share_of_cap": stands.standing.share if stands else None,
    }


def _standing(office: Office, period: Period) -> dict[int, Received]:
    found = received(office, period.last).companies
    return {number: each for each in found for number in each.undertaking.ids}


def _terms(currency: str, terms: AidTerms | None, period: Period) -> dict[str, Any]:
    return {
        "currency": currency,
        "cap_currency": terms.cap_currency if terms else None,
        "cap_source": terms.cap_source if terms else None,
        "granter": terms.granter if terms else None,
        "legal_basis": terms.legal_basis if terms else None,
        "received_until": period.last.isoformat(),
    }
