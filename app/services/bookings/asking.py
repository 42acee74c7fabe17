"""Which things that a date is booked as are had only with a host's yes, by the rules as they are."""

from app.models import BookingDate, Resource
from app.services.bookings.occupied import use_of
from app.services.bookings.things import places_of
from app.services.rules import limits_for
from app.services.rules.limits import StandingRules, parts_below


def asking(date: BookingDate) -> list[Resource]:
    """Those of them that ask: of a composite the rules of the whole hold, of a pool those of the member."""
    return [each for each in places_of(date) if _asks(each, date)]


def _asks(resource: Resource, date: BookingDate) -> bool:
    """Whether the resource is booked only with a host's yes, or a part of it by a rule of its own."""
    use, organisation = use_of(date), date.booking.organisation
    parts = (StandingRules.of(part, organisation, own=True).on(use) for part in parts_below(resource))
    return limits_for(resource, organisation, use).approval or any(each.approval for each in parts)
