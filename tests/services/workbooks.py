"""Spreadsheets as offices have them."""

from collections.abc import Sequence
from datetime import date, datetime, time
from io import BytesIO

from openpyxl import Workbook

HEADINGS = ("Datum", "Tid", "Slut", "Rum", "Företag", "Typ", "Ärende", "Kvinnor", "Män", "Status")
YEARS: tuple[Sequence[object], ...] = (
    (
        datetime(2024, 3, 4),
        time(8),
        time(10, 30),
        "Tallen",
        "Granit AB",
        "Möte",
        "Frukost",
        4,
        2,
        "Genomförd",
    ),
    (
        datetime(2024, 3, 5),
        time(13),
        time(15),
        "Stora Tallen",
        "Granitt AB",
        "Möte",
        "Råd",
        None,
        None,
        "Bokad",
    ),
    (datetime(2024, 3, 6), "9", "11.15", "tallen", "Granit AB", "Föredrag", "", 0, 7, "Avbokad"),
)


def workbook(*rows: Sequence[object], headings: Sequence[object] = HEADINGS, above: int = 2) -> bytes:
    """An XLSX file: a sheet with a title, headings in row 3, and these rows; and a sheet of notes."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Bokningar"
    if above:
        sheet.append(["Våra bokningar"])
        for _ in range(above - 1):
            sheet.append([])
    for row in (headings, *rows):
        sheet.append(list(row))
    book.create_sheet("Anteckningar").append(["Nyckeln ligger hos värden", date(2024, 1, 1)])
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()
