"""The rules of utilisation one by one."""

from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain.opening import OpeningRow
from app.domain.period import Period
from app.domain.utilisation import UseRow, Utilisation
from tests.domain.offices import STOCKHOLM, between, hours, local, report, resource, use

OCTOBER = Period.parse("2026-10").interval(STOCKHOLM)
A = resource("a", OCTOBER, capacity=10)
B = resource("b", OCTOBER, capacity=6)

MORNING = ("2026-10-06 09:00", "2026-10-06 12:00")


def morning(key: str, slug: str = "a", **facts: object) -> UseRow:
    return use(key, slug, *MORNING, **facts)


def used_by_category(figures: Utilisation) -> dict[str | None, timedelta]:
    return {group.key: group.used for group in figures.by_category}


@pytest.mark.parametrize("status", ["requested", "declined", "cancelled"])
def test_what_was_not_held_counts_nothing(status: str) -> None:
    figures = report([morning("1", status=status, women=3)], A)
    assert figures.booked == figures.used == hours(0)
    assert figures.bookings == figures.no_shows == figures.attendance.women == 0
    assert figures.no_show_rate is None
    assert figures.by_category == ()


@pytest.mark.parametrize("status", ["confirmed", "checked_in"])
def test_what_was_held_counts(status: str) -> None:
    figures = report([morning("1", status=status)], A)
    assert figures.booked == figures.used == hours(3)
    assert figures.bookings == 1


def test_a_no_show_is_booked_not_used() -> None:
    figures = report([morning("1", status="no_show", women=2)], A)
    assert (figures.booked, figures.used) == (hours(3), hours(0))
    assert (figures.bookings, figures.no_shows, figures.no_show_rate) == (0, 1, 1.0)
    assert figures.days_used == 0
    assert figures.attendance.women == 0


def test_a_no_show_counts_only_what_was_not_booked_again() -> None:
    again = use("2", "a", "2026-10-06 10:00", "2026-10-06 13:00", category="region")
    figures = report([morning("1", status="no_show"), again], A)
    assert (figures.booked, figures.used) == (hours(4), hours(3))
    assert used_by_category(figures) == {"region": hours(3)}
    assert figures.no_shows == 1


def test_a_no_show_wholly_booked_again_has_no_counted_time() -> None:
    figures = report([morning("1", status="no_show"), morning("2")], A)
    assert (figures.booked, figures.used, figures.no_shows) == (hours(3), hours(3), 0)


def test_the_first_start_owns_an_overlap_and_gets_the_rest_back_later() -> None:
    long = use("2", "a", "2026-10-06 08:00", "2026-10-06 16:00", category="region")
    short = use("1", "a", "2026-10-06 10:00", "2026-10-06 12:00", category="company")
    figures = report([short, long], A)
    assert used_by_category(figures) == {"region": hours(8)}
    assert figures.bookings == 1


@pytest.mark.parametrize(("first", "second"), [("9", "10"), ("10", "9a"), ("a9", "b1"), ("007", "7")])
def test_the_lower_identifier_owns_an_equal_start(first: str, second: str) -> None:
    rows = [
        morning(second, category="region", date_id=1),
        morning(first, category="company", date_id=2),
    ]
    assert used_by_category(report(rows, A)) == {"company": hours(3)}
    assert used_by_category(report(rows[::-1], A)) == {"company": hours(3)}


def test_a_date_in_several_rows_is_one_booking_and_owns_from_its_first_start() -> None:
    rows = [
        use("1", "a", "2026-10-05 08:00", "2026-10-06 10:00", category="region", women=1),
        use("1", "a", "2026-10-06 10:00", "2026-10-07 17:00", category="region", women=1),
        use("0", "a", "2026-10-06 09:00", "2026-10-06 12:00", category="company"),
    ]
    rows[1] = replace(rows[1], date_start=rows[0].start)
    figures = report(rows, A)
    assert used_by_category(figures) == {"region": hours(27)}
    assert (figures.bookings, figures.attendance.women) == (1, 1)


def test_heads_of_an_overlap_without_own_time_still_came() -> None:
    figures = report([morning("1", women=2), morning("2", women=3, category="region")], A)
    assert figures.bookings == 1
    assert figures.attendance.women == 5
    assert [(group.key, group.bookings, group.women) for group in figures.by_category] == [
        ("company", 1, 2),
        ("region", 0, 3),
    ]


