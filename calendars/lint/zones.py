"""Rules for VTIMEZONE: one for each zone in use, in the form Outlook reads, with the right offsets."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from calendars.lint.defect import Defect
from calendars.lint.times import moment
from calendars.lint.tree import Component
from calendars.read import iana_name
from calendars.zones import FIRST_YEAR, LAST_YEAR, WEEKDAYS, day_of, offset_at, switches

_OFFSET = re.compile(r"([+-])(\d{2})(\d{2})(\d{2})?", re.ASCII)
_BY_DAY = re.compile(r"\+?([1-4]|-1)(MO|TU|WE|TH|FR|SA|SU)")
_AROUND = timedelta(hours=1)


@dataclass(frozen=True)
class _Observance:
    start: datetime
    before: timedelta
    after: timedelta
    month: int
    weekday: int
    nth: int

    def onsets(self) -> Iterator[tuple[datetime, timedelta]]:
        """Each onset in UTC with the offset from then on."""
        for year in range(max(self.start.year, FIRST_YEAR - 1), LAST_YEAR + 1):
            day = day_of(year, self.month, self.weekday, self.nth)
            local = self.start.replace(year=year, month=self.month, day=day, tzinfo=UTC)
            yield local - self.before, self.after


def check_zones(calendar: Component) -> Iterator[Defect]:
    """The zones of the calendar against those its events use."""
    used = {
        tzid: prop.line
        for component in calendar.walk()
        for prop in component.properties
        if (tzid := prop.parameter("TZID"))
    }
    blocks = calendar.children("VTIMEZONE")
    names = [block.value("TZID") for block in blocks]
    for tzid in used.keys() - set(names):
        yield Defect(used[tzid], "zone-missing", tzid)
    # A calendar without events may hold one zone, for a VCALENDAR needs some component.
    is_spare_allowed = len(blocks) == len(calendar.components) == 1
    for i, block in enumerate(blocks):
        if names[i] in names[:i]:
            yield Defect(block.line, "zone-duplicate", names[i])
        if names[i] not in used and not is_spare_allowed:
            yield Defect(block.line, "zone-unused", names[i])
        yield from _check_block(block)


def _check_block(block: Component) -> Iterator[Defect]:
    parts = block.children("STANDARD") + block.children("DAYLIGHT")
    name = iana_name(block.value("TZID"))
    if name is None:
        yield Defect(block.line, "zone-name", block.value("TZID"))
    if not (block.children("STANDARD") and all(map(_is_complete, parts))):
        yield Defect(block.line, "zone-broken", block.value("TZID"))
        return
    for part in parts:
        if any((_offset(part, end) or timedelta()) % timedelta(minutes=1) for end in ("FROM", "TO")):
            yield Defect(part.line, "zone-seconds", part.value("TZOFFSETTO"))
    onsets = _onsets(parts)
    if onsets is None:
        yield Defect(block.line, "zone-rule", "not one yearly RRULE with BYMONTH and BYDAY for each")
    elif name is not None:
        yield from _check_offsets(block, name, onsets)


def _is_complete(part: Component) -> bool:
    return None not in (_offset(part, "FROM"), _offset(part, "TO"), moment(part.get("DTSTART")))


def _onsets(parts: list[Component]) -> list[tuple[datetime, timedelta]] | None:
    """When which offset begins, in UTC; None if the observances are not in the form Outlook reads."""
    if len(parts) == 1 and not (parts[0].get("RRULE") or parts[0].get("RDATE")):
        return [(datetime(1970, 1, 1, tzinfo=UTC), _offset(parts[0], "TO") or timedelta())]
    observances = [o for part in parts if (o := _observance(part))]
    if len(parts) != 2 or len(observances) != 2:
        return None
    return sorted(onset for observance in observances for onset in observance.onsets()) or None


def _offset(part: Component, end: str) -> timedelta | None:
    match = _OFFSET.fullmatch(part.value("TZOFFSET" + end))
    if match is None:
        return None
    size = timedelta(hours=int(match[2]), minutes=int(match[3]), seconds=int(match[4] or 0))
    return -size if match[1] == "-" else size


def _observance(part: Component) -> _Observance | None:
    """The observance if it is written in the only form that every reader takes."""
    rule = dict(piece.partition("=")[::2] for piece in part.value("RRULE").split(";"))
    day = _BY_DAY.fullmatch(rule.get("BYDAY", ""))
    month = rule.get("BYMONTH", "")
    start = moment(part.get("DTSTART"))
    before, after = _offset(part, "FROM"), _offset(part, "TO")
    is_plain = rule.keys() <= {"FREQ", "BYMONTH", "BYDAY", "INTERVAL", "WKST"} and not part.get("RDATE")
    is_yearly = rule.get("FREQ") == "YEARLY" and rule.get("INTERVAL", "1") == "1"
    if not (is_plain and is_yearly and day and start and month in map(str, range(1, 13))):
        return None
    if before is None or after is None:
        return None
    return _Observance(start.value, before, after, int(month), WEEKDAYS.index(day[2]), int(day[1]))


def _check_offsets(block: Component, name: str, onsets: list[tuple[datetime, timedelta]]) -> Iterator[Defect]:
    """Around every change, by the block and by the zone, both must say the same."""
    valid_from = max(datetime(FIRST_YEAR, 1, 1, tzinfo=UTC), onsets[0][0] + timedelta(days=366))
    changes = {at for at, _ in onsets} | {switch.at for switch in switches(name)} | {valid_from}
    starts = [at for at, _ in onsets]
    for change in sorted(changes):
        for at in (change - _AROUND, change, change + _AROUND):
            said = onsets[bisect_right(starts, at) - 1][1]
            if at >= valid_from and said != offset_at(at, name):
                yield Defect(
                    block.line, "zone-offset", f"{name} at {at:%Y-%m-%d %H:%M} UTC: {_offset_text(said)}"
                )
                return


def _offset_text(offset: timedelta) -> str:
    sign, minutes = "-" if offset < timedelta() else "+", abs(offset) // timedelta(minutes=1)
    return f"{sign}{minutes // 60:02}:{minutes % 60:02}"
