"""Calendar messages for mail (iTIP, RFC 5546): an event with who invites, and who is invited.

A message is about one UID. A series that is written as several events needs as many messages.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from calendars.event import Event, write_part
from calendars.lines import FOOT, HEAD, clean, line, text_line, utc_text
from calendars.series import Part, parts
from calendars.zones import vtimezone

Partstat = Literal["NEEDS-ACTION", "ACCEPTED", "TENTATIVE", "DECLINED"]
CONTENT_TYPE = "text/calendar; charset=utf-8; method={method}"
# Outlook hides "propose a new time": nobody would read it.
_NO_COUNTER = line("X-MICROSOFT-DISALLOW-COUNTER", "TRUE")


@dataclass(frozen=True)
class Attendee:
    """Somebody, or a room, that takes part. `address` is an e-mail address without `mailto:`."""

    address: str
    name: str = ""
    partstat: Partstat = "NEEDS-ACTION"
    room: bool = False
    chair: bool = False


@dataclass(frozen=True)
class Parties:
    """Who invites, on whose behalf it is mailed (`sent_by`), and who is invited."""

    organizer: str
    organizer_name: str = ""
    sent_by: str | None = None
    attendees: tuple[Attendee, ...] = ()

    def lines(self) -> list[bytes]:
        """The ORGANIZER and ATTENDEE lines."""
        return [self.organizer_line(), *map(attendee_line, self.attendees)]

    def organizer_line(self) -> bytes:
        sent_by = f';SENT-BY="{_mailto(self.sent_by)}"' if self.sent_by else ""
        return line(f"ORGANIZER{_named(self.organizer_name)}{sent_by}", _mailto(self.organizer))


@dataclass(frozen=True)
class Answer:
    """What is answered to one date of an invitation, or to all of it (`recurrence_id` empty).

    `start`, `end` and `recurrence_id` are content lines as the invitation had them.
    """

    partstat: Partstat
    start: bytes
    end: bytes = b""
    recurrence_id: bytes = b""


def write_requests(event: Event, parties: Parties) -> dict[str, bytes]:
    """REQUEST messages by UID: an invitation, or its newer state. Raises as `series.parts` does."""
    by_uid: dict[str, list[Part]] = {}
    for part in parts(event):
        by_uid.setdefault(part.uid, []).append(part)
    lines = [*parties.lines(), _NO_COUNTER]
    return {uid: _message("REQUEST", group, lines) for uid, group in by_uid.items()}


def write_cancel(events: Sequence[Event], parties: Parties) -> bytes:
    """A CANCEL message: of a whole event, or of those of its dates that carry an `original_start`.

    The events are single ones with the same uid.
    """
    found = [part for event in events for part in parts(event)]
    return _message("CANCEL", found, parties.lines(), cancelled=True)


def write_reply(
    *,
    uid: str,
    organizer: bytes,
    attendee: Attendee,
    sequence: int,
    stamp: datetime,
    answers: Iterable[Answer],
    zones: Iterable[str] = (),
    summary: str = "",
    comment: str = "",
) -> bytes:
    """A REPLY message with the answers of one attendee.

    `organizer` is the content line of the invitation; `zones` are IANA names that the answers' lines use.
    """
    out = [HEAD, line("METHOD", "REPLY"), *map(vtimezone, sorted(set(zones)))]
    for answer in answers:
        out += [b"BEGIN:VEVENT\r\n", text_line("UID", uid), answer.recurrence_id]
        out += [line("DTSTAMP", utc_text(stamp)), line("SEQUENCE", str(sequence)), answer.start, answer.end]
        out += [organizer, attendee_line(replace(attendee, partstat=answer.partstat))]
        out += [text_line("SUMMARY", summary)] if summary else []
        out += [text_line("COMMENT", comment)] if comment else []
        out.append(b"END:VEVENT\r\n")
    return b"".join([*out, FOOT])


def attendee_line(attendee: Attendee) -> bytes:
    """The ATTENDEE line: people are asked for an answer until they gave one, rooms are not."""
    kind = "ROOM" if attendee.room else "INDIVIDUAL"
    role = "NON-PARTICIPANT" if attendee.room else "CHAIR" if attendee.chair else "REQ-PARTICIPANT"
    asked = ";RSVP=TRUE" if attendee.partstat == "NEEDS-ACTION" and not attendee.room else ""
    told = f";CUTYPE={kind};ROLE={role};PARTSTAT={attendee.partstat}{asked}{_named(attendee.name)}"
    return line(f"ATTENDEE{told}", _mailto(attendee.address))


def _message(
    method: str, group: Sequence[Part], parties: Sequence[bytes], *, cancelled: bool = False
) -> bytes:
    times = [time for part in group for time in (part.start, part.end, part.recurrence_id) if time]
    zones = sorted({time.tzid for time in times if time.tzid})
    body = [write_part(part, parties, cancelled=cancelled) for part in group]
    return b"".join([HEAD, line("METHOD", method), *map(vtimezone, zones), *body, FOOT])


def _named(name: str) -> str:
    """A name as a parameter: quoted, without what a parameter cannot hold."""
    plain = " ".join(clean(name).replace('"', "'").split())
    return f';CN="{plain}"' if plain else ""


def _mailto(address: str) -> str:
    return "mailto:" + "".join(clean(address).split()).removeprefix("mailto:")
