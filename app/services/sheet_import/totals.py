"""Rows of a sheet that add up the others."""

import re
from collections.abc import Mapping, Sequence

from app.services.sheet_import.values import moment_of, span_of

_TOTAL = re.compile(
    r"(?:(?:del|slut)?summa|(?:(?:sub|grand) ?)?total(?:t|en|er|s|summa)?|sum|sammanlagt)\b.{0,40}"
)


def is_total(cells: Sequence[str], columns: Mapping[str, int]) -> bool:
    """Whether a cell says so ("Summa", "Totalt 2024"), and no time stands where a booking's would."""
    if not any(_TOTAL.fullmatch(cell.casefold()) for cell in cells):
        return False
    when = (cells[columns[name]] for name in ("date", "start") if columns.get(name, len(cells)) < len(cells))
    return not any(span_of(text) or moment_of(text) != (None, None) for text in when)
