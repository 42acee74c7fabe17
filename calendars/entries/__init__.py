"""Every entry of somebody else's calendar file, or why it cannot be read; nothing is left out in silence.

Map:
    record  Entry, LeftOut, Found: what comes of a file, and its form as JSON
    raw     octets -> components with their lines, without recursion
    values  what a property says: times, texts, addresses
    zones   the zone that a TZID means: IANA, Windows, or a VTIMEZONE of the file's own
    dates   a series laid out within a window
    read    read_entries: all of this together
    apart   read_apart: the same in a process of its own that can harm nobody

`calendars.read` reads what programs of ours or invitations say; this here reads exports of whole rooms,
of any age and from any program, for somebody to look through.
"""

from calendars.entries.apart import read_apart
from calendars.entries.read import read_entries
from calendars.entries.record import MOST_BYTES, Entry, FileError, Found, LeftOut

__all__ = ["MOST_BYTES", "Entry", "FileError", "Found", "LeftOut", "read_apart", "read_entries"]
