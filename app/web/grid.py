"""Rows of the board as the templates draw them: quarters of an hour on the office's wall clock."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext

from app.domain.interval import Interval, clip, intersect
from app.services.board import Item, Row
from app.web.naming import STATUSES

QUARTER = timedelta(minutes=15)
USUAL_LENGTH = timedelta(hours=1)
BookUrl = Callable[[Row, datetime, datetime], str | None]


@dataclass(frozen=True, slots=True)
class Grid:
    """The hours that are shown of each day."""

    first_minute: int
    last_minute: int
    timezone: str
    date: str | None = None  # where the present time belongs on it

    @property
    def hours(self) -> list[int]:
        return list(range(self.first_minute // 60, self.last_minute // 60))

    @property
    def columns(self) -> int:
        return (self.last_minute - self.first_minute) // 15


def grid_of(rows: Sequence[tuple[Row, Interval]], timezone: str, shown_date: date | None) -> Grid:
    """Whole hours around all that is open or booked in the days; 08–17 where nothing is."""
    tz = ZoneInfo(timezone)
    minutes: list[int] = []
    for row, day in rows:
        stretches = [*row.open, *(Interval(item.start, item.end) for item in row.items)]
        for stretch in (clip(each, day) for each in stretches):
            if stretch:
                minutes += [_minute(stretch.start, day, tz), _minute(stretch.end, day, tz)]
    first, last = (min(minutes) // 60 * 60, -(-max(minutes) // 60) * 60) if minutes else (8 * 60, 17 * 60)
    return Grid(first, max(last, first + 60), timezone, shown_date.isoformat() if shown_date else None)


def drawn(
    row: Row,
    day: Interval,
    grid: Grid,
    *,
    now: datetime,
    item_url: Callable[[Item], str | None],
    book_url: BookUrl,
) -> dict[str, Any]:
    """One row of a day for templates/_time.html: what is taken and what is free, in quarters."""
    tz = ZoneInfo(grid.timezone)
    items = [
        _item(item, day, grid, tz, item_url(item)) for item in row.items if _shown(item.start, item.end, day)
    ]
    for closure, reason in row.closures:
        parts = intersect([closure], [_window(day, grid, tz)])
        items += [_closed(part, day, grid, tz, reason) for part in parts]
    free = [
        _free(stretch, row, day, grid, tz, book_url)
        for stretch in (_bookable(stretch, day, now) for stretch in row.free)
        if stretch and stretch.duration >= QUARTER
    ]
    return {"items": items, "free": free, "note": None if row.open or items else gettext("Closed all day")}


def _item(item: Item, day: Interval, grid: Grid, tz: ZoneInfo, url: str | None) -> dict[str, Any]:
    shown = clip(Interval(item.start, item.end), day) or day
    label = item.title or gettext("Busy")
    return {
        **_placed(shown, day, grid, tz),
        "status": item.status,
        "status_text": STATUSES[item.status],
        "label": label,
        "detail": item.organisation,
        "url": url,
        "own": item.own,
        "continues_before": item.start < day.start,
        "continues_after": item.end > day.end,
    }


def _closed(part: Interval, day: Interval, grid: Grid, tz: ZoneInfo, reason: str) -> dict[str, Any]:
    closed = str(STATUSES["closed"])
    return {
        **_placed(part, day, grid, tz),
        "status": "closed",
        "status_text": closed,
        "label": closed,
        "detail": reason,
        "url": None,
        "own": False,
        "continues_before": False,
        "continues_after": False,
    }


def _free(
    stretch: Interval, row: Row, day: Interval, grid: Grid, tz: ZoneInfo, book_url: BookUrl
) -> dict[str, Any]:
    usual = min(stretch.start + USUAL_LENGTH, stretch.end)
    return {**_placed(stretch, day, grid, tz), "url": book_url(row, stretch.start, usual)}


def _placed(shown: Interval, day: Interval, grid: Grid, tz: ZoneInfo) -> dict[str, Any]:
    """Where a stretch stands: never narrower than a quarter, never outside the hours shown."""
    first = (_minute(shown.start, day, tz) - grid.first_minute) // 15
    last = -((grid.first_minute - _minute(shown.end, day, tz)) // 15)
    first = min(max(first, 0), grid.columns - 1)
    return {
        "start": _clock(shown.start, day, tz),
        "end": _clock(shown.end, day, tz),
        "start_quarter": first,
        "quarters": max(min(last, grid.columns) - first, 1),
    }


def _bookable(stretch: Interval, day: Interval, now: datetime) -> Interval | None:
    """What of a free stretch can still be booked: from the running quarter on."""
    since_quarter = timedelta(minutes=now.minute % 15, seconds=now.second, microseconds=now.microsecond)
    coming = Interval(max(day.start, now - since_quarter), day.end) if now < day.end else None
    return clip(stretch, coming) if coming else None


def _window(day: Interval, grid: Grid, tz: ZoneInfo) -> Interval:
    """The hours shown, as instants of that day."""
    midnight = day.start.astimezone(tz).replace(tzinfo=None)
    first = (midnight + timedelta(minutes=grid.first_minute)).replace(tzinfo=tz)
    last = (midnight + timedelta(minutes=grid.last_minute)).replace(tzinfo=tz)
    return Interval(first.astimezone(UTC), last.astimezone(UTC))


def _shown(start: datetime, end: datetime, day: Interval) -> bool:
    return start < day.end and end > day.start


def _minute(instant: datetime, day: Interval, tz: ZoneInfo) -> int:
    """Minutes on the wall clock since the day's midnight; the end of the day is 1440."""
    if instant >= day.end:
        return 24 * 60
    local = instant.astimezone(tz)
    return local.hour * 60 + local.minute


def _clock(instant: datetime, day: Interval, tz: ZoneInfo) -> str:
    return "24:00" if instant >= day.end else instant.astimezone(tz).strftime("%H:%M")
