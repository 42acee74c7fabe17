"""What holds for bookings, and the hours that are left of a month."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from tests.api.conftest import Caller
from tests.databases import both
from tests.factories import Factory

Api = Callable[..., Caller]


@both
def test_what_holds_for_ones_own_organisation(api: Api, make: Factory) -> None:
    make.rule(organisation_id=make.organisation().id, notice_minutes=120, at_once=2, hours_per_month=40)
    make.rule(organisation_id=make.organisation("basalt").id, notice_minutes=9000)
    make.rule(
        may_book=False,
        starts_at=datetime(2026, 12, 24, tzinfo=UTC),
        ends_at=datetime(2026, 12, 27, tzinfo=UTC),
        reason="Jul",
    )
    found = api().get("/rules?office=stockholm").json
    assert "rules" not in found
    (limits,) = found["items"]
    assert (limits["resource"], limits["organisation"]) == ("tallen", "granit")
    assert (limits["notice_minutes"], limits["at_once"], limits["hours_per_month"]) == (120, 2, 40)
    assert (limits["may_book"], limits["approval"], limits["release_minutes"]) == (True, False, None)
    assert limits["closed_for_you"] == [
        {"start": "2026-12-24T00:00:00+00:00", "end": "2026-12-27T00:00:00+00:00", "reason": "Jul"}
    ]


def test_hosts_read_every_rule_and_ask_for_any_organisation(api: Api, make: Factory) -> None:
    make.organisation("basalt")
    made = make.rule(category_id=make.category().id, max_minutes=60, reason="Korta möten")
    host = api("host@example.org", role="host")
    found = host.get("/rules?office=stockholm&organisation=basalt&resource=tallen").json
    assert [(each["organisation"], each["max_minutes"]) for each in found["items"]] == [("basalt", 60)]
    (told,) = found["rules"]
    assert told == {
        "id": made.id,
        "office": "stockholm",
        "resource": None,
        "category": "company",
        "organisation": None,
        "starts": None,
        "ends": None,
        "may_book": None,
        "approval": None,
        "notice_minutes": None,
        "max_days_ahead": None,
        "min_minutes": None,
        "max_minutes": 60,
        "at_once": None,
        "hours_per_month": None,
        "lapse_minutes": None,
        "release_minutes": None,
        "reason": "Korta möten",
        "source": "host",
        "ended": False,
    }


def test_what_others_may_is_not_for_members_to_know(api: Api, make: Factory) -> None:
    make.organisation("basalt")
    caller = api()
    for path in ("/rules", "/quota"):
        assert caller.get(f"{path}?office=stockholm&organisation=basalt").status_code == 404
        assert caller.get(f"{path}?office=stockholm&organisation=nobody").status_code == 404
        assert caller.get(f"{path}?office=nowhere").status_code == 404
        assert caller.get(path).status_code == 422
    assert caller.get("/rules?office=stockholm&resource=nowhere").status_code == 404


@both
def test_what_is_left_of_a_month(api: Api, make: Factory) -> None:
    make.rule(organisation_id=make.organisation().id, hours_per_month=40)
    make.rule(category_id=make.category().id, resource_id=make.room("tallen").id, hours_per_month=3)
    caller = api()
    caller.book(start="2026-09-08T10:00", end="2026-09-08T11:30")
    (of_office,) = caller.get("/quota?office=stockholm").json["items"]
    assert of_office == {
        "organisation": "granit",
        "office": "stockholm",
        "resource": None,
        "month": "2026-09",
        "hours": 40,
        "spent_hours": 1.5,
        "left_hours": 38.5,
    }
    (october,) = caller.get("/quota?office=stockholm&month=2026-10&organisation=granit").json["items"]
    assert (october["month"], october["left_hours"]) == ("2026-10", 40)
    make.organisation("basalt")
    host = api("host@example.org", role="host")
    (basalt,) = host.get("/quota?office=stockholm&organisation=basalt").json["items"]
    assert (basalt["resource"], basalt["hours"]) == ("tallen", 3)
    everybody = host.get("/quota?office=stockholm").json["items"]
    assert [(each["organisation"], each["spent_hours"]) for each in everybody] == [("granit", 1.5)]


def test_without_a_rule_there_is_no_quota(api: Api) -> None:
    assert api().get("/quota?office=stockholm").json == {"items": []}


@pytest.mark.parametrize("month", ["2026", "2026-13", "2026-00", "0001-01", "9999-12", "x", "2026-9"])
def test_months_that_are_none(api: Api, month: str) -> None:
    refused = api().get(f"/quota?office=stockholm&month={month}")
    assert [each["code"] for each in refused.json["refusals"]] == ["bad_month"]
