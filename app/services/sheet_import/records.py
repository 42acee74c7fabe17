"""From the rows of a sheet to records as the import of old bookings takes them."""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from app.domain.localtime import TimeDoesNotExist, TimeIsAmbiguous, to_utc
from app.domain.policy import UNTITLED
from app.services.booking_file.problems import LineProblem
from app.services.booking_file.read import COLUMNS, Record
from app.services.sheet_import.columns import NAMED
from app.services.sheet_import.names import LEFT_OUT, Known, folded, known_as
from app.services.sheet_import.reading import Sheet
from app.services.sheet_import.totals import is_total
from app.services.sheet_import.values import at, length_of, moment_of, span_of

COUNTS = ("women", "men", "other")


@dataclass(frozen=True, slots=True)
class Matching:
    """How a sheet is to be read.

    `header`: the number of the row with the headings. `columns`: the place of a column, by field.
    `usual`: a slug, by kind, for rows that say nothing. `names`: a slug or LEFT_OUT, by kind and folded name.
    """

    header: int
    columns: Mapping[str, int]
    usual: Mapping[str, str]
    names: Mapping[tuple[str, str], str] = field(default_factory=dict)

    def rows(self, sheet: Sheet) -> list[tuple[int, tuple[str, ...]]]:
        """The rows below the headings, without those that sum up the others."""
        return [row for row in sheet.after(self.header) if not is_total(row[1], self.columns)]

    def totals(self, sheet: Sheet) -> list[int]:
        """The numbers of the rows that sum up the others."""
        return [number for number, cells in sheet.after(self.header) if is_total(cells, self.columns)]

    def cells(self, sheet: Sheet) -> dict[str, list[str]]:
        """What stands in the columns of names, by kind."""
        rows = self.rows(sheet)
        return {
            kind: [_cell(cells, self.columns[kind]) for _, cells in rows]
            for kind in NAMED
            if kind in self.columns
        }


@dataclass(slots=True)
class Made:
    """What the rows came to: records, what is wrong in others, and how many are left out as was asked for."""

    records: list[Record] = field(default_factory=list)
    problems: list[LineProblem] = field(default_factory=list)
    left_out: int = 0


def make_records(sheet: Sheet, matching: Matching, known: Known, *, office: str, tz: ZoneInfo) -> Made:
    """Every booking below the headings, in their order. The same file gives the same identifiers again."""
    made = Made()
    seen: Counter[str] = Counter()
    for number, cells in matching.rows(sheet):
        row = _Row(number, cells, matching, known, tz)
        fields = row.fields()
        if row.left_out:
            made.left_out += 1
        elif row.problems:
            made.problems.extend(row.problems)
        else:
            made.records.append(Record(number, {**fields, "id": _identifier(row, fields, office, seen)}))
    return made


def _identifier(row: "_Row", fields: Mapping[str, str], office: str, seen: Counter[str]) -> str:
    """The sheet's own, else where and when: what is mended in a row later is no other booking."""
    own = row.cell("id")
    if own:
        return f"sheet:{office}:{own}"
    which = "\x1f".join([folded(row.cell("resource")) or fields["resources"], fields["start"], fields["end"]])
    seen[which] += 1
    digest = hashlib.sha256(f"{which}\x1f{seen[which]}".encode()).hexdigest()
    return f"sheet:{office}:{digest[:40]}"


