"""Erasing from the command line, on a database file: not a byte of somebody is left in it."""

from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from app.clock import now
from app.extensions import db
from app.models import OutboxMail, Person
from app.services.invitations import PostOffice, tell_untold
from tests.conftest import NOW, Clock, make_app
from tests.factories import Factory
from tests.services.privacy import DAY, EMAIL, GUEST, NAME, TITLE, WORDS, booked, over, somebody


@pytest.fixture
def on_file(tmp_path: Path) -> Flask:
    app = make_app(f"sqlite:///{tmp_path / 'own.db'}", tmp_path)
    app.config["CLOCK"] = Clock()
    return app


def bytes_of(folder: Path) -> bytes:
    return b"".join(each.read_bytes() for each in folder.rglob("*") if each.is_file()).lower()


def test_not_a_byte_is_left(on_file: Flask, tmp_path: Path) -> None:
    with on_file.app_context():
        make = Factory(NOW)
        make.person("admin@example.org", role="admin")
        person = somebody(make)
        for number in range(30):
            over(booked(person, now() + (7 * number + 1) * DAY, now=now(), title=f"{TITLE} {number}"))
        tell_untold(PostOffice("Mötesplats <rooms@example.org>", "rooms.example.org"), now())
        db.session.commit()
    on_file.config["CLOCK"].at += timedelta(days=60)
    runner = on_file.test_cli_runner()
    assert NAME.encode().lower() in bytes_of(tmp_path)
    assert runner.invoke(args=["run-job", "send-mail"]).exit_code == 0
    done = runner.invoke(args=["person", "erase", EMAIL, "--yes"])
    assert done.exit_code == 0, done.output
    assert "Erased. Bookings made anonymous: 30; cancelled: 21; handed over: 0" in done.output
    with on_file.app_context():
        assert db.session.scalars(select(Person.active).where(Person.erased_at.is_not(None))).all() == [False]
        told = db.session.scalars(select(OutboxMail).where(OutboxMail.recipient == GUEST)).all()
        assert {mail.subject[:8] for mail in told if mail.state == "waiting"} == {"Avbokat:"}
        db.session.remove()
        db.engine.dispose()
    left = bytes_of(tmp_path)
    assert [word for word in WORDS if word.encode() in left] == []


def test_without_anybody_to_ask_it_needs_a_yes(on_file: Flask) -> None:
    with on_file.app_context():
        somebody(Factory(NOW))
    runner = on_file.test_cli_runner()
    asked = runner.invoke(args=["person", "erase", EMAIL])
    assert asked.exit_code == 1
    assert "--yes" in asked.output
    with on_file.app_context():
        assert db.session.scalars(select(Person.erased_at)).all() == [None]
        db.engine.dispose()


def test_who_takes_over_has_to_be_known(on_file: Flask) -> None:
    with on_file.app_context():
        make = Factory(NOW)
        make.host()
        booked(somebody(make), NOW + DAY, now=NOW)
    runner = on_file.test_cli_runner()
    refused = runner.invoke(args=["person", "erase", EMAIL, "--yes", "--hand-over-to", "nobody@example.org"])
    assert refused.exit_code == 1
    assert "nobody@example.org" in refused.output
    done = runner.invoke(args=["person", "erase", EMAIL, "--yes", "--hand-over-to", "host@example.org"])
    assert "handed over: 1" in done.output
    with on_file.app_context():
        db.engine.dispose()
