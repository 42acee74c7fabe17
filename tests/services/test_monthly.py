"""Which monthly reports are due, and when."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from flask import Flask

from app.extensions import db
from app.models import Closure, Office, Project
from app.services.holidays import ensure_holidays
from app.services.job_claims import claim, finish_turn
from app.services.reports.monthly import JOB, due_reports
from tests.factories import Factory


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def due(now: str, **more: bool) -> list[str]:
    return [each.key for each in due_reports(at(now), **more)]


def done(key: str, now: str) -> None:
    held = claim(JOB, key, now=at(now))
    assert held
    finish_turn(held, now=at(now))


@pytest.fixture
def office(make: Factory) -> Office:
    return make.office(created_at=at("2026-10-10T12:00+02:00"))


def project(make: Factory, office: Office, slug: str = "kontoret", **more: Any) -> Project:
    values = {
        "name": slug,
        "host_organisation_id": make.organisation().id,
        "starts_on": date(2026, 1, 1),
        "ends_on": date(2028, 1, 1),
        "kinds": ["room"],
        **more,
    }
    row = Project(office_id=office.id, slug=slug, **values)
    db.session.add(row)
    db.session.commit()
    return row


def test_a_month_is_due_from_six_on_the_first_working_day(make: Factory, office: Office) -> None:
    project(make, office)
    assert due("2026-11-01T12:00+01:00") == []  # a Sunday
    assert due("2026-11-02T05:59+01:00") == []
    assert due("2026-11-02T06:00+01:00") == ["kontoret/2026-10"]
    assert due("2026-11-30T23:00+01:00") == ["kontoret/2026-10"]


def test_public_holidays_are_no_working_days(make: Factory) -> None:
    office = make.office(holidays="SE", created_at=at("2026-12-10T12:00+01:00"))
    project(make, office)
    # Not stored yet: as the package has them. 1 January 2027 is a Friday and a holiday.
    assert due("2027-01-01T12:00+01:00") == []
    assert due("2027-01-04T06:00+01:00") == ["kontoret/2026-12"]
    ensure_holidays(office, range(2027, 2028), at("2026-12-10T12:00+01:00"))
    # What is stored holds: the office has said that it is open on 4 January no more.
    db.session.add(
        Closure(
            office_id=office.id,
            starts_at=at("2027-01-04T00:00+01:00"),
            ends_at=at("2027-01-05T00:00+01:00"),
            source="holiday",
            entered_at=at("2026-12-10T12:00+01:00"),
        )
    )
    db.session.commit()
    assert due("2027-01-04T12:00+01:00") == []
    assert due("2027-01-05T06:00+01:00") == ["kontoret/2026-12"]


def test_the_hour_is_the_offices(make: Factory) -> None:
    office = make.office("helsinki", timezone="Europe/Helsinki", created_at=at("2026-10-10T12:00+02:00"))
    project(make, office)
    assert due("2026-11-02T05:00+01:00") == ["kontoret/2026-10"]


def test_a_fresh_office_does_not_report_its_past(make: Factory, office: Office) -> None:
    project(make, office, starts_on=date(2015, 11, 1))
    assert due("2026-10-12T12:00+02:00") == []
    # Who asks for the job means the last month, but not all of history.
    assert due("2026-10-12T12:00+02:00", asked=True) == ["kontoret/2026-09"]


def test_whoever_was_down_catches_up_in_order(make: Factory, office: Office) -> None:
    project(make, office)
    assert due("2027-01-15T12:00+01:00") == ["kontoret/2026-10", "kontoret/2026-11", "kontoret/2026-12"]
    done("kontoret/2026-11", "2026-12-01T06:00+01:00")
    assert due("2027-01-15T12:00+01:00") == ["kontoret/2026-10", "kontoret/2026-12"]


def test_what_was_reported_once_is_gone_on_from(make: Factory) -> None:
    office = make.office()  # from before offices knew since when they are here
    project(make, office)
    assert due("2026-06-15T12:00+02:00") == []
    done("kontoret/2026-03", "2026-04-01T12:00+02:00")
    assert due("2026-06-15T12:00+02:00") == ["kontoret/2026-04", "kontoret/2026-05"]


def test_only_projects_that_run_in_the_month_and_only_their_days(make: Factory, office: Office) -> None:
    project(make, office, "slut", ends_on=date(2026, 10, 1))
    project(make, office, "senare", starts_on=date(2026, 11, 1))
    project(make, office, "borttaget", retired=True)
    project(make, office, "halva", starts_on=date(2026, 10, 16))
    (only,) = due_reports(at("2026-11-02T06:00+01:00"))
    assert (only.key, only.period.label) == ("halva/2026-10", "2026-10-16..2026-11-01")


def test_offices_without_projects_have_nothing_to_report(app: Flask, office: Office) -> None:
    assert due("2026-11-02T06:00+01:00") == []
