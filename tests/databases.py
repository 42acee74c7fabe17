"""`@both` runs a test on SQLite and on real PostgreSQL; `statements()` tells what a block asks of either."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event

from app.extensions import db

both = pytest.mark.parametrize("app", ["sqlite", "postgres"], indirect=True)


@contextmanager
def statements() -> Iterator[list[str]]:
    """The SQL of the block, in its order."""
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        asked.append(statement)

    engine = db.session.connection().engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(engine, "before_cursor_execute", note)
