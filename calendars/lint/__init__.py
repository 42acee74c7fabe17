"""The checklist for calendars, as a linter.

    for defect in lint(ics, kind="feed"):
        print(defect.line, defect.code, defect.message)

`CODES` says what each code means, `Defect.is_fault` whether it is a fault or advice. `examine` counts them by
class. `lint_change` compares two states of a feed, `http` holds the answers it comes with. The files:
`content` the bytes, `tree` the nesting, `times` the time values; then one file of rules for each part of
the checklist; `remarks` gathers what they find.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

from calendars.lint.calendar import check_calendar, check_file, kind_of
from calendars.lint.content import check_bytes
from calendars.lint.defect import CODES, Defect, Kind
from calendars.lint.events import check_events
from calendars.lint.messages import check_message
from calendars.lint.privacy import check_forbidden, check_free_busy
from calendars.lint.recurrence import check_recurrence
from calendars.lint.remarks import Remark, gather
from calendars.lint.tree import Component, parse
from calendars.lint.versions import check_versions
from calendars.lint.zones import check_zones

__all__ = ["CODES", "Defect", "Examined", "Kind", "Remark", "examine", "gather", "lint", "lint_change"]


@dataclass(frozen=True)
class Examined:
    """What there is to say of a file, and how many events it has."""

    remarks: list[Remark]
    events: int


def examine(
    ics: bytes,
    *,
    besides: Iterable[Defect] = (),
    kind: Kind | None = None,
    content_type: str | None = None,
    reader: str | None = None,
    forbidden: Collection[str] = (),
    free_busy: bool = False,
) -> Examined:
    """All remarks on a file, and on what was found `besides`; none for a sound one.

    `kind` is guessed where it is not given. For messages, `content_type` is the header it came with, and
    `reader` the address it was mailed to. `forbidden` are texts that its audience must not see; `free_busy`
    says that it may tell no more than when somebody is busy.
    """
    root, defects = parse(ics)
    found = [iter(besides), iter(defects), check_bytes(ics), check_file(root)]
    found.append(check_forbidden(root, forbidden))
    events = 0
    for calendar in root.children("VCALENDAR"):
        events += len(calendar.children("VEVENT"))
        found.append(_check_one(calendar, kind or kind_of(calendar), content_type, reader))
        if free_busy:
            found.append(check_free_busy(calendar))
    return Examined(gather(chain.from_iterable(found)), events)


def lint(
    ics: bytes,
    *,
    kind: Kind | None = None,
    content_type: str | None = None,
    reader: str | None = None,
    forbidden: Collection[str] = (),
    free_busy: bool = False,
) -> list[Defect]:
    """The defects of a file by line, of each class the first hundred; see `examine`."""
    examined = examine(
        ics,
        kind=kind,
        content_type=content_type,
        reader=reader,
        forbidden=forbidden,
        free_busy=free_busy,
    )
    return _by_line(examined.remarks)


def lint_change(before: bytes, after: bytes) -> list[Defect]:
    """The defects of a feed's later state as what follows on an earlier one."""
    old, new = (parse(ics)[0].children("VCALENDAR")[:1] for ics in (before, after))
    return _by_line(gather(check_versions(old[0], new[0]))) if old and new else []


def _by_line(remarks: Iterable[Remark]) -> list[Defect]:
    return sorted(defect for remark in remarks for defect in remark.first)


def _check_one(
    calendar: Component, kind: Kind, content_type: str | None, reader: str | None
) -> Iterator[Defect]:
    yield from check_calendar(calendar, kind)
    yield from check_zones(calendar)
    yield from check_events(calendar, kind)
    yield from check_recurrence(calendar, kind)
    if kind == "message":
        yield from check_message(calendar, content_type, reader)
