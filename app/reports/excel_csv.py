"""The report as CSV that Excel in Swedish opens with a double click: semicolons, decimal commas, a BOM.

One figure a line, with the words that people read; values unrounded. A text that Excel would run as a formula
stands behind an apostrophe.
"""

import csv
import io
from collections.abc import Iterator

from app.reports.layout import Cell, Layout
from app.reports.table import neutral

BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"


def as_excel_csv(layout: Layout) -> bytes:
    """The bytes of the file."""
    buffer = io.StringIO(newline="")
    buffer.write(BOM)
    writer = csv.writer(buffer, delimiter=";")
    words = layout.labels
    writer.writerow([words["section"], words["line"], words["figure"], words["value"]])
    writer.writerow([words["report"], neutral(layout.office), words["report"], neutral(layout.period)])
    writer.writerows(
        (words["report"], "", "", neutral(text)) for each in layout.remarks for text in each.lines
    )
    writer.writerows(_lines(layout))
    return buffer.getvalue().encode()


def _lines(layout: Layout) -> Iterator[tuple[str, str, str, str]]:
    for section in layout.sections:
        if section.lead and not section.tables:
            yield neutral(section.title), "", "", neutral(section.lead)
    for section, table in layout.tables():
        for row in table.all_rows:
            about, *cells = row.cells
            for column, cell in zip(table.columns[1:], cells, strict=True):
                what = (table.caption, about.text) if table.is_facts else (about.text, column.heading)
                yield neutral(section.title), neutral(what[0]), neutral(what[1]), _value(cell)
    for text in layout.seal:
        yield layout.labels["report"], "", "", neutral(text)


def _value(cell: Cell) -> str:
    if cell.value is None:
        return cell.text
    if isinstance(cell.value, str):
        return neutral(cell.value)
    return repr(cell.value).replace(".", ",")
