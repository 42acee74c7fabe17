"""What differs between two reports of one period."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

SECTIONS = ("totals", "attendance", "no_shows")
LISTS = {
    "by_category": "category",
    "by_resource": "resource",
    "by_kind": "kind",
    "by_activity": "activity",
    "by_organisation": "organisation",
}
FOLLOWING = {"by_hour": "cell"}  # no news beside the others, yet it must be right
# What depends on other periods, on today's knowledge of organisations, or on when one asks: a change of these
# alone makes no revision.
BESIDE_SECTIONS = ("companies", "video", "quality")
BESIDE_LISTS = {
    "targets": "indicator",
    "trend": "month",
    "compared": "compared",
    "by_funder": "organisation",
    "by_municipality": "municipality",
    "lead_time": "ahead",
    "conferences": "office",
    "aid": "organisation",
}

Change = dict[str, Any]


def is_unchanged(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Whether both were counted from the same, in the same way, and came to the same."""
    same = all(before.get(name) == after.get(name) for name in ("method", "checksum", "headline"))
    return same and not changes(before, after)


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    """What a revision changed: figures, the host's own words, and what goals were judged to be."""
    return [*figures_changed(before, after), *_said_anew(before, after)]


def _said_anew(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    old, new = (dict(_said(each)) for each in (before, after))
    return [
        {"figure": what, "before": old.get(what), "after": new.get(what)}
        for what in {**old, **new}
        if old.get(what) != new.get(what)
    ]


def _said(report: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for language, text in (report.get("words") or {}).items():
        yield f"words.{language}", text
    for line in report.get("judgements", ()):
        yield f"judgements.{line['judgement']}.status", line["status"]
        if line["note"]:
            yield f"judgements.{line['judgement']}.note", line["note"]


def figures_changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    """Every figure that differs, as `{"figure": "by_category.company.used_hours", "before", "after"}`.

    What one of them lacks is None there. Names are no figures, and a section that only one has is left out:
    a report frozen by an older version of the program knows fewer.
    """
    return _differences(before, after, SECTIONS, LISTS)


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    """The same, to the last of the period's own figures: for whoever counts again."""
    return _differences(before, after, SECTIONS, {**LISTS, **FOLLOWING})


def changes_beside(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    """The same of what stands beside the period's own figures: other periods, targets, quality."""
    return _differences(before, after, BESIDE_SECTIONS, BESIDE_LISTS)


def _differences(
    before: Mapping[str, Any], after: Mapping[str, Any], sections: Sequence[str], lists: Mapping[str, str]
) -> list[Change]:
    both = before.keys() & after.keys()
    own = [section for section in sections if section in both]
    keys = {section: key for section, key in lists.items() if section in both}
    old, new = (dict(_figures(each, own, keys)) for each in (before, after))
    return [
        {"figure": figure, "before": old.get(figure), "after": new.get(figure)}
        for figure in {**old, **new}
        if old.get(figure) != new.get(figure)
    ]


def _figures(
    report: Mapping[str, Any], sections: Sequence[str], lists: Mapping[str, str]
) -> Iterator[tuple[str, Any]]:
    for section in sections:
        yield from _numbers(section, report[section])
    for section, key in lists.items():
        for row in report[section]:
            yield from _numbers(f"{section}.{row[key]}", row)


def _numbers(prefix: str, values: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in values.items():
        if isinstance(value, int | float) or value is None:
            yield f"{prefix}.{name}", value
