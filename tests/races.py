"""Several who act at the same moment, on databases of their own where every commit is real."""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
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


def new_database(server: str) -> str:
    """The address of an empty database on a PostgreSQL server."""
    name = f"own_{os.urandom(4).hex()}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    base, _, query = server.partition("?")
    return base.rpartition("/")[0] + f"/{name}" + (f"?{query}" if query else "")


@contextmanager
def own_app(request: pytest.FixtureRequest, folder: Path) -> Iterator[Flask]:
    """An application on a database of its own, as the fixture's parameter says: "sqlite" or "postgres"."""
    url = f"sqlite:///{folder / 'own.db'}"
    if request.param == "postgres":
        url = new_database(request.getfixturevalue("postgres_url"))
    app = make_app(url, folder)
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def together(*acts: Callable[[], T]) -> list[T]:
    """What comes of each, all begun at the same moment."""
    gate = Barrier(len(acts))

    def go(act: Callable[[], T]) -> T:
        gate.wait(30)
        return act()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(go, acts))


def at_once(app: Flask, *acts: Callable[[], object]) -> list[object]:
    """The same, each in a context of its own. Of one that is refused comes the code that says why."""

    def inside(act: Callable[[], object]) -> object:
        with app.app_context():
            try:
                return act()
            except DomainError as error:
                return str(error) if isinstance(error, Refused) else error.code
            finally:
                db.session.remove()

    return together(*(partial(inside, act) for act in acts))
