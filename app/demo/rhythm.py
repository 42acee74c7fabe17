"""How busy days are: by weekday and season, by what can be booked, and by the half-hour."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from app.demo.world import Place

FULLEST = 0.93  # of a place's open time; somebody always leaves a gap
WEEKDAYS = (0.95, 1.06, 1.08, 1.04, 0.87, 0.52, 0.40)
# From this day of the year on; Swedish offices are all but empty in July.
SEASONS = (
    ((1, 1), 0.45),
    ((1, 8), 0.92),
    ((2, 1), 1.05),
    ((4, 1), 1.0),
    ((6, 15), 0.85),
    ((6, 24), 0.55),
    ((7, 5), 0.36),
    ((8, 3), 0.62),
    ((8, 14), 0.95),
    ((9, 1), 1.08),
    ((12, 1), 1.02),
    ((12, 18), 0.5),
)
QUIET = 0.7  # seasons below this have no standing meetings
KINDS = {"room": 1.0, "video": 0.92, "desk": 1.06}
HALL_SEATS = 40
HALL = 0.72
OPENED_ON = date(2015, 11, 1)
KNOWN_AFTER = timedelta(days=75)  # until then an office that has just opened is half found


def season(day: date) -> float:
    """About 1 in an ordinary week, much less in July and around Christmas."""
    return next(level for since, level in reversed(SEASONS) if since <= (day.month, day.day))


def busyness(place: Place, day: date) -> float:
    """How much of its open time such a place is used on such a day, to scale."""
    level = HALL if place.capacity >= HALL_SEATS else KINDS[place.kind]
    known = min(1.0, (day - OPENED_ON) / KNOWN_AFTER)
    return level * WEEKDAYS[day.weekday()] * season(day) * (0.65 + 0.35 * known)


def plan(
    places: Sequence[Place], days: Sequence[date], utilisation: float
) -> Mapping[tuple[int, date], float]:
    """The share of its open time that each place (by id) is to be used on each day.

    Scaled so that use over open time comes to `utilisation` for all of them together.
    """
    busy = {(place.id, day): busyness(place, day) for place in places for day in days}
    minutes: defaultdict[float, int] = defaultdict(int)  # open, by busyness: many days are alike
    for place in places:
        for day in days:
            minutes[busy[place.id, day]] += sum(span.minutes for span in place.open.get(day, ()))
    wanted = utilisation * sum(minutes.values())
    low, high = 0.0, 10.0
    for _ in range(30):  # the fullest days are cut off, so the scale is found by halving
        scale = (low + high) / 2
        reached = sum(min(FULLEST, scale * level) * time for level, time in minutes.items())
        low, high = (scale, high) if reached < wanted else (low, scale)
    return {key: min(FULLEST, high * level) for key, level in busy.items()}


def idleness(local_minute: int) -> float:
    """How readily the half-hour from this minute of the day stays empty: early, at lunch, late."""
    return _IDLE.get(local_minute // 30, 3.0)


# Of every half-hour from eight o'clock on.
_FROM_EIGHT = (2.6, 1.4, 0.5, 0.3, 0.3, 0.4, 0.6, 1.5, 9.0, 6.0, 0.5, 0.3, 0.3, 0.5, 0.9, 1.4, 2.4, 3.4)
_IDLE = dict(enumerate(_FROM_EIGHT, start=2 * 8))
