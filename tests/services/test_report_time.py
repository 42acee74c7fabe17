"""The hours of a report: over clock changes, long dates, no open time at all."""

from datetime import UTC, datetime

import pytest

from tests.databases import both
from tests.factories import Factory
from tests.services.report_rows import of, store, used


@pytest.mark.parametrize(
    ("period", "hours"),
    [("2026-10", 31 * 24 + 1), ("2026-03", 31 * 24 - 1), ("2027-03", 743), ("2027-10", 745)],
)
def test_days_on_which_the_clocks_change_have_their_true_length(
    make: Factory, period: str, hours: int
) -> None:
    office = make.office(opens=0, closes=1440, days=range(7))
    make.room()
    assert of(office, period)["totals"]["available_hours"] == hours


def test_a_night_over_each_change_counts_its_true_hours(make: Factory) -> None:
    office = make.office(opens=0, closes=1440, days=range(7))
    make.room()
    store(
        used(make, datetime(2026, 10, 24, 22, tzinfo=UTC), datetime(2026, 10, 25, 5, tzinfo=UTC)),
        used(make, datetime(2026, 3, 28, 23, tzinfo=UTC), datetime(2026, 3, 29, 4, tzinfo=UTC)),
    )
    assert of(office, "2026-10")["totals"]["used_hours"] == 7  # 00:00 to 06:00 on the wall
    assert of(office, "2026-03")["totals"]["used_hours"] == 5


def test_no_open_time_divides_by_nothing(make: Factory) -> None:
    office = make.office(days=range(0))
    make.room()
    store(used(make, datetime(2026, 10, 5, 8, tzinfo=UTC), datetime(2026, 10, 5, 9, tzinfo=UTC)))
    totals = of(office)["totals"]
    assert (totals["available_hours"], totals["used_hours"], totals["outside_hours"]) == (0, 0, 1)
    for ratio in ("utilisation", "booked_share", "no_show_rate", "day_frequency", "occupancy", "seat_fill"):
        assert totals[ratio] is None


def test_an_office_without_resources_has_a_report_too(make: Factory) -> None:
    found = of(make.office())
    assert (found["by_resource"], found["by_category"], found["totals"]["utilisation"]) == ([], [], None)


@both
def test_long_dates_are_found_from_before_the_period_and_count_once(make: Factory) -> None:
    office = make.office()
    make.room()
    # Three slots back to back, the first from long before the month.
    store(
        used(
            make,
            datetime(2026, 8, 20, 6, tzinfo=UTC),
            datetime(2026, 11, 5, 6, tzinfo=UTC),
            women=3,
            men=0,
            other=0,
        )
    )
    found = of(office)
    assert (found["totals"]["used_hours"], found["totals"]["bookings"]) == (22 * 9, 1)
    assert found["totals"]["utilisation"] == 1
    assert found["attendance"]["women"] == 0  # they came in August
    assert of(office, "2026-08")["attendance"]["women"] == 3


def test_a_date_from_just_before_the_period_is_found(make: Factory) -> None:
    office = make.office(opens=0, closes=1440, days=range(7))
    make.room()
    store(used(make, datetime(2026, 9, 30, 20, tzinfo=UTC), datetime(2026, 10, 1, 3, tzinfo=UTC)))
    assert of(office)["totals"]["used_hours"] == 5
