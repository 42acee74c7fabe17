"""How often each job looks whether something is due, and when its turn comes again."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from app.domain.localtime import local_date, to_utc_shifting, zone
from app.services.offices import offices

SECOND, MINUTE, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(days=1)
LOOKS_MISSED = 3  # so many may fail to come before something is wrong


@dataclass(frozen=True, slots=True)
class Pace:
    """A job looks every `look`; its turn comes with each look, but not before `again_after` the last one.

    With `at` it comes once a day, from that time on: on the clock of the first office, and never between
    two and three, which some nights lack and others have twice.
    """

    look: timedelta
    again_after: timedelta
    at: time | None = None

    def next_turn(self, last: datetime, tz: ZoneInfo) -> datetime:
        """When the turn after one that was done at `last` comes."""
        if self.at is None:
            return last + self.every
        today = _at(self.at, last, tz)
        return today if last < today else _at(self.at, last, tz, days=1)

    def since_due(self, now: datetime, tz: ZoneInfo) -> timedelta:
        """How long ago the last turn must have been for the next to be due."""
        if self.at is None:
            return self.again_after
        today = _at(self.at, now, tz)
        latest = today if today <= now else _at(self.at, now, tz, days=-1)
        return now - latest + SECOND  # a turn at that very time was this one

    @property
    def slack(self) -> timedelta:
        """How late a turn may come."""
        return LOOKS_MISSED * self.look

    @property
    def every(self) -> timedelta:
        """How often a turn comes, about."""
        return max(self.look, self.again_after)


def _at(hour: time, moment: datetime, tz: ZoneInfo, days: int = 0) -> datetime:
    return to_utc_shifting(datetime.combine(local_date(moment, tz) + timedelta(days=days), hour), tz)


def clock_of_jobs() -> ZoneInfo:
    """The clock that jobs with a time of day go by."""
    return next((zone(office.timezone) for office in offices()), zone("UTC"))


# Looks come a little late or early, hence the slack before the next turn.
MINUTELY = Pace(look=MINUTE, again_after=MINUTE / 2)
OFTEN = Pace(look=5 * MINUTE, again_after=4 * MINUTE)


def _daily(hour: int, minute: int = 0) -> Pace:
    """At a time of its own: a day after the last turn, it would drift through the day."""
    return Pace(look=5 * MINUTE, again_after=DAY, at=time(hour, minute))


PACES: Mapping[str, Pace] = {
    "monthly-reports": OFTEN,
    "report-previews": OFTEN,
    "requests": MINUTELY,
    "no-shows": MINUTELY,
    "waiting": MINUTELY,
    "send-mail": MINUTELY,
    "outside-calendars": MINUTELY,
    "roll-up": MINUTELY,
    "roll-up-check": _daily(4, 30),
    "holidays": _daily(5),
    "clean-up": _daily(5, 30),
    "retention": _daily(4),
    "leftovers": MINUTELY,
    "head-counts": _daily(16),
    "aid": _daily(6),
    "backup": _daily(3, 30),
}
