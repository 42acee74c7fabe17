"""The zone that a TZID means."""

from datetime import UTC, tzinfo
from io import StringIO

from dateutil.tz import tzical

from calendars.read import iana_name
from calendars.zones import zone

_OF_UTC = frozenset({"utc", "gmt", "z", "tzone://microsoft/utc"})


class Zones:
    """The zones that a file may name: known ones by their names, else its own VTIMEZONEs.

    A known name stands before what the file says of it: those of the files are often of one year only.
    """

    def __init__(self, here: str, own: dict[str, str]) -> None:
        self.here = zone(here)
        self._own = own
        self._known: dict[str, tuple[tzinfo | None, bool]] = {}

    def named(self, name: str) -> tuple[tzinfo | None, bool]:
        """The zone, None where nobody knows it, and whether the file itself said what it is."""
        name = name.strip()
        if name not in self._known:
            self._known[name] = self._find(name)
        return self._known[name]

    def _find(self, name: str) -> tuple[tzinfo | None, bool]:
        if name.lower() in _OF_UTC:
            return UTC, False
        known = iana_name(name) if len(name) <= 100 else None
        if known is not None:
            return zone(known), False
        return self._read_own(name), True

    def _read_own(self, name: str) -> tzinfo | None:
        if name not in self._own:
            return None
        try:
            return tzical(StringIO(self._own[name])).get("own")
        except (ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError):
            return None
