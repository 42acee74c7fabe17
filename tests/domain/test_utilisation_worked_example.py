"""The worked example of October 2026, to the digit."""

from datetime import date
from fractions import Fraction

import pytest

from app.domain.localtime import day_bounds
from app.domain.opening import OpeningRow, service_interval
from app.domain.period import Period
from app.domain.utilisation import METHOD_VERSION, Utilisation
from tests.domain.offices import STOCKHOLM, WEEKDAYS, between, hours, report, resource, use

OCTOBER = Period.parse("2026-10").interval(STOCKHOLM)
NOVEMBER = Period.parse("2026-11").interval(STOCKHOLM)

ROWS = [
    use("1", "a", "2026-10-01 08:00", "2026-10-01 12:00", men=2, women=4, activity="external-meeting"),
    use("2", "a", "2026-10-01 11:00", "2026-10-01 13:00", men=1, women=2, category="municipality"),
    use("3", "a", "2026-10-02 16:00", "2026-10-02 19:00", men=3, women=1),
    use("4", "a", "2026-10-14 09:00", "2026-10-14 12:00", category="region"),
    use("5", "a", "2026-10-23 10:00", "2026-10-23 15:00", men=4, women=4, category="network"),
    use("6", "a", "2026-10-06 09:00", "2026-10-06 11:00", status="no_show"),
    use("7", "a", "2026-10-07 09:00", "2026-10-07 11:00", status="cancelled", category="region"),
    use("8", "a", "2026-10-20 13:00", "2026-10-20 16:00", men=5, women=7, category="municipality"),
    use("8", "b", "2026-10-20 13:00", "2026-10-20 16:00", men=5, women=7, category="municipality"),
    use("9", "b", "2026-10-25 01:00", "2026-10-25 05:00", men=1, women=1),
    use("10", "b", "2026-10-30 15:00", "2026-11-02 10:00", men=1, women=3),
]


def measured(period: str) -> Utilisation:
    window = Period.parse(period).interval(STOCKHOLM)
    a = resource(
        "a",
        window,
        closures=[
            day_bounds(date(2026, 10, 14), STOCKHOLM),
            between("2026-10-23 12:00", "2026-10-23 17:00"),
        ],
        capacity=10,
    )
    b = resource(
        "b",
        window,
        rows=[*WEEKDAYS, OpeningRow(6, 0, 6 * 60, date(2026, 10, 25), date(2026, 10, 26))],
        service=service_interval(date(2026, 10, 19), None, STOCKHOLM),
        capacity=6,
    )
    return report(ROWS, a, b, period=period)


@pytest.fixture(scope="module")
def october() -> Utilisation:
    return measured("2026-10")


def test_totals(october: Utilisation) -> None:
    assert october.method == METHOD_VERSION == "1"
    assert october.period == OCTOBER
    assert (october.available, october.booked, october.used) == (hours(281), hours(23), hours(21))
    assert october.booked_share == pytest.approx(23 / 281)
    assert october.utilisation == 21 / 281
    assert (round(23 / 281, 5), round(21 / 281, 5)) == (0.08185, 0.07473)
    assert (october.outside, october.lost) == (hours(33), hours(6))


def test_resources(october: Utilisation) -> None:
    a, b = october.by_resource
    assert (a.resource, a.available, a.booked, a.used) == ("a", hours(184), hours(13), hours(11))
    assert (b.resource, b.available, b.booked, b.used) == ("b", hours(97), hours(10), hours(10))
    assert (a.outside, b.outside, a.lost, b.lost) == (hours(2), hours(31), hours(6), hours(0))
    assert (a.bookings, b.bookings) == (5, 3)
    assert a.utilisation == pytest.approx(0.05978, abs=5e-6)
    assert b.utilisation == pytest.approx(0.10309, abs=5e-6)


def test_categories(october: Utilisation) -> None:
    assert [(group.key, group.used, group.bookings) for group in october.by_category] == [
        ("company", hours(12), 4),
        ("municipality", hours(7), 2),
        ("network", hours(2), 1),
    ]
    shares = [round((group.share_of_use or 0) * 100, 2) for group in october.by_category]
    assert shares == [57.14, 33.33, 9.52]
    assert october.by_category[0].share_of_capacity == 12 / 281
    assert october.by_category[0].no_shows == 1


def test_dates(october: Utilisation) -> None:
    assert (october.bookings, october.no_shows, october.no_show_rate) == (7, 1, 1 / 8)
    assert (october.days_used, october.days_open, october.day_frequency) == (6, 22, 6 / 22)


def test_attendance(october: Utilisation) -> None:
    attendance = october.attendance
    assert (attendance.men, attendance.women, attendance.other) == (17, 22, 0)
    assert (attendance.counted, attendance.missing) == (7, 0)
    assert attendance.share_women == 22 / 39
    assert attendance.share_men == 17 / 39


def test_seats(october: Utilisation) -> None:
    on_a = 6 * 4 + 3 * 1 + 4 * 1 + 8 * 2 + Fraction(12 * 10, 16) * 3
    on_b = Fraction(12 * 6, 16) * 3 + 2 * 5 + 4 * 2
    assert october.persons_hours == on_a + on_b
    assert october.occupancy == float((on_a + on_b) / (10 * 11 + 6 * 10))
    assert october.seat_fill == float((on_a + on_b) / (10 * 184 + 6 * 97))


def test_november_has_the_two_hours_left_and_no_heads() -> None:
    november = measured("2026-11")
    assert november.period == NOVEMBER
    assert november.used == hours(2)
    assert november.bookings == 1
    assert november.attendance.women == november.attendance.men == november.attendance.counted == 0
