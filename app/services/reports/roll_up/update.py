"""Brings the roll-up up to date: what has changed is taken out, what is missing is counted.

A change leaves a mark in its own transaction. Only whoever has the claim takes marks, and always before
counting; so whatever changes while a day is counted leaves a mark that stands, and the day is not believed.
"""

from collections.abc import Iterator
from datetime import date, datetime

from sqlalchemy import delete, exists, func, select

from app.domain.localtime import local_date, zone
from app.domain.period import Period
from app.domain.utilisation import METHOD_VERSION, DayFigures
from app.extensions import db
from app.models import Office, UsageChange, UsageDay
from app.services.job_claims import Claim, hold
from app.services.reports.overview import first_day
from app.services.reports.projects import projects_of
from app.services.reports.roll_up.read import figures_by_day
from app.services.reports.roll_up.standing import days_of, runs
from app.services.reports.roll_up.store import replace_days, unmark
from app.services.transaction import use_case

JOB = "roll-up"
DAYS_STORED = 7  # in one transaction, which others wait for
MARKS_TAKEN = 20_000  # at once


def bring_up_to_date(office: Office, held: Claim, *, now: datetime) -> int:
    """Counts what is missing of the days that are over, a month at a time. How many days. ClaimLost."""
    if _is_marked(office):
        _take_changes(office, held)
    counted = 0
    for period in missing(office, now):
        # Counted before the transaction: whoever books need not wait for it.
        figures = list(figures_by_day(office, period))
        for at in range(0, len(figures), DAYS_STORED):
            _store(office, figures[at : at + DAYS_STORED], held, now)
        counted += len(figures)
    return counted


def is_behind(office: Office, now: datetime) -> bool:
    """Whether there is anything to do."""
    return _is_marked(office) or next(missing(office, now), None) is not None


def _is_marked(office: Office) -> bool:
    return bool(db.session.scalar(select(exists().where(UsageChange.office_id == office.id))))


def missing(office: Office, now: datetime) -> Iterator[Period]:
    """The days that are over and not rolled up, the oldest first, a month at most at a time."""
    lasting = covered(office, now)
    if lasting is None:
        return
    query = select(UsageDay.day).where(UsageDay.office_id == office.id, UsageDay.method == METHOD_VERSION)
    known = set(db.session.scalars(query))
    for run in list(runs(day for day in lasting.days() if day.toordinal() not in known)):
        yield from run.months()


def covered(office: Office, now: datetime) -> Period | None:
    """From the first use or project until yesterday; None where nothing has begun."""
    begun = [project.starts_on for project in projects_of(office)]
    if used := first_day(office):
        begun.append(used)
    today = local_date(now, zone(office.timezone))
    first = min(begun, default=today)
    return Period(first, today) if first < today else None


@use_case
def _take_changes(office: Office, held: Claim) -> None:
    hold(held)
    times = set(_taken_marks(office))
    own = UsageDay.office_id == office.id
    first, last = db.session.execute(select(func.min(UsageDay.day), func.max(UsageDay.day)).where(own)).one()
    if first is not None:
        stored = Period(date.fromordinal(first), date.fromordinal(last + 1))
        unmark(office, days_of(times, stored, zone(office.timezone)))


def _taken_marks(office: Office) -> Iterator[tuple[datetime, datetime]]:
    """The times of the marks, which are gone then; some at a time, as an import may leave a million."""
    some = select(UsageChange.id).where(UsageChange.office_id == office.id).limit(MARKS_TAKEN)
    take = delete(UsageChange).where(UsageChange.id.in_(some))
    returned = take.returning(UsageChange.starts_at, UsageChange.ends_at)
    while found := db.session.execute(returned).all():
        yield from ((start, end) for start, end in found)


@use_case
def _store(office: Office, figures: list[DayFigures], held: Claim, now: datetime) -> None:
    hold(held)
    replace_days(office, figures, now)
