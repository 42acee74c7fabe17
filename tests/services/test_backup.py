"""Copies of the database: whole while others write, checked, kept for a while, put back."""

import shutil
import sqlite3
import subprocess
from collections import namedtuple
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Thread

import pytest
from sqlalchemy import create_engine

from app.services import backup
from app.services.backup import (
    BackupFailed,
    DiskFull,
    InUse,
    Unsound,
    back_up,
    backups,
    database_file,
    restore,
    verify,
)

NOW = datetime(2026, 11, 22, 2, 30, tzinfo=UTC)
DAY = timedelta(days=1)
FORTNIGHT = 14 * DAY
Usage = namedtuple("Usage", "total used free")


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """Two accounts that hold a thousand together, in a database as ours is."""
    path = tmp_path / "motesplats.db"
    with closing(sqlite3.connect(path)) as opened, opened:
        opened.execute("PRAGMA journal_mode = WAL")
        opened.execute("CREATE TABLE alembic_version (version_num TEXT)")
        opened.execute("CREATE TABLE account (name TEXT PRIMARY KEY, holds INTEGER)")
        opened.execute("CREATE TABLE filler (bytes BLOB)")
        opened.executemany("INSERT INTO filler VALUES (randomblob(4000))", [()] * 500)
        opened.execute("INSERT INTO account VALUES ('here', 1000), ('there', 0)")
    return path


@pytest.fixture
def busy(database: Path) -> Iterator[Event]:
    """Somebody who moves money all the time, once it is set."""
    begin, end = Event(), Event()

    def move() -> None:
        with closing(sqlite3.connect(database, timeout=10)) as opened:
            begin.wait()
            while not end.is_set():
                with opened:
                    opened.execute("UPDATE account SET holds = holds - 1 WHERE name = 'here'")
                    opened.execute("UPDATE account SET holds = holds + 1 WHERE name = 'there'")

    thread = Thread(target=move)
    thread.start()
    yield begin
    begin.set()
    end.set()
    thread.join()


def held(path: Path) -> dict[str, int]:
    with closing(sqlite3.connect(path)) as opened:
        return dict(opened.execute("SELECT name, holds FROM account"))


def taken(database: Path, folder: Path, now: datetime = NOW, kept: timedelta = FORTNIGHT) -> Path:
    return back_up(database, folder, now=now, kept=kept)


def test_a_copy_is_whole_one_file_and_for_its_owner_alone(database: Path, tmp_path: Path) -> None:
    copy = taken(database, tmp_path / "backups")
    assert copy.name == "motesplats-20261122T023000Z.sqlite3"
    assert held(copy) == {"here": 1000, "there": 0}
    assert sorted(each.name for each in copy.parent.iterdir()) == [copy.name, f"{copy.name}.sha256"]
    assert copy.stat().st_mode & 0o077 == 0
    assert copy.parent.stat().st_mode & 0o077 == 0


def test_the_checksum_is_one_that_others_can_hold_it_against(database: Path, tmp_path: Path) -> None:
    copy = taken(database, tmp_path / "backups")
    told = subprocess.run(
        ["sha256sum", "--check", f"{copy.name}.sha256"], cwd=copy.parent, capture_output=True, text=True
    )
    assert told.stdout == f"{copy.name}: OK\n"


def test_it_is_consistent_while_others_write(database: Path, tmp_path: Path, busy: Event) -> None:
    busy.set()
    for minutes in range(8):
        copy = taken(database, tmp_path / "backups", NOW + timedelta(minutes=minutes))
        assert sum(held(copy).values()) == 1000
    assert held(database)["there"] > 0


