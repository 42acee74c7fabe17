"""Error pages in the reader's language, with what to do."""

from collections.abc import Iterator

import pytest
from flask import Flask, abort
from flask.testing import FlaskClient

from app.domain.errors import DomainError, NotAllowed, NotFound, Refusal, Refused, Stale, Taken
from app.services.sign_in import TooManyTries
from app.web.security import allow
from tests.factories import Factory
from tests.web.accounts import add_account, sign_in


@pytest.fixture
def failing(app: Flask) -> Iterator[list[Exception | int]]:
    """What `/hello` fails with."""
    what: list[Exception | int] = []

    @allow("visitor")
    def fail() -> str:
        if isinstance(what[0], int):
            abort(what[0])
        raise what[0]

    kept = app.view_functions["pages.hello"]
    app.view_functions["pages.hello"] = fail
    app.config["PROPAGATE_EXCEPTIONS"] = False
    yield what
    app.view_functions["pages.hello"] = kept
    app.config["PROPAGATE_EXCEPTIONS"] = None


@pytest.mark.parametrize(
    ("code", "swedish", "english"),
    [
        (400, "Det gick inte att förstå", "That could not be understood"),
        (403, "Det här är inte till för dig", "This is not for you to see"),
        (404, "Här finns ingenting", "There is nothing here"),
        (405, "Så går det inte", "That does not work this way"),
        (410, "Det här är borta", "This is gone"),
        (413, "Det var för stort", "That is too large"),
        (415, "Det gick inte att förstå", "That could not be understood"),
        (429, "För många på en gång", "Too many at once"),
        (500, "Något gick sönder hos oss", "Something broke on our side"),
        (502, "Något gick sönder hos oss", "Something broke on our side"),
        (503, "Vi är borta en liten stund", "We are away for a moment"),
    ],
)
def test_a_page_in_both_languages(
    make: Factory, client: FlaskClient, failing: list[Exception | int], code: int, swedish: str, english: str
) -> None:
    make.office()
    failing.append(code)
    for language, title in (("sv", swedish), ("en", english)):
        page = client.get("/hello", headers={"Accept-Language": language})
        assert page.status_code == code
        assert f"<h1>{title}</h1>" in page.text
        assert page.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (NotFound(), 404, "There is nothing here"),
        (Stale(), 409, "Somebody else changed this meanwhile"),
        (Taken(()), 409, "Somebody has just booked that time."),
        (Refused(Refusal("title_missing", "title")), 422, "Give the booking a title."),
        (TooManyTries(minutes=3), 429, "Try again in 3 minutes"),
        (DomainError(), 422, "That did not work."),
    ],
)
def test_what_the_services_refuse_is_said(
    make: Factory,
    client: FlaskClient,
    failing: list[Exception | int],
    error: DomainError,
    code: int,
    said: str,
) -> None:
    make.office()
    failing.append(error)
    page = client.get("/hello", headers={"Accept-Language": "en"})
    assert page.status_code == code
    assert said in page.text


def test_not_allowed_is_a_way_in_for_a_visitor_and_a_no_for_others(
    make: Factory, client: FlaskClient, failing: list[Exception | int]
) -> None:
    add_account(make)
    failing.append(NotAllowed())
    assert client.get("/hello").location == "/sign-in?next=/hello"
    sign_in(client)
    assert client.get("/hello").status_code == 403


def test_a_fault_of_ours_tells_nothing_about_itself(
    make: Factory, client: FlaskClient, failing: list[Exception | int], caplog: pytest.LogCaptureFixture
) -> None:
    make.office()
    failing.append(RuntimeError("the secret is 42"))
    page = client.get("/hello")
    assert page.status_code == 500
    assert "42" not in page.text
    assert "the secret is 42" in caplog.text


def test_when_even_the_page_fails_there_is_a_line(
    client: FlaskClient, failing: list[Exception | int], monkeypatch: pytest.MonkeyPatch
) -> None:
    failing.append(RuntimeError())

    def broken(*_: object, **__: object) -> str:
        raise RuntimeError("no templates today")

    monkeypatch.setattr("app.web.errors.render_template", broken)
    page = client.get("/hello")
    assert page.status_code == 500
    assert page.text == "Internal Server Error\n"


def test_unknown_addresses_and_wrong_methods(make: Factory, client: FlaskClient) -> None:
    make.office()
    assert client.get("/nowhere").status_code == 404
    wrong = client.get("/sign-out")
    assert wrong.status_code == 405
    assert "POST" in wrong.headers["Allow"]


def test_an_upload_without_end_is_refused(make: Factory, client: FlaskClient) -> None:
    make.office()
    answer = client.post("/sign-in", data={"email": "x" * 3 * 1024 * 1024})
    assert answer.status_code == 413
    assert "Det var för stort" in answer.text


def test_below_api_errors_are_for_machines(client: FlaskClient) -> None:
    answer = client.get("/api/nowhere")
    assert answer.status_code == 404
    assert answer.mimetype == "application/problem+json"
    assert answer.json
    assert answer.json["status"] == 404
