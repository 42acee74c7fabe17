"""Whose wish decides the language: an explicit choice, the person, the browser, Swedish."""

import pytest
from flask.testing import FlaskClient

from tests.factories import Factory
from tests.web.accounts import add_account, sign_in


def language(client: FlaskClient, accept: str | None = None, path: str = "/privacy") -> str:
    headers = {"Accept-Language": accept} if accept is not None else {}
    return client.get(path, headers=headers).text.partition('<html lang="')[2][:2]


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (None, "sv"),
        ("", "sv"),
        ("en", "en"),
        ("en-US,en;q=0.9", "en"),
        ("sv-SE,sv;q=0.9,en;q=0.8", "sv"),
        ("de-DE,de;q=0.9,en;q=0.5,sv;q=0.4", "en"),
        ("fi", "sv"),
        ("en-GB, sv;q=0.5", "en"),
        ("sv;q=0, en;q=0.1", "en"),
        ("*", "sv"),
        (";;;=,q", "sv"),
    ],
)
def test_a_visitor_gets_what_the_browser_asks_for(
    make: Factory, client: FlaskClient, accept: str | None, expected: str
) -> None:
    make.office()
    assert language(client, accept) == expected


def test_a_choice_comes_before_the_person_and_the_person_before_the_browser(
    make: Factory, client: FlaskClient
) -> None:
    add_account(make, language="sv")
    assert language(client, "en") == "en"
    sign_in(client)
    assert language(client, "en") == "sv"
    client.post("/language", data={"language": "en"})
    assert language(client, "sv") == "en"


def test_somebody_without_a_stored_language_gets_the_browsers(make: Factory, client: FlaskClient) -> None:
    add_account(make)
    sign_in(client)
    assert language(client, "en") == "en"
    assert language(client, "sv") == "sv"


def test_a_choice_outlives_signing_in_and_out(make: Factory, client: FlaskClient) -> None:
    add_account(make, language="sv")
    client.post("/language", data={"language": "en"})
    sign_in(client)
    assert language(client) == "en"
    client.post("/sign-out")
    assert language(client) == "en"


def test_a_choice_is_kept_with_the_person(make: Factory, client: FlaskClient) -> None:
    person = add_account(make)
    client.post("/language", data={"language": "en"})
    assert person.language is None, "nobody is signed in"
    sign_in(client)
    assert person.language == "en", "chosen just before, and nothing else is known"
    client.post("/language", data={"language": "sv"})
    assert person.language == "sv"


def test_signing_in_where_somebody_chose_another_language_keeps_ones_own(
    make: Factory, client: FlaskClient
) -> None:
    person = add_account(make, language="sv")
    client.post("/language", data={"language": "en"})
    sign_in(client)
    assert person.language == "sv"


def test_choosing_leads_back_to_the_page_and_nowhere_else(make: Factory, client: FlaskClient) -> None:
    make.office()
    back = client.post("/language", data={"language": "en", "next": "/find?people=3"})
    assert (back.status_code, back.location) == (303, "/find?people=3")
    assert client.post("/language", data={"language": "en", "next": "//evil.example"}).location == "/"


@pytest.mark.parametrize("chosen", ["", "no", "sv_SE", "EN"])
def test_a_language_that_is_not_there(make: Factory, client: FlaskClient, chosen: str) -> None:
    make.office()
    assert client.post("/language", data={"language": chosen}).status_code == 400


def test_looking_at_the_address_chooses_nothing(make: Factory, client: FlaskClient) -> None:
    make.office()
    assert client.get("/language?language=en").status_code == 405
    assert language(client) == "sv"
