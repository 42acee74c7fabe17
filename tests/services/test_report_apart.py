"""What no figure counts is told, and opens to its bookings."""

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask

from app.domain.period import Period
from app.extensions import db
from app.models import Person, Resource
from app.reports import FORMATS
from app.services.booking_file import import_bookings
from app.services.reports import report
from app.services.reports.behind import Choice, behind, origin_now
from app.services.reports.origin import as_kept, from_kept
from app.services.reports.public import public_version
from app.services.snapshots import freeze, origin_kept
from app.wording.report import laid_out
from app.wording.report.files import report_file
from tests.databases import both
from tests.factories import Factory
from tests.reports.october import NOVEMBER, load_october, load_project
from tests.reports.read_back import texts_of
from tests.services.report_rows import of

OCTOBER = Period.parse("2026-10")
HEAD = (
    "id,resources,start,end,title,organisation,category,activity,status,women,men,other,created_at,"
    "organiser_email\n"
)


def add(*lines: str) -> None:
    import_bookings(HEAD + "\n".join(lines) + "\n", now=NOVEMBER)


def line(number: str, start: str, end: str, heads: str = ",,", room: str = "a") -> str:
    return f"{number},{room},{start},{end},Möte,exempelbolaget,,external-meeting,confirmed,{heads},,"


EVENING = line("90", "2026-10-06T18:00", "2026-10-06T20:00", "3,2,")


@pytest.fixture
def host(make: Factory) -> Person:
    return make.host()


@both
def test_visits_outside_the_hours_are_said_not_to_count(app: Flask) -> None:
    office = load_october()
    before = of(office)
    add(EVENING)
    found = of(office)
    assert found["attendance"] == before["attendance"]
    assert (found["quality"]["outside_bookings"], found["quality"]["outside_visits"]) == (1, 5)
    (people,) = (each for each in laid_out(found, "en", now=NOVEMBER).sections if each.key == "attendance")
    assert people.lead == (
        "1 booking was wholly outside opening hours and is not counted. "
        "1 booking was wholly lost to closures and is not counted. 5 visits to them are not counted."
    )


def test_where_nobody_else_was_counted_the_figure_says_so(app: Flask) -> None:
    office = load_october(bookings=False)
    add(EVENING)
    layout = laid_out(of(office), "en", now=NOVEMBER)
    (people,) = (each for each in layout.figures if each.key == "share_women")
    assert people.note == "no head counts in opening hours"
    (section,) = (each for each in layout.sections if each.key == "attendance")
    assert section.lead.startswith("No head counts in this period. 1 booking was wholly outside")


@pytest.mark.parametrize("form", FORMATS)
def test_every_file_says_so(app: Flask, form: str) -> None:
    office = load_october()
    add(EVENING)
    text = " ".join(texts_of(report_file(of(office), form, "en", now=NOVEMBER), form).split())
    told = {"json": '"outside_visits": 5', "csv": "quality,,outside_visits,5"}
    assert told.get(form, "Bookings wholly outside opening hours, not counted") in text


def test_the_public_is_not_told_how_many_came_outside(app: Flask) -> None:
    office = load_october()
    add(EVENING)
    found = public_version(of(office), None)
    assert found["quality"]["outside_visits"] is None
    assert found["quality"]["closed_visits"] is None
    assert found["quality"]["outside_bookings"] == 1


@both
def test_hours_outside_open_to_their_bookings_and_add_up(app: Flask, host: Person) -> None:
    office = load_october()
    add(EVENING)
    origin = origin_now([office], OCTOBER, None, by=host)
    found = behind([office], origin, Choice(only="outside"), by=host)
    hours = report(office, OCTOBER, now=NOVEMBER)["totals"]["outside_hours"]
    assert found.counted == timedelta(hours=hours) == timedelta(hours=35)
    assert [(row.title, row.counted / timedelta(hours=1)) for row in found.rows] == [
        ("Kundkväll", 2),
        ("Möte", 2),
        ("Helgjobb", 31),
    ]
    assert from_kept(as_kept(origin)).apart == origin.apart


def test_a_frozen_report_keeps_them(app: Flask, host: Person) -> None:
    office, project = load_project()
    snapshot = freeze(office, project, OCTOBER, now=NOVEMBER)
    add(EVENING)
    kept = origin_kept(snapshot)
    assert kept is not None
    assert behind([office], kept, Choice(only="outside"), by=host).counted == timedelta(hours=33)


def test_one_frozen_before_kept_none(app: Flask, host: Person) -> None:
    kept = as_kept(origin_now([load_october()], OCTOBER, None, by=host))
    del kept["apart"]
    assert from_kept(kept).apart == {}


@both
def test_a_resource_taken_out_of_service_leaves_its_bookings_in_the_quality(app: Flask, host: Person) -> None:
    office = load_october()
    before = of(office)["totals"]["used_hours"]
    room = db.session.query(Resource).filter_by(slug="a").one()
    room.active_to = date(2026, 10, 20)
    db.session.commit()
    found = of(office)
    assert found["totals"]["used_hours"] < before
    quality = found["quality"]
    assert quality["out_of_service_bookings"] == 2
    origin = origin_now([office], OCTOBER, None, by=host)
    apart = behind([office], origin, Choice(only="out_of_service"), by=host)
    assert apart.counted == timedelta(hours=quality["out_of_service_hours"])
    assert {row.resources for row in apart.rows} == {("A",), ("A", "B")}


def test_also_where_it_was_out_of_service_for_all_of_the_period(app: Flask, host: Person) -> None:
    office = load_october()
    room = db.session.query(Resource).filter_by(slug="a").one()
    room.active_to = date(2026, 9, 1)
    db.session.commit()
    quality = of(office)["quality"]
    assert quality["out_of_service_bookings"] > 3
    origin = origin_now([office], OCTOBER, None, by=host)
    apart = behind([office], origin, Choice(only="out_of_service"), by=host)
    assert apart.counted == timedelta(hours=quality["out_of_service_hours"])
    assert "A" in apart.rows[0].resources


def test_overlaps_are_counted_the_same_in_whatever_order_they_were_imported(app: Flask) -> None:
    office = load_october()
    first, second = (
        line("91", "2026-10-28T09:00", "2026-10-28T11:00"),
        line("92", "2026-10-28T10:00", "2026-10-28T12:00"),
    )
    add(second)
    add(first)
    assert of(office)["quality"]["overlapping"] == 4
    assert datetime(2026, 10, 28, tzinfo=UTC) < NOVEMBER
