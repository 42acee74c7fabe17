"""One report in every format: what is read back is what the JSON says, to the digit."""

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from flask import Flask
from openpyxl import Workbook, load_workbook
from pypdf import PdfReader

from app.domain.period import Period
from app.models import Office
from app.reports import FORMATS, as_json
from app.reports.layout import Cell, Layout, Row, Table
from app.services.reports import project_named, report
from app.services.reports.public import for_public
from app.services.reports.rows import counted_rows
from app.wording.report import laid_out
from app.wording.report.files import report_file
from app.wording.report.measures import FIGURES
from tests.factories import Factory
from tests.reports.october import NOVEMBER, TARGETS, load_project
from tests.reports.read_back import texts_of

OCTOBER = Period.parse("2026-10")
LANGUAGES = ["sv", "en"]
Found = dict[str, Any]


@pytest.fixture
def office(app: Flask) -> Office:
    return load_project(more=TARGETS)[0]


@pytest.fixture
def october(office: Office) -> Found:
    return report(office, OCTOBER, now=NOVEMBER)


def file(found: Found, form: str, language: str = "sv", office: Office | None = None) -> bytes:
    rows = None
    if office:
        rows = counted_rows([office], OCTOBER, project_named(office, "kontoret"), found["checksum"])
    return report_file(found, form, language, now=NOVEMBER, rows=rows)


# The layout


SECTIONS = """targets trend goals by_category by_resource by_activity by_funder by_municipality attendance
by_hour no_shows lead_time companies video totals quality by_organisation"""


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_cell_of_the_layout_is_a_value_of_the_json(october: Found, language: str) -> None:
    layout = laid_out(october, language, now=NOVEMBER)
    assert sum(compare(october, table, row) for _, table in layout.tables() for row in table.rows) > 200
    assert [section.key for section in layout.sections] == SECTIONS.split()


@pytest.mark.parametrize("period", ["2026-11", "2026-Q4", "2026-10-12..2026-11-05"])
def test_other_periods_too(office: Office, period: str) -> None:
    found = report(office, Period.parse(period), now=NOVEMBER)
    layout = laid_out(found, "sv", now=NOVEMBER)
    assert sum(compare(found, table, row) for _, table in layout.tables() for row in table.rows) > 90
    assert ("compared" in {section.key for section in layout.sections}) == bool(found["compared"])


@pytest.mark.parametrize("counts", FIGURES)
def test_hours_days_and_seats_stand_side_by_side_with_the_projects_own_marked(
    october: Found, counts: str
) -> None:
    october["headline"] = {"counts": counts, "value": october["totals"][FIGURES[counts]]}
    (table,) = laid_out(october, "en", now=NOVEMBER).measures.tables
    shares = [october["totals"][FIGURES[each]] for each in ("hours", "days", "seats")]
    assert [row.cells[2].value for row in table.rows] == shares
    assert {row.key: row.cells[3].text for row in table.rows if row.cells[3].code} == {
        counts: "The project's"
    }
    public = laid_out(for_public(october), "en", now=NOVEMBER).measures.tables[0]
    assert [row.key for row in public.rows] == ["hours", "days"]
    assert "Seats: persons times hours" in texts_of(file(october, "pdf", "en"), "pdf")


NEW = """audience words trend compared by_office by_funder by_municipality by_hour no_shows lead_time
companies video conferences quality"""


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("public", [False, True])
def test_reports_frozen_by_older_versions_can_be_read(october: Found, form: str, public: bool) -> None:
    old = {name: value for name, value in october.items() if name not in NEW.split()}
    old |= {"revision": 1, "frozen_at": "2026-11-02T05:30:00+00:00", "changes": []}
    old["targets"] = [{name: line[name] for name in line if name != "to_date"} for line in old["targets"]]
    assert file(for_public(old) if public else old, form)


