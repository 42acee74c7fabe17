"""Schedulers on months that are due, while they are killed and stand still: `python -m bench.schedulers`.

Every report and three mails of four meet with a trouble once: whoever has claimed it dies, or stands still
until the lease is over and others have gone on; before it writes, while it does, and when it is kept.
Each month must be frozen once and mailed once all the same. Prints its rows as JSON.
"""

import json
import logging
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes
from multiprocessing.sharedctypes import RawArray, RawValue
from pathlib import Path
from typing import Any

from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

import app.jobs.table as table
from app.clock import now
from app.domain.period import Period
from app.factory import create_app
from app.jobs import JOBS
from app.jobs.scheduler import turn
from app.services import job_claims, outbox
from app.services.job_claims import ClaimLost
from app.services.office_file import load_office
from app.services.people import add_person
from bench.server import ROOT, environment
from bench.table import Measured
from bench.world import NAMES, place_of, thing_of
from config import INSTANCE, database_url

SCHEDULERS, MONTHS = 8, 60
BEGINS = date(2022, 1, 1)
TRIED = ("monthly-reports", "send-mail")
STOP, KILL = int(signal.SIGSTOP), int(signal.SIGKILL)
# Where it happens, and what; of the months and of the mails one after the other.
IN_REPORTS = (("claimed", STOP), ("claimed", KILL), ("writing", STOP), ("writing", KILL), ("kept", KILL))
IN_MAILS = (("taken", STOP), ("taken", KILL), ("handed over", KILL), ("", 0))
OVERTAKEN = ("claimed", "taken")  # whoever stands still there holds nobody up: others go on
BEYOND = max(job_claims.LEASE, outbox.LEASE) + timedelta(minutes=1)
STANDS_STILL = 0.3  # seconds of those that hold others up
MOST_STILL = 30.0  # seconds until those go on that nobody has overtaken
LATEST = 600.0  # seconds
PATIENCE = 15.0  # seconds that somebody stands still before the clock goes faster
SECONDS_A_ROUND = 3.0  # of the schedulers' clock: about a minute in a second
# Of a mail at most, by month: PostgreSQL gives none a second time, and most are of what was rolled back.
MOST_NUMBERS = 1000
LOOKS_AFTERWARDS = 1.0  # seconds in which nothing more may come

PROJECT = """
[[organisations]]
slug = "payer"
name = "Payer"
category = "municipality"

[[projects]]
slug = "sixty"
name = "Sixty months"
host = "payer"
starts = 2022-01-01
ends = 2199-01-01
"""
COUNTS = {
    "snapshots": "SELECT count(*) FROM report_snapshot",
    "periods": "SELECT count(*) FROM (SELECT DISTINCT starts_on, ends_on FROM report_snapshot) AS each_once",
    "done": "SELECT count(*) FROM job_run WHERE period <> '' AND done_at IS NOT NULL",
    "claims": "SELECT coalesce(sum(token), 0) FROM job_run WHERE period <> ''",
    "mails": "SELECT count(*) FROM outbox_mail",
    "sent": "SELECT count(*) FROM outbox_mail WHERE state = 'sent'",
    "noted": "SELECT count(DISTINCT snapshot_id) FROM report_sent",
}


def measure(
    name: str, folder: Path, url: str = "", months: int = MONTHS, schedulers: int = SCHEDULERS
) -> list[Measured]:
    """On an empty database, with an instance of its own in that folder."""
    folder.mkdir()
    command = [sys.executable, "-m", "bench.schedulers", name, str(months), str(schedulers)]
    settings = environment(folder, 0, url)
    done = subprocess.run(command, cwd=ROOT, env=settings, stdout=subprocess.PIPE, text=True, check=True)
    return [Measured(**row) for row in json.loads(done.stdout.splitlines()[-1])]


@dataclass
class Shared:
    """What the processes share without a lock, as any of them may die with one: a place for each."""

    months: int
    schedulers: int
    time: Any = field(init=False)
    fenced: Any = field(init=False)
    handed_over: Any = field(init=False)
    troubled: Any = field(init=False)
    stands_at: Any = field(init=False)

    def __post_init__(self) -> None:
        self.time = RawValue("d", _after(BEGINS, self.months).timestamp())
        self.fenced = RawArray("i", self.schedulers)
        self.handed_over = RawArray("i", self.schedulers)
        # By month, then by mail: it has had its trouble.
        self.troubled = RawArray("b", (1 + MOST_NUMBERS) * self.months)
        self.stands_at = RawArray("i", self.schedulers)  # the number of the trouble, from 1

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.time.value, UTC)


