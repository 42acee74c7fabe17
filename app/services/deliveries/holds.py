"""Reports that a host holds back: they are frozen and sent when somebody releases them."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, exists, select

from app.domain.errors import NotFound, Refusal, Refused
from app.domain.period import Period
from app.extensions import db
from app.models import Office, Person, Project, ReportHold, ReportSnapshot
from app.services.authorize import authorize
from app.services.locking import lock_project
from app.services.reports.monthly import reports_ahead
from app.services.transaction import use_case

MOST_REASON = 300


@use_case
def hold(project: Project, period: Period, reason: str, *, by: Person, now: datetime) -> ReportHold:
    """Holds a coming report back; what holds it already where something does.

    NotFound for a report that does not come; Refused without a reason, or if it is sent.
    """
    authorize(by, "host", project.office)
    lock_project(project)  # whoever publishes it at this moment is waited for
    if held := open_hold(project, period):
        return held
    if all(each.period != period for each in reports_ahead(project, now)):
        if _is_published(project, period):
            raise Refused(Refusal("report_sent_already", "period"))
        raise NotFound()
    if not reason.strip():
        raise Refused(Refusal("hold_reason", "reason"))
    if len(reason.strip()) > MOST_REASON:
        raise Refused(Refusal("hold_reason_long", "reason", {"most": MOST_REASON}))
    row = ReportHold(
        project_id=project.id,
        starts_on=period.first,
        ends_on=period.last_exclusive,
        reason=reason.strip(),
        held_at=now,
        held_by_id=by.id,
    )
    db.session.add(row)
    db.session.flush()
    return row


@use_case
def release(hold_id: int, *, by: Person, now: datetime) -> ReportHold:
    """Lets a report go: the job freezes and sends it at its next look. NotFound, NotAllowed."""
    row = db.session.get(ReportHold, hold_id)
    if row is None:
        raise NotFound()
    authorize(by, "host", row.project.office)
    lock_project(row.project)
    if row.released_at is None:
        row.released_at, row.released_by_id = now, by.id
    return row


def open_hold(project: Project, period: Period) -> ReportHold | None:
    """What holds this report back, if anything does."""
    query = _open().where(
        ReportHold.project_id == project.id,
        ReportHold.starts_on == period.first,
        ReportHold.ends_on == period.last_exclusive,
    )
    return db.session.scalar(query)


def open_holds(office: Office | None = None) -> Sequence[ReportHold]:
    """All that is held back, the oldest period first; at one office or at all."""
    query = _open().join(Project, Project.id == ReportHold.project_id)
    if office is not None:
        query = query.where(Project.office_id == office.id)
    return db.session.scalars(query.order_by(ReportHold.starts_on, ReportHold.id)).all()


def _is_published(project: Project, period: Period) -> bool:
    of_period = (ReportSnapshot.starts_on == period.first, ReportSnapshot.ends_on == period.last_exclusive)
    published = exists().where(ReportSnapshot.project_id == project.id, *of_period)
    return bool(db.session.scalar(select(published)))


def _open() -> Select[ReportHold]:
    return select(ReportHold).where(ReportHold.released_at.is_(None))
