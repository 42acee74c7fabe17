"""What each date was worth: the bookings behind every amount."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select

from app.domain.interval import Interval
from app.domain.localtime import local_date, zone
from app.domain.money import HourlyValue, Worth, worth_by_date
from app.domain.period import Period
from app.domain.utilisation import ResourceFacts, UseRow
from app.domain.utilisation.records import USED_STATUSES
from app.extensions import db
from app.models import AidDecision, Booking, BookingDate, Office, Resource, Slot
from app.services.money.decisions import Decisions
from app.services.money.values import since, values_of
from app.services.opening import OfficeHours

_ROWS = (
    select(
        *(Slot.id, BookingDate.id, Booking.id, Booking.imported_as, Slot.resource_id),
        *(Slot.starts_at, Slot.ends_at, BookingDate.starts_at, BookingDate.ends_at, BookingDate.status),
        *(Booking.category_id, Booking.organisation_id),
    )
    .select_from(Slot)
    .join(BookingDate, BookingDate.id == Slot.date_id)
    .join(Booking, Booking.id == BookingDate.booking_id)
    .where(BookingDate.status.in_(sorted(USED_STATUSES)))
)
_IMPORTED = Booking.imported_as.is_not(None)
_LOOK_BACK = timedelta(days=32)  # a slot is no longer than 31 days


@dataclass(frozen=True, slots=True)
class Use:
    """One date and what it was worth, in hundredths of the office's currency. It is granted on `day`.

    `decision` None: nobody has decided whether it is aid.
    """

    date_id: int
    booking_id: int
    organisation_id: int
    category_id: int
    day: date
    start: datetime
    end: datetime
    resources: tuple[str, ...]
    time: timedelta
    amount: int
    decision: AidDecision | None

    @property
    def is_aid(self) -> bool:
        return self.decision is not None and bool(self.decision.is_aid)


@dataclass(frozen=True, slots=True)
class Valued:
    """The resources of an office that have values, with all that measuring needs."""

    office: Office
    timezone: ZoneInfo
    resources: Mapping[int, Resource]
    values: Mapping[str, HourlyValue]
    decisions: Decisions

    @classmethod
    def of(cls, office: Office) -> "Valued":
        timezone, known = zone(office.timezone), values_of(office)
        query = select(Resource).where(Resource.id.in_(known)).order_by(Resource.position, Resource.id)
        resources = {each.id: each for each in db.session.scalars(query)}
        values = {each.slug: HourlyValue.of(since(known[each.id]), timezone) for each in resources.values()}
        return cls(office, timezone, resources, values, Decisions.of(office))

    def uses(self, period: Period, organisations: Collection[int] | None = None) -> list[Use]:
        """What began in the period, by its start; of these organisations alone if they are named.

        A date counts whole on the local day on which it begins: then it is granted.
        """
        rows = list(self._rows(period, organisations)) if self.resources else []
        if not rows:
            return []
        within = Interval(min(row[5] for row in rows), max(row[6] for row in rows))
        hours = OfficeHours.load(self.office, within)
        slugs = {number: each.slug for number, each in self.resources.items()}
        by_resource: defaultdict[str, list[UseRow]] = defaultdict(list)
        bookings: dict[int, tuple[int, int, int, datetime]] = {}
        places: defaultdict[int, dict[int, None]] = defaultdict(dict)
        for row in rows:
            _, date_id, booking_id, _, resource_id, *_, date_end, _, category_id, organisation_id = row
            by_resource[slugs[resource_id]].append(_use_row(row, slugs[resource_id]))
            bookings[date_id] = (booking_id, category_id, organisation_id, date_end)
            places[date_id][resource_id] = None
        facts = [_facts(each, hours) for each in self.resources.values() if each.slug in by_resource]
        worth = worth_by_date(facts, by_resource, self.values, within)
        found = (
            self._use(each, bookings[int(number)], places[int(number)]) for number, each in worth.items()
        )
        wanted = [
            each
            for each in found
            if each.day in period and (organisations is None or each.organisation_id in organisations)
        ]
        return sorted(wanted, key=lambda each: (each.start, each.date_id))

    def _use(self, worth: Worth, about: tuple[int, int, int, datetime], places: Iterable[int]) -> Use:
        booking_id, category_id, organisation_id, end = about
        day = local_date(worth.row.date_start, self.timezone)
        return Use(
            date_id=int(worth.row.date_id),
            booking_id=booking_id,
            organisation_id=organisation_id,
            category_id=category_id,
            day=day,
            start=worth.row.date_start,
            end=end,
            resources=tuple(self.resources[number].name for number in self.resources if number in places),
            time=worth.time,
            amount=worth.amount,
            decision=self.decisions.about(booking_id, category_id, day),
        )

    def _rows(self, period: Period, organisations: Collection[int] | None) -> Iterator[Any]:
        """The dates that begin in the period, and what lies over them, since that may own their time."""
        within = period.interval(self.timezone)
        here = _ROWS.where(Slot.resource_id.in_(sorted(self.resources)))
        begins = here.where(BookingDate.starts_at >= within.start, BookingDate.starts_at < within.end)
        reaches_in = here.where(
            BookingDate.starts_at < within.start,
            Slot.starts_at > within.start - _LOOK_BACK,
            Slot.starts_at < within.end,
            Slot.ends_at > within.start,
        )
        if organisations is not None:
            theirs = Booking.organisation_id.in_(sorted(organisations))
            # Of two that overlap one is old data, brought in: theirs, or somebody else's.
            if not db.session.execute(begins.where(theirs, _IMPORTED).limit(1)).first():
                begins = begins.where(or_(theirs, _IMPORTED))
        seen: set[int] = set()
        for query in (begins, reaches_in):
            for row in db.session.execute(query):
                if row[0] not in seen:
                    seen.add(row[0])
                    yield row


def _use_row(row: Any, slug: str) -> UseRow:
    _, date_id, _, imported_as, _, start, end, date_start, _, status, *_ = row
    return UseRow(
        date_id=date_id,
        key=imported_as or str(date_id),
        resource=slug,
        start=start,
        end=end,
        date_start=date_start,
        status=status,
        category="",
    )


def _facts(resource: Resource, hours: OfficeHours) -> ResourceFacts:
    return ResourceFacts(
        slug=resource.slug,
        kind=resource.kind,
        hours=hours.hours(resource),
        open=hours.open(resource),
        service=hours.service(resource),
    )


def values_at(office: Office, period: Period, organisations: Collection[int] | None = None) -> list[Use]:
    """What began at the office in the period, and what each was worth."""
    return Valued.of(office).uses(period, organisations)


def sum_of(uses: Iterable[Use]) -> int:
    """Their amounts together."""
    return sum(each.amount for each in uses)


def uses_of(booking: Booking, office: Office) -> list[Use]:
    """What the dates of one booking are worth at the office, those to come as they are booked."""
    tz = zone(office.timezone)
    days = [local_date(each.starts_at, tz) for each in booking.dates]
    period = Period(min(days), max(days) + timedelta(days=1))
    found = values_at(office, period, [booking.organisation_id])
    return [each for each in found if each.booking_id == booking.id]
