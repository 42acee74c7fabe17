"""When and where a date is and whose yes it waits for, as mails tell it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.models import BookingDate, Office
from app.services.bookings.things import places_of


@dataclass(frozen=True, slots=True)
class Dated:
    """`places`: what was asked for, of a pool the member. `awaited`: the offices that have yet to say yes."""

    start: datetime
    end: datetime
    places: Sequence[str]
    offices: Sequence[str] = ()
    awaited: Sequence[str] = ()


def dated(date: BookingDate, awaited: Iterable[Office] = ()) -> Dated:
    """What is to be told of a date as it stands, and whose yes it waits for, where that is to be told."""
    places = places_of(date)
    return Dated(
        date.starts_at,
        date.ends_at,
        [each.name for each in places],
        [*dict.fromkeys(each.office.name for each in places)],
        [each.name for each in awaited],
    )
