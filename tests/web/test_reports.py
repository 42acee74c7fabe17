"""Report pages: who may, the figures, files, the version for the public, addresses that mean nothing."""

import json
import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.extensions import db
from app.jobs import JOBS, run
from app.models import BookingDate, Office
from app.services.reports import project_named
from app.services.snapshots import freeze
from tests.factories import Factory
from tests.reports.october import NOVEMBER
from tests.web.october import OCTOBER, PAGE, enter, office, text_of

__all__ = ["office"]  # a fixture

PATHS = (
    "/reports",
    PAGE,
    f"{PAGE}.json",
    f"{PAGE}.csv",
    f"{PAGE}.pdf",
    f"{PAGE}.xlsx",
    f"{PAGE}/bookings",
    "/offices/oktober/reports/2026-10-01..2027-04-01",
)


@pytest.mark.parametrize("role", ["host", "funder", "admin"])
@pytest.mark.parametrize("path", PATHS)
def test_hosts_and_funders_read_them(client: FlaskClient, office: Office, role: str, path: str) -> None:
    enter(client, role)
    assert client.get(path).status_code == 200


@pytest.mark.parametrize("path", PATHS)
def test_members_and_visitors_do_not(client: FlaskClient, office: Office, path: str) -> None:
    assert client.get(path).status_code == 303  # to the sign-in page
    enter(client, "member")
    assert client.get(path).status_code == 403


@pytest.mark.parametrize("path", PATHS[1:])
def test_those_of_another_office_do_not(
    client: FlaskClient, make: Factory, office: Office, path: str
) -> None:
    make.office("umea")
    enter(client, "funder", office="umea")
    assert client.get(path).status_code == 403
    assert "Oktoberkontoret" not in text_of(client, "/reports")


def test_the_worked_example_on_the_page(client: FlaskClient, office: Office) -> None:
    enter(client, "funder")
    text = text_of(client, PAGE)
    for figure in (
        "Oktober 2026",
        "7,5 %",
        "21,0",
        "281,0",
        "12,0 57,1 % 4,3 % 4",  # companies
        "7,0 33,3 % 2,5 % 2",  # municipalities
        "184,0 11,0 6,0 %",
        "97,0 10,0 10,3 %",
        "56,4 %",
        "43,6 %",
        "Utanför öppettiderna 33,0",
        "Förlorat på grund av stängning 6,0",
        "12,5 %",
        "27 %",
        "70,0 % 7,5 %",  # promised and reached
    ):
        assert figure in text, figure


def test_the_page_in_english(client: FlaskClient, office: Office) -> None:
    enter(client, "funder", language="en")
    text = text_of(client, PAGE)
    assert "October 2026" in text
    assert "21.0 used of 281.0 available hours" in text
    assert "Companies" in text


def test_no_open_time_is_said_and_not_divided_by(client: FlaskClient, office: Office) -> None:
    enter(client, "funder", language="en")
    assert "no open time" in text_of(client, "/offices/oktober/reports/2026-10-03..2026-10-05")


@pytest.mark.parametrize("period", ["2026-Q4", "2026-H2", "2026", "2026-10-01..2027-04-01"])
def test_longer_periods_show_their_months(client: FlaskClient, office: Office, period: str) -> None:
    enter(client, "host", language="en")
    assert "Utilisation by month" in text_of(client, f"/offices/oktober/reports/{period}")


@pytest.mark.parametrize(
    "path",
    [
        "/offices/oktober/reports/2026-13",
        "/offices/oktober/reports/oktober",
        "/offices/oktober/reports/2026-10.docx",
        "/offices/nowhere/reports/2026-10",
        f"{PAGE}?revision=1",
        f"{PAGE}?project=nothing",
        "/offices/oktober/reports/2026-13/bookings",
    ],
)
def test_what_does_not_exist_is_404(client: FlaskClient, office: Office, path: str) -> None:
    enter(client, "host")
    assert client.get(path).status_code == 404


def test_files_are_the_same_figures(client: FlaskClient, office: Office) -> None:
    enter(client, "funder")
    answer = client.get(f"{PAGE}.json")
    assert answer.content_type == "application/json"
    assert json.loads(answer.data)["totals"]["used_hours"] == 21
    assert answer.headers["Content-Disposition"].endswith("oktober-2026-10.json")
    answer = client.get(f"{PAGE}.csv")
    assert answer.content_type == "text/csv; charset=utf-8"
    assert b"totals,,used_hours,21.0\r\n" in answer.data


