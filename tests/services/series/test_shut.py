"""Dates of a series that are shut: "closed" days, and those outside the opening "hours"."""

from datetime import datetime, timedelta

import pytest

from app.domain.errors import Refused
from app.extensions import db
from app.models import OpeningHours, Person
from app.services import bookings
from tests.factories import TEN, Factory, wish

DAILY = "FREQ=DAILY;COUNT=7"
SATURDAY = TEN + timedelta(days=4)


@pytest.fixture(autouse=True)
def open_on_saturday_afternoon(make: Factory) -> None:
    row = OpeningHours(office_id=make.office().id, weekday=5, opens_minute=12 * 60, closes_minute=18 * 60)
    db.session.add(row)
    db.session.commit()


@pytest.mark.parametrize(
    ("skip", "reasons"),
    [
        ({"closed", "hours"}, ["hours", "closed"]),
        ({"hours"}, ["hours", "hours"]),
    ],
)
def test_hours_are_left_out_by_name(
    make: Factory, member: Person, now: datetime, skip: set[str], reasons: list[str]
) -> None:
    make.room()
    planned = bookings.plan(wish(recurrence=DAILY, skip=frozenset(skip)), by=member, now=now)
    assert [each.reason for each in planned.left_out] == reasons
    assert [each.interval.start for each in planned.left_out] == [SATURDAY, SATURDAY + timedelta(days=1)]
    assert len(planned.dates) == 5


def test_closed_alone_leaves_out_whole_days(make: Factory, member: Person, now: datetime) -> None:
    make.room()
    with pytest.raises(Refused) as refused:
        bookings.plan(wish(recurrence=DAILY, skip=frozenset({"closed"})), by=member, now=now)
    (only,) = refused.value.refusals
    assert only.code == "outside_opening_hours"
    assert only.params["date_on"] == SATURDAY.date()


def test_a_refusal_knows_every_date(make: Factory, member: Person, now: datetime) -> None:
    make.room()
    with pytest.raises(Refused) as refused:
        bookings.plan(wish(recurrence="FREQ=DAILY;COUNT=14"), by=member, now=now)
    (only,) = refused.value.refusals
    also = only.params["also"]
    assert isinstance(also, tuple)
    assert [only.params["date_on"].day, *(each["date_on"].day for each in also)] == [12, 13, 19, 20]
