"""A report laid out for reading, in one language: what every file and page of it is made from.

Every figure stands here once, as the `value` of the report JSON, unrounded, beside the `text` that people
read. PDF and page show the text, spreadsheets the value.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

HIDDEN = ".."  # a cell that would tell of too few persons

Value = float | int | str | None
# A numerator and a denominator, each the "{key}" of a column in the same row, or a name from the key figures.
Formula = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure or word. `kind`: text, hours, share, count, money, decimal. `code`: of a judgement, met …"""

    value: Value
    text: str
    kind: str = "text"
    formula: Formula | None = None
    code: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """`key` is the name in the report JSON. `sums`: the cells add up to the total's."""

    key: str
    heading: str
    kind: str = "text"
    formula: Formula | None = None
    sums: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """`key`: the slug that the row is about, or the name of the figure in it."""

    cells: Sequence[Cell]
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """`name` is the list or group of the report JSON. `most`: how many rows a page shows unfolded."""

    name: str
    caption: str
    columns: Sequence[Column]
    rows: Sequence[Row]
    total: Row | None = None
    about: str | None = None  # category, resource …: what the bookings behind a row are chosen by
    most: int = 12

    @property
    def is_facts(self) -> bool:
        """One figure a row, each of its own kind."""
        return self.columns[-1].key == "value"

    @property
    def all_rows(self) -> list[Row]:
        return [*self.rows, *([self.total] if self.total else [])]


@dataclass(frozen=True, slots=True)
class Bar:
    """`share` from 0 to 1, None where nothing could be divided. `strong`: what the report is about."""

    label: str
    share: float | None
    text: str
    strong: bool = True


@dataclass(frozen=True, slots=True)
class Chart:
    """`kind`: bars, columns or stacked. `alt` tells in words what it shows; `goal` is a share to reach."""

    kind: str
    title: str
    alt: str
    bars: Sequence[Bar]
    goal: float | None = None
    note: str = ""  # what the marks in it mean


@dataclass(frozen=True, slots=True)
class Heat:
    """Shares by row and column, darker where higher; None where it was never open."""

    title: str
    alt: str
    rows: Sequence[str]
    columns: Sequence[str]
    cells: Sequence[Sequence[float | None]]
    kind: str = "heat"
    note: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with what stands below it. `front`: on the first page; `annex`: names companies."""

    key: str
    title: str
    lead: str = ""
    charts: Sequence[Chart | Heat] = ()
    tables: Sequence[Table] = ()
    notes: Sequence[str] = ()
    front: bool = False
    annex: bool = False


@dataclass(frozen=True, slots=True)
class Figure:
    """One of the figures at the top. `key` names it in the report JSON."""

    key: str
    term: str
    text: str
    note: str
    is_known: bool = True


@dataclass(frozen=True, slots=True)
class Remark:
    """What is said above the figures; pages fold the `details`.

    `about`: replaced, no_data, so_far, since_data, corrected.
    """

    about: str
    text: str
    details: Sequence[str] = ()

    @property
    def lines(self) -> list[str]:
        return [self.text, *self.details]


@dataclass(frozen=True, slots=True)
class Layout:
    """The whole report. `labels` are the few words that the files themselves need.

    `made_at`: when the figures were frozen, or, of live ones, taken.
    """

    language: str
    title: str
    office: str
    project: str
    period: str
    author: str
    made_at: datetime
    figures: Sequence[Figure]
    words: Sequence[str]
    words_language: str  # theirs, where it is not the report's
    sections: Sequence[Section]
    measures: Section  # with the definitions
    definitions: Sequence[tuple[str, str]]
    method: str
    seal: Sequence[str]
    labels: dict[str, str]
    remarks: Sequence[Remark] = ()

    def tables(self) -> Iterator[tuple[Section, Table]]:
        for section in [*self.sections, self.measures]:
            for table in section.tables:
                yield section, table


@dataclass(frozen=True, slots=True)
class RawRows:
    """The bookings behind the figures, without personal data. Instants are on the office's clock, naive.

    `headings` in the reader's language; `kinds` as of cells, and "moment". None of `rows`: they are not those
    that were counted any more; `note` says so.
    """

    headings: Sequence[str]
    kinds: Sequence[str]
    rows: Sequence[Sequence[Any]] | None
    note: str
