"""A series over the API that leaves out what is closed or taken, if asked to."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.extensions import db
from app.models import Closure, OpeningHours
from tests.api.conftest import Caller, wish
from tests.databases import both
from tests.factories import Factory

Api = Callable[..., Caller]
WEEKLY = "FREQ=WEEKLY;COUNT=4"
# 10:00 in Stockholm on four Mondays, the last in winter time.
STARTS = [
    datetime(2026, 10, 5, 8, tzinfo=UTC),
    datetime(2026, 10, 12, 8, tzinfo=UTC),
    datetime(2026, 10, 19, 8, tzinfo=UTC),
    datetime(2026, 10, 26, 9, tzinfo=UTC),
]
HOUR = timedelta(hours=1)


def series(caller: Caller, **body: Any) -> Any:
    times = {"start": "2026-10-05T10:00", "end": "2026-10-05T11:00", "recurrence": WEEKLY}
    return caller.book(**{**times, **body})


def starts(items: list[dict[str, str]]) -> list[datetime]:
    return [datetime.fromisoformat(each["start"]) for each in items]


def close(make: Factory, start: datetime) -> None:
    closure = Closure(
        office_id=make.office().id, starts_at=start, ends_at=start + HOUR, source="host", entered_at=make.now
    )
    db.session.add(closure)
    db.session.commit()


@both
def test_what_is_closed_and_what_is_taken_is_left_out(api: Api, make: Factory) -> None:
    caller = api()
    close(make, STARTS[1])
    caller.book(start=STARTS[3].isoformat(), end=(STARTS[3] + HOUR).isoformat())
    assert series(caller).status_code == 422
    assert series(caller, skip=["closed"]).status_code == 409
    made = series(caller, skip=["closed", "taken"])
    assert made.status_code == 201
    assert starts(made.json["occurrences"]) == [STARTS[0], STARTS[2]]
    assert made.json["left_out"] == [
        {"start": "2026-10-12T08:00:00+00:00", "end": "2026-10-12T09:00:00+00:00", "reason": "closed"},
        {"start": "2026-10-26T09:00:00+00:00", "end": "2026-10-26T10:00:00+00:00", "reason": "taken"},
    ]


@both
def test_the_first_date_may_be_left_out_too(api: Api, make: Factory) -> None:
    caller = api()
    close(make, STARTS[0])
    made = series(caller, skip=["closed"])
    assert starts(made.json["occurrences"]) == STARTS[1:]


@both
def test_where_nothing_is_left_it_is_refused(api: Api, make: Factory) -> None:
    caller = api()
    assert series(caller).status_code == 201
    taken = series(caller, skip=["taken"])
    assert taken.status_code == 409
    assert starts(taken.json["clashes"]) == STARTS
    for start in STARTS:
        close(make, start)
    closed = series(caller, skip=["closed", "taken"])
    assert (closed.status_code, closed.json["refusals"][0]["code"]) == (422, "no_date_left")


@both
def test_the_same_request_again_tells_the_same(api: Api, make: Factory) -> None:
    caller = api()
    close(make, STARTS[2])
    body = wish(start="2026-10-05T10:00", end="2026-10-05T11:00", recurrence=WEEKLY, skip=["closed"])
    once, again = (caller.post("/bookings", body, headers={"Idempotency-Key": "series-1"}) for _ in range(2))
    assert (once.status_code, once.json) == (201, again.json)
    assert starts(once.json["left_out"]) == [STARTS[2]]


@both
def test_one_free_member_of_a_pool_is_enough(api: Api, make: Factory) -> None:
    pool = make.pool("platser")
    for number in (1, 2):
        make.room(f"plats-{number}", kind="desk", pool_id=pool.id)
    caller = api()
    for room in ("plats-1", "plats-2"):
        caller.book(resources=[room], start=STARTS[1].isoformat(), end=(STARTS[1] + HOUR).isoformat())
    caller.book(resources=["plats-1"], start=STARTS[2].isoformat(), end=(STARTS[2] + HOUR).isoformat())
    made = series(caller, resources=["platser"], skip=["taken"])
    assert starts(made.json["left_out"]) == [STARTS[1]]
    assert [each["resources"] for each in made.json["occurrences"]][1] == ["plats-2"]


@both
def test_what_lies_outside_the_opening_hours_is_left_out(api: Api) -> None:
    caller = api()
    friday = {"start": "2026-10-09T10:00", "end": "2026-10-09T11:00", "recurrence": "FREQ=DAILY;COUNT=4"}
    refused = caller.book(**friday)
    assert (refused.status_code, refused.json["refusals"][0]["code"]) == (422, "outside_opening_hours")
    weekend = ["2026-10-10T08:00:00+00:00", "2026-10-11T08:00:00+00:00"]
    told = caller.post("/bookings/preview", wish(**friday, skip=["hours"])).json
    assert (told["free"], [each["start"] for each in told["left_out"]]) == (True, weekend)
    made = caller.book(**friday, skip=["hours"])
    assert made.status_code == 201
    assert [(each["start"], each["reason"]) for each in made.json["left_out"]] == [
        (each, "hours") for each in weekend
    ]
    assert len(made.json["occurrences"]) == 2


@both
def test_what_would_lie_outside_the_opening_hours_stays_as_it_is(api: Api, make: Factory) -> None:
    caller = api()
    made = caller.book(start="2026-10-05T10:00", end="2026-10-05T11:00", recurrence="FREQ=DAILY;COUNT=3").json
    for weekday, closes in ((0, 17), (1, 12), (2, 17)):  # on Tuesdays not in the afternoon any more
        row = {"weekday": weekday, "opens_minute": 8 * 60, "closes_minute": closes * 60}
        db.session.add(OpeningHours(office_id=make.office().id, resource_id=make.room("tallen").id, **row))
    db.session.commit()
    body: dict[str, Any] = {"start": "2026-10-05T13:00", "end": "2026-10-05T14:00"}
    path = f"/bookings/{made['id']}"
    refused = caller.patch(f"{path}?scope=all", {**body, "version": 1})
    assert (refused.status_code, refused.json["refusals"][0]["code"]) == (422, "outside_opening_hours")
    body["skip"] = ["hours"]
    wanted = {"start": "2026-10-06T11:00:00+00:00", "end": "2026-10-06T12:00:00+00:00"}
    stays = [{"occurrence": made["occurrences"][1]["id"], "wanted": wanted, "reason": "hours"}]
    assert caller.post(f"{path}/preview?scope=all", body).json["stays"] == stays
    changed = caller.patch(f"{path}?scope=all", {**body, "version": 1})
    assert (changed.status_code, changed.json["stays"]) == (200, stays)
    assert [each.hour for each in starts(changed.json["occurrences"])] == [11, 8, 11]


@pytest.mark.parametrize("skip", ["closed", ["holidays"], [1]])
def test_what_cannot_be_left_out(api: Api, skip: object) -> None:
    refused = series(api(), skip=skip)
    assert refused.status_code == 422
    assert refused.json["refusals"][0]["field"] == "skip"


@both
def test_one_date_of_a_series_moves_and_the_others_stay(api: Api) -> None:
    caller = api()
    made = series(caller).json
    moved, last = made["occurrences"][1], made["occurrences"][-1]
    path = f"/bookings/{made['id']}?scope=this&occurrence={moved['id']}"
    taken = caller.patch(path, {"start": last["start"], "end": last["end"], "version": 1})
    assert taken.status_code == 409
    later = {"start": "2026-10-13T10:00", "end": "2026-10-13T12:00", "version": 1}
    changed = caller.patch(path, later)
    assert changed.status_code == 200
    assert starts(changed.json["occurrences"]) == [STARTS[0], STARTS[1] + timedelta(days=1), *STARTS[2:]]
    assert changed.json["recurrence"] == WEEKLY
    assert [each["id"] for each in changed.json["occurrences"]] == [
        each["id"] for each in made["occurrences"]
    ]
    assert caller.patch(path, later).status_code == 412


def test_a_date_of_another_booking_is_not_found(api: Api) -> None:
    caller = api()
    one, other = caller.book().json, series(caller).json
    path = f"/bookings/{one['id']}?occurrence={other['occurrences'][0]['id']}"
    assert caller.patch(path, {"title": "Nytt", "version": 1}).status_code == 404
