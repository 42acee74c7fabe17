"""Who gets in, how often, and that every error is a problem document."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.api.limits import Buckets
from app.extensions import db
from app.models import ApiToken
from tests.api.conftest import Caller, wish
from tests.conftest import Clock
from tests.factories import Factory

Api = Callable[..., Caller]


def endpoints(app: Flask) -> list[tuple[str, str]]:
    """Every address of the API with every method it takes."""
    return sorted(
        (method, re.sub(r"<[^>]*>", "1", rule.rule))
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    )


def test_nothing_but_its_description_opens_without_a_token(app: Flask, client: FlaskClient, api: Api) -> None:
    api()
    found = endpoints(app)
    assert len(found) >= 25
    for method, path in found:
        for headers in (
            {},
            {"Authorization": "Bearer wrong"},
            {"Authorization": "Basic dTpw"},
            {"Authorization": "Bearer"},
        ):
            answer = client.open(path, method=method, headers=headers)
            if path == "/api/v1/openapi.json":
                assert answer.status_code == 200
            else:
                assert answer.status_code == 401, (method, path)
                assert answer.headers["WWW-Authenticate"] == 'Bearer realm="motesplats"'
                assert answer.mimetype == "application/problem+json"


def test_a_token_stops_with_its_revocation_and_with_its_owner(api: Api, make: Factory, clock: Clock) -> None:
    one, two = api(), api("two@example.org")
    assert one.get("/resources").status_code == two.get("/resources").status_code == 200
    db.session.query(ApiToken).filter_by(person_id=make.person().id).one().revoked_at = clock.at
    make.person("two@example.org").active = False
    db.session.commit()
    assert one.get("/resources").status_code == two.get("/resources").status_code == 401


def test_a_session_cookie_opens_nothing_and_none_is_set(client: FlaskClient, api: Api) -> None:
    with client.session_transaction() as session:
        session["_user_id"] = "somebody"
    assert client.get("/api/v1/resources").status_code == 401
    answer = api().book()
    assert answer.status_code == 201
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"data": "{", "content_type": "application/json"}, 400),
        ({"data": "[]", "content_type": "application/json"}, 400),
        ({"data": '{"title": NaN}', "content_type": "application/json"}, 400),
        ({"data": '{"title": "a", "title": "b"}', "content_type": "application/json"}, 400),
        ({"data": b'{"title": "\xff"}', "content_type": "application/json"}, 400),
        ({"data": "[" * 60_000, "content_type": "application/json"}, 400),
        ({"data": '{"n": ' + "1" * 5000 + "}", "content_type": "application/json"}, 400),
        ({"json": {"title": "x" * 70_000}}, 413),
        ({"data": {"title": "form"}}, 415),
        ({}, 415),
    ],
)
def test_bodies_that_cannot_be_read(api: Api, sent: dict[str, Any], status: int) -> None:
    answer = api().call("POST", "/bookings", **sent)
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    assert set(answer.json) == {"type", "title", "status", "code", "detail"}
    assert answer.json["status"] == status


@pytest.mark.parametrize("key", ["", "x" * 201, "två ord"])
def test_idempotency_keys_that_are_none(api: Api, key: str) -> None:
    answer = api().post("/bookings", wish(), headers={"Idempotency-Key": key})
    assert (answer.status_code, answer.json["code"]) == (400, "bad_idempotency_key")


def test_wrong_addresses_and_methods_are_problems_too(api: Api, client: FlaskClient) -> None:
    caller = api()
    missing, wrong = caller.get("/nowhere"), caller.call("PUT", "/bookings")
    assert (missing.status_code, wrong.status_code) == (404, 405)
    assert set(wrong.headers["Allow"].split(", ")) >= {"GET", "POST"}
    assert caller.get("/bookings/99999999999999999999").status_code == 404
    assert caller.get("/bookings/123456").status_code == 404
    assert caller.get("/resources?office=nowhere").status_code == 404
    for answer in (missing, wrong, client.get("/api/")):
        assert answer.mimetype == "application/problem+json"


def test_a_fault_of_ours_tells_nothing(app: Flask, api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("secret")

    caller = api()
    monkeypatch.setattr("app.services.idempotency.book", broken)
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    answer = caller.book()
    assert (answer.status_code, answer.mimetype) == (500, "application/problem+json")
    assert "secret" not in answer.text


def test_the_stored_language_comes_before_the_one_asked_for(api: Api) -> None:
    english = {"Accept-Language": "en"}
    stored = api("swede@example.org", language="sv").get("/bookings/1", headers=english).json["detail"]
    asked = api().get("/bookings/1", headers=english).json["detail"]
    nothing = api().get("/bookings/1").json["detail"]
    assert stored == nothing != asked


def test_a_token_that_calls_too_often_is_told_when_to_go_on(
    api: Api, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.api.access.WRITES", Buckets(burst=3, per_minute=60))
    caller, other = api(), api("other@example.org")
    statuses = [caller.delete("/bookings/1").status_code for _ in range(4)]
    assert statuses == [404, 404, 404, 429]
    refused = caller.delete("/bookings/1")
    assert (refused.headers["Retry-After"], refused.json["code"]) == ("1", "too_many_requests")
    assert other.delete("/bookings/1").status_code == 404
    assert caller.get("/bookings").status_code == 200, "reading is counted apart"
    clock.at += timedelta(seconds=1)
    assert caller.delete("/bookings/1").status_code == 404
