"""The report for the public: no company is named, and no cell tells of fewer than five persons.

A hidden cell is null and stands in `suppressed`. One hidden alone in its column could be had by
subtraction, so others are hidden with it, the smallest first, until those hidden hold five together.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.services.reports.aid import SECTIONS as ABOUT_AID
from app.services.reports.document import Report

FEWEST = 5
SEXES = ("women", "men", "other")
HEADS = {"by_category": "category", "by_activity": "activity", "by_municipality": "municipality"}
OF_HEADS = frozenset(
    {*SEXES, "share_women", "share_men", "persons_hours", "occupancy", "seat_fill", "counted"}
)
TARGETS_OF_HEADS = frozenset({"share_women", "visits", "occupancy", "seat_fill"})
HIDDEN_ABOUT_FEW = ("persons_hours", "occupancy", "seat_fill")


def for_public(report: Report) -> Report:
    """A copy that may be published: without `by_organisation`, small cells hidden with their complement."""
    if report.get("audience") == "public":
        return report
    found: Report = {name: _copied(value) for name, value in report.items() if name not in ABOUT_AID}
    hidden = _Hidden()
    found["by_organisation"] = []
    found["by_funder"] = []  # companies may be among them
    visits = found["attendance"]
    for section, key in HEADS.items():
        _hide_small(found.get(section, []), section, key, hidden)
    _hide_totals(found, visits, hidden)
    for line in found.get("compared", []):
        where = f"compared.{line['compared']}"
        for sex in SEXES:
            if visits[sex] is None and line["compared"] == "project_to_date":
                hidden.hide(line, sex, where)  # the difference from the report before would tell
        if _hide_alone(line, where, hidden):
            line["seat_fill"] = None
    # What two revisions differ by may be one person.
    found["changes"] = [line for line in found.get("changes", []) if not _tells_of_people(line["figure"])]
    found["audience"] = "public"
    found["suppressed"] = [{"cell": cell, "hidden": True} for cell in hidden.cells]
    if "quality" in found:
        found["quality"]["suppressed_cells"] = len(hidden.cells)
    return found


def without_annex(report: Report) -> Report:
    """A copy without the annex, which names companies."""
    changes = [
        each for each in report.get("changes", []) if not each["figure"].startswith("by_organisation.")
    ]
    kept = {name: value for name, value in report.items() if name not in ABOUT_AID}
    return {**kept, "by_organisation": [], **({"changes": changes} if "changes" in report else {})}


@dataclass
class _Hidden:
    cells: list[str] = field(default_factory=list)

    def hide(self, line: dict[str, Any], figure: str, where: str) -> None:
        line[figure] = None
        self.cells.append(f"{where}.{figure}")


def _copied(value: Any) -> Any:
    if isinstance(value, list):
        return [dict(line) for line in value]
    return dict(value) if isinstance(value, Mapping) else value


def _is_small(number: int | None) -> bool:
    return number is not None and 0 < number < FEWEST


def _hide_small(lines: Sequence[dict[str, Any]], section: str, key: str, hidden: _Hidden) -> None:
    """Hides small cells of each column, and as many more as keep them from being worked out."""
    for sex in SEXES:
        numbers = {index: line[sex] for index, line in enumerate(lines) if line[sex]}
        for index in _to_hide(numbers):
            hidden.hide(lines[index], sex, f"{section}.{lines[index][key] or ''}")
    for line in lines:
        if (line["women"] is None or line["men"] is None) and "share_women" in line:
            line["share_women"] = None


def _to_hide(numbers: Mapping[int, int]) -> list[int]:
    """Which of the numbers of a column, whose sum is known, may not be seen."""
    by_size = sorted(numbers, key=lambda index: (numbers[index], index))
    chosen = [index for index in by_size if _is_small(numbers[index])]
    rest = by_size[len(chosen) :]
    while chosen and rest and (len(chosen) < 2 or sum(numbers[index] for index in chosen) < FEWEST):
        chosen.append(rest.pop(0))
    return chosen


def _hide_totals(found: Report, visits: dict[str, Any], hidden: _Hidden) -> None:
    """The sums themselves, where so few came."""
    everybody = sum(visits[sex] or 0 for sex in SEXES)
    small = _hide_alone(visits, "attendance", hidden)
    lacking = any(visits[sex] is None for sex in SEXES)
    if "share_men" in visits and visits["share_women"] is None:
        visits["share_men"] = None
    for target in found.get("targets", []):
        depends = target["indicator"] in TARGETS_OF_HEADS
        if depends and (small or (target["indicator"] == "visits" and lacking)):
            target["outcome"] = target["to_date"] = None
    if small or _is_small(everybody):
        for figure in HIDDEN_ABOUT_FEW:
            if found["totals"].get(figure) is not None:
                hidden.hide(found["totals"], figure, "totals")
        if found["headline"]["counts"] == "seats":
            found["headline"]["value"] = None


def _hide_alone(line: dict[str, Any], where: str, hidden: _Hidden) -> bool:
    """Hides the small ones of three numbers whose sum is not told; True where women or men are among them."""
    for sex in SEXES:
        if _is_small(line[sex]):
            hidden.hide(line, sex, where)
    small = line["women"] is None or line["men"] is None
    if small:
        line["share_women"] = None
    return small


def _tells_of_people(figure: str) -> bool:
    return figure.split(".")[0] == "by_organisation" or figure.rpartition(".")[2] in OF_HEADS
