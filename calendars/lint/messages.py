"""Rules for calendar messages (iTIP, RFC 5546) and what a mail says about them."""

from collections.abc import Iterator
from email.message import Message

from calendars.lint.defect import Defect
from calendars.lint.tree import Component

_NEEDS_ATTENDEE = {"REQUEST", "CANCEL", "COUNTER", "REFRESH", "DECLINECOUNTER"}
_METHODS = _NEEDS_ATTENDEE | {"PUBLISH", "REPLY", "ADD"}


def check_message(
    calendar: Component, content_type: str | None = None, reader: str | None = None
) -> Iterator[Defect]:
    """Who may and must be named under the METHOD, and whether Content-Type and reader fit it."""
    method = calendar.value("METHOD").upper()
    if content_type is not None:
        yield from _check_content_type(calendar, method, content_type)
    if not method:
        return
    for event in calendar.children("VEVENT"):
        organizers, attendees = len(event.all("ORGANIZER")), len(event.all("ATTENDEE"))
        if method not in _METHODS or organizers != 1 or not _attendees_fit(method, attendees):
            message = f"{method} with {organizers} organizers and {attendees} attendees"
            yield Defect(event.line, "method-party", message)
        if reader is not None and not _is_for(event, method, reader):
            yield Defect(event.line, "message-reader", f"{method} to {reader}")


def _attendees_fit(method: str, attendees: int) -> bool:
    if method == "PUBLISH":
        return attendees == 0
    if method == "REPLY":
        return attendees == 1
    return attendees > 0 or method not in _NEEDS_ATTENDEE


def _is_for(event: Component, method: str, reader: str) -> bool:
    """What is asked goes to an attendee who is not the organizer: nobody's program takes it from themselves.

    An answer goes to the organizer. The rest, Outlook does not read from a mail at all.
    """
    organizer = _address(event.value("ORGANIZER"))
    if method == "REPLY":
        return organizer == reader.lower()
    invited = {_address(each.value) for each in event.all("ATTENDEE")}
    return method in _NEEDS_ATTENDEE and reader.lower() in invited - {organizer}


def _address(value: str) -> str:
    return value.strip().lower().removeprefix("mailto:")


def _check_content_type(calendar: Component, method: str, content_type: str) -> Iterator[Defect]:
    header = Message()
    header["Content-Type"] = content_type
    said = str(header.get_param("method", "")).upper()
    if header.get_content_type() != "text/calendar" or said != method:
        yield Defect(calendar.line, "content-type-method", f"{content_type} around METHOD:{method}")
