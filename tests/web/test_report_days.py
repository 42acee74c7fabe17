"""Reports of any days, of the project to date, and of several offices together."""

import json
import re

import pytest
from flask.testing import FlaskClient

from app.models import Office
from tests.factories import Factory
from tests.web.october import enter, office, text_of

__all__ = ["office"]  # a fixture


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
        (
            "from=2026-10-09&to=2026-10-05",
            "2026-10-09 – 2026-10-05 is no period: no day lies in it, as it ends no later than it starts.",
        ),
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


def test_the_project_to_date(client: FlaskClient, office: Office) -> None:
    enter(client, "funder", language="en")
    assert "1 October 2026 – 2 November 2026" in text_of(client, "/offices/oktober/reports/project")
    assert "/offices/oktober/reports/2026-10-01..2026-11-03" in client.get("/reports").text


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


def test_of_several_offices_nothing_is_frozen(client: FlaskClient, make: Factory, office: Office) -> None:
    make.room("granen", office="umea")
    enter(client, "host", office=None)
    for query in ("revision=1", "project=kontoret"):
        assert client.get(f"/offices/oktober+umea/reports/2026-10?{query}").status_code == 422
