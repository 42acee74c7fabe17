"""What a booking names: offices, organisations, categories, activities."""

from collections.abc import Callable

import pytest

from tests.api.conftest import Caller
from tests.databases import both
from tests.factories import Factory

Api = Callable[..., Caller]


@both
def test_offices_tell_by_whose_clock_and_where_one_is_host(api: Api, make: Factory) -> None:
    here = make.office(address="Storgatan 1")
    make.office("umea", timezone="Europe/Helsinki", language="en")
    host = api("host@example.org", role="host", office=here)
    found = host.get("/offices").json
    assert found["next_cursor"] is None
    assert [(each["slug"], each["timezone"], each["host"]) for each in found["items"]] == [
        ("stockholm", "Europe/Stockholm", True),
        ("umea", "Europe/Helsinki", False),
    ]
    assert [each["host"] for each in api().get("/offices").json["items"]] == [False, False]


@both
def test_members_see_whom_they_may_book_for_and_hosts_everybody(api: Api, make: Factory) -> None:
    make.organisation("basalt", "municipality", co_funder=True)
    make.organisation("zink", retired=True)
    umea = make.office("umea")
    member, host = api(), api("host@example.org", role="host", office=umea)
    assert member.get("/organisations").json["items"] == [
        {"slug": "granit", "name": "Granit AB", "category": "company", "co_funder": False}
    ]
    everybody = host.get("/organisations?office=umea").json["items"]
    assert [(each["slug"], each["category"]) for each in everybody] == [
        ("basalt", "municipality"),
        ("granit", "company"),
    ]
    assert host.get("/organisations").json["items"] == everybody
    assert [each["slug"] for each in host.get("/organisations?office=stockholm").json["items"]] == ["granit"]
    assert host.get("/organisations?office=nowhere").status_code == 404


@both
def test_what_is_listed_can_be_booked_with(api: Api, make: Factory) -> None:
    caller = api()
    named = {
        key: caller.get(f"/{path}").json["items"][0]["slug"]
        for key, path in (("organisation", "organisations"), ("activity", "activities"))
    }
    slug = caller.get("/resources").json["items"][0]["slug"]
    assert caller.book(resources=[slug], **named).status_code == 201
    make.category().retired = True
    assert caller.get("/activities").json["items"] == [
        {"slug": "meeting", "names": {"sv": "Möte", "en": "Meeting"}}
    ]
    assert caller.get("/categories").json["items"] == []


@pytest.mark.parametrize("path", ["/offices", "/organisations", "/categories", "/activities", "/resources"])
def test_each_comes_in_pages(api: Api, make: Factory, path: str) -> None:
    make.room("viken", "umea")
    make.activity("event")
    make.organisation("basalt", "municipality")
    host = api("host@example.org", role="host")
    everything = [each["slug"] for each in host.get(path).json["items"]]
    assert len(everything) >= 2
    found, cursor = [], "0"
    while cursor is not None:
        answer = host.get(f"{path}?limit=1&cursor={cursor}").json
        found += [each["slug"] for each in answer["items"]]
        cursor = answer["next_cursor"]
    assert found == everything
    assert [host.get(f"{path}?limit={number}").status_code for number in ("0", "", "501")] == [422] * 3
    assert host.get(f"{path}?limit=501&colour=red").json["refusals"][0]["code"] == "unknown_key"


def test_a_composite_names_its_parts_and_a_pool_its_members(api: Api, make: Factory) -> None:
    from app.extensions import db
    from app.models import ResourcePart

    pool = make.pool("desks", name="Skrivbord")
    make.pool("empty", "umea", name="Tomt")
    make.room("desk-1", kind="desk", pool_id=pool.id)
    make.room("desk-2", kind="desk", pool_id=pool.id, retired=True)
    whole, part = make.room("hallen"), make.room("vast")
    db.session.add(ResourcePart(whole_id=whole.id, part_id=part.id))
    db.session.commit()
    found = api().get("/resources?limit=2").json
    assert len(found["items"]) == 2
    assert found["pools"] == [
        {"slug": "desks", "name": "Skrivbord", "office": "stockholm", "members": ["desk-1"]},
        {"slug": "empty", "name": "Tomt", "office": "umea", "members": []},
    ]
    items = {each["slug"]: each for each in api().get("/resources").json["items"]}
    assert (items["hallen"]["parts"], items["desk-1"]["pool"]) == (["vast"], "desks")
