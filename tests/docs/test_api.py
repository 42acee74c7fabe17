"""The calls of docs/api.md, sent one after the other as they stand there."""

import json
import re
import shlex
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.services.people import new_token
from tests.docs.reading import fenced, text
from tests.factories import Factory

PAGE = text("api.md")
CALLS = [
    command
    for example in fenced(PAGE, "sh")
    for command in example.replace("\\\n", " ").split("\ncurl ")
    if "$API" in command
]
TOKEN_OF = re.compile(r"\$\(\.venv/bin/flask --app wsgi token (\S+)\)")


def send(client: FlaskClient, call: str, values: dict[str, str]) -> TestResponse:
    """What curl would do with these words."""
    call = TOKEN_OF.sub(lambda found: values[found[1]], call)
    for name, value in values.items():
        call = call.replace(f"${name}", value)
    words = iter(shlex.split(call.removeprefix("curl ")))
    url, method, headers, body = "", "", {}, None
    for word in words:
        match word:
            case "-s":
                pass
            case "-X":
                method = next(words)
            case "-H":
                name, _, value = next(words).partition(": ")
                headers[name] = value
            case "-d":
                body = next(words)
            case _:
                url = word
    return client.open(url, method=method or ("POST" if body else "GET"), headers=headers, data=body)


@pytest.fixture
def values(make: Factory) -> dict[str, str]:
    """What the variables of the examples hold, and everybody's token; the demo in small."""
    make.room("tallen")
    make.activity("external-meeting")
    make.person("member@example.org", organisation="granit-son")
    make.person("funder@example.org", role="funder")
    tokens = {email: new_token(email, make.now) for email in ("member@example.org", "funder@example.org")}
    return {"API": "/api/v1", "TOKEN": tokens["member@example.org"], **tokens}


def test_every_call_is_answered(client: FlaskClient, values: dict[str, str]) -> None:
    answers: list[Any] = []
    for call in CALLS:
        answer = send(client, call, values)
        assert answer.status_code in (200, 201), (call, answer.text)
        answers.append(answer.get_json())
        if answer.status_code == 201:
            values["ID"] = str(answer.get_json()["id"])
    found, free, booked, read, changed, cancelled, figures = answers
    assert [item["slug"] for item in found["items"]] == ["tallen"]
    assert [item["resource"] for item in free["items"]] == ["tallen"]
    assert booked["status"] == "confirmed"
    assert read == booked
    assert changed["occurrences"][0]["end"] == "2027-02-02T10:00:00+00:00"
    assert cancelled["status"] == "cancelled"
    assert figures["period"]["from"] == "2026-10-01"


def test_the_series_that_is_spoken_of_is_booked(client: FlaskClient, values: dict[str, str]) -> None:
    (more,) = re.findall(r'`("recurrence": "[^`]+)`', PAGE)
    single = next(json.loads(found) for call in CALLS for found in re.findall(r"-d '(.*?)'", call, re.DOTALL))
    answer = client.post(
        "/api/v1/bookings",
        json=single | json.loads(f"{{{more}}}"),
        headers={"Authorization": f"Bearer {values['TOKEN']}"},
    )
    assert (answer.status_code, len(answer.get_json()["occurrences"])) == (201, 10)
