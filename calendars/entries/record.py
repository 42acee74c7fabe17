"""What comes of a calendar file."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

MOST_BYTES = 1_000_000


class FileError(ValueError):
    """A file of which nothing can be read.

    `code`: too_large, no_calendar, too_many_dates, too_slow, broken. `most` is the bound, where there is one.
    """

    def __init__(self, code: str, most: int = 0) -> None:
        super().__init__(code, most)
        self.code = code
        self.most = most


@dataclass(frozen=True, slots=True)
class Entry:
    """One date that holds the room, `[start, end)` in UTC.

    `line` is where the event begins in the file. `original` tells the dates of a series apart: the start
    (UTC) that the rule gives it; "" for an event of one date. `organiser` is an address in lower case, or
    "". `notes` say what was understood, and how: all_day, floating, own_zone, series, moved, tentative,
    private (then without a title), cut.
    """

    line: int
    uid: str
    original: str
    start: datetime
    end: datetime
    title: str
    organiser: str
    notes: tuple[str, ...] = ()

    def called(self, *, untitled: str, private: str) -> str:
        """Its title, or what stands for one that is missing or was not meant for others."""
        return self.title or (private if "private" in self.notes else untitled)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An entry, or a date of one, that is not read, and why; `detail` is what the file said."""

    line: int
    uid: str
    title: str
    code: str
    detail: str = ""
    start: datetime | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """All of a file within a window: what holds the room, what means nothing, what cannot be read.

    `before` and `after` count the dates outside of the window; `more` the unreadable and skipped that are
    too many to be named. `notes`: charset (no UTF-8), cut_off (the file ends too early).
    """

    entries: tuple[Entry, ...]
    unreadable: tuple[LeftOut, ...] = ()
    skipped: tuple[LeftOut, ...] = ()
    before: int = 0
    after: int = 0
    more: int = 0
    notes: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """In lists, as short as it gets; `of_json` reads it."""
        return {
            "entries": [
                [
                    e.line,
                    e.uid,
                    e.original,
                    _seconds(e.start),
                    _seconds(e.end),
                    e.title,
                    e.organiser,
                    *e.notes,
                ]
                for e in self.entries
            ],
            "unreadable": [_left_out(each) for each in self.unreadable],
            "skipped": [_left_out(each) for each in self.skipped],
            "counts": [self.before, self.after, self.more],
            "notes": list(self.notes),
        }

    @classmethod
    def of_json(cls, data: Mapping[str, Any]) -> "Found":
        """What `to_json` wrote."""
        before, after, more = data["counts"]
        return cls(
            entries=tuple(
                Entry(line, uid, original, _instant(start), _instant(end), title, organiser, tuple(notes))
                for line, uid, original, start, end, title, organiser, *notes in data["entries"]
            ),
            unreadable=tuple(_to_left_out(each) for each in data["unreadable"]),
            skipped=tuple(_to_left_out(each) for each in data["skipped"]),
            before=before,
            after=after,
            more=more,
            notes=tuple(data["notes"]),
        )


def _left_out(each: LeftOut) -> list[Any]:
    start = _seconds(each.start) if each.start else None
    return [each.line, each.uid, each.title, each.code, each.detail, start]


def _to_left_out(values: list[Any]) -> LeftOut:
    line, uid, title, code, detail, start = values
    return LeftOut(line, uid, title, code, detail, None if start is None else _instant(start))


def _seconds(at: datetime) -> int:
    return int(at.timestamp())


def _instant(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
