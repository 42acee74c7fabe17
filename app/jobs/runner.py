"""One turn of a job."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from flask import current_app

from app.jobs.table import Counts, Job
from app.jobs.words import told
from app.services import job_claims
from app.services.job_claims import TURNS, ClaimLost
from app.services.job_paces import clock_of_jobs


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a turn: `done` with counts; not, where it was nobody's turn or with an error."""

    done: bool
    counts: Counts = field(default_factory=dict)
    error: str | None = None

    def __str__(self) -> str:
        if not self.done:
            return self.error or "another process is doing it"
        return told(self.counts)


def run(job: Job, now: datetime, *, asked: bool = False) -> Outcome:
    """Does the job if its turn has come, or a person asked. Errors are logged, noted and told, not raised."""
    again_after = timedelta() if asked else job.pace.since_due(now, clock_of_jobs())
    held = job_claims.claim(job.name, TURNS, now=now, again_after=again_after)
    if held is None:
        return Outcome(done=False)
    try:
        counts = job.work(now, asked or held.asked)
        job_claims.finish_turn(held, now=now, result=dict(counts))
    except ClaimLost:
        return Outcome(done=False)
    except Exception as error:
        current_app.logger.exception("the job %s failed", job.name)
        wrong = f"{type(error).__name__}: {error}"
        job_claims.fail(held, wrong, now=now)
        return Outcome(done=False, error=wrong)
    return Outcome(done=True, counts=counts)
