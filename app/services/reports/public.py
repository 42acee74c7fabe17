"""The version of a report for the public, which anybody may lay beside all others and subtract.

What is not known here is left out. No organisation is named. Numbers of persons are told in one place only:
women, men and other of a calendar month, in all and by category, as they were when the month was first
frozen. Small ones are hidden, with those that would give them away (`app.domain.suppression`). No longer
period, no comparison, no revision and no other list tells of the same persons once more.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from app.domain.period import Period
from app.domain.suppression import Group, hidden_in
from app.extensions import db
from app.models import Office, Project, ReportSnapshot
from app.services.reports.aid import SECTIONS as ABOUT_AID
from app.services.reports.changes import is_about_money
from app.services.reports.document import Report, period_of
from app.services.reports.since import MONEY_CAUSES

SEXES = ("women", "men", "other")
# What tells of persons, or of single organisations, wherever it stands.
UNTOLD = frozenset(
    {
        *SEXES,
        "share_women",
        "share_men",
        "counted",
        "missing",
        "head_counts_missing",
        "head_counts_missing_share",
        "persons_hours",
        "occupancy",
        "seat_fill",
        "organisations",
        "outside_visits",
        "closed_visits",
    }
)
TARGETS_OF_PERSONS = frozenset({"share_women", "visits", "occupancy", "seat_fill"})
TOLD = frozenset(
    {
        *("office", "office_name", "timezone", "period", "method", "project", "project_name"),
        *("revision", "frozen_at", "headline", "totals", "attendance", "trend", "compared", "data_from"),
        "since_data",
        *("no_data", "so_far"),
        *("by_category", "by_activity", "by_resource", "by_kind", "by_office", "by_municipality", "by_hour"),
        *("targets", "goals", "judgements", "words", "no_shows", "lead_time", "companies"),
        *("video", "conferences", "quality", "changes"),
    }
)
NAMING = ("by_organisation", "by_funder")  # companies may be among them


def is_for_public(period: Period, project: Project | None) -> bool:
    """Whether the period is of a kind that is published: whole months, as far as the project lasts."""
    ends = (period.first, project and project.starts_on), (period.last_exclusive, project and project.ends_on)
    return all(day.day == 1 or day == of_project for day, of_project in ends)


def for_public(report: Report) -> Report:
    """A copy that may be published."""
    if report.get("audience") == "public":
        return report
    first = _first_frozen(report)
    return public_version(report, first if first and _persons(first) == _persons(report) else None)


def without_annex(report: Report) -> Report:
    """A copy without the annex, which names companies."""
    changes = [
        each
        for each in report.get("changes", [])
        if not each["figure"].startswith("by_organisation.") and not is_about_money(each)
    ]
    causes = [each for each in report.get("causes", []) if each["cause"] not in MONEY_CAUSES]
    kept = {name: value for name, value in report.items() if name not in ABOUT_AID}
    told = {"changes": changes, "causes": causes}
    return {**kept, "by_organisation": [], **{name: told[name] for name in told if name in report}}


def public_version(report: Report, first: Report | None) -> Report:
    """The version for the public. `first` is the month as first frozen; without it no persons are told."""
    found: Report = {name: _untold(value) for name, value in report.items() if name in TOLD}
    found |= {name: [] for name in NAMING}
    found["audience"] = "public"
    found["tells_persons"] = first is not None
    if found["headline"]["counts"] == "seats":
        found["headline"] = {"counts": "hours", "value": found["totals"]["utilisation"]}
    hidden = _tell_persons(found, first) if first else []
    _tell_companies(found)
    found["targets"] = [_target(line, found["attendance"]) for line in found.get("targets", [])]
    if "changes" in found:
        found["changes"] = [
            {name: line[name] for name in ("figure", "before", "after")}
            for line in found["changes"]
            if not _tells_of_persons(line["figure"]) and not is_about_money(line)
        ]
    found["suppressed"] = [{"cell": cell, "hidden": True} for cell in sorted(hidden)]
    if "quality" in found:
        found["quality"]["suppressed_cells"] = len(hidden)
    # The report's own is made of all heads of every booking: who knows nearly all could try out the rest.
    found["checksum"] = _checksum(found)
    return found


def _first_frozen(report: Report) -> Report | None:
    """The calendar month as it was first frozen, whatever project it was for."""
    period = period_of(report)
    if not period.is_month:
        return None
    query = (
        select(ReportSnapshot.content)
        .join(Office, Office.id == ReportSnapshot.office_id)
        .where(Office.slug == report["office"])
        .where(ReportSnapshot.starts_on == period.first, ReportSnapshot.ends_on == period.last_exclusive)
        .order_by(ReportSnapshot.id)
        .limit(1)
    )
    return db.session.scalar(query)


def _persons(report: Report) -> tuple[Any, ...]:
    """All that the version for the public is made of where it tells of persons."""
    by_category = {
        line["category"]: (*(line[sex] for sex in SEXES), _is_alone(line))
        for line in report["by_category"]
        if any(line[sex] for sex in SEXES)
    }
    return tuple(report["attendance"][sex] for sex in SEXES), by_category


def _is_alone(line: Mapping[str, Any]) -> bool:
    return line.get("organisations") == 1


def _untold(value: Any) -> Any:
    """A copy without anything about persons, at any depth."""
    if isinstance(value, Mapping):
        return {name: None if _is_untold(name, each) else _untold(each) for name, each in value.items()}
    return [_untold(each) for each in value] if isinstance(value, list) else value


def _is_untold(name: str, value: Any) -> bool:
    return name in UNTOLD and not isinstance(value, bool)  # a yes or no is no number


def _tell_persons(found: Report, first: Report) -> list[str]:
    """Fills in what may be seen, and returns the names of the cells that may not."""
    visits, hidden = found["attendance"], []
    for sex in SEXES:
        keys = hidden_in(
            [
                Group(line["category"], line[sex], line["used_hours"], _is_alone(line))
                for line in first["by_category"]
            ]
        )
        if keys is None:
            hidden.append(f"attendance.{sex}")
        else:
            visits[sex] = first["attendance"][sex]
        known = {line["category"]: line[sex] for line in first["by_category"]}
        for line in found["by_category"]:
            if keys is None or line["category"] in keys:
                hidden.append(f"by_category.{line['category'] or ''}.{sex}")
            else:
                line[sex] = known.get(line["category"], 0)
    if visits["women"] is not None and visits["men"] is not None:
        visits |= {share: first["attendance"][share] for share in ("share_women", "share_men")}
    return hidden


def _tell_companies(found: Report) -> None:
    """One company alone is not told of."""
    companies = found.get("companies")
    if companies and companies["in_period"] == 1:
        companies["in_period"] = companies["new_in_period"] = None
    for line in found.get("targets", []):
        if companies and line["indicator"] == "unique_companies":
            line["outcome"] = companies["in_period"]


def _target(line: Mapping[str, Any], visits: Mapping[str, Any]) -> dict[str, Any]:
    """A target about persons, as far as the numbers of the month itself tell of it."""
    indicator = line["indicator"]
    if indicator not in TARGETS_OF_PERSONS:
        return dict(line)
    outcome = visits["share_women"] if indicator == "share_women" else None
    if indicator == "visits" and None not in (numbers := [visits[sex] for sex in SEXES]):
        outcome = sum(numbers)
    judged = indicator == "share_women" and outcome is not None
    status = line["status"] if judged else "open"
    return {**line, "outcome": outcome, "to_date": None, "status": status}


def _tells_of_persons(figure: str) -> bool:
    about = figure.rpartition(".")[0].removeprefix("targets.")
    if figure.startswith("targets.") and about in TARGETS_OF_PERSONS | {"unique_companies"}:
        return True
    return figure.startswith("by_organisation.") or figure.rpartition(".")[2] in UNTOLD


def _checksum(found: Report) -> str:
    """SHA-256 over what is published: its JSON without spaces, keys in order."""
    text = json.dumps(found, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
