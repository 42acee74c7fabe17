"""Whatever is sent: never a fault of ours, nothing half-done, and words that say what to do."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import func, select

from app.extensions import db
from app.models import Booking, Waiting
from tests.api.conftest import Caller, wish
from tests.databases import both
from tests.factories import Factory

Api = Callable[..., Caller]
LONG = "x" * 3000
ODD: list[Any] = [
    None,
    True,
    0,
    -1,
    1.5,
    10**30,
    "",
    " ",
    "\x00",
    "a\nb",
    "\ud800",
    "‮" + LONG,
    [],
    [[]],
    [None],
    [{}],
    ["\x00", "\ud800"],
    ["tallen"] * 200,
    {},
    {"a": {"b": [1]}},
    "2026-02-30T10:00",
    "9999-12-31T23:59:59Z",
    "0001-01-01T00:00",
    "10²",
]
RULES = [
    "FREQ=SECONDLY",
    "FREQ=MINUTELY;COUNT=5",
    "FREQ=HOURLY;COUNT=2",
    "FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30",
    "FREQ=DAILY",
    "FREQ=DAILY;COUNT=1000000",
    "FREQ=DAILY;COUNT=-1",
    "FREQ=DAILY;COUNT=0",
    "FREQ=DAILY;COUNT=99999999999999999999999",
    "FREQ=DAILY;UNTIL=20200101T000000Z",
    "FREQ=DAILY;UNTIL=99991231T235959Z",
    "FREQ=DAILY;INTERVAL=0;COUNT=2",
    "FREQ=DAILY;INTERVAL=999999999;COUNT=2",
    "FREQ=MONTHLY;BYMONTHDAY=31;BYDAY=2MO,3TU;BYSETPOS=-1;COUNT=2;COUNT=3",
    "FREQ=YEARLY;BYWEEKNO=53;COUNT=366",
    "FREQ=DAILY;COUNT=2\nRDATE:20270101T000000Z",
    "RRULE:RRULE:FREQ=DAILY;COUNT=2",
    "FREQ=DAILY;COUNT=²",
    "FREQ=" + LONG,
    ";;;=",
    "\x00",
]


def told_well(answer: Any) -> None:
    """A problem document, with words for every refusal."""
    assert answer.status_code in (400, 404, 409, 412, 422, 428), answer.text
    assert answer.mimetype == "application/problem+json"
    assert {"type", "title", "status", "code", "detail"} <= set(answer.json)
    assert answer.json["detail"]
    assert all(each["message"] and "code" in each for each in answer.json.get("refusals", ()))


def bodies(right: dict[str, Any], keys: Iterator[str] | list[str]) -> Iterator[dict[str, Any]]:
    for key in keys:
        for value in ODD:
            yield {**right, key: value}


@both
@pytest.mark.parametrize(
    "key",
    [
        *("resources", "start", "end", "title", "organisation", "activity"),
        *("recurrence", "skip", "move", "sites", "people", "meeting", "override", "colour"),
    ],
)
def test_no_value_of_any_key_breaks_a_booking(api: Api, key: str) -> None:
    caller = api()
    for body in bodies(wish(), [key]):
        answer = caller.post("/bookings/preview", body)
        if answer.status_code != 200:
            told_well(answer)
        booked = caller.post("/bookings", body)
        assert (booked.status_code == 201) == (answer.status_code == 200), (body, booked.text)
        if booked.status_code == 201:
            caller.delete(f"/bookings/{booked.json['id']}")
        else:
            told_well(booked)


@both
@pytest.mark.parametrize("rule", RULES)
def test_rules_out_of_bounds_are_refused_in_words(api: Api, rule: str) -> None:
    caller = api()
    for path in ("/bookings", "/bookings/preview"):
        answer = caller.post(path, wish(recurrence=rule))
        told_well(answer)
        assert {each["field"] for each in answer.json["refusals"]} == {"recurrence"}
    assert db.session.scalar(select(func.count()).select_from(Booking)) == 0


@both
def test_no_value_breaks_a_change(api: Api) -> None:
    caller = api()
    made = caller.book(recurrence="FREQ=DAILY;COUNT=3").json
    path = f"/bookings/{made['id']}?scope=all"
    for body in bodies({"title": "Nytt", "version": 1}, ["start", "end", "resources", "version", "meeting"]):
        answer = caller.patch(path, body)
        if answer.status_code == 200:  # nothing odd about that one: back to what it was
            assert body["version"] == 1 or body["version"] is True
            break
        told_well(answer)


@both
def test_no_value_breaks_what_else_takes_a_body(api: Api, make: Factory) -> None:
    host = api("host@example.org", role="host")
    here = {"resource": "tallen", "organisation": "granit", "activity": "meeting"}
    for body in bodies(here, ["resource", "minutes", "organisation", "activity", "title", "women"]):
        answer = host.post("/walk-ins", body)
        if answer.status_code == 201:
            host.delete(f"/bookings/{answer.json['id']}")
        else:
            told_well(answer)
    host.book()
    wanted = {**here, "start": "2026-09-08T10:00", "end": "2026-09-08T11:00", "title": "Vi"}
    for body in bodies(wanted, ["resource", "start", "end", "organisation", "activity", "title"]):
        answer = host.post("/waiting", body)
        if answer.status_code != 201:
            told_well(answer)
    assert (db.session.scalar(select(func.count()).select_from(Waiting)) or 0) <= 3


@both
def test_no_value_breaks_what_hosts_enter(api: Api) -> None:
    host = api("host@example.org", role="host")
    rule = {"office": "stockholm", "at_once": 2}
    times = {"starts": "2026-10-01", "ends": "2026-10-02"}
    closure = {"office": "stockholm", **times}
    made = host.post("/rules", rule).json
    for method, path, right, keys in (
        ("POST", "/rules", {**rule, **times}, ["office", "resource", "category", "organisation", "starts"]),
        ("POST", "/rules", rule, ["ends", "reason", "approval", "max_minutes"]),
        ("PUT", f"/rules/{made['id']}", {"colour": 1, **times}, ["resource", "ends", "may_book", "at_once"]),
        ("POST", "/closures", closure, ["office", "resource", "starts", "ends", "reason", "cancel"]),
    ):
        for body in bodies(right, keys):
            answer = host.call(method, path, json=body)
            if answer.status_code != 201:
                told_well(answer)


@both
@pytest.mark.parametrize(
    "path",
    [
        "/availability?office=stockholm&from={}",
        "/availability?resource={}",
        "/availability?office=stockholm&minutes={}",
        "/availability?office=stockholm&equipment={}",
        "/bookings?from={}&to={}",
        "/bookings?cursor={}",
        "/bookings?resource={}&limit={}",
        "/rules?office={}",
        "/quota?office=stockholm&month={}",
        "/requests?office={}",
        "/waiting?cursor={}",
        "/utilisation?office=stockholm&period={}",
        "/resources?office={}",
        "/resources?limit={}&cursor={}",
        "/organisations?office={}",
        "/offices?limit={}",
        "/rules/history?office=stockholm&cursor={}",
        "/closures?office=stockholm&from={}",
        "/bookings/1?{}={}",
    ],
)
def test_no_query_breaks_a_read(api: Api, path: str) -> None:
    host = api("host@example.org", role="host")
    odd = [
        *(
            "-1",
            "0",
            "99999999999999999999",
            "1e9",
            "%00",
            "%ff",
            "%ED%A0%80",
            "NaN",
            "9999-12-31",
            "0001-01-01",
        ),
        *(
            "2026-10-25T02:30",
            "2026-02-30",
            "7000000000.1",
            "99999999999.99999999999",
            "a" * 3000,
            "'; DROP",
            "²",
        ),
    ]
    for value in odd:
        answer = host.get(path.format(*[value] * path.count("{}")))
        assert answer.status_code in (200, 404, 422), (value, answer.text)
        if answer.status_code != 200:
            assert answer.json["detail"]


@both
@pytest.mark.parametrize("number", ["0", "-1", "1.5", "2147483648", "9999999999", "9" * 40, "1%00", "²"])
def test_numbers_of_nothing_are_not_found(api: Api, number: str) -> None:
    caller = api()
    for method, path in (
        ("GET", f"/bookings/{number}"),
        ("PATCH", f"/bookings/{number}"),
        ("DELETE", f"/bookings/{number}"),
        ("POST", f"/bookings/{number}/restoration"),
        ("POST", f"/bookings/{number}/approval"),
        ("GET", f"/bookings/{number}/history"),
        ("GET", f"/bookings/1/occurrences/{number}"),
        ("POST", f"/bookings/1/occurrences/{number}/check-in"),
        ("DELETE", f"/waiting/{number}"),
        ("PUT", f"/rules/{number}"),
        ("DELETE", f"/rules/{number}"),
        ("DELETE", f"/closures/{number}"),
        ("GET", f"/bookings/{number}/guests"),
    ):
        answer = caller.call(method, path, json={"version": 1} if method == "PATCH" else None)
        assert (answer.status_code, answer.mimetype) == (404, "application/problem+json"), (method, path)


@pytest.mark.parametrize(
    "raw",
    [
        "null",
        "1",
        '"text"',
        "[" * 10_000 + "]" * 10_000,
        '{"a":' * 10_000,
        '{"resources": ["tallen"], "resources": ["granen"]}',
        '{"title": "\\ud800", "version": 1e999}',
        '{"title": Infinity}',
        "{} {}",
        "{'a': 1}",
        "﻿{}",
    ],
)
def test_bodies_that_are_no_object(api: Api, raw: str) -> None:
    caller = api()
    made = caller.book().json
    for method, path in (("POST", "/bookings"), ("PATCH", f"/bookings/{made['id']}"), ("POST", "/waiting")):
        answer = caller.call(method, path, data=raw.encode(), content_type="application/json")
        told_well(answer)


def test_a_body_of_many_resources_is_bounded(api: Api) -> None:
    caller = api()
    for key in ("resources", "sites", "skip"):
        answer = caller.post("/bookings", wish(**{key: [f"r{number}" for number in range(5000)]}))
        told_well(answer)
        assert len(json.dumps(answer.json)) < 5000
