"""Several places in one booking, links to meet, rooms that give way, rules that a host sets aside."""

from collections.abc import Callable

import pytest
from flask import Flask

from tests.api.conftest import Caller, wish
from tests.databases import both
from tests.factories import Factory

Api = Callable[..., Caller]


@pytest.fixture
def two_offices(make: Factory) -> None:
    make.room("liten", capacity=4)
    make.office("vasa", timezone="Europe/Helsinki")
    make.room("viken", "vasa", capacity=6)
    pool = make.pool("licences", name="Licenser")
    make.room("licence-1", kind="video", capacity=50, pool_id=pool.id)


@both
def test_a_conference_holds_a_room_at_each_site_and_a_licence(
    app: Flask, api: Api, make: Factory, two_offices: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "MEETING_BASE_URL", "https://meet.example.org")
    asked = wish(resources=["licences"], sites=["stockholm", "vasa"], people=3, meeting="new")
    made = api().post("/bookings", asked)
    assert made.status_code == 201, made.text
    assert sorted(made.json["occurrences"][0]["resources"]) == ["licence-1", "liten", "viken"]
    assert made.json["meeting_url"].startswith("https://meet.example.org/")
    again = api().post("/bookings", asked)
    assert again.status_code == 409
    assert "licence-1" in {each["resource"] for each in again.json["clashes"]}
    free = api().get("/bookings?from=2026-09-07&to=2026-09-14").json["items"]
    assert len(free) == 1


def test_sites_alone_are_enough(api: Api, two_offices: None) -> None:
    made = api().post(
        "/bookings", wish(resources=..., sites=["vasa"], start="2026-09-08T10:00", end="2026-09-08T11:00")
    )
    assert made.json["occurrences"][0]["resources"] == ["viken"]
    assert made.json["occurrences"][0]["start"] == "2026-09-08T07:00:00+00:00", "by the clock of Vasa"


def test_what_is_wrong_with_sites(api: Api, two_offices: None) -> None:
    caller = api()
    for body, field in (
        ({"sites": ["nowhere"]}, "sites"),
        ({"sites": "vasa"}, "sites"),
        ({"sites": ["vasa"], "people": 100}, "sites"),
        ({"people": 0}, "people"),
        ({"people": "3"}, "people"),
        ({"people": True}, "people"),
        ({"move": "yes"}, "move"),
        ({"override": 1}, "override"),
    ):
        refused = caller.post("/bookings", wish(**body))
        assert refused.status_code == 422, body
        assert [each["field"] for each in refused.json["refusals"]] == [field], body
        assert all(each["message"] for each in refused.json["refusals"])


@pytest.mark.parametrize(
    "link",
    [
        "http://meet.example.org/1",
        "javascript:alert(1)",
        "https://",
        "https://somebody@meet.example.org/",
        "https://meet.example.org/ 1",
        "https://meet.example.org/" + "x" * 500,
        7,
        "new",  # where no links are made
    ],
)
def test_links_that_are_none(app: Flask, api: Api, monkeypatch: pytest.MonkeyPatch, link: object) -> None:
    monkeypatch.setitem(app.config, "MEETING_BASE_URL", "")
    refused = api().book(meeting=link)
    assert refused.status_code == 422
    assert [each["field"] for each in refused.json["refusals"]] == ["meeting"]


@both
def test_a_link_is_only_for_those_who_may_read_and_can_be_taken_away(api: Api) -> None:
    caller, stranger = api(), api("other@example.org", organisation="basalt")
    made = caller.book(meeting="https://teams.example.com/l/meetup-join/1").json
    assert "teams.example.com" not in stranger.get("/bookings?from=2026-09-07&to=2026-09-14").text
    path = f"/bookings/{made['id']}"
    kept = caller.patch(path, {"title": "Nytt", "version": 1}).json
    assert kept["meeting_url"] == "https://teams.example.com/l/meetup-join/1"
    gone = caller.patch(path, {"meeting": None, "version": kept["version"]}).json
    assert gone["meeting_url"] is None


@both
def test_a_host_books_past_a_rule_and_it_is_marked(api: Api, make: Factory) -> None:
    make.rule(notice_minutes=48 * 60)
    host, member = api("host@example.org", role="host"), api()
    refused = host.book()
    assert refused.status_code == 422
    codes = [each["code"] for each in refused.json["refusals"]]
    made = host.book(override=True)
    assert (made.status_code, made.json["set_aside"]) == (201, codes)
    assert host.get(f"/bookings/{made.json['id']}").json["set_aside"] == codes
    told = host.post(
        "/bookings/preview", wish(start="2026-09-08T13:00", end="2026-09-08T14:00", override=True)
    )
    assert [each["code"] for each in told.json["set_aside"]] == codes
    by_member = member.book(start="2026-09-08T13:00", end="2026-09-08T14:00", override=True)
    assert by_member.status_code == 422, "not for members"


@both
def test_home_is_the_office_by_whose_clock_all_of_it_is(api: Api, make: Factory) -> None:
    make.office("vasa", timezone="Europe/Helsinki")
    make.room("skaret", "vasa")
    caller = api()
    sites = {"resources": ["tallen", "skaret"], "start": "2026-09-08T10:00", "end": "2026-09-08T11:00"}
    made = caller.book(**sites, home="vasa").json
    assert (made["timezone"], made["occurrences"][0]["start"]) == (
        "Europe/Helsinki",
        "2026-09-08T07:00:00+00:00",
    )
    later = caller.patch(f"/bookings/{made['id']}", {"end": "2026-09-08T12:00", "version": 1}).json
    assert later["occurrences"][0]["end"] == "2026-09-08T09:00:00+00:00"
    wrong = caller.book(**sites, home="nowhere").json["refusals"]
    assert [(each["code"], each["field"]) for each in wrong] == [("unknown_office", "home")]
