"""The report as JSON and CSV."""

import csv
import io
import json
from collections.abc import Mapping
from typing import Any

import pytest
from flask import Flask

from app.domain.period import Period
from app.reports import FORMATS, MEDIA_TYPES, as_csv, as_json, file_name
from app.reports.table import HEADER
from app.services.reports import report
from tests.reports.october import NOVEMBER, TARGETS, load_project


@pytest.fixture
def october(app: Flask) -> dict[str, Any]:
    office, _ = load_project(more=TARGETS)
    return report(office, Period.parse("2026-10"), now=NOVEMBER)


def table(found: Mapping[str, Any]) -> dict[tuple[str, str, str], str]:
    heading, *lines = csv.reader(io.StringIO(as_csv(found).decode(), newline=""))
    assert tuple(heading) == HEADER
    values = {(section, key, measure): value for section, key, measure, value in lines}
    assert len(values) == len(lines), "a figure stands there twice"
    return values


def test_json_gives_back_what_went_in(october: dict[str, Any]) -> None:
    assert json.loads(as_json(october)) == october
    assert "Företag" in as_json(october).decode()


def test_csv_has_every_figure_of_the_report_unrounded(october: dict[str, Any]) -> None:
    values = table(october)
    assert values["totals", "", "available_hours"] == "281.0"
    assert float(values["totals", "", "utilisation"]) == 21 / 281
    assert values["totals", "", "lead_time_hours"] == ""
    assert values["by_category", "company", "used_hours"] == "12.0"
    assert values["by_category", "company", "name_sv"] == "Företag"
    assert values["by_resource", "b", "available_hours"] == "97.0"
    assert values["by_kind", "room", "counted"] == "true"
    assert values["attendance", "", "women"] == "22"
    assert values["targets", "utilisation", "target"] == "0.7"
    assert values["report", "", "project"] == "kontoret"
    assert values["period", "", "to"] == "2026-11-01"
    for section, content in october.items():
        if isinstance(content, dict):
            for measure, value in content.items():
                if isinstance(value, float):
                    assert float(values[section, "", measure]) == value


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1", '=HYPERLINK("x")']
)
def test_no_text_becomes_a_formula(text: str) -> None:
    found = {
        "office_name": text,
        "by_organisation": [{"organisation": text, "name": text, "used_hours": -1.5}],
    }
    values = table(found)
    assert values["report", "", "office_name"] == f"'{text}"
    assert values["by_organisation", f"'{text}", "name"] == f"'{text}"
    # A number stays one, also a negative one.
    assert values["by_organisation", f"'{text}", "used_hours"] == "-1.5"


def test_text_with_commas_quotes_and_breaks_comes_back_whole() -> None:
    text = 'Granit, "Son" &\nDotter'
    assert table({"office_name": text})["report", "", "office_name"] == text


def test_lines_end_as_the_format_wants_and_there_is_no_mark_in_front(october: dict[str, Any]) -> None:
    content = as_csv(october)
    assert content.startswith(b"section,key,measure,value\r\n")
    assert content.endswith(b"\r\n")


def test_files_say_what_they_are(october: dict[str, Any]) -> None:
    assert file_name(october, "csv") == "oktober-2026-10.csv"
    assert file_name({**october, "revision": 2}, "json") == "oktober-2026-10-revision-2.json"
    some = {"from": "2026-10-12", "to": "2026-10-15"}
    assert file_name({**october, "period": some}, "pdf") == "oktober-2026-10-12-2026-10-14.pdf"
    one = {"from": "2026-10-12", "to": "2026-10-13"}
    assert file_name({**october, "period": one}, "pdf") == "oktober-2026-10-12.pdf"
    assert file_name({**october, "audience": "public"}, "excel-csv").endswith("-public.excel.csv")
    assert set(FORMATS) == MEDIA_TYPES.keys() == {"pdf", "xlsx", "excel-csv", "csv", "json"}
