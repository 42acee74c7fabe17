"""What a revision changed: in short for the first page and the mail, and every figure for the end."""

from collections.abc import Iterator, Mapping
from typing import Any

from flask_babel import get_locale, gettext, lazy_gettext

from app.reports.layout import Cell, Column, Remark, Row, Section, Table
from app.services.reports.aid import WORTH
from app.wording.formats import hours
from app.wording.report.cells import COLUMNS, Line, category_names, cell, name_of
from app.wording.report.measures import FIGURES
from app.wording.report.since import causes_told
from app.wording.report.words import (
    COUNTS,
    HEADS,
    HOURS,
    JUDGED,
    KINDS,
    OWN_WORDS,
    SHARES,
    indicator_name,
    is_share,
)
from app.wording.reports import lead_time_text

VISITS = "attendance.visits"  # of the figures at the top; changes have women, men and other
SHORT = (  # after the first figure: in the order of those at the top, then what is not among them
    *("totals.used_hours", "totals.bookings", VISITS, "attendance.share_women", "totals.day_frequency"),
    *("totals.no_show_rate", "totals.utilisation", "totals.seat_fill", "aid_total.value", "aid_total.aid"),
)
MOST_SHORT = 5
# Told by the totals already.
TWICE = frozenset({"no_shows.no_shows", "no_shows.no_show_rate"})
NAMES = {
    **{key: heading for key, (heading, *_) in COLUMNS.items()},
    **SHARES,
    **COUNTS,
    **HOURS,
    **HEADS,
    "no_shows": lazy_gettext("Bookings that nobody came to"),
    "days_open": lazy_gettext("Open days"),
    "days_used": lazy_gettext("Days with any use"),
    "persons_hours": lazy_gettext("Persons times hours"),
    "share_men": lazy_gettext("Share of men"),
    "lead_time_hours": lazy_gettext("Booked ahead, median"),
    "held_hours": lazy_gettext("Hours that no-shows held"),
    "rebooked_hours": lazy_gettext("Released, and used by others"),
    "empty_hours": lazy_gettext("Left empty"),
    "counted": lazy_gettext("Bookings with a head count"),
    "missing": lazy_gettext("Bookings without a head count"),
    "organisations": lazy_gettext("Organisations"),
    "resources": lazy_gettext("Resources"),
    "currency": lazy_gettext("Currency of the values"),
    "cap_currency": lazy_gettext("Currency of the cap"),
    "status": lazy_gettext("Judgement"),
    "judgement": lazy_gettext("Judgement"),
    "to_date": lazy_gettext("Project to date"),
    "note": lazy_gettext("Note"),
}


def correction(report: Line) -> Remark | None:
    """What it corrects; why, and the first figures before and after. None of a first revision."""
    number = report.get("revision") or 0
    if number < 2:
        return None
    causes = causes_told(report)
    why = [gettext("Why: %(causes)s.", causes=", ".join(causes))] if causes else []
    if figures := [f"{name}: {before} → {after}" for name, before, after in _short(report)]:
        changed = "; ".join(figures) + "."
    else:
        changed = gettext("The figures on this page are as they were.")
    told = gettext("This report corrects revision %(number)s, which it replaces.", number=number - 1)
    return Remark("corrected", told, [*why, changed])


def _short(report: Line) -> Iterator[tuple[str, str, str]]:
    changes = {change["figure"]: change for change in report.get("changes", ())}
    changes[VISITS] = _visits(report, changes)
    first = f"totals.{FIGURES[report['headline']['counts']]}"
    judged = [figure for figure in changes if figure.endswith(".judgement")]
    told = [figure for figure in dict.fromkeys([first, *SHORT]) if _cells(changes.get(figure))]
    for figure in [*told[:MOST_SHORT], *judged]:
        before, after = _cells(changes[figure])
        yield _figure_name(figure, report), before.text, after.text


def _visits(report: Line, changes: Mapping[str, Line]) -> Line | None:
    """What their numbers add up to before and after; None where nobody is told of one of them."""
    found = [changes.get(f"attendance.{sex}") or _unchanged(report["attendance"][sex]) for sex in HEADS]
    before, after = ([each[when] for each in found] for when in ("before", "after"))
    if None in before or None in after:
        return None
    return {"figure": VISITS, "before": sum(before), "after": sum(after)}


def _unchanged(value: int | None) -> Line:
    return {"before": value, "after": value}


def changes_table(report: Line) -> Section | None:
    """Every figure that reads differently, with its name and unit; None where there is none."""
    columns = [
        Column("figure", gettext("Figure")),
        Column("before", gettext("Before"), "decimal"),
        Column("after", gettext("After"), "decimal"),
    ]
    rows = [
        Row([cell(_figure_name(change["figure"], report)), *cells], key=change["figure"])
        for change in report.get("changes") or ()
        if change["figure"] not in TWICE and (cells := _cells(change))
    ]
    title = gettext("What this revision changed, figure by figure")
    return Section("changes", title, tables=[Table("changes", title, columns, rows)]) if rows else None


def _cells(change: Line | None) -> list[Cell]:
    """Before and after; nothing where both read the same."""
    if change is None:
        return []
    found = [_cell(change[when], change["figure"]) for when in ("before", "after")]
    return [] if found[0].text == found[1].text else found


def _cell(value: Any, figure: str) -> Cell:
    name = figure.rpartition(".")[2]
    if isinstance(value, str) and value in JUDGED:
        return cell(str(JUDGED[value]))
    if name == "to_date":
        indicator = figure.removeprefix("targets.").removesuffix(".to_date")
        return cell(value, "share" if is_share(indicator) else "count")
    if name == "lead_time_hours":
        return Cell(value, lead_time_text(value), "hours")
    if name.endswith("_hours"):
        return Cell(value, hours(value), "hours")
    if _is_money(name):
        return cell(value, "money")
    return cell(value, "share" if name.startswith("share") or name in SHARES else "count")


def _figure_name(figure: str, report: Line) -> str:
    section, _, rest = figure.partition(".")
    if section == "words":
        return str(OWN_WORDS[rest])
    about, _, name = rest.rpartition(".")
    found = _with_currency(name, str(NAMES.get(name, name)), report)
    if section == "aid_total":
        return gettext("All organisations: %(figure)s", figure=found)
    return f"{_about(section, about, report)}: {found}" if about else found


def _is_money(name: str) -> bool:
    return name in COLUMNS and COLUMNS[name][1] == "money"


def _with_currency(name: str, found: str, report: Line) -> str:
    if not _is_money(name) or not report.get("aid_terms"):
        return found
    terms = report["aid_terms"]
    return f"{found}, {terms['currency' if name in WORTH else 'cap_currency']}"


def _about(section: str, about: str, report: Line) -> str:
    """What a line of a list is about, in words."""
    if section == "by_kind":
        return str(KINDS[about])
    if section == "targets":
        return indicator_name(about, category_names(report, _language()))
    if section == "aid":
        section = "by_organisation"  # who is in the annex no more is in the report all the same
    key = section.removeprefix("by_")
    gone = {key: None if about == "None" else about}
    line = next((each for each in report.get(section, ()) if str(each.get(key)) == about), gone)
    return name_of(line, key, _language())


def _language() -> str:
    return str(get_locale()).partition("_")[0]
