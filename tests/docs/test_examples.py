"""The examples in the documentation are loaded for real, and its lists of keys are whole."""

import csv
import io
import json
import re
import tomllib
from collections import defaultdict
from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.domain.period import Period
from app.reports import as_csv
from app.reports.table import HEADER
from app.services.booking_file import import_bookings
from app.services.booking_file.read import COLUMNS
from app.services.office_file import load_office
from app.services.office_file.table import Table
from app.services.offices import office_named
from app.services.reports import project_named, report
from app.services.reports.public import for_public
from app.services.snapshots import content_of, freeze
from tests.docs.reading import codes, fenced, rows, section, text
from tests.factories import Factory
from tests.reports.october import NOVEMBER, TARGETS, load_project

OFFICE_FILE, OPERATIONS, REPORTS = text("office-file.md"), text("operations.md"), text("reports.md")
OFFICE = fenced(OFFICE_FILE, "toml")[0]


def described_keys() -> dict[str, set[str]]:
    """Of each table of an office file, the keys that the page describes."""
    found: dict[str, set[str]] = {}
    every_key = section(OFFICE_FILE, "## Every key")
    for heading in re.findall(r"^### .*$", every_key, re.MULTILINE):
        keys = {key for cells in rows(section(every_key, heading)) for key in codes(cells[0])}
        found |= {name.strip("[]"): keys for name in codes(heading)}
    return found


def test_the_office_is_loaded_and_the_second_time_nothing_changes(app: Flask, now: datetime) -> None:
    assert load_office(OFFICE, now=now).changes
    assert load_office(OFFICE, now=now).nothing_to_change


def test_every_key_is_in_the_example_and_described(
    app: Flask, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    used: defaultdict[str, set[str]] = defaultdict(set)
    for name, tables in tomllib.loads(OFFICE).items():
        for table in tables if isinstance(tables, list) else [tables]:
            used[name] |= table.keys()
    known: defaultdict[str, set[str]] = defaultdict(set)
    close = Table.close

    def note(table: Table) -> None:
        if table.path and not table.path.endswith(".name"):
            known[table.path.split("[")[0]].update(table.keys)
        close(table)

    monkeypatch.setattr(Table, "close", note)
    load_office(OFFICE, now=now)
    assert described_keys() == used == known


def test_old_bookings_are_imported(app: Flask, make: Factory, now: datetime) -> None:
    (example,) = (body for body in fenced(OPERATIONS, "") if body.startswith("id,"))
    for slug in ("tallen", "asken"):
        make.room(slug)
    for slug in ("granit-son", "umea-kommun"):
        make.organisation(slug)
    for slug in ("external-meeting", "seminar"):
        make.activity(slug)
    result = import_bookings(example, now=now)
    assert (result.imported, result.unknown_organisers) == (2, 0)
    described = [
        column for cells in rows(section(OPERATIONS, "## Old bookings")) for column in codes(cells[0])
    ]
    assert sorted(described) == sorted(COLUMNS) == sorted(example.splitlines()[0].split(","))


def test_health_answers_as_shown(client: FlaskClient) -> None:
    (example,) = fenced(OPERATIONS, "json")
    assert json.loads(example).keys() == client.get("/healthz").get_json().keys()


@pytest.fixture
def october(app: Flask) -> dict[str, Any]:
    """The worked example as a frozen report: those have every key but the public version's own."""
    load_project(more=TARGETS)
    office = office_named("oktober")
    snapshot = freeze(office, project_named(office, "kontoret"), Period.parse("2026-10"), now=NOVEMBER)
    return content_of(snapshot)


def test_every_key_of_the_report_is_described(october: dict[str, Any]) -> None:
    described = {
        key: codes(cells[1]) for cells in rows(section(REPORTS, "## JSON")) for key in codes(cells[0])
    }
    described["by_organisation"] += described["by_category"]
    running = report(office_named("oktober"), Period.parse("2026-11"), now=NOVEMBER)
    assert described.keys() == october.keys() | for_public(october).keys() | running.keys()
    assert running["so_far"].keys() == set(described["so_far"])
    for key, value in (october | for_public(october)).items():
        inner = value[0] if isinstance(value, list) and value else value
        if isinstance(inner, dict):
            assert inner.keys() <= set(described[key]), key


def test_the_csv_is_as_shown(october: dict[str, Any]) -> None:
    (example,) = fenced(section(REPORTS, "## CSV"), "")
    heading, *shown = csv.reader(io.StringIO(example))
    assert tuple(heading) == HEADER
    figures = {tuple(line[:3]) for line in csv.reader(io.StringIO(as_csv(october).decode(), newline=""))}
    assert {tuple(line[:3]) for line in shown} <= figures
