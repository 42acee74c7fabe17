"""This date, this and the following, or all: changed, cancelled and restored."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.api.conftest import Caller
from tests.conftest import Clock
from tests.databases import both
from tests.factories import Factory

Api = Callable[..., Caller]


def series(caller: Caller, **body: Any) -> Any:
    """Four Tuesdays, 10 to 11; the last in winter time."""
    times = {
        "start": "2026-10-06T10:00",
        "end": "2026-10-06T11:00",
        "recurrence": "FREQ=WEEKLY;COUNT=4",
    }
    made = caller.book(**{**times, **body})
    assert made.status_code == 201, made.text
    return made.json


def starts(booking: Any, status: str = "confirmed") -> list[str]:
    return [each["start"][5:16] for each in booking["occurrences"] if each["status"] == status]


@both
def test_all_of_a_series_is_changed_by_the_local_clock(api: Api) -> None:
    caller = api()
    made = series(caller)
    path = f"/bookings/{made['id']}?scope=all"
    changed = caller.patch(
        path, {"start": "2026-10-07T13:00", "end": "2026-10-07T14:30", "title": "Nytt", "version": 1}
    )
    assert changed.status_code == 200, changed.text
    assert starts(changed.json) == ["10-07T11:00", "10-14T11:00", "10-21T11:00", "10-28T12:00"]
    assert (changed.json["title"], changed.json["id"]) == ("Nytt", made["id"])
    assert [each["id"] for each in changed.json["occurrences"]] == [
        each["id"] for each in made["occurrences"]
    ]
    assert changed.headers["ETag"] == f'"{changed.json["version"]}"'
    assert caller.patch(path, {"title": "Äldre", "version": 1}).status_code == 412


@both
def test_what_follows_becomes_a_booking_of_its_own(api: Api) -> None:
    caller = api()
    made = series(caller)
    third = made["occurrences"][2]["id"]
    path = f"/bookings/{made['id']}?scope=following&occurrence={third}"
    changed = caller.patch(path, {"start": "2026-10-20T14:00", "end": "2026-10-20T15:00", "version": 1})
    assert changed.status_code == 200, changed.text
    assert changed.json["continues"] == made["id"] != changed.json["id"]
    assert changed.json["occurrences"][0]["id"] == third
    assert starts(changed.json) == ["10-20T12:00", "10-27T13:00"]
    first = caller.get(f"/bookings/{made['id']}").json
    assert starts(first) == ["10-06T08:00", "10-13T08:00"]
    assert first["continues"] is None


@both
def test_one_date_moves_and_says_so(api: Api) -> None:
    caller = api()
    made = series(caller)
    second = made["occurrences"][1]
    path = f"/bookings/{made['id']}?occurrence={second['id']}"
    changed = caller.patch(path, {"start": "2026-10-14T08:00", "end": "2026-10-14T09:00", "version": 1}).json
    assert [each["moved"] for each in changed["occurrences"]] == [False, True, False, False]
    assert changed["occurrences"][1]["original_start"] == second["start"]
    # It stays where it is when the whole series moves, and belongs to it still.
    all_of_it = caller.patch(
        f"/bookings/{made['id']}?scope=all",
        {"start": "2026-10-06T11:00", "end": "2026-10-06T12:00", "version": changed["version"]},
    ).json
    assert starts(all_of_it) == ["10-06T09:00", "10-14T06:00", "10-20T09:00", "10-27T10:00"]


@both
def test_without_an_occurrence_the_next_that_can_be_changed_is_meant(api: Api, clock: Clock) -> None:
    caller = api()
    made = series(caller)
    clock.at = datetime(2026, 10, 8, tzinfo=UTC)
    changed = caller.patch(
        f"/bookings/{made['id']}?scope=this", {"end": "2026-10-13T12:00", "version": 1}
    ).json
    assert [each["end"][11:16] for each in changed["occurrences"]] == ["09:00", "10:00", "09:00", "10:00"]


def test_of_a_series_the_scope_has_to_be_said(api: Api) -> None:
    caller = api()
    made = series(caller)
    refused = caller.patch(f"/bookings/{made['id']}", {"title": "Nytt", "version": 1})
    assert [each["code"] for each in refused.json["refusals"]] == ["scope_missing"]
    wrong = caller.patch(f"/bookings/{made['id']}?scope=some&occurrence=x&dates=2", {"version": 1})
    assert {each["field"] for each in wrong.json["refusals"]} == {"scope", "occurrence", "dates"}
    assert caller.get(f"/bookings/{made['id']}").json == made


@both
@pytest.mark.parametrize("scope", ["following", "all"])
def test_a_change_that_meets_others_names_all_of_them_and_leaves_all_as_it_was(api: Api, scope: str) -> None:
    caller = api()
    made = series(caller)
    for day in (20, 27):
        caller.book(start=f"2026-10-{day}T13:00", end=f"2026-10-{day}T14:00")
    second = made["occurrences"][1]["id"]
    times = {"start": "2026-10-13T13:00", "end": "2026-10-13T14:00", "version": 1}
    taken = caller.patch(f"/bookings/{made['id']}?scope={scope}&occurrence={second}", times)
    assert taken.status_code == 409
    assert [each["start"][:10] for each in taken.json["clashes"]] == ["2026-10-20", "2026-10-27"]
    assert caller.get(f"/bookings/{made['id']}").json == made


@both
@pytest.mark.parametrize(("scope", "left"), [("this", 3), ("following", 1), ("all", 0)])
def test_what_is_cancelled_is_restored(api: Api, scope: str, left: int) -> None:
    caller = api()
    made = series(caller)
    query = f"?scope={scope}&occurrence={made['occurrences'][1]['id']}"
    assert len(starts(caller.delete(f"/bookings/{made['id']}{query}").json)) == left
    back = caller.call("POST", f"/bookings/{made['id']}/restoration{query}")
    assert back.status_code == 200
    assert starts(back.json) == starts(made)
    again = caller.call("POST", f"/bookings/{made['id']}/restoration{query}")
    assert [each["code"] for each in again.json["refusals"]] == ["cannot_restore"]


@both
def test_what_somebody_else_has_by_now_is_not_restored_nor_anything_with_it(api: Api) -> None:
    caller, other = api(), api("other@example.org", organisation="basalt")
    made = series(caller)
    caller.delete(f"/bookings/{made['id']}")
    for day in (13, 20):
        other.book(start=f"2026-10-{day}T10:30", end=f"2026-10-{day}T11:30", organisation="basalt")
    taken = caller.call("POST", f"/bookings/{made['id']}/restoration")
    assert (taken.status_code, len(taken.json["clashes"])) == (409, 2)
    assert starts(caller.get(f"/bookings/{made['id']}").json) == []
    first = made["occurrences"][0]["id"]
    alone = caller.call("POST", f"/bookings/{made['id']}/restoration?occurrence={first}")
    assert starts(alone.json) == ["10-06T08:00"]


def test_other_peoples_bookings_are_not_there(api: Api) -> None:
    made = series(api())
    stranger = api("other@example.org", organisation="basalt")
    for method, path, body in (
        ("PATCH", "?scope=all", {"version": 1}),
        ("DELETE", "?scope=all", None),
        ("POST", "/restoration", None),
    ):
        answer = stranger.call(method, f"/bookings/{made['id']}{path}", json=body)
        assert answer.status_code == 404, (method, path)
    colleague = api("colleague@example.org")
    assert colleague.call("POST", f"/bookings/{made['id']}/restoration").status_code == 403


@both
def test_the_free_ones_change_and_those_that_stay_are_named(api: Api) -> None:
    caller = api()
    made = series(caller)
    caller.book(start="2026-10-20T13:00", end="2026-10-20T14:00")
    third = made["occurrences"][2]
    body = {"start": "2026-10-06T13:00", "end": "2026-10-06T14:00"}
    path = f"/bookings/{made['id']}"
    plain = caller.post(f"{path}/preview?scope=all", body)
    assert (plain.status_code, plain.json["free"], len(plain.json["dates"])) == (200, False, 3)
    assert plain.json["stays"] == []
    body["skip"] = ["taken"]
    told = caller.post(f"{path}/preview?scope=all", body).json
    wanted = {"start": "2026-10-20T11:00:00+00:00", "end": "2026-10-20T12:00:00+00:00"}
    stays = [{"occurrence": third["id"], "wanted": wanted, "reason": "taken"}]
    assert (told["free"], told["clashes"], told["stays"]) == (True, [], stays)
    assert caller.get(path).json == made, "looking changes nothing"
    changed = caller.patch(f"{path}?scope=all", {**body, "version": 1})
    assert (changed.status_code, changed.json["stays"]) == (200, stays)
    assert starts(changed.json) == ["10-06T11:00", "10-13T11:00", "10-20T08:00", "10-27T12:00"]
    assert "stays" not in caller.get(path).json


@both
def test_those_that_are_taken_move(api: Api, make: Factory) -> None:
    make.room("granen")
    caller = api()
    made = series(caller)
    caller.book(start="2026-10-20T13:00", end="2026-10-20T14:00")
    body = {"start": "2026-10-06T13:00", "end": "2026-10-06T14:00", "move": True}
    told = caller.post(f"/bookings/{made['id']}/preview?scope=all", body).json
    assert [(each["resources"], each["other_room"]) for each in told["dates"]] == [
        (["tallen"], False),
        (["tallen"], False),
        (["granen"], True),
        (["tallen"], False),
    ]
    changed = caller.patch(f"/bookings/{made['id']}?scope=all", {**body, "version": 1}).json
    assert [each["resources"] for each in changed["occurrences"]] == [
        each["resources"] for each in told["dates"]
    ]


def test_one_date_of_several_has_no_title_of_its_own(api: Api) -> None:
    caller = api()
    made = series(caller)
    path = f"/bookings/{made['id']}?scope=this"
    refused = caller.patch(path, {"title": "Eget", "version": 1})
    assert refused.status_code == 422
    assert [(each["code"], each["field"]) for each in refused.json["refusals"]] == [
        ("words_of_series", "scope")
    ]
    assert caller.get(f"/bookings/{made['id']}").json == made


def test_a_preview_of_a_change_asks_as_the_change_does(api: Api) -> None:
    caller, stranger = api(), api("other@example.org", organisation="basalt")
    made = series(caller)
    path = f"/bookings/{made['id']}/preview"
    unsaid = caller.post(path, {"end": "2026-10-06T12:00"})
    assert [each["code"] for each in unsaid.json["refusals"]] == ["scope_missing"]
    closed = caller.post(f"{path}?scope=this", {"end": "2026-10-06T22:00"})
    assert closed.status_code == 422
    assert stranger.post(f"{path}?scope=this", {}).status_code == 404
    words = caller.post(f"{path}?scope=all", {"title": "Nytt"}).json
    assert (words["free"], words["dates"]) == (True, [])
    single = caller.book(start="2026-10-07T10:00", end="2026-10-07T11:00").json
    caller.book(start="2026-10-07T13:00", end="2026-10-07T14:00")
    later = {"start": "2026-10-07T13:00", "end": "2026-10-07T14:00"}
    taken = caller.post(f"/bookings/{single['id']}/preview", later).json
    assert (taken["free"], len(taken["clashes"]), len(taken["alternatives"])) == (False, 1, 2)
