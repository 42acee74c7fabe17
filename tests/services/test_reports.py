"""The report of a period, from files to figures."""

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import update

from app.domain.errors import NotAllowed, NotFound
from app.domain.period import Period, PeriodError
from app.extensions import db
from app.models import Booking, BookingDate, Closure, Office, ResourceCapacity
from app.services.booking_file import BookingRow, import_bookings, store_rows
from app.services.office_file import load_office
from app.services.reports import Report, report, report_for, report_with_months
from app.services.transaction import use_case
from tests.databases import both
from tests.factories import Factory
from tests.reports.october import NOVEMBER, TARGETS, load_october, load_project

OCTOBER = Period.parse("2026-10")
HOUR = timedelta(hours=1)


def of(office: Office, period: str = "2026-10", now: datetime = NOVEMBER) -> Report:
    return report(office, Period.parse(period), now=now)


@use_case
def store(*rows: BookingRow) -> None:
    store_rows(rows, now=NOVEMBER)


def used(make: Factory, start: datetime, end: datetime, room: str = "tallen", **more: object) -> BookingRow:
    values = {
        "imported_as": None,
        "resources": (make.room(room).id,),
        "asked_for": (make.room(room).id,),
        "start": start,
        "end": end,
        "title": "Möte",
        "organisation_id": make.organisation().id,
        "category_id": make.category().id,
        "activity_id": make.activity().id,
        "status": "confirmed",
        "women": None,
        "men": None,
        "other": None,
        "created_at": None,
        "organiser_id": None,
        "uid": f"{room}-{start}",
        "timezone": "Europe/Stockholm",
        **more,
    }
    return BookingRow(**values)


# The worked example


@both
def test_october_2026_to_the_digit(app: Flask) -> None:
    found = of(load_october())
    assert found["period"] == {"from": "2026-10-01", "to": "2026-11-01"}
    assert (found["office"], found["method"], found["project"]) == ("oktober", "1", None)
    expected = {
        "available_hours": 281.0,
        "booked_hours": 23.0,
        "used_hours": 21.0,
        "utilisation": 21 / 281,
        "booked_share": 23 / 281,
        "bookings": 7,
        "no_show_rate": 0.125,
        "day_frequency": 6 / 22,
        "days_open": 22,
        "outside_hours": 33.0,
        "lost_hours": 6.0,
        "lead_time_hours": None,
    }
    assert {name: found["totals"][name] for name in expected} == expected
    assert [
        (line["category"], line["used_hours"], line["bookings"], line["share_of_use"])
        for line in found["by_category"]
    ] == [
        ("company", 12.0, 4, 12 / 21),
        ("municipality", 7.0, 2, 7 / 21),
        ("network", 2.0, 1, 2 / 21),
    ]
    assert found["by_category"][0]["share_of_capacity"] == 12 / 281
    assert [
        (line["resource"], line["available_hours"], line["used_hours"], line["utilisation"])
        for line in found["by_resource"]
    ] == [("a", 184.0, 11.0, 11 / 184), ("b", 97.0, 10.0, 10 / 97)]
    attendance = found["attendance"]
    assert (attendance["women"], attendance["men"], attendance["other"]) == (22, 17, 0)
    assert (attendance["share_women"], attendance["share_men"]) == (22 / 39, 17 / 39)
    assert (attendance["counted"], attendance["missing"]) == (7, 0)


@both
def test_a_month_is_the_sum_of_its_halves(app: Flask) -> None:
    office = load_october()
    whole = of(office)
    halves = [of(office, "2026-10-01..2026-10-16"), of(office, "2026-10-16..2026-11-01")]
    for section, names in (
        (
            "totals",
            ("available_hours", "booked_hours", "used_hours", "outside_hours", "lost_hours", "days_open"),
        ),
        ("attendance", ("women", "men", "other")),
    ):
        for name in names:
            assert sum(half[section][name] for half in halves) == whole[section][name], name


def test_what_runs_into_november_is_counted_there_without_its_heads(app: Flask) -> None:
    found = of(load_october(), "2026-11")
    assert (found["totals"]["used_hours"], found["totals"]["bookings"]) == (2.0, 1)
    assert found["attendance"]["women"] == found["attendance"]["counted"] == 0
    assert found["attendance"]["share_women"] is None


