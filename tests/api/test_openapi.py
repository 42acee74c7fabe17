"""The description is complete, and the answers are as it says."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from schemathesis.openapi import from_dict

from app.api.description import DOCUMENT
from tests.api.conftest import Caller, wish
from tests.api.test_access import endpoints
from tests.conftest import Clock
from tests.factories import Factory

Api = Callable[..., Caller]
TYPES: dict[str, Any] = {
    "object": dict,
    "array": list,
    "string": str,
    "integer": int,
    "boolean": bool,
    "number": float | int,
    "null": type(None),
}


def faults(value: Any, schema: dict[str, Any], at: str = "") -> Iterator[str]:
    """Where a value is not as its schema says: types, constants, and no property missing or too many."""
    if "$ref" in schema:
        schema = DOCUMENT["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    if "oneOf" in schema:
        if sum(not list(faults(value, each)) for each in schema["oneOf"]) != 1:
            yield f"{at}: not exactly one of its shapes"
        return
    named = schema.get("type", [])
    kinds = tuple(TYPES[name] for name in ([named] if isinstance(named, str) else named))
    if kinds and not isinstance(value, kinds):
        yield f"{at}: {value!r} is no {named}"
    elif ("const" in schema and value != schema["const"]) or (
        "enum" in schema and value not in schema["enum"]
    ):
        yield f"{at}: {value!r}"
    elif isinstance(value, list) and "items" in schema:
        for number, each in enumerate(value):
            yield from faults(each, schema["items"], f"{at}[{number}]")
    elif isinstance(value, dict) and "properties" in schema:
        yield from (f"{at}.{name}: missing" for name in set(schema["required"]) - set(value))
        yield from (f"{at}.{name}: not described" for name in set(value) - set(schema["properties"]))
        for name in set(value) & set(schema["properties"]):
            yield from faults(value[name], schema["properties"][name], f"{at}.{name}")


def described(path: str, method: str, status: int) -> dict[str, Any]:
    answer = DOCUMENT["paths"][path][method]["responses"][str(status)]
    if "$ref" in answer:
        answer = DOCUMENT["components"]["responses"][answer["$ref"].rpartition("/")[2]]
    (content,) = answer["content"].values()
    schema: dict[str, Any] = content["schema"]
    return schema


def test_every_route_and_method_is_described_and_nothing_else(app: Flask) -> None:
    routes = {
        (re.sub(r"<[^>]*:(\w+)>", r"{\1}", rule.rule.removeprefix("/api/v1")), method.lower())
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    told = {
        (path, method)
        for path, methods in DOCUMENT["paths"].items()
        for method in methods
        if method != "parameters"
    }
    assert told == routes
    assert len(routes) == len(endpoints(app))


def test_every_reference_leads_somewhere() -> None:
    def references(value: Any) -> Iterator[str]:
        if isinstance(value, dict):
            yield from ([value["$ref"]] if "$ref" in value else [])
            value = list(value.values())
        if isinstance(value, list):
            for each in value:
                yield from references(each)

    found = set(references(DOCUMENT))
    assert found
    for reference in found:
        _, components, kind, name = reference.split("/")
        assert name in DOCUMENT[components][kind]


def test_operations_have_names_of_their_own() -> None:
    operations = [
        methods[method]["operationId"]
        for methods in DOCUMENT["paths"].values()
        for method in methods
        if method != "parameters"
    ]
    assert len(operations) == len(set(operations))


def test_the_answers_are_as_described(api: Api, make: Factory) -> None:
    make.room("granen")
    caller, stranger = api(), api("other@example.org", organisation="basalt")
    made = caller.book(recurrence="FREQ=DAILY;COUNT=2")
    single = caller.book(start="2026-09-10T10:00", end="2026-09-10T11:00").json
    one, week = f"/bookings/{single['id']}", "/bookings?from=2026-09-07&to=2026-09-14"
    answers = [
        ("/bookings", "post", made),
        ("/bookings", "post", caller.book()),
        ("/bookings", "post", caller.book(title="", start="2026-10-25T02:30", end="2026-10-25T02:40")),
        ("/bookings", "post", caller.call("POST", "/bookings")),
        ("/bookings", "get", caller.get(week)),
        ("/bookings", "get", stranger.get(week)),
        ("/bookings/{booking_id}", "get", caller.get(one)),
        ("/bookings/{booking_id}", "get", stranger.get(one)),
        ("/bookings/{booking_id}", "patch", caller.patch(one, {"title": "Nytt"})),
        ("/bookings/{booking_id}", "patch", caller.patch(one, {"title": "Nytt", "version": 9})),
        ("/bookings/{booking_id}", "patch", caller.patch(one, {"title": "Nytt", "version": 1})),
        ("/bookings/{booking_id}", "delete", caller.delete(one)),
        ("/resources", "get", caller.get("/resources")),
        ("/availability", "get", caller.get("/availability?office=stockholm")),
        ("/availability", "get", caller.get("/availability")),
        ("/utilisation", "get", caller.get("/utilisation?office=stockholm&period=2026-09")),
        ("/openapi.json", "get", caller.get("/openapi.json")),
    ]
    statuses = [answer.status_code for _, _, answer in answers]
    assert statuses == [201, 409, 422, 415, 200, 200, 200, 404, 428, 412, 200, 200, 200, 200, 422, 403, 200]
    for path, method, answer in answers:
        assert list(faults(answer.json, described(path, method, answer.status_code))) == [], (path, method)


@pytest.mark.parametrize("body", [wish(), wish(recurrence=None)])
def test_a_body_as_described_is_taken(api: Api, body: dict[str, Any]) -> None:
    assert not list(faults(body, DOCUMENT["components"]["schemas"]["NewBooking"]))
    assert api().post("/bookings", body).status_code == 201


def test_what_becomes_of_dates_is_answered_as_described(api: Api, make: Factory, clock: Clock) -> None:
    """No more and no less than what stands there, which schemathesis does not ask for."""
    make.room("granen", approval=True)
    pool = make.pool("desks", name="Skrivbord")
    make.room("desk-1", kind="desk", pool_id=pool.id)
    make.rule(hours_per_month=40, reason="Så är det")
    caller, host = api(), api("host@example.org", role="host")
    made = caller.book(start="2026-09-07T09:00", end="2026-09-07T11:00").json
    asked = caller.book(resources=["granen"]).json
    clock.at = datetime(2026, 9, 7, 7, 10, tzinfo=UTC)
    book, one = "/bookings/{booking_id}", "/bookings/{booking_id}/occurrences/{occurrence_id}"
    at = f"/bookings/{made['id']}/occurrences/{made['occurrences'][0]['id']}"
    wanted = {**wish(), "resource": "granen"}
    wanted.pop("resources")
    here = {"resource": "desk-1", "organisation": "granit", "activity": "meeting"}
    waits = caller.post("/waiting", wanted)
    answers = [
        (one, "get", caller.get(at)),
        (f"{one}/check-in", "post", host.call("POST", f"{at}/check-in")),
        (f"{one}/heads", "post", host.post(f"{at}/heads", {"women": 1})),
        (f"{one}/undo", "post", host.call("POST", f"{at}/undo")),
        (f"{one}/heads", "post", host.post(f"{at}/heads", {"women": None})),
        (f"{one}/no-show", "post", host.call("POST", f"{at}/no-show")),
        (f"{one}/end", "post", host.call("POST", f"{at}/end")),
        (f"{book}/history", "get", host.get(f"/bookings/{made['id']}/history")),
        ("/waiting", "post", waits),
        ("/waiting", "get", caller.get("/waiting")),
        ("/requests", "get", host.get("/requests?office=stockholm")),
        (f"{book}/approval", "post", host.call("POST", f"/bookings/{asked['id']}/approval")),
        (f"{book}/decline", "post", host.post(f"/bookings/{asked['id']}/decline", {})),
        (f"{book}/restoration", "post", caller.call("POST", f"/bookings/{asked['id']}/restoration")),
        ("/walk-ins", "post", host.post("/walk-ins", here)),
        ("/walk-ins", "post", host.post("/walk-ins", here)),
        ("/walk-ins", "post", caller.post("/walk-ins", here)),
        ("/rules", "get", host.get("/rules?office=stockholm")),
        ("/quota", "get", host.get("/quota?office=stockholm")),
        ("/availability", "get", caller.get("/availability?resource=desks,tallen")),
        (
            "/bookings/preview",
            "post",
            caller.post("/bookings/preview", wish(recurrence="FREQ=DAILY;COUNT=2")),
        ),
        ("/bookings/preview", "post", caller.post("/bookings/preview", wish(resources=["granen"]))),
        ("/waiting/{waiting_id}", "delete", host.delete(f"/waiting/{waits.json['id']}")),
    ]
    statuses = [answer.status_code for _, _, answer in answers]
    assert statuses == [200] * 6 + [422, 200, 201, 200, 200, 200, 422, 422, 201, 409, 403] + [200] * 5 + [404]
    for path, method, answer in answers:
        assert list(faults(answer.json, described(path, method, answer.status_code))) == [], (path, method)


def examples(value: Any) -> Iterator[tuple[dict[str, Any], Any]]:
    """Every example of a body or an answer, with the schema beside it."""
    if isinstance(value, dict):
        if "schema" in value:
            yield from ((value["schema"], each["value"]) for each in value.get("examples", {}).values())
            if "example" in value:
                yield value["schema"], value["example"]
        for each in value.values():
            yield from examples(each)


def test_the_examples_are_as_their_schemas_say() -> None:
    found = list(examples(DOCUMENT["paths"])) + list(examples(DOCUMENT["components"]["responses"]))
    assert len(found) > 20
    for schema, example in found:
        assert list(faults(example, schema)) == []


def test_the_description_is_sound_by_the_schema_of_openapi() -> None:
    from_dict(DOCUMENT).validate()
