"""What a booking to come would bring a company to: for hosts, who decide; never a refusal."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from app.domain.interval import Interval
from app.domain.localtime import local_date, zone
from app.domain.money import PER_HOUR, HourlyValue, Standing, rounded
from app.domain.utilisation.records import USED_STATUSES
from app.models import AidTerms, Booking, Office, Organisation, Person, Resource
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
    office: Office, organisation: Organisation, dates: Iterable[Held], *, by: Person | None
) -> Ahead | None:
    """With what is wished for besides; None where nothing is aid, or for others than hosts."""
    terms = terms_of(office)
    if terms is None or not may(by, "host", office):
        return None
    tz, known = zone(office.timezone), values_of(office)
    values = {number: HourlyValue.of(since(rows), tz) for number, rows in known.items()}
    decisions, exchange = Decisions.of(office), exchange_of(office, terms)
    more, last = 0, None
    for interval, resources in dates:
        day = local_date(interval.start, tz)
        decided = decisions.of_category(organisation.category_id, day)
        exact = sum(
            values[each.id].times(interval.start, interval.end) for each in resources if each.id in values
        )
        if decided is None or not decided.is_aid or not exact:
            continue
        more += exchange.converted(rounded(exact, PER_HOUR), day) or 0
        last = max(last or day, day)
    return _ahead(office, organisation, terms, last, more) if last else None


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
    return _ahead(office, booking.organisation, terms, day, 0)


def _ahead(office: Office, organisation: Organisation, terms: AidTerms, day: date, more: int) -> Ahead:
    undertaking = undertaking_of(organisation)
    booked = received_by(office, undertaking, day)
    return Ahead(undertaking, terms, day, Standing(booked.total + more, booked.cap))
