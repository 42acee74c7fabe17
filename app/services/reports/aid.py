"""The annex about money: what use was worth, what of it is aid, and where companies stand.

It stands beside the figures: none of them depends on it, and neither does the checksum. What it was counted
from is kept with a frozen report on its own, so that other values and decisions are found afterwards.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
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
AMOUNTS = ("value", "aid")
WORTH = ("valued_hours", "zero_hours", "unvalued_hours", *AMOUNTS)  # of a line, what is of the period itself
COUNTED_MONEY = "counted_money"  # in the content kept: what the annex was counted from
_canonical = json.JSONEncoder(separators=(",", ":"), sort_keys=True).encode


@dataclass(frozen=True, slots=True)
class Money:
    """The annex, and what it was counted from: `uses`, `caps` by organisation, and the currencies."""

    annex: Annex
    counted: Mapping[str, Any]


def money_of(offices: Sequence[Office], period: Period) -> Money:
    """`aid` by organisation, and `aid_terms`; no annex where an office counts in no money or another one."""
    currencies = {currency_of(each) for each in offices}
    uses: list[Use] = []
    if len(currencies) == 1 and all(has_values(each) for each in offices):
        uses = [use for office in offices for use in values_at(office, period, every=True) if use.time]
    if all(each.unvalued == each.time for each in uses):  # as before anything had a value
        return Money({}, {"uses": []})
    terms, organisations = terms_of(offices[0]), _organisations(uses)
    lines = _lines(offices, period, uses, terms, organisations)
    annex = {"aid": lines, "aid_terms": _terms(currencies.pop(), terms, period)}
    return Money(annex, _counted(annex, uses, organisations))


def money_checksum(counted: Mapping[str, Any]) -> str:
    """SHA-256 over what an annex was counted from: dates, amounts and what was decided, no persons."""
    return hashlib.sha256(_canonical(counted).encode()).hexdigest()


def _counted(
    annex: Annex, uses: Sequence[Use], organisations: Mapping[int, Organisation]
) -> Mapping[str, Any]:
    return {
        "currency": annex["aid_terms"]["currency"],
        "cap_currency": annex["aid_terms"]["cap_currency"],
        "caps": {line["organisation"]: line["cap"] for line in annex["aid"] if line["cap"] is not None},
        "uses": [
            {
                "date": each.date_id,
                "organisation": organisations[each.organisation_id].slug,
                "day": each.day.isoformat(),
                "seconds": round(each.time.total_seconds()),
                "at_zero": round(each.at_zero.total_seconds()),
                "unvalued": round(each.unvalued.total_seconds()),
                "amount": each.amount,
                "is_aid": each.is_aid,
            }
            for each in sorted(uses, key=lambda use: use.date_id)
        ],
    }


def _organisations(uses: Sequence[Use]) -> dict[int, Organisation]:
    query = select(Organisation).where(Organisation.id.in_(sorted({each.organisation_id for each in uses})))
    return {each.id: each for each in db.session.scalars(query)}


def _lines(
    offices: Sequence[Office],
    period: Period,
    uses: Sequence[Use],
    terms: AidTerms | None,
    organisations: Mapping[int, Organisation],
) -> list[dict[str, Any]]:
    by_organisation: defaultdict[int, list[Use]] = defaultdict(list)
    for each in uses:
        by_organisation[each.organisation_id].append(each)
    standing = _standing(offices[0], period) if terms and any(each.is_aid for each in uses) else {}
    lines = [
        _line(each, by_organisation[number], standing.get(number)) for number, each in organisations.items()
    ]
    return sorted(lines, key=lambda line: (-line["aid"], -line["value"], line["organisation"]))


def _line(organisation: Organisation, uses: Sequence[Use], found: Received | None) -> dict[str, Any]:
    granted = sum_of(each for each in uses if each.is_aid)
    stands = found if granted else None
    return {
        "organisation": organisation.slug,
        "name": organisation.name,
        "valued_hours": _hours(each.time - each.at_zero - each.unvalued for each in uses),
        "zero_hours": _hours(each.at_zero for each in uses),
        "unvalued_hours": _hours(each.unvalued for each in uses),
        "value": sum_of(uses) / 100,
        "aid": granted / 100,
        "received": stands.total / 100 if stands else None,
        "cap": stands.cap / 100 if stands and stands.cap is not None else None,
        "share_of_cap": stands.standing.share if stands else None,
    }


def _hours(times: Iterable[timedelta]) -> float:
    return in_hours(sum(times, timedelta()))


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
