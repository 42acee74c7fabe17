"""How much of each month was open, booked and used: of many months, in as few columns as that takes."""

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import BigInteger, select, type_coerce

from app.domain.localtime import zone
from app.domain.period import Period
from app.domain.stretches import Stretch, stretch_of
from app.domain.utilisation import NO_SHOW, OpenTime, ResourceTime, time_by_part
from app.models import BookingDate, Office, Slot
from app.services.opening import OfficeHours
from app.services.reports.material import in_service, reaching_into


def month_times(
    offices: Sequence[Office], months: Sequence[Period], kinds: Sequence[str] | None
) -> list[OpenTime]:
    """The time of each of the months (sorted), as its report says. `kinds`: what counts, None means all."""
    if not months:
        return []
    timezone = zone(offices[0].timezone)
    widest = Period(months[0].first, months[-1].last_exclusive)
    times = [each for office in offices for each in resource_times(office, widest)]
    counted = [each for each in times if kinds is None or each.kind in kinds]
    return time_by_part(counted, [stretch_of(month.interval(timezone)) for month in months])


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
