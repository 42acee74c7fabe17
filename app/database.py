"""How transactions begin on each database, and which of its complaints mean what.

SQLite: WAL, synchronous=FULL, and `BEGIN IMMEDIATE` for units that will write, so that they
queue at their start instead of failing in their middle. The driver's own implicit BEGIN is
switched off, since it would leave leading SELECTs outside the transaction. What is deleted is overwritten.
"""

from sqlite3 import SQLITE_BUSY, OperationalError
from sqlite3 import Connection as SQLiteConnection
from time import sleep

from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import OperationalError as CannotGoOn
from sqlalchemy.pool import PoolProxiedConnection

OVERLAP_TRIGGER_MESSAGE = "slot_never_two"
OVERLAP_SQLSTATE = "23P01"
BUSY_TIMEOUT = "busy_timeout=10000"
PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", BUSY_TIMEOUT, "foreign_keys=ON", "secure_delete=ON")
FIRST_PAUSE, LONGEST_PAUSE, PATIENCE = 0.0005, 0.005, 10.0  # seconds
RETRY_SQLSTATES = ("40001", "40P01")  # serialization failure, deadlock
# Connection lost, out of resources, shut down or starting; an error without a code comes from connecting.
UNREACHABLE_SQLSTATES = ("08", "53", "57")
RETRY_AFTER = 2  # seconds: PostgreSQL is back after a crash in about as many


def prepare_engine(engine: Engine) -> None:
    """Hooks the transaction rules into an engine."""
    if engine.dialect.name == "postgresql":
        roll_back = engine.dialect.do_rollback

        def roll_back_or_gone(dbapi_connection: PoolProxiedConnection) -> None:
            # A connection that the server dropped holds nothing to roll back. Told at the end of a request
            # this would make an error of an answer that is long true.
            try:
                roll_back(dbapi_connection)
            except Exception:
                if not getattr(dbapi_connection, "closed", False):
                    raise

        engine.dialect.do_rollback = roll_back_or_gone  # type: ignore[method-assign]  # there is no hook
    if engine.dialect.name != "sqlite":
        return

    @event.listens_for(engine, "connect")
    def set_pragmas(connection: SQLiteConnection, _record: object) -> None:
        connection.isolation_level = None
        for pragma in PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        if connection.get_execution_options().get("writes"):
            _begin_to_write(connection)
        else:
            connection.exec_driver_sql("BEGIN")


def _begin_to_write(connection: Connection) -> None:
    """Waits for the one place of the writer by looking often.

    Left alone, SQLite sleeps up to a tenth of a second between two looks; a booking takes some milliseconds.
    """
    driver = connection.connection.driver_connection
    assert isinstance(driver, SQLiteConnection)
    driver.execute("PRAGMA busy_timeout=0")
    pause, waited = FIRST_PAUSE, 0.0
    try:
        while waited < PATIENCE:
            try:
                driver.execute("BEGIN IMMEDIATE")
                return
            except OperationalError as error:
                if error.sqlite_errorcode != SQLITE_BUSY:
                    break
            sleep(pause)
            waited += pause
            pause = min(pause * 1.5, LONGEST_PAUSE)
        connection.exec_driver_sql("BEGIN IMMEDIATE")  # fails, in words that SQLAlchemy has for it
    finally:
        driver.execute(f"PRAGMA {BUSY_TIMEOUT}")


def is_overlap(error: DBAPIError) -> bool:
    """Whether the database refused a slot because another live one is in its way."""
    return getattr(error.orig, "sqlstate", None) == OVERLAP_SQLSTATE or OVERLAP_TRIGGER_MESSAGE in str(
        error.orig
    )


def is_retryable(error: DBAPIError) -> bool:
    """Whether the same transaction may well succeed when tried again."""
    return getattr(error.orig, "sqlstate", None) in RETRY_SQLSTATES or "database is locked" in str(error.orig)


def is_unreachable(error: DBAPIError) -> bool:
    """Whether the database is gone, starting or overrun: what was asked may be asked again in a while."""
    if isinstance(error.orig, OperationalError):  # SQLite has no server that could be gone
        return "database is locked" in str(error.orig)
    state = getattr(error.orig, "sqlstate", None) or UNREACHABLE_SQLSTATES[0]
    lost = isinstance(error, CannotGoOn) and state.startswith(UNREACHABLE_SQLSTATES)
    return error.connection_invalidated or lost
