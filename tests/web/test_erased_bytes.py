"""Erasing on the page, on a database file that is in use: not a byte of somebody is left in it."""

import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from app.extensions import db
from app.jobs import JOBS, run
from app.models import Person
from app.services.job_states import job_states
from tests.conftest import NOW, Clock, make_app
from tests.factories import Factory
from tests.services.privacy import DAY, EMAIL, TITLE, WORDS, booked, bytes_of, over, somebody
from tests.web.accounts import add_account, sign_in


@pytest.fixture
def on_file(tmp_path: Path) -> Iterator[Flask]:
    """Where somebody has a past, and an administrator may erase them; written into the file long ago."""
    app = make_app(f"sqlite:///{tmp_path / 'own.db'}", tmp_path)
    app.config["CLOCK"] = Clock()
    with app.app_context():
        make = Factory(NOW)
        add_account(make, role="admin")
        person = somebody(make)
        for number in range(12):
            over(booked(person, NOW + (7 * number + 1) * DAY, now=NOW, title=f"{TITLE} {number}"))
        db.session.remove()
    with sqlite3.connect(tmp_path / "own.db") as other:
        other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    yield app
    with app.app_context():
        db.engine.dispose()


def left_in(folder: Path) -> list[str]:
    content = bytes_of(folder)
    return [word for word in WORDS if word.encode() in content]


def erase_on_the_page(app: Flask) -> None:
    app.config["CLOCK"].at += timedelta(days=100)
    with app.app_context():
        person = db.session.scalars(select(Person.id).where(Person.email == EMAIL)).one()
        db.session.remove()
        client = app.test_client()
        sign_in(client)
        answer = client.post(f"/erasures/{person}", data={"then": "cancel"})
    assert (answer.status_code, answer.location) == (303, "/erasures")


def test_it_is_gone_with_the_answer(on_file: Flask, tmp_path: Path) -> None:
    assert left_in(tmp_path) == list(WORDS)
    others = sqlite3.connect(tmp_path / "own.db")  # another worker: the log is not cut off by its closing
    others.execute("SELECT count(*) FROM person").fetchone()
    erase_on_the_page(on_file)
    assert left_in(tmp_path) == []
    others.close()


def test_who_is_reading_just_then_hinders_it_for_a_minute(on_file: Flask, tmp_path: Path) -> None:
    reader = sqlite3.connect(tmp_path / "own.db", isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM person").fetchone()
    erase_on_the_page(on_file)
    assert left_in(tmp_path) != []
    clock = on_file.config["CLOCK"]
    with on_file.app_context():
        assert run(JOBS["leftovers"], clock.at).counts == {"in_use": 1}
        assert {each.job: each.ok for each in job_states(clock.at)}["leftovers"]
        reader.execute("COMMIT")
        clock.at += timedelta(minutes=1)
        assert run(JOBS["leftovers"], clock.at).counts == {"in_use": 0}
    assert left_in(tmp_path) == []
    reader.close()
