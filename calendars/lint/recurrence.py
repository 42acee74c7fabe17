"""Rules for series: the rule itself, its exceptions, and what a clock change does to it."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from dateutil.rrule import rrulestr

from calendars.lint.defect import Defect, Kind
from calendars.lint.times import Moment, moment, readable_moments
from calendars.lint.tree import Component
from calendars.recurrence import Rule, RuleError, outlook_can_show
from calendars.zones import is_plain, to_utc

_LONGEST = 1000  # characters
_SHOWN = 60


def check_recurrence(calendar: Component, kind: Kind) -> Iterator[Defect]:
    """Every series of the calendar with its overrides."""
    overrides: dict[str, list[Component]] = {}
    masters: dict[str, Component] = {}
    for event in calendar.children("VEVENT"):
        if event.get("RECURRENCE-ID"):
            overrides.setdefault(event.value("UID"), []).append(event)
        else:
            masters[event.value("UID")] = event
    for uid, events in overrides.items():
        if (uid not in masters or not masters[uid].get("RRULE")) and kind != "message":
            yield Defect(events[0].line, "override-orphan", uid)
    for uid, master in masters.items():
        if rdate := master.get("RDATE"):
            yield Defect(rdate.line, "rule-rdate", rdate.value[:40])
        start = moment(master.get("DTSTART"))
        if start is not None and master.get("RRULE"):
            yield from _check_series(master, start, overrides.get(uid, []))


def _check_series(master: Component, start: Moment, overrides: list[Component]) -> Iterator[Defect]:
    line = (master.get("RRULE") or master).line
    zone = start.zone or "UTC"
    text = master.value("RRULE")
    ends = [end for end in ("UNTIL=", "COUNT=") if end in text.upper()]
    if len(ends) != 1:
        yield Defect(line, "rule-end" if ends else "rule-endless", text[:_SHOWN])
        return
    try:
        rule = Rule.parse(text)
        dates = rule.dates(start.value, zone)
    except RuleError as error:
        yield Defect(line, "rule-unusual" if _is_readable(text) else "rule-broken", str(error))
        return
    if until := rule["UNTIL"]:
        is_same_type = until.isdigit() if start.form == "date" else until.endswith("Z")
        if not is_same_type:
            yield Defect(line, "rule-until", until)
    if dates[:1] != [start.value]:
        yield Defect(line, "rule-start", f"{start.value} is no date of {rule}")
    if not outlook_can_show(rule, start.value):
        yield Defect(line, "rule-outlook", str(rule))
    excluded = [m for prop in master.all("EXDATE") for m in readable_moments(prop)]
    replaced = [m for event in overrides if (m := moment(event.get("RECURRENCE-ID")))]
    yield from _check_hits(excluded, start, dates, "exdate")
    yield from _check_hits(replaced, start, dates, "recurrence-id")
    if start.form == "local":
        told = {m.value for m in (*excluded, *replaced)}
        yield from _check_clock_changes(master, start, zone, [d for d in dates if d not in told])


def _is_readable(rule: str) -> bool:
    """Whether the standard knows such a rule, though we do not make it."""
    if len(rule) > _LONGEST:
        return False
    # An end in UTC would ask for a start in UTC.
    parts = [part for part in rule.split(";") if not part.upper().startswith("UNTIL=")]
    try:
        rrulestr(";".join(parts))
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError):
        return False
    return True


def _check_hits(hits: list[Moment], start: Moment, dates: list[datetime], what: str) -> Iterator[Defect]:
    for hit in hits:
        if not hit.has_form_of(start):
            yield Defect(hit.line, f"{what}-form", f"{hit.form} beside a {start.form} DTSTART")
        elif hit.value not in dates:
            yield Defect(hit.line, f"{what}-miss", f"{hit.value}")


def _check_clock_changes(
    master: Component, start: Moment, zone: str, dates: list[datetime]
) -> Iterator[Defect]:
    """Dates that no override tells, and that readers who count exactly or by the clock place differently."""
    end = moment(master.get("DTEND"))
    length = end.value - start.value if end and end.has_form_of(start) else timedelta()
    for date in dates:
        ends = to_utc(date + length, zone)
        if not (is_plain(date, zone) and is_plain(date + length, zone)):
            yield Defect(master.line, "clock-change", f"{date} is skipped or comes twice")
        elif ends - to_utc(date, zone) != length:
            yield Defect(master.line, "clock-change", f"{date} lasts {ends - to_utc(date, zone)}")
