"""The figures of a period from the roll-up. Days that it has not, or has otherwise, are counted directly."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, fields
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, select

from app.domain.interval import clip
from app.domain.localtime import zone
from app.domain.period import Period
from app.domain.utilisation import (
    DatesOfDay,
    DayFigures,
    DaySums,
    LongDate,
    OpenTime,
    Summary,
    day_figures,
    first_uses,
    is_counted,
)
from app.extensions import db
from app.models import (
    Category,
    Office,
    Organisation,
    Resource,
    UsageDates,
    UsageLong,
    UsagePersons,
    UsageShare,
    UsageTime,
)
from app.models.resource import KINDS
from app.models.roll_up import KIND_BITS
from app.services.reports.material import Material, load, slugs_of
from app.services.reports.roll_up.standing import Standing, standing


@dataclass(frozen=True, slots=True)
class RolledUp:
    """One office's roll-up as a report reads it. `kinds`: what counts, None means all.

    `known`: the report's own material, from which days of its period are counted that the roll-up lacks.
    """

    office: Office
    kinds: Collection[str] | None
    known: Material | None = None
    counted: dict[date, DayFigures] = field(default_factory=dict)

    def summary(self, period: Period) -> Summary | None:
        """The figures of the period, as measured from its bookings; None where no day of it is current."""
        stands = standing(self.office, period)
        if stands is None:
            return None
        sums = DaySums(kinds=self.kinds)
        self._add_stored(sums, stands)
        for figures in self._counted(stands.missing):
            sums.add(figures)
        return sums.summary(period.first)

    def first_uses(self, period: Period, category: str) -> dict[str, date]:
        """Of every organisation of the category that used time: on which day its first used date began."""
        stands = standing(self.office, period)
        missing = stands.missing if stands else [period]
        found = first_uses(self._counted(missing), category, self.kinds)
        for organisation, day in self._stored_uses(stands, category) if stands else ():
            found[organisation] = min(day, found.get(organisation, day))
        return found

    def _counted(self, periods: Sequence[Period]) -> Iterator[DayFigures]:
        for period in periods:
            if any(day not in self.counted for day in period.days()):
                of_days = figures_by_day(self.office, period, self.known)
                self.counted.update((each.day, each) for each in of_days)
            yield from (self.counted[day] for day in period.days() if day in self.counted)

    def _add_stored(self, sums: DaySums, stands: Standing) -> None:
        names = ("available", "booked", "used", "seats_available", "seats_counted")
        for row in db.session.execute(
            select(*(func.sum(getattr(UsageTime, name)) for name in names))
            .where(stands.days_in(UsageTime), *self._of_kinds(UsageTime.resource_id))
            .group_by(UsageTime.day)
        ):
            sums.add_time(*map(int, row))
        categories = slugs_of(Category)
        for category_id, used in db.session.execute(
            select(UsageShare.category_id, func.sum(UsageShare.used))
            .where(stands.days_in(UsageShare), *self._of_kinds(UsageShare.resource_id))
            .group_by(UsageShare.category_id)
        ):
            sums.by_category[categories[category_id]] += int(used)
        for parts, person_seconds in db.session.execute(
            select(UsagePersons.parts, func.sum(UsagePersons.person_seconds))
            .where(stands.days_in(UsagePersons), UsagePersons.kind.bitwise_and(self._bits) != 0)
            .group_by(UsagePersons.parts)
        ):
            sums.persons[parts] += int(person_seconds)
        counts = [each.name for each in fields(DatesOfDay)]
        dates = db.session.execute(
            select(*(func.coalesce(func.sum(getattr(UsageDates, name)), 0) for name in counts)).where(
                stands.days_in(UsageDates), UsageDates.kinds.bitwise_and(self._bits) != 0
            )
        ).one()
        sums.add_dates(DatesOfDay(*map(int, dates)))
        sums.long += self._long(stands)

    def _stored_uses(self, stands: Standing, category: str) -> Iterator[tuple[str, date]]:
        organisations = slugs_of(Organisation)
        query = (
            select(UsageDates.organisation_id, func.min(UsageDates.day))
            .where(
                stands.days_in(UsageDates),
                UsageDates.category_id.in_(select(Category.id).filter_by(slug=category)),
                UsageDates.bookings > 0,
                UsageDates.kinds.bitwise_and(self._bits) != 0,
            )
            .group_by(UsageDates.organisation_id)
        )
        for organisation_id, day in db.session.execute(query):
            yield organisations[organisation_id], date.fromordinal(day)
        for each in self._long(stands):
            if each.category == category and each.organisation and is_counted(each.used, self.kinds):
                yield each.organisation, each.starts_on

    def _long(self, stands: Standing) -> list[LongDate]:
        rows = db.session.scalars(select(UsageLong).where(stands.days_in(UsageLong))).all()
        if not rows:
            return []
        categories, organisations = slugs_of(Category), slugs_of(Organisation)
        return [
            LongDate(
                date_id=row.date_id,
                starts_on=date.fromordinal(row.starts_on),
                category=categories[row.category_id],
                organisation=organisations[row.organisation_id],
                heads=(row.women, row.men, row.other),
                used=kinds_of(row.used),
                attended=kinds_of(row.attended),
                no_show=kinds_of(row.no_show),
            )
            for row in rows
        ]

    @property
    def _bits(self) -> int:
        return sum(bit for kind, bit in KIND_BITS.items() if self.kinds is None or kind in self.kinds)

    def _of_kinds(self, resource_id: Any) -> list[ColumnElement[bool]]:
        return of_kinds(self.office, resource_id, self.kinds)


def of_kinds(office: Office, resource_id: Any, kinds: Collection[str] | None) -> list[ColumnElement[bool]]:
    """The condition for rows of the office's resources of these kinds, where there is one."""
    if kinds is None or set(KINDS) <= set(kinds):
        return []
    own = select(Resource.id).where(Resource.office_id == office.id, Resource.kind.in_(kinds))
    return [resource_id.in_(own)]


def times_by_day(
    stands: Standing, office: Office, kinds: Collection[str] | None
) -> Iterator[tuple[date, OpenTime]]:
    """The time of each current day, as far as there is any."""
    sums = map(func.sum, (UsageTime.available, UsageTime.booked, UsageTime.used))
    query = select(UsageTime.day, *sums).where(
        stands.days_in(UsageTime), *of_kinds(office, UsageTime.resource_id, kinds)
    )
    for day, *seconds in db.session.execute(query.group_by(UsageTime.day)):
        available, booked, used = (timedelta(seconds=int(each)) for each in seconds)
        yield date.fromordinal(day), OpenTime(available=available, booked=booked, used=used)


def figures_by_day(office: Office, period: Period, known: Material | None = None) -> Iterator[DayFigures]:
    """The figures of each day, from the bookings; of `known` where the period lies within it."""
    within = period.interval(zone(office.timezone))
    material = known if known and clip(within, known.within) == within else load(office, period, None)
    for day, measurement in material.days(period):
        yield day_figures(measurement, day, material.timezone)


def kinds_of(bits: int) -> frozenset[str]:
    """The kinds that the bits stand for."""
    return frozenset(kind for kind, bit in KIND_BITS.items() if bits & bit)
