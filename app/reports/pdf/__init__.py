"""The report as PDF: tagged for reading aloud (PDF/UA-1), for keeping (PDF/A-3a), the JSON attached.

Set by typst, with the fonts that lie beside it, and nothing from the network. The same report gives the same
bytes. The template gets data alone, so what people wrote stays text whatever it looks like.
"""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import typst

from app.reports.behind import Address, Choice, behind_figure, behind_row
from app.reports.charts import drawn
from app.reports.document import as_json
from app.reports.layout import Layout, Section, Table

STANDARDS: list[Any] = ["a-3a", "ua-1"]
REGIONS = {"sv": "SE", "en": "GB"}
TEMPLATE = Path(__file__).with_name("report.typ")
FONTS = Path(__file__).parents[1] / "fonts"
SMALL = 16  # rows that are kept together on one page
MOST_BESIDE = 30  # rows of a table that has its chart beside it


def as_pdf(report: Mapping[str, Any], layout: Layout, address: Address | None = None) -> bytes:
    """The bytes of the file. `layout` is the same report, laid out in the reader's language.

    With `address`, figures are links to the bookings behind them.
    """
    found = typst.compile(
        TEMPLATE.read_bytes(),
        format="pdf",
        font_paths=_fonts(),
        pdf_standards=STANDARDS,
        timestamp=int(layout.made_at.timestamp()),
        sys_inputs={
            "layout": json.dumps(_data(layout, address), ensure_ascii=False),
            "report": as_json(report).decode(),
        },
    )
    assert isinstance(found, bytes)  # with no output named, and one file
    return found


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, font_paths=[str(FONTS)])


def _data(layout: Layout, address: Address | None) -> dict[str, Any]:
    at = layout.made_at
    shown = [section for section in layout.sections if not section.annex]
    return {
        "title": layout.title,
        "author": layout.author,
        "date": {"year": at.year, "month": at.month, "day": at.day},
        "lang": layout.language,
        "region": REGIONS[layout.language],
        "office": layout.office,
        "period": layout.period,
        "project": layout.project,
        "figures": [
            {
                "term": each.term,
                "text": each.text,
                "note": each.note,
                "url": _url(behind_figure(each), address),
            }
            for each in layout.figures
        ],
        "remarks": [{"about": each.about, "lines": each.lines} for each in layout.remarks],
        "words": list(layout.words),
        "words_lang": layout.words_language,
        "words_region": REGIONS[layout.words_language],
        "sections": [_section(each, address) for each in layout.sections],
        "last_before_method": shown[-1].key,
        "measures": _section(layout.measures, None),
        "definitions": list(layout.definitions),
        "method": layout.method,
        "seal": list(layout.seal),
        "labels": layout.labels,
    }


def _section(section: Section, address: Address | None) -> dict[str, Any]:
    rows = sum(len(table.all_rows) for table in section.tables)
    return {
        "key": section.key,
        "title": section.title,
        "lead": section.lead,
        "annex": section.annex,
        "small": rows <= SMALL,
        "beside": _is_beside(section),
        "charts": [
            {"kind": each.kind, "alt": each.alt, "svg": drawn(each), "note": each.note}
            for each in section.charts
        ],
        "tables": [_table(section, each, address) for each in section.tables],
    }


def _is_beside(section: Section) -> bool:
    """Whether the chart stands beside the first table, not above it."""
    if len(section.charts) != 1 or not section.tables or section.charts[0].kind == "columns":
        return False
    table, heat = section.tables[0], section.charts[0].kind == "heat"
    return len(table.rows) <= MOST_BESIDE and (heat or len(table.columns) <= 5)


def _table(section: Section, table: Table, address: Address | None) -> dict[str, Any]:
    return {
        "caption": table.caption,
        "columns": [{"heading": each.heading, "kind": each.kind} for each in table.columns],
        "rows": [[cell.text for cell in row.cells] for row in table.all_rows],
        "urls": [_url(behind_row(section, table, row), address) for row in table.all_rows],
        "total": table.total is not None,
    }


def _url(choice: Choice | None, address: Address | None) -> str | None:
    return None if choice is None or address is None else address(choice)
