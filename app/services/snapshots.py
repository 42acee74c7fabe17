"""Reports as they were published: frozen with a revision and a checksum, and mailed to the funders."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import defer

from app.domain.errors import NotFound, Refusal, Refused
from app.domain.localtime import zone
from app.domain.period import Period
from app.extensions import db
from app.models import Office, Person, Project, ReportSnapshot
from app.services.authorize import authorize
from app.services.deliveries.holds import open_hold
from app.services.deliveries.recipients import Recipient, readers_by_hand, recipients_of
from app.services.deliveries.sent import Letter, send
from app.services.job_claims import Claim, finish
from app.services.locking import lock_project
from app.services.reports import Report
from app.services.reports.aid import COUNTED_MONEY
from app.services.reports.changes import changes, is_unchanged
from app.services.reports.live import Counting, count
from app.services.reports.monthly import kind_of
from app.services.reports.origin import Origin, as_kept, from_kept
from app.services.reports.since import causes_of, closures_since, differences_between, money_causes
from app.services.transaction import use_case

COUNTED = "counted_dates"  # in the content kept: the dates behind the figures, no part of the report JSON
KEPT_APART = (COUNTED, COUNTED_MONEY)


class ReportHeld(Refused):
    """A host holds the report back."""


@dataclass(frozen=True, slots=True)
class Published:
    """A frozen report, whether it was frozen by this, and how many mails about it it put into the outbox."""

    snapshot: ReportSnapshot
    is_new: bool
    mails: int


@dataclass(frozen=True, slots=True)
class Pending:
    """What freezing would come to: the revision, and whether it would be a new one."""

    revision: int
    is_new: bool


@use_case
def freeze(
    office: Office, project: Project, period: Period, *, now: datetime, by: Person | None = None
) -> ReportSnapshot:
    """Keeps the report as it stands: as the next revision, or the last one where nothing has changed.

    `by` None is the monthly job. NotAllowed for others than hosts; Refused while the period runs.
    """
    return _keep(office, project, period, now, by)[0]


@use_case
def publish(
    office: Office,
    project: Project,
    period: Period,
    write: Letter,
    *,
    now: datetime,
    held: Claim | None = None,
    every: str | None = None,
) -> Published:
    """Freezes the report and puts a mail to everybody who gets it into the outbox; a revision is mailed once.

    With `every` only those get it whose schedule is of that kind of period. With `held`, the job that this
    is gets done in the same transaction; ClaimLost if it is not ours any more. ReportHeld where a host holds
    the report back.
    """
    published = _publish(office, project, period, write, recipients_of(project, period, every), now)
    if held:
        finish(held, now=now, result={"revision": published.snapshot.revision, "mails": published.mails})
    return published


@use_case
def publish_by_hand(
    office: Office,
    project: Project,
    period: Period,
    write: Letter,
    *,
    to: Collection[str],
    by: Person,
    now: datetime,
) -> Published:
    """Freezes the report, and mails it to those addresses of its readers that have not got this revision.

    Whoever is not among them gets it when their schedule says. ReportHeld; Refused while the period runs.
    """
    every = kind_of(project, period)
    readers = [each for each in readers_by_hand(project, period, every) if each.address in to]
    return _publish(office, project, period, write, readers, now, by)


def _publish(
    office: Office,
    project: Project,
    period: Period,
    write: Letter,
    readers: Sequence[Recipient],
    now: datetime,
    by: Person | None = None,
) -> Published:
    lock_project(project)
    if hold := open_hold(project, period):
        raise ReportHeld(Refusal("report_held", "period", {"reason": hold.reason}))
    snapshot, is_new = _keep(office, project, period, now, by)
    mails = sum(send(snapshot, each, write, now=now, by=by) for each in readers)
    return Published(snapshot, is_new, mails)


def pending(office: Office, project: Project, period: Period, *, now: datetime) -> Pending:
    """What would be frozen now. Refused while the period runs."""
    last, live = _last_and_live(office, project, period, now)
    return _pending(last, live)


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
    """All published reports of the period, the latest first. What they hold is read when it is asked for."""
    query = _revisions(office, period, project).options(defer(ReportSnapshot.content))
    return db.session.scalars(query).all()


def replacing(snapshot: ReportSnapshot, published: Sequence[ReportSnapshot]) -> ReportSnapshot | None:
    """Of all revisions the one that stands instead of this one; None where it stands itself."""
    last = published[0]
    return last if last.revision > snapshot.revision else None


def content_of(snapshot: ReportSnapshot) -> Report:
    """The report JSON as it was published."""
    return {name: value for name, value in snapshot.content.items() if name not in KEPT_APART}


def origin_kept(snapshot: ReportSnapshot) -> Origin | None:
    """The dates that it was counted from; None where they were not kept, as in older versions."""
    kept = snapshot.content.get(COUNTED)
    return from_kept(kept) if isinstance(kept, Mapping) else None


def money_kept(snapshot: ReportSnapshot) -> Mapping[str, Any] | None:
    """What its annex about money was counted from; None where that was not kept, as in older versions."""
    kept = snapshot.content.get(COUNTED_MONEY)
    return kept if isinstance(kept, Mapping) else None


def _keep(
    office: Office, project: Project, period: Period, now: datetime, by: Person | None
) -> tuple[ReportSnapshot, bool]:
    """The frozen report, and whether it was frozen by this."""
    if by is not None:
        authorize(by, "host", office)
    lock_project(project)  # whoever freezes the same report at the same time waits, and finds it done
    last, live = _last_and_live(office, project, period, now)
    found = _pending(last, live)
    if last and not found.is_new:
        return last, False
    snapshot = ReportSnapshot(
        office_id=office.id,
        project_id=project.id,
        starts_on=period.first,
        ends_on=period.last_exclusive,
        revision=found.revision,
        method=live.report["method"],
        checksum=live.report["checksum"],
        frozen_at=now,
        frozen_by_id=by.id if by else None,
        content={
            **live.report,
            "revision": found.revision,
            "frozen_at": now.isoformat(timespec="seconds"),
            **_since(last, live),
            COUNTED: as_kept(live.origin),
            COUNTED_MONEY: live.money,
        },
    )
    db.session.add(snapshot)
    db.session.flush()
    return snapshot, True


def _since(last: ReportSnapshot | None, live: Counting) -> dict[str, Any]:
    """What the revision changed, and why."""
    if last is None:
        return {"changes": [], "causes": []}
    changed = changes(last.content, live.report)
    return {"changes": changed, "causes": causes_since(last, live, changed)}


def causes_since(
    last: ReportSnapshot, live: Counting, changed: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Why the report now differs from the frozen one, by what has changed in it."""
    before = origin_kept(last)
    differences = differences_between(before, live.origin) if before else None
    closures = closures_since(last.office, live.origin.within, last.frozen_at)
    money = money_causes(money_kept(last), live.money, differences or ())
    return causes_of(differences, closures, changed, money)


def _last_and_live(
    office: Office, project: Project, period: Period, now: datetime
) -> tuple[ReportSnapshot | None, Counting]:
    if period.interval(zone(office.timezone)).end > now:
        raise Refused(Refusal("period_not_over", "period", {"period": period.label}))
    live = count(office, period, project, now=now)
    return db.session.scalar(_revisions(office, period, project).limit(1)), live


def _pending(last: ReportSnapshot | None, live: Counting) -> Pending:
    if last is None:
        return Pending(1, is_new=True)
    if is_unchanged(last.content, live.report) and money_kept(last) in (None, live.money):
        return Pending(last.revision, is_new=False)
    return Pending(last.revision + 1, is_new=True)


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
