"""A clock that jumps, by the scheduler's own jobs: months are made up for in order, nothing comes twice."""

from datetime import date, datetime, timedelta
from email import message_from_bytes, policy

import pytest
from flask import Flask
from sqlalchemy import select

from app.domain.period import Period
from app.extensions import db
from app.jobs.scheduler import build
from app.models import OutboxMail, ReportSent, ReportSnapshot
from app.services.outbox import put_mail
from app.services.people import add_person
from app.services.snapshots import content_of
from tests.conftest import Clock
from tests.databases import both
from tests.reports.october import NOVEMBER, load_project

LOADED = NOVEMBER - timedelta(days=13)
DAY = timedelta(days=1)
QUARTER = ["2026-10", "2026-11", "2026-12"]


@pytest.fixture
def office(app: Flask, clock: Clock) -> None:
    """Loaded on 20 October, with a funder who reads English; the jobs have looked once."""
    clock.at = LOADED
    load_project(LOADED)
    add_person("f@example.org", role="funder", organisation="kommunen", language="en", now=LOADED)
    tick(app)


def tick(app: Flask) -> None:
    """Every job of the scheduler has its look, in the order of the table."""
    for job in build(app).get_jobs():
        job.func(*job.args)
    db.session.expire_all()


def frozen() -> list[str]:
    """The periods in the order in which they were frozen."""
    rows = db.session.scalars(select(ReportSnapshot).order_by(ReportSnapshot.id))
    return [Period(row.starts_on, row.ends_on).label for row in rows]


def delivered(app: Flask) -> list[tuple[str, date]]:
    """Of each report that left by mail: of which month, and the date that the mail bears; in their order."""
    found = []
    for path in app.config["MAIL_FOLDER"].glob("*.eml"):
        mail = message_from_bytes(path.read_bytes(), policy=policy.default)
        if mail["To"] == "f@example.org":
            number = int(path.stem.rpartition("-")[2])
            found.append((number, str(mail["Subject"]).rpartition(", ")[2], mail["Date"].datetime.date()))
    return [(month, day) for _, month, day in sorted(found)]


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


@both
def test_three_months_later_three_reports_come_in_order(app: Flask, office: None, clock: Clock) -> None:
    assert frozen() == []
    clock.at = at("2027-01-04T07:00+01:00")
    tick(app)
    assert frozen() == QUARTER
    day = date(2027, 1, 4)
    assert delivered(app) == [("October 2026", day), ("November 2026", day), ("December 2026", day)]
    snapshots = db.session.scalars(select(ReportSnapshot).order_by(ReportSnapshot.id)).all()
    assert [each.revision for each in snapshots] == [1, 1, 1]
    assert {each.frozen_at for each in snapshots} == {clock.at}
    assert [content_of(each)["period"] for each in snapshots] == [
        {"from": "2026-10-01", "to": "2026-11-01"},
        {"from": "2026-11-01", "to": "2026-12-01"},
        {"from": "2026-12-01", "to": "2027-01-01"},
    ]
    sent = db.session.scalars(select(ReportSent).order_by(ReportSent.id)).all()
    assert [each.snapshot_id for each in sent] == [each.id for each in snapshots]
    for _ in range(2):
        clock.at += timedelta(minutes=20)
        tick(app)
    assert frozen() == QUARTER
    assert len(delivered(app)) == 3


@both
def test_a_jump_back_brings_nothing_twice_and_stops_nothing(app: Flask, office: None, clock: Clock) -> None:
    clock.at = at("2027-01-04T07:00+01:00")
    tick(app)
    clock.at = at("2026-11-15T12:00+01:00")
    for _ in range(2):
        tick(app)
        clock.at += timedelta(minutes=20)
    assert (frozen(), len(delivered(app))) == (QUARTER, 3)
    put_mail("key", "a@example.org", "Hej", "text", "sv", clock.at)
    db.session.commit()
    tick(app)  # the job has run last in what is the future again
    assert db.session.scalar(select(OutboxMail.state).filter_by(key="key")) == "sent"
    clock.at = at("2027-01-05T07:00+01:00")
    tick(app)
    assert frozen() == QUARTER
    clock.at = at("2027-02-01T05:59+01:00")
    tick(app)
    assert frozen() == QUARTER
    clock.at = at("2027-02-01T06:04+01:00")
    tick(app)
    assert frozen() == [*QUARTER, "2027-01"]
    assert delivered(app)[3:] == [("January 2027", date(2027, 2, 1))]


@both
def test_a_mail_written_by_a_clock_that_was_wrong_leaves_when_it_is_right(
    app: Flask, office: None, clock: Clock
) -> None:
    put_mail("key", "a@example.org", "Hej", "text", "sv", LOADED + 100 * DAY)
    put_mail("later", "a@example.org", "Hej", "text", "sv", LOADED + timedelta(hours=7))
    db.session.commit()
    clock.at += timedelta(minutes=1)
    tick(app)
    states = dict(db.session.execute(select(OutboxMail.key, OutboxMail.state)).all())
    assert (states["key"], states["later"]) == ("sent", "waiting")


@both
def test_the_clocks_going_back_brings_no_report_twice(app: Flask, office: None, clock: Clock) -> None:
    """The night of 25 October hour by hour, then the morning of the first working day."""
    moments = [at("2026-10-25T01:30+02:00") + timedelta(hours=1) * number for number in range(4)]
    moments += [at("2026-11-02T05:50+01:00") + timedelta(minutes=10) * number for number in range(4)]
    seen = []
    for moment in moments:
        clock.at = moment
        tick(app)
        seen.append(len(frozen()))
    assert seen == [0] * 5 + [1] * 3
    assert delivered(app) == [("October 2026", date(2026, 11, 2))]
