"""The report as XLSX: a sheet for each section, live formulas, and one sheet with the bookings behind it.

Every formula carries the value that the report has, so that programs that calculate nothing show it too.
Text from people is written as text, never read as a formula. Rows are written one by one and forgotten
(`constant_memory`), so that fifty thousand of them need no more memory than fifty.
"""

import io
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name, xl_rowcol_to_cell
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from app.reports.layout import HIDDEN, Cell, Column, Layout, RawRows, Row, Section, Table

FORMATS = {
    "hours": "#,##0.00",
    "share": "0.0%",
    "count": "#,##0",
    "decimal": "#,##0.00",
    "money": "#,##0.00",
    "moment": "yyyy-mm-dd hh:mm",
}
FIRST_WIDTH, WIDTH = 38, 15
LONGEST_NAME = 31
NAMED = "totals"  # the section whose figures the formulas of the others name
NAME = re.compile(r"\{?\b[a-z][a-z_]*\b\}?")

Progress = Callable[[int], None]


def as_xlsx(layout: Layout, rows: RawRows | None = None, progress: Progress | None = None) -> bytes:
    """The bytes of the file. `rows` are the bookings; `progress` is told how many rows more are written."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(
        file,
        {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    book.set_properties({"title": layout.title, "author": layout.author, "created": layout.made_at})
    _Book(book, layout).write(rows, progress)
    book.close()
    return file.getvalue()


class _Book:
    def __init__(self, book: Workbook, layout: Layout) -> None:
        self.book, self.layout = book, layout
        self.plain = {kind: book.add_format({"num_format": form}) for kind, form in FORMATS.items()}
        self.bold = {
            kind: book.add_format({"num_format": form, "bold": True, "top": 1})
            for kind, form in FORMATS.items()
        }
        heading = {
            "bold": True,
            "bottom": 2,
            "bottom_color": "#0B5C7A",
            "text_wrap": True,
            "valign": "bottom",
        }
        self.heading = book.add_format(heading)
        self.heading_right = book.add_format({**heading, "align": "right"})
        self.title = book.add_format({"bold": True, "font_size": 14, "font_color": "#0B5C7A"})
        self.caption = book.add_format({"bold": True, "font_color": "#0B5C7A"})
        self.muted = book.add_format({"font_color": "#55606B"})
        self.text_bold = book.add_format({"bold": True, "top": 1})
        self.names: set[str] = set()
        self.taken: set[str] = set()

    def write(self, rows: RawRows | None, progress: Progress | None) -> None:
        ordered = sorted(
            self.layout.sections, key=lambda section: section.key != NAMED
        )  # what is named comes first
        for section in [*ordered, self.layout.measures]:
            self._section(section)
        self._method()
        if rows is not None:
            self._rows(rows, progress)

    def _sheet(self, name: str) -> Worksheet:
        sheet: Worksheet = self.book.add_worksheet(self._free_name(name))
        sheet.hide_gridlines(2)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        return sheet

    def _free_name(self, name: str) -> str:
        """What Excel takes as the name of a sheet, and no other sheet has."""
        clean = re.sub(r"[\[\]:*?/\\]", " ", name).strip("' ")[:LONGEST_NAME] or "–"
        number = 1
        while clean.lower() in self.taken:
            number += 1
            clean = f"{clean[: LONGEST_NAME - 4]} ({number})"
        self.taken.add(clean.lower())
        return clean

    def _section(self, section: Section) -> None:
        sheet = self._sheet(section.title)
        widest = max((len(table.columns) for table in section.tables), default=1)
        sheet.set_column(0, 0, FIRST_WIDTH)
        sheet.set_column(1, max(widest - 1, 1), WIDTH)
        label = self.layout.labels["annex"] + ": " if section.annex else ""
        sheet.write_string(0, 0, f"{label}{section.title}", self.title)
        sheet.write_string(1, 0, f"{self.layout.office} · {self.layout.period}", self.muted)
        at = 2
        first = self._first_said() if section.key == NAMED else ()  # on the first sheet
        for text in [*first, section.lead, *section.notes]:
            if text:
                sheet.write_string(at, 0, text)
                at += 1
        for number, table in enumerate(section.tables):
            at += 1
            if number:
                sheet.write_string(at, 0, table.caption, self.caption)
                at += 1
            at = self._table(sheet, section, table, at)

    def _first_said(self) -> list[str]:
        remarks = [text for each in self.layout.remarks for text in each.lines]
        return [*remarks, *self.layout.words]

    def _table(self, sheet: Worksheet, section: Section, table: Table, first: int) -> int:
        """Writes the table from that row on; the row after it."""
        for column, each in enumerate(table.columns):
            form = self.heading if each.kind == "text" else self.heading_right
            sheet.write_string(first, column, each.heading, form)
        facts = table.rows if table.is_facts else ()
        places = {row.key: first + 1 + number for number, row in enumerate(facts) if row.key}
        at = first + 1
        for row in table.rows:
            self._row(sheet, table.columns, row, at, places, None)
            if section.key == NAMED and row.key:
                self._name(sheet, row.key, at)
            at += 1
        if table.total:
            self._row(sheet, table.columns, table.total, at, places, (first + 1, at - 1))
            at += 1
        return at

    def _name(self, sheet: Worksheet, name: str, row: int) -> None:
        address = xl_rowcol_to_cell(row, 1, row_abs=True, col_abs=True)
        self.book.define_name(name, f"='{sheet.get_name()}'!{address}")
        self.names.add(name)

    def _row(
        self,
        sheet: Worksheet,
        columns: Sequence[Column],
        row: Row,
        at: int,
        places: Mapping[str, int],
        summed: tuple[int, int] | None,
    ) -> None:
        here = {each.key: xl_rowcol_to_cell(at, number) for number, each in enumerate(columns)}
        formats = self.bold if summed else self.plain
        for number, (column, cell) in enumerate(zip(columns, row.cells, strict=True)):
            formula = self._formula(column, cell, number, here, places, summed)
            self._cell(sheet, at, number, cell, formula, formats, bold=summed is not None)

    def _formula(
        self,
        column: Column,
        cell: Cell,
        number: int,
        here: Mapping[str, str],
        places: Mapping[str, int],
        summed: tuple[int, int] | None,
    ) -> str | None:
        """What calculates the cell from others; None where nothing does."""
        if cell.value is None or isinstance(cell.value, str):
            return None
        if summed and column.sums and summed[1] >= summed[0]:
            letter = xl_col_to_name(number)
            return f"=SUM({letter}{summed[0] + 1}:{letter}{summed[1] + 1})"
        ratio = cell.formula or column.formula
        if ratio is None:
            return None
        above, below = (self._resolved(part, here, places) for part in ratio)
        if above is None or below is None:
            return None
        return f"={above}" if below == "1" else f'=IF({below}=0,"",{above}/{below})'

    def _resolved(self, part: str, here: Mapping[str, str], places: Mapping[str, int]) -> str | None:
        """The addresses for the names in a part of a formula; None if one is nowhere."""
        missing = False

        def address(found: re.Match[str]) -> str:
            nonlocal missing
            name = found[0]
            if name.startswith("{"):
                known = here.get(name[1:-1])
            elif name in places:
                known = xl_rowcol_to_cell(places[name], 1)
            else:
                known = name if name in self.names else None
            missing = missing or known is None
            return known or ""

        resolved = NAME.sub(address, part)
        return None if missing else resolved

    def _cell(
        self,
        sheet: Worksheet,
        row: int,
        column: int,
        cell: Cell,
        formula: str | None,
        formats: Mapping[str, Format],
        *,
        bold: bool,
    ) -> None:
        form = formats.get(cell.kind)
        if formula:
            sheet.write_formula(row, column, formula, form, cell.value)
        elif isinstance(cell.value, str):
            sheet.write_string(row, column, cell.value, self.text_bold if bold else None)
        elif cell.value is not None:
            sheet.write_number(row, column, cell.value, form)
        else:
            sheet.write_string(row, column, cell.text if cell.text == HIDDEN else "", form)

    def _method(self) -> None:
        sheet = self._sheet(self.layout.labels["definitions"])
        wrapped = self.book.add_format({"text_wrap": True, "valign": "top"})
        sheet.set_column(0, 0, FIRST_WIDTH)
        sheet.set_column(1, 1, 100, wrapped)
        sheet.write_string(0, 0, self.layout.labels["definitions"], self.title)
        sheet.write_string(1, 0, self.layout.method, self.muted)
        for at, (term, meaning) in enumerate(self.layout.definitions, 3):
            sheet.write_string(at, 0, term, self.caption)
            sheet.write_string(at, 1, meaning, wrapped)
        for at, text in enumerate(self.layout.seal, 4 + len(self.layout.definitions)):
            sheet.write_string(at, 0, text, self.muted)

    def _rows(self, rows: RawRows, progress: Progress | None) -> None:
        sheet = self._sheet(self.layout.labels["rows"])
        sheet.set_column(0, 0, 10)
        sheet.set_column(1, len(rows.headings), WIDTH + 3)
        sheet.write_string(0, 0, self.layout.labels["rows"], self.title)
        sheet.write_string(1, 0, rows.note, self.muted)
        if rows.rows is None:
            return
        for column, heading in enumerate(rows.headings):
            sheet.write_string(3, column, heading, self.heading)
        sheet.freeze_panes(4, 0)
        sheet.autofilter(3, 0, 3 + max(len(rows.rows), 1), len(rows.headings) - 1)
        self._body(sheet, rows.kinds, rows.rows, progress)

    def _body(
        self, sheet: Worksheet, kinds: Sequence[str], rows: Iterable[Sequence[Any]], progress: Progress | None
    ) -> None:
        writers = [_writer(sheet, kind, self.plain.get(kind)) for kind in kinds]
        done = 0
        for done, row in enumerate(rows, 1):
            at = 3 + done
            for column, (write, value) in enumerate(zip(writers, row, strict=True)):
                if value is not None:
                    write(at, column, value)
            if progress and done % 1000 == 0:
                progress(1000)
        if progress:
            progress(done % 1000)


def _writer(sheet: Worksheet, kind: str, form: Format | None) -> Callable[[int, int, Any], object]:
    if kind == "moment":
        return lambda row, column, value: sheet.write_datetime(row, column, value, form)
    if kind == "text":
        return lambda row, column, value: sheet.write_string(row, column, value)
    return lambda row, column, value: sheet.write_number(row, column, value, form)
