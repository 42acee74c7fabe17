"""The report JSON, for those who may read it."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from tests.api.conftest import Caller
from tests.conftest import Clock
from tests.factories import Factory

Api = Callable[..., Caller]


def test_a_funder_reads_the_figures_of_a_month(api: Api, clock: Clock) -> None:
    api().book()
    clock.at = datetime(2026, 10, 1, tzinfo=UTC)
    found = api("funder@example.org", role="funder").get("/utilisation?office=stockholm&period=2026-09").json
    assert found["period"] == {"from": "2026-09-01", "to": "2026-10-01"}
    assert found["totals"]["used_hours"] == 1.0
    assert found["totals"]["available_hours"] == 22 * 9


@pytest.mark.parametrize(
    ("role", "status"), [("member", 403), ("host", 200), ("funder", 200), ("admin", 200)]
)
def test_who_may_read_it(api: Api, role: str, status: int) -> None:
    caller = api("reader@example.org", role=role)
    assert caller.get("/utilisation?office=stockholm&period=2026").status_code == status


def test_a_host_elsewhere_may_not(api: Api, make: Factory) -> None:
    caller = api("reader@example.org", role="host", office=make.office("umea"))
    assert caller.get("/utilisation?office=stockholm&period=2026").status_code == 403
    assert caller.get("/utilisation?office=umea&period=2026").status_code == 200


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("", 422),
        ("?office=stockholm", 422),
        ("?office=stockholm&period=sommaren", 422),
        ("?office=nowhere&period=2026", 404),
    ],
)
def test_what_is_wrong_with_the_question(api: Api, query: str, status: int) -> None:
    assert api("host@example.org", role="host").get(f"/utilisation{query}").status_code == status
