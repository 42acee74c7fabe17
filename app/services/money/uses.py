"""What each date was worth: the bookings behind every amount."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, or_, select

from app.domain.interval import Interval
from app.domain.localtime import local_date, zone
from app.domain.money import HourlyValue, Worth, worth_by_date
from app.domain.period import Period
from app.domain.utilisation import ResourceFacts, UseRow
from app.extensions import db
from app.models import AidDecision, Booking, BookingDate, Office, Resource
from app.services.money.decisions import Decisions
from app.services.money.rows import Row, rows_of
from app.services.money.values import since, values_of
from app.services.opening import OfficeHours


@dataclass(frozen=True, slots=True)
class Use:
    """One date and what it was worth, in hundredths of the office's currency. It is granted on `day`.

    Of its `time` some may be `at_zero`, said to be worth nothing, or `unvalued`, without any value.
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
    at_zero: timedelta
    unvalued: timedelta
    amount: int
    decision: AidDecision | None

    @property
    def is_aid(self) -> bool:
        return self.decision is not None and bool(self.decision.is_aid)


@dataclass(frozen=True, slots=True)
class Valued:
    """The resources of an office that have values, or `every` one, with all that measuring needs."""

    office: Office
    timezone: ZoneInfo
    resources: Mapping[int, Resource]
    values: Mapping[str, HourlyValue]
    decisions: Decisions
    every: bool = False

    @classmethod
    def of(cls, office: Office, *, every: bool = False) -> "Valued":
        timezone, known = zone(office.timezone), values_of(office)
        asked = Resource.office_id == office.id if every else Resource.id.in_(known)
        query = select(Resource).where(asked).order_by(Resource.position, Resource.id)
        resources = {each.id: each for each in db.session.scalars(query)}
        values = {
            each.slug: HourlyValue.of(since(known.get(each.id, ())), timezone) for each in resources.values()
        }
        return cls(office, timezone, resources, values, Decisions.of(office), every)

    def uses(
        self, period: Period, organisations: Collection[int] | None = None, *, maybe_aid: bool = False
    ) -> list[Use]:
        """What began in the period, by its start; of these organisations alone if they are named.

        A date counts whole on the local day on which it begins: then it is granted. `maybe_aid` leaves out
        the categories that never were aid.
        """
        begins = period.interval(self.timezone)
        looked_at = {
            each.id
            for each in self.resources.values()
            if self.every or self.values[each.slug].any_before(begins.end)
        }
        own, others = rows_of(looked_at, begins, [*self._wanted(organisations, maybe_aid)])
        rows = [*own, *others]
        if not own:
            return []
        within = Interval(min(row.start for row in rows), max(row.end for row in rows))
        hours = OfficeHours.load(self.office, within)
        by_resource: defaultdict[str, list[UseRow]] = defaultdict(list)
        for row in rows:
            slug = self.resources[row.resource_id].slug
            by_resource[slug].append(_use_row(row, slug))
        facts = [_facts(each, hours) for each in self.resources.values() if each.slug in by_resource]
        worth = worth_by_date(facts, by_resource, self.values, within)
        places: defaultdict[int, set[int]] = defaultdict(set)
        for row in own:
            places[row.date_id].add(row.resource_id)
        of_date = {row.date_id: row for row in own}
        found = [
            self._use(worth[number], row, places[number])
            for number, row in of_date.items()
            if number in worth
        ]
        return sorted(found, key=lambda each: (each.start, each.date_id))

    def _wanted(
        self, organisations: Collection[int] | None, maybe_aid: bool
    ) -> Iterator[ColumnElement[bool]]:
        if organisations is not None:
            yield Booking.organisation_id.in_(sorted(organisations))
        if maybe_aid:
            never, nevertheless = self.decisions.never_aid(), self.decisions.nevertheless_aid()
            yield or_(
                Booking.category_id.not_in(sorted(never)), BookingDate.booking_id.in_(sorted(nevertheless))
            )

    def _use(self, worth: Worth, row: Row, places: Collection[int]) -> Use:
        day = local_date(row.date_start, self.timezone)
        return Use(
            date_id=row.date_id,
            booking_id=row.booking_id,
            organisation_id=row.organisation_id,
            category_id=row.category_id,
            day=day,
            start=row.date_start,
            end=row.date_end,
            resources=tuple(each.name for number, each in self.resources.items() if number in places),
            time=worth.time,
            at_zero=worth.at_zero,
            unvalued=worth.unvalued,
            amount=worth.amount,
            decision=self.decisions.about(row.booking_id, row.category_id, day),
        )


def _use_row(row: Row, slug: str) -> UseRow:
    return UseRow(
        date_id=row.date_id,
        key=row.imported_as or str(row.date_id),
        resource=slug,
        start=row.start,
        end=row.end,
        date_start=row.date_start,
        status=row.status,
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


def values_at(
    office: Office,
    period: Period,
    organisations: Collection[int] | None = None,
    *,
    maybe_aid: bool = False,
    every: bool = False,
) -> list[Use]:
    """What began at the office in the period, and what each was worth. As `Valued.uses`.

    `every`: where nothing has a value as well.
    """
    return Valued.of(office, every=every).uses(period, organisations, maybe_aid=maybe_aid)


def sum_of(uses: Iterable[Use]) -> int:
    """Their amounts together."""
    return sum(each.amount for each in uses)


def uses_of(booking: Booking, office: Office) -> list[Use]:
    """The dates of one booking at the office with what they are worth, those to come as they are booked."""
    tz = zone(office.timezone)
    days = [local_date(each.starts_at, tz) for each in booking.dates]
    period = Period(min(days), max(days) + timedelta(days=1))
    found = values_at(office, period, [booking.organisation_id], every=True)
    return [each for each in found if each.booking_id == booking.id]
