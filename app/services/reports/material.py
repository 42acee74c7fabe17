"""What a report is counted from, read in a constant number of queries, light columns only."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, select

from app.domain.errors import Refusal, Refused
from app.domain.interval import Interval, clip
from app.domain.localtime import midnight, zone
from app.domain.opening import service_interval
from app.domain.period import Period
from app.domain.utilisation import Beside, Measurement, ResourceFacts, UseRow, measure_each
from app.extensions import db
from app.models import (
    Activity,
    Booking,
    BookingDate,
    Category,
    Office,
    Organisation,
    Project,
    Resource,
    ResourceCapacity,
    ResourcePart,
    Slot,
)
from app.models.booking import LONGEST_USE
from app.services.opening import OfficeHours

COUNTED_STATUSES = ("confirmed", "checked_in", "no_show")
ONE_DAY = timedelta(days=1)
ALWAYS = Interval(datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC))
_ROWS = (
    select(
        *(BookingDate.id, Booking.imported_as, Slot.resource_id, Slot.starts_at, Slot.ends_at),
        *(BookingDate.starts_at, BookingDate.status),
        *(Booking.category_id, Booking.activity_id, Booking.organisation_id),
        *(BookingDate.women, BookingDate.men, BookingDate.other, Booking.created_at),
    )
    .select_from(Slot)
    .join(BookingDate, BookingDate.id == Slot.date_id)
    .join(Booking, Booking.id == BookingDate.booking_id)
)


@dataclass(frozen=True, slots=True)
class Material:
    """Resources and rows of a period. Of the resources by slug: `names`, and the slug of their `office`.

    `beside`: leaves that were not in service in the period, and their rows; some of the dates were on others
    as well. `beside_names` by slug.
    """

    within: Interval
    timezone: ZoneInfo
    kinds: tuple[str, ...] | None
    facts: Sequence[ResourceFacts]
    rows: Sequence[UseRow]
    names: dict[str, str]
    office: dict[str, str]
    beside: Beside
    beside_names: dict[str, str]

    def measurement(self) -> Measurement:
        return measure_each(self.facts, self.rows, period=self.within, kinds=self.kinds, beside=self.beside)

    def part(self, period: Period) -> Measurement:
        """The measurement of a part of the period, as if loaded alone."""
        within = period.interval(self.timezone)
        rows = [row for row in self.rows if row.start < within.end and row.end > within.start]
        facts = self._facts_in(within)
        return measure_each(facts, rows, period=within, kinds=self.kinds, beside=self.beside)

    def days(self, period: Period) -> Iterator[tuple[date, Measurement]]:
        """The measurement of each local day of a part of the period, of all kinds, as if loaded alone."""
        days = period.days()
        starts = [midnight(day, self.timezone) for day in (*days, period.last_exclusive)]
        rows: list[list[UseRow]] = [[] for _ in days]
        for row in self.rows:
            first, last = bisect_right(starts, row.start) - 1, bisect_left(starts, row.end)
            for number in range(max(first, 0), min(last, len(days))):
                rows[number].append(row)
        for number, day in enumerate(days):
            if starts[number] < starts[number + 1]:  # some zones once left a day out
                within = Interval(starts[number], starts[number + 1])
                facts = self._facts_in(within)
                yield day, measure_each(facts, rows[number], period=within, beside=self.beside)

    def _facts_in(self, within: Interval) -> list[ResourceFacts]:
        return [
            replace(each, hours=_overlapping(each.hours, within), open=_overlapping(each.open, within))
            for each in self.facts
        ]


def _overlapping(spans: Sequence[Interval], within: Interval) -> Sequence[Interval]:
    """Those of the sorted, disjoint spans that have any time in it, whole as they are."""
    first = bisect_right(spans, within.start, key=lambda span: span.end)
    return spans[first : bisect_left(spans, within.end, key=lambda span: span.start)]


def load_together(offices: Sequence[Office], period: Period, project: Project | None) -> Material:
    """The material of several offices as if they were one. Refused where their clocks differ."""
    first, *others = (load(office, period, project) for office in offices)
    if any(other.timezone != first.timezone for other in others):
        raise Refused(Refusal("different_time_zones", "office"))
    for other in others:
        first = replace(
            first,
            facts=[*first.facts, *other.facts],
            rows=[*first.rows, *other.rows],
            names=first.names | other.names,
            office=first.office | other.office,
            beside=(
                [*first.beside[0], *other.beside[0]],
                [*first.beside[1], *other.beside[1]],
            ),
            beside_names=first.beside_names | other.beside_names,
        )
    return first


def load(office: Office, period: Period, project: Project | None) -> Material:
    """Reads the material; `project` says what the totals count."""
    timezone = zone(office.timezone)
    within = period.interval(timezone)
    leaves = leaves_of(office)
    resources = [each for each in leaves if is_in_service(each, within, timezone)]
    others = [each for each in leaves if each not in resources]
    hours = OfficeHours.load(office, within)
    capacities = _capacities(office, timezone)
    facts = [_facts(each, hours, capacities[each.id]) for each in resources]
    return Material(
        within=within,
        timezone=timezone,
        kinds=tuple(project.kinds) if project else None,
        facts=facts,
        rows=list(_rows({each.id: each.slug for each in resources}, within)),
        names={each.slug: each.name for each in resources},
        office={each.slug: office.slug for each in resources},
        beside=(
            [_facts(each, hours, capacities[each.id]) for each in others],
            list(_rows({each.id: each.slug for each in others}, within)),
        ),
        beside_names={each.slug: each.name for each in others},
    )


def in_service(office: Office, within: Interval, timezone: ZoneInfo) -> list[Resource]:
    """The leaves that were in service at some time in the period; retired ones too."""
    return [each for each in leaves_of(office) if is_in_service(each, within, timezone)]


def leaves_of(office: Office) -> list[Resource]:
    """The office's resources that are not made of others, also retired ones."""
    wholes = select(ResourcePart.whole_id)
    query = select(Resource).where(Resource.office_id == office.id, Resource.id.not_in(wholes))
    return list(db.session.scalars(query.order_by(Resource.position, Resource.id)))


