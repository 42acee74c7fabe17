"""Mails as people's calendar programs send them to rooms, for tests."""

from datetime import timedelta
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

WEEK = timedelta(weeks=1)
AUTHSERV = "mx.office.example"
VOUCHED = f"{AUTHSERV}; dmarc=pass (p=reject) header.from=example.org"
MEMBER = "member@example.org"
AT = "DTSTART;TZID=W. Europe Standard Time:"  # before a local time
UNTIL = "DTEND;TZID=W. Europe Standard Time:"


def calendar(
    method: str = "REQUEST",
    start: str = f"{AT}20260908T100000",
    end: str = f"{UNTIL}20260908T110000",
    *more: str,
    uid: str = "abc@outlook",
    sequence: int = 0,
    organizer: str = MEMBER,
    stamp: str = "20260907T070000Z",
    attendee: str = "ATTENDEE;CUTYPE=ROOM:mailto:tallen@rum.example",
    extra: str = "",
) -> bytes:
    """A message with a Windows zone name, as Outlook writes one. `more` are lines of the event."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:Microsoft Exchange Server 2010",
        f"METHOD:{method}",
        "BEGIN:VTIMEZONE",
        "TZID:W. Europe Standard Time",
        "BEGIN:STANDARD",
        "DTSTART:16010101T030000",
        "TZOFFSETFROM:+0200",
        "TZOFFSETTO:+0100",
        "RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10",
        "END:STANDARD",
        "BEGIN:DAYLIGHT",
        "DTSTART:16010101T020000",
        "TZOFFSETFROM:+0100",
        "TZOFFSETTO:+0200",
        "RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3",
        "END:DAYLIGHT",
        "END:VTIMEZONE",
        "BEGIN:VEVENT",
        f"UID:{uid}",
        f"DTSTAMP:{stamp}",
        f"SEQUENCE:{sequence}",
        start,
        end,
        "SUMMARY:Styrgrupp å\\, ä & ö",
        f"ORGANIZER;CN=Anna:mailto:{organizer}",
        attendee,
        *more,
        "END:VEVENT",
        *(extra.split("\n") if extra else ()),
        "END:VCALENDAR",
    ]
    return ("\r\n".join(lines) + "\r\n").encode()


def mail(
    ics: bytes,
    *,
    number: int = 1,
    sender: str = MEMBER,
    vouched: str | None = VOUCHED,
    cte: str = "base64",
    **headers: str,
) -> bytes:
    """The mail around it."""
    message = EmailMessage(policy=SMTP)
    if vouched:
        message["Authentication-Results"] = vouched
    message["From"] = f"Anna <{sender}>"
    message["To"] = "tallen@rum.example"
    message["Subject"] = "Styrgrupp"
    message["Message-ID"] = f"<{number}@outlook>"
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content("Hej")
    settings: dict[str, Any] = {"params": {"method": "REQUEST"}, "charset": "utf-8", "cte": cte}
    message.add_alternative(ics.decode(), subtype="calendar", **settings)
    return message.as_bytes()
