"""Reads plain columns, for what many people look at all the time: nothing is built or tracked per row."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Executable, Row

from app.extensions import db


def read(statement: Executable, **values: object) -> Sequence[Row[*tuple[Any, ...]]]:
    """The rows of a statement that was put together once, with these values in its parameters.

    Goes past the session's bookkeeping, so what it still has to write is written first.
    """
    db.session.flush()
    return db.session.connection().execute(statement, values).all()
