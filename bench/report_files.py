"""What the files of a report cost: the PDF beside a bare document, the spreadsheet beside bare cells."""

import gc
import io
import json
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any

import pypdf
import typst
import xlsxwriter

from app.domain.period import Period
from app.models import Office
from app.reports.layout import Layout
from app.reports.pdf import FONTS
from app.services.reports import report
from app.services.reports.rows import CountedRow, counted_rows
from app.wording.report import laid_out
from app.wording.report.files import report_file
from bench.table import Measured, ratio

LANGUAGE = "sv"
ROWS = 50_000
HEAD = '#set page(paper: "a4", margin: 18mm)\n#set text(font: "Inter", size: 9pt)\n'
# The same words: headings as headings, tables as tables, and nothing to please the eye.
BARE = f"""{HEAD}
#for section in json(bytes(sys.inputs.sections)) {{
  heading(section.title)
  for text in section.texts {{ par(text) }}
  for rows in section.tables {{
    table(columns: rows.first().len(), ..rows.flatten())
  }}
}}
"""
PROSE = f"""{HEAD}
#for number in range(int(sys.inputs.pages)) {{
  if number > 0 {{ pagebreak() }}
  block(height: 100%, clip: true, lorem(800))
}}
"""


def measure(office: Office, month: Period, many: Period, now: datetime, rounds: int) -> Iterator[Measured]:
    """The PDF of the month, and a spreadsheet with the bookings of `many`, of which there are enough."""
    yield from _pdf(report(office, month, now=now), now, rounds)
    content = report(office, many, now=now)
    rows = counted_rows([office], many, None, content["checksum"]) or []
    yield _xlsx(content, rows[:ROWS], now, rounds)


def _pdf(content: Any, now: datetime, rounds: int) -> Iterator[Measured]:
    fonts = typst.Fonts(include_system_fonts=False, font_paths=[str(FONTS)])

    def ours() -> bytes:
        return report_file(content, "pdf", LANGUAGE, now=now)

    def bare(source: str, **inputs: str) -> bytes:
        found = typst.compile(source.encode(), format="pdf", font_paths=fonts, sys_inputs=inputs)
        assert isinstance(found, bytes)
        return found

    pages = _pages(ours())
    sections = json.dumps(_as_long(_sections(laid_out(content, LANGUAGE, now=now)), pages, bare))
    turns = _in_turns(
        rounds,
        ours,
        lambda: bare(BARE, sections=sections),
        lambda: bare(PROSE, pages=str(pages)),
    )
    told = f"{pages} pages of the same words and tables"
    yield _beside("PDF of a month", turns[0], turns[1], "× bare typst", 3, told)
    yield _beside("  the same", turns[0], turns[2], "× as many pages of prose", None, "no tables, no charts")


def _as_long(sections: list[dict[str, Any]], pages: int, bare: Callable[..., bytes]) -> list[dict[str, Any]]:
    """More of the same as long as it has no more pages than ours, which has charts besides."""
    found = list(sections)
    for more in sections * 5:
        longer = [*found, more]
        if _pages(bare(BARE, sections=json.dumps(longer))) > pages:
            break
        found = longer
    return found


def _sections(layout: Layout) -> list[dict[str, Any]]:
    meanings = [f"{term}: {meaning}" for term, meaning in layout.definitions]
    return [
        *(
            {
                "title": section.title,
                "texts": [each for each in (section.lead, *section.notes) if each],
                "tables": [
                    [
                        [each.heading for each in table.columns],
                        *([cell.text for cell in row.cells] for row in table.all_rows),
                    ]
                    for table in section.tables
                ],
            }
            for section in layout.sections
        ),
        {"title": layout.labels["definitions"], "texts": meanings, "tables": []},
    ]


def _pages(content: bytes) -> int:
    return len(pypdf.PdfReader(io.BytesIO(content)).pages)


def _xlsx(content: Any, rows: Sequence[CountedRow], now: datetime, rounds: int) -> Measured:
    steps: list[int] = []

    def ours() -> bytes:
        steps.clear()
        return report_file(content, "xlsx", LANGUAGE, now=now, rows=rows, progress=steps.append)

    (mine, bare) = _in_turns(rounds, ours, lambda: _bare_xlsx(rows))
    if sum(steps) != len(rows):
        raise RuntimeError("the progress is not that of the rows")
    told = f"all sheets; told {len(steps)} times how far it is"
    return _beside(f"XLSX of {len(rows)} bookings", mine, bare, "× bare XlsxWriter", 1.5, told)


def _bare_xlsx(rows: Sequence[CountedRow]) -> bytes:
    """The same cells by the calls that cost least, and nothing else."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"constant_memory": True})
    sheet, moment = book.add_worksheet(), book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    for at, row in enumerate(rows):
        sheet.write_number(at, 0, row.number)
        sheet.write_datetime(at, 1, row.start, moment)
        sheet.write_datetime(at, 2, row.end, moment)
        sheet.write_string(at, 3, row.resources)
        sheet.write_string(at, 4, row.status)
        sheet.write_string(at, 5, row.category)
        sheet.write_string(at, 6, row.activity or "")
        sheet.write_number(at, 7, row.hours)
        for column, value in enumerate(row.heads, 8):
            sheet.write_number(at, column, value or 0)
    book.close()
    return file.getvalue()


def _in_turns(rounds: int, *works: Callable[[], object]) -> list[list[float]]:
    """Processor seconds of each, one after the other, again and again."""
    found: list[list[float]] = [[] for _ in works]
    for _ in range(rounds):
        for work, turns in zip(works, found, strict=True):
            gc.collect()
            began = time.process_time()
            work()
            turns.append(time.process_time() - began)
    return found


def _beside(
    name: str, mine: list[float], other: list[float], unit: str, target: float | None, note: str
) -> Measured:
    told = f"{sorted(mine)[len(mine) // 2] * 1000:.0f} ms; {note}"
    return ratio(name, [one / two for one, two in zip(mine, other, strict=True)], unit, target, told)
