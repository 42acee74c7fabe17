"""The parts of a period, measured together with the whole."""

from datetime import date
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from app.domain.period import Period
from app.domain.utilisation import measure, measure_each
from tests.domain.offices import STOCKHOLM, resource
from tests.domain.test_utilisation_worked_example import ROWS

YEAR = Period.parse("2026").interval(STOCKHOLM)
DAYS = st.lists(
    st.dates(Period.parse("2026-09").first, Period.parse("2026-12").first), min_size=2, unique=True
)


@given(DAYS)
def test_each_part_is_as_if_measured_alone(days: list[date]) -> None:
    ordered = sorted(days)
    parts = [Period(a, b).interval(STOCKHOLM) for a, b in pairwise(ordered)]
    facts = [resource(slug, YEAR) for slug in ("a", "b")]
    together = measure_each(facts, ROWS, period=YEAR).shares(parts)
    alone = [measure(facts, ROWS, period=part, timezone=STOCKHOLM).utilisation for part in parts]
    assert together == alone


def test_a_part_without_open_time_has_no_share() -> None:
    weekend = Period.parse("2026-10-03..2026-10-05").interval(STOCKHOLM)
    assert measure_each([resource("a", YEAR)], ROWS, period=YEAR).shares([weekend]) == [None]
