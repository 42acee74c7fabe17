"""What the report page shows, drawn from the report JSON, live or frozen."""

from datetime import date, datetime, timedelta
from typing import Any

from babel.dates import format_date
from flask import url_for
from flask_babel import get_locale, gettext, lazy_gettext

from app.domain.localtime import local_date, zone
from app.domain.period import Period
from app.models import Office, Project
from app.services.reports import Report, projects_of
from app.web.naming import KIND_HEADINGS, own_name
from app.wording.formats import NONE, hours, number, percent
from app.wording.reports import utilisation_text

SHARES = {
    "utilisation": lazy_gettext("Utilisation"),
    "share_women": lazy_gettext("Share of women"),
    "day_frequency": lazy_gettext("Day frequency"),
    "occupancy": lazy_gettext("Seats taken while in use"),
    "seat_fill": lazy_gettext("Seats taken of all open time"),
    "no_show_rate": lazy_gettext("No-shows"),
    "booked_share": lazy_gettext("Booked share of open time"),
}
COUNTS = {
    "bookings": lazy_gettext("Bookings"),
    "unique_companies": lazy_gettext("Unique companies"),
    "visits": lazy_gettext("Visits"),
}
HOURS = {
    "available_hours": lazy_gettext("Available hours"),
    "booked_hours": lazy_gettext("Booked hours"),
    "used_hours": lazy_gettext("Used hours"),
    "outside_hours": lazy_gettext("Outside opening hours"),
    "lost_hours": lazy_gettext("Lost to closures"),
}
HEADS = {
    "women": lazy_gettext("Women"),
    "men": lazy_gettext("Men"),
    "other": lazy_gettext("Other or not stated"),
}
ONLY = {
    "no_show": lazy_gettext("No-shows"),
    "counted": lazy_gettext("With a head count"),
    "uncounted": lazy_gettext("Without a head count"),
}
JUDGEMENTS = {
    "met": lazy_gettext("Met"),
    "partly": lazy_gettext("Partly met"),
    "not_met": lazy_gettext("Not met"),
    "open": lazy_gettext("Not judged yet"),
}


def named(report: Report, office: str, period: str) -> Report:
    """The report with, in each line of a list, its `name` for the reader and the `url` of its bookings."""
    lines: dict[str, list[dict[str, Any]]] = {}
    for what in ("category", "activity", "organisation", "resource"):
        lines[f"by_{what}"] = [
            {
                **line,
                "name": _name(line) or line[what] or gettext("Not stated"),
                "url": url_for("reports.bookings", office=office, period=period, **{what: line[what]}),
            }
            for line in report[f"by_{what}"]
        ]
    lines["by_kind"] = [{**line, "name": str(KIND_HEADINGS[line["kind"]])} for line in report["by_kind"]]
    return {**report, **lines}


def _name(line: dict[str, Any]) -> str:
    return own_name(line["names"]) if line.get("names") else str(line.get("name") or "")


def target_lines(report: Report) -> list[tuple[str, str, str, str, str]]:
    """Name, promised, outcome, status and its words, for each target."""
    categories = {line["category"]: _name(line) for line in report["by_category"]}
    return [
        (
            _indicator(target["indicator"], categories),
            _amount(target["indicator"], target["target"]),
            _amount(target["indicator"], target["outcome"]),
            target["status"],
            str(JUDGEMENTS[target["status"]]),
        )
        for target in report["targets"]
    ]


def _indicator(indicator: str, categories: dict[str, str]) -> str:
    what, _, category = indicator.partition(":")
    if what == "share" and category:
        return gettext("Share of use: %(category)s", category=categories.get(category, category))
    return str({**SHARES, **COUNTS}.get(indicator, indicator))


def _amount(indicator: str, value: float | None) -> str:
    is_share = indicator in SHARES or indicator.startswith("share:")
    return percent(value, 1) if is_share else number(value)


def headline(report: Report) -> dict[str, str]:
    """The first figure: what the project counts by, its value, and what it is made of."""
    totals = report["totals"]
    if not totals["available_hours"]:
        return {"term": gettext("Utilisation"), "value": NONE, "note": gettext("no open time")}
    counts, value = report["headline"]["counts"], percent(report["headline"]["value"], 1)
    utilisation = utilisation_text(totals["utilisation"])
    if counts == "days":
        note = gettext("of open days had any use; of the hours: %(share)s", share=utilisation)
        return {"term": gettext("Day frequency"), "value": value, "note": note}
    if counts == "seats":
        note = gettext("of all seats through all open hours; of the hours: %(share)s", share=utilisation)
        return {"term": gettext("Seats taken"), "value": value, "note": note}
    note = gettext(
        "%(used)s used of %(available)s available hours",
        used=number(totals["used_hours"], 1),
        available=number(totals["available_hours"], 1),
    )
    return {"term": gettext("Utilisation"), "value": value, "note": note}


def kinds_counted(project: Project | None, report: Report) -> str:
    """What the headline counts, where it is not everything."""
    if all(line["counted"] for line in report["by_kind"]):
        return ""
    counted = [str(KIND_HEADINGS[line["kind"]]).lower() for line in report["by_kind"] if line["counted"]]
    return gettext("counted: %(kinds)s", kinds=", ".join(counted))


