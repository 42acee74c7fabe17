"""Can I book this? The same answer as booking would give, and nothing is booked."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select

from app.api.access import READS, WRITES
from app.extensions import db
from app.models import Booking
from tests.api.conftest import Caller, wish
from tests.databases import both
from tests.factories import Factory

Api = Callable[..., Caller]


def preview(caller: Caller, **body: Any) -> Any:
    return caller.post("/bookings/preview", wish(**body))


def stored() -> int:
    return db.session.scalar(select(func.count()).select_from(Booking)) or 0


@both
def test_a_free_time_is_told_with_what_it_would_hold(api: Api) -> None:
    caller = api()
    told = preview(caller)
    assert (told.status_code, stored()) == (200, 0)
    assert told.json == {
        "free": True,
        "dates": [
            {
                "start": "2026-09-08T08:00:00+00:00",
                "end": "2026-09-08T09:00:00+00:00",
                "resources": ["tallen"],
                "other_room": False,
            }
        ],
        "left_out": [],
        "clashes": [],
        "alternatives": [],
        "needs_approval": False,
        "same_member": True,
        "set_aside": [],
        "quota": [],
    }


@both
def test_what_is_in_the_way_is_told_as_booking_would(api: Api, make: Factory) -> None:
    make.room("granen")
    caller = api()
    caller.book()
    told = preview(caller)
    refused = caller.book()
    assert (told.status_code, refused.status_code) == (200, 409)
    assert told.json["free"] is False
    assert told.json["clashes"] == refused.json["clashes"]
    assert told.json["alternatives"] == refused.json["alternatives"]
    assert told.json["dates"] == []
    assert stored() == 1


@both
def test_a_series_tells_its_dates_one_by_one(api: Api, make: Factory) -> None:
    make.room("granen")
    caller = api()
    caller.book(start="2026-09-09T10:00", end="2026-09-09T11:00")
    daily = {"recurrence": "FREQ=DAILY;COUNT=3"}
    as_it_is = preview(caller, **daily).json
    assert (as_it_is["free"], len(as_it_is["dates"]), len(as_it_is["clashes"])) == (False, 2, 1)
    assert as_it_is["clashes"][0]["wanted"]["start"] == "2026-09-09T08:00:00+00:00"
    without = preview(caller, **daily, skip=["taken"]).json
    assert [each["reason"] for each in without["left_out"]] == ["taken"]
    moved = preview(caller, **daily, move=True).json
    assert [(each["resources"], each["other_room"]) for each in moved["dates"]] == [
        (["tallen"], False),
        (["granen"], True),
        (["tallen"], False),
    ]
    booked = caller.book(**daily, move=True).json
    assert [each["resources"] for each in booked["occurrences"]] == [["tallen"], ["granen"], ["tallen"]]


@both
def test_a_pool_tells_whether_one_member_serves_all(api: Api, make: Factory) -> None:
    pool = make.pool("desks", name="Skrivbord")
    for number in (1, 2):
        make.room(f"desk-{number}", kind="desk", pool_id=pool.id)
    caller = api()
    series = {"resources": ["desks"], "recurrence": "FREQ=DAILY;COUNT=2"}
    assert preview(caller, **series).json["same_member"] is True
    caller.book(resources=["desk-1"])
    caller.book(resources=["desk-2"], start="2026-09-09T10:00", end="2026-09-09T11:00")
    told = preview(caller, **series).json
    assert (told["free"], told["same_member"]) == (True, False)


def test_a_room_that_asks_for_approval_says_so(api: Api, make: Factory) -> None:
    make.room("granen", approval=True)
    assert preview(api(), resources=["granen"]).json["needs_approval"] is True
    host = api("host@example.org", role="host")
    assert preview(host, resources=["granen"]).json["needs_approval"] is False


@both
def test_the_hours_of_a_month_are_told(api: Api, make: Factory) -> None:
    make.rule(organisation_id=make.organisation().id, hours_per_month=3)
    caller = api()
    caller.book(start="2026-09-08T13:00", end="2026-09-08T14:30")
    (told,) = preview(caller).json["quota"]
    assert told == {
        "organisation": "granit",
        "office": "stockholm",
        "resource": None,
        "month": "2026-09",
        "hours": 3,
        "spent_hours": 1.5,
        "left_hours": 1.5,
        "asked_hours": 1.0,
    }
    refused = preview(caller, end="2026-09-08T12:00:00+02:00")
    assert refused.status_code == 422
    assert len(refused.json["refusals"]) == 1


@pytest.mark.parametrize(
    "body",
    [
        {"title": "", "start": "2026-09-12T06:00:00+02:00", "end": "2026-09-12T06:05:00+02:00"},
        {"resources": ["nowhere"], "colour": "red"},
        {"recurrence": "FREQ=SECONDLY"},
        {"sites": ["nowhere"]},
        {"meeting": "javascript:alert(1)"},
    ],
)
def test_what_is_refused_is_refused_alike(api: Api, body: dict[str, Any]) -> None:
    caller = api()
    told, booked = preview(caller, **body), caller.book(**body)
    assert (told.status_code, booked.status_code) == (422, 422)
    assert told.json["refusals"] == booked.json["refusals"]


def test_a_preview_counts_as_reading(api: Api) -> None:
    caller = api()
    for _ in range(3):
        preview(caller)
    held = [
        sum(any(limit.memory[at : at + 8]) for at in range(0, len(limit.memory), 16))
        for limit in (READS, WRITES)
    ]
    assert held == [1, 0]
