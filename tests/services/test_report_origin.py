"""A frozen report opens to what it counted, and tells what became of it."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from app.domain.localtime import zone
from app.domain.period import Period
from app.extensions import db
from app.models import Booking, BookingDate, Closure, Office, Person, Project, Resource
from app.services.reports.behind import Choice, behind, origin_now
from app.services.reports.origin import as_kept, from_kept
from app.services.reports.rows import rows_of
from app.services.reports.since import differences_between
from app.services.reports.verification import verify
from app.services.snapshots import COUNTED, content_of, freeze, frozen, origin_kept
from tests.databases import both
from tests.factories import Factory
from tests.reports.october import NOVEMBER, load_project

OCTOBER = Period.parse("2026-10")
LATER = NOVEMBER + timedelta(days=3)
Frozen = tuple[Office, Project]


@pytest.fixture
def october(app: Flask) -> Frozen:
    office, project = load_project()
    freeze(office, project, OCTOBER, now=NOVEMBER)
    return office, project


def date_of(imported_as: str) -> BookingDate:
    return db.session.query(Booking).filter_by(imported_as=imported_as).one().dates[0]


def change(imported_as: str, **values: Any) -> None:
    date = date_of(imported_as)
    for name, value in values.items():
        setattr(date, name, value)
    db.session.commit()


def causes(office: Office, project: Project) -> dict[str, int]:
    content = content_of(freeze(office, project, OCTOBER, now=LATER))
    return {line["cause"]: line["count"] for line in content["causes"]}


def check(office: Office, figures: Mapping[str, Any], revision: int, by: Person) -> None:
    kept = origin_kept(frozen(office, OCTOBER, project_of(office), revision))
    assert kept is not None
    whole = behind([office], kept, Choice(), by=by)
    assert (whole.used, whole.counted) == (
        figures["totals"]["bookings"],
        timedelta(hours=figures["totals"]["used_hours"]),
    )
    for what in ("category", "resource", "activity", "organisation"):
        for line in figures[f"by_{what}"]:
            found = behind([office], kept, Choice(**{what: line[what]}), by=by)
            assert (found.used, found.counted) == (line["bookings"], timedelta(hours=line["used_hours"]))
    assert behind([office], kept, Choice(only="counted"), by=by).visits == sum(
        figures["attendance"][each] for each in ("women", "men", "other")
    )


def project_of(office: Office) -> Project:
    return db.session.query(Project).filter_by(office_id=office.id).one()


@both
def test_every_revision_goes_on_opening_to_what_it_counted(app: Flask, make: Factory) -> None:
    office, project = load_project()
    host = make.host()
    first = content_of(freeze(office, project, OCTOBER, now=NOVEMBER))
    check(office, first, 1, host)
    change("1", status="cancelled")
    change("9", women=7)
    second = content_of(freeze(office, project, OCTOBER, now=LATER))
    assert (first["totals"]["bookings"], second["totals"]["bookings"]) == (7, 6)
    assert first["totals"]["used_hours"] - second["totals"]["used_hours"] == 3  # the overlap is another's now
    check(office, first, 1, host)
    check(office, second, 2, host)
    assert rows_of_revision(office, 1) == pytest.approx(21)
    assert rows_of_revision(office, 2) == pytest.approx(18)


def rows_of_revision(office: Office, revision: int) -> float:
    kept = origin_kept(frozen(office, OCTOBER, project_of(office), revision))
    assert kept is not None
    return sum(row.hours for row in rows_of(kept, zone(office.timezone)))


def test_what_is_kept_is_no_part_of_the_report_and_names_nobody(october: Frozen) -> None:
    office, project = october
    snapshot = frozen(office, OCTOBER, project)
    assert COUNTED in snapshot.content
    assert COUNTED not in content_of(snapshot)
    kept = str(snapshot.content[COUNTED])
    assert "Styrgrupp" not in kept
    assert "@" not in kept


def test_it_reads_back_as_it_was(october: Frozen, make: Factory) -> None:
    office, project = october
    now = origin_now([office], OCTOBER, project, by=make.host())
    assert differences_between(from_kept(as_kept(now)), now) == []


def test_why_a_revision_differs(october: Frozen) -> None:
    office, project = october
    change("1", women=None, men=None, other=None)
    freeze(office, project, OCTOBER, now=NOVEMBER + timedelta(days=1))
    change("1", women=3, men=3)
    change("2", women=9)
    change("5", status="no_show")
    change("6", status="checked_in")
    change("9", status="cancelled")
    assert causes(office, project) == {
        "heads_counted": 1,
        "heads_corrected": 1,
        "cancelled": 1,
        "no_show": 1,
        "attended": 1,
    }


def test_a_closure_entered_afterwards_is_the_cause_of_the_hours(october: Frozen) -> None:
    office, project = october
    room = db.session.query(Resource).filter_by(slug="b").one()
    closure = Closure(
        office_id=office.id,
        resource_id=room.id,
        starts_at=datetime(2026, 10, 20, 11, tzinfo=UTC),
        ends_at=datetime(2026, 10, 20, 15, tzinfo=UTC),
        reason="Vattenläcka",
        source="host",
        entered_at=NOVEMBER + timedelta(days=1),
    )
    db.session.add(closure)
    db.session.commit()
    assert causes(office, project) == {"closures": 1}
    closure.retired_at = LATER + timedelta(hours=1)
    db.session.commit()
    third = content_of(freeze(office, project, OCTOBER, now=LATER + timedelta(days=1)))
    assert third["causes"] == [{"cause": "closures_lifted", "count": 1}]


def test_other_opening_hours_are_told_where_nothing_else_explains_it(october: Frozen) -> None:
    office, project = october
    db.session.query(Resource).filter_by(slug="a").one().capacity = 12
    db.session.commit()
    assert causes(office, project) == {"opening": 1}


def test_counting_again_tells_why(october: Frozen) -> None:
    office, project = october
    assert verify(office, OCTOBER, project, now=LATER).causes == ()
    change("1", women=9)
    assert list(verify(office, OCTOBER, project, now=LATER).causes) == [
        {"cause": "heads_corrected", "count": 1}
    ]


def test_a_report_frozen_by_an_older_version_kept_no_bookings(october: Frozen) -> None:
    office, project = october
    snapshot = frozen(office, OCTOBER, project)
    snapshot.content = content_of(snapshot)
    db.session.commit()
    assert origin_kept(snapshot) is None
    change("1", women=9)
    second = content_of(freeze(office, project, OCTOBER, now=LATER))
    assert second["revision"] == 2
    assert second["changes"]
    assert second["causes"] == []
