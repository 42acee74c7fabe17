"""A database that is gone for a while is told as that: 503 and when to come back, never a bug's 500."""

import sqlite3
from collections.abc import Iterator
from functools import wraps

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError, OperationalError

from app.database import is_unreachable, prepare_engine
from app.services.people import new_token
from config import database_url
from tests.conftest import NOW
from tests.factories import Factory

GONE = psycopg.OperationalError("server closed the connection unexpectedly")


def told(
    original: BaseException, kind: type[DBAPIError] = OperationalError, lost: bool = False
) -> DBAPIError:
    return kind("SELECT 1", {}, original, connection_invalidated=lost)


@pytest.mark.parametrize(
    ("error", "unreachable"),
    [
        (told(GONE), True),
        (told(psycopg.errors.AdminShutdown()), True),
        (told(psycopg.errors.CannotConnectNow()), True),
        (told(psycopg.errors.TooManyConnections()), True),
        (told(psycopg.errors.AdminShutdown(), DBAPIError, lost=True), True),
        (told(sqlite3.OperationalError("database is locked")), True),
        (told(sqlite3.OperationalError("no such table: slot")), False),
        (told(psycopg.errors.UndefinedTable(), DBAPIError), False),
        (told(psycopg.errors.DeadlockDetected()), False),
    ],
)
def test_which_errors_pass_by_themselves(error: DBAPIError, unreachable: bool) -> None:
    assert is_unreachable(error) is unreachable


@pytest.fixture(params=["pages.hello", "api.list_resources"])
def address(request: pytest.FixtureRequest, app: Flask) -> Iterator[str]:
    """A page and a call of the API whose database is gone."""
    kept = app.view_functions[request.param]

    @wraps(kept)  # with the fence's mark
    def fail() -> str:
        raise told(GONE)

    app.view_functions[request.param] = fail
    yield {"pages.hello": "/hello", "api.list_resources": "/api/v1/resources"}[request.param]
    app.view_functions[request.param] = kept


def test_whoever_asks_is_told_when_to_come_back(make: Factory, client: FlaskClient, address: str) -> None:
    make.office()
    token = new_token(make.person().email, NOW)
    answer = client.get(address, headers={"Authorization": f"Bearer {token}", "Accept-Language": "en"})
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    if address.startswith("/api/"):
        assert answer.mimetype == "application/problem+json"
        assert answer.json["code"] == "http_503"
    else:
        assert answer.text.startswith("We are away for a moment. ")


def test_a_connection_that_the_server_dropped_is_let_go_without_a_word(postgres_url: str) -> None:
    """An answer may be long true when its connection is given back."""
    engine = create_engine(database_url(postgres_url), pool_pre_ping=True)
    prepare_engine(engine)
    number = text("SELECT pg_backend_pid()")
    with engine.connect() as connection:
        dropped = connection.scalar(number)
        with psycopg.connect(postgres_url, autocommit=True) as other:
            other.execute("SELECT pg_terminate_backend(%s)", [dropped])
    with engine.connect() as connection:
        assert connection.scalar(number) != dropped
    engine.dispose()
