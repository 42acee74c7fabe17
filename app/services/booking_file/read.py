"""From the text of a CSV file to its records, by itself: no database, no clock."""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from app.services.booking_file.problems import LineProblem

COLUMNS = (
    "id",
    "resources",
    "start",
    "end",
    "title",
    "organisation",
    "category",
    "activity",
    "status",
    "women",
    "men",
    "other",
    "created_at",
    "organiser_email",
)


@dataclass(frozen=True, slots=True)
class Record:
    """The fields of one booking, and the line at which it begins."""

    line: int
    fields: Mapping[str, str]


def read(text: str) -> tuple[list[Record], list[LineProblem]]:
    """The records of a file with a header, and what is wrong with its form. Blank lines are left out."""
    problems: list[LineProblem] = []
    text = text.removeprefix("\ufeff")
    rows = _rows(text, _separator(text), problems)
    line, header = next(rows, (1, []))
    header = [name.strip() for name in header]
    if not problems:
        problems.extend(_wrong_header(line, header))
    if problems:
        return [], problems
    records: list[Record] = []
    for line, row in rows:
        if len(row) != len(header):
            params: dict[str, object] = {"found": len(row), "expected": len(header)}
            problems.append(LineProblem(line, "", "wrong_number_of_fields", params))
        else:
            fields = (field.strip() for field in row)
            records.append(Record(line, dict(zip(header, fields, strict=True))))
    return records, problems


def _separator(text: str) -> str:
    """A comma, or the semicolon that Excel writes where commas are decimal: no column's name holds either."""
    header = text.lstrip("\r\n").partition("\n")[0]
    return ";" if ";" in header and "," not in header else ","


def _rows(text: str, separator: str, problems: list[LineProblem]) -> Iterator[tuple[int, list[str]]]:
    """Rows with the line at which each begins; ends at the first whose quotes are broken."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    line = 1
    try:
        for row in reader:
            if row:
                yield line, row
            line = reader.line_num + 1
    except csv.Error as error:
        problems.append(LineProblem(line, "", "broken_csv", {"message": str(error)}))


def _wrong_header(line: int, header: list[str]) -> Iterator[LineProblem]:
    if not header:
        yield LineProblem(line, "", "empty_file", {"columns": ",".join(COLUMNS)})
        return
    if not set(header) & set(COLUMNS):
        yield LineProblem(line, "", "other_file", {"columns": ",".join(COLUMNS)})
        return
    for name in COLUMNS:
        if header.count(name) != 1:
            yield LineProblem(line, name, "column_twice" if name in header else "column_missing")
    for name in dict.fromkeys(header):
        if name not in COLUMNS:
            yield LineProblem(line, name, "column_unknown")
