"""What becomes of dates: they came or did not, how many, a host's yes or no, and who did what."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.api.conftest import Caller
from tests.conftest import Clock
from tests.databases import both
from tests.factories import Factory

Api = Callable[..., Caller]
AT_THE_START = datetime(2026, 9, 8, 8, 5, tzinfo=UTC)


def one(caller: Caller, **body: Any) -> tuple[str, Any]:
    """Where the date of a new booking is, and the booking."""
    made = caller.book(**body).json
    return f"/bookings/{made['id']}/occurrences/{made['occurrences'][0]['id']}", made


def act(caller: Caller, path: str, body: Any = None, **more: Any) -> Any:
    return (
        caller.call("POST", path, json=body, **more)
        if body is not None
        else caller.call("POST", path, **more)
    )


def codes(answer: Any) -> list[str]:
    return [each["code"] for each in answer.json["refusals"]]


@both
def test_a_booker_checks_in_counts_and_ends(api: Api, clock: Clock) -> None:
    caller = api()
    path, made = one(caller)
    assert codes(act(caller, f"{path}/check-in")) == ["too_early_to_check_in"]
    clock.at = AT_THE_START
    came = act(caller, f"{path}/check-in")
    assert (came.status_code, came.json["status"]) == (200, "checked_in")
    assert came.json["checked_in_at"] == "2026-09-08T08:05:00+00:00"
    assert came.json["booking"] == made["id"]
    assert act(caller, f"{path}/check-in").status_code == 200, "twice is once"
    counted = act(caller, f"{path}/heads", {"women": 3, "men": 2})
    assert counted.json["heads"] == {"women": 3, "men": 2, "other": 0}
    back = act(caller, f"{path}/heads", {"women": None})
    assert back.json["heads"] is None
    ended = act(caller, f"{path}/end")
    assert ended.json["end"] == "2026-09-08T08:05:00+00:00"
    assert caller.get(path).json == ended.json
    assert act(caller, f"{path}/end").json == ended.json, "twice is once"


@both
def test_a_host_notes_a_no_show_and_takes_it_back(api: Api, clock: Clock) -> None:
    caller, host = api(), api("host@example.org", role="host")
    path, _ = one(caller)
    clock.at = AT_THE_START
    for wish in ("no-show", "undo", "approval", "decline"):
        assert act(caller, f"{path}/{wish}").status_code == 403, wish
    assert act(host, f"{path}/no-show").json["status"] == "no_show"
    taken_by = caller.book(start="2026-09-08T10:30", end="2026-09-08T11:00")
    assert taken_by.status_code == 201, "the time is free again"
    taken = act(host, f"{path}/undo")
    assert (taken.status_code, len(taken.json["clashes"])) == (409, 1)
    host.delete(f"/bookings/{taken_by.json['id']}")
    assert act(host, f"{path}/undo").json["status"] == "confirmed"
    assert codes(act(host, f"{path}/undo")) == ["nothing_to_undo"]


@both
def test_requests_are_approved_and_declined_with_a_reason(api: Api, make: Factory) -> None:
    make.room("granen", approval=True)
    caller, host = api(), api("host@example.org", role="host")
    path, made = one(caller, resources=["granen"])
    assert made["status"] == "requested"
    yes = act(host, f"{path}/approval")
    assert (yes.json["status"], yes.json["version"]) == ("confirmed", 2)
    assert yes.headers["ETag"] == '"2"'
    assert act(host, f"{path}/approval").status_code == 200, "twice is once"
    assert codes(act(host, f"{path}/decline")) == ["not_requested"]
    other, second = one(caller, resources=["granen"], start="2026-09-08T13:00", end="2026-09-08T14:00")
    assert act(host, f"{other}/decline", {"reason": "Målning"}).json["status"] == "declined"
    told = host.get(f"/bookings/{second['id']}/history", headers={"Accept-Language": "en"}).json["items"]
    assert [each["action"] for each in told] == ["booked", "declined"]
    assert told[1]["details"]["reason"] == "Målning"
    assert "Målning" in told[1]["text"]
    assert told[1]["by"]["email"] == "host@example.org"


@both
def test_all_of_a_series_is_decided_at_once(api: Api, make: Factory) -> None:
    make.room("granen", approval=True)
    caller, host = api(), api("host@example.org", role="host")
    made = caller.book(resources=["granen"], recurrence="FREQ=DAILY;COUNT=3").json
    first, second, _ = (each["id"] for each in made["occurrences"])
    path = f"/bookings/{made['id']}"
    assert act(caller, f"{path}/approval").status_code == 403
    one_no = act(host, f"{path}/decline?occurrence={first}", {"reason": "Städning"})
    assert [each["status"] for each in one_no.json["occurrences"]] == ["declined", "requested", "requested"]
    yes = act(host, f"{path}/approval?scope=following&occurrence={second}")
    assert [each["status"] for each in yes.json["occurrences"]] == ["declined", "confirmed", "confirmed"]
    assert codes(act(host, f"{path}/approval")) == ["not_requested"]
    assert act(host, f"{path}/approval?occurrence=999999").status_code == 404


def test_the_history_is_for_hosts_and_comes_in_pages(api: Api, make: Factory) -> None:
    caller, host = api(), api("host@example.org", role="host")
    made = caller.book(recurrence="FREQ=DAILY;COUNT=3").json
    caller.delete(f"/bookings/{made['id']}")
    path = f"/bookings/{made['id']}/history"
    assert caller.get(path).status_code == 403
    assert api("other@example.org", organisation="basalt").get(path).status_code == 404
    actions, cursor = [], ""
    while cursor is not None:
        page = host.get(f"{path}?limit=2{f'&cursor={cursor}' if cursor else ''}").json
        assert len(page["items"]) <= 2
        actions += [each["action"] for each in page["items"]]
        cursor = page["next_cursor"]
    assert actions == ["booked", "cancelled", "cancelled", "cancelled"]


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, ["women"]),
        ({"women": -1, "men": 10_001}, ["men", "women"]),
        ({"women": "3"}, ["women"]),
        ({"women": 1.5}, ["women"]),
        ({"women": True}, ["women"]),
        ({"women": 1, "children": 2}, ["children"]),
    ],
)
def test_head_counts_that_are_none(api: Api, clock: Clock, body: Any, fields: list[str]) -> None:
    caller = api()
    path, _ = one(caller)
    clock.at = AT_THE_START
    refused = act(caller, f"{path}/heads", body)
    assert refused.status_code == 422
    assert sorted(each["field"] for each in refused.json["refusals"]) == fields
    assert caller.get(path).json["heads"] is None


def test_reasons_that_are_none(api: Api, make: Factory) -> None:
    make.room("granen", approval=True)
    path, _ = one(api(), resources=["granen"])
    host = api("host@example.org", role="host")
    for body in ({"reason": "x" * 501}, {"reason": 7}, {"reason": "a\x00b"}, {"why": "so"}):
        assert act(host, f"{path}/decline", body).status_code == 422, body
    assert act(host, f"{path}/decline", []).status_code == 400
    assert host.call("POST", f"{path}/decline", data="why").status_code == 415
    assert host.get(path).json["status"] == "requested"


def test_nothing_is_there_for_strangers_nor_under_another_booking(api: Api, clock: Clock) -> None:
    caller = api()
    path, made = one(caller)
    _, other = one(caller, start="2026-09-09T10:00", end="2026-09-09T11:00")
    clock.at = AT_THE_START
    stranger = api("other@example.org", organisation="basalt")
    elsewhere = api("elsewhere@example.org", role="host", organisation="basalt", office=None)
    assert elsewhere.get(path).status_code == 200, "a host of all offices"
    crossed = f"/bookings/{made['id']}/occurrences/{other['occurrences'][0]['id']}"
    for name in ("check-in", "no-show", "end", "undo", "approval", "decline"):
        assert act(stranger, f"{path}/{name}").status_code == 404, name
        assert act(caller, f"{crossed}/{name}").status_code == 404, name
    assert act(stranger, f"{path}/heads", {"women": 1}).status_code == 404
    assert stranger.get(path).status_code == 404
    assert caller.get(path).json["status"] == "confirmed"


def test_a_host_of_another_office_is_a_stranger(api: Api, make: Factory, clock: Clock) -> None:
    path, _ = one(api())
    clock.at = AT_THE_START
    host = api("host@example.org", role="host", organisation="basalt", office=make.office("umea"))
    assert act(host, f"{path}/no-show").status_code == 404
