"""Closures over the API."""

from collections.abc import Callable

from sqlalchemy import func, select

from app.extensions import db
from app.models import Closure, ResourcePart
from tests.api.conftest import Caller
from tests.databases import both
from tests.factories import Factory

Api = Callable[..., Caller]
LISTED = "/closures?office=stockholm&from=2026-09-07&to=2026-09-14"
CLOSED = {
    "office": "stockholm",
    "resource": "tallen",
    "starts": "2026-09-08T08:00",
    "ends": "2026-09-08T12:00",
    "reason": "Målning",
}


@both
def test_what_is_closed_is_told_and_what_is_booked_there_stays(api: Api) -> None:
    host, member = api("host@example.org", role="host"), api()
    booked = member.book().json
    answer = host.post("/closures", CLOSED)
    assert answer.status_code == 201
    (under,) = answer.json["booked"]
    assert (under["booking"], under["occurrence"]) == (booked["id"], booked["occurrences"][0]["id"])
    closure = {key: value for key, value in answer.json.items() if key != "booked"}
    assert closure == {
        "id": closure["id"],
        "office": "stockholm",
        "resource": "tallen",
        "starts": "2026-09-08T06:00:00+00:00",
        "ends": "2026-09-08T10:00:00+00:00",
        "reason": "Målning",
        "source": "host",
        "ended": False,
    }
    assert member.get(LISTED).json == {"items": [closure], "next_cursor": None}
    refused = member.book(start="2026-09-08T11:30", end="2026-09-08T12:30")
    assert [each["code"] for each in refused.json["refusals"]] == ["closed"]
    again = [host.delete(f"/closures/{closure['id']}") for _ in range(2)]
    assert [each.json for each in again] == [{**closure, "ended": True}] * 2
    assert member.get(LISTED).json["items"] == []
    assert member.book(start="2026-09-08T11:30", end="2026-09-08T12:30").status_code == 201


@both
def test_what_is_named_is_cancelled_and_the_rest_stays(api: Api) -> None:
    host, member = api("host@example.org", role="host"), api()
    one, two = (
        member.book(start=f"2026-09-08T{hour}:00", end=f"2026-09-08T{hour + 1}:00").json for hour in (10, 11)
    )
    body = {**CLOSED, "cancel": [one["occurrences"][0]["id"]]}
    told = host.post("/closures", body).json["booked"]
    assert [each["booking"] for each in told] == [two["id"]]
    statuses = [member.get(f"/bookings/{each['id']}").json["status"] for each in (one, two)]
    assert statuses == ["cancelled", "confirmed"]
    for wrong in (1, ["1"], [True], [0], [10**9]):
        refused = host.post("/closures", {**CLOSED, "cancel": wrong, "ends": "2026-09-01"})
        assert {each["field"] for each in refused.json["refusals"]} == {"cancel", "ends"}


@both
def test_the_whole_office_by_days(api: Api) -> None:
    host = api("host@example.org", role="host")
    body = {"office": "stockholm", "starts": "2026-09-09", "ends": "2026-09-11"}
    one, two = (host.post("/closures", body, headers={"Idempotency-Key": "c"}) for _ in range(2))
    assert one.json == two.json
    assert (one.json["resource"], one.json["starts"]) == (None, "2026-09-08T22:00:00+00:00")
    assert db.session.scalar(select(func.count()).select_from(Closure)) == 1
    assert len(host.get(f"{LISTED}&limit=1").json["items"]) == 1
    assert host.get("/closures?office=stockholm&from=2026-09-11&to=2026-09-12").json["items"] == []


@both
def test_the_same_again_is_refused_and_named(api: Api) -> None:
    host = api("host@example.org", role="host")
    made = host.post("/closures", CLOSED).json
    again = host.post("/closures", {**CLOSED, "reason": "Annat"}, headers={"Accept-Language": "en"})
    assert again.status_code == 422
    (refusal,) = again.json["refusals"]
    assert (refusal["field"], refusal["code"]) == ("starts", "closed_already")
    assert (refusal["closure"], "Målning" in refusal["message"]) == (made["id"], True)
    host.delete(f"/closures/{made['id']}")
    assert host.post("/closures", CLOSED).status_code == 201


def test_what_cannot_be_closed(api: Api, make: Factory) -> None:
    whole, part = make.room("hallen"), make.room("vast")
    db.session.add(ResourcePart(whole_id=whole.id, part_id=part.id))
    db.session.commit()
    host, member = api("host@example.org", role="host"), api()
    for body, wrong in (
        ({**CLOSED, "resource": "hallen"}, {("resource", "unknown_resource")}),
        (
            {**CLOSED, "resource": "nowhere", "ends": "2026-09-01", "reason": "x" * 301},
            {("resource", "unknown_resource"), ("ends", "end_before_start"), ("reason", "reason_too_long")},
        ),
        ({"office": "stockholm", "colour": 1}, {("colour", "unknown_key"), *_missing("starts", "ends")}),
        ({}, {*_missing("office")}),
    ):
        answer = host.post("/closures", body)
        assert answer.status_code == 422
        assert {(each["field"], each["code"]) for each in answer.json["refusals"]} == wrong
    assert member.post("/closures", CLOSED).status_code == 403
    made = host.post("/closures", CLOSED).json
    assert member.delete(f"/closures/{made['id']}").status_code == 403
    assert host.delete("/closures/99999").status_code == 404


def _missing(*keys: str) -> set[tuple[str, str]]:
    return {(key, "missing") for key in keys}
