"""Rules that hosts make, replace and end over the API, with the refusals of their page."""

from collections.abc import Callable

import pytest
from sqlalchemy import func, select

from app.extensions import db
from app.models import BookingRule
from tests.api.conftest import Caller
from tests.databases import both
from tests.factories import Factory

Api = Callable[..., Caller]
LISTED = "/rules?office=stockholm"


@both
def test_a_rule_is_made_and_holds(api: Api, make: Factory) -> None:
    host, member = api("host@example.org", role="host"), api()
    made = host.post(
        "/rules",
        {
            "office": "stockholm",
            "resource": "tallen",
            "category": "company",
            "starts": "2026-09-01",
            "ends": "2026-10-01T12:00",
            "max_minutes": 30,
            "may_book": None,
            "reason": "Korta möten",
        },
    )
    assert made.status_code == 201
    rule = made.json
    assert (rule["office"], rule["resource"], rule["category"]) == ("stockholm", "tallen", "company")
    assert (rule["starts"], rule["ends"]) == ("2026-08-31T22:00:00+00:00", "2026-10-01T10:00:00+00:00")
    assert (rule["max_minutes"], rule["may_book"], rule["ended"]) == (30, None, False)
    assert host.get(LISTED).json["rules"] == [rule]
    refused = member.book()
    assert [each["code"] for each in refused.json["refusals"]] == ["too_long"]


@both
def test_a_rule_is_replaced_and_ended_and_stays_to_be_read(api: Api) -> None:
    host = api("host@example.org", role="host")
    first = host.post("/rules", {"office": "stockholm", "max_minutes": 30}).json
    second = host.call("PUT", f"/rules/{first['id']}", json={"max_minutes": 45, "at_once": 2})
    assert second.status_code == 200
    assert host.call("PUT", f"/rules/{first['id']}", json={"at_once": 3}).status_code == 412
    assert host.get(LISTED).json["rules"] == [second.json]
    ended = host.delete(f"/rules/{second.json['id']}")
    assert (ended.status_code, ended.json["ended"]) == (200, True)
    assert host.delete(f"/rules/{second.json['id']}").json == ended.json
    assert host.get(LISTED).json["rules"] == []
    page = host.get("/rules/history?office=stockholm&limit=1").json
    assert page["items"] == [ended.json]
    rest = host.get(f"/rules/history?office=stockholm&cursor={page['next_cursor']}").json
    assert rest == {"items": [{**first, "ended": True}], "next_cursor": None}


@both
def test_all_that_is_wrong_comes_at_once(api: Api) -> None:
    host = api("host@example.org", role="host")
    wrong = {
        "office": "stockholm",
        "resource": "nowhere",
        "category": "nobody",
        "organisation": "nobody",
        "starts": "2026-10-01",
        "ends": "2026-09-01",
        "approval": "yes",
        "notice_minutes": -1,
        "min_minutes": 60,
        "max_minutes": 30,
        "reason": "x" * 301,
        "colour": "red",
    }
    answer = host.post("/rules", wrong)
    assert answer.status_code == 422
    assert {(each["field"], each["code"]) for each in answer.json["refusals"]} == {
        ("colour", "unknown_key"),
        ("approval", "wrong_type"),
        ("notice_minutes", "out_of_range"),
        ("resource", "unknown_resource"),
        ("category", "unknown_category"),
        ("organisation", "unknown_organisation"),
        ("organisation", "rule_for_two"),
        ("ends", "rule_ends_first"),
        ("max_minutes", "rule_below"),
        ("reason", "reason_too_long"),
    }
    sound = {key: value for key, value in wrong.items() if key in ("office", "resource", "ends", "starts")}
    codes = {each["code"] for each in host.post("/rules", sound).json["refusals"]}
    assert codes == {"unknown_resource", "rule_ends_first", "rule_says_nothing"}
    assert [each["code"] for each in host.post("/rules", {}).json["refusals"]] == ["missing"]
    assert host.post("/rules", {"office": "nowhere", "at_once": 1}).status_code == 404
    assert db.session.scalar(select(func.count()).select_from(BookingRule)) == 0


def test_rules_are_for_hosts_of_that_office_and_not_for_those_of_the_file(api: Api, make: Factory) -> None:
    umea = make.office("umea")
    of_file = make.rule(source="file", at_once=2)
    made = make.rule(at_once=3)
    host = api("host@example.org", role="host")
    for other in (api(), api("umea@example.org", role="host", office=umea)):
        for method, path, body in (
            ("POST", "/rules", {"office": "stockholm", "at_once": 1}),
            ("GET", "/rules/history?office=stockholm", None),
            ("PUT", f"/rules/{made.id}", {"at_once": 1}),
            ("DELETE", f"/rules/{made.id}", None),
        ):
            assert other.call(method, path, json=body).status_code == 403, (method, path)
    for method, body in (("PUT", {"at_once": 1}), ("DELETE", None)):
        refused = host.call(method, f"/rules/{of_file.id}", json=body)
        assert [each["code"] for each in refused.json["refusals"]] == ["rule_of_file"]
        assert host.call(method, "/rules/99999", json=body).status_code == 404
    history = host.get("/rules/history?office=stockholm").json["items"]
    assert [(each["source"], each["at_once"]) for each in history] == [("host", 3), ("file", 2)]


@both
def test_a_rule_sent_again_with_its_key_is_one_rule(api: Api) -> None:
    host = api("host@example.org", role="host")
    key = {"Idempotency-Key": "rule-1"}
    body = {"office": "stockholm", "at_once": 2}
    one, two = (host.post("/rules", body, headers=key) for _ in range(2))
    assert (one.json, one.status_code) == (two.json, 201)
    path, again = f"/rules/{one.json['id']}", {"Idempotency-Key": "rule-2"}
    replaced = [host.call("PUT", path, json={"at_once": 3}, headers=again) for _ in range(2)]
    assert [each.status_code for each in replaced] == [200, 200]
    assert replaced[0].json == replaced[1].json
    assert db.session.scalar(select(func.count()).select_from(BookingRule)) == 2


@pytest.mark.parametrize("value", [True, 1.5, "1", [], {}, 10**30, -1])
def test_numbers_that_are_none(api: Api, value: object) -> None:
    host = api("host@example.org", role="host")
    refused = host.post("/rules", {"office": "stockholm", "at_once": value})
    assert [each["field"] for each in refused.json["refusals"]] == ["at_once"]
