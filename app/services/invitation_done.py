"""What was done to a booking since those invited were told of it last, as its history says."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import select, text, update

from app.extensions import db
from app.models import Booking, History, Person
from app.services.bookings import LeftOut
from app.services.bookings.left_behind import left_behind
from app.services.dated import Dated, dated

UNTOLD = text("NOT history.told")  # the condition of `ix_history_untold`


@dataclass(frozen=True, slots=True)
class Done:
    """The lines of history in their order, and what they come to.

    `by`: who did the last of it, where that is somebody else than the booker. `closed_for`: the reason of
    the closure that dates gave way to, perhaps an empty one; `declined_for`: that of the host who said no;
    `lapsed`: nobody said anything in time. `left_out`, `moved`: dates of a series that are not booked, and
    those in another room than was asked for.
    """

    lines: Sequence[History] = ()
    by: Person | None = None
    closed_for: str | None = None
    left_out: Sequence[LeftOut] = ()
    moved: Sequence[Dated] = ()
    declined_for: str | None = None
    lapsed: bool = False

    @property
    def goes_on(self) -> bool:
        """Whether these are dates of another booking that are now one of their own."""
        return any(line.action == "continued" for line in self.lines)


def untold_bookings(most: int) -> list[int]:
    """The bookings to which something was done that nobody has been told of yet."""
    ids = db.session.scalars(select(History.booking_id).where(UNTOLD).distinct().limit(most))
    return sorted(ids)


def claim(booking_ids: Collection[int]) -> Sequence[int]:
    """The lines of history of these bookings that are untold: from now on told, by the caller."""
    lines = update(History).where(History.booking_id.in_(booking_ids), UNTOLD).values(told=True)
    return db.session.scalars(lines.returning(History.id)).all()


def done_of(booking: Booking, line_ids: Collection[int]) -> Done:
    """What these lines of a booking's history tell."""
    query = select(History).where(History.id.in_(line_ids)).order_by(History.id)
    lines = db.session.scalars(query).all()
    doers = [line.by_id for line in lines if line.by_id]
    other = db.session.get(Person, doers[-1]) if doers and doers[-1] != booking.organiser_id else None
    closed = [_reason(line) for line in lines if line.details.get("closed")]
    declined = [_reason(line) for line in lines if line.action == "declined"]
    made = any(line.action in ("booked", "continued") for line in lines)
    return Done(
        lines,
        other,
        closed[-1] if closed else None,
        left_behind(booking).left_out if made else (),
        _moved(booking, lines),
        declined[-1] if declined else None,
        any(line.action == "lapsed" for line in lines),
    )


def _reason(line: History) -> str:
    return str(line.details.get("reason") or "")


def _moved(booking: Booking, lines: Sequence[History]) -> list[Dated]:
    starts = {str(start) for line in lines for start in _starts(line)}
    return [dated(date) for date in booking.dates if date.starts_at.isoformat() in starts]


def _starts(line: History) -> Sequence[object]:
    moved = line.details.get("moved")
    return moved if isinstance(moved, list) else ()
