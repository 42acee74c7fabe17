"""What will be sent: when, to whom, with which figures as they stand, and what is missing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.domain.period import Period
from app.extensions import db
from app.models import Booking, BookingDate, Office, ReportHold
from app.services.deliveries.holds import open_holds
from app.services.deliveries.recipients import Recipient, recipients_of
from app.services.reports import projects_of, report
from app.services.reports.material import load_together
from app.services.reports.monthly import MONTH, DueReport, reports_ahead

MOST_LISTED = 10


@dataclass(frozen=True, slots=True)
class Uncounted:
    """A date that is over and has no head count."""

    date_id: int
    starts_at: datetime
    title: str


@dataclass(frozen=True, slots=True)
class Preview:
    """A report as it would be sent now. No `content`: it is too early to say."""

    report: DueReport
    recipients: Sequence[Recipient]
    hold: ReportHold | None = None
    content: Mapping[str, Any] = field(default_factory=dict)
    missing: int = 0
    uncounted: Sequence[Uncounted] = field(default=())


def coming(office: Office, now: datetime) -> list[DueReport]:
    """All reports of the office that are not sent, by when they are due: the present periods' are last."""
    found = [each for project in projects_of(office) for each in reports_ahead(project, now)]
    return sorted(found, key=lambda each: (each.due_at, each.project.id, each.period))


def previews(office: Office, now: datetime) -> list[Preview]:
    """The same with whom they go to; with figures where it is a month's or will be sent soon."""
    holds = {(each.project_id, Period(each.starts_on, each.ends_on)): each for each in open_holds(office)}
    found = []
    for each in coming(office, now):
        told = each.every == MONTH or now >= each.remind_at
        found.append(preview(each, now, hold=holds.get((each.project.id, each.period)), figures=told))
    return found


def preview(each: DueReport, now: datetime, hold: ReportHold | None = None, figures: bool = True) -> Preview:
    """One report as it would be sent now."""
    readers = recipients_of(each.project, each.period, each.every)
    if not figures:
        return Preview(each, readers, hold)
    content = report(each.office, each.period, now=now, project=each.project)
    missing = _uncounted(each, now)
    return Preview(each, readers, hold, content, len(missing), _named(missing[:MOST_LISTED]))


def _uncounted(each: DueReport, now: datetime) -> list[int]:
    """The dates without a head count that are over, the latest first."""
    material = load_together([each.office], each.period, each.project)
    visits = [tally.row for tally in material.measurement().dates() if tally.visited]
    over = [row for row in visits if not row.has_heads and row.end <= now]
    return [int(row.date_id) for row in sorted(over, key=lambda row: row.date_start, reverse=True)]


def _named(date_ids: Sequence[int]) -> list[Uncounted]:
    query = (
        select(BookingDate.id, BookingDate.starts_at, Booking.title)
        .join(Booking, Booking.id == BookingDate.booking_id)
        .where(BookingDate.id.in_(date_ids))
        .order_by(BookingDate.starts_at.desc(), BookingDate.id)
    )
    return [Uncounted(*row) for row in db.session.execute(query)]
