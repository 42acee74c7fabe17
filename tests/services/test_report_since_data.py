"""A period that begins before the first booking is counted whole, and says what it comes to without that."""

from datetime import UTC, date, datetime

import pytest
from flask import Flask

from app.domain.period import Period
from app.models import Project
from app.reports import FORMATS
from app.services.reports import project_named, report, report_together
from app.services.reports.periods import period_named, project_to_date
from app.services.reports.public import public_version
from app.services.reports.verification import verify
from app.services.snapshots import freeze
from app.wording.report import laid_out
from app.wording.report.files import report_file
from tests.databases import both
from tests.factories import Factory
from tests.reports.october import NOVEMBER, load_october
from tests.reports.read_back import texts_of
from tests.services.report_rows import of, store, used
from tests.services.test_report_no_data import EARLY

TODAY = date(2026, 11, 2)
SAID = (
    "No bookings are known before October 2026. The hours that were open before then are counted in. "
    "Without them utilisation is 7.5%: 21.0 of 281.0 available hours."
)


def remarks(found: dict[str, object]) -> list[str]:
    return [each.text for each in laid_out(found, "en", now=NOVEMBER).remarks if each.about == "since_data"]


@both
def test_a_period_that_begins_before_the_data_says_what_it_is_without(app: Flask) -> None:
    office = load_october(more=EARLY)
    found, october = of(office, "2026-08-01..2026-11-01"), of(office)
    assert found["totals"]["used_hours"] == october["totals"]["used_hours"]
    months = [of(office, month)["totals"]["available_hours"] for month in ("2026-08", "2026-09", "2026-10")]
    assert found["totals"]["available_hours"] == sum(months) > 281
    assert found["since_data"] == {
        "from": "2026-10-01",
        "available_hours": 281.0,
        "used_hours": 21.0,
        "utilisation": pytest.approx(21 / 281),
    }
    assert remarks(found) == [SAID]


def test_while_it_runs_the_days_that_are_over_count(app: Flask) -> None:
    office = load_october(more=EARLY)
    running, over = of(office, "2026-08-01..2027-01-01"), of(office, "2026-10-01..2026-11-02")
    for name in ("available_hours", "used_hours", "utilisation"):
        assert running["since_data"][name] == over["totals"][name], name
    assert "Without them utilisation so far is " in remarks(running)[0]


@pytest.mark.parametrize("period", ["2026-10", "2026-05", "2026-10-15..2026-11-01", "2026-Q4"])
def test_others_have_nothing_to_say(app: Flask, period: str) -> None:
    found = of(load_october(more=EARLY), period)
    assert found["since_data"] is None
    assert remarks(found) == []


@pytest.mark.parametrize("form", FORMATS)
def test_every_file_says_so(app: Flask, form: str) -> None:
    found = of(load_october(more=EARLY), "2026-08-01..2026-11-01")
    text = " ".join(texts_of(report_file(found, form, "en", now=NOVEMBER), form).split())
    told = {"json": '"since_data": { "from": "2026-10-01"', "csv": "since_data,,from,2026-10-01"}
    assert told.get(form, "Without them utilisation is 7.5%") in text


def test_the_public_is_told_too(app: Flask) -> None:
    found = of(load_october(more=EARLY), "2026-08-01..2026-11-01")
    assert public_version(found, None)["since_data"] == found["since_data"]


@both
def test_the_project_to_date_is_the_same_as_a_page_and_beside_a_month(app: Flask) -> None:
    office = load_october(more=EARLY)
    project = project_named(office, "tidigt")
    period = period_named("project", project, TODAY)
    assert period == project_to_date(project, TODAY) == Period.parse("2026-10-01..2026-11-03")
    page = report(office, period, now=NOVEMBER)
    lines = {line["compared"]: line for line in of(office, "2026-11-01..2026-11-03")["compared"]}
    for figure in ("available_hours", "used_hours", "utilisation", "bookings"):
        assert page["totals"][figure] == lines["project_to_date"][figure]
    assert remarks(page) == [
        "Counted from October 2026, when the bookings begin: no bookings are known from the project's first "
        "day, 1 January 2025, until then."
    ]
    (whole,) = (
        each for each in of(office, "2025-01-01..2026-11-03")["compared"] if "project" in each["compared"]
    )
    assert whole["utilisation"] == page["totals"]["utilisation"]


def test_a_number_not_reached_in_all_that_is_known_of_a_project_that_is_over_is_not_met(app: Flask) -> None:
    more = EARLY.replace('"utilisation"\ntarget = 0.05', '"bookings"\ntarget = 1000')
    office = load_october(more=more)
    project = project_named(office, "tidigt")
    over = datetime(2027, 1, 4, tzinfo=UTC)
    (target,) = report(office, project_to_date(project, over.date()), now=over, project=project)["targets"]
    assert target["status"] == "not_met"


@both
def test_of_several_offices_those_are_named_whose_bookings_begin_later(make: Factory) -> None:
    first = make.office("umea")
    other = make.office("lycksele")
    make.room("tallen", office="umea")
    make.room("granen", office="lycksele")
    start = datetime(2026, 8, 3, 8, tzinfo=UTC)
    late = datetime(2026, 10, 5, 8, tzinfo=UTC)
    store(used(make, start, start.replace(hour=10)), used(make, late, late.replace(hour=12), "granen"))
    found = report_together([first, other], Period.parse("2026-08-01..2026-11-01"), now=NOVEMBER)
    assert [line["data_from"] for line in found["by_office"]] == ["2026-08-03", "2026-10-05"]
    (told,) = remarks(found)
    assert told.startswith(f"The bookings begin later than the period: {other.name} (October 2026).")
    alone = [of(first, "2026-08-01..2026-11-01"), of(other, "2026-10")]
    parts = [each["totals"]["available_hours"] for each in alone]
    assert found["since_data"]["available_hours"] == sum(parts)
    assert found["since_data"]["used_hours"] == 6


def test_what_was_frozen_before_still_agrees(app: Flask) -> None:
    office = load_october(more=EARLY)
    project: Project = project_named(office, "tidigt")
    period = Period.parse("2026-08-01..2026-11-01")
    snapshot = freeze(office, project, period, now=NOVEMBER)
    new = ("since_data", "outside_bookings", "outside_visits", "closed_bookings", "closed_visits")
    content = {name: value for name, value in snapshot.content.items() if name not in new}
    quality = {
        name: value
        for name, value in content["quality"].items()
        if name not in new and not name.startswith("out_of_service")
    }
    snapshot.content = {**content, "quality": quality}
    found = verify(office, period, project, now=NOVEMBER)
    assert found.holds
    assert found.beside == []
    assert freeze(office, project, period, now=NOVEMBER).revision == 1


def test_together_each_office_begins_with_the_data_of_its_own_project(app: Flask) -> None:
    office = load_october(more=EARLY)
    other = Factory(NOVEMBER).office("umea")
    long_ago = datetime(2020, 3, 2, 8, tzinfo=UTC)
    store(used(Factory(NOVEMBER), long_ago, long_ago.replace(hour=9), "a"))
    assert of(office, "2026-08-01..2026-11-01")["since_data"]["from"] == "2026-10-01"
    found = report_together([office, other], Period.parse("2026-08-01..2026-11-01"), now=NOVEMBER)
    assert found["data_from"] == "2026-10-01"
    assert [line["data_from"] for line in found["by_office"]] == ["2026-10-01", None]
    (told,) = remarks(found)
    assert "(October 2026)" in told
    assert f"{other.name} (no bookings)" in told
