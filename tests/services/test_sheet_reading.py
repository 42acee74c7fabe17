"""A spreadsheet read: files of any making, and what stands in their cells, as people write it."""

import zipfile
from datetime import date, timedelta
from io import BytesIO

import pytest
from openpyxl import Workbook

from app.services.sheet_import import SheetFileInvalid, read_sheets
from app.services.sheet_import.values import clock_of, day_of, length_of, moment_of, span_of
from app.services.sheet_import.worker import MOST_ROWS
from tests.services.workbooks import HEADINGS, YEARS, workbook

HOUR = timedelta(hours=1)

# Files


def test_a_workbook_becomes_text_with_the_numbers_of_its_rows() -> None:
    first, second = read_sheets(workbook(*YEARS))
    assert first.name == "Bokningar"
    assert [number for number, _ in first.rows] == [1, 3, 4, 5, 6]
    assert first.row(3) == HEADINGS
    assert first.row(4)[:4] == ("2024-03-04", "08:00", "10:30", "Tallen")
    assert first.row(5)[7:] == ("", "", "Bokad")
    assert second.row(1) == ("Nyckeln ligger hos värden", "2024-01-01")
    assert first.row(2) == ()


@pytest.mark.parametrize(
    "content",
    [
        "Datum;Rum\r\n2024-03-04;Åsen\r\n".encode("cp1252"),
        "Datum,Rum\n2024-03-04,Åsen\n".encode(),
        "\ufeffDatum;Rum\n\n2024-03-04;Åsen\n".encode(),
        "sep=;\nDatum;Rum\n2024-03-04;Åsen\n".encode(),
        "Datum\tRum\n2024-03-04\tÅsen\n".encode("utf-16"),
    ],
)
def test_text_files_of_any_making(content: bytes) -> None:
    (sheet,) = read_sheets(content)
    assert [cells for _, cells in sheet.rows] == [("Datum", "Rum"), ("2024-03-04", "Åsen")]


def test_a_stray_cell_at_the_very_end_is_only_a_row() -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet["A1"], sheet["B1"], sheet["A1048576"] = "Datum", "Rum", "x"
    stream = BytesIO()
    book.save(stream)
    (read,) = read_sheets(stream.getvalue())
    assert read.rows == ((1, ("Datum", "Rum")), (1048576, ("x",)))


def test_entities_that_blow_up_are_refused() -> None:
    entities = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10 if n else "ha"}">' for n in range(10))
    stream = BytesIO()
    with (
        zipfile.ZipFile(BytesIO(workbook(*YEARS))) as whole,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as changed,
    ):
        for name in whole.namelist():
            content = whole.read(name).decode()
            if name.endswith("sheet1.xml"):
                start = content.index("<worksheet")
                content = f"<!DOCTYPE x [{entities}]>{content[start:]}"
                cell = '<row r="1"><c r="A1" t="inlineStr"><is><t>&a9;</t></is></c></row>'
                content = content.replace("<sheetData>", f"<sheetData>{cell}", 1)
            changed.writestr(name, content)
    with pytest.raises(SheetFileInvalid) as invalid:
        read_sheets(stream.getvalue())
    assert invalid.value.params["reason"] == "broken"


def test_a_long_text_in_every_cell_is_too_much() -> None:
    content = workbook(*[["x" * 300] * 20] * 1000)
    assert len(content) < 100_000
    with pytest.raises(SheetFileInvalid) as invalid:
        read_sheets(content)
    assert invalid.value.params["reason"] == "too_large"


def bomb() -> bytes:
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/workbook.xml", b"0" * 70_000_000)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"x" * 1_000_001, "too_large"),
        (b"", "empty"),
        (b"\n\n;;\n", "empty"),
        (b"\xd0\xcf\x11\xe0old", "old_excel"),
        (b"\x89PNG\0\0", "no_table"),
        (b"PK\x03\x04 not a package", "broken"),
        (workbook(*YEARS)[:2000], "broken"),
        (b"a;b\n" * (MOST_ROWS + 1), "too_many_rows"),
    ],
)
def test_what_cannot_be_read_says_why(content: bytes, reason: str) -> None:
    with pytest.raises(SheetFileInvalid) as invalid:
        read_sheets(content)
    assert invalid.value.params["reason"] == reason


def test_a_package_that_would_blow_up_is_not_unpacked() -> None:
    content = bomb()
    assert len(content) < 1_000_000
    with pytest.raises(SheetFileInvalid) as invalid:
        read_sheets(content)
    assert invalid.value.params["reason"] == "too_large"


# Cells


@pytest.mark.parametrize(
    "text",
    ["2024-03-04", "4.3.2024", "4/3 2024", "04/03/2024", "20240304", "240304", "4 mars 2024", "45355"],
)
def test_days_as_people_write_them(text: str) -> None:
    assert day_of(text) == date(2024, 3, 4)


@pytest.mark.parametrize("text", ["2024-13-04", "31/2 2024", "i går", "9999-12-31", "4 mors 2024", ""])
def test_what_is_no_day(text: str) -> None:
    assert day_of(text) is None


@pytest.mark.parametrize("text", ["8", "08:00", "8.00", "0800", "kl 8", "08:00:00", "KL. 8.00"])
def test_times_as_people_write_them(text: str) -> None:
    assert clock_of(text) == 8 * HOUR


def test_times_that_are_none_and_those_of_two() -> None:
    assert [clock_of(text) for text in ("25", "8.60", "24:01", "tidigt", "")] == [None] * 5
    assert clock_of("24:00") == 24 * HOUR
    assert span_of("9–11.30") == (9 * HOUR, 11.5 * HOUR)
    assert span_of("9 till 12") == (9 * HOUR, 12 * HOUR)
    assert span_of("2024-03-04") is None
    assert moment_of("2024-03-04T08:30:00") == (date(2024, 3, 4), 8.5 * HOUR)
    assert moment_of("4/3 2024 kl 8") == (date(2024, 3, 4), 8 * HOUR)
    assert moment_of("strax") == (None, None)


@pytest.mark.parametrize(
    ("text", "minutes"),
    [("2", 120), ("2,5", 150), ("1:30", 90), ("90", 90), ("90 min", 90), ("2 tim", 120), ("lång", None)],
)
def test_lengths(text: str, minutes: int | None) -> None:
    assert length_of(text) == (timedelta(minutes=minutes) if minutes else None)
