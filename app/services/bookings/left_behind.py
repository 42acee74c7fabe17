"""What became of dates that a series was to have: left out, staying where they were, moved by themselves.

It stands in the history, which is kept for good: the rule alone does not say why a date is missing.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import select

from app.domain.interval import Interval
from app.extensions import db
from app.models import Booking, BookingDate, History
from app.services.bookings.plan import LeftOut

TOLD_BY = ("booked", "changed", "continued", "split")


class Kept(Protocol):
    """A date that stays where it is: what it was to have, and why it does not."""

    @property
    def date(self) -> BookingDate: ...
    @property
    def wanted(self) -> Interval: ...
    @property
    def reason(self) -> str: ...


@dataclass(frozen=True, slots=True)
class LeftBehind:
    """`left_out`: dates that there are not. `stays`: by number, what a date was to have instead of what it
    kept; `stayed_last` are those of the last change. `moved`: by number, when a date was that somebody gave
    another time by itself. `counted`: by reason, how many dates were left out of which no more is known."""

    left_out: Sequence[LeftOut] = ()
    stays: Mapping[int, LeftOut] = field(default_factory=dict)
    stayed_last: frozenset[int] = frozenset()
    moved: Mapping[int, datetime] = field(default_factory=dict)
    counted: Mapping[str, int] = field(default_factory=dict)


def left_behind(booking: Booking) -> LeftBehind:
    """What the history of a booking tells; of what was booked before dates stood there only how many."""
    lines = _lines(booking)
    cuts = _cuts(lines)
    stays, last = _stays(booking, lines)
    return LeftBehind(
        left_out=[each for each in _left_out(lines) if all(each.interval.start < cut for cut in cuts)],
        stays=stays,
        stayed_last=last,
        moved=_moved(lines),
        counted=_counted(lines),
    )


def left_out_facts(left_out: Iterable[LeftOut]) -> dict[str, Any]:
    """As the history keeps the dates that are left out; nothing where none is."""
    rows = [[*_times(each.interval), each.reason] for each in left_out]
    return {"left_out_dates": rows} if rows else {}


def left_out_after_split(booking: Booking) -> dict[str, Any]:
    """The same of those that belong to what went on as another booking just now."""
    lines = _lines(booking)
    *earlier, cut = _cuts(lines)
    return left_out_facts(
        each
        for each in _left_out(lines)
        if cut <= each.interval.start and all(each.interval.start < other for other in earlier)
    )


def stays_facts(stays: Iterable[Kept]) -> dict[str, Any]:
    """As the history keeps the dates that stay; nothing where none does."""
    rows = [[each.date.id, *_times(each.wanted), each.reason] for each in stays]
    return {"stays": rows} if rows else {}


def stayed_facts(before: Mapping[int, LeftOut], stays: Iterable[Kept]) -> dict[str, Any]:
    """As the history of what goes on as another booking keeps those that had stayed before that."""
    anew = {each.date.id for each in stays}
    rows = [
        [number, *_times(each.interval), each.reason] for number, each in before.items() if number not in anew
    ]
    return {"stayed": rows} if rows else {}


def _lines(booking: Booking) -> Sequence[History]:
    query = select(History).where(History.booking_id == booking.id, History.action.in_(TOLD_BY))
    return db.session.scalars(query.order_by(History.id)).all()


def _cuts(lines: Iterable[History]) -> list[datetime]:
    return [_instant(line.details["start"]) for line in lines if line.action == "split"]


def _left_out(lines: Iterable[History]) -> list[LeftOut]:
    rows: list[Any] = [row for line in lines for row in _rows(line, "left_out_dates")]
    return [_left(start, end, why) for start, end, why in rows]


def _counted(lines: Iterable[History]) -> dict[str, int]:
    told: Any = next((line.details for line in lines if line.action == "booked"), {})
    return {} if "left_out_dates" in told else dict(told.get("left_out") or {})


def _stays(booking: Booking, lines: Iterable[History]) -> tuple[dict[int, LeftOut], frozenset[int]]:
    """Those of the last change, and earlier ones that still stand apart from the series; the former alone."""
    apart = {date.id for date in booking.dates if date.starts_at != date.original_start_at}
    found: dict[int, LeftOut] = {}
    last: frozenset[int] = frozenset()
    for line in lines:
        if line.date_id is None and line.action in ("changed", "continued"):
            stayed, stays = (
                {number: _left(*rest) for number, *rest in _rows(line, name)} for name in ("stayed", "stays")
            )
            found = {number: each for number, each in found.items() if number in apart} | stayed | stays
            last = frozenset(stays)
        else:
            found.pop(line.date_id or 0, None)
    ours = {date.id for date in booking.dates}  # others have gone on as a booking of their own
    found = {number: each for number, each in found.items() if number in ours}
    return found, last & found.keys()


def _moved(lines: Iterable[History]) -> dict[int, datetime]:
    first: dict[int, Any] = {}
    last: dict[int, Any] = {}
    for line in lines:
        if line.action == "changed" and line.date_id is not None and "to_start" in line.details:
            first.setdefault(line.date_id, line.details["start"])
            last[line.date_id] = line.details["to_start"]
    return {number: _instant(start) for number, start in first.items() if start != last[number]}


def _rows(line: History, name: str) -> list[list[Any]]:
    rows: Any = line.details.get(name)
    return rows or []


def _left(start: str, end: str, why: str) -> LeftOut:
    return LeftOut(Interval(_instant(start), _instant(end)), why)


def _times(interval: Interval) -> tuple[str, str]:
    return interval.start.isoformat(), interval.end.isoformat()


def _instant(text: object) -> datetime:
    return datetime.fromisoformat(str(text))
