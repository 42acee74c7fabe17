"""Several processes at once, and one that is killed: on databases where every commit is real."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.domain.errors import Refused
from app.domain.period import Period
from app.extensions import db
from app.jobs import JOBS, run
from app.jobs.table import monthly_reports, report_previews
from app.models import OutboxMail, Person, Project, ReportSnapshot
from app.services.deliveries.holds import hold, release
from app.services.job_claims import LEASE
from app.services.people import add_person
from tests.races import own_app, together
from tests.reports.october import NOVEMBER, load_project

ROOT = Path(__file__).parents[2]
LOADED = NOVEMBER - timedelta(days=13)
JANUARY = NOVEMBER.replace(year=2027, month=1, day=4)
PROCESSES = 6

KILLED = """
import os, signal, sys
from datetime import datetime
from app.factory import create_app
import app.jobs.table as table

def killed(*_args):
    os.kill(os.getpid(), signal.SIGKILL)  # while the report and a mail are written and not yet kept

table.report_letter = killed
with create_app().app_context():
    table.monthly_reports(datetime.fromisoformat(sys.argv[1]), False)
"""


@dataclass
class Shared:
    app: Flask

    def url(self) -> str:
        return self.app.config["SQLALCHEMY_DATABASE_URI"]

    def counts(self) -> tuple[int, int]:
        """Snapshots and mails."""
        with self.app.app_context():
            return tuple(
                db.session.scalar(select(func.count()).select_from(model))
                for model in (ReportSnapshot, OutboxMail)
            )

    def look(self, now: datetime) -> int:
        """How many reports one look makes."""
        with self.app.app_context():
            return monthly_reports(now, False)["reports"]


@pytest.fixture(params=["sqlite", "postgres"])
def shared(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Shared]:
    with own_app(request, tmp_path) as app:
        with app.app_context():
            load_project(LOADED)
            for organisation in ("kommunen", "regionen"):
                add_person(
                    f"{organisation}@example.org", role="funder", organisation=organisation, now=LOADED
                )
        yield Shared(app)


def test_many_at_once_make_each_report_and_mail_once(shared: Shared) -> None:
    assert sum(together(*[lambda: shared.look(JANUARY)] * PROCESSES)) == 3
    assert shared.counts() == (3, 6)
    assert shared.look(JANUARY) == 0


def test_two_schedulers_take_one_turn(shared: Shared) -> None:
    def scheduler() -> bool:
        with shared.app.app_context():
            return run(JOBS["monthly-reports"], JANUARY).done

    assert sum(together(*[scheduler] * PROCESSES)) == 1
    assert shared.counts() == (3, 6)


def test_what_a_killed_process_left_is_taken_up_again(shared: Shared) -> None:
    process = subprocess.run(
        [sys.executable, "-c", KILLED, JANUARY.isoformat()],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": shared.url(), "SECRET_KEY": "only for tests"},
        timeout=60,
        check=False,
    )
    assert process.returncode == -signal.SIGKILL
    assert shared.counts() == (0, 0)
    assert shared.look(JANUARY) == 2  # October is still held by the dead
    assert shared.look(JANUARY + LEASE) == 1
    assert shared.look(JANUARY + LEASE) == 0
    assert shared.counts() == (3, 6)


def test_a_report_is_held_back_or_sent_and_never_both(shared: Shared) -> None:
    """A host presses the button at the moment at which the schedulers look."""

    def held() -> int | None:
        with shared.app.app_context():
            project = db.session.scalars(select(Project).filter_by(slug="kontoret")).one()
            try:
                return hold(project, Period.parse("2026-10"), "Varför", by=host(), now=JANUARY).id
            except Refused:  # it is sent already
                return None

    with shared.app.app_context():
        add_person("host@example.org", role="host", organisation="regionen", now=LOADED)
    *looks, found = together(*[lambda: shared.look(JANUARY)] * PROCESSES, held)
    assert sum(looks) == (3 if found is None else 2)
    assert shared.counts() == ((3, 6) if found is None else (2, 4))
    if found is not None:
        with shared.app.app_context():
            release(found, by=host(), now=JANUARY)
    # Whoever had claimed it when it was held back has the claim until its lease ends.
    assert sum(together(*[lambda: shared.look(JANUARY + LEASE)] * PROCESSES)) == (found is not None)
    assert shared.counts() == (3, 6)


def test_many_at_once_tell_each_host_once(shared: Shared) -> None:
    soon = NOVEMBER - timedelta(days=2)

    def tell() -> int:
        with shared.app.app_context():
            return report_previews(soon, False)["told"]

    with shared.app.app_context():
        for number in range(3):
            add_person(f"host{number}@example.org", role="host", organisation="regionen", now=LOADED)
    assert sum(together(*[tell] * PROCESSES)) == 3
    assert shared.counts() == (0, 3)


def host() -> Person:
    return db.session.scalars(select(Person).filter_by(email="host@example.org")).one()
