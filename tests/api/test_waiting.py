"""Waiting for a time that somebody else has."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.api.conftest import Caller
from tests.databases import both

Api = Callable[..., Caller]
WANTED = {
    "resource": "tallen",
    "start": "2026-09-08T10:30",
    "end": "2026-09-08T11:30",
    "title": "Vi med",
    "organisation": "basalt",
    "activity": "meeting",
}


@pytest.fixture
def waiter(api: Api) -> Caller:
    api().book()
    return api("other@example.org", organisation="basalt")


@both
def test_who_waits_is_noted_listed_and_forgotten(waiter: Caller, api: Api) -> None:
    made = waiter.post("/waiting", WANTED)
    assert made.status_code == 201, made.text
    assert made.json | {"id": 0, "created_at": ""} == {
        "id": 0,
        "resource": "tallen",
        "start": "2026-09-08T08:30:00+00:00",
        "end": "2026-09-08T09:30:00+00:00",
        "organisation": "basalt",
        "created_at": "",
        "told_at": None,
        "title": "Vi med",
    }
    assert waiter.post("/waiting", WANTED).json["id"] == made.json["id"], "twice is once"
    assert waiter.get("/waiting").json == {"items": [made.json], "next_cursor": None}
    stranger = api()
    assert stranger.get("/waiting").json["items"] == []
    path = f"/waiting/{made.json['id']}"
    assert stranger.delete(path).status_code == 404
    gone = waiter.delete(path)
    assert (gone.status_code, gone.data) == (204, b"")
    assert waiter.delete(path).status_code == 404
    assert waiter.get("/waiting").json["items"] == []


@both
def test_the_same_key_waits_once(waiter: Caller) -> None:
    key = {"Idempotency-Key": "w1"}
    first, again = (waiter.post("/waiting", WANTED, headers=key) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json == again.json
    other = waiter.post("/waiting", {**WANTED, "title": "Annat"}, headers=key)
    assert [each["code"] for each in other.json["refusals"]] == ["idempotency_key_reused"]


@pytest.mark.parametrize(
    ("body", "refusals"),
    [
        ({"start": "2026-09-08T13:00", "end": "2026-09-08T14:00"}, [("time_is_free", "")]),
        ({"start": "2026-09-01T10:00", "end": "2026-09-01T11:00"}, [("in_past", "start")]),
        ({"resource": "nowhere"}, [("unknown_resource", "resources")]),
        ({"organisation": "granit"}, [("not_your_organisation", "organisation")]),
        ({"resource": ["tallen"]}, [("wrong_type", "resource")]),
        (
            {"start": "soon", "recurrence": "FREQ=DAILY"},
            [("bad_time", "start"), ("unknown_key", "recurrence")],
        ),
        ({"title": "\ud800"}, [("bad_text", "title")]),
    ],
)
def test_what_cannot_be_waited_for(waiter: Caller, body: Any, refusals: list[tuple[str, str]]) -> None:
    refused = waiter.post("/waiting", {**WANTED, **body})
    assert refused.status_code == 422
    assert sorted((each["code"], each["field"]) for each in refused.json["refusals"]) == refusals
    assert waiter.get("/waiting").json["items"] == []