def compare(found: Found, table: Table, row: Row) -> int:
    """How many figures of the row were compared."""
    if table.columns[-1].key == "value":
        assert row.cells[1].value == found[table.name][row.key], (table.name, row.key)
        return 1
    figures = [
        (cell, expected(found, table.name, row.key, column.key))
        for column, cell in zip(table.columns, row.cells, strict=True)
        if column.kind != "text"
    ]
    for cell, value in figures:
        assert cell.value == value, (table.name, row.key)
    return len(figures)


def expected(found: Found, name: str, key: str | None, figure: str) -> Any:
    if name == "measures":
        return found["totals"][FIGURES[str(key)]]
    if name == "by_hour":
        return by(found, name, "cell").get(f"{figure}-{key}", {}).get("utilisation")
    if name == "compared" and key == "this":
        return {**found["totals"], **found["attendance"]}[figure]
    about = {"trend": "month", "compared": "compared", "by_funder": "organisation", "lead_time": "ahead"}
    about |= {"targets": "indicator", "conferences": "office"}
    line = by(found, name, about.get(name, name.removeprefix("by_")))[key]
    if figure == "share_women" and "share_women" not in line:
        both = line["women"] + line["men"]
        return line["women"] / both if both else None
    return line[figure]


def by(found: Found, name: str, key: str) -> dict[str | None, Mapping[str, Any]]:
    return {line[key]: line for line in found[name]}


# XLSX


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_spreadsheet_holds_every_figure_unrounded(october: Found, office: Office, language: str) -> None:
    book = opened(file(october, "xlsx", language, office), values=True)
    layout = laid_out(october, language, now=NOVEMBER)
    for cell, there in cells(layout, book):
        if cell.value is None:
            assert there in (None, ""), cell
        elif isinstance(cell.value, float | int):
            assert there == pytest.approx(cell.value, rel=1e-14), cell
        else:
            assert there == cell.value


def test_the_worked_example_in_the_spreadsheet(october: Found, office: Office) -> None:
    sheet = opened(file(october, "xlsx", "sv", office), values=True)["Alla nyckeltal"]
    found = {row[0]: row[1] for row in sheet.iter_rows(min_row=4, max_col=2, values_only=True)}
    assert (found["Tillgängliga timmar"], found["Bokade timmar"], found["Nyttjade timmar"]) == (281, 23, 21)
    assert found["Nyttjandegrad"] == pytest.approx(21 / 281, rel=1e-15)
    assert found["Dagsfrekvens"] == pytest.approx(6 / 22, rel=1e-15)


def test_formulas_calculate_what_they_carry(october: Found, office: Office) -> None:
    content = file(october, "xlsx", "sv", office)
    formulas, values = opened(content), opened(content, values=True)
    names = {name: reference.attr_text for name, reference in formulas.defined_names.items()}
    calculated = 0
    for sheet in formulas:
        for row in sheet.iter_rows():
            for cell in row:
                if isinstance(cell.value, str) and cell.value.startswith("="):
                    carried = values[sheet.title][cell.coordinate].value
                    assert calculate(cell.value, sheet.title, values, names) == pytest.approx(carried), cell
                    calculated += 1
    assert calculated > 40


def calculate(formula: str, sheet: str, book: Workbook, names: Mapping[str, str]) -> float | str:
    """What a spreadsheet would make of one of our formulas: sums, quotients, and one IF."""

    def value(address: str) -> float:
        place, _, cell = address.rpartition("!")
        return book[place.strip("'") or sheet][cell.replace("$", "")].value or 0

    if summed := re.fullmatch(r"=SUM\(([A-Z]+)(\d+):\1(\d+)\)", formula):
        letter, first, last = summed.groups()
        return sum(value(f"{letter}{row}") for row in range(int(first), int(last) + 1))
    guarded = re.fullmatch(r'=IF\((.+?)=0,"",(.+)\)', formula)
    text = guarded[2] if guarded else formula[1:]
    text = re.sub(r"\b[a-z_]+\b", lambda found: repr(value(names[found[0]])), text)
    text = re.sub(r"\b[A-Z]+\d+\b", lambda found: repr(value(found[0])), text)
    assert re.fullmatch(r"[\d.()+*/e -]+", text), formula
    return float(eval(text))


