"""What the job process does: one table of jobs, and how one is run.

Map:
    table       the jobs: name, how often, what
    roll_up     the figures by day: kept up to date, held against the bookings
    backup      the nightly copy of the database
    retention   bookers made anonymous whose time is over
    leftovers   erased words overwritten in the file
    attachments the files that a mail leaves with
    runner      one turn of a job: claimed, done, noted
    words       what came of a turn, in words
    scheduler   the process that gives the jobs their turns
"""

from app.jobs.runner import Outcome, run
from app.jobs.table import JOBS, Job

__all__ = ["JOBS", "Job", "Outcome", "run"]
