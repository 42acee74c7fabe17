"""Rows of the board as the templates draw them: quarters of an hour on the office's wall clock.

A day has a hundred stretches and more. What one looks like depends on a few things only (where it stands,
its status, the language), so each look is drawn once by templates/_time.html and kept; the words that
belong to one booking are set in every time, and never kept.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import chain, groupby
from operator import itemgetter
from zoneinfo import ZoneInfo

from flask import current_app
from flask_babel import gettext
from markupsafe import Markup, escape

from app.domain.interval import Interval
from app.domain.stretches import Stretch, clipped, stretch_of
from app.services.board import Item, Row
from app.services.columns import seconds
from app.web.addresses import address_of
from app.web.dates import USUAL_LENGTH, running_quarter
from app.web.naming import STATUSES
from app.web.texts import language
from app.wording.names import titled

MINUTE = 60  # seconds
QUARTER = 15 * MINUTE
USUAL = int(USUAL_LENGTH.total_seconds())
WHOLE_DAY = 24 * 60
CLOCK = [f"{minute // 60:02d}:{minute % 60:02d}" for minute in range(WHOLE_DAY + 1)]
HOLE = "\ue000"  # stands in a look for what is set in: no text of ours holds it
MOST_LOOKS = 4000  # about half a kilobyte each

Part = tuple[int, str]  # the minute that it begins at, and what is drawn


@dataclass(frozen=True, slots=True)
class Grid:
    """The hours that are shown of each day."""

    first_minute: int
    last_minute: int
    timezone: str
    date: str | None = None  # where the present time belongs on it

    @property
    def hours(self) -> list[tuple[str, str]]:
        """Each hour shown with the quarter at which it stands."""
        hours = range(self.first_minute // 60, self.last_minute // 60)
        return [(str(4 * place), f"{hour:02d}") for place, hour in enumerate(hours)]

    @property
    def columns(self) -> int:
        return (self.last_minute - self.first_minute) // 15


class WallClock:
    """The minutes of one day on the office's wall clock: 0 at midnight, 1440 at the day's end."""

    def __init__(self, day: Interval, timezone: ZoneInfo) -> None:
        self.start, self.end = stretch_of(day)
        self.timezone = timezone
        self.date = day.start.astimezone(timezone).date()
        # On all days but two a year the clock runs as evenly as time does.
        self.evenly = day.duration == timedelta(days=1)

    def minute(self, second: int) -> int:
        """Of a moment in seconds since 1970."""
        if second <= self.start:
            return 0
        if second >= self.end:
            return WHOLE_DAY
        if self.evenly:
            return (second - self.start) // MINUTE
        local = datetime.fromtimestamp(second, self.timezone)
        return local.hour * 60 + local.minute


def grid_of(rows: Sequence[tuple[Row, Interval]], timezone: str, shown_date: date | None) -> Grid:
    """Whole hours around all that is open or booked in the days; 08–17 where nothing is."""
    tz = ZoneInfo(timezone)
    minutes: list[int] = []
    for day, of_day in groupby(rows, key=itemgetter(1)):
        clock = WallClock(day, tz)
        inside = [
            (start, end)
            for row, _ in of_day
            for start, end, *_ in (*row.open, *row.items)
            if start < clock.end and end > clock.start
        ]
        if inside:
            minutes.append(clock.minute(min(inside)[0]))
            minutes.append(clock.minute(max(end for _, end in inside)))
    first, last = (min(minutes) // 60 * 60, -(-max(minutes) // 60) * 60) if minutes else (8 * 60, 17 * 60)
    return Grid(first, max(last, first + 60), timezone, shown_date.isoformat() if shown_date else None)


class Rows:
    """Rows as they are drawn. All of it came out of templates, so it is put together as it is."""

    def __init__(self, drawn: Iterable[Iterable[str]]) -> None:
        self.drawn = list(drawn)

    def __html__(self) -> str:
        return "".join(chain.from_iterable(self.drawn))


class Drawing:
    """One day on a grid: `Drawing(day, grid, now=now).row(row)` for every row of it."""

    def __init__(self, day: Interval, grid: Grid, *, now: datetime) -> None:
        self.grid = grid
        self.clock = WallClock(day, ZoneInfo(grid.timezone))
        self.bookable_from = max(self.clock.start, seconds(running_quarter(now)))
        self.bookings, self.form = address_of("bookings.index"), address_of("bookings.new")
        self.language = language()
        self.frame = (self.language, grid.first_minute, grid.columns)

    def row(
        self, row: Row, *, id: str, level: int, name: str, url: str | None = None, facts: str = ""
    ) -> list[str]:
        """What is taken and what is free, in order of time; a note where there is neither."""
        before, after = _look_of_row(self.language, id, level, name, url, facts)
        taken = [*self._taken(row.items), *self._closed(row.closures), *self._beside(row)]
        parts = sorted([*taken, *self._free(row)], key=itemgetter(0))
        if not parts:
            note = None if row.open or taken else gettext("Closed all day")
            return [before, _drawn("nothing", note), after]
        return [before, *(drawn for _, drawn in parts), after]

    def _taken(self, items: Sequence[Item]) -> Iterator[Part]:
        """In order of time. Parts of a whole may be taken at once: the later one stands in a line below."""
        day_start, day_end, minute = self.clock.start, self.clock.end, self.clock.minute
        until = day_start
        for item in items:
            start, end = item.start, item.end
            if start >= day_end or end <= day_start:
                continue
            below = start < until
            if not below:
                until = end
            begins = minute(start)
            links = self.bookings if item.booking_id is not None else None
            look = _look_of_taken(
                *self.frame,
                begins,
                minute(end),
                start < day_start,
                end > day_end,
                item.status,
                item.own,
                below,
                links,
            )
            if links:
                title = titled(item.title or "")
                text = f"{title}, {item.organisation}" if item.organisation else title
                yield begins, look % (item.booking_id, escape(text))
            else:
                yield begins, look

    def _closed(self, closures: Sequence[tuple[Stretch, str]]) -> Iterator[Part]:
        """What of them lies in the hours shown."""
        for closure, reason in closures:
            name = str(STATUSES["closed"])
            yield from self._bar("closed", *closure, f"{name}, {reason}" if reason else name)

    def _beside(self, row: Row) -> Iterator[Part]:
        """What calendars kept elsewhere have, as far as it lies in the hours shown. None of it is kept.

        It takes the place of what is free where it keeps others out; else, and where something else stands
        there, it stands in a line below.
        """
        there = [*((item.start, item.end) for item in row.items), *(time for time, _ in row.closures)]
        for each in row.beside:
            alone = each.blocks and not any(start < each.end and each.start < end for start, end in there)
            if alone:
                there.append((each.start, each.end))
            status = "outside" if alone else "outside beside"
            text = each.title or gettext("Busy outside the system")
            yield from self._bar(status, each.start, each.end, text, each.calendar or "")

    def _bar(self, status: str, begins: int, ends: int, text: str, state: str = "") -> Iterator[Part]:
        """What no link leads from, clipped to the hours shown."""
        if begins >= self.clock.end or ends <= self.clock.start:
            return
        start = max(self.clock.minute(begins), self.grid.first_minute)
        end = min(self.clock.minute(ends), self.grid.last_minute)
        if start < end:
            place = _place(self.grid.first_minute, self.grid.columns, start, end)
            yield start, _drawn("taken", status, place, None, CLOCK[start], CLOCK[end], text, state)

    def _free(self, row: Row) -> Iterator[Part]:
        """What can still be booked: from the running quarter on, and a quarter at least."""
        minute, form = self.clock.minute, f"{self.form}?resource={row.resource.slug}&date={self.clock.date}"
        for begins, ends in clipped(row.free, (self.bookable_from, self.clock.end)):
            if ends - begins >= QUARTER:
                start, usual_end = minute(begins), minute(min(begins + USUAL, ends))
                yield start, _look_of_free(*self.frame, start, minute(ends), usual_end, form)


@lru_cache(maxsize=MOST_LOOKS)
def _look_of_row(_language: str, id: str, level: int, name: str, url: str | None, facts: str) -> list[Markup]:
    """What stands before and after the stretches of a row."""
    return _drawn("row", id, level, name, url, facts, HOLE).split(HOLE)


@lru_cache(maxsize=MOST_LOOKS)
def _look_of_taken(
    _language: str,
    first_minute: int,
    columns: int,
    start: int,
    end: int,
    before: bool,
    after: bool,
    status: str,
    own: bool,
    below: bool,
    links: str | None,
) -> str:
    """A taken stretch; with links, it opens for its reader, and waits for the booking's id and words."""
    place = _place(first_minute, columns, start, end) + (" own" if own else "") + (" beside" if below else "")
    url = f"{links}/{HOLE}" if links else None
    begins, ends = CLOCK[start], CLOCK[end]
    name = str(STATUSES[status])
    return _with_holes(
        _drawn(
            "taken",
            status,
            place,
            url,
            f"…{begins}" if before else begins,
            f"{ends}…" if after else ends,
            HOLE if links else gettext("Busy"),
            f"{name}, {gettext('yours')}" if own else name,
        )
    )


