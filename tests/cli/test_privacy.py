"""Erasing from the command line, on a database file: not a byte of somebody is left in it."""

import json
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
from tests.services.privacy import DAY, EMAIL, GUEST, NAME, TITLE, WORDS, booked, bytes_of, over, somebody


@pytest.fixture
def on_file(tmp_path: Path) -> Flask:
    app = make_app(f"sqlite:///{tmp_path / 'own.db'}", tmp_path)
    app.config["CLOCK"] = Clock()
    return app


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
    assert (
        "Erased. Bookings that stay without a name: 30, of these cancelled now: 21; handed over: 0"
        in done.output
    )
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
    assert asked.output == "Nobody is there to be asked. To erase without a question: --yes\n"
    with on_file.app_context():
        assert db.session.scalars(select(Person.erased_at)).all() == [None]
        db.engine.dispose()


def test_who_takes_over_has_to_be_known(on_file: Flask) -> None:
    with on_file.app_context():
        make = Factory(NOW)
        make.host()
        make.person("else@example.org", organisation="kommunen")
        booked(somebody(make), NOW + DAY, now=NOW)
    runner = on_file.test_cli_runner()
    for other, why in (
        ("nobody@example.org", "Nobody has the e-mail address nobody@example.org."),
        ("else@example.org", "else@example.org may not book for Granit AB there."),
        (EMAIL, "Choose somebody else."),
    ):
        refused = runner.invoke(args=["person", "erase", EMAIL, "--yes", "--hand-over-to", other])
        assert (refused.exit_code, refused.output) == (1, f"{why}\n"), "nothing else is said"
    done = runner.invoke(args=["person", "erase", EMAIL, "--yes", "--hand-over-to", "host@example.org"])
    assert "handed over: 1" in done.output
    with on_file.app_context():
        db.engine.dispose()


def test_the_last_administrator_is_refused_before_anything_is_said(on_file: Flask) -> None:
    with on_file.app_context():
        Factory(NOW).person("admin@example.org", role="admin")
    runner = on_file.test_cli_runner()
    for args in ([], ["--yes"]):
        refused = runner.invoke(args=["person", "erase", "admin@example.org", *args])
        assert refused.exit_code == 1
        assert refused.output == "Nobody else is an administrator. Make somebody one first.\n"
    with on_file.app_context():
        db.engine.dispose()


def test_an_export_is_for_its_owner_alone(on_file: Flask, tmp_path: Path) -> None:
    with on_file.app_context():
        somebody(Factory(NOW))
    runner, file = on_file.test_cli_runner(), tmp_path / "person.json"
    file.write_text("an older and longer one" * 1000, encoding="utf-8")
    file.chmod(0o644)
    done = runner.invoke(args=["person", "export", EMAIL, "-o", str(file)])
    assert (done.exit_code, done.output) == (0, f"Written to {file}.\n")
    assert file.stat().st_mode & 0o777 == 0o600
    assert json.loads(file.read_text("utf-8"))["person"]["email"] == EMAIL
    nowhere = tmp_path / "nowhere" / "person.json"
    refused = runner.invoke(args=["person", "export", EMAIL, "-o", str(nowhere)])
    assert refused.exit_code == 1
    assert refused.output == f"{nowhere} cannot be written: No such file or directory.\n"
    with on_file.app_context():
        db.engine.dispose()
