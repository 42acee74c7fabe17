"""Report pages: who may, the figures, what is behind them, files, the list."""

import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.domain.period import Period
from app.extensions import db
from app.jobs import JOBS, run
from app.models import BookingDate, Office
from app.services.booking_file import import_bookings
from app.services.people import add_person
from app.services.reports import project_named
from app.services.snapshots import freeze
from tests.conftest import Clock
from tests.factories import Factory
from tests.reports.october import DATA, NOVEMBER, TARGETS, load_project
from tests.web.accounts import PASSWORD, sign_in

OCTOBER = Period.parse("2026-10")
PAGE = "/offices/oktober/reports/2026-10"
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


@pytest.fixture
def office(clock: Clock) -> Office:
    clock.at = NOVEMBER
    return load_project(more=TARGETS)[0]


def enter(client: FlaskClient, role: str, office: str | None = "oktober", language: str = "sv") -> None:
    add_person(
        f"{role}@example.org",
        role=role,
        organisation="kommunen",
        office=office,
        language=language,
        password=PASSWORD,
        now=NOVEMBER,
    )
    assert sign_in(client, f"{role}@example.org").status_code in (302, 303)


def text_of(client: FlaskClient, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text).replace("\N{NO-BREAK SPACE}", " ").split())


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
    freeze(office, project_named(office, "kontoret"), Period.parse("2026-10"), now=NOVEMBER)
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
    freeze(office, project_named(office, "kontoret"), Period.parse("2026-10"), now=NOVEMBER)
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
    freeze(office, project_named(office, "kontoret"), Period.parse("2026-10"), now=NOVEMBER)
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
    freeze(office, project_named(office, "kontoret"), Period.parse("2026-10"), now=NOVEMBER)
    enter(client, "host", language="en")
    answer = client.get(f"{PAGE}{ending}?{query}")
    assert answer.status_code == 422
    assert "which means nothing here. Nothing is shown" in answer.text
    assert "281" not in answer.text


@pytest.mark.parametrize("query", ["project=xx", "revision=2", "project=kontoret&revision=7"])
def test_what_is_not_there_is_not_found(client: FlaskClient, office: Office, query: str) -> None:
    freeze(office, project_named(office, "kontoret"), Period.parse("2026-10"), now=NOVEMBER)
    enter(client, "host", language="en")
    assert [client.get(f"{PAGE}{each}?{query}").status_code for each in ("", ".json", ".pdf")] == [404] * 3


@pytest.mark.parametrize("query", ["audience=public", "page=0", "page=x", "category=xx", "only=all", "x=1"])
def test_bookings_behind_something_unknown_are_not_shown(
    client: FlaskClient, office: Office, query: str
) -> None:
    enter(client, "host", language="en")
    assert client.get(f"{PAGE}/bookings?{query}").status_code in (404, 422)


def test_of_several_offices_nothing_is_frozen(client: FlaskClient, make: Factory, office: Office) -> None:
    make.room("granen", office="umea")
    enter(client, "host", office=None)
    for query in ("revision=1", "project=kontoret"):
        assert client.get(f"/offices/oktober+umea/reports/2026-10?{query}").status_code == 422


def test_any_days_have_no_version_for_the_public(client: FlaskClient, office: Office) -> None:
    enter(client, "host", language="en")
    for period in ("2026-10-05..2026-10-09", "project"):
        assert "For the public" not in client.get(f"/offices/oktober/reports/{period}").text
        for ending in ("", ".json", ".pdf"):
            answer = client.get(f"/offices/oktober/reports/{period}{ending}?audience=public")
            assert answer.status_code == 422
            assert "made of whole months only" in answer.text


def test_any_days_are_chosen_with_a_form(client: FlaskClient, office: Office) -> None:
    enter(client, "funder", language="en")
    answer = client.get("/offices/oktober/reports?from=2026-10-05&to=2026-10-09")
    assert answer.location == "/offices/oktober/reports/2026-10-05..2026-10-10"
    assert "5 October 2026 – 9 October 2026" in text_of(client, answer.location)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("from=2026-10-05", "2026-10-05 – is no period: there is no such date."),
        ("from=nonsense&to=2026-10-09", "nonsense – 2026-10-09 is no period: there is no such date."),
        ("from=2026-10-09&to=2026-10-05", "2026-10-09 – 2026-10-05 is no period: it ends before it starts."),
        ("from=2026-10-05&to=9999-12-31", "2026-10-05 – 9999-12-31 is no period: there is no such date."),
        ("from=1950-10-05&to=2026-12-31", "1950-10-05 – 2026-12-31 is no period: the year is out of range."),
    ],
)
def test_days_that_are_none_come_back_with_the_form(
    client: FlaskClient, office: Office, query: str, said: str
) -> None:
    enter(client, "funder", language="en")
    answer = client.get(f"/offices/oktober/reports?{query}")
    assert answer.status_code == 422
    assert said in " ".join(re.sub(r"<[^>]+>", " ", answer.text).split())
    for typed in query.split("&"):
        assert f'value="{typed.partition("=")[2]}"' in answer.text


