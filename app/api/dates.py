"""Which dates of a booking a call is about."""

from datetime import datetime

from werkzeug.routing import IntegerConverter

from app.api.reading import LARGEST_ID, Fields
from app.domain.errors import NotFound, Refusal, Refused
from app.models import Booking, BookingDate
from app.services import bookings
from app.services.bookings.cancel import SCOPES
from app.services.bookings.standing import why_not_change


class Identifier(IntegerConverter):
    """A number in an address. With `int(max=…)` werkzeug answers 405, not 404, where it is larger."""

    regex = r"[1-9]\d{0,8}"


def asked_scope() -> tuple[str | None, int | None]:
    """What the query says of `scope`, and from which `occurrence`."""
    fields = Fields.of_query("scope", "occurrence")
    scope = fields.text("scope")
    if scope is not None and scope not in SCOPES:
        fields.refuse("not_one_of", "scope", known=", ".join(SCOPES))
    given = "occurrence" in fields.values
    occurrence = fields.number("occurrence", 0, least=1, most=LARGEST_ID) if given else None
    fields.check()
    return scope, occurrence


def chosen_dates(booking: Booking) -> list[int] | None:
    """The dates that `scope` and `occurrence` name; None: all of them, as without a word.

    Refused where a part is meant and nobody says which. NotFound for a date that is not of the booking.
    """
    scope, occurrence = asked_scope()
    if occurrence is None:
        if scope in ("this", "following"):
            raise Refused(Refusal("missing", "occurrence", {"key": "occurrence"}))
        return None
    return bookings.dates_in_scope(booking, occurrence, scope or "this")


def date_of(booking: Booking, occurrence: int) -> BookingDate:
    """One date of a booking. NotFound."""
    found = next((date for date in booking.dates if date.id == occurrence), None)
    if found is None:
        raise NotFound()
    return found


def date_to_change(
    booking: Booking, fields: Fields, scope: str | None, occurrence: int | None, now: datetime
) -> BookingDate:
    """The date that a body tells what it becomes. Refused where nobody says how much of a series is meant."""
    if occurrence is not None:
        return date_of(booking, occurrence)
    if scope is None and len(booking.dates) != 1:
        raise Refused(*fields.refusals, Refusal("scope_missing", "scope"))
    return next_to_change(booking, now)


def next_to_change(booking: Booking, now: datetime) -> BookingDate:
    """The first date that can be changed; where none can, the last, which says why."""
    return next((date for date in booking.dates if why_not_change(date, now) is None), booking.dates[-1])
