"""What differs between two reports of one period."""

from collections.abc import Iterator, Mapping
from typing import Any

SECTIONS = ("totals", "attendance")
LISTS = {
    "by_category": "category",
    "by_resource": "resource",
    "by_kind": "kind",
    "by_activity": "activity",
    "by_organisation": "organisation",
}


def is_unchanged(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Whether both were counted from the same, in the same way, and came to the same."""
    same = all(before.get(name) == after.get(name) for name in ("method", "checksum", "headline"))
    return same and not changes(before, after)


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Every figure that differs, as `{"figure": "by_category.company.used_hours", "before", "after"}`.

    What one of them lacks is None there. Names are no figures.
    """
    old, new = dict(_figures(before)), dict(_figures(after))
    return [
        {"figure": figure, "before": old.get(figure), "after": new.get(figure)}
        for figure in {**old, **new}
        if old.get(figure) != new.get(figure)
    ]


def _figures(report: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for section in SECTIONS:
        yield from _numbers(section, report[section])
    for section, key in LISTS.items():
        for row in report[section]:
            yield from _numbers(f"{section}.{row[key]}", row)


def _numbers(prefix: str, values: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in values.items():
        if isinstance(value, int | float) or value is None:
            yield f"{prefix}.{name}", value
