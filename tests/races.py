"""Several who act at the same moment, on databases of their own where every commit is real."""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Barrier
from typing import TypeVar

import psycopg
import pytest
from flask import Flask

from app.domain.errors import DomainError, Refused
from app.extensions import db
from tests.conftest import make_app

T = TypeVar("T")


def own_database(request: pytest.FixtureRequest, folder: Path) -> str:
    """The address of an empty database, as the parameter of the fixture says: "sqlite" or "postgres"."""
    if request.param == "sqlite":
        return f"sqlite:///{folder / 'own.db'}"
    return new_database(request.getfixturevalue("postgres_url"), f"own_{os.urandom(4).hex()}")


def new_database(server: str, name: str) -> str:
    """The address of an empty database on a PostgreSQL server."""
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    base, _, query = server.partition("?")
    return base.rpartition("/")[0] + f"/{name}" + (f"?{query}" if query else "")


@contextmanager
def own_app(url: str, folder: Path) -> Iterator[Flask]:
    """An application on that database; nothing is rolled back."""
    app = make_app(url, folder)
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def at_once(*acts: Callable[[], T]) -> list[T]:
    """What comes of each, all begun at the same moment."""
    gate = Barrier(len(acts))

    def go(act: Callable[[], T]) -> T:
        gate.wait(30)
        return act()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(go, acts))


def inside(app: Flask, act: Callable[[], T]) -> Callable[[], T | str]:
    """The act in a context of its own. What comes of one that is refused is the code that says why."""

    def run() -> T | str:
        with app.app_context():
            try:
                return act()
            except DomainError as error:
                return str(error) if isinstance(error, Refused) else error.code
            finally:
                db.session.remove()

    return run
