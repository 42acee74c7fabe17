"""How the jobs are doing: for the host's page, and for whoever watches the installation."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select

from app.domain.errors import NotFound
from app.extensions import db
from app.models import JobRun, Office, Person
from app.services.authorize import authorize
from app.services.job_claims import TURNS, ask_for
from app.services.job_paces import PACES, Pace, clock_of_jobs
from app.services.offices import offices

# What a host may ask for at any time: it does what is due anyway, sooner, and a second time does no harm.
RUN_NOW = frozenset(
    {"send-mail", "outside-calendars", "roll-up", "roll-up-check", "holidays", "head-counts", "aid", "backup"}
)
SEVERAL = 3  # failures in a row that are more than a moment's trouble
STILL = timedelta(hours=2)  # what has not failed for so long is not tried any more


@dataclass(frozen=True, slots=True)
class JobState:
    """One job. `error` is the program's own, of the turn or of a period that waits; None: all went well.

    `next_at` is None where it has never gone well. `result`: the counts of the last turn that went well.
    """

    job: str
    last_at: datetime | None
    next_at: datetime | None
    result: Mapping[str, object]
    running_since: datetime | None
    asked: bool
    error: str | None
    failed_at: datetime | None
    failures: int
    overdue: bool

    @property
    def ok(self) -> bool:
        begun = self.last_at is not None or self.running_since is not None
        return begun and self.error is None and not self.overdue

    def is_broken(self, now: datetime) -> bool:
        """Whether somebody should be woken: no turn for too long, or one failure after the other."""
        failing = self.failed_at is not None and self.failed_at > now - STILL
        return self.overdue or (self.failures >= SEVERAL and failing)


def job_states(now: datetime) -> list[JobState]:
    """Every job, in the order of the table."""
    told = or_(JobRun.period == TURNS, JobRun.last_error.is_not(None))
    rows: defaultdict[str, list[JobRun]] = defaultdict(list)
    for row in db.session.scalars(select(JobRun).where(told)):
        rows[row.job].append(row)
    installed_at = min((each.created_at for each in offices() if each.created_at), default=None)
    tz = clock_of_jobs()
    return [_state(job, rows[job], installed_at, tz, now) for job in PACES]


def broken_jobs(now: datetime) -> list[str]:
    """The jobs that are overdue or have failed several times."""
    return [each.job for each in job_states(now) if each.is_broken(now)]


def run_soon(job: str, office: Office, *, by: Person, now: datetime) -> None:
    """Has the scheduler do a job at its next look. NotAllowed; NotFound for one that is not for hosts."""
    authorize(by, "host", office)
    if job not in RUN_NOW:
        raise NotFound()
    ask_for(job, now=now)


def _state(
    job: str, rows: Sequence[JobRun], installed_at: datetime | None, tz: ZoneInfo, now: datetime
) -> JobState:
    pace = PACES[job]
    turn = next((row for row in rows if row.period == TURNS), None)
    worst = max((row for row in rows if row.last_error), key=lambda row: row.failures, default=None)
    last_at, running = (turn.done_at, _running_since(turn, now)) if turn else (None, None)
    next_at = _next_turn(pace, turn, last_at or installed_at, tz)
    return JobState(
        job=job,
        last_at=last_at,
        next_at=now if turn and turn.asked_at else next_at if last_at else None,
        result=(turn.result if turn else None) or {},
        running_since=running,
        asked=turn is not None and turn.asked_at is not None,
        error=worst.last_error if worst else None,
        failed_at=worst.failed_at if worst else None,
        failures=worst.failures if worst else 0,
        overdue=next_at is not None and running is None and now > next_at + pace.slack,
    )


def _next_turn(pace: Pace, turn: JobRun | None, since: datetime | None, tz: ZoneInfo) -> datetime | None:
    """When it comes by its pace, or is tried again after a failure, whichever is later."""
    due = pace.next_turn(since, tz) if since else None
    if due and turn and turn.failed_at and turn.leased_until:
        return max(due, turn.leased_until)
    return due


def _running_since(turn: JobRun, now: datetime) -> datetime | None:
    """Since when a process is at it: its lease runs, and it has neither finished nor failed."""
    started, held = turn.started_at, turn.leased_until
    if started is None or held is None or held <= now or (turn.failed_at and turn.failed_at >= started):
        return None
    return started