def test_heads_count_in_the_period_of_the_start_if_it_was_open() -> None:
    over_the_end = use("1", "a", "2026-10-30 15:00", "2026-11-02 10:00", men=4)
    at_night = use("2", "a", "2026-10-07 20:00", "2026-10-07 22:00", men=8)
    from_before = use("3", "a", "2026-09-30 12:00", "2026-10-01 10:00", men=16)
    saturday_to_november = use("4", "a", "2026-10-31 12:00", "2026-11-02 09:00", men=32)
    assert report([over_the_end, at_night, from_before, saturday_to_november], A).attendance.men == 4


def test_missing_head_counts_are_told_from_zero() -> None:
    later = use("2", "a", "2026-10-07 09:00", "2026-10-07 10:00", other=0)
    attendance = report([morning("1"), later], A).attendance
    assert (attendance.counted, attendance.missing, attendance.heads) == (1, 1, 0)
    assert attendance.share_women is None
    assert attendance.share_men is None


def test_several_resources_have_hours_each_but_one_booking_and_its_heads_once() -> None:
    rows = [morning("1", slug, women=4, men=2, other=1, activity="event") for slug in "ab"]
    figures = report(rows, A, B)
    (event,) = figures.by_activity
    assert (event.key, event.used, event.bookings) == ("event", hours(6), 1)
    assert (event.women, event.men, event.other, event.heads) == (4, 2, 1, 7)
    assert [one.bookings for one in figures.by_resource] == [1, 1]
    assert (figures.bookings, figures.attendance.heads) == (1, 7)


def test_organisations_and_what_is_not_stated() -> None:
    rows = [
        morning("1", organisation="skogsbolaget"),
        use("2", "a", "2026-10-07 09:00", "2026-10-07 10:00", organisation="vindbolaget"),
        use("3", "a", "2026-10-08 09:00", "2026-10-08 10:00"),
    ]
    figures = report(rows, A)
    assert [(group.key, group.used) for group in figures.by_organisation] == [
        ("skogsbolaget", hours(3)),
        (None, hours(1)),
        ("vindbolaget", hours(1)),
    ]
    assert figures.by_category[0].organisations == 2


def test_nothing_open_gives_no_ratio() -> None:
    closed = resource("a", OCTOBER, rows=[], capacity=10)
    figures = report([morning("1", women=2, created_at=None)], closed)
    assert figures.outside == hours(3)
    for ratio in (
        figures.utilisation,
        figures.booked_share,
        figures.no_show_rate,
        figures.day_frequency,
        figures.lead_time_hours,
        figures.occupancy,
        figures.seat_fill,
        figures.by_resource[0].utilisation,
        figures.by_kind[0].utilisation,
    ):
        assert ratio is None
    assert report([], A).utilisation == 0


def test_outside_and_lost_are_of_held_time_counted_once() -> None:
    shut = resource("a", OCTOBER, closures=[between("2026-10-06 10:00", "2026-10-06 11:00")])
    rows = [
        use("1", "a", "2026-10-06 07:00", "2026-10-06 12:00"),
        use("2", "a", "2026-10-06 10:30", "2026-10-06 18:00", status="no_show"),
        use("3", "a", "2026-10-06 06:00", "2026-10-06 20:00", status="cancelled"),
    ]
    figures = report(rows, shut)
    assert (figures.booked, figures.used) == (hours(8), hours(3))
    assert (figures.outside, figures.lost) == (hours(2), hours(1))


def test_out_of_service_is_neither_outside_nor_lost() -> None:
    service = between("2026-10-06 10:00", "2026-10-06 11:00")
    figures = report([morning("1")], resource("a", OCTOBER, service=service))
    assert (figures.available, figures.used) == (hours(1), hours(1))
    assert figures.outside == figures.lost == hours(0)
    gone = resource("a", OCTOBER, service=between("2025-01-01 00:00", "2026-01-01 00:00"))
    assert report([morning("1")], gone).booked == hours(0)


def test_kinds_left_out_are_shown_by_kind_alone() -> None:
    video = resource("v", OCTOBER, kind="video", capacity=2)
    rows = [morning("1"), morning("1", "v"), use("2", "v", "2026-10-07 09:00", "2026-10-07 10:00")]
    figures = report(rows, A, video, kinds=["room", "desk"])
    assert (figures.used, figures.bookings) == (hours(3), 1)
    assert [one.resource for one in figures.by_resource] == ["a"]
    assert [(kind.kind, kind.counted, kind.used, kind.bookings) for kind in figures.by_kind] == [
        ("room", True, hours(3), 1),
        ("video", False, hours(4), 2),
    ]
    assert report(rows, A, video).used == hours(7)


