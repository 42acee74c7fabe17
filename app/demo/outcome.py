"""What became of a booking, when it was made, and how many came."""

from math import log
from random import Random

from app.demo.rhythm import HALL_SEATS
from app.demo.world import Place

DAY = 24 * 60
LONGEST_LEAD_DAYS = 200
_LEAD_DAYS = {"room": 9, "video": 5, "desk": 3}  # medians
_HALL_LEAD_DAYS = 32
_FULL_HOUSES = ("breakfast-meeting", "seminar", "event")


def of(rng: Random, start: int, now: int) -> str:
    """Of a booking that took place, or will. Some hosts forget to check people in."""
    forgotten = rng.random() < 0.07
    return "confirmed" if forgotten or start > now else "checked_in"


def is_undecided(rng: Random, place: Place, start: int, now: int) -> bool:
    """Whether the host has yet to say yes to it."""
    undecided = rng.random() < 0.25
    return place.approval and start > now and undecided


def made_at(rng: Random, place: Place, start: int, now: int) -> int:
    """The minute in which it was booked: mostly by day, before it began, and not after now."""
    median = _HALL_LEAD_DAYS if place.capacity >= HALL_SEATS else _LEAD_DAYS[place.kind]
    days = min(LONGEST_LEAD_DAYS, int(rng.lognormvariate(log(median), 0.9)))
    made = start - days * DAY + rng.randint(-180, 300) if days else start - rng.randint(10, 240)
    if made >= now:  # at the same time of day, some days ago
        made -= ((made - now) // DAY + rng.randint(1, 10)) * DAY
    return made


def heads(rng: Random, place: Place, activity: str) -> int | None:
    """How many came; None where nobody counted."""
    counted = rng.random() < 0.92
    low, high, mode = (0.4, 1.0, 0.75) if activity in _FULL_HOUSES else (0.15, 1.0, 0.5)
    came = max(1, round(rng.triangular(low, high, mode) * place.capacity))
    if place.kind == "room":
        came = max(2, came)
    return came if counted else None
