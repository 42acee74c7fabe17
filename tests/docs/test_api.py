"""The calls of docs/api.md, sent one after the other as they stand there."""

import re
import shlex
from collections import defaultdict
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.api.description import DOCUMENT
from app.services.people import new_token
from tests.conftest import Clock
from tests.docs.reading import codes, fenced, rows, text
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
def values(make: Factory, clock: Clock) -> dict[str, str]:
    """What the variables of the examples hold, and everybody's token; the demo in small."""
    for name in ("tallen", "asken", "granen"):
        make.room(name)
    make.room("storstugan", capacity=60, approval=True)
    make.room("forsen", "umea")
    for activity in ("external-meeting", "video-conference", "desk-work", "event"):
        make.activity(activity)
    for pool, office, member, kind in (
        ("skrivbord", "stockholm", "skrivbord-a", "desk"),
        ("moteslicens", "umea", "moteslicens-1", "video"),
    ):
        make.room(member, office, kind=kind, capacity=1, pool_id=make.pool(pool, office).id)
    make.person("member@example.org", organisation="granit-son")
    make.person("funder@example.org", role="funder")
    make.host("host@example.org")
    people = ("member@example.org", "funder@example.org", "host@example.org")
    tokens = {email: new_token(email, make.now) for email in people}
    clock.at = make.now + timedelta(minutes=10)  # a walk-in has been here for a while
    return {
        "API": "/api/v1",
        "TOKEN": tokens["member@example.org"],
        "HOST": tokens["host@example.org"],
        **tokens,
    }


def take_over(answer: Any, values: dict[str, str], *, new: bool) -> None:
    """What a person would copy from an answer into the next call."""
    for mark, name in (("told_at", "WAIT"), ("at_once", "RULE"), ("booked", "CLOSURE")):
        if mark in answer:
            values[name] = str(answer["id"])
    if "occurrences" not in answer:
        return
    values["ID"] = str(answer["id"])
    if new:  # of the ten Wednesdays the page speaks of the sixth
        dates = answer["occurrences"]
        values["DATE"] = str(dates[5 if len(dates) > 5 else 0]["id"])


def test_every_call_is_answered(client: FlaskClient, values: dict[str, str]) -> None:
    answers: defaultdict[str, list[Any]] = defaultdict(list)
    for call in CALLS:
        method, path = place(call)
        answer = send(client, call, values)
        assert answer.status_code in (200, 201, 204), (call, answer.text)
        told = answer.get_json(silent=True) or {}
        answers[f"{method} {path}"].append(told)
        take_over(told, values, new=answer.status_code == 201)
    thursdays, tuesday, series, conference, desk, hall, _, saturday = answers["POST /bookings"]
    assert [each["slug"] for each in answers["GET /offices"][0]["items"]] == ["stockholm", "umea"]
    assert answers["GET /organisations"][0]["items"][0]["slug"] == "granit-son"
    assert "external-meeting" in {each["slug"] for each in answers["GET /activities"][0]["items"]}
    assert answers["DELETE /bookings/ID"][0]["id"] == thursdays["id"]
    assert answers["DELETE /bookings/ID"][0]["status"] == "cancelled"
    assert [each["email"] for each in answers["GET /bookings/ID/guests"][0]["items"]] == ["eva@example.com"]
    half_past = {each["start"][11:] for each in answers["PATCH /bookings/ID"][0]["occurrences"]}
    assert half_past == {"08:30:00+00:00", "07:30:00+00:00"}  # at half past nine, in winter and in summer
    assert [each["hours_per_month"] for each in answers["GET /rules/history"][0]["items"]] == [60, 40]
    assert answers["DELETE /closures/CLOSURE"][0]["ended"] is True
    assert tuesday["status"] == "confirmed"
    assert answers["GET /bookings/ID"][0] == tuesday
    _, changed, split = answers["PATCH /bookings/ID"]
    assert changed["occurrences"][0]["end"] == "2027-02-02T10:00:00+00:00"
    assert [each["status"] for each in answers["POST /bookings/ID/restoration"]] == ["confirmed"] * 2
    assert len(series["occurrences"]) == 10
    assert (split["continues"], len(split["occurrences"])) == (series["id"], 5)
    assert split["occurrences"][0]["start"] == "2027-03-10T08:00:00+00:00"
    assert len(conference["occurrences"][0]["resources"]) == 3
    assert conference["meeting_url"].startswith("https://")
    assert [each["resources"] for each in desk["occurrences"]] == [["skrivbord-a"]] * 3
    assert hall["status"] == "requested"
    assert answers["GET /requests"][0]["count"] == 1
    assert answers["POST /bookings/ID/approval"][0]["status"] == "confirmed"
    assert answers["POST /bookings/ID/occurrences/DATE/decline"][0]["status"] == "declined"
    assert saturday["set_aside"]
    assert answers["POST /bookings/ID/occurrences/DATE/heads"][-1]["heads"]["men"] == 1
    assert answers["GET /utilisation"][0]["period"]["from"] == "2026-10-01"
    assert answers["POST /bookings/preview"][0]["free"] is True
    assert len(answers["POST /bookings/ID/preview"][0]["dates"]) == 5


def test_the_table_names_every_call_and_each_has_an_example() -> None:
    told = {codes(cells[0])[0] for cells in rows(PAGE.split("\n## ")[0])}
    there = {
        f"{method.upper()} {path}".replace("{booking_id}", "ID")
        .replace("{occurrence_id}", "DATE")
        .replace("{waiting_id}", "WAIT")
        .replace("{rule_id}", "RULE")
        .replace("{closure_id}", "CLOSURE")
        for path, methods in DOCUMENT["paths"].items()
        for method in methods
        if method != "parameters" and path != "/openapi.json"
    }
    assert told == there
    shown = {" ".join(place(call)) for call in CALLS}
    # What stands beside them is called alike.
    alike = {"POST /bookings/ID/occurrences/DATE/approval", "POST /bookings/ID/decline"}
    assert there - shown <= alike


def place(call: str) -> tuple[str, str]:
    """The method of a call and its address: ("GET", "/bookings/ID")."""
    path = re.search(r"\$API(/[^\s\"?]*)", call)
    method = re.search(r"-X (\w+)", call)
    assert path
    return method[1] if method else ("POST" if " -d " in call else "GET"), path[1].replace("$", "")
