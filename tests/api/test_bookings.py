"""Bookings over the API: made, read, listed, changed, cancelled, by those who may."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import func, select

from app.extensions import db
from app.models import Booking, Resource, ResourcePart
from tests.api.conftest import Caller, wish
from tests.conftest import Clock
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
def test_others_see_that_it_is_taken_and_nothing_else(api: Api) -> None:
    """The canary: a private title never reaches another member."""
    made = api().book(title="Kanariefågel", recurrence="FREQ=DAILY;COUNT=2").json
    other = api("other@example.org", organisation="basalt")
    listed = other.get(WEEK)
    assert listed.json["items"] == [
        {
            "id": None,
            "status": "busy",
            "occurrences": [
                {
                    "id": None,
                    "start": f"2026-09-{day}T08:00:00+00:00",
                    "end": f"2026-09-{day}T09:00:00+00:00",
                    "resources": ["tallen"],
                    "status": "busy",
                }
            ],
        }
        for day in ("08", "09")
    ]
    answers = [
        other.get(f"/bookings/{made['id']}"),
        other.patch(f"/bookings/{made['id']}", {"title": "Mitt", "version": 1}),
        other.delete(f"/bookings/{made['id']}"),
    ]
    assert [answer.status_code for answer in answers] == [404, 404, 404]
    for answer in (listed, *answers, other.book(organisation="basalt")):
        assert not any(
            secret in answer.text for secret in ("Kanariefågel", "granit", "Granit", made["uid"], "member@")
        )


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


@both
def test_a_list_comes_in_pages_and_holds_each_date_once(api: Api, make: Factory) -> None:
    make.room("granen")
    caller = api()
    caller.book(recurrence="FREQ=DAILY;COUNT=3")
    caller.book(resources=["granen"], recurrence="FREQ=DAILY;COUNT=2")
    dates, cursor, pages = [], "", 0
    while cursor is not None:
        page = caller.get(f"{WEEK}&limit=2{f'&cursor={cursor}' if cursor else ''}").json
        dates += [date["id"] for item in page["items"] for date in item["occurrences"]]
        cursor, pages = page["next_cursor"], pages + 1
    assert (len(dates), len(set(dates)), pages) == (5, 5, 3)


@both
def test_a_list_can_be_of_one_resource_or_of_a_composite(api: Api, make: Factory) -> None:
    whole, part = make.room("hallen"), make.room("vast")
    db.session.add(ResourcePart(whole_id=whole.id, part_id=part.id))
    db.session.commit()
    caller = api()
    caller.book()
    caller.book(resources=["vast"])
    for slug, found in (("vast", ["vast"]), ("hallen", ["vast"]), ("tallen", ["tallen"])):
        items = caller.get(f"{WEEK}&resource={slug}").json["items"]
        assert [item["resources"][0] for item in items] == found
    assert len(caller.get(f"{WEEK}&resource=tallen,vast").json["items"]) == 2
    assert len(caller.get(f"{WEEK}&office=stockholm").json["items"]) == 2
    assert caller.get(f"{WEEK}&resource=nowhere").status_code == 404
    assert caller.get(f"{WEEK}&office=nowhere").status_code == 404


@pytest.mark.parametrize(
    ("query", "refusals"),
    [
        ("?form=2026-09-07", [("unknown_key", "form")]),
        ("?from=x&to=y&limit=0", [("bad_time", "from"), ("bad_time", "to"), ("out_of_range", "limit")]),
        ("?from=2026-09-07&to=2026-09-07", [("end_before_start", "to")]),
        ("?from=2020-01-01&to=2026-09-07", [("range_too_long", "to")]),
        ("?limit=many&cursor=a.b", [("wrong_type", "limit"), ("bad_cursor", "cursor")]),
        ("?resource=%00", [("bad_text", "resource")]),
    ],
)
def test_what_is_wrong_with_a_query(api: Api, query: str, refusals: list[tuple[str, str]]) -> None:
    refused = api().get(f"/bookings{query}")
    assert [(each["code"], each["field"]) for each in refused.json["refusals"]] == refusals


def test_a_plus_sign_that_nobody_encoded_is_understood(api: Api) -> None:
    caller = api()
    caller.book()
    found = caller.get("/bookings?from=2026-09-08T10:30:00+02:00&to=2026-09-08T10:45:00+02:00")
    assert len(found.json["items"]) == 1


@both
def test_a_change_names_the_version_that_it_rests_on(api: Api) -> None:
    caller = api()
    path = f"/bookings/{caller.book().json['id']}"
    assert caller.patch(path, {"title": "Nytt"}).status_code == 428
    changed = caller.patch(path, {"title": "Nytt"}, headers={"If-Match": '"1"'})
    assert (changed.status_code, changed.json["title"]) == (200, "Nytt")
    assert changed.json["version"] > 1
    assert changed.headers["ETag"] == f'"{changed.json["version"]}"'
    assert caller.patch(path, {"title": "Äldre", "version": 1}).status_code == 412
    assert caller.patch(path, {"title": "Äldre"}, headers={"If-Match": '"x"'}).status_code == 412
    moved = caller.patch(
        path, {"start": "2026-09-08T13:00", "end": "2026-09-08T14:00", "version": changed.json["version"]}
    )
    assert moved.json["occurrences"][0]["start"] == "2026-09-08T11:00:00+00:00"
    assert moved.json["uid"] == changed.json["uid"]
    assert caller.get(path).json == moved.json


@both
def test_a_change_into_a_taken_time_leaves_it_as_it_was(api: Api) -> None:
    caller = api()
    caller.book(start="2026-09-08T13:00", end="2026-09-08T14:00")
    mine = caller.book().json
    path = f"/bookings/{mine['id']}"
    taken = caller.patch(path, {"start": "2026-09-08T13:30", "end": "2026-09-08T14:30", "version": 1})
    assert (taken.status_code, len(taken.json["clashes"])) == (409, 1)
    assert caller.patch(path, {"recurrence": None, "version": 1}).status_code == 422
    assert caller.get(path).json == mine


@both
@pytest.mark.parametrize(
    ("query", "left"),
    [
        ("", []),
        ("?scope=all", []),
        ("?scope=this&occurrence={}", ["08", "10", "11"]),
        ("?scope=following&occurrence={}", ["08"]),
    ],
)
def test_what_is_cancelled_of_a_series(api: Api, query: str, left: list[str]) -> None:
    caller = api()
    made = caller.book(recurrence="FREQ=DAILY;COUNT=4").json
    path = f"/bookings/{made['id']}" + query.format(made["occurrences"][1]["id"])
    cancelled = caller.delete(path)
    assert cancelled.status_code == 200
    standing = [
        each["start"][8:10] for each in cancelled.json["occurrences"] if each["status"] == "confirmed"
    ]
    assert standing == left
    assert caller.delete(path).json == cancelled.json, "twice is once"


def test_what_cannot_be_cancelled(api: Api, clock: Clock) -> None:
    caller = api()
    made, other = caller.book().json, caller.book(start="2026-09-09T10:00", end="2026-09-09T11:00").json
    path = f"/bookings/{made['id']}"
    assert caller.delete(f"{path}?scope=this").json["refusals"][0]["code"] == "missing"
    assert caller.delete(f"{path}?scope=some").json["refusals"][0]["code"] == "not_one_of"
    assert caller.delete(f"{path}?scope=this&occurrence={other['occurrences'][0]['id']}").status_code == 404
    clock.at = datetime(2026, 9, 8, 12, tzinfo=UTC)
    assert caller.delete(path).json["refusals"][0]["code"] == "cannot_cancel"


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
