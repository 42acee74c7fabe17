"""Verdicts, and the table that holds them."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median, quantiles


@dataclass(frozen=True)
class Measured:
    """A name, what was measured, and the most that it may be; without a target it only informs."""

    name: str
    value: float
    unit: str
    target: float | None = None
    note: str = ""

    @property
    def verdict(self) -> str:
        if self.target is None:
            return ""
        return "held" if self.value <= self.target else "MISSED"


def ratio(
    name: str, values: Sequence[float], unit: str, target: float | None = None, note: str = ""
) -> Measured:
    """The median of the rounds, so that a disturbed one does not count, and how far they lie apart."""
    low, _, high = quantiles(values, n=4) if len(values) > 1 else (values[0],) * 3
    spread = f"half of the rounds {low:.2f} to {high:.2f}"
    return Measured(name, median(values), unit, target, f"{spread}; {note}" if note else spread)


def table(rows: Sequence[Measured]) -> str:
    """Markdown that reads well as it is."""
    lines = [
        ("what", "measured", "at most", "verdict", "notes"),
        *((row.name, _number(row.value, row.unit), _target(row), row.verdict, row.note) for row in rows),
    ]
    widths = [max(len(line[column]) for line in lines) for column in range(4)]
    written = ["| " + " | ".join([*map(str.ljust, line[:4], widths), line[4]]) + " |" for line in lines]
    written.insert(1, "| " + " | ".join(["-" * width for width in widths] + ["---"]) + " |")
    return "\n".join(written)


def _target(row: Measured) -> str:
    return "" if row.target is None else _number(row.target, row.unit)


def _number(value: float, unit: str) -> str:
    shown = f"{value:.0f}" if value >= 100 or value == int(value) else f"{value:.2f}"
    return f"{shown} {unit}"
