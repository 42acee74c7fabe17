"""What can be booked, and when it is free."""

from collections.abc import Callable
from datetime import UTC, datetime

from app.extensions import db
from tests.api.conftest import Caller
from tests.conftest import Clock
from tests.databases import both
from tests.factories import Factory

Api = Callable[..., Caller]
TUESDAY = "/availability?office=stockholm&from=2026-09-08&to=2026-09-09"


@both
def test_resources_come_with_a_feed_of_the_callers_own(api: Api, make: Factory) -> None:
    make.room("viken", "umea", kind="desk")
    make.room("old", retired=True)
    pool = make.pool("desks", name="Skrivbord")
    make.room("desk-1", kind="desk", pool_id=pool.id)
    one, two = api(), api("two@example.org")
    found = one.get("/resources?office=stockholm").json
    assert [item["slug"] for item in found["items"]] == ["tallen", "desk-1"]
    assert found["pools"] == [
        {"slug": "desks", "name": "Skrivbord", "office": "stockholm", "members": ["desk-1"]}
    ]
    tallen = found["items"][0]
    assert {key: tallen[key] for key in ("name", "kind", "capacity", "office", "equipment", "timezone")} == {
        "name": "Tallen",
        "kind": "room",
        "capacity": 10,
        "office": "stockholm",
        "equipment": ["screen"],
        "timezone": "Europe/Stockholm",
    }
    assert tallen["feed_url"].endswith("/tallen.ics")
    assert tallen["feed_url"] != two.get("/resources?office=stockholm").json["items"][0]["feed_url"]
    assert [item["slug"] for item in one.get("/resources").json["items"]] == ["tallen", "desk-1", "viken"]


@both
def test_free_times_are_what_is_open_and_not_taken(api: Api, make: Factory) -> None:
    make.room("granen", capacity=4, buffer_after_minutes=15)
    caller = api()
    caller.book()
    caller.book(resources=["granen"])
    found = {item["resource"]: item["free"] for item in caller.get(TUESDAY).json["items"]}
    assert found == {
        "tallen": [
            {"start": "2026-09-08T06:00:00+00:00", "end": "2026-09-08T08:00:00+00:00"},
            {"start": "2026-09-08T09:00:00+00:00", "end": "2026-09-08T15:00:00+00:00"},
        ],
        "granen": [
            {"start": "2026-09-08T06:00:00+00:00", "end": "2026-09-08T07:45:00+00:00"},
            {"start": "2026-09-08T09:15:00+00:00", "end": "2026-09-08T15:00:00+00:00"},
        ],
    }
    assert [item["resource"] for item in caller.get(f"{TUESDAY}&capacity=5").json["items"]] == ["tallen"]
    assert [item["resource"] for item in caller.get(f"{TUESDAY}&equipment=screen").json["items"]] == [
        "tallen"
    ]
    assert caller.get(f"{TUESDAY}&kind=desk").json["items"] == []
    long = {
        item["resource"]: len(item["free"]) for item in caller.get(f"{TUESDAY}&minutes=180").json["items"]
    }
    assert long == {"tallen": 1, "granen": 1}


@both
def test_a_pool_is_free_where_one_and_the_same_member_is(api: Api, make: Factory) -> None:
    pool = make.pool("desks", name="Skrivbord")
    for number in (1, 2):
        make.room(f"desk-{number}", kind="desk", capacity=1, pool_id=pool.id)
    caller = api()
    caller.book(resources=["desk-1"], start="2026-09-08T08:00", end="2026-09-08T12:00")
    caller.book(resources=["desk-2"], start="2026-09-08T11:00", end="2026-09-08T17:00")
    found = caller.get("/availability?resource=desks,tallen&from=2026-09-08&to=2026-09-09").json
    assert [each["resource"] for each in found["items"]] == ["tallen"]
    assert found["pools"] == [
        {
            "pool": "desks",
            "name": "Skrivbord",
            "members": ["desk-1", "desk-2"],
            "free": [
                {"start": "2026-09-08T06:00:00+00:00", "end": "2026-09-08T09:00:00+00:00"},
                {"start": "2026-09-08T10:00:00+00:00", "end": "2026-09-08T15:00:00+00:00"},
            ],
        }
    ]
    long = caller.get(f"{TUESDAY}&kind=desk&minutes=240").json
    assert [len(each["free"]) for each in long["pools"]] == [1]
    assert caller.get(f"{TUESDAY}&kind=room").json["pools"] == []


def test_as_far_as_62_days_and_only_at_that_office(api: Api, make: Factory) -> None:
    make.room("viken", "umea")
    caller = api()
    far = "/availability?office=stockholm&from=2026-09-08&to="
    assert caller.get(f"{far}2026-11-09").status_code == 200
    assert caller.get(f"{far}2026-11-11").json["refusals"][0]["code"] == "range_too_long"
    assert caller.get("/availability?office=stockholm&resource=viken").status_code == 404
    both_offices = caller.get("/availability?resource=viken,tallen&from=2026-09-08&to=2026-09-09").json
    assert [each["resource"] for each in both_offices["items"]] == ["viken", "tallen"]


def test_the_past_is_not_free(api: Api, clock: Clock) -> None:
    clock.at = datetime(2026, 9, 8, 10, 20, tzinfo=UTC)
    caller = api()
    (item,) = caller.get(TUESDAY).json["items"]
    assert item["free"] == [{"start": "2026-09-08T10:20:00+00:00", "end": "2026-09-08T15:00:00+00:00"}]
    assert caller.get("/availability?office=stockholm&from=2026-09-01&to=2026-09-02").json["items"] == []


def test_what_is_wrong_with_the_question(api: Api) -> None:
    caller = api()
    codes = [each["code"] for each in caller.get("/availability?seats=4").json["refusals"]]
    assert codes == ["unknown_key", "office_or_resource"]
    wrong = caller.get("/availability?office=stockholm&kind=sauna&minutes=0&capacity=x").json["refusals"]
    assert {each["field"] for each in wrong} == {"kind", "minutes", "capacity"}
    assert caller.get("/availability?office=nowhere").status_code == 404


def test_a_composite_is_free_when_its_parts_are(api: Api, make: Factory) -> None:
    from app.models import ResourcePart

    whole, part = make.room("hallen"), make.room("vast")
    db.session.add(ResourcePart(whole_id=whole.id, part_id=part.id))
    db.session.commit()
    caller = api()
    caller.book(resources=["vast"], start="2026-09-08T08:00", end="2026-09-08T17:00")
    found = {item["resource"]: len(item["free"]) for item in caller.get(TUESDAY).json["items"]}
    assert found == {"tallen": 1, "hallen": 0, "vast": 0}
