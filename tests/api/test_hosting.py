"""What waits for a host, and who is already here."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import func, select

from app.extensions import db
from app.models import Booking
from tests.api.conftest import Caller
from tests.conftest import Clock
from tests.databases import both
from tests.factories import Factory

Api = Callable[..., Caller]
WALK_IN = {"resource": "tallen", "organisation": "granit", "activity": "meeting"}


def stored() -> int:
    return db.session.scalar(select(func.count()).select_from(Booking)) or 0


@both
def test_what_waits_stands_in_a_queue_with_its_count(api: Api, make: Factory) -> None:
    make.room("granen", approval=True)
    caller, host = api(), api("host@example.org", role="host")
    caller.book()
    later = caller.book(resources=["granen"], recurrence="FREQ=DAILY;COUNT=2").json
    first = caller.book(resources=["granen"], start="2026-09-08T08:00", end="2026-09-08T09:00").json
    found = host.get("/requests?office=stockholm").json
    assert [each["id"] for each in found["items"]] == [first["id"], later["id"]]
    assert (found["count"], found["next_cursor"]) == (2, None)
    assert found["items"][0]["title"] == "Möte"
    assert found["items"][0]["lapses_at"] <= first["occurrences"][0]["start"]
    assert found["items"][0]["competing"] == []
    page = host.get("/requests?office=stockholm&limit=1").json
    assert (len(page["items"]), page["count"], page["next_cursor"]) == (1, 2, "1")
    host.call("POST", f"/bookings/{later['id']}/approval")
    assert host.get("/requests?office=stockholm").json["count"] == 1


@both
def test_who_else_wants_the_time_is_told(api: Api, make: Factory) -> None:
    make.room("granen", approval=True)
    api().book(resources=["granen"])
    other = api("other@example.org", organisation="basalt")
    other.post(
        "/waiting",
        {
            "resource": "granen",
            "start": "2026-09-08T10:30",
            "end": "2026-09-08T11:30",
            "title": "Vi med",
            "organisation": "basalt",
            "activity": "meeting",
        },
    )
    found = api("host@example.org", role="host").get("/requests?office=stockholm").json
    assert found["items"][0]["competing"] == ["basalt"]


def test_the_queue_is_for_the_hosts_of_the_office(api: Api, make: Factory) -> None:
    elsewhere = api("elsewhere@example.org", role="host", office=make.office("umea"))
    assert elsewhere.get("/requests?office=umea").json["items"] == []
    assert elsewhere.get("/requests?office=stockholm").status_code == 403
    assert api().get("/requests?office=stockholm").status_code == 403
    assert api().get("/requests?office=nowhere").status_code == 404
    assert api().get("/requests").status_code == 422


@both
def test_a_walk_in_is_booked_checked_in_and_counted(api: Api, clock: Clock) -> None:
    clock.at = datetime(2026, 9, 8, 8, 20, tzinfo=UTC)
    host = api("host@example.org", role="host")
    made = host.post("/walk-ins", {**WALK_IN, "minutes": 30, "women": 2, "men": 1})
    assert made.status_code == 201, made.text
    (date,) = made.json["occurrences"]
    assert (date["start"], date["end"]) == ("2026-09-08T08:15:00+00:00", "2026-09-08T08:45:00+00:00")
    assert (date["status"], date["heads"]) == ("checked_in", {"women": 2, "men": 1, "other": 0})
    assert made.json["title"]
    taken = host.post("/walk-ins", WALK_IN)
    assert (taken.status_code, stored()) == (409, 1)


@both
def test_a_member_books_nobody_in_and_nothing_is_left_behind(api: Api, clock: Clock, make: Factory) -> None:
    clock.at = datetime(2026, 9, 8, 8, 20, tzinfo=UTC)
    elsewhere = api("elsewhere@example.org", role="host", office=make.office("umea"))
    for caller in (api(), elsewhere):
        assert caller.post("/walk-ins", WALK_IN).status_code == 403
    assert stored() == 0


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({"resource": "nowhere"}, ["resources"]),
        ({"resource": ...}, ["resource"]),
        ({"minutes": 0}, ["minutes"]),
        ({"minutes": "60"}, ["minutes"]),
        ({"women": -1}, ["women"]),
        ({"title": "a\nb"}, ["title"]),
        ({"organisation": "nobody"}, ["organisation"]),
        ({"start": "2026-09-08T10:00"}, ["start"]),
    ],
)
def test_what_is_wrong_with_a_walk_in(api: Api, clock: Clock, body: Any, fields: list[str]) -> None:
    clock.at = datetime(2026, 9, 8, 8, 20, tzinfo=UTC)
    sent = {key: value for key, value in {**WALK_IN, **body}.items() if value is not ...}
    refused = api("host@example.org", role="host").post("/walk-ins", sent)
    assert refused.status_code == 422
    assert [each["field"] for each in refused.json["refusals"]] == fields
    assert stored() == 0
