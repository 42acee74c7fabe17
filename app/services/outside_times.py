"""When calendars that are kept elsewhere are busy. Where there is none, nothing is asked of the database."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import bindparam, select

from app.domain.stretches import Stretch
from app.models import OutsideTime
from app.services.columns import Prepared
from app.services.directory import OutsideKnown, directory

_TIMES = Prepared(
    select(OutsideTime.starts_at, OutsideTime.ends_at, OutsideTime.title)
    .where(
        OutsideTime.calendar_id == bindparam("calendar"),
        OutsideTime.starts_at < bindparam("end"),
        OutsideTime.ends_at > bindparam("start"),
    )
    .order_by(OutsideTime.starts_at, OutsideTime.id)
)


class Busy(NamedTuple):
    """A time that a calendar has, in seconds since 1970; its title where that may be shown."""

    start: int
    end: int
    calendar: OutsideKnown
    title: str | None


def busy_outside(
    leaf_ids: Iterable[int], within: Stretch, *, blocking: bool = False
) -> Mapping[int, Sequence[Busy]]:
    """By leaf, what its calendars have in that time, in order; or those alone that are `blocking`."""
    calendars = directory().outside
    if not calendars:
        return {}
    read: dict[int, list[Busy]] = {}
    found: dict[int, list[Busy]] = {}
    for leaf_id in dict.fromkeys(leaf_ids):
        for calendar in calendars.get(leaf_id, ()):
            if blocking and not calendar.blocks:
                continue
            if calendar.id not in read:
                rows = _TIMES.read(calendar=calendar.id, start=within[0], end=within[1])
                read[calendar.id] = [Busy(start, end, calendar, title) for start, end, title in rows]
            if read[calendar.id]:
                found[leaf_id] = sorted([*found.get(leaf_id, ()), *read[calendar.id]], key=_start)
    return found


def blocked_outside(leaf_ids: Iterable[int], within: Stretch) -> Mapping[int, Sequence[Stretch]]:
    """The same as mere time, of the calendars that block."""
    busy = busy_outside(leaf_ids, within, blocking=True)
    return {leaf_id: [(each.start, each.end) for each in found] for leaf_id, found in busy.items()}


def _start(busy: Busy) -> int:
    return busy.start