@lru_cache(maxsize=MOST_LOOKS)
def _look_of_free(
    _language: str, first_minute: int, columns: int, start: int, end: int, usual_end: int, form: str
) -> Markup:
    """A free stretch; the form that it leads to has the times filled in."""
    place = _place(first_minute, columns, start, end)
    # Neither slugs nor times hold anything that an address must not. A day ends at 00:00 in the form.
    url = f"{form}&start={CLOCK[start]}&end={CLOCK[usual_end % WHOLE_DAY]}"
    return _drawn("free", place, url, CLOCK[start], CLOCK[end])


def _drawn(macro: str, *arguments: object) -> Markup:
    template = current_app.jinja_env.get_template("_time.html")
    drawn: Markup = getattr(template.module, macro)(*arguments)
    return drawn


def _with_holes(drawn: Markup) -> str:
    """Ready for the `%` of plain strings: what is set in must be escaped."""
    return str(drawn).replace("%", "%%").replace(HOLE, "%s")


def _place(first_minute: int, columns: int, start: int, end: int) -> str:
    """The classes that put a stretch where it stands: never narrower than a quarter, never outside."""
    first = min(max((start - first_minute) // 15, 0), columns - 1)
    last = min(-((first_minute - end) // 15), columns)
    return f"s{first} w{max(last - first, 1)}{' late' if first * 3 > columns * 2 else ''}"
