"""The reports that were published, without their contents."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from app.domain.period import Period
from app.extensions import db
from app.models import Office, Project, ReportSnapshot


@dataclass(frozen=True, slots=True)
class PublishedReport:
    """A revision of a report; `is_latest` of its period."""

    id: int
    project: Project
    period: Period
    revision: int
    checksum: str
    frozen_at: datetime
    is_latest: bool


def published_at(office: Office) -> list[PublishedReport]:
    """All of an office, the latest period first, of a period the latest revision."""
    query = (
        select(
            ReportSnapshot.id,
            Project,
            ReportSnapshot.starts_on,
            ReportSnapshot.ends_on,
            ReportSnapshot.revision,
            ReportSnapshot.checksum,
            ReportSnapshot.frozen_at,
        )
        .join(Project, Project.id == ReportSnapshot.project_id)
        .where(ReportSnapshot.office_id == office.id)
        .order_by(
            ReportSnapshot.ends_on.desc(),
            ReportSnapshot.starts_on,
            Project.id,
            ReportSnapshot.revision.desc(),
        )
    )
    return _told(db.session.execute(query).all())


def _told(
    rows: Sequence[tuple[int, Project, date, date, int, str, datetime]],
) -> list[PublishedReport]:
    found: list[PublishedReport] = []
    for number, project, first, end, revision, checksum, frozen_at in rows:
        period = Period(first, end)
        before = found[-1] if found else None
        is_latest = before is None or (before.project.id, before.period) != (project.id, period)
        found.append(PublishedReport(number, project, period, revision, checksum, frozen_at, is_latest))
    return found
