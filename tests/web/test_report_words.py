"""The host writes two sentences about a period in the browser."""

import pytest
from flask.testing import FlaskClient

from app.extensions import db
from app.models import Office, ReportWords
from app.services.people import add_person
from tests.conftest import Clock
from tests.reports.october import NOVEMBER, load_project
from tests.web.accounts import PASSWORD, sign_in

REPORT = "/offices/oktober/reports/2026-10"
WORDS = f"{REPORT}/words"
TEXT = "Fler kom än någonsin."


@pytest.fixture
def office(clock: Clock) -> Office:
    clock.at = NOVEMBER
    office = load_project()[0]
    for role in ("host", "funder", "member"):
        email, organisation = f"{role}@example.org", "kommunen" if role == "funder" else "regionen"
        add_person(
            email, role=role, organisation=organisation, password=PASSWORD, language="en", now=NOVEMBER
        )
    return office


@pytest.fixture
def host(office: Office, client: FlaskClient) -> FlaskClient:
    sign_in(client, "host@example.org")
    return client


def written() -> ReportWords:
    return db.session.query(ReportWords).one()


def test_from_the_report_and_back(host: FlaskClient) -> None:
    assert f'href="{WORDS}?project=kontoret"' in host.get(REPORT).text
    assert "Two sentences about October 2026" in host.get(WORDS).text
    answer = host.post(f"{WORDS}?project=kontoret", data={"sv": TEXT, "en": "", "version": "0"})
    assert (answer.status_code, answer.location) == (303, f"{REPORT}?project=kontoret")
    page = host.get(REPORT).text
    assert f'<blockquote class="words" lang="sv">{TEXT}</blockquote>' in page
    assert "Change the host&#39;s own words" in page
    assert TEXT in host.get(WORDS).text


def test_what_was_published_stands_beside_what_is_saved(host: FlaskClient) -> None:
    host.post(WORDS, data={"sv": TEXT, "version": "0"})
    host.post(f"{REPORT}/revisions")
    assert "not published yet" not in host.get(WORDS).text
    answer = host.post(WORDS, data={"sv": "Annat.", "version": "1"}, follow_redirects=True)
    assert "freeze a new revision" in answer.text
    assert "not published yet" in host.get(WORDS).text
    assert TEXT in host.get(f"{REPORT}?project=kontoret&revision=1").text
    host.post(f"{REPORT}/revisions")
    frozen = host.get(f"{REPORT}?project=kontoret&revision=2").text
    assert "Annat." in frozen
    assert "The host&#39;s own words in Swedish" in frozen  # among what this revision changed


def test_too_many_words_and_somebody_elses_are_told_and_kept_in_the_form(host: FlaskClient) -> None:
    answer = host.post(WORDS, data={"sv": "x" * 601, "version": "0"})
    assert answer.status_code == 422
    assert "At most 600 characters." in answer.text
    host.post(WORDS, data={"sv": TEXT, "version": "0"})
    answer = host.post(WORDS, data={"sv": "Mitt i stället.", "version": "0"})
    assert answer.status_code == 422
    assert "Somebody else changed this meanwhile." in answer.text
    assert "Mitt i stället." in answer.text
    assert written().sv == TEXT


def test_what_looks_like_html_is_text(host: FlaskClient) -> None:
    host.post(WORDS, data={"sv": "<b>Fet</b>", "version": "0"})
    assert "&lt;b&gt;Fet&lt;/b&gt;" in host.get(REPORT).text


@pytest.mark.parametrize("who", ["funder", "member"])
def test_it_is_for_hosts(office: Office, client: FlaskClient, who: str) -> None:
    sign_in(client, f"{who}@example.org")
    assert client.get(WORDS).status_code == 403
    assert client.post(WORDS, data={"sv": TEXT, "version": "0"}).status_code == 403
    assert db.session.query(ReportWords).count() == 0
    if who == "funder":
        assert "/words" not in client.get(REPORT).text


def test_a_period_of_no_project_has_no_words(host: FlaskClient) -> None:
    assert host.get("/offices/oktober/reports/2020-10/words").status_code == 404
    assert host.get("/offices/oktober/reports/nonsense/words").status_code == 404
