"""Holds the roll-up against the bookings: every day by its times, some days by everything."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from app.domain.localtime import midnight, zone
from app.domain.period import Period
from app.extensions import db
from app.models import Category, Office, UsageShare, UsageTime
from app.models.roll_up import OfDay
from app.services.job_claims import Claim, hold
from app.services.opening import OfficeHours
from app.services.reports.material import in_service, slugs_of
from app.services.reports.roll_up.read import figures_by_day
from app.services.reports.roll_up.standing import changed_days, standing
from app.services.reports.roll_up.store import Ids, rows_of, unmark
from app.services.reports.roll_up.update import covered
from app.services.transaction import use_case

LATEST = timedelta(days=31)


def differing(office: Office, *, now: datetime) -> set[int]:
    """The days on which the roll-up is not what the bookings come to.

    The caller has the claim on the roll-up, so nobody takes the marks of what changes meanwhile.
    """
    lasting = covered(office, now)
    if lasting is None:
        return set()
    found: set[int] = set()
    for year in _years(lasting):
        found |= _by_columns(office, year)
    for period in _whole(lasting, now):
        found |= _by_everything(office, period)
    return found - changed_days(office, lasting)


@use_case
def mend(office: Office, days: Iterable[int], held: Claim) -> None:
    """Has the days counted from the bookings from now on, until they are rolled up again. ClaimLost."""
    hold(held)
    unmark(office, days)


def _years(period: Period) -> Iterator[Period]:
    first = period.first
    while first < period.last_exclusive:
        last = min(date(first.year + 1, 1, 1), period.last_exclusive)
        yield Period(first, last)
        first = last


def _whole(period: Period, now: datetime) -> list[Period]:
    """The last month, and of all months another one every night."""
    latest = Period(max(period.first, period.last_exclusive - LATEST), period.last_exclusive)
    months = period.months()
    return [latest, months[now.toordinal() % len(months)]]


def _by_columns(office: Office, period: Period) -> set[int]:
    # numpy is for this alone: whoever serves pages need not load it.
    from app.services.reports.roll_up.columns import count_cells, hours_of, load_columns

    stands = standing(office, period)
    timezone, within = zone(office.timezone), period.interval(zone(office.timezone))
    resources = in_service(office, within, timezone)
    if stands is None or not resources:
        return set()
    hours = OfficeHours.load(office, within)
    opened = {each.id: hours.open_seconds(each) for each in resources}
    edges = [int(midnight(day, timezone).timestamp()) for day in (*period.days(), period.last_exclusive)]
    columns = load_columns(list(opened), sorted(slugs_of(Category)), within)
    counted = count_cells(columns, hours_of(opened), edges).lines(columns, period.first.toordinal())
    times = (UsageTime.day, UsageTime.resource_id, UsageTime.available, UsageTime.booked)
    shares = (UsageShare.day, UsageShare.resource_id, UsageShare.category_id, UsageShare.used)
    stored = {
        *map(tuple, db.session.execute(select(*times).where(stands.days_in(UsageTime)))),
        *map(tuple, db.session.execute(select(*shares).where(stands.days_in(UsageShare)))),
    }
    return {line[0] for line in counted ^ stored} & stands.current()


def _by_everything(office: Office, period: Period) -> set[int]:
    stands = standing(office, period)
    if stands is None:
        return set()
    ids = Ids.read()
    found = set()
    for figures in figures_by_day(office, period):
        number = figures.day.toordinal()
        if number in stands.current() and any(
            _as_set(rows) != _as_set(_stored(table, office, number))
            for table, rows in rows_of(figures, office, ids).items()
        ):
            found.add(number)
    return found


def _stored(table: type[OfDay], office: Office, day: int) -> Iterator[dict[str, Any]]:
    query = select(*table.__table__.columns).where(table.office_id == office.id, table.day == day)
    yield from (dict(row) for row in db.session.execute(query).mappings())


def _as_set(rows: Iterable[Mapping[str, Any]]) -> set[tuple[tuple[str, Any], ...]]:
    return {tuple(sorted(row.items())) for row in rows}
