"""What differs between two reports of one period."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from app.services.reports.aid import AMOUNTS, COUNTED_MONEY, WORTH
from app.services.reports.targets import is_goal, judgement_of

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
}
MONEY_TERMS = ("currency", "cap_currency")
STANDING = ("received", "share_of_cap")  # of the annex, what depends on three years and on others
ABOUT_MONEY = ("aid", "aid_total", "aid_terms")  # what changes of money are called by

Change = dict[str, Any]


def is_unchanged(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Whether both were counted from the same, in the same way, and came to the same."""
    same = all(before.get(name) == after.get(name) for name in ("method", "checksum", "headline"))
    return same and not changes(before, after)


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    """What a revision changed: figures, money, the host's own words, and what goals were judged to be.

    Where anything did, also how targets are judged now: that alone makes no revision, since it depends on
    other periods.
    """
    money = money_changed(before, after)
    if money:
        money += standing_changed(before, after)
    found = [*figures_changed(before, after), *money, *_said_anew(before, after)]
    return [*found, *_judged_anew(before, after)] if found else []


def is_about_money(change: Mapping[str, Any]) -> bool:
    """Whether only those may read the change who may read the annex about money."""
    return change["figure"].partition(".")[0] in ABOUT_MONEY


def money_changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    """What differs in the annex about money: what use was worth, what was aid, caps and currencies.

    Nothing where the first report was frozen by a version of the program that did not know of money; amounts
    alone where its annex did not tell hours without a value apart. An organisation that one of them lacks has
    0 there.
    """
    if COUNTED_MONEY not in before and "aid" not in before:
        return []
    names = WORTH if all(line.keys() >= {*WORTH} for line in before.get("aid", ())) else AMOUNTS
    old, new = (_money_of(each, names) for each in (before, after))
    found = [(figure, old.get(figure, 0), new.get(figure, 0)) for figure in {**old, **new}]
    said = before.get("aid_terms"), after.get("aid_terms")
    if said[0] and said[1]:
        found += [(f"aid_terms.{each}", said[0].get(each), said[1].get(each)) for each in MONEY_TERMS]
    return [*_changed(found), *_of_companies(before, after, ("cap",))]


def standing_changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    """What the companies of both had received in three years, and its share of the cap, where it differs."""
    return _of_companies(before, after, STANDING)


def _money_of(report: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    lines = report.get("aid", ())
    totals = {f"aid_total.{name}": round(sum(line[name] for line in lines), 6) for name in names}
    return totals | {f"aid.{line['organisation']}.{name}": line[name] for line in lines for name in names}


def _of_companies(before: Mapping[str, Any], after: Mapping[str, Any], names: Sequence[str]) -> list[Change]:
    """Of those that received aid in both."""
    old, new = (
        {line["organisation"]: line for line in each.get("aid", ()) if line["received"] is not None}
        for each in (before, after)
    )
    return _changed(
        [
            (f"aid.{slug}.{name}", line[name], new[slug][name])
            for slug, line in old.items()
            if slug in new
            for name in names
        ]
    )


def _changed(figures: Sequence[tuple[str, Any, Any]]) -> list[Change]:
    return [
        {"figure": figure, "before": before, "after": after}
        for figure, before, after in figures
        if before != after
    ]


def _said_anew(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    old, new = (dict(_said(each)) for each in (before, after))
    return _changed([(what, old.get(what), new.get(what)) for what in {**old, **new}])


def _judged_anew(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    old, new = (
        {line["indicator"]: line for line in each.get("targets", ()) if not is_goal(line["indicator"])}
        for each in (before, after)
    )
    found = []
    for name, then in old.items():
        if now := new.get(name):
            found.append((f"targets.{name}.judgement", judgement_of(then), judgement_of(now)))
            found.append((f"targets.{name}.to_date", then.get("to_date"), now.get("to_date")))
    return _changed(found)


def is_about_targets(change: Mapping[str, Any]) -> bool:
    """Whether it tells how a target is judged now, which depends on other periods too."""
    return str(change["figure"]).startswith("targets.")


def _said(report: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for language, text in (report.get("words") or {}).items():
        yield f"words.{language}", text
    for line in report.get("judgements", ()):
        yield f"judgements.{line['judgement']}.status", line["status"]
        if line["note"]:
            yield f"judgements.{line['judgement']}.note", line["note"]


def figures_changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    """Every figure that differs, as `{"figure": "by_category.company.used_hours", "before", "after"}`.

    A line that one of them lacks is None there. Names are no figures, and a section that only one has is left
    out, as is a figure that the first lacks in it: one frozen by an older version of the program knows fewer.
    """
    return _differences(before, after, SECTIONS, LISTS)


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    """The same, to the last of the period's own figures: for whoever counts again."""
    return _differences(before, after, SECTIONS, {**LISTS, **FOLLOWING})


def changes_beside(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    """The same of what stands beside the period's own figures: other periods, targets, quality, standing."""
    beside = _differences(before, after, BESIDE_SECTIONS, BESIDE_LISTS)
    return [*beside, *standing_changed(before, after)]


def _differences(
    before: Mapping[str, Any], after: Mapping[str, Any], sections: Sequence[str], lists: Mapping[str, str]
) -> list[Change]:
    both = before.keys() & after.keys()
    own = [section for section in sections if section in both]
    keys = {section: key for section, key in lists.items() if section in both}
    old, new = (dict(_figures(each, own, keys)) for each in (before, after))
    known = {**old, **{figure: new[figure] for figure in new if figure.partition(".")[0] in keys}}
    return _changed([(figure, old.get(figure), new.get(figure)) for figure in known])


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