def is_in_service(resource: Resource, within: Interval, timezone: ZoneInfo) -> bool:
    """Whether it could be used at any time in it."""
    service = service_interval(resource.active_from, resource.active_to, timezone)
    return service is None or clip(within, service) is not None


def _facts(resource: Resource, hours: OfficeHours, capacities: list[tuple[Interval, int]]) -> ResourceFacts:
    return ResourceFacts(
        slug=resource.slug,
        kind=resource.kind,
        hours=hours.hours(resource),
        open=hours.open(resource),
        service=hours.service(resource),
        capacity=resource.capacity,
        other_capacities=capacities,
    )


def _capacities(office: Office, timezone: ZoneInfo) -> defaultdict[int, list[tuple[Interval, int]]]:
    query = (
        select(ResourceCapacity)
        .join(Resource, Resource.id == ResourceCapacity.resource_id)
        .where(Resource.office_id == office.id)
        .order_by(ResourceCapacity.id)
    )
    found: defaultdict[int, list[tuple[Interval, int]]] = defaultdict(list)
    for row in db.session.scalars(query):
        span = service_interval(row.valid_from, row.valid_to, timezone) or ALWAYS
        found[row.resource_id].append((span, row.capacity))
    return found


def _rows(resources: dict[int, str], within: Interval) -> Iterator[UseRow]:
    if not resources:
        return
    categories = slugs_of(Category)
    activities = slugs_of(Activity)
    organisations = slugs_of(Organisation)
    # Taken apart in one go: to look up a value by its name takes longer than all the rest.
    for row in reaching_into(within, _ROWS, resources):
        date_id, imported_as, resource_id, start, end, date_start, status, *of_what, created_at = row
        category_id, activity_id, organisation_id, women, men, other = of_what
        yield UseRow(
            date_id=date_id,
            key=imported_as or str(date_id),
            resource=resources[resource_id],
            start=start,
            end=end,
            date_start=date_start,
            status=status,
            category=categories[category_id],
            activity=activities[activity_id],
            organisation=organisations[organisation_id],
            women=women,
            men=men,
            other=other,
            created_at=created_at,
        )


def reaching_into(
    within: Interval, query: Select[*tuple[Any, ...]], resources: Collection[int]
) -> Iterator[Any]:
    """The query's rows of each slot of the resources that counts and has any time in the period.

    It is of slots and their dates.
    """
    query = query.where(
        Slot.resource_id.in_(sorted(resources)),
        Slot.starts_at < within.end,
        Slot.ends_at > within.start,
        BookingDate.status.in_(COUNTED_STATUSES),
    )
    yield from db.session.execute(query.where(Slot.starts_at > within.start - ONE_DAY))
    # Longer ones may have begun earlier; they are few and have an index of their own.
    yield from db.session.execute(
        query.where(
            Slot.ends_at - Slot.starts_at > 86400,
            Slot.starts_at <= within.start - ONE_DAY,
            Slot.starts_at > within.start - LONGEST_USE - ONE_DAY,
        )
    )


def slugs_of(model: type[Category] | type[Activity] | type[Organisation]) -> dict[int, str]:
    """By number."""
    return dict(db.session.execute(select(model.id, model.slug)).all())
