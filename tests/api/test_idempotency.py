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