def _after(day: date, months: int) -> datetime:
    """The tenth of the month after so many months: all of them are due, and no other for weeks."""
    period = Period.month_of(day)
    for _ in range(months):
        period = period.next()
    return datetime.combine(period.first.replace(day=10), datetime.min.time(), UTC)


class Troubles:
    """What befalls this process. Each comes once, whoever is at that report or mail."""

    def __init__(self, shared: Shared, number: int) -> None:
        self.shared, self.number = shared, number

    def report(self, where: str, period: Period) -> None:
        month = (period.first.year - BEGINS.year) * 12 + period.first.month - BEGINS.month
        self._meet(where, month, IN_REPORTS[month % len(IN_REPORTS)])

    def mail(self, where: str, number: int) -> None:
        self._meet(where, self.shared.months + number, IN_MAILS[number % len(IN_MAILS)])

    def _meet(self, where: str, at: int, trouble: tuple[str, int]) -> None:
        if trouble[0] != where or self.shared.troubled[at]:
            return
        self.shared.troubled[at] = 1
        self.shared.stands_at[self.number] = at + 1
        os.kill(os.getpid(), trouble[1])
        self.shared.stands_at[self.number] = 0

    def install(self) -> None:
        """In the place of what the jobs call, in this process alone."""
        publish, write, deliver = table.publish, table.report_letter, table.deliver
        shared, number = self.shared, self.number

        def published(office: Any, project: Any, period: Period, *args: Any, **more: Any) -> Any:
            self.report("claimed", period)
            try:
                found = publish(office, project, period, *args, **more)
            except ClaimLost:
                shared.fenced[number] += 1
                raise
            self.report("kept", period)
            return found

        def written(snapshot: Any, to: Any) -> tuple[str, str]:
            self.report("writing", Period(snapshot.starts_on, snapshot.ends_on))
            return write(snapshot, to)

        def delivered(mail: Any, *args: Any) -> None:
            key = int(mail.id)
            self.mail("taken", key)
            deliver(mail, *args)
            shared.handed_over[number] += 1
            self.mail("handed over", key)

        table.publish, table.report_letter, table.deliver = published, written, delivered


def _look_for_ever(shared: Shared, number: int) -> None:
    """One scheduler. Every other one goes without the turns that keep them apart."""
    logging.disable(logging.CRITICAL)
    app = create_app()
    app.config["CLOCK"] = shared.now
    Troubles(shared, number).install()
    look = turn if number % 2 else _look_out_of_turn
    while True:
        for name in TRIED:
            look(app, JOBS[name])
        time.sleep(0.02)


def _look_out_of_turn(app: Flask, job: Any) -> None:
    with app.app_context(), suppress(Exception):
        job.work(now(), False)


def _prepare() -> None:
    begun = datetime.combine(BEGINS, datetime.min.time(), UTC)
    with create_app().app_context():
        upgrade()
        load_office("\n".join([place_of("sixty", "Sixty"), NAMES, thing_of("a", "A"), PROJECT]), now=begun)
        add_person("funder@example.org", role="funder", organisation="payer", now=begun)