@pytest.mark.parametrize(
    ("form", "kind", "begins"),
    [
        ("pdf", "application/pdf", b"%PDF-"),
        ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", b"PK"),
        ("excel-csv", "text/csv; charset=utf-8", b"\xef\xbb\xbfAvsnitt;"),
    ],
)
@pytest.mark.parametrize("query", ["", "?audience=public", "?project=kontoret&revision=1"])
def test_files_for_reading(
    client: FlaskClient, office: Office, form: str, kind: str, begins: bytes, query: str
) -> None:
    freeze(office, project_named(office, "kontoret"), OCTOBER, now=NOVEMBER)
    enter(client, "funder")
    assert f"{PAGE}.{form}{query}" in client.get(f"{PAGE}{query}").text.replace("&amp;", "&")
    answer = client.get(f"{PAGE}.{form}{query}")
    assert answer.content_type == kind
    assert answer.data.startswith(begins)


def test_the_version_for_the_public_names_no_company_and_opens_nothing(
    client: FlaskClient, office: Office
) -> None:
    enter(client, "host", language="en")
    page = client.get(f"{PAGE}?audience=public").text
    assert "no numbers of persons are told, for they are told once only" in page
    assert "Women and men" not in page
    freeze(office, project_named(office, "kontoret"), OCTOBER, now=NOVEMBER)
    page = client.get(f"{PAGE}?audience=public&project=kontoret&revision=1").text
    assert "Women and men" in page
    assert "Exempelbolaget" not in page
    assert "/bookings" not in page.split("<main")[1].split("<footer")[0]
    assert "For the public: no organisation is named, and numbers of persons are hidden" in page
    assert 'title="Hidden: it would tell of few persons or of one organisation"' in page
    assert "Exempelbolaget" in client.get(PAGE).text
    files = [client.get(f"{PAGE}.{form}?audience=public").data for form in ("json", "csv", "excel-csv")]
    assert not any(b"Exempelbolaget" in content for content in files)


def test_who_looks_at_the_version_for_the_public_goes_on_in_it(client: FlaskClient, office: Office) -> None:
    freeze(office, project_named(office, "kontoret"), OCTOBER, now=NOVEMBER)
    enter(client, "host", language="en")
    page = client.get(f"{PAGE}?audience=public").text.split("<main")[1].replace("&amp;", "&")
    links = re.findall(r'href="(/offices/oktober/reports/[^"]*)"', page)
    fuller = [link for link in links if "audience=public" not in link]
    assert [link for link in fuller if "/words" not in link and "/revisions" not in link] == [PAGE]
    assert len(links) > 8


UNKNOWN = """audience=xx audience=PUBLIC audience= audience=public&audience=full Audience=public
audiences=public revision=abc revision=0 revision=-1 revision=1.0 revision= revision=%D9%A1
revision=1&revision=2 project= language=xx detail=all kinds=room format=pdf"""


@pytest.mark.parametrize("ending", ["", ".json", ".pdf", ".xlsx"])
@pytest.mark.parametrize("query", UNKNOWN.split())
def test_what_means_nothing_in_the_address_shows_nothing(
    client: FlaskClient, office: Office, query: str, ending: str
) -> None:
    """Least of all a fuller version than was asked for."""
    freeze(office, project_named(office, "kontoret"), OCTOBER, now=NOVEMBER)
    enter(client, "host", language="en")
    answer = client.get(f"{PAGE}{ending}?{query}")
    assert answer.status_code == 422
    assert "which means nothing here. Nothing is shown" in answer.text
    assert "281" not in answer.text


@pytest.mark.parametrize("query", ["project=xx", "revision=2", "project=kontoret&revision=7"])
def test_what_is_not_there_is_not_found(client: FlaskClient, office: Office, query: str) -> None:
    freeze(office, project_named(office, "kontoret"), OCTOBER, now=NOVEMBER)
    enter(client, "host", language="en")
    assert [client.get(f"{PAGE}{each}?{query}").status_code for each in ("", ".json", ".pdf")] == [404] * 3


@pytest.mark.parametrize(
    ("language", "ahead"),
    [("sv", "Bokat i förväg, median 2,5 dygn"), ("en", "Booked ahead, median 2.5 days")],
)
def test_how_long_ahead_is_told_in_days(
    client: FlaskClient, office: Office, language: str, ahead: str
) -> None:
    for date in db.session.scalars(select(BookingDate)):
        date.booking.created_at = date.starts_at - timedelta(hours=60)
    db.session.commit()
    enter(client, "funder", language=language)
    assert ahead in text_of(client, PAGE)


def test_the_hosts_page_tells_when_jobs_last_ran(client: FlaskClient, office: Office) -> None:
    enter(client, "host", language="en")
    assert "Monthly reports has never run" in text_of(client, "/host?office=oktober")
    run(JOBS["monthly-reports"], NOVEMBER)
    assert "Monthly reports last 2 Nov 2026 at 06:30" in text_of(client, "/host?office=oktober")
