"""What is read for some organisations comes to the same as all of it, whatever overlaps."""

from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from flask import Flask

from app.domain.period import Period
from app.services.money.decisions import decide_booking, decide_category
from app.services.money.received import received
from app.services.money.register import register
from app.services.money.uses import values_at
from tests.databases import both
from tests.factories import HOUR, Factory
from tests.services.money_rows import counting, value
from tests.services.report_rows import store, used

MORNING = datetime(2026, 9, 2, 8, 0, tzinfo=UTC)
SEPTEMBER = Period.parse("2026-09")
QUARTER = timedelta(minutes=15)
LAST_DAY = SEPTEMBER.days()[-1]


@both
@pytest.mark.parametrize("seed", range(4))
def test_some_of_it_comes_to_the_same_as_all_of_it(
    app: Flask, make: Factory, now: datetime, seed: int
) -> None:
    chance = Random(seed)
    office, host = counting(make, now)
    value(make.room("granen"), 333, by=host, now=now)
    categories = ("company", "company", "region", "network")
    those = [make.organisation(f"org-{number}", each) for number, each in enumerate(categories)]
    region, network = (make.category(each).id for each in ("region", "network"))
    decide_category(office, region, False, None, "Inget företag.", by=host, now=now)
    begin = datetime(2026, 8, 31, 15, 0, tzinfo=UTC)  # some reach into September
    for number in range(30):
        start = begin + chance.randrange(120) * QUARTER
        organisation = chance.choice(those)
        store(
            used(
                make,
                start,
                start + chance.randrange(1, 60) * QUARTER,
                room=chance.choice(("tallen", "granen")),
                imported_as=str(number),
                organisation_id=organisation.id,
                category_id=organisation.category_id,
                uid=f"{seed}-{number}",
            )
        )
    everything = values_at(office, SEPTEMBER)
    for each in those:
        own = [use for use in everything if use.organisation_id == each.id]
        assert values_at(office, SEPTEMBER, [each.id]) == own
    perhaps = [use for use in everything if use.category_id != region]
    assert values_at(office, SEPTEMBER, maybe_aid=True) == perhaps
    nevertheless = next(use for use in everything if use.category_id == region and use.amount)
    decide_booking(office, nevertheless.booking_id, True, "Ett bolag.", by=host, now=now)
    aid = [use for use in values_at(office, SEPTEMBER) if use.is_aid]
    assert nevertheless.date_id in {use.date_id for use in aid}
    entries = register(office, SEPTEMBER, by=host, today=LAST_DAY).entries
    assert sum(each.amount for each in entries) == sum(use.amount for use in aid)
    companies = received(office, LAST_DAY)
    assert {use.date_id for each in companies.companies for use in each.uses} >= {use.date_id for use in aid}
    assert {use.category_id for use in companies.undecided} <= {network}


@both
def test_nothing_is_read_where_nothing_was_worth_anything(app: Flask, make: Factory, now: datetime) -> None:
    office, host = counting(make, now)
    value(make.room(), 0, by=host, now=now)
    store(used(make, MORNING, MORNING + HOUR))
    assert values_at(office, SEPTEMBER) == []
    value(make.room(), 100, "2026-10-01", by=host, now=now)
    assert values_at(office, SEPTEMBER) == []
