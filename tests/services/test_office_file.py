"""Offices from files: created as described, retired, and never changed without need."""

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.domain.interval import Interval, total
from app.domain.localtime import zone
from app.domain.period import Period
from app.extensions import db
from app.models import Activity, Category, Closure, Office, OpeningHours, Pool, Project, Target
from app.services.closures import close
from app.services.office_file import Change
from app.services.opening import OfficeHours
from tests.databases import both
from tests.factories import Factory
from tests.services.office_files import OCTOBER, OFFICE, WHOLE, closures, everything, load, resource, without


@both
def test_an_office_is_created_as_described(app: Flask, now: datetime) -> None:
    summary = load(WHOLE, now)
    assert Change("created", "office", "stockholm") in summary.changes
    assert Change("created", "resource", "plats-1") in summary.changes
    office = db.session.scalars(select(Office)).one()
    assert (office.name, office.language, office.directions) == ("Kontoret", "sv", "Över gården.\nRing på.")
    assert [part.slug for part in resource("salen").parts] == ["vast", "ost"]
    west = resource("vast")
    assert (west.equipment, west.buffer_after_minutes, west.max_minutes, west.position) == (
        ["screen"],
        15,
        1440,
        1,
    )
    pools = {pool.slug: pool.name for pool in db.session.scalars(select(Pool))}
    assert pools == {"desks": "Skrivbord", "licences": "Licences"}
    assert resource("plats-1").pool is not None
    activity_names = {"sv": "Möte", "en": "Möte"}
    assert db.session.scalars(select(Category)).one().names["en"] == "Companies"
    assert activity_names == db.session.scalars(select(Activity)).one().names
    saturday = db.session.scalars(select(OpeningHours).filter_by(weekday=5)).one()
    assert (saturday.opens_minute, saturday.closes_minute) == (600, 1440)
    assert (saturday.resource_id, saturday.valid_from) == (resource("ost").id, date(2026, 6, 1))
    (closure,) = closures("file")
    assert closure.starts_at == datetime(2026, 10, 23, 10, tzinfo=UTC)
    assert closure.entered_at == now
    project = db.session.scalars(select(Project)).one()
    assert (project.host.slug, [each.slug for each in project.funders]) == ("granit", ["granit"])
    assert (project.kinds, project.headline) == (["room"], "days")
    targets = {each.indicator: each.target for each in db.session.scalars(select(Target))}
    assert targets == {"utilisation": 0.7, "share_women": 1.0, "En digital mötesplats": None}
    assert (office.holidays_from_year, office.holidays_to_year) == (2016, 2028)
    assert len(closures("holiday")) > 13 * 15


@both
def test_loading_again_changes_nothing(app: Flask, now: datetime) -> None:
    load(WHOLE, now)
    before, changes = everything(), resource("vast").changes
    again = load(WHOLE, now + timedelta(days=1))
    assert again.nothing_to_change
    assert everything() == before
    assert resource("vast").changes == changes
    assert resource("vast").changed_at == now


@both
def test_what_the_file_no_longer_names_is_retired_and_comes_back(app: Flask, now: datetime) -> None:
    load(WHOLE, now)
    before = everything()
    less = WHOLE
    for part in (
        'slug = "plats-1"',
        "Vattenläcka",
        'indicator = "utilisation"',
        "[[capacities]]",
        'name = "Skrivbord"',
    ):
        less = without(less, part)
    summary = load(less, now)
    assert {(each.action, each.what, each.slug) for each in summary.changes} == {
        ("retired", "resource", "plats-1"),
        ("retired", "pool", "desks"),
        ("retired", "target", "kontoret utilisation"),
        ("updated", "closures", "vast"),
        ("updated", "capacities", "vast"),
    }
    assert resource("plats-1").retired
    assert resource("plats-1").active_to == date(2026, 9, 7)
    assert closures("file")[0].retired_at == now
    assert everything() == before | {"resource_capacity": 0}
    assert load(less, now + timedelta(days=1)).nothing_to_change
    back = load(WHOLE, now)
    assert Change("updated", "resource", "plats-1") in back.changes
    assert not resource("plats-1").retired
    assert resource("plats-1").active_to is None
    assert closures("file")[0].retired_at is None
    assert load(WHOLE, now).nothing_to_change


