"""The process that gives the jobs their turns. It keeps nothing: what is done stands in the database."""

import logging
import os
import signal
from datetime import UTC, datetime
from threading import Thread, Timer
from types import FrameType

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.blocking import BlockingScheduler
from flask import Flask

from app.clock import now
from app.jobs.runner import run
from app.jobs.table import JOBS, Job

GRACE = 5.0  # seconds that a running job has to finish; what it leaves undone is taken up again
log = logging.getLogger("motesplats.scheduler")


def serve(app: Flask) -> None:
    """Runs until SIGTERM or SIGINT; returns soon after."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
    scheduler = build(app)
    stop_on_signals(scheduler)
    log.info("The scheduler looks after %s.", ", ".join(JOBS))
    scheduler.start()
    log.info("The scheduler stops.")


def build(app: Flask) -> BlockingScheduler:
    """A scheduler with every job of the table, each due at once."""
    scheduler = BlockingScheduler(
        timezone=UTC,
        executors={"default": ThreadPoolExecutor(2)},
        # Whoever was down or slow looks once, however late, and never twice at a time.
        job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 1},
    )
    for job in JOBS.values():
        scheduler.add_job(
            turn,
            "interval",
            args=[app, job],
            id=job.name,
            seconds=job.pace.look.total_seconds(),
            next_run_time=datetime.now(UTC),
        )
    return scheduler


def turn(app: Flask, job: Job) -> None:
    """One look, in a session of its own."""
    try:
        with app.app_context():
            outcome = run(job, now())
    except Exception:  # the database is away: the next look may find it again
        log.exception("%s could not look", job.name)
        return
    if outcome.done and any(outcome.counts.values()):
        log.info("%s: %s", job.name, outcome)


def stop_on_signals(scheduler: BlockingScheduler) -> None:
    """Ends the scheduler at SIGTERM and SIGINT, unless whoever started us keeps them to themselves."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        hard = Timer(GRACE, os._exit, (0,))
        hard.daemon = True
        hard.start()
        # In a thread: the main one may hold, at this very moment, the lock that this waits for.
        Thread(target=scheduler.shutdown, kwargs={"wait": False}, daemon=True).start()

    for number in (signal.SIGTERM, signal.SIGINT):
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, stop)
