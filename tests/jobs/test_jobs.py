"""The jobs, each through `flask run-job` or a turn."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.domain.period import Period
from app.extensions import db
from app.jobs import JOBS, run
from app.models import Closure, JobRun, Office, OutboxMail, Project, ReportSnapshot, SignInFailure, SignInLink
from app.services import job_claims
from app.services.backup import DiskFull
from app.services.job_paces import PACES
from app.services.job_states import job_states
from app.services.outbox import put_mail
from app.services.people import add_person
from app.services.snapshots import publish
from app.wording.jobs import job_trouble
from tests.conftest import Clock
from tests.databases import both
from tests.factories import Factory
from tests.reports.october import NOVEMBER, load_project


@pytest.fixture
def office(app: Flask, clock: Clock) -> Office:
    """Loaded on 20 October, with two funders."""
    clock.at = NOVEMBER - timedelta(days=13)
    office, _ = load_project(clock.at)
    add_person("sv@example.org", role="funder", organisation="kommunen", now=clock.at)
    add_person("en@example.org", role="funder", organisation="regionen", language="en", now=clock.at)
    return office


def run_job(app: Flask, name: str, *args: str) -> str:
    """What the command says of the job."""
    result = app.test_cli_runner().invoke(args=["run-job", name, *args])
    assert result.exit_code == 0, result.output
    before, told = result.stdout.strip().split(": ", 1)
    assert before == name
    return told


def months() -> list[str]:
    days = db.session.scalars(select(ReportSnapshot.starts_on).order_by(ReportSnapshot.starts_on))
    return [f"{day:%Y-%m}" for day in days]


@both
def test_the_months_report_is_frozen_and_mailed_once(app: Flask, office: Office) -> None:
    early, due = "2026-11-02T05:59+01:00", "2026-11-02T06:00+01:00"
    assert run_job(app, "monthly-reports", "--now", early) == "nothing to do"
    assert run_job(app, "monthly-reports", "--now", due) == "1 report frozen, 2 mails queued"
    assert run_job(app, "monthly-reports", "--now", due) == "nothing to do"
    assert months() == ["2026-10"]
    mails = {mail.recipient: mail for mail in db.session.scalars(select(OutboxMail))}
    assert mails.keys() == {"sv@example.org", "en@example.org"}
    swedish, english = mails["sv@example.org"], mails["en@example.org"]
    assert (swedish.language, english.language) == ("sv", "en")
    assert "oktober 2026" in swedish.subject
    assert english.subject == "Report for Oktoberkontoret, October 2026"
    link = "http://localhost/offices/oktober/reports/2026-10?project=kontoret&revision=1"
    assert f"\n{link}\n" in swedish.body
    assert f"\n{link}\n" in english.body
    assert "7,5\N{NO-BREAK SPACE}%" in swedish.body
    snapshot = db.session.scalars(select(ReportSnapshot)).one()
    assert snapshot.checksum in english.body


def test_a_report_without_readers_says_so(app: Flask, clock: Clock) -> None:
    clock.at = NOVEMBER - timedelta(days=13)
    load_project(clock.at)
    told = run_job(app, "monthly-reports", "--now", "2026-11-02T06:00+01:00")
    assert told == "1 report frozen, no mail queued"


@both
def test_down_over_three_months_means_three_reports(app: Flask, office: Office) -> None:
    assert (
        run_job(app, "monthly-reports", "--now", "2027-01-04T07:00+01:00")
        == "3 reports frozen, 6 mails queued"
    )
    assert months() == ["2026-10", "2026-11", "2026-12"]
    assert (
        run_job(app, "monthly-reports", "--now", "2027-04-01T07:00+02:00")
        == "3 reports frozen, 6 mails queued"
    )
    assert run_job(app, "monthly-reports", "--now", "2027-05-03T07:00+02:00") == "nothing to do"


def test_one_reports_failure_stops_no_other_and_is_tried_again(
    app: Flask, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.jobs.table.publish", broken_for("2026-11"))
    january = NOVEMBER.replace(year=2027, month=1, day=4)
    outcome = run(JOBS["monthly-reports"], january)
    assert not outcome.done
    assert "kontoret/2026-11" in (outcome.error or "")
    assert months() == ["2026-10", "2026-12"]
    assert not next(each.ok for each in job_states(january) if each.job == "monthly-reports")
    monkeypatch.undo()
    assert run(JOBS["monthly-reports"], january + timedelta(minutes=30)).counts == {"reports": 1, "mails": 2}
    assert months() == ["2026-10", "2026-11", "2026-12"]


def broken_for(label: str) -> Callable[..., ReportSnapshot]:
    def publish_or_break(
        office: Office, project: Project, period: Period, *args: Any, **more: Any
    ) -> ReportSnapshot:
        if period.label == label:
            raise RuntimeError("the disk is full")
        return publish(office, project, period, *args, **more)

    return publish_or_break


def test_mails_leave_as_files(app: Flask, office: Office, clock: Clock) -> None:
    clock.at = NOVEMBER
    run_job(app, "monthly-reports")
    assert run_job(app, "send-mail") == "2 mails sent"
    assert run_job(app, "send-mail") == "nothing to do"
    folder: Path = app.config["MAIL_FOLDER"]
    mails = [message_from_bytes(path.read_bytes(), policy=default) for path in folder.glob("*.eml")]
    assert {str(mail["To"]) for mail in mails} == {"sv@example.org", "en@example.org"}


def test_a_mail_that_cannot_leave_waits(app: Flask, clock: Clock) -> None:
    put_mail("key", "a@example.org", "Hej", "text", "sv", clock.at)
    db.session.commit()
    app.config["MAIL_FOLDER"].parent.joinpath("mail").write_text("a file where the folder should be")
    assert run_job(app, "send-mail") == "1 mail to be tried again"


def test_holidays_reach_into_the_coming_years(app: Flask, make: Factory) -> None:
    make.office(holidays="SE")
    assert run_job(app, "holidays", "--now", "2027-01-01T00:00Z").endswith(" public holidays stored")
    assert run_job(app, "holidays", "--now", "2027-01-01T00:00Z") == "nothing to do"
    years = {closure.starts_at.year for closure in db.session.scalars(select(Closure))}
    assert {2027, 2028, 2029} <= years


def test_expired_links_and_wrong_passwords_are_forgotten(app: Flask, make: Factory, clock: Clock) -> None:
    person = make.person()
    times = {"created_at": clock.at, "expires_at": clock.at + timedelta(minutes=10)}
    db.session.add(SignInLink(token_hash="x", person_id=person.id, **times))
    db.session.add(SignInFailure(email=person.email, at=clock.at))
    db.session.commit()
    assert run_job(app, "clean-up") == "nothing to do"
    clock.at += timedelta(hours=1)
    assert run_job(app, "clean-up") == "1 expired sign-in or link forgotten"
    assert db.session.query(SignInFailure).count() == 0


def test_a_turn_is_one_processes_and_comes_again_in_time(app: Flask, clock: Clock) -> None:
    job = JOBS["send-mail"]
    assert run(job, clock.at).done
    assert not run(job, clock.at).done  # a second scheduler at the same moment
    assert run(job, clock.at + timedelta(minutes=1)).done
    held = job_claims.claim(
        "send-mail", job_claims.TURNS, now=clock.at + job_claims.LEASE, again_after=job.pace.look
    )
    assert held
    # Whoever asks while another process is at it is told so.
    later = (clock.at + job_claims.LEASE).isoformat()
    assert run_job(app, "send-mail", "--now", later) == "another process is doing it"


def test_a_failing_job_is_told_and_noted(app: Flask, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: object) -> None:
        raise RuntimeError("no database of holidays")

    monkeypatch.setattr("app.jobs.table.extend_holidays", broken)
    result = app.test_cli_runner().invoke(args=["run-job", "holidays"])
    assert (result.exit_code, result.stderr) == (1, "holidays: RuntimeError: no database of holidays\n")
    assert db.session.scalars(select(JobRun.last_error)).all() == ["RuntimeError: no database of holidays"]


@pytest.mark.parametrize(("days", "warned"), [(-1, False), (0, False), (1, True)])
def test_a_time_that_is_yet_to_come_is_done_with_a_warning(
    app: Flask, now: datetime, days: int, warned: bool
) -> None:
    moment = (now + timedelta(days=days)).isoformat()
    result = app.test_cli_runner().invoke(args=["run-job", "holidays", "--now", moment])
    assert result.exit_code == 0
    assert result.stderr.startswith("That time is yet to come.") == warned


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["nothing"], "is not one of"),
        (["send-mail", "--now", "tomorrow"], '"tomorrow" is no time; write it like'),
        (["send-mail", "--now", "2026-11-02T06:00"], '"2026-11-02T06:00" has no offset'),
    ],
)
def test_wrong_words_are_explained(app: Flask, args: list[str], message: str) -> None:
    result = app.test_cli_runner().invoke(args=["run-job", *args])
    assert result.exit_code != 0
    assert message in result.stderr


def test_the_overview_knows_every_job() -> None:
    assert list(PACES) == list(JOBS)
    assert all(job.pace.look <= job.pace.every for job in JOBS.values())
    assert not any(job.pace.at and job.pace.at.hour == 2 for job in JOBS.values())  # lacking, or twice


@both
def test_the_nightly_copy_is_made_once_a_night(app: Flask, make: Factory) -> None:
    make.office()
    job, night = JOBS["backup"], datetime(2026, 10, 25, 2, 30, tzinfo=UTC)  # 03:30, the night of 25 hours
    made = {"elsewhere": 1} if db.engine.dialect.name == "postgresql" else {"backups": 1}
    assert run(job, night - timedelta(days=1)).counts == made
    assert not run(job, night - timedelta(minutes=5)).done
    assert run(job, night + timedelta(minutes=2)).counts == made
    assert not run(job, night + timedelta(hours=20)).done
    copies = len([*app.config["BACKUP_FOLDER"].glob("*.sqlite3")])
    assert copies == (2 if "backups" in made else 0)


def test_a_full_disk_is_told_loudly(app: Flask, monkeypatch: pytest.MonkeyPatch, now: datetime) -> None:
    def full(*_args: object, **_more: object) -> None:
        raise DiskFull(needed=2, free=1)

    monkeypatch.setattr("app.jobs.backup.back_up", full)
    outcome = run(JOBS["backup"], now)
    assert "DiskFull" in (outcome.error or "")
    (found,) = (each for each in job_states(now) if each.job == "backup")
    assert not found.ok
    assert job_trouble(found.error or "") == "The disk is full: there is no new copy."
