"""Times before anything was booked read as no data, not as no use."""

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask

from app.domain.period import Period
from app.models import Project
from app.reports import FORMATS
from app.reports.behind import behind_figure
from app.services.reports import report
from app.services.reports.overview import data_from
from app.wording.report import laid_out
from app.wording.report.files import report_file
from app.wording.reports import reached_text
from tests.databases import both
from tests.factories import Factory
from tests.reports.october import NOVEMBER, TARGETS, load_october, load_project
from tests.reports.read_back import texts_of
from tests.services.report_rows import store, used

EARLY = """
[[organisations]]
slug = "regionen"
name = "Regionen"
category = "region"

[[projects]]
slug = "tidigt"
name = "Tidigt"
host = "regionen"
starts = 2025-01-01
ends = 2027-01-01

[[targets]]
project = "tidigt"
indicator = "utilisation"
target = 0.05
"""


@both
def test_the_months_before_the_first_booking_have_no_data(app: Flask) -> None:
    office = load_october(more=EARLY)
    found = report(office, Period.parse("2026-10"), now=NOVEMBER)
    assert found["data_from"] == "2026-10-01"
    assert [line["no_data"] for line in found["trend"]] == [True] * 12 + [False]
    lines = {line["compared"]: line for line in found["compared"]}
    assert (lines["before"]["no_data"], lines["year_before"]["no_data"]) == (True, True)
    assert found["totals"]["utilisation"] == pytest.approx(21 / 281)


def test_the_project_to_date_is_counted_from_the_first_data(app: Flask) -> None:
    office = load_october(more=EARLY)
    found = report(office, Period.parse("2026-10"), now=NOVEMBER)
    (target,) = found["targets"]
    assert target["to_date"] == target["outcome"] == pytest.approx(21 / 281)
    assert found["companies"]["project_from"] == "2025-01-01"
    sections = {each.key: each for each in laid_out(found, "sv", now=NOVEMBER).sections}
    assert sections["targets"].lead == "Projektet hittills räknas från oktober 2026, då bokningarna börjar."
    texts = [cell.text for row in sections["trend"].tables[0].rows for cell in row.cells]
    assert texts.count("inga uppgifter") == 12
    assert "0,0 %" not in texts
    bars = sections["trend"].charts[0]
    assert "inga uppgifter" in bars.note


def test_a_period_before_the_data_says_so(app: Flask) -> None:
    office = load_october(more=EARLY)
    layout = laid_out(report(office, Period.parse("2026-05"), now=NOVEMBER), "en", now=NOVEMBER)
    assert [each.text for each in layout.remarks] == ["No data: the bookings begin in October 2026."]
    assert {(each.text, each.note) for each in layout.figures} == {("–", "no data")}
    assert {behind_figure(each) for each in layout.figures} == {None}
    said = {each.key: each.lead for each in layout.sections if not each.tables}
    assert set(said.values()) == {"No data."}
    assert {"by_category", "by_resource", "by_activity", "attendance", "totals", "no_shows"} <= said.keys()
    assert [row.cells[2].text for row in layout.measures.tables[0].rows] == ["no data"] * 3
    (targets,) = (each for each in layout.sections if each.key == "targets")
    assert [cell.text for cell in targets.tables[0].rows[0].cells][2:] == ["–", "–", "Not judged yet"]


@pytest.mark.parametrize("form", FORMATS)
def test_every_file_of_a_period_before_the_data_says_so(app: Flask, form: str) -> None:
    office = load_october(more=EARLY)
    found = report(office, Period.parse("2026-05"), now=NOVEMBER)
    text = texts_of(report_file(found, form, "en", now=NOVEMBER), form)
    told = {"json": '"no_data": true', "csv": "report,,no_data,true"}
    assert told.get(form, "No data: the bookings begin in October 2026.") in text
    assert form in told or text.count("No data.") > 5
    assert "No use in this period." not in text


def test_mails_say_that_there_is_no_data(app: Flask) -> None:
    office = load_october(more=EARLY)
    assert reached_text(report(office, Period.parse("2026-05"), now=NOVEMBER)) == "no data"
    assert reached_text(report(office, Period.parse("2026-10"), now=NOVEMBER)) != "no data"


def test_without_any_head_count_there_are_no_visits_to_tell_of(app: Flask) -> None:
    office = load_october()
    found = report(office, Period.parse("2026-10"), now=NOVEMBER)
    nobody = dict.fromkeys(("women", "men", "other", "counted"), 0)
    nobody |= {"share_women": None, "share_men": None, "missing": 8}
    layout = laid_out({**found, "attendance": nobody}, "en", now=NOVEMBER)
    (people,) = (each for each in layout.figures if each.key == "share_women")
    assert (people.text, people.note) == ("–", "no head counts")
    (section,) = (each for each in layout.sections if each.key == "attendance")
    said = "No head counts in this period. 1 booking was wholly lost to closures and is not counted."
    assert (section.lead, section.tables) == (said, ())


def test_an_office_in_which_nothing_was_booked_has_no_data(app: Flask) -> None:
    office = load_october(bookings=False)
    found = report(office, Period.parse("2026-10"), now=NOVEMBER)
    assert found["data_from"] is None
    layout = laid_out(found, "sv", now=NOVEMBER)
    assert [each.text for each in layout.remarks] == ["Inga uppgifter: inget har bokats än."]


def test_an_office_in_use_before_the_project_has_data_from_its_first_day(make: Factory) -> None:
    office = make.office()
    make.room()
    start = datetime(2026, 9, 15, 8, tzinfo=UTC)
    store(used(make, start, start + timedelta(hours=1)))
    project = Project(starts_on=date(2026, 10, 1))
    assert data_from(office, project) == date(2026, 10, 1)
    assert data_from(office, Project(starts_on=date(2026, 5, 1))) == date(2026, 9, 15)
    assert data_from(office, Project(starts_on=date(2027, 5, 1))) is None


@pytest.mark.parametrize(
    ("outcome", "to_date", "status", "told"),
    [
        (0.71, 0.66, "met", "Met"),
        (0.71, 0.09, "met", "Met in the period only"),
        (0.71, 0.6496, "met", "Met"),
        (0.5, 0.66, "not_met", "Not met in the period"),
        (0.5, 0.4, "not_met", "Not met"),
    ],
)
def test_a_judgement_says_of_which_figure_it_is(
    app: Flask, outcome: float, to_date: float, status: str, told: str
) -> None:
    office, _ = load_project(more=TARGETS)
    found = report(office, Period.parse("2026-10"), now=NOVEMBER)
    line = {"indicator": "utilisation", "target": 0.65, "outcome": outcome, "to_date": to_date}
    layout = laid_out({**found, "targets": [{**line, "status": status}]}, "en", now=NOVEMBER)
    (targets,) = (each for each in layout.sections if each.key == "targets")
    assert targets.tables[0].rows[0].cells[-1].text == told
