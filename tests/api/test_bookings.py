"""Bookings over the API: made and read, by those who may."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import func, select

from app.extensions import db
from app.models import Booking, Resource, ResourcePart
from tests.api.conftest import Caller, wish
from tests.databases import both
from tests.factories import Factory

Api = Callable[..., Caller]
WEEK = "/bookings?from=2026-09-07&to=2026-09-14"


def stored() -> int:
    return db.session.scalar(select(func.count()).select_from(Booking)) or 0


@both
def test_a_booking_is_made_and_found_where_the_answer_says(api: Api) -> None:
    caller = api()
    made = caller.book()
    assert made.status_code == 201
    assert made.json | {"id": 0, "uid": "", "created_at": "", "occurrences": []} == {
        "id": 0,
        "uid": "",
        "status": "confirmed",
        "version": 1,
        "resources": ["tallen"],
        "timezone": "Europe/Stockholm",
        "recurrence": None,
        "created_at": "",
        "occurrences": [],
        "title": "Möte",
        "organisation": "granit",
        "activity": "meeting",
        "organiser": {"name": "", "email": "member@example.org"},
        "meeting_url": None,
        "continues": None,
        "set_aside": [],
        "url": f"http://localhost/bookings/{made.json['id']}",
    }
    (occurrence,) = made.json["occurrences"]
    assert occurrence == {
        "id": occurrence["id"],
        "start": "2026-09-08T08:00:00+00:00",
        "end": "2026-09-08T09:00:00+00:00",
        "resources": ["tallen"],
        "status": "confirmed",
        "original_start": "2026-09-08T08:00:00+00:00",
        "moved": False,
        "reason": None,
        "awaits": [],
        "checked_in_at": None,
        "heads": None,
    }
    found = caller.client.get(made.headers["Location"], headers={"Authorization": f"Bearer {caller.token}"})
    assert found.json == made.json
    assert found.headers["ETag"] == '"1"'


@both
def test_a_taken_time_answers_with_clashes_and_alternatives(api: Api, make: Factory) -> None:
    make.room("granen")
    api().book(title="Hemligt")
    make.organisation("skog")
    caller = api("anna@example.org", organisation="skog")
    taken = caller.book(
        organisation="skog", start="2026-09-08T10:30:00+02:00", end="2026-09-08T11:30:00+02:00"
    )
    assert taken.status_code == 409
    assert taken.mimetype == "application/problem+json"
    assert taken.json["clashes"] == [
        {
            "resource": "tallen",
            "name": "Tallen",
            "start": "2026-09-08T08:00:00+00:00",
            "end": "2026-09-08T09:00:00+00:00",
            "wanted": {"start": "2026-09-08T08:30:00+00:00", "end": "2026-09-08T09:30:00+00:00"},
            "blocks": {"start": "2026-09-08T08:00:00+00:00", "end": "2026-09-08T09:00:00+00:00"},
            "why": "booked",
            "yours": False,
            "requested": False,
            "booking": None,
            "calendar": None,
        }
    ]
    assert not any(each["needs_approval"] for each in taken.json["alternatives"])
    assert [(each["resource"], each["start"]) for each in taken.json["alternatives"]] == [
        ("granen", "2026-09-08T08:30:00+00:00"),
        ("tallen", "2026-09-08T09:00:00+00:00"),
    ]
    assert "Hemligt" not in taken.text


def test_every_broken_rule_is_told_at_once_in_the_readers_language(api: Api) -> None:
    caller = api()
    broken = wish(
        start="2026-09-12T06:00:00+02:00", end="2026-09-12T06:05:00+02:00", title="", activity="sport"
    )
    swedish = caller.post("/bookings", broken)
    english = caller.post("/bookings", broken, headers={"Accept-Language": "en-GB, sv;q=0.5"})
    assert swedish.status_code == english.status_code == 422
    assert {(each["code"], each["field"]) for each in english.json["refusals"]} == {
        ("title_missing", "title"),
        ("unknown_activity", "activity"),
        ("too_short", "end"),
        ("outside_opening_hours", "start"),
    }
    said = {each["code"]: each["message"] for each in english.json["refusals"]}
    assert said["title_missing"] == "Give the booking a title."
    assert (
        said["title_missing"]
        != {each["code"]: each["message"] for each in swedish.json["refusals"]}["title_missing"]
    )
    assert stored() == 0


@pytest.mark.parametrize(
    ("body", "refusals"),
    [
        ({"colour": "red", "title": 7}, [("unknown_key", "colour"), ("wrong_type", "title")]),
        ({"start": "soon", "end": ...}, [("bad_time", "start"), ("missing", "end")]),
        ({"start": 1790000000}, [("bad_time", "start")]),
        ({"start": "2026-09-08"}, [("bad_time", "start")]),
        ({"start": "2026-09-08T10:00:00.5+02:00"}, [("bad_time", "start")]),
        ({"start": "2026-02-30T10:00:00+02:00"}, [("bad_time", "start")]),
        ({"end": "9999-12-31T23:59:59-12:00"}, [("bad_time", "end")]),
        ({"resources": "tallen"}, [("wrong_type", "resources")]),
        ({"resources": []}, [("resource_missing", "resources")]),
        ({"resources": ["nowhere"]}, [("unknown_resource", "resources")]),
        ({"resources": ["ta\x00llen"]}, [("bad_text", "resources")]),
        ({"organisation": "\ud800"}, [("bad_text", "organisation")]),
        ({"title": "\ud800"}, [("bad_text", "title")]),
        ({"title": "a\r\nb"}, [("title_line_break", "title")]),
        ({"title": "x" * 10_000}, [("title_too_long", "title")]),
        ({"recurrence": "FREQ=SECONDLY"}, [("bad_recurrence", "recurrence")]),
        ({"recurrence": 5}, [("wrong_type", "recurrence")]),
        ({"recurrence": "FREQ=DAILY;COUNT=367"}, [("too_many_dates", "recurrence")]),
        ({"end": "2026-09-08T09:00:00+02:00"}, [("end_before_start", "end")]),
        ({"end": "2199-01-01T00:00:00Z"}, [("too_long", "end")]),
        ({"organisation": "other"}, [("unknown_organisation", "organisation")]),
        # Not only the shape: what is sound in the same body is held against the rules.
        (
            {"colour": "red", "start": "2026-09-01T10:00:00+02:00", "end": "2026-09-01T11:00:00+02:00"},
            [("unknown_key", "colour"), ("in_past", "start")],
        ),
    ],
)
def test_what_is_wrong_with_a_body(api: Api, body: dict[str, Any], refusals: list[tuple[str, str]]) -> None:
    refused = api().book(**body)
    assert refused.status_code == 422
    assert sorted((each["code"], each["field"]) for each in refused.json["refusals"]) == sorted(refusals)
    assert all(each["message"] for each in refused.json["refusals"])
    assert stored() == 0


def test_a_local_time_is_read_by_the_clock_of_the_office(api: Api) -> None:
    made = api().book(start="2026-09-08T10:00", end="2026-09-08T11:00:00")
    assert made.json["occurrences"][0]["start"] == "2026-09-08T08:00:00+00:00"


def test_a_local_time_that_does_not_exist_is_refused_and_one_that_comes_twice_is_asked_back(
    api: Api, make: Factory
) -> None:
    make.office("umea", opens=0, closes=1440, days=range(7))
    make.room("viken", "umea")
    gap = api().book(resources=["viken"], start="2027-03-28T02:30", end="2027-03-28T04:00")
    twice = api().book(resources=["viken"], start="2026-10-25T02:30", end="2026-10-25T04:00")
    assert [each["code"] for each in gap.json["refusals"]] == ["time_does_not_exist"]
    (asked,) = twice.json["refusals"]
    assert asked["choices"] == ["2026-10-25T00:30:00+00:00", "2026-10-25T01:30:00+00:00"]
    second = api().book(resources=["viken"], start=asked["choices"][1], end="2026-10-25T04:00")
    assert second.status_code == 201


@both
def test_a_series_keeps_its_local_time_over_the_clock_change(api: Api, make: Factory) -> None:
    made = api().book(
        start="2026-10-21T09:00:00+02:00",
        end="2026-10-21T10:00:00+02:00",
        recurrence="rrule:freq=weekly;count=3",
    )
    assert [each["start"] for each in made.json["occurrences"]] == [
        "2026-10-21T07:00:00+00:00",
        "2026-10-28T08:00:00+00:00",
        "2026-11-04T08:00:00+00:00",
    ]
    assert made.json["recurrence"] == "FREQ=WEEKLY;COUNT=3"


def test_a_composite_and_its_part_asked_for_together_hold_the_part_once(api: Api, make: Factory) -> None:
    whole = make.room("hallen")
    for slug in ("vast", "ost"):
        db.session.add(ResourcePart(whole_id=whole.id, part_id=make.room(slug).id))
    db.session.commit()
    made = api().book(resources=["hallen", "ost"])
    assert made.status_code == 201
    assert made.json["resources"] == ["hallen", "ost"]
    assert sorted(made.json["occurrences"][0]["resources"]) == ["ost", "vast"]


def test_nobody_books_for_others(api: Api, make: Factory) -> None:
    make.organisation("basalt")
    refused = api().book(organisation="basalt")
    assert [each["code"] for each in refused.json["refusals"]] == ["not_your_organisation"]
    assert api("host@example.org", role="host").book(organisation="basalt").status_code == 201


@both
def test_colleagues_read_but_do_not_change_and_a_host_does_both(api: Api) -> None:
    made = api().book().json
    colleague, host = (
        api("colleague@example.org"),
        api("host@example.org", role="host", organisation="basalt"),
    )
    assert colleague.get(f"/bookings/{made['id']}").json["title"] == "Möte"
    assert colleague.delete(f"/bookings/{made['id']}").status_code == 403
    assert colleague.patch(f"/bookings/{made['id']}", {"title": "Mitt", "version": 1}).status_code == 403
    assert host.get(WEEK).json["items"][0]["title"] == "Möte"
    assert host.delete(f"/bookings/{made['id']}").json["status"] == "cancelled"


def test_a_room_that_asks_for_approval_is_requested(api: Api, make: Factory) -> None:
    make.room("granen", approval=True)
    assert api().book(resources=["granen"]).json["status"] == "requested"


def test_a_pool_gives_a_member_that_can_be_used(api: Api, make: Factory) -> None:
    pool = make.pool("desks")
    make.room("desk-1", kind="desk", pool_id=pool.id, active_to=datetime(2026, 9, 8).date())
    make.room("desk-2", kind="desk", pool_id=pool.id)
    made = api().book(resources=["desks"])
    assert made.json["occurrences"][0]["resources"] == ["desk-2"], "desk-1 is out of service by then"
    assert db.session.scalar(select(Resource.changes).filter_by(slug="desk-2")) == 1


@both
def test_rules_and_what_is_in_the_way_come_in_one_answer(api: Api, make: Factory) -> None:
    caller = api()
    made = caller.book().json
    refused = caller.book(title="", start="2026-09-08T10:30:00+02:00", end="2026-09-08T11:30:00+02:00")
    assert refused.status_code == 422
    assert [each["code"] for each in refused.json["refusals"]] == ["title_missing"]
    (clash,) = refused.json["clashes"]
    assert (clash["why"], clash["yours"]) == ("yours", True)
    assert clash["booking"] == {
        "id": made["id"],
        "occurrence": made["occurrences"][0]["id"],
        "title": "Möte",
    }
    assert "clashes" not in caller.book(title="", start="2026-09-09T10:00", end="2026-09-09T11:00").json
    preview = caller.post("/bookings/preview", wish(title=""))
    assert (preview.status_code, len(preview.json["clashes"])) == (422, 1)


@both
def test_a_booking_at_two_offices_says_whose_yes_it_awaits(api: Api, make: Factory) -> None:
    for slug in ("stockholm", "umea"):
        make.room(f"sal-{slug}", slug, approval=True)
    made = api().book(resources=["sal-stockholm", "sal-umea"]).json
    assert made["occurrences"][0]["awaits"] == ["stockholm", "umea"]
    hosts = {
        slug: api(f"{slug}@example.org", role="host", office=make.office(slug))
        for slug in ("stockholm", "umea")
    }
    path = f"/bookings/{made['id']}/approval"
    (half,) = hosts["umea"].post(path, {}).json["occurrences"]
    assert (half["status"], half["awaits"]) == ("requested", ["stockholm"])
    counts = [hosts[slug].get(f"/requests?office={slug}").json["count"] for slug in hosts]
    assert counts == [1, 0]
    (whole,) = hosts["stockholm"].post(path, {}).json["occurrences"]
    assert (whole["status"], whole["awaits"]) == ("confirmed", [])
