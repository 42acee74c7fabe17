"""What a resource's new days of service leave out: its bookings before and after them count in no report."""

from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy import func, or_, select

from app.domain.localtime import zone
from app.domain.opening import service_interval
from app.extensions import db
from app.models import BookingDate, Office, Resource, Slot
from app.services.reports.material import COUNTED_STATUSES

Service = tuple[date | None, date | None]  # active_from, active_to


def services_of(office: Office) -> dict[int, Service]:
    """The days of service of the office's resources, by number."""
    query = select(Resource.id, Resource.active_from, Resource.active_to).filter_by(office_id=office.id)
    return {number: (first, end) for number, first, end in db.session.execute(query)}


def left_out(office: Office, before: Mapping[int, Service], now: datetime) -> dict[str, int]:
    """Of resources whose days were others `before`: by slug, how many past dates lie outside the new ones."""
    resources = db.session.scalars(select(Resource).filter_by(office_id=office.id).order_by(Resource.id))
    changed = [
        each
        for each in resources
        if each.id in before and before[each.id] != (each.active_from, each.active_to)
    ]
    found = {each.slug: _dates_outside(each, office, now) for each in changed}
    return {slug: count for slug, count in found.items() if count}


def _dates_outside(resource: Resource, office: Office, now: datetime) -> int:
    service = service_interval(resource.active_from, resource.active_to, zone(office.timezone))
    if service is None:
        return 0
    query = (
        select(func.count(BookingDate.id.distinct()))
        .join(Slot, Slot.date_id == BookingDate.id)
        .where(Slot.resource_id == resource.id, Slot.starts_at < now)
        .where(BookingDate.status.in_(COUNTED_STATUSES))
        .where(or_(Slot.starts_at >= service.end, Slot.ends_at <= service.start))
    )
    return db.session.scalar(query) or 0
