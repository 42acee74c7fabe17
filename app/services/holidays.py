"""Public holidays, stored as closures of whole local days when their year is first needed.

What is stored stays: a later version of the `holidays` package, or another country, changes no day
that has passed, so no published figure moves.

Closed are the public holidays of the country and those that are kept though no law says so (the
package's category `de_facto`: midsummer eve, Christmas eve and New Year's eve in Sweden). Plain
Sundays and the half-days before holidays are no holidays: the weekly hours tell of them.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime

import holidays
from sqlalchemy import select, update

from app.domain.interval import Interval
from app.domain.localtime import TimeDoesNotExist, day_bounds, zone
from app.extensions import db
from app.models import Closure, Office, Resource
from app.services.history import mark_changed
from app.services.transaction import use_case

YEARS_AHEAD = 2  # bookings reach at most so far


def knows_country(code: str) -> bool:
    """Whether the package has holidays for this country code ("SE")."""
    return code in holidays.list_supported_countries(include_aliases=False)


def holidays_of(country: str, language: str, years: Iterable[int]) -> dict[date, str]:
    """The closed days of these years with their names, in the language where the package speaks it."""
    known = holidays.country_holidays(country)
    spoken = [each for each in known.supported_languages if each.split("_")[0] == language]
    found = holidays.country_holidays(
        country,
        years=list(years),
        categories=tuple({"public", "de_facto"}.intersection(known.supported_categories)),
        language=spoken[0] if spoken else known.default_language,  # else the machine's own
    )
    return dict(sorted(found.items()))


def ensure_holidays(office: Office, years: range, now: datetime) -> int:
    """Stores the holidays of the years not stored yet; returns how many. Part of the caller's transaction.

    Stored years are without gaps: what lies between old and new ones is filled.
    """
    if not office.holidays or not years:
        return 0
    first, last = years[0], years[-1]
    missing = list(years)
    if office.holidays_from_year is not None and office.holidays_to_year is not None:
        first, last = min(first, office.holidays_from_year), max(last, office.holidays_to_year)
        missing = [
            year
            for year in range(first, last + 1)
            if not office.holidays_from_year <= year <= office.holidays_to_year
        ]
    if not missing:
        return 0
    office.holidays_from_year, office.holidays_to_year = first, last
    stored = [_closure(office, name, day, now) for name, day in _days(office, missing)]
    db.session.add_all(stored)
    _tell_readers(office, now)
    return len(stored)


def change_country(office: Office, country: str | None, now: datetime) -> None:
    """Another country's holidays from now on. Those that have begun stay, stored years stay stored."""
    office.holidays = country
    if office.holidays_from_year is None or office.holidays_to_year is None:
        return
    coming = (Closure.office_id == office.id, Closure.source == "holiday", Closure.starts_at > now)
    db.session.execute(update(Closure).where(*coming, Closure.retired_at.is_(None)).values(retired_at=now))
    if country:
        years = range(now.year, office.holidays_to_year + 1)
        days = [(name, day) for name, day in _days(office, years) if day.start > now]
        db.session.add_all([_closure(office, name, day, now) for name, day in days])
    _tell_readers(office, now)


@use_case
def extend_holidays(now: datetime) -> int:
    """Stores the holidays of the coming years, for every office; the daily job's share. Returns how many."""
    years = range(now.year, now.year + YEARS_AHEAD + 1)
    offices = db.session.scalars(select(Office).where(Office.holidays.is_not(None)).order_by(Office.id)).all()
    return sum(ensure_holidays(office, years, now) for office in offices)


def _days(office: Office, years: Iterable[int]) -> Iterator[tuple[str, Interval]]:
    tz = zone(office.timezone)
    for day, name in holidays_of(office.holidays or "", office.language, years).items():
        try:
            yield name, day_bounds(day, tz)
        except TimeDoesNotExist:  # Samoa left out 30 December 2011
            continue


def _closure(office: Office, name: str, day: Interval, now: datetime) -> Closure:
    return Closure(
        office_id=office.id,
        starts_at=day.start,
        ends_at=day.end,
        reason=name[:300],
        source="holiday",
        entered_at=now,
    )


def _tell_readers(office: Office, now: datetime) -> None:
    ids = db.session.scalars(select(Resource.id).where(Resource.office_id == office.id)).all()
    mark_changed(ids, (), now)
