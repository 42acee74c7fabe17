"""The time of many parts at once."""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.interval import Interval
from app.domain.period import Period
from app.domain.stretches import Stretch, stretch_of
from app.domain.utilisation import (
    Measurement,
    OpenTime,
    ResourceTime,
    UseRow,
    measure,
    measure_each,
    time_by_part,
)
from tests.domain.offices import STOCKHOLM, resource
from tests.domain.test_utilisation_properties import Office, offices
from tests.domain.test_utilisation_worked_example import ROWS

HOUR = timedelta(hours=1)
YEAR = Period.parse("2026").interval(STOCKHOLM)
OCTOBER = Period.parse("2026-10").interval(STOCKHOLM)
DAYS = st.lists(
    st.dates(Period.parse("2026-09").first, Period.parse("2026-12").first), min_size=2, unique=True
)


def by_part(measurement: Measurement, parts: Sequence[Interval]) -> list[OpenTime]:
    """From the rows of what was measured, whoever owns which."""
    times = [
        ResourceTime(
            one.facts.kind,
            open=[stretch_of(span) for span in one.open],
            used=[_stretch(row) for row in measurement.held[one.facts.slug] if row.is_used],
            no_shows=[_stretch(row) for row in measurement.held[one.facts.slug] if not row.is_used],
        )
        for one in measurement.counted
    ]
    return time_by_part(times, [stretch_of(part) for part in parts])


def _stretch(row: UseRow) -> Stretch:
    return int(row.start.timestamp()), int(row.end.timestamp())


@given(DAYS)
def test_each_part_is_as_if_measured_alone(days: list[date]) -> None:
    ordered = sorted(days)
    parts = [Period(a, b).interval(STOCKHOLM) for a, b in pairwise(ordered)]
    facts = [resource(slug, YEAR) for slug in ("a", "b")]
    together = [part.utilisation for part in by_part(measure_each(facts, ROWS, period=YEAR), parts)]
    alone = [measure(facts, ROWS, period=part, timezone=STOCKHOLM).utilisation for part in parts]
    assert together == alone


@settings(max_examples=100, deadline=None)
@given(offices())
def test_each_part_has_the_time_that_it_has_measured_alone(office: Office) -> None:
    start, end = office.period.start, office.period.end
    middle = start + (end - start) / 2
    parts = [Interval(start, middle), Interval(middle, end)]
    found = by_part(office.measurement(), parts)
    alone = [office.measured(part) for part in parts]
    assert [(part.available, part.booked, part.used) for part in found] == [
        (part.available, part.booked, part.used) for part in alone
    ]


def test_a_part_without_open_time_has_no_share() -> None:
    weekend = Period.parse("2026-10-03..2026-10-05").interval(STOCKHOLM)
    (found,) = by_part(measure_each([resource("a", YEAR)], ROWS, period=YEAR), [weekend])
    assert found.utilisation is None


def test_parts_add_up_and_tell_what_was_booked_too() -> None:
    facts = [resource(slug, OCTOBER) for slug in ("a", "b")]
    halves = [
        Period.parse(text).interval(STOCKHOLM)
        for text in ("2026-10-01..2026-10-16", "2026-10-16..2026-11-01")
    ]
    measurement = measure_each(facts, ROWS, period=OCTOBER)
    found, whole = by_part(measurement, halves), by_part(measurement, [OCTOBER])[0]
    assert sum((part.booked for part in found), timedelta()) == whole.booked
    assert whole.booked - whole.used == 2 * HOUR  # the no-show
