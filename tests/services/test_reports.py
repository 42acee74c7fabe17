"""The report of a period, from files to figures."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import update

from app.domain.errors import NotAllowed, NotFound
from app.domain.period import PeriodError
from app.extensions import db
from app.models import Booking, BookingDate, Closure
from app.services.reports import report_for
from tests.databases import both
from tests.factories import Factory
from tests.reports.october import NOVEMBER, TARGETS, load_october, load_project
from tests.services.report_rows import of

HOUR = timedelta(hours=1)


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


def test_the_trend_is_of_thirteen_months_each_as_measured_alone(app: Flask) -> None:
    office, _ = load_project()
    trend = of(office, "2027-Q1")["trend"]
    assert [line["month"] for line in trend] == [
        "2026-10",
        "2026-11",
        "2026-12",
        "2027-01",
        "2027-02",
        "2027-03",
    ]
    for line in trend[:3]:
        assert line["utilisation"] == of(office, line["month"])["totals"]["utilisation"]
        assert line["used_hours"] == of(office, line["month"])["totals"]["used_hours"]
    assert len(of(office, "2028-01")["trend"]) == 13


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
