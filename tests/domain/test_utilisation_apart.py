"""What no figure counts: time outside the hours, in closures and out of service; and overlaps in old data."""

from datetime import timedelta

from app.domain.opening import OpeningRow
from app.domain.period import Period
from app.domain.utilisation import OUT_OF_SERVICE, OUTSIDE, Measurement, apart, measure_each
from app.domain.utilisation.apart import dates_overlapping, time_of, unvisited
from app.domain.utilisation.records import ResourceFacts, UseRow
from tests.domain.offices import STOCKHOLM, between, resource, use

OCTOBER = Period.parse("2026-10").interval(STOCKHOLM)
A = resource("a", OCTOBER)


def measured(
    rows: list[UseRow], *resources: ResourceFacts, beside: tuple[list[ResourceFacts], list[UseRow]] = ([], [])
) -> Measurement:
    return measure_each(resources or (A,), rows, period=OCTOBER, beside=beside)


def hours_apart(found: Measurement, what: str) -> dict[str, float]:
    hours: dict[str, float] = {}
    for _, piece in apart(found, what):
        hours[piece.row.key] = hours.get(piece.row.key, 0) + (piece.end - piece.start) / timedelta(hours=1)
    return hours


def test_time_outside_the_hours_belongs_to_its_dates_and_adds_up() -> None:
    evening = use("1", "a", "2026-10-06 16:00", "2026-10-06 19:00")
    weekend = use("2", "a", "2026-10-09 16:00", "2026-10-12 10:00")
    found = measured([evening, weekend, use("3", "a", "2026-10-13 09:00", "2026-10-13 10:00")])
    assert hours_apart(found, OUTSIDE) == {"1": 2, "2": 63}
    assert found.measured[0].figures.outside == timedelta(hours=65)
    assert time_of(apart(found, OUTSIDE)) == (2, timedelta(hours=65))


def test_dates_wholly_outside_or_closed_are_told_with_their_heads() -> None:
    shut = resource("a", OCTOBER, closures=[between("2026-10-14 00:00", "2026-10-15 00:00")])
    rows = [
        use("out", "a", "2026-10-06 18:00", "2026-10-06 20:00", women=3, men=2),
        use("in part", "a", "2026-10-07 16:00", "2026-10-07 20:00", women=7),
        use("closed", "a", "2026-10-14 09:00", "2026-10-14 20:00", women=1),
        use("nobody", "a", "2026-10-08 18:00", "2026-10-08 20:00", status="no_show"),
        use("before", "a", "2026-09-30 22:00", "2026-10-01 02:00"),
    ]
    found = unvisited(measured(rows, shut))
    assert [(row.key, row.heads) for row in found.outside] == [("out", 5)]
    assert [(row.key, row.heads) for row in found.closed] == [("closed", 1)]


def test_a_date_that_counts_on_one_of_its_resources_is_not_told_of() -> None:
    day = [use("1", slug, "2026-10-10 09:00", "2026-10-10 12:00", women=2) for slug in ("a", "b")]
    saturdays = resource("b", OCTOBER, rows=[OpeningRow(5, 8 * 60, 17 * 60)])
    assert unvisited(measured(day, A, saturdays)).outside == []
    assert len(unvisited(measured(day)).outside) == 1


def test_time_out_of_service_is_told_also_of_what_was_never_in_service_then() -> None:
    retired = resource("a", OCTOBER, service=between("2020-01-01 00:00", "2026-10-10 00:00"))
    gone = resource("b", OCTOBER, service=between("2020-01-01 00:00", "2026-01-01 00:00"))
    rows = [
        use("1", "a", "2026-10-06 09:00", "2026-10-06 12:00"),
        use("2", "a", "2026-10-13 09:00", "2026-10-13 12:00"),
        use("3", "a", "2026-10-14 18:00", "2026-10-14 19:00"),
    ]
    other = use("4", "b", "2026-10-15 09:00", "2026-10-15 10:00")
    found = measured(rows, retired, beside=([gone], [other]))
    assert hours_apart(found, OUT_OF_SERVICE) == {"2": 3, "3": 1, "4": 1}
    assert time_of(apart(found, OUT_OF_SERVICE)) == (3, timedelta(hours=5))
    assert unvisited(found).outside == []


def test_both_of_two_that_overlap_count_in_whatever_order() -> None:
    rows = [
        use("1", "a", "2026-10-06 08:00", "2026-10-06 12:00"),
        use("2", "a", "2026-10-06 09:00", "2026-10-06 10:00"),
        use("3", "a", "2026-10-06 11:00", "2026-10-06 13:00"),
        use("4", "a", "2026-10-06 13:00", "2026-10-06 14:00"),
        use("5", "a", "2026-10-06 13:30", "2026-10-06 14:00", status="no_show"),
        use("6", "b", "2026-10-06 08:00", "2026-10-06 12:00"),
    ]
    for order in (rows, rows[::-1]):
        assert dates_overlapping(measured(order, A, resource("b", OCTOBER))) == 3
