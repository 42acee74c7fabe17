"""A list as CSV: for Excel in Swedish (semicolons, decimal commas, a BOM), or for programs.

A text that a spreadsheet would run as a formula stands behind an apostrophe.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from app.reports.excel_csv import BOM
from app.reports.table import neutral

Value = Decimal | date | str | None


def as_excel(headings: Sequence[str], rows: Iterable[Sequence[Value]]) -> bytes:
    """The bytes of the file that a double click opens."""
    return (BOM + _written(headings, rows, ";", ",")).encode()


def as_plain(headings: Sequence[str], rows: Iterable[Sequence[Value]]) -> bytes:
    """The bytes of the file for programs: commas, decimal points, UTF-8 without a byte order mark."""
    return _written(headings, rows, ",", ".").encode()


def _written(headings: Sequence[str], rows: Iterable[Sequence[Value]], between: str, point: str) -> str:
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=between)
    writer.writerow(headings)
    writer.writerows([_value(each, point) for each in row] for row in rows)
    return buffer.getvalue()


def _value(value: Value, point: str) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return str(value).replace(".", point)
    return value.isoformat() if isinstance(value, date) else neutral(value)
