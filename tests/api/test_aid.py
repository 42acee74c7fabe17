"""The companies beside their caps, for programs of hosts."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from tests.api.conftest import Caller
from tests.factories import HOUR, Factory
from tests.services.money_rows import counting
from tests.services.report_rows import store, used

Api = Callable[..., Caller]
MORNING = datetime(2026, 9, 2, 8, 0, tzinfo=UTC)


def test_a_host_reads_where_companies_stand(api: Api, make: Factory, now: datetime) -> None:
    counting(make, now, cap=100_000)
    store(used(make, MORNING, MORNING + 4 * HOUR))
    caller = api("reader@example.org", role="host")
    found = caller.get("/aid?office=stockholm").json
    assert found["period"] == {"from": "2023-09-08", "to": "2026-09-08"}
    (granit,) = found["items"]
    assert (granit["name"], granit["here"], granit["received"], granit["cap"]) == (
        "Granit AB",
        800,
        800,
        1000,
    )
    assert (granit["share_of_cap"], granit["level"]) == (0.8, "near")
    assert caller.get("/aid?office=stockholm&on=2026-09-01").json["items"] == []


@pytest.mark.parametrize(
    ("role", "status"), [("member", 403), ("funder", 403), ("host", 200), ("admin", 200)]
)
def test_who_may_read_it(api: Api, role: str, status: int) -> None:
    assert api("reader@example.org", role=role).get("/aid?office=stockholm").status_code == status


@pytest.mark.parametrize("on", ["abc", "2026-02-30", "2026-11-24T09:00:00+01:00", "1850-01-01", "20261124"])
def test_the_last_day_is_a_day(api: Api, make: Factory, on: str) -> None:
    answer = api("reader@example.org", role="host").get(
        "/aid", query_string={"office": "stockholm", "on": on}
    )
    assert answer.status_code == 422
    assert answer.json["detail"] == "on måste vara en dag som 2026-11-24."


@pytest.mark.parametrize(
    ("query", "status"), [("", 422), ("?office=nowhere", 404), ("?office=stockholm&on=snart", 422)]
)
def test_what_is_wrong_with_the_question(api: Api, query: str, status: int) -> None:
    assert api("host@example.org", role="host").get(f"/aid{query}").status_code == status
