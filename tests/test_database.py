"""Whoever writes to SQLite waits for their turn, gives up at last, and leaves the connection as it was."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from threading import Timer

import pytest
from sqlalchemy import Engine, create_engine
from sqlalchemy.exc import OperationalError

from app import database
from app.database import is_retryable, prepare_engine


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = create_engine(f"sqlite:///{tmp_path / 'turns.db'}")
    prepare_engine(engine)
    with engine.execution_options(writes=True).begin() as connection:
        connection.exec_driver_sql("CREATE TABLE turn (number INTEGER)")
    yield engine
    engine.dispose()


@pytest.fixture
def rival(engine: Engine) -> Iterator[sqlite3.Connection]:
    """Holds the place of the writer."""
    rival = sqlite3.connect(str(engine.url.database), isolation_level=None, check_same_thread=False)
    rival.execute("BEGIN IMMEDIATE")
    yield rival
    rival.close()


def test_waits_until_the_other_is_done(engine: Engine, rival: sqlite3.Connection) -> None:
    rival.execute("INSERT INTO turn VALUES (1)")
    Timer(0.03, rival.execute, ["COMMIT"]).start()
    with engine.execution_options(writes=True).begin() as connection:
        assert connection.exec_driver_sql("SELECT number FROM turn").scalars().all() == [1]
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() == 10_000


@pytest.mark.usefixtures("rival")
def test_gives_up_at_last_so_that_it_can_be_tried_again(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "PATIENCE", 0.01)
    with engine.connect() as connection:
        with pytest.raises(OperationalError) as given_up:
            connection.execution_options(writes=True).exec_driver_sql("SELECT 1")
        assert is_retryable(given_up.value)
        raw = connection.connection.driver_connection
        assert raw is not None
        assert raw.execute("PRAGMA busy_timeout").fetchone() == (10_000,)


@pytest.mark.usefixtures("rival")
def test_readers_wait_for_nobody(engine: Engine) -> None:
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM turn").scalar() == 0
