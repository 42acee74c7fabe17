"""A frozen report counted again."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import update

from app.domain.errors import NotFound
from app.domain.period import Period
from app.extensions import db
from app.models import Booking, Closure, Office, Organisation, Project, ReportSnapshot
from app.services.reports.verification import verify
from app.services.snapshots import freeze
from tests.databases import both
from tests.reports.october import NOVEMBER, TARGETS, load_project

OCTOBER = Period.parse("2026-10")
LATER = NOVEMBER + timedelta(days=40)


def frozen() -> tuple[Office, Project]:
    office, project = load_project(more=TARGETS)
    freeze(office, project, OCTOBER, now=NOVEMBER)
    return office, project


def alter(**content: object) -> None:
    """Somebody writes into the table by hand."""
    snapshot = db.session.query(ReportSnapshot).one()
    db.session.execute(update(ReportSnapshot).values(content={**snapshot.content, **content}))
    db.session.commit()


@both
def test_an_untouched_report_holds(app: Flask) -> None:
    office, project = frozen()
    found = verify(office, OCTOBER, project, now=LATER)
    assert found.holds
    assert (found.differences, found.beside, found.torn) == ([], [], [])


def test_other_bookings_are_told_with_the_figures_that_they_change(app: Flask) -> None:
    office, project = frozen()
    db.session.query(Booking).filter_by(imported_as="1").one().dates[0].women = 6
    db.session.commit()
    found = verify(office, OCTOBER, project, now=LATER)
    assert not found.holds
    assert not found.same_data
    changed = {each["figure"]: (each["before"], each["after"]) for each in found.differences}
    assert changed["attendance.women"] == (22, 24)


def test_a_closure_entered_afterwards_is_told_by_the_hour(app: Flask) -> None:
    office, project = frozen()
    start = datetime(2026, 10, 8, 6, tzinfo=UTC)
    db.session.add(
        Closure(
            office_id=office.id,
            starts_at=start,
            ends_at=start + timedelta(hours=1),
            source="host",
            entered_at=LATER,
        )
    )
    db.session.commit()
    changed = {each["figure"] for each in verify(office, OCTOBER, project, now=LATER).differences}
    assert {"totals.available_hours", "by_hour.4-08.available_hours"} <= changed


def test_altered_figures_are_found_although_the_data_is_the_same(app: Flask) -> None:
    office, project = frozen()
    totals = db.session.query(ReportSnapshot).one().content["totals"]
    assert isinstance(totals, dict)
    alter(totals={**totals, "used_hours": 200.0})
    found = verify(office, OCTOBER, project, now=LATER)
    assert found.same_data
    assert not found.holds
    assert found.differences == [{"figure": "totals.used_hours", "before": 200.0, "after": 21.0}]


@pytest.mark.parametrize("name", ["checksum", "revision", "office", "period"])
def test_a_snapshot_that_contradicts_itself_is_found(app: Flask, name: str) -> None:
    office, project = frozen()
    alter(**{name: "other"})
    found = verify(office, OCTOBER, project, now=LATER)
    assert (found.torn, found.holds) == ([name], False)


def test_what_stands_beside_the_period_may_change(app: Flask) -> None:
    office, project = frozen()
    db.session.query(Organisation).filter_by(slug="exempelbolaget").one().municipality = "Umeå"
    db.session.commit()
    found = verify(office, OCTOBER, project, now=LATER)
    assert found.holds
    assert {each["figure"].split(".")[0] for each in found.beside} == {"by_municipality"}
    assert freeze(office, project, OCTOBER, now=LATER).revision == 1  # which makes no revision


def test_a_report_frozen_by_an_older_version_holds_by_what_it_knows(app: Flask) -> None:
    office, project = frozen()
    old = dict(db.session.query(ReportSnapshot).one().content)
    for name in ("trend", "compared", "by_hour", "no_shows", "quality", "companies", "by_municipality"):
        del old[name]
    db.session.execute(update(ReportSnapshot).values(content=old))
    db.session.commit()
    assert verify(office, OCTOBER, project, now=LATER).holds
    assert freeze(office, project, OCTOBER, now=LATER).revision == 1


def test_what_was_never_frozen_is_not_found(app: Flask) -> None:
    office, project = frozen()
    with pytest.raises(NotFound):
        verify(office, OCTOBER, project, 2, now=LATER)
    with pytest.raises(NotFound):
        verify(office, Period.parse("2026-11"), project, now=LATER)
