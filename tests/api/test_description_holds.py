"""Hundreds of calls made up from the description, right and wrong ones: every answer is as it says."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask import Flask

from app.extensions import db
from app.models import ResourcePart
from app.services.closures import close
from app.services.people import new_token
from tests.api.conftest import Caller
from tests.api.fuzzing import OPERATIONS, Place, described, try_out
from tests.conftest import Clock
from tests.factories import HOUR, Factory

Api = Callable[..., Caller]
EXAMPLES = 6


@pytest.fixture
def there(app: Flask, api: Api, make: Factory, clock: Clock) -> tuple[str, list[Place]]:
    """A host's token, and addresses of what is there: something of everything."""
    make.room("granen", approval=True)
    pool = make.pool("desks", name="Skrivbord")
    whole = make.room("hallen")
    db.session.add(ResourcePart(whole_id=whole.id, part_id=make.room("vast").id))
    db.session.commit()
    make.room("desk-1", kind="desk", pool_id=pool.id)
    member = api()
    booked = [
        member.book(start="2026-09-07T09:00", end="2026-09-07T11:00", title="Nu").json,
        member.book(resources=["granen"], title="Får jag?").json,
        member.book(resources=["vast"], recurrence="FREQ=DAILY;COUNT=2").json,
    ]
    clock.at = datetime(2026, 9, 7, 7, 10, tzinfo=UTC)
    host, rule = make.host(), make.rule(max_minutes=600)
    noon = datetime(2026, 9, 9, 10, tzinfo=UTC)
    closure = close(make.office(), "tallen", noon, noon + HOUR, "", by=host, now=clock.at)
    places = [
        {
            "booking_id": each["id"],
            "occurrence_id": date["id"],
            "waiting_id": 1,
            "rule_id": rule.id,
            "closure_id": closure.id,
        }
        for each in booked
        for date in each["occurrences"]
    ]
    return new_token(host.email, clock.at), places


@pytest.mark.parametrize("operation", OPERATIONS)
def test_answers_are_as_the_description_says(
    app: Flask, there: tuple[str, list[Place]], operation: str
) -> None:
    (chosen,) = (each.ok() for each in described(app).get_all_operations() if each.ok().label == operation)
    statuses = try_out(chosen, *there, examples=EXAMPLES)
    assert statuses.total() >= EXAMPLES
