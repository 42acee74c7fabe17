"""The process in which a spreadsheet is read: the file comes in, its cells go out as text in JSON.

To be started by `reading` alone, as a script: it knows nothing of the application. Before it looks at the
file it gives up memory, time and files.
"""

import csv
import io
import json
import resource
import signal
import sys
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta

MEMORY = 500 * 1024 * 1024
SECONDS = 12
MOST_UNPACKED = 60_000_000  # bytes
MOST_SHEETS = 30
MOST_ROWS = 10_000  # in all sheets, empty ones not counted
MOST_COLUMNS = 60
MOST_LETTERS = 300  # of a cell; a title may have as many
MOST_IN_ALL = 5_000_000  # letters; a small file may name a long text in every cell
OLD_EXCEL = b"\xd0\xcf\x11\xe0"
SEPARATORS = ";\t,"

Row = tuple[int, list[str]]


class Unreadable(Exception):
    """`code`: no_table, old_excel, too_large, too_many_rows, empty, broken; `most` of what is too much."""

    def __init__(self, code: str, most: int = 0) -> None:
        super().__init__(code)
        self.code, self.most = code, most


def sheets_of(content: bytes) -> list[tuple[str, list[Row]]]:
    """Every visible sheet that holds anything; rows with the number that the program shows."""
    if content.startswith(b"PK\x03\x04"):
        found = _workbook(content)
    elif content.startswith(OLD_EXCEL):
        raise Unreadable("old_excel")
    else:
        found = [("", _filled(_csv(_decoded(content)), MOST_ROWS))]
    filled = [(name, rows) for name, rows in found if rows]
    if not filled:
        raise Unreadable("empty")
    if sum(len(cell) for _, rows in filled for _, cells in rows for cell in cells) > MOST_IN_ALL:
        raise Unreadable("too_large", MOST_IN_ALL)
    return filled


def _workbook(content: bytes) -> list[tuple[str, list[Row]]]:
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        if sum(each.file_size for each in packed.infolist()) > MOST_UNPACKED:
            raise Unreadable("too_large", MOST_UNPACKED)
    from openpyxl import load_workbook  # here: a text file needs none of it

    book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
    found: list[tuple[str, list[Row]]] = []
    left = MOST_ROWS
    for sheet in [each for each in book.worksheets if each.sheet_state == "visible"][:MOST_SHEETS]:
        sheet.reset_dimensions()  # what a file says of its own size may be wrong
        # Without a number of columns: rows left out, a million of them before a stray cell, are nothing then.
        cells = enumerate(sheet.iter_rows(values_only=True), 1)
        rows = _filled(((number, map(_text, row[:MOST_COLUMNS])) for number, row in cells if row), left)
        left -= len(rows)
        found.append((sheet.title[:MOST_LETTERS], rows))
    return found


def _filled(rows: Iterable[tuple[int, Iterable[str]]], most: int) -> list[Row]:
    filled: list[Row] = []
    for number, cells in rows:
        texts = [" ".join(cell.split())[:MOST_LETTERS] for cell in cells][:MOST_COLUMNS]
        while texts and not texts[-1]:
            texts.pop()
        if texts and len(filled) == most:
            raise Unreadable("too_many_rows", MOST_ROWS)
        if texts:
            filled.append((number, texts))
    return filled


def _text(value: object) -> str:
    """As `values` reads it, whatever the cell was shown like."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = (value + timedelta(milliseconds=500)).replace(microsecond=0)
        return value.date().isoformat() if value.time() == time() else value.isoformat()
    if isinstance(value, time):
        return value.isoformat("minutes" if not value.second else "seconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, timedelta):
        minutes = round(value.total_seconds() / 60)
        return f"{minutes // 60}:{minutes % 60:02}"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(round(value, 6))
    return str(value)


def _decoded(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16")
    if b"\0" in content:
        raise Unreadable("no_table")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _csv(text: str) -> Iterator[Row]:
    """Separated by what the first lines hold most of; a row's number is that of its first line."""
    head = text[:5000]
    separator = max(SEPARATORS, key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    line = 1
    for row in reader:
        if not (line == 1 and row[:1] == ["sep="]):  # how Excel is told of the separator
            yield line, row
        line = reader.line_num + 1


def main() -> None:
    """Reads the file from standard input."""
    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, SECONDS + 2),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, 0),
    ):
        resource.setrlimit(what, (most, most))
    signal.setitimer(signal.ITIMER_REAL, SECONDS)  # nobody listens to the signal: it ends the process
    # openpyxl loads it where there is one, at the price of memory and threads.
    vars(sys)["modules"]["numpy"] = None
    answer: dict[str, object]
    try:
        answer = {"sheets": sheets_of(sys.stdin.buffer.read())}
    except Unreadable as unreadable:
        answer = {"error": unreadable.code, "most": unreadable.most}
    except MemoryError:
        answer = {"error": "too_large", "most": MOST_UNPACKED}
    except Exception:  # whatever a library makes of a broken file
        answer = {"error": "broken", "most": 0}
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main()
