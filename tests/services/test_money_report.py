"""The annex about money: for those who may read it, in every format, and without a trace elsewhere."""

import csv
import io
import json
from datetime import UTC, date, datetime, timedelta

import openpyxl
import pytest
from flask import Flask
from pypdf import PdfReader

from app.domain.period import Period
from app.models import Office, Person
from app.services.money.decisions import decide_category
from app.services.money.values import set_values
from app.services.reports import report
from app.services.reports.changes import changes, changes_beside
from app.services.reports.public import without_annex
from app.wording.report.files import report_file
from tests.databases import both
from tests.factories import HOUR, Factory
from tests.reports.october import NOVEMBER, load_october
from tests.services.money_rows import counting
from tests.services.report_rows import store, used

SEPTEMBER = Period.parse("2026-09")
MORNING = datetime(2026, 9, 2, 8, 0, tzinfo=UTC)


@pytest.fixture
def counted(app: Flask, make: Factory, now: datetime) -> tuple[Office, Person]:
    office, host = counting(make, now, cap_currency="EUR", cap=30_000)
    region = make.organisation("regionen", "region")
    decide_category(office, region.category_id, False, None, "Inget företag.", by=host, now=now)
    store(
        used(make, MORNING - timedelta(days=200), MORNING - timedelta(days=200) + HOUR),
        used(make, MORNING, MORNING + 2.5 * HOUR),
        used(
            make,
            MORNING + 3 * HOUR,
            MORNING + 4 * HOUR,
            organisation_id=region.id,
            category_id=region.category_id,
        ),
    )
    return office, host


def test_each_organisation_with_hours_value_aid_and_where_it_stands(counted: tuple[Office, Person]) -> None:
    found = report(counted[0], SEPTEMBER, now=NOVEMBER)
    granit, region = found["aid"]
    assert granit == {
        "organisation": "granit",
        "name": "Granit AB",
        "valued_hours": 2.5,
        "zero_hours": 0.0,
        "unvalued_hours": 0.0,
        "value": 500.0,
        "aid": 500.0,
        "received": 43.48 + 17.39,
        "cap": 300.0,
        "share_of_cap": (4348 + 1739) / 30_000,
    }
    assert (region["value"], region["aid"], region["received"]) == (200.0, 0.0, None)
    assert found["aid_terms"]["received_until"] == "2026-09-30"


@both
def test_an_office_without_values_has_the_report_it_had(app: Flask, make: Factory) -> None:
    office = load_october()
    before = report(office, Period.parse("2026-10"), now=NOVEMBER)
    assert not {"aid", "aid_terms"} & before.keys()
    host = make.host("money@example.org")
    rooms = [make.room(slug).id for slug in ("a", "b")]
    set_values(office, rooms, 100_00, None, by=host, now=NOVEMBER)
    after = report(office, Period.parse("2026-10"), now=NOVEMBER)
    assert {name: value for name, value in after.items() if name not in ("aid", "aid_terms")} == before
    assert after["checksum"] == before["checksum"]
    assert changes(before, after) == changes_beside(before, after) == []
    # The tenth booking counts whole, with its 34 hours of November.
    hours = after["totals"]["used_hours"] + after["totals"]["outside_hours"] + 34
    assert sum(line["value"] for line in after["aid"]) == 100 * hours == 8800


def test_who_may_not_read_the_annex_reads_nothing_of_it(
    counted: tuple[Office, Person], make: Factory
) -> None:
    found = report(counted[0], SEPTEMBER, now=NOVEMBER)
    told = json.dumps(without_annex(found))
    assert "aid" not in json.loads(told)
    assert "aid_terms" not in json.loads(told)
    assert "Granit" not in told


def test_another_decision_is_told_with_all_that_it_changes(
    counted: tuple[Office, Person], make: Factory
) -> None:
    office, host = counted
    before = report(office, SEPTEMBER, now=NOVEMBER)
    company = make.category("company").id
    decide_category(office, company, False, date(2026, 9, 1), "Avgift.", by=host, now=NOVEMBER)
    after = report(office, SEPTEMBER, now=NOVEMBER)
    found = {each["figure"]: (each["before"], each["after"]) for each in changes(before, after)}
    assert found == {"aid_total.aid": (500.0, 0.0), "aid.granit.aid": (500.0, 0.0)}
    assert changes_beside(before, after) == []


def test_every_format_tells_the_same(counted: tuple[Office, Person]) -> None:
    found = report(counted[0], SEPTEMBER, now=NOVEMBER)
    files = {
        form: report_file(found, form, "sv", now=NOVEMBER)
        for form in ("json", "csv", "excel-csv", "xlsx", "pdf")
    }
    assert json.loads(files["json"])["aid"] == found["aid"]
    lines = [*csv.reader(io.StringIO(files["csv"].decode()))]
    assert ["aid", "granit", "value", "500.0"] in lines
    swedish = [*csv.reader(io.StringIO(files["excel-csv"].decode("utf-8-sig")), delimiter=";")]
    assert ["Värde och stöd", "Granit AB", "Stöd", "500,0"] in swedish
    sheet = openpyxl.load_workbook(io.BytesIO(files["xlsx"]), data_only=True)["Värde och stöd"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert ["Granit AB", 2.5, 500, 500] in rows
    assert ["Alla", 3.5, 700, 500] in rows
    assert any(row[:3] == ["Granit AB", pytest.approx(60.87), 300] for row in rows)
    text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(files["pdf"])).pages)
    assert "Bilaga: Värde och stöd" in text.replace("\N{NO-BREAK SPACE}", " ")
    assert "500,00" in text