def test_the_list_leads_to_every_span_with_bookings(client: FlaskClient, office: Office) -> None:
    """Also to those long before the months that stand in its table; and has the form for any days."""
    heading, first, *_ = (DATA / "october-2026.csv").read_text("utf-8").splitlines()
    older = first.replace("1,", "1000,", 1).replace("2026-10-01", "2023-05-09")
    import_bookings(f"{heading}\n{older}\n", now=NOVEMBER)
    enter(client, "funder", language="en")
    page = client.get("/reports").text
    for span in ("2023", "2023-H1", "2023-Q2", "2023-05", "2026", "2026-H2", "2026-Q4", "2026-10"):
        assert f'href="/offices/oktober/reports/{span}"' in page
    for span in ("2024", "2023-H2", "2023-Q1", "2023-06"):
        assert f'href="/offices/oktober/reports/{span}"' not in page
    assert 'action="/offices/oktober/reports"' in page


def test_several_offices_together(client: FlaskClient, make: Factory, office: Office) -> None:
    make.room("granen", office="umea")
    enter(client, "host", office=None, language="en")
    answer = client.get("/offices/oktober/reports?from=2026-10-01&to=2026-10-31&office=oktober&office=umea")
    assert answer.location == "/offices/oktober+umea/reports/2026-10"
    text = text_of(client, answer.location)
    assert "Oktoberkontoret, Umea" in text
    assert "21.0 used of 479.0 available hours" in text
    assert "Freeze" not in text
    assert "7 bookings with 21 h used" in text_of(client, f"{answer.location}/bookings")
    assert json.loads(client.get(f"{answer.location}.json").data)["office"] == "oktober+umea"
    assert client.get(f"{answer.location}.xlsx").status_code == 200
    assert client.post(f"{answer.location}/revisions").status_code == 404


def test_several_offices_are_for_those_who_may_read_each(
    client: FlaskClient, make: Factory, office: Office
) -> None:
    make.office("umea")
    enter(client, "host")  # of one of them
    for path in ("", ".json", ".pdf", "/bookings"):
        assert client.get(f"/offices/oktober+umea/reports/2026-10{path}").status_code == 403


def test_the_project_to_date(client: FlaskClient, office: Office) -> None:
    enter(client, "funder", language="en")
    assert "1 October 2026 – 2 November 2026" in text_of(client, "/offices/oktober/reports/project")
    assert "/offices/oktober/reports/2026-10-01..2026-11-03" in client.get("/reports").text


# What is behind a figure


def test_every_figure_opens_to_its_bookings(client: FlaskClient, office: Office) -> None:
    enter(client, "host", language="en")
    page = client.get(PAGE).text
    links = [link.replace("&amp;", "&") for link in re.findall(rf'href="({PAGE}/bookings[^"]*)"', page)]
    assert f"{PAGE}/bookings?category=company" in links
    assert f"{PAGE}/bookings?resource=a" in links
    assert f"{PAGE}/bookings?organisation=exempelbolaget" in links
    assert "Companies: 4 bookings with 12 h used, 1 no-show" in text_of(
        client, f"{PAGE}/bookings?category=company"
    )
    assert "7 bookings with 21 h used, 1 no-show" in text_of(client, f"{PAGE}/bookings")


def test_titles_are_for_hosts(client: FlaskClient, office: Office) -> None:
    enter(client, "funder")
    text = text_of(client, f"{PAGE}/bookings")
    assert "Styrgrupp" not in text
    assert "Exempelbolaget" not in text
    client.post("/sign-out")
    enter(client, "host")
    text = text_of(client, f"{PAGE}/bookings")
    assert "Styrgrupp" in text
    assert "Exempelbolaget" in text


def test_the_list_has_the_months_and_years_that_were_used(client: FlaskClient, office: Office) -> None:
    enter(client, "funder", language="en")
    text = text_of(client, "/reports")
    assert "November 2026" in text  # the two hours of the night before
    assert "September 2026" not in text
    assert " 2026 " in text
    assert " 2025 " not in text


def test_the_list_says_where_there_was_no_use_and_what_is_not_over(
    client: FlaskClient, office: Office, clock: Clock
) -> None:
    clock.at = datetime(2027, 1, 12, 9, tzinfo=UTC)
    enter(client, "funder", language="en")
    text = text_of(client, "/reports").partition("All periods")[2]
    assert "January 2027 no use Under way" in text
    assert "December 2026 no use Not published" in text
    assert "0.0%" not in text


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


def test_the_list_tells_what_is_frozen(client: FlaskClient, office: Office) -> None:
    project = load_project()[1]
    freeze(office, project, Period.parse("2026-10"), now=NOVEMBER)
    enter(client, "funder", language="en")
    text = text_of(client, "/reports")
    assert "October 2026 7.5% Frozen 2 Nov 2026, revision 1" in text
    assert "Kontoret i oktober" in text
