"""Copies of an SQLite database: whole although others write meanwhile, checked, kept for a while.

PostgreSQL has its own way (`pg_dump`, docs/operations.md); here it is only told apart.
"""

import errno
import hashlib
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path

from sqlalchemy import Connection, Engine

from app.domain.errors import DomainError

NAME = "motesplats-%Y%m%dT%H%M%SZ.sqlite3"
PATTERN = "motesplats-*.sqlite3"
DRAFT = ".part"
BEFORE = "before-restore-"  # a copy of what a restored one took the place of
SPARE = 1.05  # of the size of the database: what must be free before a copy is begun
ABANDONED = timedelta(hours=1)  # so long after it was begun, a copy that is not whole never will be
BETWEEN_TRIES, MOST_TRIES = 0.25, 80  # seconds, and how often a busy database is tried


class BackupFailed(DomainError):
    """No new copy was made; those there are stay as they are."""

    code = "backup_failed"


class DiskFull(BackupFailed):
    """The copy would not fit."""

    code = "backup_disk_full"


class InUse(BackupFailed):
    """Others write to the database all the time."""

    code = "backup_in_use"


class Unsound(BackupFailed):
    """A copy that is not what was written, or no whole database."""

    code = "backup_unsound"


def database_file(bound_to: Engine | Connection) -> Path | None:
    """Where the database is, if it is SQLite and a file."""
    url = bound_to.engine.url
    if url.get_backend_name() != "sqlite" or url.database in (None, "", ":memory:"):
        return None
    return Path(str(url.database))


def back_up(database: Path, folder: Path, *, now: datetime, kept: timedelta) -> Path:
    """A new copy in the folder, with its checksum beside it; those older than `kept` go. BackupFailed."""
    for draft in folder.glob(f"{PATTERN}{DRAFT}"):  # of whoever was ended at it
        if _made_at(draft.with_suffix(""), now) < now - ABANDONED:
            draft.unlink(missing_ok=True)
    copy = _copy(database, folder, now.strftime(NAME))
    for old in backups(folder):
        if old != copy and _made_at(old, now) < now - kept:
            _checksum_file(old).unlink(missing_ok=True)
            old.unlink(missing_ok=True)
    return copy


def restore(copy: Path, database: Path, folder: Path, *, now: datetime) -> Path | None:
    """Puts a copy in the place of the database; where that was kept before, if there was one. BackupFailed.

    Whoever has the database open sees the old content until the end, and then the new.
    """
    verify(copy)
    former = _copy(database, folder, f"{BEFORE}{now.strftime(NAME)}") if database.exists() else None
    database.parent.mkdir(parents=True, exist_ok=True)
    with _told(), closing(sqlite3.connect(copy)) as source, closing(sqlite3.connect(database)) as target:
        target.execute("PRAGMA busy_timeout = 0")  # it waits between its tries
        source.backup(target, progress=_patience(), sleep=BETWEEN_TRIES)
    return former


def _patience() -> Callable[[int, int, int], None]:
    """Ends a restore that others keep out, which would go on trying for ever."""
    tries = count(1)

    def look(status: int, _remaining: int, _total: int) -> None:
        if status in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED) and next(tries) > MOST_TRIES:
            raise InUse()

    return look


def verify(copy: Path) -> None:
    """Unsound where the file is not what its checksum says, or not a whole database of ours."""
    written = _checksum_file(copy)
    if written.exists() and written.read_text("utf-8").split()[:1] != [_checksum(copy)]:
        raise Unsound(file=copy.name, found="checksum")
    try:
        with closing(sqlite3.connect(f"{copy.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as opened:
            found = [row[0] for row in opened.execute("PRAGMA integrity_check(5)")]
            if found == ["ok"]:
                opened.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.DatabaseError as error:
        raise Unsound(file=copy.name, found=str(error)) from error
    if found != ["ok"]:
        raise Unsound(file=copy.name, found="; ".join(found))


def backups(folder: Path) -> Sequence[Path]:
    """The copies that there are, the newest first."""
    return sorted(folder.glob(PATTERN), reverse=True)


def _copy(database: Path, folder: Path, name: str) -> Path:
    copy, draft = folder / name, folder / f"{name}{DRAFT}"
    with _told():
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        _refuse_if_it_cannot_fit(database, folder)
        try:
            draft.unlink(missing_ok=True)
            draft.touch(mode=0o600)  # it holds all that the database holds
            _write(database, draft)
            verify(draft)
            _checksum_file(copy).write_text(f"{_checksum(draft)}  {name}\n", "utf-8")
            draft.replace(copy)
        finally:
            draft.unlink(missing_ok=True)
    return copy


def _write(database: Path, draft: Path) -> None:
    # Read as one transaction: whoever writes meanwhile neither waits nor is half in the copy.
    address = f"{database.absolute().as_uri()}?mode=ro"
    with closing(sqlite3.connect(address, uri=True)) as source, closing(sqlite3.connect(draft)) as target:
        source.backup(target, pages=-1)
        target.execute("PRAGMA journal_mode = DELETE")  # one file, nothing beside it
    with draft.open("rb") as written:
        os.fsync(written.fileno())


def _refuse_if_it_cannot_fit(database: Path, folder: Path) -> None:
    beside = database.with_name(f"{database.name}-wal")
    size = sum(each.stat().st_size for each in (database, beside) if each.exists())
    free = shutil.disk_usage(folder).free
    if free < SPARE * size:
        raise DiskFull(needed=int(SPARE * size), free=free)


@contextmanager
def _told() -> Iterator[None]:
    """What the disk and SQLite say, by our names for it."""
    try:
        yield
    except sqlite3.Error as error:
        if "full" in str(error):
            raise DiskFull(found=str(error)) from error
        raise BackupFailed(found=str(error)) from error
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise DiskFull(found=str(error)) from error
        raise BackupFailed(found=str(error)) from error


def _made_at(copy: Path, now: datetime) -> datetime:
    try:
        return datetime.strptime(copy.name, NAME).replace(tzinfo=now.tzinfo)
    except ValueError:
        return now  # somebody else's file: it stays


def _checksum_file(copy: Path) -> Path:
    return copy.with_name(f"{copy.name}.sha256")


def _checksum(copy: Path) -> str:
    with copy.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
