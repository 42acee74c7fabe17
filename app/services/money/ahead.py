"""What a booking to come would bring a company to: for hosts, who decide; never a refusal."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from app.domain.interval import Interval
from app.domain.localtime import local_date, zone
from app.domain.money import PER_HOUR, HourlyValue, Standing, rounded
from app.domain.utilisation.records import USED_STATUSES
from app.models import AidDecision, AidTerms, Booking, Office, Organisation, Person, Resource
from app.services.authorize import may
from app.services.money.companies import Undertaking, undertaking_of
from app.services.money.decisions import Decisions
from app.services.money.received import received_by
from app.services.money.terms import exchange_of, terms_of
from app.services.money.values import since, values_of

Held = tuple[Interval, Sequence[Resource]]


@dataclass(frozen=True, slots=True)
class Ahead:
    """Where a company will stand on the day, with all that is booked until then."""

    undertaking: Undertaking
    terms: AidTerms
    day: date
    standing: Standing

    @property
    def worth_saying(self) -> bool:
        return self.standing.level in ("near", "over")


def ahead_of_wish(
    office: Office,
    organisation: Organisation,
    dates: Iterable[Held],
    *,
    by: Person | None,
    booking: Booking | None = None,
    instead: Collection[int] = (),
) -> Ahead | None:
    """With what is wished for besides; None where nothing is aid, or for others than hosts.

    `booking`, if there is one already, has these dates instead of those in `instead`, by their numbers.
    """
    terms = terms_of(office)
    if terms is None or not may(by, "host", office):
        return None
    tz, known = zone(office.timezone), values_of(office)
    values = {number: HourlyValue.of(since(rows), tz) for number, rows in known.items()}
    decided, exchange = _decided(office, organisation, booking), exchange_of(office, terms)
    more, last = 0, None
    for interval, resources in dates:
        day = local_date(interval.start, tz)
        decision = decided(day)
        exact = sum(
            values[each.id].times(interval.start, interval.end) for each in resources if each.id in values
        )
        if decision is None or not decision.is_aid or not exact:
            continue
        more += exchange.converted(rounded(exact, PER_HOUR), day) or 0
        last = max(last or day, day)
    if last is None:
        return None
    undertaking = undertaking_of(organisation)
    booked = received_by(office, undertaking, last)
    less = sum(
        exchange.converted(each.amount, each.day) or 0 for each in booked.uses if each.date_id in instead
    )
    return Ahead(undertaking, terms, last, Standing(booked.total + more - less, booked.cap))


def ahead_of_change(
    office: Office,
    organisation: Organisation,
    booking: Booking,
    meant: Collection[int],
    anew: Mapping[int, Held],
    *,
    by: Person | None,
) -> Ahead | None:
    """With the dates of a booking that are `meant`, some of them `anew`, for the organisation.

    Both by the number of the date.
    """
    held: dict[int, Held] = {
        each.id: (Interval(each.starts_at, each.ends_at), [slot.resource for slot in each.slots])
        for each in booking.dates
        if each.id in meant and each.status in USED_STATUSES
    }
    dates = {**held, **anew}
    return ahead_of_wish(office, organisation, dates.values(), by=by, booking=booking, instead=dates.keys())


def _decided(
    office: Office, organisation: Organisation, booking: Booking | None
) -> Callable[[date], AidDecision | None]:
    """What is decided of a use that begins on a day. A booking keeps its category with its organisation."""
    decisions = Decisions.of(office)
    if booking is None:
        return partial(decisions.of_category, organisation.category_id)
    same = booking.organisation_id == organisation.id
    category = booking.category_id if same else organisation.category_id
    return partial(decisions.about, booking.id, category)


def ahead_of(booking: Booking, office: Office, *, by: Person | None) -> Ahead | None:
    """With all that is booked until its last date; None where none of it is aid, or for others than hosts."""
    terms = terms_of(office)
    dates = [each for each in booking.dates if each.status in USED_STATUSES]
    if terms is None or not dates or not may(by, "host", office):
        return None
    day = local_date(dates[-1].starts_at, zone(office.timezone))
    decided = Decisions.of(office).about(booking.id, booking.category_id, day)
    if decided is None or not decided.is_aid:
        return None
    undertaking = undertaking_of(booking.organisation)
    return Ahead(undertaking, terms, day, received_by(office, undertaking, day).standing)
