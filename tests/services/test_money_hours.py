"""Hours that add nothing to the annex about money: at a value of 0, or without any. They are told apart."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta

import openpyxl
import pytest
from flask import Flask
from pypdf import PdfReader

from app.domain.period import Period
from app.models import Office
from app.services.reports import Report, report
from app.wording.report import laid_out
from app.wording.report.files import report_file
from tests.databases import both
from tests.factories import HOUR, Factory
from tests.reports.october import NOVEMBER
from tests.services.money_rows import counting, value
from tests.services.report_rows import store, used

SEPTEMBER = Period.parse("2026-09")
MORNING = datetime(2026, 9, 2, 8, 0, tzinfo=UTC)
HEADINGS = ["Timmar med värde", "Timmar till värdet 0", "Timmar utan värde"]


@pytest.fixture
def mixed(app: Flask, make: Factory, now: datetime) -> Office:
    """Granit: an hour each in Tallen (200 kr), Granen (0) and Skogen, which has one later. Skiffer: Myren."""
    office, host = counting(make, now)
    rooms = [make.room(slug) for slug in ("tallen", "granen", "skogen", "myren")]
    value(rooms[1], 0, by=host, now=now)
    value(rooms[2], 100, "2026-09-10", by=host, now=now)
    skiffer = make.organisation("skiffer")
    store(
        *(used(make, MORNING, MORNING + HOUR, room=each.slug) for each in rooms[:3]),
        used(make, MORNING + timedelta(days=8), MORNING + timedelta(days=8) + 2 * HOUR, room="skogen"),
        used(make, MORNING, MORNING + 1.5 * HOUR, room="myren", organisation_id=skiffer.id),
    )
    return office


def september(office: Office) -> Report:
    return report(office, SEPTEMBER, now=NOVEMBER)


@both
def test_all_hours_are_told_by_whether_they_had_a_value(app: Flask, mixed: Office) -> None:
    found = september(mixed)
    granit, skiffer = found["aid"]
    names = ("valued_hours", "zero_hours", "unvalued_hours", "value", "aid")
    assert [granit[name] for name in names] == [3.0, 1.0, 1.0, 400.0, 400.0]
    assert [skiffer[name] for name in names] == [0.0, 0.0, 1.5, 0.0, 0.0]
    told = sum(line[name] for line in found["aid"] for name in names[:3])
    assert told == found["totals"]["used_hours"] + found["totals"]["outside_hours"]


def test_a_period_before_anything_had_a_value_has_no_annex(app: Flask, make: Factory, now: datetime) -> None:
    host, room = make.host(), make.room()
    value(room, 200, "2026-09-10", by=host, now=now)
    store(used(make, MORNING, MORNING + HOUR))
    assert "aid" not in september(room.office)


def test_where_all_hours_have_a_value_there_are_no_columns_for_others(
    app: Flask, make: Factory, now: datetime
) -> None:
    office, _ = counting(make, now)
    store(used(make, MORNING, MORNING + HOUR))
    headings = _table(september(office))[0]
    assert headings[1:] == ["Timmar med värde", "Värde", "Stöd"]


def _table(found: Report) -> list[list[str]]:
    layout = laid_out(found, "sv", now=NOVEMBER)
    (section,) = (each for each in layout.sections if each.key == "aid")
    table = section.tables[0]
    rows = [*table.rows, *([table.total] if table.total else [])]
    return [[each.heading for each in table.columns], *([cell.text for cell in row.cells] for row in rows)]


def test_the_page_and_every_file_tell_them_apart(app: Flask, mixed: Office) -> None:
    found = september(mixed)
    assert _table(found) == [
        ["Organisation", *HEADINGS, "Värde", "Stöd"],
        ["Granit AB", "3,0", "1,0", "1,0", "400,00", "400,00"],
        ["Skiffer AB", "0,0", "0,0", "1,5", "0,00", "0,00"],
        ["Alla", "3,0", "1,0", "2,5", "400,00", "400,00"],
    ]
    files = {
        form: report_file(found, form, "sv", now=NOVEMBER)
        for form in ("json", "csv", "excel-csv", "xlsx", "pdf")
    }
    assert json.loads(files["json"])["aid"] == found["aid"]
    lines = [*csv.reader(io.StringIO(files["csv"].decode()))]
    for measure, hours in (("valued_hours", "3.0"), ("zero_hours", "1.0"), ("unvalued_hours", "1.0")):
        assert ["aid", "granit", measure, hours] in lines
    swedish = [*csv.reader(io.StringIO(files["excel-csv"].decode("utf-8-sig")), delimiter=";")]
    for heading, hours in zip(HEADINGS, ("3,0", "1,0", "1,0"), strict=True):
        assert ["Värde och stöd", "Granit AB", heading, hours] in swedish
    sheet = openpyxl.load_workbook(io.BytesIO(files["xlsx"]), data_only=True)["Värde och stöd"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert ["Organisation", *HEADINGS, "Värde", "Stöd"] in rows
    assert ["Granit AB", 3, 1, 1, 400, 400] in rows
    assert ["Alla", 3, 1, 2.5, 400, 400] in rows
    text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(files["pdf"])).pages)
    plain = " ".join(text.replace("\N{NO-BREAK SPACE}", " ").split())
    assert "Granit AB 3,0 1,0 1,0 400,00 400,00" in plain
    assert "timmar i rum som inte hade något värde då, ger inget till beloppen" in plain