class Stage:
    """The schedulers, and whoever kills, wakes and replaces them."""

    def __init__(self, shared: Shared) -> None:
        self.shared = shared
        self.context = multiprocessing.get_context("fork")
        self.engine = create_engine(database_url(os.environ["DATABASE_URL"]), poolclass=NullPool)
        self.still: dict[int, float] = {}  # since when, by scheduler
        self.killed = self.stopped = 0

    def run(self) -> None:
        """Until all is done, and a little longer."""
        self.processes = [self._start(number) for number in range(self.shared.schedulers)]
        until = time.monotonic() + LATEST
        try:
            while time.monotonic() < until and not self._is_done():
                self._look_after()
            self._go_on_for(LOOKS_AFTERWARDS)
        finally:
            for process in self.processes:
                process.kill()
                process.join()

    def counts(self) -> dict[str, int]:
        with self.engine.connect() as connection:
            return {name: int(connection.scalar(text(query)) or 0) for name, query in COUNTS.items()}

    def _start(self, number: int) -> Any:
        process = self.context.Process(target=_look_for_ever, args=(self.shared, number), daemon=True)
        process.start()
        return process

    def _is_done(self) -> bool:
        found = self.counts()
        return not self.still and found["done"] >= self.shared.months and found["sent"] >= self.shared.months

    def _go_on_for(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while time.monotonic() < until or self.still:
            self.shared.time.value += BEYOND.total_seconds() / 10
            self._look_after()

    def _look_after(self) -> None:
        """One round: who died is replaced, who stands still is woken when it is time."""
        time.sleep(0.05)
        waited = max((time.monotonic() - since for since in self.still.values()), default=0.0)
        faster = 10 if waited > PATIENCE else 1  # so that a pause after a failure ends, too
        self.shared.time.value += faster * SECONDS_A_ROUND
        for number, process in enumerate(self.processes):
            if not process.is_alive():
                self.killed += 1
                self._lease_runs_out()
                self.still.pop(number, None)
                self.processes[number] = self._start(number)
            elif _is_stopped(process.pid) and number not in self.still:
                self.stopped += 1
                self._lease_runs_out()
                self.still[number] = time.monotonic()
        for number in [each for each, since in self.still.items() if self._may_go_on(each, since)]:
            os.kill(self.processes[number].pid, signal.SIGCONT)
            del self.still[number]

    def _lease_runs_out(self) -> None:
        self.shared.time.value += BEYOND.total_seconds()

    def _may_go_on(self, number: int, since: float) -> bool:
        lasts = time.monotonic() - since
        if lasts < STANDS_STILL:
            return False
        return len(self.still) == self.shared.schedulers or lasts > MOST_STILL or self._is_over(number)

    def _is_over(self, number: int) -> bool:
        """Whether another one has done what this one had begun, or cannot as long as it stands still."""
        at, months = self.shared.stands_at[number] - 1, self.shared.months
        where, _ = (
            IN_REPORTS[at % len(IN_REPORTS)] if at < months else IN_MAILS[(at - months) % len(IN_MAILS)]
        )
        if where not in OVERTAKEN:
            return True
        with self.engine.connect() as connection:
            if at < months:
                period = f"sixty/{BEGINS.year + at // 12}-{at % 12 + 1:02}"
                query = text("SELECT count(*) FROM job_run WHERE period = :which AND done_at IS NOT NULL")
                return bool(connection.scalar(query, {"which": period}))
            query = text("SELECT count(*) FROM outbox_mail WHERE id = :which AND state = 'sent'")
            return bool(connection.scalar(query, {"which": at - months}))


def _is_stopped(process_id: int) -> bool:
    with suppress(OSError):
        return ") T " in Path(f"/proc/{process_id}/stat").read_text()
    return False


def _message_ids(folder: Path) -> list[str]:
    return [str(message_from_bytes(each.read_bytes())["Message-ID"]) for each in folder.glob("*.eml")]


def main(name: str, months: int, schedulers: int) -> None:
    """On the database and the instance of the environment."""
    preparing = multiprocessing.get_context("fork").Process(target=_prepare)
    preparing.start()
    preparing.join()
    if preparing.exitcode:
        raise RuntimeError("the database could not be made")
    shared = Shared(months, schedulers)
    stage, began = Stage(shared), time.monotonic()
    stage.run()
    rows = _judged(name, stage, time.monotonic() - began)
    print(json.dumps([asdict(row) for row in rows]))


def _judged(name: str, stage: Stage, seconds: float) -> Iterator[Measured]:
    shared, found = stage.shared, stage.counts()
    ids = _message_ids(INSTANCE / "mail")
    title = f"{name}, {shared.schedulers} schedulers, {shared.months} months"
    told = (
        f"{found['snapshots']} reports; {stage.killed} killed, {stage.stopped} stopped beyond their lease, "
        f"{found['claims']} claims; {seconds:.0f} seconds"
    )
    yield Measured(f"{title}: reports lost", shared.months - found["periods"], "", 0, told)
    yield Measured("  reports frozen twice", found["snapshots"] - found["periods"], "", 0)
    told = (
        f"{found['mails']} mails written, {found['sent']} sent, {sum(shared.handed_over)} times handed over"
    )
    yield Measured("  mails lost", shared.months - min(found["noted"], len(set(ids))), "", 0, told)
    twice = found["mails"] - found["noted"] + len(ids) - len(set(ids))
    yield Measured("  mails twice, by Message-ID", twice, "", 0)
    yield Measured("  claims that had run out and wrote nothing", sum(shared.fenced), "times")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
