"""What the charts of a report show, with words for those who cannot see them."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from babel.dates import format_date
from flask_babel import get_locale, gettext

from app.reports.layout import Bar, Chart, Heat, Table
from app.wording.formats import NONE, number, percent, sentence
from app.wording.report.words import HEADS

MOST_BARS = 12
TOLD = 5  # of bars, in the words for those who cannot see them

Line = Mapping[str, Any]


def bars(table: Table, column: str, title: str) -> Chart:
    """The shares in a column of a table, by row."""
    place = [each.key for each in table.columns].index(column)
    found = [
        Bar(str(row.cells[0].text), _share(row.cells[place].value), row.cells[place].text)
        for row in table.rows[:MOST_BARS]
    ]
    return Chart("bars", title, _told(title, found), found)


def months(lines: Sequence[Line], first: str, goal: float | None) -> Chart:
    """The utilisation month by month; those of the period stand out from those before it."""
    several_years = lines[0]["month"][:4] != lines[-1]["month"][:4]
    pattern = "MMM yy" if several_years else "MMM"
    found = [
        Bar(
            format_date(date.fromisoformat(line["from"]), pattern, locale=get_locale()),
            None if line.get("no_data") else line["utilisation"],
            NONE if line.get("no_data") else percent(line["utilisation"], 1),
            strong=line["to"] > first,
        )
        for line in lines
    ]
    known = [bar for bar in found if bar.share is not None]
    title = gettext("Utilisation by month")
    notes = [] if goal is None else [gettext("Dashed: the target, %(share)s", share=percent(goal))]
    if any(line.get("no_data") for line in lines):
        notes.append(gettext("–: no data, the bookings begin later"))
    note = " · ".join(notes)
    if not known:
        return Chart("columns", title, title, found, goal, note)
    highest, lowest = max(known, key=_height), min(known, key=_height)
    alt = gettext(
        "Utilisation by month, from %(first)s (%(first_share)s) to %(last)s (%(last_share)s). "
        "Highest in %(highest)s, %(highest_share)s, lowest in %(lowest)s, %(lowest_share)s.",
        first=known[0].label,
        first_share=known[0].text,
        last=known[-1].label,
        last_share=known[-1].text,
        highest=highest.label,
        highest_share=highest.text,
        lowest=lowest.label,
        lowest_share=lowest.text,
    )
    return Chart("columns", title, alt, found, goal, note)


def heads(attendance: Line) -> Chart | None:
    """Women, men and others of all visits; None where nobody was counted or a part is hidden."""
    parts = [(str(name), attendance[sex]) for sex, name in HEADS.items()]
    if any(visits is None for _, visits in parts):
        return None
    everybody = sum(visits for _, visits in parts)
    if not everybody:
        return None
    found = [Bar(name, visits / everybody, number(visits)) for name, visits in parts]
    title = gettext("People who came: women, men, other")
    return Chart("stacked", title, _told(gettext("People who came"), found), found)


def heat(lines: Sequence[Line]) -> Heat:
    """Utilisation by weekday and hour."""
    by_cell = {(line["weekday"], line["hour"]): line["utilisation"] for line in lines}
    weekdays = sorted({weekday for weekday, _ in by_cell})
    hours = range(min(hour for _, hour in by_cell), max(hour for _, hour in by_cell) + 1)
    (day, hour), share = max(by_cell.items(), key=lambda item: item[1] or 0)
    alt = gettext(
        "Utilisation by weekday and hour. Most used: %(day)s %(hours)s, %(share)s.",
        day=weekday_name(day),
        hours=hour_name(hour),
        share=percent(share, 1),
    )
    return Heat(
        title=gettext("Utilisation by weekday and hour"),
        alt=alt,
        rows=[hour_name(each) for each in hours],
        columns=[weekday_short(each) for each in weekdays],
        cells=[[by_cell.get((weekday, each)) for weekday in weekdays] for each in hours],
    )


def weekday_name(number: int) -> str:
    """måndag, of 1."""
    return _weekday(number, "EEEE")


def weekday_short(number: int) -> str:
    """Mån, of 1."""
    return sentence(_weekday(number, "EEE").rstrip("."))


def hour_name(hour: int) -> str:
    """08–09"""
    return f"{hour:02}–{hour + 1:02}"


def _weekday(number: int, pattern: str) -> str:
    return format_date(date(2024, 1, number), pattern, locale=get_locale())  # the 1st was a Monday


def _told(title: str, found: Sequence[Bar]) -> str:
    parts = ", ".join(f"{bar.label} {bar.text}" for bar in found[:TOLD])
    if len(found) > TOLD:
        return gettext("%(title)s: %(parts)s, and %(n)s more.", title=title, parts=parts, n=len(found) - TOLD)
    return f"{title}: {parts}."


def _share(value: object) -> float | None:
    return value if isinstance(value, int | float) else None


def _height(bar: Bar) -> float:
    return bar.share or 0
