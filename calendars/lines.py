"""Content lines: clean text, escape it, fold to 75 octets (RFC 5545, 3.1 and 3.3.11)."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import cast

from icalendar.parser import Contentline

# U+2028 and U+2029 end a line for many readers, as NEL does.
_LINE_BREAK = re.compile("\r\n|[\r\n\u0085\u2028\u2029]")
# Lone surrogates cannot be encoded; the rest is forbidden in TEXT.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_ESCAPES = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"})
_FOLD_FROM = 75
_FOLD = re.compile(r"\r?\n[ \t]")
HEAD = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Motesplats//calendars 1//EN\r\nCALSCALE:GREGORIAN\r\n"
FOOT = b"END:VCALENDAR\r\n"
_content_line: Callable[[str], Contentline] = Contentline
_fold = cast("Callable[[Contentline], bytes]", Contentline.to_ical)


def clean(text: str) -> str:
    """The text without control characters, tabs as spaces, line breaks as LF."""
    return _FORBIDDEN.sub("", _LINE_BREAK.sub("\n", text)).replace("\t", " ")


def escape(text: str) -> str:
    r"""The text as a TEXT value. (The library's own turns a typed ``\N`` into a line break.)"""
    return clean(text).translate(_ESCAPES)


def line(name: str, value: str) -> bytes:
    """One folded content line with its CRLF; `name` may carry parameters, `value` is already escaped."""
    content = f"{name}:{value}"
    encoded = content.encode()
    if len(encoded) >= _FOLD_FROM:
        encoded = _fold(_content_line(content))
    return encoded + b"\r\n"


def unfolded(text: str) -> str:
    """Content lines as they were before they were folded, whoever did it."""
    return _FOLD.sub("", text)


def text_line(name: str, text: str) -> bytes:
    """A content line with a TEXT value."""
    return line(name, escape(text))


def utc_text(at: datetime) -> str:
    """An aware datetime as DATE-TIME in UTC, such as 20261025T010000Z."""
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
