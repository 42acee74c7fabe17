"""The same request again makes nothing new."""

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import func, select

from app.extensions import db
from app.models import Booking, IdempotencyKey
from tests.api.conftest import Caller, wish
from tests.conftest import Clock
from tests.databases import both

Api = Callable[..., Caller]
KEY = {"Idempotency-Key": "6f1c"}


def stored() -> int:
    return db.session.scalar(select(func.count()).select_from(Booking)) or 0


@both
def test_the_same_request_gets_the_same_answer(api: Api) -> None:
    caller = api()
    first = caller.post("/bookings", wish(recurrence="FREQ=DAILY;COUNT=3"), headers=KEY)
    again = caller.post(
        "/bookings", dict(reversed(wish(recurrence="FREQ=DAILY;COUNT=3").items())), headers=KEY
    )
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json == again.json
    assert first.headers["Location"] == again.headers["Location"]
    assert stored() == 1


@both
def test_the_answer_is_that_of_then_even_after_a_cancellation(api: Api) -> None:
    caller = api()
    first = caller.post("/bookings", wish(), headers=KEY).json
    caller.delete(f"/bookings/{first['id']}")
    assert caller.post("/bookings", wish(), headers=KEY).json == first


@both
def test_a_key_with_another_body_is_refused(api: Api) -> None:
    caller = api()
    caller.post("/bookings", wish(), headers=KEY)
    other = caller.post("/bookings", wish(title="Annat"), headers=KEY)
    assert [each["code"] for each in other.json["refusals"]] == ["idempotency_key_reused"]


@both
def test_keys_belong_to_people(api: Api) -> None:
    api().post("/bookings", wish(), headers=KEY)
    theirs = api("other@example.org").post(
        "/bookings", wish(start="2026-09-09T10:00", end="2026-09-09T11:00"), headers=KEY
    )
    assert (theirs.status_code, stored()) == (201, 2)


@both
def test_what_was_refused_may_succeed_later(api: Api) -> None:
    caller, other = api(), api("other@example.org")
    blocking = other.book().json
    assert caller.post("/bookings", wish(), headers=KEY).status_code == 409
    other.delete(f"/bookings/{blocking['id']}")
    assert caller.post("/bookings", wish(), headers=KEY).status_code == 201


@both
def test_a_change_sent_again_is_answered_as_before_and_not_as_stale(api: Api) -> None:
    caller = api()
    path = f"/bookings/{caller.book().json['id']}"
    body = {"end": "2026-09-08T12:00:00+02:00", "version": 1}
    first, again = (caller.patch(path, body, headers=KEY) for _ in range(2))
    assert (first.status_code, again.status_code) == (200, 200)
    assert (first.json, first.headers["ETag"]) == (again.json, again.headers["ETag"])
    assert caller.patch(path, body).status_code == 412
    assert caller.patch(path, body | {"version": 2}, headers=KEY).status_code == 422


@both
def test_following_sent_again_splits_once(api: Api) -> None:
    caller = api()
    made = caller.book(recurrence="FREQ=DAILY;COUNT=4").json
    path = f"/bookings/{made['id']}?scope=following&occurrence={made['occurrences'][2]['id']}"
    body = {"start": "2026-09-10T13:00", "end": "2026-09-10T14:00", "version": 1}
    first, again = (caller.patch(path, body, headers=KEY) for _ in range(2))
    assert (first.status_code, stored()) == (200, 2)
    assert first.json == again.json


@both
def test_cancelling_and_restoring_are_answered_as_of_then(api: Api) -> None:
    caller = api()
    path = f"/bookings/{caller.book().json['id']}"
    gone = caller.delete(path, headers=KEY)
    back = caller.call("POST", f"{path}/restoration", headers={"Idempotency-Key": "back"})
    assert (gone.json["status"], back.json["status"]) == ("cancelled", "confirmed")
    assert caller.delete(path, headers=KEY).json == gone.json
    assert caller.call("POST", f"{path}/restoration", headers={"Idempotency-Key": "back"}).json == back.json
    assert caller.get(path).json["status"] == "confirmed", "nothing was done again"


@both
def test_the_same_key_for_another_call_is_refused(api: Api) -> None:
    caller = api()
    path = f"/bookings/{caller.post('/bookings', wish(), headers=KEY).json['id']}"
    assert [each["code"] for each in caller.delete(path, headers=KEY).json["refusals"]] == [
        "idempotency_key_reused"
    ]
    assert caller.get(path).json["status"] == "confirmed"


@both
def test_a_walk_in_sent_again_is_one(api: Api, clock: Clock) -> None:
    host = api("host@example.org", role="host")
    body = {"resource": "tallen", "organisation": "granit", "activity": "meeting", "women": 2}
    first, again = (host.post("/walk-ins", body, headers=KEY) for _ in range(2))
    assert (first.status_code, again.status_code, stored()) == (201, 201, 1)
    assert first.json == again.json
    path = f"/bookings/{first.json['id']}/occurrences/{first.json['occurrences'][0]['id']}/heads"
    ones = {"Idempotency-Key": "heads"}
    counted = [host.post(path, {"men": 4}, headers=ones).json for _ in range(2)]
    assert counted[0] == counted[1]


@both
def test_a_clash_with_a_key_names_what_is_in_the_way(api: Api) -> None:
    caller = api()
    caller.book(start="2026-09-08T13:00", end="2026-09-08T14:00")
    path = f"/bookings/{caller.book().json['id']}"
    times = {"start": "2026-09-08T13:30", "end": "2026-09-08T14:30", "version": 1}
    taken = caller.patch(path, times, headers=KEY)
    assert (taken.status_code, len(taken.json["clashes"])) == (409, 1)
    assert caller.patch(path, {**times, "start": "2026-09-08T15:00", "end": "2026-09-08T16:00"}, headers=KEY)


def test_keys_are_forgotten_after_two_days_and_hold_no_words(api: Api, clock: Clock) -> None:
    caller = api()
    caller.post(
        "/bookings", wish(title="Kanariefågel", start="2026-09-11T10:00", end="2026-09-11T11:00"), headers=KEY
    )
    kept = db.session.scalars(select(IdempotencyKey)).one()
    assert "Kanarie" not in str(kept.response)
    clock.at += timedelta(hours=49)
    caller.post(
        "/bookings", wish(start="2026-09-11T12:00", end="2026-09-11T13:00"), headers={"Idempotency-Key": "2"}
    )
    assert db.session.scalars(select(IdempotencyKey.key)).all() == ["2"]
