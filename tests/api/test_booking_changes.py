"""Bookings changed and cancelled over the API."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from tests.api.conftest import Caller
from tests.conftest import Clock
from tests.databases import both

Api = Callable[..., Caller]


@both
def test_a_change_names_the_version_that_it_rests_on(api: Api) -> None:
    caller = api()
    path = f"/bookings/{caller.book().json['id']}"
    assert caller.patch(path, {"title": "Nytt"}).status_code == 428
    changed = caller.patch(path, {"title": "Nytt"}, headers={"If-Match": '"1"'})
    assert (changed.status_code, changed.json["title"]) == (200, "Nytt")
    assert changed.json["version"] > 1
    assert changed.headers["ETag"] == f'"{changed.json["version"]}"'
    assert caller.patch(path, {"title": "Äldre", "version": 1}).status_code == 412
    assert caller.patch(path, {"title": "Äldre"}, headers={"If-Match": '"x"'}).status_code == 412
    moved = caller.patch(
        path, {"start": "2026-09-08T13:00", "end": "2026-09-08T14:00", "version": changed.json["version"]}
    )
    assert moved.json["occurrences"][0]["start"] == "2026-09-08T11:00:00+00:00"
    assert moved.json["uid"] == changed.json["uid"]
    assert caller.get(path).json == moved.json


@both
def test_a_change_into_a_taken_time_leaves_it_as_it_was(api: Api) -> None:
    caller = api()
    caller.book(start="2026-09-08T13:00", end="2026-09-08T14:00")
    mine = caller.book().json
    path = f"/bookings/{mine['id']}"
    taken = caller.patch(path, {"start": "2026-09-08T13:30", "end": "2026-09-08T14:30", "version": 1})
    assert (taken.status_code, len(taken.json["clashes"])) == (409, 1)
    assert caller.patch(path, {"recurrence": None, "version": 1}).status_code == 422
    assert caller.get(path).json == mine


@both
@pytest.mark.parametrize(
    ("query", "left"),
    [
        ("", []),
        ("?scope=all", []),
        ("?scope=this&occurrence={}", ["08", "10", "11"]),
        ("?scope=following&occurrence={}", ["08"]),
    ],
)
def test_what_is_cancelled_of_a_series(api: Api, query: str, left: list[str]) -> None:
    caller = api()
    made = caller.book(recurrence="FREQ=DAILY;COUNT=4").json
    path = f"/bookings/{made['id']}" + query.format(made["occurrences"][1]["id"])
    cancelled = caller.delete(path)
    assert cancelled.status_code == 200
    standing = [
        each["start"][8:10] for each in cancelled.json["occurrences"] if each["status"] == "confirmed"
    ]
    assert standing == left
    assert caller.delete(path).json == cancelled.json, "twice is once"


def test_what_cannot_be_cancelled(api: Api, clock: Clock) -> None:
    caller = api()
    made, other = caller.book().json, caller.book(start="2026-09-09T10:00", end="2026-09-09T11:00").json
    path = f"/bookings/{made['id']}"
    assert caller.delete(f"{path}?scope=this").json["refusals"][0]["code"] == "missing"
    assert caller.delete(f"{path}?scope=some").json["refusals"][0]["code"] == "not_one_of"
    assert caller.delete(f"{path}?scope=this&occurrence={other['occurrences'][0]['id']}").status_code == 404
    clock.at = datetime(2026, 9, 8, 12, tzinfo=UTC)
    assert caller.delete(path).json["refusals"][0]["code"] == "cannot_cancel"
