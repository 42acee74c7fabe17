"""Lists of bookings over the API: in pages, of what was asked for, and nothing that others may not read."""

from collections.abc import Callable

import pytest

from app.extensions import db
from app.models import ResourcePart
from tests.api.conftest import Caller
from tests.databases import both
from tests.factories import Factory

Api = Callable[..., Caller]
WEEK = "/bookings?from=2026-09-07&to=2026-09-14"


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
