"""Times as they are written: in UTC, by a zone's wall clock, floating, or a whole day."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from calendars.lint.content import Property
from calendars.read import iana_name
from calendars.zones import is_plain, to_utc

Form = Literal["utc", "local", "floating", "date"]
_TIME = re.compile(r"(\d{8})(?:T(\d{6})(Z?))?", re.ASCII)
_YEARS = range(1601, 9990)  # beyond, an offset may leave the calendar


@dataclass(frozen=True)
class Moment:
    """A time property's value."""

    form: Form
    value: datetime
    tzid: str | None
    line: int

    @property
    def zone(self) -> str | None:
        """The IANA zone that the TZID means, or UTC."""
        return "UTC" if self.form != "local" else iana_name(self.tzid or "")

    @property
    def at(self) -> datetime:
        """The instant, as far as it is known: floating times and unknown zones count as UTC."""
        if self.form == "local" and self.zone:
            return to_utc(self.value, self.zone)
        return self.value.replace(tzinfo=UTC)

    @property
    def is_plain(self) -> bool:
        """Whether the clock shows this time exactly once."""
        return self.form != "local" or self.zone is None or is_plain(self.value, self.zone)

    def has_form_of(self, other: "Moment") -> bool:
        """Whether both are written alike, in the same zone."""
        return (self.form, self.tzid) == (other.form, other.tzid)


def moments(prop: Property) -> list[Moment]:
    """The times of a property, which EXDATE may have several of. Raises `ValueError`."""
    return [_moment(prop, value) for value in prop.value.split(",")]


def readable_moments(prop: Property) -> list[Moment]:
    """The times of a property, none if one of them cannot be read (`bad-time` tells that)."""
    try:
        return moments(prop)
    except ValueError:
        return []


def moment(prop: Property | None) -> Moment | None:
    """The time of a property, None if there is none or it cannot be read (`bad-time` tells that)."""
    found = readable_moments(prop) if prop else []
    return found[0] if len(found) == 1 else None


def _moment(prop: Property, text: str) -> Moment:
    match = _TIME.fullmatch(text)
    is_date = prop.parameter("VALUE") == "DATE"
    tzid = prop.parameter("TZID")
    if match is None or is_date != (match[2] is None) or (tzid and (match[3] or is_date)):
        raise ValueError(f"{prop.name}: {text}")
    value = datetime.strptime(match[1] + (match[2] or "000000"), "%Y%m%d%H%M%S")
    if value.year not in _YEARS:
        raise ValueError(f"{prop.name}: {text}")
    form: Form = "date" if is_date else "utc" if match[3] else "local" if tzid else "floating"
    return Moment(form, value, tzid, prop.line)
