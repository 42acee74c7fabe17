"""How much of each month was open, booked and used: of many months, in as few columns as that takes."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import BigInteger, select, type_coerce

from app.domain.localtime import zone
from app.domain.period import Period
from app.domain.stretches import Stretch, stretch_of
from app.domain.utilisation import NO_SHOW, OpenTime, ResourceTime, time_by_part
from app.models import BookingDate, Office, Slot
from app.services.opening import OfficeHours
from app.services.reports.material import in_service, reaching_into
from app.services.reports.roll_up.read import times_by_day
from app.services.reports.roll_up.standing import standing

NOTHING = OpenTime(available=timedelta(), booked=timedelta(), used=timedelta())


def month_times(
    offices: Sequence[Office], months: Sequence[Period], kinds: Sequence[str] | None
) -> list[OpenTime]:
    """The time of each of the months (sorted), as its report says. `kinds`: what counts, None means all."""
    sums = [NOTHING for _ in months]
    for office in offices if months else ():
        widest = Period(months[0].first, months[-1].last_exclusive)
        stands = standing(office, widest)
        for day, time in times_by_day(stands, office, kinds) if stands else ():
            number = bisect_right(months, day, key=lambda month: month.first) - 1
            if day in months[number]:
                sums[number] = _together(sums[number], time)
        parts = [
            (number, part)
            for run in (stands.missing if stands else [widest])
            for number, month in enumerate(months)
            if (part := _shared(run, month))
        ]
        counted = _counted(office, [part for _, part in parts], kinds)
        for (number, _), time in zip(parts, counted, strict=True):
            sums[number] = _together(sums[number], time)
    return sums


def _counted(office: Office, parts: Sequence[Period], kinds: Sequence[str] | None) -> list[OpenTime]:
    if not parts:
        return []
    timezone = zone(office.timezone)
    times = resource_times(office, Period(parts[0].first, parts[-1].last_exclusive))
    counted = [each for each in times if kinds is None or each.kind in kinds]
    return time_by_part(counted, [stretch_of(part.interval(timezone)) for part in parts])


def _shared(one: Period, other: Period) -> Period | None:
    first, last = max(one.first, other.first), min(one.last_exclusive, other.last_exclusive)
    return Period(first, last) if first < last else None


def _together(one: OpenTime, other: OpenTime) -> OpenTime:
    return OpenTime(
        available=one.available + other.available,
        booked=one.booked + other.booked,
        used=one.used + other.used,
    )


def resource_times(office: Office, period: Period) -> list[ResourceTime]:
    """When the office's leaves were open in the period, and all that held them then, as long as it is."""
    timezone = zone(office.timezone)
    within = period.interval(timezone)
    hours = OfficeHours.load(office, within)
    resources = in_service(office, within, timezone)
    used, no_shows = defaultdict[int, list[Stretch]](list), defaultdict[int, list[Stretch]](list)
    seconds = (type_coerce(each, BigInteger) for each in (Slot.starts_at, Slot.ends_at))
    query = select(Slot.resource_id, BookingDate.status, *seconds)
    query = query.join(BookingDate, BookingDate.id == Slot.date_id)
    for resource_id, status, start, end in reaching_into(within, query, [each.id for each in resources]):
        (no_shows if status == NO_SHOW else used)[resource_id].append((start, end))
    return [
        ResourceTime(each.kind, hours.open_seconds(each), used[each.id], no_shows[each.id])
        for each in resources
    ]
