"""Reports as they were published: frozen with a revision and a checksum, and mailed to the funders."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select

from app.domain.errors import NotFound, Refusal, Refused
from app.domain.localtime import zone
from app.domain.period import Period
from app.extensions import db
from app.models import Office, Person, Project, ReportSnapshot
from app.services.authorize import authorize
from app.services.deliveries.holds import open_hold
from app.services.deliveries.recipients import recipients_of
from app.services.deliveries.sent import Letter, send
from app.services.job_claims import Claim, finish
from app.services.locking import lock_project
from app.services.reports import Report, report
from app.services.reports.changes import changes, is_unchanged
from app.services.transaction import use_case


class ReportHeld(Refused):
    """A host holds the report back."""


@dataclass(frozen=True, slots=True)
class Published:
    """A frozen report, and how many mails about it were put into the outbox by this."""

    snapshot: ReportSnapshot
    mails: int


@use_case
def freeze(
    office: Office, project: Project, period: Period, *, now: datetime, by: Person | None = None
) -> ReportSnapshot:
    """Keeps the report as it stands: as the next revision, or the last one where nothing has changed.

    `by` None is the monthly job. NotAllowed for others than hosts; Refused while the period runs.
    """
    return _keep(office, project, period, now, by)


@use_case
def publish(
    office: Office,
    project: Project,
    period: Period,
    write: Letter,
    *,
    now: datetime,
    by: Person | None = None,
    held: Claim | None = None,
    every: str | None = None,
) -> Published:
    """Freezes the report and puts a mail to everybody who gets it into the outbox; a revision is mailed once.

    With `every` only those get it whose schedule is of that kind of period. With `held`, the job that this
    is gets done in the same transaction; ClaimLost if it is not ours any more. ReportHeld where a host holds
    the report back.
    """
    lock_project(project)
    if hold := open_hold(project, period):
        raise ReportHeld(Refusal("report_held", "period", {"reason": hold.reason}))
    snapshot = _keep(office, project, period, now, by)
    mails = sum(send(snapshot, each, write, now=now, by=by) for each in recipients_of(project, every))
    if held:
        finish(held, now=now, result={"revision": snapshot.revision, "mails": mails})
    return Published(snapshot, mails)


def frozen(office: Office, period: Period, project: Project, revision: int | None = None) -> ReportSnapshot:
    """A published report; the latest revision unless one is named. NotFound."""
    query = _revisions(office, period, project)
    if revision is not None:
        query = query.where(ReportSnapshot.revision == revision)
    snapshot = db.session.scalar(query.limit(1))
    if snapshot is None:
        raise NotFound()
    return snapshot


def revisions(office: Office, period: Period, project: Project) -> Sequence[ReportSnapshot]:
    """All published reports of the period, the latest first."""
    return db.session.scalars(_revisions(office, period, project)).all()


def content_of(snapshot: ReportSnapshot) -> Report:
    """The report JSON as it was published."""
    return dict(snapshot.content)


def _keep(
    office: Office, project: Project, period: Period, now: datetime, by: Person | None
) -> ReportSnapshot:
    if by is not None:
        authorize(by, "host", office)
    if period.interval(zone(office.timezone)).end > now:
        raise Refused(Refusal("period_not_over", "period", {"period": period.label}))
    lock_project(project)  # whoever freezes the same report at the same time waits, and finds it done
    live = report(office, period, now=now, project=project)
    last = db.session.scalar(_revisions(office, period, project).limit(1))
    if last and is_unchanged(last.content, live):
        return last
    revision = last.revision + 1 if last else 1
    snapshot = ReportSnapshot(
        office_id=office.id,
        project_id=project.id,
        starts_on=period.first,
        ends_on=period.last_exclusive,
        revision=revision,
        method=live["method"],
        checksum=live["checksum"],
        frozen_at=now,
        frozen_by_id=by.id if by else None,
        content={
            **live,
            "revision": revision,
            "frozen_at": now.isoformat(timespec="seconds"),
            "changes": changes(last.content, live) if last else [],
        },
    )
    db.session.add(snapshot)
    db.session.flush()
    return snapshot


def _revisions(office: Office, period: Period, project: Project) -> Select[ReportSnapshot]:
    return (
        select(ReportSnapshot)
        .filter_by(
            office_id=office.id,
            project_id=project.id,
            starts_on=period.first,
            ends_on=period.last_exclusive,
        )
        .order_by(ReportSnapshot.revision.desc())
    )
