"""Cells, columns and tables from the lines of the report JSON."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask_babel import gettext, lazy_gettext

from app.reports.layout import HIDDEN, Cell, Column, Formula, Row, Table, Value
from app.reports.table import KEYS
from app.wording.formats import NONE, number, percent

Line = Mapping[str, Any]
Label = Callable[[Line], str]

# Of columns: heading, kind, formula, whether the cells add up to the total.
COLUMNS: dict[str, tuple[object, str, Formula | None, bool]] = {
    "available_hours": (lazy_gettext("Available hours"), "hours", None, True),
    "booked_hours": (lazy_gettext("Booked hours"), "hours", None, True),
    "used_hours": (lazy_gettext("Used hours"), "hours", None, True),
    "utilisation": (lazy_gettext("Utilisation"), "share", ("{used_hours}", "{available_hours}"), False),
    "share_of_use": (lazy_gettext("Share of use"), "share", ("{used_hours}", "used_hours"), False),
    "share_of_capacity": (
        lazy_gettext("Share of capacity"),
        "share",
        ("{used_hours}", "available_hours"),
        False,
    ),
    "bookings": (lazy_gettext("Bookings"), "count", None, False),
    "no_shows": (lazy_gettext("No-shows"), "count", None, False),
    "no_show_rate": (lazy_gettext("No-shows"), "share", None, False),
    "day_frequency": (lazy_gettext("Day frequency"), "share", None, False),
    "women": (lazy_gettext("Women"), "count", None, True),
    "men": (lazy_gettext("Men"), "count", None, True),
    "other": (lazy_gettext("Other"), "count", None, True),
    "share_women": (lazy_gettext("Share of women"), "share", ("{women}", "({women}+{men})"), False),
    "outside_hours": (lazy_gettext("Outside opening hours"), "hours", None, True),
    "lost_hours": (lazy_gettext("Lost to closures"), "hours", None, True),
    "conferences": (lazy_gettext("Conferences"), "count", None, False),
    "share": (lazy_gettext("Share"), "share", None, False),
    "valued_hours": (lazy_gettext("Hours with a value"), "hours", None, True),
    "zero_hours": (lazy_gettext("Hours at a value of 0"), "hours", None, True),
    "unvalued_hours": (lazy_gettext("Hours without a value"), "hours", None, True),
    "value": (lazy_gettext("Value"), "money", None, True),
    "aid": (lazy_gettext("Aid"), "money", None, True),
    "received": (lazy_gettext("In three years"), "money", None, False),
    "cap": (lazy_gettext("Cap"), "money", None, False),
    "share_of_cap": (lazy_gettext("Of the cap"), "share", ("{received}", "{cap}"), False),
}


def text_of(value: Value, kind: str) -> str:
    """How people read it."""
    if value is None or isinstance(value, str):
        return value or number(None)
    match kind:
        case "share":
            return percent(value, 1)
        case "hours" | "decimal":
            return number(value, 1)
        case "money":
            return number(value, 2)
    return number(value)


def cell(value: Value, kind: str = "text", formula: Formula | None = None) -> Cell:
    """A cell with its text. A yes or no of JSON is none of these."""
    return Cell(value, text_of(value, kind), kind, formula)


def name_of(line: Line, key: str, language: str) -> str:
    """What a line is about, in the reader's language where it has names."""
    names: Mapping[str, str] = line.get("names") or {}
    known = names.get(language) or next(iter(names.values()), None) or line.get("name")
    return known or line[key] or gettext("Not stated")


def category_names(report: Line, language: str) -> dict[str, str]:
    """Of the categories in the report, by slug."""
    return {line["category"]: name_of(line, "category", language) for line in report["by_category"]}


def lacks_data(report: Line) -> bool:
    """Whether the period lies before anything was ever booked; its zeros are no figures."""
    return bool(report.get("no_data"))


def without_data(table: Table, lines: Sequence[Line]) -> Table:
    """The table with the rows blank of which nothing is known: what they count would read as no use."""
    blank = {str(line[KEYS[table.name]]) for line in lines if line.get("no_data")}
    if not blank:
        return table
    told = [column.key for column in table.columns].index("utilisation")
    rows = [_without_data(row, told) if row.key in blank else row for row in table.rows]
    return replace(table, rows=rows)


def _without_data(row: Row, told: int) -> Row:
    about, *cells = row.cells
    texts = (gettext("no data") if place == told else NONE for place in range(1, len(row.cells)))
    return Row(
        [about, *(_unknown(text, each.kind) for text, each in zip(texts, cells, strict=True))], row.key
    )


def _unknown(text: str, kind: str) -> Cell:
    """A cell of which nothing is known; what is said about that stands in every file."""
    return Cell(None if text == NONE else text, text, kind)


@dataclass(frozen=True, slots=True)
class Tables:
    """Makes tables of one report; `hidden` are the names of its cells that nobody may see.

    `untold`: figures that stand nowhere in it, unless they have a value or are hidden.
    """

    hidden: frozenset[str]
    untold: frozenset[str] = frozenset()

    def list(
        self,
        name: str,
        lines: Sequence[Line],
        key: str,
        heading: str,
        columns: Sequence[str],
        *,
        label: Label,
        caption: str,
        total: Line | None = None,
        about: str | None = None,
    ) -> Table:
        """A row for each line. `total` has the figures of a last row, by the columns' names."""
        told = (
            each
            for each in columns
            if any(self.tells(each, line.get(each), f"{name}.{line[key] or ''}.{each}") for line in lines)
        )
        shown = [self.column(each) for each in (told if lines else columns)]
        rows = [
            Row(
                [
                    cell(label(line)),
                    *(
                        self.figure(line.get(each.key), each.kind, f"{name}.{line[key] or ''}.{each.key}")
                        for each in shown
                    ),
                ],
                key=str(line[key]) if line[key] is not None else None,
            )
            for line in lines
        ]
        last = None
        if total is not None:
            figures = [
                self.figure(total.get(each.key), each.kind, f"attendance.{each.key}") for each in shown
            ]
            last = Row([cell(gettext("All")), *figures], key="total")
        return Table(name, caption, [Column(key, heading), *shown], rows, last, about)

    def facts(self, name: str, caption: str, facts: Sequence[tuple[str, str, Cell]]) -> Table:
        """A row for each figure: its key in the JSON, what it is called, and the cell."""
        columns = [Column("figure", gettext("Figure")), Column("value", gettext("Value"), "decimal")]
        rows = [
            Row([cell(term), self.figure_cell(found, f"{name}.{key}")], key=key)
            for key, term, found in facts
            if self.tells(key, found.value, f"{name}.{key}")
        ]
        return Table(name, caption, columns, rows, most=99)

    def tells(self, figure: str, value: Value, where: str) -> bool:
        """Whether the figure has any place here, if only as a hidden one."""
        return figure not in self.untold or value is not None or where in self.hidden

    def figure(self, value: Value, kind: str, where: str) -> Cell:
        return self.figure_cell(cell(value, kind), where)

    def figure_cell(self, found: Cell, where: str) -> Cell:
        if found.value is None and where in self.hidden:
            return Cell(None, HIDDEN, found.kind)
        return found

    @staticmethod
    def column(key: str) -> Column:
        heading, kind, formula, sums = COLUMNS[key]
        return Column(key, str(heading), kind, formula, sums)