def test_months_of_a_longer_period_are_each_as_measured_alone(app: Flask) -> None:
    office = load_october()
    _, months = report_with_months(office, Period.parse("2026-H2"), now=NOVEMBER)
    assert [(month.label, share) for month, share in months] == [
        (label, of(office, label)["totals"]["utilisation"])
        for label in ("2026-07", "2026-08", "2026-09", "2026-10", "2026-11", "2026-12")
    ]


# Time


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


# Resources


def test_a_retired_resource_counts_until_it_was_retired(app: Flask) -> None:
    text = OFFICE_OF_TWO
    load_office(text, now=datetime(2026, 1, 1, tzinfo=UTC))
    load_office(text.replace(SECOND, ""), now=datetime(2026, 10, 15, 12, tzinfo=UTC))
    office = db.session.query(Office).one()
    available = {line["resource"]: line["available_hours"] for line in of(office)["by_resource"]}
    assert available == {"first": 22 * 9.0, "second": 10 * 9.0}  # the 15th is its first day out
    assert [line["resource"] for line in of(office, "2026-11")["by_resource"]] == ["first"]


SECOND = """
[[resources]]
slug = "second"
name = "Second"
kind = "desk"
capacity = 1
"""
WHOLE = """
[[resources]]
slug = "whole"
name = "Whole"
kind = "room"
capacity = 5
parts = ["first", "second"]
"""
OFFICE_OF_TWO = f"""
[office]
slug = "kontoret"
name = "Kontoret"
timezone = "Europe/Stockholm"
[[categories]]
slug = "company"
name = {{ sv = "Företag", en = "Companies" }}
[[organisations]]
slug = "granit"
name = "Granit"
category = "company"
[[activities]]
slug = "meeting"
name = {{ sv = "Möte", en = "Meeting" }}
[[resources]]
slug = "first"
name = "First"
kind = "room"
capacity = 4
{SECOND}
[[opening_hours]]
days = ["mon", "tue", "wed", "thu", "fri"]
opens = "08:00"
closes = "17:00"
"""


def test_a_composite_counts_by_its_parts_alone(app: Flask) -> None:
    load_office(OFFICE_OF_TWO + WHOLE, now=NOVEMBER)
    import_bookings(
        "id,resources,start,end,title,organisation,category,activity,status,women,men,other,created_at,"
        "organiser_email\n1,whole,2026-10-05T10:00,2026-10-05T12:00,Alla,granit,,meeting,checked_in,4,1,,,\n",
        now=NOVEMBER,
    )
    found = of(db.session.query(Office).one())
    assert [(line["resource"], line["used_hours"]) for line in found["by_resource"]] == [
        ("first", 2.0),
        ("second", 2.0),
    ]
    assert (found["totals"]["bookings"], found["attendance"]["women"]) == (1, 4)


def test_the_project_says_which_kinds_the_totals_count(app: Flask) -> None:
    project = """
[[projects]]
slug = "rummen"
name = "Rummen"
host = "granit"
starts = 2026-10-01
ends = 2026-11-01
kinds = ["room"]
headline = "days"
"""
    load_office(OFFICE_OF_TWO + project, now=NOVEMBER)
    office = db.session.query(Office).one()
    inside, outside = of(office), of(office, "2026-Q4")
    assert (inside["project"], inside["totals"]["available_hours"]) == ("rummen", 22 * 9.0)
    assert [(line["kind"], line["counted"]) for line in inside["by_kind"]] == [
        ("room", True),
        ("desk", False),
    ]
    assert inside["headline"] == {"counts": "days", "value": 0.0}
    # The quarter is longer than the project: nobody has said what counts, so all does.
    assert outside["project"] is None
    assert all(line["counted"] for line in outside["by_kind"])


def test_seats_follow_the_capacity_of_their_time(make: Factory) -> None:
    office = make.office()
    room = make.room(capacity=10)
    db.session.add(
        ResourceCapacity(
            resource_id=room.id, capacity=4, valid_from=date(2026, 10, 1), valid_to=date(2026, 10, 6)
        )
    )
    db.session.commit()
    for day in (5, 6):
        store(
            used(
                make,
                datetime(2026, 10, day, 8, tzinfo=UTC),
                datetime(2026, 10, day, 9, tzinfo=UTC),
                women=2,
                men=0,
                other=0,
            )
        )
    found = of(office, "2026-10-05..2026-10-07")["totals"]
    assert found["occupancy"] == 4 / 14
    assert found["seat_fill"] == 4 / (4 * 9 + 10 * 9)


