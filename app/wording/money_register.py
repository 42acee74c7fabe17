"""The entries for the register, in words and as files."""

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from flask_babel import force_locale, gettext

from app.domain.money import together
from app.reports.lists import Value, as_excel, as_plain
from app.services.money.register import Entry, Register, as_json
from app.wording.formats import date_plain, money
from app.wording.languages import LOCALES

MEDIA_TYPES: Mapping[str, str] = {
    "excel-csv": "text/csv; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
}
# The columns of the file for programs; those of the other stand in the same order.
COLUMNS = (
    *("organisation_number", "name", "sector", "granted_on", "amount", "currency"),
    *("amount_in_cap_currency", "cap_currency", "instrument", "legal_basis", "granter", "bookings"),
)


def file_of(found: Register, form: str, language: str) -> bytes:
    """The file: `excel-csv` with headings in that language, `csv` or `json` for programs."""
    if form == "json":
        return json.dumps(as_json(found), ensure_ascii=False, indent=2).encode()
    rows = [_row(each, found) for each in found.entries]
    if form == "csv":
        return as_plain(COLUMNS, rows)
    with force_locale(LOCALES[language]):
        return as_excel(_headings(), rows)


def shown_lines(found: Register) -> dict[str, Any]:
    """The entries for reading, with their sums."""
    terms = found.terms
    return {
        "converts": terms.currency != terms.cap_currency,
        "cap_currency": terms.cap_currency,
        "rows": [
            {
                "number": each.organisation_number,
                "name": each.name,
                "sector": each.sector,
                "day": date_plain(each.day),
                "amount": money(each.amount, terms.currency),
                "converted": money(each.converted, terms.cap_currency),
                "bookings": each.bookings,
            }
            for each in found.entries
        ],
        "amount": money(sum(each.amount for each in found.entries), terms.currency),
        "converted": money(together(each.converted for each in found.entries), terms.cap_currency),
    }


def _headings() -> Sequence[str]:
    return (
        gettext("Organisation number"),
        gettext("Name"),
        gettext("Sector (NACE)"),
        gettext("Date of granting"),
        gettext("Amount"),
        gettext("Currency"),
        gettext("Amount in the cap's currency"),
        gettext("The cap's currency"),
        gettext("Kind of aid"),
        gettext("Legal basis"),
        gettext("Granter"),
        gettext("Bookings"),
    )


def _row(each: Entry, found: Register) -> Sequence[Value]:
    terms = found.terms
    return (
        each.organisation_number,
        each.name,
        each.sector,
        each.day,
        _units(each.amount),
        terms.currency,
        _units(each.converted),
        terms.cap_currency,
        terms.instrument,
        terms.legal_basis,
        terms.granter,
        " ".join(str(number) for number in each.bookings),
    )


def _units(hundredths: int | None) -> Decimal | None:
    return None if hundredths is None else Decimal(hundredths).scaleb(-2)
