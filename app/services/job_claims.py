"""Who does which job for which period: claimed by one process at a time, done once.

A claim is a lease: whoever dies with it loses it after a while. Its token rises with every claim, so
that a process that was only slow cannot finish what another one has taken over.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, or_, select, update

from app.domain.errors import DomainError
from app.extensions import db
from app.models import JobRun
from app.services.once import add_once
from app.services.transaction import use_case

LEASE = timedelta(minutes=10)
PAUSE = timedelta(minutes=15)  # after a failure
TURNS = ""  # the period of jobs that come again and again

# How often each job has its turn at least; when it has not for three times as long, something is wrong.
JOBS = {
    "monthly-reports": timedelta(minutes=5),
    "requests": timedelta(minutes=1),
    "no-shows": timedelta(minutes=1),
    "waiting": timedelta(minutes=1),
    "send-mail": timedelta(minutes=1),
    "outside-calendars": timedelta(minutes=1),
    "roll-up": timedelta(minutes=1),
    "roll-up-check": timedelta(days=1),
    "holidays": timedelta(days=1),
    "clean-up": timedelta(days=1),
}
SILENCES = 3


class ClaimLost(DomainError):
    """The lease ran out and another process went on."""

    code = "claim_lost"


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to do a job for a period, until the lease ends."""

    job: str
    period: str
    token: int


@use_case
def claim(
    job: str, period: str, *, now: datetime, again_after: timedelta | None = None, lease: timedelta = LEASE
) -> Claim | None:
    """Takes the job for this period; None where it is done or somebody has it.

    With `again_after` it may be taken again so long after it was done.
    """
    row = {"job": job, "period": period, "token": 0, "attempts": 0}
    add_once(JobRun, row, unique=["job", "period"])
    token = db.session.scalar(
        update(JobRun)
        .where(JobRun.job == job, JobRun.period == period)
        .where(_is_free(now))
        .where(_is_due(now, again_after))
        .values(token=JobRun.token + 1, attempts=JobRun.attempts + 1, leased_until=now + lease)
        .returning(JobRun.token)
    )
    return None if token is None else Claim(job, period, token)


def _is_free(now: datetime) -> ColumnElement[bool]:
    # A lease longer than any we give was given at another time than now, by somebody who tried the job.
    held = JobRun.leased_until
    return or_(held.is_(None), held <= now, held > now + max(LEASE, PAUSE))


def _is_due(now: datetime, again_after: timedelta | None) -> ColumnElement[bool]:
    if again_after is None:
        return JobRun.done_at.is_(None)
    # Done in the future: somebody has tried the job at another time than now.
    return or_(JobRun.done_at.is_(None), JobRun.done_at <= now - again_after, JobRun.done_at > now)


def finish(held: Claim, *, now: datetime, result: dict[str, object] | None = None) -> None:
    """Notes that the job is done, in the caller's transaction. ClaimLost where somebody else has it."""
    done = {"done_at": now, "leased_until": None, "last_error": None, "result": result}
    if _note(held, done) is None:
        raise ClaimLost(job=held.job, period=held.period)


def hold(held: Claim) -> None:
    """Keeps the claim until the end of the caller's transaction. ClaimLost where somebody else has it."""
    query = select(JobRun.id).where(
        JobRun.job == held.job, JobRun.period == held.period, JobRun.token == held.token
    )
    if db.session.scalar(query.with_for_update()) is None:
        raise ClaimLost(job=held.job, period=held.period)


@use_case
def finish_turn(held: Claim, *, now: datetime, result: dict[str, object] | None = None) -> None:
    """`finish`, in a transaction of its own."""
    finish(held, now=now, result=result)


@use_case
def fail(held: Claim, error: str, *, now: datetime) -> None:
    """Notes what went wrong; the job may be tried again after a pause."""
    _note(held, {"leased_until": now + min(PAUSE, JOBS.get(held.job, PAUSE)), "last_error": error[:500]})


def _note(held: Claim, values: Mapping[str, object]) -> int | None:
    """The row's id; None where the claim is lost."""
    return db.session.scalar(
        update(JobRun)
        .where(JobRun.job == held.job, JobRun.period == held.period, JobRun.token == held.token)
        .values(dict(values))
        .returning(JobRun.id)
    )


def periods_of(job: str) -> dict[str, datetime | None]:
    """The periods that a job was ever taken up for, and when each was done."""
    query = select(JobRun.period, JobRun.done_at).where(JobRun.job == job, JobRun.period != TURNS)
    return dict(db.session.execute(query).all())


def job_overview(now: datetime) -> list[tuple[str, datetime | None, bool]]:
    """Every job: its name, when it last had its turn, and whether all is well with it.

    It is not where the last turn failed, a period waits with an error, or no turn came for too long.
    """
    rows = db.session.scalars(select(JobRun)).all()
    turns = {row.job: row.done_at for row in rows if row.period == TURNS}
    failed = {row.job for row in rows if row.last_error is not None}
    return [
        (job, turns.get(job), job not in failed and _is_recent(turns.get(job), every, now))
        for job, every in JOBS.items()
    ]


def _is_recent(done_at: datetime | None, every: timedelta, now: datetime) -> bool:
    return done_at is not None and now - done_at <= SILENCES * every
