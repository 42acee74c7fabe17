"""Reads plain columns, for what many people look at all the time: nothing is built or tracked per row."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Dialect, Row
from sqlalchemy.sql import ClauseElement

from app.extensions import db


class Prepared:
    """A statement that is put into words once per database, where SQLAlchemy would do so at every call.

    Values and rows are as the driver has them: an instant is its seconds since 1970, see `instant`.
    """

    def __init__(self, statement: ClauseElement) -> None:
        self.statement = statement
        self.words: dict[str, tuple[str, dict[str, Any], list[str] | None]] = {}

    def read(self, **values: int | str) -> Sequence[Row[*tuple[Any, ...]]]:
        """The rows. Goes past the session's bookkeeping, so what it still has to write is written first."""
        db.session.flush()
        connection = db.session.connection()
        if connection.dialect.name not in self.words:
            self.words[connection.dialect.name] = self._put_into_words(connection.dialect)
        sql, constants, order = self.words[connection.dialect.name]
        named = constants | values
        parameters = named if order is None else tuple([named[each] for each in order])
        return connection.exec_driver_sql(sql, parameters).all()

    def _put_into_words(self, dialect: Dialect) -> tuple[str, dict[str, Any], list[str] | None]:
        compiled = self.statement.compile(dialect=dialect)
        return str(compiled), dict(compiled.params), getattr(compiled, "positiontup", None)


def instant(seconds: int) -> datetime:
    """Of the seconds since 1970 that a column keeps."""
    return datetime.fromtimestamp(seconds, UTC)


def seconds(instant: datetime) -> int:
    """What a column keeps of an instant."""
    return int(instant.timestamp())
