"""When and where a date is, as a line of history keeps it of before and after a change."""

from app.models import BookingDate
from app.services.bookings.things import places_of


def facts_of(date: BookingDate) -> dict[str, object]:
    """Its time, and its places by the names that they were asked for: of a whole never its parts."""
    return {
        "start": date.starts_at.isoformat(),
        "end": date.ends_at.isoformat(),
        "places": [each.name for each in places_of(date)],
    }


def changed_from(before: dict[str, object], date: BookingDate) -> dict[str, object]:
    """What was, and under "to_…" what a date has become."""
    return {**before, **{f"to_{name}": fact for name, fact in facts_of(date).items()}}
