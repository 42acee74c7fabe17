"""Feeds as they were last written, in files that all workers share and that outlive them.

One file per address and variant: what it was written from, its pieces in columns, then the bytes that are
sent. It is replaced as a whole, so whoever reads has one state or the other. What is here can always be
written anew from the bookings; `forget_kept` takes all of it away.
"""

import json
import os
import shutil
from array import array
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from io import FileIO
from itertools import islice
from pathlib import Path
from secrets import token_hex
from struct import Struct
from typing import Any

from app.services.feed_pieces import COLUMNS, NUMBERS, Pieces

UNUSED = timedelta(days=30)  # so long is kept what nobody asks for
MOST_BYTES = 512 * 1024 * 1024  # on all feeds together
TRIES = 20
_BEGIN = Struct("<8sQQQ")  # a sign, then the lengths of the facts, of each column, and of what is sent
_SIGN = b"feeds 1\n"
_BOOT = Path("/proc/sys/kernel/random/boot_id")

Position = dict[str, tuple[int, int | None]]  # of each counter: how high it is, and the mark of that change


@dataclass(frozen=True, slots=True)
class Facts:
    """What the bytes were written from."""

    etag: str
    frame: str
    """All that decides the bytes, except bookings and the day."""
    day: str
    """The day of the window; empty for a whole feed."""
    modified_at: int
    """Since when it reads so, in seconds since 1970."""
    position: Position
    """How far the changes of bookings are in it."""


@dataclass(slots=True)
class Kept:
    """An open file. Its reader closes it, or gives `sent` to somebody who does."""

    file: FileIO
    facts: Facts
    zones: list[tuple[str, ...]] = field(repr=False)
    column: int
    """The length of one column, in bytes."""
    size: int
    """Of what is sent."""

    @property
    def events(self) -> int:
        """How many pieces it consists of; a series is one."""
        return self.column // array(NUMBERS).itemsize

    def sent(self) -> FileIO:
        """The file, at the first of the bytes that are sent; they are its last."""
        self.file.seek(-self.size, os.SEEK_END)
        return self.file

    def pieces(self, foot: int) -> Pieces:
        """What the feed consists of; `foot`: so many bytes stand behind the last."""
        self.file.seek(-self.size - COLUMNS * self.column, os.SEEK_END)
        columns = [array(NUMBERS, self.file.read(self.column)) for _ in range(COLUMNS)]
        sent = memoryview(self.file.read(self.size))
        end = self.size - foot
        return Pieces(self.zones, columns, [sent[end - sum(columns[3]) : end]])

    def close(self) -> None:
        self.file.close()


@dataclass(frozen=True, slots=True)
class Shelf:
    """Where one feed is kept. Found before anything is read from the database, so that nothing which is
    read before `forget_kept` is put away after it."""

    place: Path | None
    name: str

    def open(self) -> Kept | None:
        """What is kept there; None where there is nothing, or nothing that can be read."""
        if self.place is None:
            return None
        try:
            file = FileIO(self.place / self.name)
        except OSError:
            return None
        try:
            return _read(file)
        except (ValueError, KeyError, TypeError):
            file.close()
            return None

    def keep(self, facts: Facts, pieces: Pieces, head: bytes, foot: bytes, now: datetime) -> Kept | None:
        """Puts the feed there; open, as if it had been kept before. None where that is not possible."""
        if self.place is None:
            return None
        draft = self.place / f"{self.name}.{token_hex(4)}"
        sent = [head, *pieces.written, foot]
        size, column_size = sum(map(len, sent)), len(pieces) * pieces.columns[0].itemsize
        told = json.dumps([*_values(facts), pieces.zones]).encode()
        begin = _BEGIN.pack(_SIGN, len(told), column_size, size)
        try:
            file = FileIO(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_CLOEXEC, 0o600), "r+")
            try:
                _write(file, [begin, told, *(column.tobytes() for column in pieces.columns), *sent])
                os.utime(draft, (now.timestamp(), now.timestamp()))
                draft.replace(self.place / self.name)
            except BaseException:
                file.close()
                draft.unlink(missing_ok=True)
                raise
        except OSError:
            return None
        return Kept(file, facts, pieces.zones, column_size, size)

    def used(self, kept: Kept, now: datetime) -> None:
        """Has the clean-up leave it for another while."""
        at = now.timestamp()
        if self.place and os.fstat(kept.file.fileno()).st_mtime < at - timedelta(days=1).total_seconds():
            with suppress(OSError):
                os.utime(self.place / self.name, (at, at))