def month_lines(months: list[tuple[Period, float | None]]) -> list[tuple[str, float | None, str]]:
    """For a chart with a column each."""
    pattern = "MMM" if len(months) <= 12 and months[0][0].first.year == months[-1][0].first.year else "MMM yy"
    return [
        (format_date(month.first, pattern, locale=get_locale()), share, utilisation_text(share))
        for month, share in months
    ]


def change_lines(report: Report) -> list[tuple[str, str, str]]:
    """The main figures that a revision changed: name, before, after."""
    known: dict[str, tuple[Any, Any]] = {
        "totals.utilisation": (SHARES["utilisation"], percent_of),
        "totals.bookings": (COUNTS["bookings"], number),
        "totals.no_shows": (SHARES["no_show_rate"], number),
        **{f"totals.{figure}": (name, hours) for figure, name in HOURS.items()},
        **{f"attendance.{figure}": (name, number) for figure, name in HEADS.items()},
    }
    return [
        (str(known[change["figure"]][0]), *(known[change["figure"]][1](change[when]) for when in TIMES))
        for change in report.get("changes", ())
        if change["figure"] in known
    ]


TIMES = ("before", "after")


def percent_of(share: float | None) -> str:
    return percent(share, 1)


def period_switch(office: Office, period: Period, now: datetime) -> list[tuple[str, str, bool]]:
    """The same time as month, quarter, half-year, year and project."""
    today = local_date(now, zone(office.timezone))
    last_day = period.last_exclusive - timedelta(days=1)
    anchor = today if today in period else last_day
    year, month = anchor.year, anchor.month
    choices = [
        (gettext("Month"), Period.month_of(anchor)),
        (gettext("Quarter"), Period.parse(f"{year:04}-Q{(month + 2) // 3}")),
        (gettext("Half-year"), Period.parse(f"{year:04}-H{(month + 5) // 6}")),
        (gettext("Year"), Period.parse(f"{year:04}")),
    ]
    choices += [
        (gettext("Project"), Period(project.starts_on, project.ends_on))
        for project in projects_of(office)
        if project.starts_on <= anchor < project.ends_on
    ][:1]
    return [
        (label, url_for("reports.show", office=office.slug, period=each.label), each == period)
        for label, each in choices
    ]


def neighbours(period: Period, first: date | None, today: date) -> tuple[Period | None, Period | None]:
    """The period before and after, where there is anything to see."""
    if ".." in period.label:
        return None, None
    before, after = period.previous(), period.next()
    return (
        before if first and before.last_exclusive > first else None,
        after if after.first <= today else None,
    )


def definitions() -> list[tuple[str, str]]:
    """What the figures mean, in the reader's language."""
    return [(str(term), str(text)) for term, text in DEFINITIONS]


DEFINITIONS = (
    (
        lazy_gettext("Available hours"),
        lazy_gettext(
            "The opening hours of every resource while it was in service, less public holidays and closures."
        ),
    ),
    (
        lazy_gettext("Booked hours"),
        lazy_gettext("The part of the available hours that was booked, no-shows included."),
    ),
    (
        lazy_gettext("Used hours"),
        lazy_gettext("The booked hours without no-shows. Cancelled bookings count for nothing."),
    ),
    (
        lazy_gettext("Utilisation"),
        lazy_gettext(
            "All used hours divided by all available hours. Hours are summed first: it is never a mean of "
            "shares."
        ),
    ),
    (
        lazy_gettext("Share of use"),
        lazy_gettext("The used hours of a category, activity or organisation, of all used hours."),
    ),
    (
        lazy_gettext("Share of capacity"),
        lazy_gettext("The same hours, of all available hours."),
    ),
    (
        lazy_gettext("Bookings"),
        lazy_gettext(
            "Dates with used hours in the period. A booking of several rooms counts its hours in each, "
            "but is one booking, and its visitors are counted once."
        ),
    ),
    (
        lazy_gettext("Category"),
        lazy_gettext("As it was when the booking was made, so no figure moves because an organisation does."),
    ),
    (
        lazy_gettext("Day frequency"),
        lazy_gettext("Days with any use, of the days on which anything was open."),
    ),
    (
        lazy_gettext("No-shows"),
        lazy_gettext("Bookings that nobody came to, of all bookings with hours in the period."),
    ),
    (
        lazy_gettext("Booked ahead"),
        lazy_gettext(
            "The time from when a booking was made until it began. The median: half of the bookings were "
            "made earlier than that, half later. Old bookings are left out where nobody knows when they "
            "were made."
        ),
    ),
    (
        lazy_gettext("Visits"),
        lazy_gettext(
            "Head counts, not unique persons, in the period in which the booking starts. The share of women "
            "is women of women and men; other or not stated is shown beside."
        ),
    ),
    (
        lazy_gettext("Shown apart"),
        lazy_gettext(
            "Time booked outside opening hours, and time that was open by the hours but lost to a closure, "
            "is in neither booked nor used hours."
        ),
    ),
    (
        lazy_gettext("Overlaps in old data"),
        lazy_gettext(
            "Where imported bookings overlap, the time belongs to the one that started first, then to the "
            "lower number, so that the parts always add up."
        ),
    ),
    (
        lazy_gettext("Clock changes"),
        lazy_gettext("Hours are true hours: the day the clocks go back has 25 of them."),
    ),
)