def test_old_copies_go_and_others_files_stay(database: Path, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    for day in range(5):
        taken(database, folder, NOW + day * DAY, kept=2 * DAY)
    (folder / "motesplats-by-hand.sqlite3").write_text("mine")
    taken(database, folder, NOW + 30 * DAY, kept=2 * DAY)
    assert [each.name for each in backups(folder)] == [
        "motesplats-by-hand.sqlite3",
        "motesplats-20261222T023000Z.sqlite3",
    ]
    assert len([*folder.glob("*.sha256")]) == 1


def test_what_a_process_left_that_was_ended_goes(database: Path, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    for minutes in (59, 61):
        begun = f"{NOW - timedelta(minutes=minutes):{backup.NAME}}.part"
        (folder / begun).write_text("half")
    copy = taken(database, folder)
    left = {each.name for each in folder.iterdir()}
    assert left == {copy.name, f"{copy.name}.sha256", f"{NOW - timedelta(minutes=59):{backup.NAME}}.part"}


def test_a_full_disk_is_told_before_anything_is_written(
    database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    former = taken(database, tmp_path / "backups")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(10**9, 10**9, 1000))
    with pytest.raises(DiskFull):
        taken(database, tmp_path / "backups", NOW + 60 * DAY)
    assert backups(former.parent) == [former]  # the last good one is not thrown away either


@pytest.mark.parametrize(
    ("trouble", "told"),
    [
        (OSError(28, "No space left on device"), DiskFull),
        (OSError(13, "Permission denied"), BackupFailed),
        (sqlite3.OperationalError("database or disk is full"), DiskFull),
        (sqlite3.OperationalError("disk I/O error"), BackupFailed),
    ],
)
def test_what_breaks_in_the_middle_leaves_nothing_half_done(
    database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trouble: Exception, told: type
) -> None:
    def half(_database: Path, draft: Path) -> None:
        draft.write_bytes(b"half")
        raise trouble

    monkeypatch.setattr(backup, "_write", half)
    with pytest.raises(BackupFailed) as raised:
        taken(database, tmp_path / "backups")
    assert type(raised.value) is told
    assert [*(tmp_path / "backups").iterdir()] == []


def test_a_copy_that_is_not_whole_is_none(
    database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        backup, "_write", lambda _database, draft: draft.write_bytes(b"SQLite format 3\0" * 99)
    )
    with pytest.raises(Unsound):
        taken(database, tmp_path / "backups")
    assert backups(tmp_path / "backups") == []


def test_a_copy_that_rotted_is_found_out(database: Path, tmp_path: Path) -> None:
    copy = taken(database, tmp_path / "backups")
    verify(copy)
    content = bytearray(copy.read_bytes())
    content[len(content) // 2] ^= 1
    copy.write_bytes(content)
    with pytest.raises(Unsound):
        verify(copy)
    with pytest.raises(Unsound):
        restore(copy, database, copy.parent, now=NOW + DAY)
    assert held(database) == {"here": 1000, "there": 0}


def test_another_database_is_not_put_in_its_place(database: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    with closing(sqlite3.connect(other)) as opened:
        opened.execute("CREATE TABLE bird (name TEXT)")
    with pytest.raises(Unsound):
        restore(other, database, tmp_path / "backups", now=NOW)


def test_what_is_restored_is_what_was_copied_and_the_former_is_kept(database: Path, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    copy = taken(database, folder)
    with closing(sqlite3.connect(database)) as reader:
        with closing(sqlite3.connect(database)) as opened, opened:
            opened.execute("UPDATE account SET holds = 7")
        former = restore(copy, database, folder, now=NOW + DAY)
        # Also for who had it open all the while.
        assert dict(reader.execute("SELECT name, holds FROM account")) == {"here": 1000, "there": 0}
    assert held(database) == {"here": 1000, "there": 0}
    assert former
    assert held(former) == {"here": 7, "there": 7}
    assert former not in backups(folder)  # it is nobody's to clear away


def test_a_lost_database_is_made_anew(database: Path, tmp_path: Path) -> None:
    copy = taken(database, tmp_path / "backups")
    assert restore(copy, tmp_path / "new" / "motesplats.db", copy.parent, now=NOW) is None
    assert held(tmp_path / "new" / "motesplats.db") == {"here": 1000, "there": 0}


def test_a_database_that_others_hold_is_told(
    database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backup, "MOST_TRIES", 2)
    monkeypatch.setattr(backup, "BETWEEN_TRIES", 0.01)
    copy = taken(database, tmp_path / "backups")
    with closing(sqlite3.connect(database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(InUse):
            restore(copy, database, copy.parent, now=NOW + DAY)
    assert held(database) == {"here": 1000, "there": 0}


def test_which_databases_are_files() -> None:
    assert database_file(create_engine("sqlite:////srv/motesplats.db")) == Path("/srv/motesplats.db")
    assert database_file(create_engine("sqlite://")) is None
    assert database_file(create_engine("postgresql+psycopg://db/motesplats")) is None
