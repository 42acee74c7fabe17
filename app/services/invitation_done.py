"""What was done to a booking since those invited were told of it last, as its history says."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from app.extensions import db
from app.models import Booking, History, Person
from app.services.bookings import LeftOut
from app.services.bookings.left_behind import left_behind
from app.services.dated import Dated, dated


@dataclass(frozen=True, slots=True)
class Done:
    """The lines of history in their order, and what they come to.

    `by`: who did the last of it, where that is somebody else than the booker. `closed_for`: the reason of
    the closure that dates gave way to, perhaps an empty one. `left_out`, `moved`: dates of a series that
    are not booked, and those in another room than was asked for.
    """

    lines: Sequence[History] = ()
    by: Person | None = None
    closed_for: str | None = None
    left_out: Sequence[LeftOut] = ()
    moved: Sequence[Dated] = ()

    @property
    def goes_on(self) -> bool:
        """Whether these are dates of another booking that are now one of their own."""
        return any(line.action == "continued" for line in self.lines)


def done_of(booking: Booking, line_ids: Collection[int]) -> Done:
    """What these lines of a booking's history tell."""
    query = select(History).where(History.id.in_(line_ids)).order_by(History.id)
    lines = db.session.scalars(query).all()
    doers = [line.by_id for line in lines if line.by_id]
    other = db.session.get(Person, doers[-1]) if doers and doers[-1] != booking.organiser_id else None
    reasons = [str(line.details.get("reason") or "") for line in lines if line.details.get("closed")]
    made = any(line.action in ("booked", "continued") for line in lines)
    return Done(
        lines,
        other,
        reasons[-1] if reasons else None,
        left_behind(booking).left_out if made else (),
        _moved(booking, lines),
    )


def _moved(booking: Booking, lines: Sequence[History]) -> list[Dated]:
    starts = {str(start) for line in lines for start in _starts(line)}
    return [dated(date) for date in booking.dates if date.starts_at.isoformat() in starts]


def _starts(line: History) -> Sequence[object]:
    moved = line.details.get("moved")
    return moved if isinstance(moved, list) else ()