def test_the_bookings_add_up_to_the_used_hours_and_name_nobody(october: Found, office: Office) -> None:
    book = opened(file(october, "xlsx", "sv", office), values=True)
    heading, *rows = book["Bokningar"].iter_rows(min_row=4, values_only=True)
    hours = heading.index("Räknade timmar")
    assert sum(row[hours] for row in rows) == 21
    assert len(rows) == 8  # seven used, one no-show
    assert sum(row[heading.index("Kvinnor")] or 0 for row in rows) == 22
    text = " ".join(
        str(value) for sheet in book for row in sheet.iter_rows(values_only=True) for value in row
    )
    assert "Styrgrupp" not in text
    assert "@" not in text


def test_bookings_that_are_not_those_counted_are_not_listed(october: Found, office: Office) -> None:
    october["checksum"] = "of other data"
    book = opened(file(october, "xlsx", "en", office), values=True)
    assert "have changed since this revision" in book["Bookings"]["A2"].value
    assert book["Bookings"].max_row == 2


def test_no_text_in_the_spreadsheet_is_a_formula(october: Found) -> None:
    october["by_resource"][0]["name"] = october["office_name"] = '=HYPERLINK("http://x","y")'
    book = opened(file(october, "xlsx"))
    found = [
        cell for sheet in book for row in sheet.iter_rows() for cell in row if "HYPERLINK" in str(cell.value)
    ]
    assert found
    assert {cell.data_type for cell in found} == {"s"}


def opened(content: bytes, values: bool = False) -> Workbook:
    return load_workbook(io.BytesIO(content), data_only=values)


def cells(layout: Layout, book: Workbook) -> Iterator[tuple[Cell, Any]]:
    """Each cell of the layout with what stands at its place in the book."""
    for section in [*layout.sections, layout.measures]:
        rows = list(book[section.title[:31]].iter_rows(values_only=True))
        at = 0
        for table in section.tables:
            heading = [column.heading for column in table.columns]
            at = next(n for n in range(at, len(rows)) if list(rows[n][: len(heading)]) == heading) + 1
            for row in table.all_rows:
                yield from zip(row.cells, rows[at], strict=False)
                at += 1


# CSV


def test_csv_for_excel_has_every_figure_with_decimal_commas(october: Found) -> None:
    content = file(october, "excel-csv")
    assert content.startswith(b"\xef\xbb\xbf")
    heading, *lines = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";")
    assert heading == ["Avsnitt", "Gäller", "Siffra", "Värde"]
    found = {(section, about, figure): value for section, about, figure, value in lines}
    assert found["Alla nyckeltal", "Alla nyckeltal", "Tillgängliga timmar"] == "281,0"
    assert found["Vilka som använde kontoret", "Företag", "Nyttjade timmar"] == "12,0"
    layout = laid_out(october, "sv", now=NOVEMBER)
    numbers = [
        cell.value
        for _, table in layout.tables()
        for row in table.all_rows
        for cell in row.cells[1:]
        if isinstance(cell.value, float | int)
    ]
    read = [
        float(value.replace(",", ".")) for *_, value in lines if re.fullmatch(r"-?[\d,]+(e-?\d+)?", value)
    ]
    assert read == [float(each) for each in numbers]


def test_csv_for_excel_runs_no_formula(october: Found) -> None:
    october["by_resource"][0]["name"] = "=1+1"
    assert b";'=1+1;" in file(october, "excel-csv")


# PDF


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pdf_shows_every_figure(october: Found, language: str) -> None:
    text = read(file(october, "pdf", language))
    layout = laid_out(october, language, now=NOVEMBER)
    shown = [figure.text for figure in layout.figures]
    shown += [cell.text for _, table in layout.tables() for row in table.all_rows for cell in row.cells]
    missing = [each for each in shown if squeezed(each) not in text]
    assert missing == []
    decimal = "," if language == "sv" else "."
    assert squeezed(f"281{decimal}0") in text
    assert squeezed(f"7{decimal}5") in text


