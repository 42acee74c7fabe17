"""Every figure opens to the dates behind it, and they add up to it."""

from datetime import timedelta

import pytest
from flask import Flask

from app.domain.errors import NotAllowed
from app.domain.period import Period
from app.extensions import db
from app.models import Office, Organisation, Person
from app.services.reports import report
from app.services.reports.behind import PAGE, Behind, Choice, origin_now
from app.services.reports.behind import behind as behind_of
from tests.databases import both
from tests.factories import Factory
from tests.reports.october import NOVEMBER, load_october
from tests.services.report_rows import store, used

OCTOBER = Period.parse("2026-10")


@pytest.fixture
def host(make: Factory) -> Person:
    return make.host()


def behind(office: Office, period: Period, choice: Choice, *, by: Person | None, page: int = 1) -> Behind:
    """Behind a figure of the live report."""
    return behind_of([office], origin_now([office], period, None, by=by), choice, by=by, page=page)


def hours(found: Behind) -> float:
    counted = sum((row.counted for row in found.rows), timedelta())
    assert counted == found.counted
    return counted / timedelta(hours=1)


@both
def test_the_dates_add_up_to_every_figure(app: Flask, host: Person) -> None:
    office = load_october()
    figures = report(office, OCTOBER, now=NOVEMBER)
    assert hours(behind(office, OCTOBER, Choice(), by=host)) == figures["totals"]["used_hours"] == 21
    for what in ("category", "resource", "activity", "organisation"):
        for line in figures[f"by_{what}"]:
            found = behind(office, OCTOBER, Choice(**{what: line[what]}), by=host)
            assert hours(found) == line["used_hours"]
            assert sum(row.counted > timedelta() for row in found.rows) == line["bookings"]


@both
def test_no_shows_and_visits_open_too(app: Flask, host: Person) -> None:
    office = load_october()
    figures = report(office, OCTOBER, now=NOVEMBER)
    attendance = figures["attendance"]
    no_shows, counted, uncounted = (
        behind(office, OCTOBER, Choice(only=only), by=host) for only in ("no_show", "counted", "uncounted")
    )
    assert [row.status for row in no_shows.rows] == ["no_show"]
    assert counted.visits == sum(attendance[each] for each in ("women", "men", "other")) == 39
    assert len(counted.rows) == attendance["counted"]
    assert len(uncounted.rows) == attendance["missing"]
    assert all(row.heads is None for row in uncounted.rows)


def test_a_host_sees_what_it_was_and_what_it_counts_for(host: Person) -> None:
    office = load_october()
    found = behind(office, OCTOBER, Choice(category="company"), by=host)
    assert [(row.title, row.status, row.counted / timedelta(hours=1)) for row in found.rows] == [
        ("Styrgrupp", "confirmed", 4),
        ("Kundkväll", "confirmed", 1),
        ("Säljmöte", "no_show", 0),
        ("Nattpass", "confirmed", 5),
        ("Helgjobb", "confirmed", 2),
    ]
    first = found.rows[0]
    assert (first.organisation, first.resources, first.heads) == ("Exempelbolaget AB", ("A",), (4, 2, 0))
    both_rooms = behind(office, OCTOBER, Choice(category="municipality"), by=host).rows[1]
    assert (both_rooms.resources, both_rooms.counted) == (("A", "B"), timedelta(hours=6))


def test_a_funder_sees_neither_titles_nor_names(make: Factory) -> None:
    office = load_october()
    funder = make.person("funder@example.org", role="funder")
    found = behind(office, OCTOBER, Choice(), by=funder)
    assert hours(found) == 21
    assert {(row.title, row.organisation) for row in found.rows} == {(None, None)}


def test_it_is_for_nobody_else(make: Factory) -> None:
    office = load_october()
    for reader in (make.person(), None):
        with pytest.raises(NotAllowed):
            behind(office, OCTOBER, Choice(), by=reader)


def test_pages_hold_so_many_and_the_sum_is_of_all(make: Factory, host: Person) -> None:
    office = make.office(opens=0, closes=1440, days=range(7))
    make.room()
    start = NOVEMBER - timedelta(days=20)
    rows = [
        used(make, start + timedelta(hours=number), start + timedelta(hours=number, minutes=30))
        for number in range(PAGE + 3)
    ]
    store(*rows)
    first, second = (behind(office, OCTOBER, Choice(), by=host, page=page) for page in (1, 2))
    assert (len(first.rows), len(second.rows), first.pages, first.used) == (PAGE, 3, 2, PAGE + 3)
    assert first.counted == second.counted == (PAGE + 3) * timedelta(minutes=30)
    assert first.rows[-1].start < second.rows[0].start
    assert behind(office, OCTOBER, Choice(), by=host, page=99).page == 2


def test_a_home_municipality_opens_to_its_bookings(host: Person) -> None:
    office = load_october()
    db.session.query(Organisation).filter_by(slug="exempelbolaget").one().municipality = "Umeå"
    db.session.commit()
    assert behind(office, OCTOBER, Choice(municipality="Umeå"), by=host).used == 7
    assert behind(office, OCTOBER, Choice(municipality="Malå"), by=host).used == 0
