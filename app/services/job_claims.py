"""Who does which job for which period: claimed by one process at a time, done once.

A claim is a lease: whoever dies with it loses it after a while. Its token rises with every claim, so
that a process that was only slow cannot finish what another one has taken over.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, or_, select, update

from app.domain.errors import DomainError
from app.extensions import db
from app.models import JobRun
from app.services.job_paces import PACES
from app.services.once import add_once
from app.services.transaction import use_case

LEASE = timedelta(minutes=10)
PAUSE = timedelta(minutes=15)  # after a failure
TURNS = ""  # the period of jobs that come again and again


class ClaimLost(DomainError):
    """The lease ran out and another process went on."""

    code = "claim_lost"


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to do a job for a period, until the lease ends. `asked`: a person wants it done now."""

    job: str
    period: str
    token: int
    asked: bool = False


@use_case
def claim(
    job: str, period: str, *, now: datetime, again_after: timedelta | None = None, lease: timedelta = LEASE
) -> Claim | None:
    """Takes the job for this period; None where it is done or somebody has it.

    With `again_after` it may be taken again so long after it was done, or when somebody has asked for it.
    """
    _add_row(job, period)
    taken = db.session.execute(
        update(JobRun)
        .where(JobRun.job == job, JobRun.period == period)
        .where(_is_free(now))
        .where(_is_due(now, again_after))
        .values(
            token=JobRun.token + 1, attempts=JobRun.attempts + 1, started_at=now, leased_until=now + lease
        )
        .returning(JobRun.token, JobRun.asked_at)
    ).one_or_none()
    return None if taken is None else Claim(job, period, taken.token, taken.asked_at is not None)


def _add_row(job: str, period: str) -> None:
    row = {"job": job, "period": period, "token": 0, "attempts": 0}
    add_once(JobRun, row, unique=["job", "period"])


def _is_free(now: datetime) -> ColumnElement[bool]:
    # A lease longer than any we give was given at another time than now, by somebody who tried the job.
    held = JobRun.leased_until
    return or_(held.is_(None), held <= now, held > now + max(LEASE, PAUSE))


def _is_due(now: datetime, again_after: timedelta | None) -> ColumnElement[bool]:
    if again_after is None:
        return JobRun.done_at.is_(None)
    # Done in the future: somebody has tried the job at another time than now.
    done = JobRun.done_at
    return or_(done.is_(None), done <= now - again_after, done > now, JobRun.asked_at.is_not(None))


def finish(held: Claim, *, now: datetime, result: dict[str, object] | None = None) -> None:
    """Notes that the job is done, in the caller's transaction. ClaimLost where somebody else has it."""
    done: dict[str, object] = {"done_at": now, "result": result, "leased_until": None, "asked_at": None}
    done |= {"failed_at": None, "failures": 0, "last_error": None}
    if _note(held, done) is None:
        raise ClaimLost(job=held.job, period=held.period)


def hold(held: Claim) -> None:
    """Keeps the claim until the end of the caller's transaction. ClaimLost where somebody else has it."""
    query = select(JobRun.id).where(_is_ours(held))
    if db.session.scalar(query.with_for_update()) is None:
        raise ClaimLost(job=held.job, period=held.period)


@use_case
def finish_turn(held: Claim, *, now: datetime, result: dict[str, object] | None = None) -> None:
    """`finish`, in a transaction of its own."""
    finish(held, now=now, result=result)


@use_case
def ask_for(job: str, *, now: datetime) -> None:
    """The job's next turn comes at its next look. A pause after a failure ends; who is at it goes on."""
    _add_row(job, TURNS)
    turn = update(JobRun).where(JobRun.job == job, JobRun.period == TURNS)
    db.session.execute(turn.values(asked_at=now))
    db.session.execute(turn.where(JobRun.failed_at >= JobRun.started_at).values(leased_until=None))


@use_case
def fail(held: Claim, error: str, *, now: datetime) -> None:
    """Notes what went wrong; the job may be tried again after a pause."""
    pause = min(PAUSE, PACES[held.job].every) if held.job in PACES else PAUSE
    failed = {"failed_at": now, "failures": JobRun.failures + 1, "last_error": error[:500]}
    _note(held, {**failed, "leased_until": now + pause})


def _note(held: Claim, values: Mapping[str, object]) -> int | None:
    """The row's id; None where the claim is lost."""
    return db.session.scalar(update(JobRun).where(_is_ours(held)).values(dict(values)).returning(JobRun.id))


def _is_ours(held: Claim) -> ColumnElement[bool]:
    return and_(JobRun.job == held.job, JobRun.period == held.period, JobRun.token == held.token)


def periods_of(job: str) -> dict[str, datetime | None]:
    """The periods that a job was ever taken up for, and when each was done."""
    query = select(JobRun.period, JobRun.done_at).where(JobRun.job == job, JobRun.period != TURNS)
    return dict(db.session.execute(query).all())