def test_the_pdf_says_what_it_is(october: Found) -> None:
    reader = PdfReader(io.BytesIO(file(october, "pdf")))
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "sv-SE"
    assert reader.metadata is not None
    assert reader.metadata.title == "Rapport för Oktoberkontoret, oktober 2026"
    marks = root["/Metadata"].get_data().decode()
    for mark in ("<pdfuaid:part>1<", "<pdfaid:part>3<", "<pdfaid:conformance>A<"):
        assert mark in marks
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]


def test_the_pdf_holds_the_json(october: Found) -> None:
    attached = PdfReader(io.BytesIO(file(october, "pdf"))).attachments
    assert {name: content for name, [content] in attached.items()} == {"report.json": as_json(october)}
    assert json.loads(attached["report.json"][0]) == october


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pdf_tells_its_charts_in_words(october: Found, language: str) -> None:
    reader = PdfReader(io.BytesIO(file(october, "pdf", language)))
    layout = laid_out(october, language, now=NOVEMBER)
    told = [
        part["/Alt"]
        for part in parts(reader.trailer["/Root"]["/StructTreeRoot"])
        if part.get("/S") == "/Figure"
    ]
    assert told == [chart.alt for section in layout.sections for chart in section.charts]
    tags = {part.get("/S") for part in parts(reader.trailer["/Root"]["/StructTreeRoot"])}
    assert tags >= {"/H1", "/H2", "/Table", "/TH", "/TD"}


def test_figures_of_the_pdf_are_links_to_their_bookings(october: Found) -> None:
    page = "http://localhost/offices/oktober/reports/2026-10/bookings"
    found = addresses(file(october, "pdf"))
    assert found[:3] == [page, page, f"{page}?only=counted"]
    assert {f"{page}?category=company", f"{page}?resource=a", f"{page}?only=uncounted"} <= set(found)
    assert addresses(file(for_public(october), "pdf")) == []


def addresses(content: bytes) -> list[str]:
    pages = PdfReader(io.BytesIO(content)).pages
    return [mark.get_object()["/A"]["/URI"] for page in pages for mark in page.get("/Annots", [])]


def test_the_same_report_gives_the_same_pdf(october: Found) -> None:
    assert file(october, "pdf") == file(october, "pdf")


@pytest.mark.parametrize(
    "text", ['#panic("x")', "= Rubrik *fet* $x$ @ref <a>", "</text><script>", "\\u{1F600}"]
)
def test_what_people_write_is_text_in_the_pdf(october: Found, text: str) -> None:
    october["by_category"][0]["names"] = {"sv": text}
    october["office_name"] = text
    assert squeezed(text) in read(file(october, "pdf"))


def parts(node: Any) -> Iterator[Mapping[str, Any]]:
    """Every element of the structure tree, in order."""
    node = node.get_object() if hasattr(node, "get_object") else node
    if isinstance(node, list):
        for each in node:
            yield from parts(each)
    elif isinstance(node, dict) and ("/S" in node or "/K" in node):
        if "/S" in node:
            yield node
        yield from parts(node.get("/K", []))


def read(content: bytes) -> str:
    return squeezed(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages))


def squeezed(text: str) -> str:
    """Without any space: where lines break, and how wide a space is, is the page's own business."""
    return re.sub(r"\s+", "", text)


# Where there is little to tell


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("period", ["2026-10-03..2026-10-05", "2014-05", "2026-10-01..2027-04-01"])
def test_nothing_open_nothing_used_and_what_is_to_come_make_files_too(
    office: Office, form: str, period: str
) -> None:
    found = report(office, Period.parse(period), now=NOVEMBER)
    for each in (found, for_public(found)):
        assert report_file(each, form, "en", now=NOVEMBER)


@pytest.mark.parametrize("form", FORMATS)
def test_an_office_without_resources_makes_a_file_too(make: Factory, form: str) -> None:
    found = report(make.office(), OCTOBER, now=NOVEMBER)
    assert report_file(found, form, "sv", now=NOVEMBER)
