"""How transactions begin on each database, and which of its complaints mean what.

SQLite: WAL, synchronous=FULL, and `BEGIN IMMEDIATE` for units that will write, so that they
queue at their start instead of failing in their middle. The driver's own implicit BEGIN is
switched off, since it would leave leading SELECTs outside the transaction.
"""

from sqlite3 import Connection as SQLiteConnection

from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import DBAPIError

OVERLAP_TRIGGER_MESSAGE = "slot_never_two"
OVERLAP_SQLSTATE = "23P01"
RETRY_SQLSTATES = ("40001", "40P01")  # serialization failure, deadlock


def prepare_engine(engine: Engine) -> None:
    """Hooks the transaction rules into an engine; other databases than SQLite need none."""
    if engine.dialect.name != "sqlite":
        return

    @event.listens_for(engine, "connect")
    def set_pragmas(connection: SQLiteConnection, _record: object) -> None:
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=10000", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def is_overlap(error: DBAPIError) -> bool:
    """Whether the database refused a slot because another live one is in its way."""
    return getattr(error.orig, "sqlstate", None) == OVERLAP_SQLSTATE or OVERLAP_TRIGGER_MESSAGE in str(
        error.orig
    )


def is_retryable(error: DBAPIError) -> bool:
    """Whether the same transaction may well succeed when tried again."""
    return getattr(error.orig, "sqlstate", None) in RETRY_SQLSTATES or "database is locked" in str(error.orig)