def shelf(folder: Path, name: str) -> Shelf:
    """Where the feed of this name is kept, below the folder of all."""
    with suppress(OSError):
        return Shelf(_place(folder), name)
    return Shelf(None, name)


def forget_kept(folder: Path) -> None:
    """Takes away every feed that is kept: after words were erased, so that no copy of them stays.

    OSError where that is not possible.
    """
    for place in _places(folder):
        for _ in range(TRIES):  # somebody may be putting something there at this moment
            shutil.rmtree(place, ignore_errors=True)
        if place.exists():
            shutil.rmtree(place)  # says what is in the way


def clear_kept(folder: Path, now: datetime) -> int:
    """Takes away what nobody asked for in a long while, and the oldest of what is too much. How many."""
    boot, cleared = _boot(), 0
    for place in _places(folder):
        if not place.name.startswith(boot):
            shutil.rmtree(place, ignore_errors=True)
            continue
        room = MOST_BYTES
        found = [*_known_in(place)]
        for file, known in sorted(found, key=lambda each: each[1].st_mtime, reverse=True):
            room -= known.st_size
            if room < 0 or known.st_mtime < (now - UNUSED).timestamp():
                file.unlink(missing_ok=True)
                cleared += 1
    return cleared


def _place(folder: Path) -> Path:
    """The folder of this boot: after a loss of power nobody knows whether a file is whole."""
    boot = _boot()
    with suppress(FileNotFoundError):
        if known := sorted(each for each in _places(folder) if each.name.startswith(boot)):
            return known[0]
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    made = folder / f"{boot}{token_hex(4)}"
    made.mkdir(mode=0o700)
    return made


def _places(folder: Path) -> Iterator[Path]:
    if folder.is_dir():
        yield from (each for each in folder.iterdir() if each.is_dir())


def _known_in(place: Path) -> Iterator[tuple[Path, os.stat_result]]:
    """What is there; a draft may have become a feed since it was listed."""
    with suppress(FileNotFoundError):
        for file in place.iterdir():
            with suppress(FileNotFoundError):
                yield file, file.stat()


def _boot() -> str:
    return f"{_BOOT.read_text().strip()[:8]}-" if _BOOT.exists() else "kept-"


def _values(facts: Facts) -> list[Any]:
    return [getattr(facts, name) for name in Facts.__slots__]


def _read(file: FileIO) -> Kept:
    begin = file.read(_BEGIN.size)
    if len(begin) != _BEGIN.size:
        raise ValueError("cut short")
    sign, told, column, size = _BEGIN.unpack(begin)
    if sign != _SIGN or os.fstat(file.fileno()).st_size != _BEGIN.size + told + COLUMNS * column + size:
        raise ValueError("not a feed, or cut short")
    etag, frame, day, modified_at, position, zones = json.loads(file.read(told))
    facts = Facts(
        etag, frame, day, modified_at, {name: (high, mark) for name, (high, mark) in position.items()}
    )
    return Kept(file, facts, [tuple(each) for each in zones], column, size)


def _write(file: FileIO, parts: Iterable[bytes | memoryview]) -> None:
    waiting = deque(memoryview(part) for part in parts if len(part))
    while waiting:
        written = os.writev(file.fileno(), list(islice(waiting, 500)))
        while waiting and written >= len(waiting[0]):
            written -= len(waiting.popleft())
        if written:
            waiting[0] = waiting[0][written:]