# Checksum


def test_the_checksum_is_of_statistics_alone(app: Flask) -> None:
    office = load_october()
    before = of(office)["checksum"]
    db.session.execute(update(Booking).values(title="Raderad", organiser_id=None, uid=Booking.uid + "x"))
    db.session.commit()
    assert of(office)["checksum"] == before
    assert len(before) == 64


@pytest.mark.parametrize("column", ["women", "status", "category"])
def test_the_checksum_changes_with_what_is_counted(app: Flask, column: str) -> None:
    office = load_october()
    before = of(office)["checksum"]
    booking = db.session.query(Booking).filter_by(imported_as="1").one()
    if column == "category":
        other = db.session.query(Booking).filter_by(imported_as="2").one()
        booking.category_id = other.category_id
    else:
        setattr(booking.dates[0], column, {"women": 5, "status": "no_show"}[column])
    db.session.commit()
    assert of(office)["checksum"] != before


def test_a_closure_entered_afterwards_takes_time_and_shows_it_as_lost(app: Flask) -> None:
    office = load_october()
    before = of(office)
    start = datetime(2026, 10, 1, 6, tzinfo=UTC)
    db.session.add(
        Closure(
            office_id=office.id, starts_at=start, ends_at=start + HOUR, source="host", entered_at=NOVEMBER
        )
    )
    db.session.commit()
    after = of(office)
    assert after["checksum"] != before["checksum"]
    for name, change in (("available_hours", -1), ("used_hours", -1), ("lost_hours", 1)):
        assert after["totals"][name] == before["totals"][name] + change


# Targets


def test_targets_stand_beside_their_outcomes(app: Flask) -> None:
    office, _ = load_project(more=TARGETS)
    assert [(each["indicator"], each["outcome"], each["status"]) for each in of(office)["targets"]] == [
        ("utilisation", 21 / 281, "not_met"),
        ("share:company", 12 / 21, "met"),
        ("Fler ska träffas", None, "open"),
    ]
    running = of(office, now=datetime(2026, 10, 20, tzinfo=UTC))["targets"]
    assert running[0]["status"] == "open"  # there is time left


def test_numbers_promised_for_the_project_are_judged_when_all_of_it_is_over(app: Flask) -> None:
    companies = '[[targets]]\nproject = "kontoret"\nindicator = "unique_companies"\ntarget = 120\n'
    office, _ = load_project(more=companies)
    after = datetime(2027, 4, 1, tzinfo=UTC)
    month = of(office, "2026-10", after)["targets"]
    whole = of(office, "2026-10-01..2027-04-01", after)["targets"]
    assert [(each["outcome"], each["status"]) for each in (*month, *whole)] == [(1, "open"), (1, "not_met")]


# Who may


@pytest.mark.parametrize("role", ["host", "funder", "admin"])
def test_reports_are_for_hosts_and_funders(make: Factory, role: str) -> None:
    office = load_october()
    reader = make.person("reader@example.org", role=role, office=office)
    assert report_for("oktober", "2026-10", now=NOVEMBER, by=reader)["totals"]["used_hours"] == 21


def test_reports_are_for_nobody_else(make: Factory) -> None:
    load_october()
    make.room()  # of another office
    elsewhere = make.person("elsewhere@example.org", role="host", office=make.office())
    for reader in (make.person(), elsewhere, None):
        with pytest.raises(NotAllowed):
            report_for("oktober", "2026-10", now=NOVEMBER, by=reader)


def test_what_does_not_exist_is_told_apart(make: Factory) -> None:
    host = make.host()
    with pytest.raises(NotFound):
        report_for("nowhere", "2026-10", now=NOVEMBER, by=host)
    make.office()
    with pytest.raises(PeriodError):
        report_for("stockholm", "2026-13", now=NOVEMBER, by=host)


def test_only_held_time_counts(app: Flask) -> None:
    office = load_october()
    before = of(office)["totals"]
    for status in ("requested", "declined", "cancelled"):
        db.session.execute(update(BookingDate).where(BookingDate.status == "cancelled").values(status=status))
        db.session.commit()
        assert of(office)["totals"] == before
        db.session.execute(update(BookingDate).where(BookingDate.status == status).values(status="cancelled"))
