"""The whole demo, loaded once per session into a database of its own; its tests only read."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext

import pytest
from flask import Flask

from app.demo.load import load_demo
from app.extensions import db
from tests.conftest import NOW, make_app


def unwatched(total: int) -> AbstractContextManager:
    return nullcontext(lambda _: None)


@pytest.fixture(scope="session")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    folder = tmp_path_factory.mktemp("demo")
    app = make_app(f"sqlite:///{folder / 'demo.db'}", folder)
    app.config["CLOCK"] = lambda: NOW
    with app.app_context():
        load_demo(now=NOW, watch=unwatched)
    return app


@pytest.fixture
def demo(loaded: Flask) -> Iterator[Flask]:
    """The application in a context, on Monday 7 September 2026, 09:00 in Stockholm."""
    with loaded.app_context():
        yield loaded
        db.session.remove()