def test_rows_of_other_resources_are_ignored() -> None:
    assert report([morning("1", "elsewhere", women=3)], A).by_category == ()


def test_heads_are_split_by_capacity_over_resources_left_out_too() -> None:
    video = resource("v", OCTOBER, kind="video", capacity=2)
    rows = [morning("1", slug, women=12) for slug in ("a", "v")]
    assert report(rows, A, video, kinds=["room"]).persons_hours == 10 * 3
    assert report(rows, A, video).persons_hours == 12 * 3


def test_heads_are_split_evenly_where_no_capacity_is_known() -> None:
    nowhere = [resource(slug, OCTOBER, capacity=0) for slug in "ab"]
    figures = report([morning("1", slug, women=3) for slug in "ab"], *nowhere)
    assert figures.persons_hours == 9
    assert figures.occupancy is None


def test_seats_follow_the_capacity_of_the_time() -> None:
    grown = resource(
        "a",
        OCTOBER,
        capacity=4,
        other_capacities=[(between("2026-10-06 11:00", "2026-11-01 00:00"), 8)],
    )
    figures = report([morning("1", men=2)], grown)
    assert figures.seats_counted == hours(2 * 4 + 1 * 8)
    assert figures.occupancy == 6 / 16
    open_before = hours(3 * 9 + 3)
    assert figures.seats_available == 4 * open_before + 8 * (figures.available - open_before)


def test_two_capacities_at_once_are_refused() -> None:
    spans = [(between("2026-10-01 00:00", "2026-10-03 00:00"), 4), (between(*MORNING), 5)]
    report([], replace(A, other_capacities=spans))
    with pytest.raises(ValueError, match="two capacities"):
        replace(A, other_capacities=[*spans, (between("2026-10-02 00:00", "2026-10-04 00:00"), 3)])


def test_dates_without_heads_do_not_dilute_occupancy() -> None:
    counted = use("2", "a", "2026-10-07 09:00", "2026-10-07 10:00", women=5)
    assert report([morning("1"), counted], A).occupancy == 0.5


def test_lead_time_is_the_median_of_dates_that_know_it() -> None:
    rows = [
        morning("1", created_at=local("2026-10-06 08:00")),
        morning("1", "b", created_at=local("2026-10-06 08:00")),
        use("2", "a", "2026-10-07 09:00", "2026-10-07 10:00", created_at=local("2026-10-06 09:00")),
        use("3", "a", "2026-10-08 09:00", "2026-10-08 10:00"),
        use("4", "a", "2026-10-08 20:00", "2026-10-08 21:00", created_at=local("2026-01-01 00:00")),
    ]
    assert report(rows, A, B).lead_time_hours == 12.5
    assert report(rows[:2], A, B).lead_time == hours(1)


def test_a_day_of_use_or_opening_is_a_local_day() -> None:
    round_the_clock = resource("a", OCTOBER, rows=[OpeningRow(weekday, 0, 1440) for weekday in range(7)])
    figures = report([use("1", "a", "2026-10-06 23:00", "2026-10-08 00:00")], round_the_clock)
    assert (figures.days_used, figures.days_open) == (2, 31)


def test_a_row_without_time_is_nothing() -> None:
    figures = report([use("1", "a", "2026-10-06 09:00", "2026-10-06 09:00", women=1)], A)
    assert figures.by_category == ()
    assert figures.attendance.counted == 0


def test_thirty_thousand_rows_add_up() -> None:
    window = Period.parse("2015-11-01..2018-12-01").interval(STOCKHOLM)
    rooms = [resource(f"room-{number}", window, capacity=8) for number in range(10)]
    slots = [(room.slug, day, start) for room in rooms for day in room.open for start in (0, 2, 4, 6)]
    rows = [
        UseRow(
            date_id=number,
            key=str(number),
            resource=slug,
            start=day.start + timedelta(hours=start),
            end=day.start + timedelta(hours=start + 2),
            date_start=day.start + timedelta(hours=start),
            status="checked_in",
            category=f"category-{number % 7}",
            activity=f"activity-{number % 5}",
            organisation=f"organisation-{number % 60}",
            women=number % 4,
            men=number % 3,
        )
        for number, (slug, day, start) in enumerate(slots[:30_000])
    ]
    figures = report(rows, *rooms, period="2015-11-01..2018-12-01")
    assert figures.used == hours(60_000)
