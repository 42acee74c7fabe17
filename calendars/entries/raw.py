"""From octets to events and zones with the lines where they begin. Flat: nesting only counts."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from calendars.entries.record import MOST_BYTES, FileError

WANTED = frozenset(
    {
        *("UID", "SUMMARY", "DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "EXRULE"),
        *("RECURRENCE-ID", "SEQUENCE", "DTSTAMP", "LAST-MODIFIED", "ORGANIZER", "CLASS"),
        *("STATUS", "TRANSP", "X-MICROSOFT-CDO-BUSYSTATUS"),
    }
)
# What a VTIMEZONE needs to say; the rest is left out.
OF_ZONES = frozenset(
    {"BEGIN", "END", "TZID", "DTSTART", "RRULE", "RDATE", "TZOFFSETFROM", "TZOFFSETTO", "TZNAME"}
)
LONGEST = 8000  # characters of one property, unfolded
MOST_PROPERTIES = 2000  # of one event
MOST_ZONE_LINES = 500
_NAME = re.compile(r"[A-Za-z0-9-]{1,60}")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_PARAMETER = re.compile(r';([A-Za-z0-9-]{1,60})=("[^"]*"|[^";:]*)')
# Exchange has zones with a colon in their names, and does not always quote them.
_ZONED = re.compile(r";TZID=(.*):([0-9]{8}(?:T[0-9]{6}Z?)?)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Property:
    """One property: its parameters by name in upper case, without quotes, and what it says."""

    parameters: dict[str, str]
    value: str


@dataclass(slots=True)
class RawEvent:
    """A VEVENT as it stands; `wrong` is a code where it cannot be taken."""

    line: int
    cancelled: bool  # by the METHOD of its calendar
    properties: dict[str, list[Property]] = field(default_factory=dict)
    wrong: str = ""
    count: int = 0

    def first(self, name: str) -> Property | None:
        found = self.properties.get(name)
        return found[0] if found else None

    def text(self, name: str) -> str:
        found = self.first(name)
        return found.value if found else ""


@dataclass(frozen=True, slots=True)
class Raw:
    """A file in parts. `zones`: the lines of each VTIMEZONE by its TZID."""

    events: tuple[RawEvent, ...]
    zones: dict[str, str]
    notes: tuple[str, ...]


def parts_of(ics: bytes) -> Raw:
    """The events and zones of a file. FileError where there is no calendar in it."""
    if len(ics) > MOST_BYTES:
        raise FileError("too_large", MOST_BYTES)
    text, notes = _decoded(ics)
    splitter = _Splitter()
    for line, content in _unfolded(text):
        splitter.take(line, content)
    if not splitter.calendars:
        raise FileError("no_calendar")
    events = splitter.ended()
    return Raw(tuple(events), splitter.zones, (*notes, "cut_off") if splitter.is_open else notes)


def _decoded(ics: bytes) -> tuple[str, tuple[str, ...]]:
    notes: tuple[str, ...] = ()
    if ics[:2] in (b"\xff\xfe", b"\xfe\xff"):
        text, notes = ics.decode("utf-16", "replace"), ("charset",)
    else:
        try:
            text = ics.decode("utf-8-sig")
        except UnicodeDecodeError:  # older Outlook: as Windows writes in western Europe
            text, notes = ics.decode("cp1252", "replace"), ("charset",)
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n")), notes


def _unfolded(text: str) -> Iterator[tuple[int, str]]:
    """Whole content lines with the number of their first; of overlong ones a little more than may be."""
    begins, parts, length = 0, [""], 0
    for number, line in enumerate(text.split("\n"), 1):
        if line[:1] in (" ", "\t"):
            if length <= LONGEST:
                parts.append(line[1:])
                length += len(line)
            continue
        if parts[0]:
            yield begins, "".join(parts)
        begins, parts, length = number, [line[: LONGEST + 200]], len(line)
    if parts[0]:
        yield begins, "".join(parts)


class _Splitter:
    """Sorts content lines into the events and zones that they stand in."""

    def __init__(self) -> None:
        self.calendars = 0
        self.is_open = False
        self.zones: dict[str, str] = {}
        self.events: list[RawEvent] = []
        self.event: RawEvent | None = None
        self.inside = 0  # components within the event
        self.zone: list[str] | None = None
        self.cancels = False

    def take(self, line: int, content: str) -> None:
        match = _NAME.match(content)
        if not match:
            return
        name, rest = match[0].upper(), content[match.end() :]
        if name in ("BEGIN", "END"):
            self._bound(line, name == "BEGIN", rest[1:].strip().upper())
        elif self.zone is not None:
            self._of_zone(name, content)
        elif self.event is not None:
            if not self.inside and name in WANTED:
                self._property(self.event, name, rest)
        elif name == "METHOD":
            self.cancels = rest[1:].strip().upper() == "CANCEL"

    def ended(self) -> list[RawEvent]:
        """All events; one that the file breaks off in cannot be taken."""
        if self.event is not None:
            self.event.wrong = "cut_off"
        self._give_up()
        return self.events

    def _bound(self, line: int, begins: bool, what: str) -> None:
        if self.zone is not None:
            self._of_zone("BEGIN" if begins else "END", f"{'BEGIN' if begins else 'END'}:{what}")
            if not begins and what == "VTIMEZONE":
                self._keep_zone()
        elif what == "VEVENT":
            self._give_up()
            if begins:
                self.event, self.inside = RawEvent(line, self.cancels), 0
        elif what == "VCALENDAR":
            self._give_up()
            self.calendars += begins
            self.is_open = begins
            self.cancels = False
        elif self.event is not None:
            self.inside = max(0, self.inside + (1 if begins else -1))
        elif begins and what == "VTIMEZONE":
            self.zone = ["BEGIN:VTIMEZONE"]

    def _give_up(self) -> None:
        if self.event is not None:
            self.events.append(self.event)
        self.event = None

    def _property(self, event: RawEvent, name: str, rest: str) -> None:
        event.count += 1
        if len(rest) > LONGEST and name != "SUMMARY":
            event.wrong = "line_too_long"
        elif event.count > MOST_PROPERTIES:
            event.wrong = "too_many_properties"
        else:
            event.properties.setdefault(name, []).append(_property_of(rest))

    def _of_zone(self, name: str, content: str) -> None:
        if self.zone is not None and name in OF_ZONES and len(self.zone) < MOST_ZONE_LINES:
            self.zone.append(content)

    def _keep_zone(self) -> None:
        lines, self.zone = self.zone or [], None
        named = next((line for line in lines if line.upper().startswith("TZID")), "")
        name = _property_of(named[4:]).value.strip().strip('"') if named else ""
        kept = [line for line in lines if not line.upper().startswith("TZID")]
        self.zones[name] = "\n".join([kept[0], "TZID:own", *kept[1:]])


def _property_of(rest: str) -> Property:
    """What follows a name: `;PARAMETER=…:value`."""
    zoned = _ZONED.fullmatch(rest)
    if zoned and not zoned[1].startswith('"') and ";" not in zoned[1]:
        return Property({"TZID": zoned[1]}, zoned[2])
    parameters: dict[str, str] = {}
    at = 0
    while match := _PARAMETER.match(rest, at):
        parameters[match[1].upper()] = match[2].strip('"')
        at = match.end()
    return Property(parameters, rest[at:].removeprefix(":"))
