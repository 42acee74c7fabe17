"""What a booking asks for: a wish, and the things that its names stand for."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from app.domain.interval import Interval
from app.domain.recurrence import expand
from app.models import Office, Pool, Resource


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person asks for. Slugs name things; `start` and `end` are aware; `recurrence` is an RRULE.

    `skip` says which dates of a series may be left out: "closed", "hours"
    (outside the opening hours), "taken". Else it is all or nothing.
    `home` is the office by whose clock it all is, where things of several are asked for.
    `move`: a date that is taken gets another resource like it, where one is free. `sites` are offices
    that give a room each: the smallest that is free and holds `people`, the same one for all dates if
    possible. `override`: a host books past the rules that a host may set aside; they are kept with it.
    `guests` are the e-mail addresses of all who are to be invited; None: nobody, or as a change finds it.
    Of a series, by the start that its rule says: `without` the dates that there are not to be, and why, an
    empty reason where nobody asked for them; `instead` when a date is to be that has a time of its own.
    """

    resources: tuple[str, ...]
    start: datetime
    end: datetime
    title: str
    organisation: str
    activity: str
    recurrence: str | None = None
    skip: frozenset[str] = frozenset()
    move: bool = False
    sites: tuple[str, ...] = ()
    people: int = 1
    meeting_url: str | None = None
    override: bool = False
    guests: tuple[str, ...] | None = None
    home: str | None = None
    without: Mapping[datetime, str] = field(default_factory=dict)
    instead: Mapping[datetime, Interval] = field(default_factory=dict)

    def dates(self, tz: ZoneInfo) -> tuple[Interval, ...]:
        """Every date that is meant, by the clock of `tz`. Refused where the rule is out of bounds."""
        return tuple(sorted(self.laid_out(tz)))

    def laid_out(self, tz: ZoneInfo) -> dict[Interval, datetime]:
        """The dates with the start that the rule says, those that there are not to be too. Refused."""
        first = Interval(self.start.astimezone(UTC), self.end.astimezone(UTC))
        dates = expand(self.recurrence, first, tz) if self.recurrence else [first]
        return {self.instead.get(each.start, each): each.start for each in dates}

    @property
    def originals(self) -> dict[Interval, datetime]:
        """When the rule says that the dates are which have a time of their own."""
        return {use: start for start, use in self.instead.items()}


@dataclass(frozen=True, slots=True)
class Asked:
    """One thing asked for and the leaves it may be served by: one list per choice (a pool has many).

    An office is asked for one of its rooms.
    """

    thing: Resource | Pool | Office
    choices: tuple[tuple[Resource, ...], ...]
