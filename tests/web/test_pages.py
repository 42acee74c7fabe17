"""Pages about the service, and what machines ask of it."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from app.extensions import db
from app.models import JobRun
from app.services.health import newest_revision
from tests.databases import both
from tests.factories import Factory


@pytest.mark.parametrize("language", ["sv", "en"])
@pytest.mark.parametrize("path", ["/accessibility", "/privacy"])
def test_statements_and_whom_to_write_to(
    make: Factory, app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch, path: str, language: str
) -> None:
    make.office(address="Storgatan 1")
    monkeypatch.setitem(app.config, "CONTACT", "host@office.example")
    page = client.get(path, headers={"Accept-Language": language})
    assert page.status_code == 200
    assert 'href="mailto:host@office.example"' in page.text
    monkeypatch.setitem(app.config, "CONTACT", None)
    assert "mailto:" not in client.get(path).text


@both
def test_in_good_health(client: FlaskClient) -> None:
    answer = client.get("/healthz")
    assert answer.status_code == 200
    assert answer.json == {
        "status": "ok",
        "database": True,
        "migrations": True,
        "last_job_at": None,
        "jobs": [],
    }


def test_when_the_scheduler_last_did_something_is_told(client: FlaskClient) -> None:
    done_at = datetime(2026, 9, 7, 6, 0, tzinfo=UTC)
    db.session.add(JobRun(job="send-mail", period="", done_at=done_at))
    db.session.commit()
    answer = client.get("/healthz")
    assert answer.json
    assert answer.json["last_job_at"] == "2026-09-07T06:00:00+00:00"


@both
def test_a_migration_behind_is_no_good_health(client: FlaskClient) -> None:
    db.session.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    db.session.commit()
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json
    assert answer.json["migrations"] is False


def test_the_newest_migration_is_the_one_that_alembic_names(app: Flask) -> None:
    folder = Path(app.root_path) / "migrations"
    assert newest_revision(folder) == ScriptDirectory(str(folder)).get_current_head()


def test_a_database_without_migrations_is_no_good_health(client: FlaskClient) -> None:
    db.session.execute(text("DROP TABLE alembic_version"))
    db.session.commit()
    assert client.get("/healthz").status_code == 503


def test_a_database_that_does_not_answer(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def silent() -> None:
        raise OperationalError("SELECT", {}, Exception("no answer"))

    monkeypatch.setattr("app.web.pages.database_revision", silent)
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json
    assert answer.json["database"] is False
    assert "no answer" not in answer.text


def test_hello_asks_the_database_nothing(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(db.session, "connection", None)
    monkeypatch.setattr(db.session, "execute", None)
    answer = client.get("/hello")
    assert (answer.status_code, answer.text) == (200, "Hello")


def test_the_way_to_the_office_stands_on_its_rooms(make: Factory, client: FlaskClient) -> None:
    make.office(address="Exempelgatan 10", directions="Tunnelbana T-Centralen.\nPorttelefon 12 & 13.")
    make.room("tallen")
    page = client.get("/resources/tallen").text
    assert "Exempelgatan 10" in page
    assert "Hitta hit" in page
    assert "Tunnelbana T-Centralen.\nPorttelefon 12 &amp; 13." in page
