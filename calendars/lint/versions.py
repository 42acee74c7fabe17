"""Rules for two states of the same calendar, the later of which must be taken for the later one."""

from collections.abc import Iterator

from calendars.lint.defect import Defect
from calendars.lint.times import Moment, moment
from calendars.lint.tree import Component

Identity = tuple[str, str]


def check_versions(before: Component, after: Component) -> Iterator[Defect]:
    """What keeps a reader of `before` from taking `after` for newer; lines are those of `after`."""
    if before.value("UID") != after.value("UID"):
        yield Defect(after.line, "calendar-uid-changed", f"{before.value('UID')} became {after.value('UID')}")
    old = dict(_events(before))
    for identity, event in _events(after):
        if identity in old:
            yield from _check_event(old[identity], event)


def _events(calendar: Component) -> Iterator[tuple[Identity, Component]]:
    for event in calendar.children("VEVENT"):
        yield (event.value("UID"), event.value("RECURRENCE-ID")), event


def _check_event(old: Component, new: Component) -> Iterator[Defect]:
    was, became = _sequence(old), _sequence(new)
    if became < was:
        yield Defect(new.line, "sequence-fell", f"{was} became {became}")
    stamped, restamped = _stamp(old), _stamp(new)
    if stamped is None or restamped is None:
        return
    if restamped.value < stamped.value:
        yield Defect(restamped.line, "stamp-fell", f"{stamped.value} became {restamped.value}")
    is_newer = (became, restamped.value) > (was, stamped.value)
    is_same = _content(old) == _content(new)
    if is_newer and is_same:
        yield Defect(restamped.line, "stamp-without-change", "DTSTAMP or SEQUENCE alone is another")
    if not is_newer and not is_same:
        yield Defect(new.line, "change-without-stamp", "changed, with the same SEQUENCE and DTSTAMP")


def _sequence(event: Component) -> int:
    value = event.value("SEQUENCE")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else 0


def _stamp(event: Component) -> Moment | None:
    return moment(event.get("DTSTAMP"))


def _content(event: Component) -> list[tuple[str, str, str]]:
    said = {"DTSTAMP", "SEQUENCE", "LAST-MODIFIED", "CREATED"}
    return sorted((p.name, str(p.parameters), p.value) for p in event.properties if p.name not in said)
