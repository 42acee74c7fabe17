"""The job process itself: it looks at once, two do no harm, and it stops when it is told to."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from apscheduler.schedulers.blocking import BlockingScheduler
from flask import Flask
from sqlalchemy import func, select

from app.extensions import db
from app.jobs import JOBS
from app.jobs.scheduler import build
from app.models import JobRun, OutboxMail, ReportSnapshot
from app.services.people import add_person
from tests.conftest import make_app
from tests.reports.october import PROJECT, load_october

ROOT = Path(__file__).parents[2]
FLASK = [sys.executable, "-m", "flask", "--app", "wsgi", "scheduler"]
SOON = 5.0  # seconds


@contextmanager
def started(app: Flask, folder: Path, ignore_interrupts: bool = False) -> Iterator[subprocess.Popen[str]]:
    """A scheduler that minds signals already; at the end it is gone."""
    environment = {
        **os.environ,
        "DATABASE_URL": app.config["SQLALCHEMY_DATABASE_URI"],
        "INSTANCE_PATH": str(folder),
        "SECRET_KEY": "only for tests",
    }
    prepare: Callable[[], object] | None = None
    if ignore_interrupts:

        def prepare() -> object:
            return signal.signal(signal.SIGINT, signal.SIG_IGN)

    with subprocess.Popen(
        FLASK, cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True, preexec_fn=prepare
    ) as process:
        try:
            assert process.stderr
            assert any("looks after" in line for line in process.stderr), "it never began"
            yield process
        finally:
            process.kill()


def wait_until(true: Callable[[], bool], seconds: float = 30) -> None:
    latest = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < latest, "it took too long"
        time.sleep(0.1)


def ends(process: subprocess.Popen[str], number: int) -> tuple[int, float]:
    """Exit code, and how long it took."""
    began = time.monotonic()
    process.send_signal(number)
    process.communicate(timeout=20)
    return process.returncode, time.monotonic() - began


@pytest.fixture
def shared(tmp_path: Path) -> Iterator[Flask]:
    """An office that has been here for a hundred days, with one funder; so some months are due."""
    app = make_app(f"sqlite:///{tmp_path / 'scheduler.db'}", tmp_path)
    loaded = datetime.now(UTC) - timedelta(days=100)
    always = PROJECT.replace("2026-10-01", "2020-01-01").replace("2027-04-01", "2199-01-01")
    with app.app_context():
        load_october(loaded, always, bookings=False)
        add_person("f@example.org", role="funder", organisation="kommunen", now=loaded)
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def count(app: Flask, model: type, *where: object) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(model).where(*where)) or 0


def test_two_of_them_do_everything_once_and_stop_soon(shared: Flask, tmp_path: Path) -> None:
    with started(shared, tmp_path) as one, started(shared, tmp_path) as other:
        wait_until(
            lambda: count(shared, JobRun, JobRun.period == "", JobRun.done_at.is_not(None)) == len(JOBS)
        )
        for process, number in ((one, signal.SIGTERM), (other, signal.SIGINT)):
            code, took = ends(process, number)
            assert code == 0
            assert took < SOON
    reports = count(shared, ReportSnapshot)
    assert reports >= 2
    assert count(shared, OutboxMail) == reports
    with shared.app_context():
        months = db.session.scalars(select(ReportSnapshot.starts_on)).all()
        assert len(set(months)) == reports


def test_it_leaves_interrupts_to_whoever_started_it(shared: Flask, tmp_path: Path) -> None:
    with started(shared, tmp_path, ignore_interrupts=True) as process:
        process.send_signal(signal.SIGINT)
        time.sleep(0.5)
        assert process.poll() is None
        assert ends(process, signal.SIGTERM)[0] == 0


def test_every_job_looks_at_intervals_and_makes_up_for_lost_time(app: Flask) -> None:
    scheduler: BlockingScheduler = build(app)
    jobs = {job.id: job for job in scheduler.get_jobs()}
    assert jobs.keys() == JOBS.keys()
    assert {type(job.trigger).__name__ for job in jobs.values()} == {"IntervalTrigger"}
    assert scheduler._job_defaults == {"coalesce": True, "misfire_grace_time": None, "max_instances": 1}