def test_a_retired_project_keeps_its_targets_and_the_shared_things_stay(app: Flask, now: datetime) -> None:
    load(WHOLE, now)
    less = WHOLE.split("[[projects]]")[0]
    summary = load(without(less, "[[categories]]"), now)
    assert [(each.action, each.what) for each in summary.changes] == [("retired", "project")]
    assert not db.session.scalars(select(Category)).one().retired
    assert not any(target.retired for target in db.session.scalars(select(Target)))


def test_a_resource_retired_before_its_first_day_was_never_open(app: Flask, now: datetime) -> None:
    text = WHOLE + '[[resources]]\nslug = "ny"\nname = "Ny"\nkind = "desk"\nactive_from = 2027-01-01\n'
    load(text, now)
    load(WHOLE, now)
    coming = Interval(now, now + timedelta(days=400))
    office = db.session.scalars(select(Office)).one()
    assert OfficeHours.load(office, coming).open(resource("ny")) == []


@both
def test_what_a_host_closed_may_stand_in_the_file_too(app: Flask, now: datetime) -> None:
    text = f"{OFFICE}[[closures]]\nstarts = 2027-05-03\nends = 2027-05-04\n"
    load(OFFICE, now)
    office, host = db.session.scalars(select(Office)).one(), Factory(now).host()
    start = datetime(2027, 5, 2, 22, tzinfo=UTC)
    close(office, None, start, start + timedelta(days=1), "Floors", by=host, now=now)
    for _ in range(2):
        load(text, now)
        assert [[each.starts_at for each in closures(source)] for source in ("file", "host")] == [[start]] * 2
    load(OFFICE, now)
    assert closures("file")[0].retired_at == now
    assert closures("host")[0].retired_at is None, "the host's stays closed"


def test_closures_of_hosts_and_holidays_are_left_alone(app: Flask, now: datetime) -> None:
    load(WHOLE, now)
    office = db.session.scalars(select(Office)).one()
    by_host = Closure(
        office_id=office.id,
        starts_at=now + timedelta(days=1),
        ends_at=now + timedelta(days=2),
        source="host",
        entered_at=now,
    )
    db.session.add(by_host)
    db.session.commit()
    holidays = len(closures("holiday"))
    load(without(WHOLE, "Vattenläcka"), now)
    assert by_host.retired_at is None
    assert len([each for each in closures("holiday") if each.retired_at is None]) == holidays


@both
def test_the_worked_example_has_281_open_hours(app: Flask, now: datetime) -> None:
    load(OCTOBER.read_text("utf-8"), now)
    office = db.session.scalars(select(Office).filter_by(slug="oktober")).one()
    hours = OfficeHours.load(office, Period.parse("2026-10").interval(zone(office.timezone)))
    open_hours = {slug: total(hours.open(resource(slug))) / timedelta(hours=1) for slug in ("a", "b")}
    assert open_hours == {"a": 184, "b": 97}
    assert closures("file")[1].entered_at == datetime(2026, 10, 24, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    ("local", "instant"),
    [
        ("2026-10-25T02:30:00+01:00", datetime(2026, 10, 25, 1, 30, tzinfo=UTC)),
        ("2027-03-28T03:00:00", datetime(2027, 3, 28, 1, 0, tzinfo=UTC)),
        ("2027-10-31", datetime(2027, 10, 30, 22, 0, tzinfo=UTC)),
    ],
)
def test_local_times_are_read_in_the_offices_zone(
    app: Flask, now: datetime, local: str, instant: datetime
) -> None:
    load(f"{OFFICE}[[closures]]\nstarts = {local}\nends = 2028-01-01T00:00:00\n", now)
    assert closures("file")[0].starts_at == instant