@dataclass(slots=True)
class _Row:
    """One row, read field by field; an unsound one is noted."""

    number: int
    cells: Sequence[str]
    matching: Matching
    known: Known
    tz: ZoneInfo
    problems: list[LineProblem] = field(default_factory=list)
    left_out: bool = False

    def cell(self, name: str) -> str:
        return _cell(self.cells, self.matching.columns.get(name))

    def fields(self) -> dict[str, str]:
        slugs = {kind: self._named(kind) for kind in NAMED}
        start, end = self._times()
        created = moment_of(self.cell("created_at"))[0]
        return {
            **dict.fromkeys(COLUMNS, ""),
            "resources": slugs["resource"],
            "start": start,
            "end": end,
            "title": self.cell("title") or UNTITLED,
            **{kind: slugs[kind] for kind in NAMED if kind != "resource"},
            **self._counts(),
            "created_at": self._created(created),
            "organiser_email": self._email(),
        }

    def refuse(self, column: str, code: str, **params: object) -> None:
        self.problems.append(LineProblem(self.number, column, code, params))

    def _named(self, kind: str) -> str:
        """Slugs, joined as in a file of ours."""
        text = self.cell(kind)
        if not text:
            usual = self.matching.usual.get(kind, "")
            if not usual and kind != "category":
                self.refuse(kind, "missing")
            return usual
        slugs = known_as(kind, text, self.known)
        chosen = ";".join(slugs) or self.matching.names.get((kind, folded(text)), "")
        if chosen == LEFT_OUT:
            self.left_out = True
        elif not chosen:
            self.refuse(kind, "not_chosen", text=text)
        return chosen

    def _times(self) -> tuple[str, str]:
        """Start and end as ISO; the end with an offset where it is known by a length."""
        both = span_of(self.cell("start"))
        day, clock = (None, both[0]) if both else moment_of(self.cell("start"))
        if self.cell("start") and day is None and clock is None:
            self.refuse("start", "no_time", text=self.cell("start"))
            return "", ""
        day = day or self._day("date")
        if clock is None and not self.problems_about("date"):
            # The day's cell may hold the time too.
            clock = moment_of(self.cell("date"))[1]
        if day is None or clock is None:
            if not self.problems_about("date", "start"):
                self.refuse("date" if day is None else "start", "missing")
            return "", ""
        start = at(day, clock)
        return start.isoformat(), self._end(start, both[1] if both else None)

    def _end(self, start: datetime, clock: timedelta | None) -> str:
        text, day = self.cell("end"), self._day("end_date")
        if clock is None and text:
            own_day, clock = moment_of(text)
            day = own_day or day
            if clock is None and own_day is None:
                self.refuse("end", "no_time", text=text)
                return ""
        if clock is not None or day:
            clock = clock or timedelta()
            # Midnight ends the day that is over.
            midnight = not clock and day is None
            return at(day or start.date(), timedelta(days=1) if midnight else clock).isoformat()
        length = length_of(self.cell("duration"))
        if length is None:
            code = "no_length" if self.cell("duration") else "missing"
            self.refuse("duration" if self.cell("duration") else "end", code, text=self.cell("duration"))
            return ""
        try:
            return (to_utc(start, self.tz) + length).isoformat()
        except (TimeDoesNotExist, TimeIsAmbiguous):
            return (start + length).isoformat()  # the start is refused for it

    def _day(self, column: str) -> date | None:
        text = self.cell(column)
        day = moment_of(text)[0] if text else None
        if text and day is None:
            self.refuse(column, "no_day", text=text)
        return day

    def _created(self, day: date | None) -> str:
        """The day when it was booked, and the time if that is told."""
        text = self.cell("created_at")
        if text and day is None:
            self.refuse("created_at", "no_day", text=text)
        return at(day, moment_of(text)[1] or timedelta()).isoformat() if day else ""

    def _email(self) -> str:
        text = self.cell("organiser_email")
        return text if "@" in text else ""

    def _counts(self) -> dict[str, str]:
        """Heads; of a total, those who are neither of the others are "other or not stated"."""
        counts = {name: self.cell(name) for name in COUNTS}
        total = self.cell("heads")
        if not total or counts["other"]:
            return counts
        told = [counts[name] or "0" for name in ("women", "men")]
        if not all(each.isdecimal() for each in (*told, total)):
            if not total.isdecimal():
                self.refuse("heads", "bad_heads", value=total, most=10_000)
            return counts
        rest = int(total) - sum(map(int, told))
        if rest < 0:
            self.refuse("heads", "fewer_than_told", value=total)
            return counts
        return {**counts, "other": str(rest) if rest or total == "0" else ""}

    def problems_about(self, *columns: str) -> bool:
        return any(each.column in columns for each in self.problems)


def _cell(cells: Sequence[str], place: int | None) -> str:
    return cells[place] if place is not None and place < len(cells) else ""
