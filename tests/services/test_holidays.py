"""Public holidays become closures once, and stay."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import holidays
import pytest
from sqlalchemy import select

from app.domain.localtime import local_date, zone
from app.extensions import db
from app.models import Closure, Office, Resource
from app.services.holidays import change_country, ensure_holidays, extend_holidays, holidays_of, knows_country
from app.services.transaction import use_case
from tests.databases import both
from tests.factories import Factory

ensure = use_case(ensure_holidays)
change = use_case(change_country)


def stored(office: Office) -> Sequence[Closure]:
    query = select(Closure).where(Closure.office_id == office.id, Closure.retired_at.is_(None))
    return db.session.scalars(query.order_by(Closure.starts_at)).all()


def days(office: Office) -> dict[date, str]:
    return {
        local_date(closure.starts_at, zone(office.timezone)): closure.reason for closure in stored(office)
    }


def test_swedish_holidays_and_the_eves_nobody_works_but_no_plain_sunday() -> None:
    found = holidays_of("SE", "sv", [2026])
    assert found[date(2026, 6, 19)] == "Midsommarafton"
    assert {date(2026, 12, 24), date(2026, 12, 31), date(2026, 1, 6)} <= set(found)
    assert date(2026, 10, 25) not in found
    assert date(2026, 4, 30) not in found  # from 2 pm for banks
    assert len(found) == 16
    assert holidays_of("SE", "en", [2026])[date(2026, 1, 1)] == "New Year's Day"
    assert holidays_of("DE", "sv", [2026])[date(2026, 1, 1)] == "Neujahr"


def test_countries() -> None:
    assert knows_country("SE")
    assert not knows_country("XX")
    assert not knows_country("Sweden")


@both
def test_a_year_is_stored_once_as_whole_local_days(make: Factory, now: datetime) -> None:
    office, room = make.office(holidays="SE"), make.room()
    assert ensure(office, range(2026, 2028), now) == 32
    assert ensure(office, range(2026, 2028), now) == 0
    assert (office.holidays_from_year, office.holidays_to_year) == (2026, 2027)
    assert len(stored(office)) == 32
    assert {closure.source for closure in stored(office)} == {"holiday"}
    lengths = {closure.reason: closure.ends_at - closure.starts_at for closure in stored(office)}
    assert lengths.pop("Påskdagen") == timedelta(hours=23)  # 28 March 2027
    assert set(lengths.values()) == {timedelta(days=1)}
    assert days(office)[date(2026, 12, 24)] == "Julafton"
    assert db.session.get_one(Resource, room.id).changes == 1


def test_earlier_and_later_years_join_without_gap(make: Factory, now: datetime) -> None:
    office = make.office(holidays="SE")
    ensure(office, range(2020, 2021), now)
    ensure(office, range(2023, 2024), now)
    assert (office.holidays_from_year, office.holidays_to_year) == (2020, 2023)
    assert {day.year for day in days(office)} == {2020, 2021, 2022, 2023}
    assert len(days(office)) == len(stored(office))


def test_a_newer_package_changes_nothing_stored(
    make: Factory, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = make.office(holidays="SE")
    ensure(office, range(2026, 2027), now)
    before = days(office)
    monkeypatch.setattr(holidays, "country_holidays", lambda *_args, **_more: pytest.fail("asked again"))
    ensure(office, range(2026, 2027), now)
    assert days(office) == before


@both
def test_another_country_holds_from_now_on(make: Factory, now: datetime) -> None:
    office = make.office(holidays="SE")
    ensure(office, range(2026, 2028), now)
    change(office, "NO", now)
    assert date(2026, 6, 6) in days(office)  # the Swedish national day has passed
    assert date(2027, 6, 6) not in days(office)
    assert date(2026, 5, 17) not in days(office)
    assert date(2027, 5, 17) in days(office)
    change(office, None, now)
    assert max(days(office)) < now.date()


@both
def test_the_daily_job_looks_two_years_ahead(make: Factory, now: datetime) -> None:
    office, other = make.office(holidays="SE"), make.office("umea")
    ensure(office, range(2026, 2029), now)
    assert extend_holidays(now) == 0
    assert extend_holidays(now.replace(year=2027)) == 16
    assert office.holidays_to_year == 2029
    assert stored(other) == []


def test_no_years_or_no_country_store_nothing(make: Factory, now: datetime) -> None:
    assert ensure(make.office(), range(2026, 2028), now) == 0
    assert ensure(make.office("umea", holidays="SE"), range(0), now) == 0
