"""A newer version of an invitation: what its organiser has changed is carried out, and nothing else.

What was changed here meanwhile stands, as long as they do not change just that.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from app.domain.errors import Refusal, Refused
from app.domain.interval import Interval
from app.models import Booking, BookingDate, Person
from app.services import bookings
from app.services.bookings import Wish, things_of
from app.services.bookings.change import why_not_cancel, why_not_change
from app.services.bookings.occupied import use_of
from app.services.invitation_state import stands
from app.services.mailed_dates import Known, Sent, Times
from app.services.mailed_series import GONE, Booked
from app.services.room_answers import Missing


@dataclass(frozen=True, slots=True)
class Newer:
    """A newer version of what was sent, and who sent it when.

    `here`: the dates that there are of what was sent before, by number; `meant`: all that it has itself.
    """

    sent: Sent
    here: Mapping[int, BookingDate]
    title: str
    repeats: bool
    meant: Times
    by: Person
    now: datetime

    @property
    def is_followed(self) -> bool:
        """Whether it has the same dates as before, some at other times perhaps, or some of them alone.

        Not what is gone here and wanted at another time: that is asked anew.
        """
        if self.repeats != self.sent.repeats or not self.sent.dates:
            return False
        if self.repeats:
            return self.meant.keys() <= self.sent.dates.keys()
        (known,), (wanted,) = self.sent.dates.values(), self.meant.values()
        return wanted == known.use or any(map(stands, self.here.values()))

    def standing(self, start: datetime) -> BookingDate | None:
        """What stands here of a date that was sent before."""
        known = self.sent.dates.get(start)
        date = self.here.get(known.date_id or 0) if known else None
        return date if date and stands(date) else None


def follow(newer: Newer, booking: Booking) -> Booked:
    """Changes what is other than in the version before. Refused or Taken where it cannot be had: then all
    stays as it is."""
    sent = newer.sent
    meant = newer.meant if newer.repeats else dict(zip(sent.dates, newer.meant.values(), strict=True))
    gone = [known.date_id for start, known in sent.dates.items() if start not in meant]
    take_back(newer.here, gone, by=newer.by, now=newer.now)
    missing = []
    for start, wanted in meant.items():
        if wanted == sent.dates[start].use:
            continue
        if date := newer.standing(start):
            _move(date, wanted, newer)
        else:
            missing.append(Missing(wanted, GONE))
    if newer.title != sent.title:
        _rename(newer)
    dates = {start: Known(use, sent.dates[start].date_id) for start, use in meant.items()}
    return Booked(booking, Sent(newer.title, sent.repeats, dates), tuple(missing))


def follow_one(newer: Newer, booking: Booking) -> Booked:
    """The same of one date of a series, told alone. Refused where that date is not booked."""
    ((start, wanted),) = newer.meant.items()
    known, date = newer.sent.dates.get(start), newer.standing(start)
    if known is None or (wanted != known.use and date is None):
        raise Refused(GONE)
    if date and wanted != known.use:
        _move(date, wanted, newer)
    dates = {**newer.sent.dates, start: known._replace(use=wanted)}
    return Booked(booking, replace(newer.sent, dates=dates))


def kept_apart(newer: Newer) -> tuple[dict[datetime, Interval], dict[datetime, Missing]]:
    """Of a series that is booked anew the dates that were moved here, and those that were taken off, which
    the newer version has when they were."""
    moved: dict[datetime, Interval] = {}
    off: dict[datetime, Missing] = {}
    if not (newer.repeats and newer.sent.repeats):
        return moved, off
    for start, known in newer.sent.dates.items():
        date = newer.here.get(known.date_id or 0)
        if date is None or newer.meant.get(start) != known.use or known.use.end <= newer.now:
            continue
        if not stands(date):
            off[start] = Missing(known.use, Refusal("mail_cancelled_here"))
        elif use_of(date) != known.use:
            moved[start] = use_of(date)
    return moved, off


def take_back(
    here: Mapping[int, BookingDate], ids: Collection[int | None], *, by: Person, now: datetime
) -> None:
    """Cancels those of these dates that still can be."""
    open_dates = [
        date for date in here.values() if date.id in ids and why_not_cancel(date, by=by, now=now) is None
    ]
    for booking_id in sorted({date.booking_id for date in open_dates}):
        own = [date.id for date in open_dates if date.booking_id == booking_id]
        bookings.cancel(booking_id, by=by, now=now, dates=own)


def _move(date: BookingDate, wanted: Interval, newer: Newer) -> None:
    """A date at the time that is wanted, in the room that it has. What was moved there already is so."""
    if use_of(date) == wanted:
        return
    renamed = not newer.repeats and newer.title != newer.sent.title
    _change(date, wanted, newer.title if renamed else date.booking.title, "this", newer)


def _rename(newer: Newer) -> None:
    for date in _one_of_each(newer.here, newer.now):
        if date.booking.title != newer.title:
            scope = "all" if len(date.booking.dates) > 1 else "this"
            _change(date, use_of(date), newer.title, scope, newer)


def _one_of_each(here: Mapping[int, BookingDate], now: datetime) -> Iterator[BookingDate]:
    """One date of each of the bookings that can still be changed."""
    changeable = (date for date in here.values() if why_not_change(date, now) is None)
    yield from {date.booking_id: date for date in changeable}.values()


def _change(date: BookingDate, use: Interval, title: str, scope: str, newer: Newer) -> None:
    booking = date.booking
    wish = Wish(
        resources=tuple(thing.slug for thing in things_of(date)),
        start=use.start,
        end=use.end,
        title=title,
        organisation=booking.organisation.slug,
        activity=booking.activity.slug,
    )
    bookings.change(date.id, wish, scope=scope, version=booking.version, by=newer.by, now=newer.now)
