"""When an office's resources are open, loaded in a constant number of queries."""

from collections import defaultdict
from dataclasses import dataclass, field
from functools import reduce
from typing import Self
from zoneinfo import ZoneInfo

from sqlalchemy import select

from app.domain.interval import Interval, clip, intersect, subtract
from app.domain.localtime import zone
from app.domain.opening import OpeningRow, hours_laid_out, service_interval
from app.extensions import db
from app.models import Closure, Office, OpeningHours, Resource, ResourcePart

ClosedTime = tuple[Interval, str]  # and the reason


@dataclass(frozen=True, slots=True)
class OfficeHours:
    """The opening hours of one office inside `within`: `OfficeHours.load(office, within)`.

    A resource with rows of its own follows those alone. A composite is open when all its parts are,
    and lies under every closure of theirs. Retired closures count for nothing.
    """

    within: Interval
    timezone: ZoneInfo
    rows: dict[int | None, list[OpeningRow]]
    closed: dict[int | None, list[ClosedTime]]
    parts: dict[int, list[Resource]]
    laid_out: dict[int | None, list[Interval]] = field(default_factory=dict)

    @classmethod
    def load(cls, office: Office, within: Interval) -> Self:
        """Reads rows, closures and parts: one query each."""
        return cls(within, zone(office.timezone), _rows(office), _closures(office, within), _parts(office))

    def hours(self, resource: Resource) -> list[Interval]:
        """What the weekly rows lay out while the resource is in service, closures not taken off."""
        window = self._in_service(resource)
        if parts := self.parts.get(resource.id):
            return reduce(intersect, (self.hours(part) for part in parts), window)
        return intersect(self._laid_out(resource.id), window) if window else []

    def open(self, resource: Resource) -> list[Interval]:
        """The hours less the closures."""
        return subtract(self.hours(resource), [interval for interval, _ in self.closures(resource)])

    def closures(self, resource: Resource) -> list[ClosedTime]:
        """The closures of the office and of the resource that reach into `within`, in order of time."""
        of_parts = [closed for part in self.parts.get(resource.id, ()) for closed in self.closures(part)]
        return sorted({*self.closed[None], *self.closed[resource.id], *of_parts})

    def service(self, resource: Resource) -> Interval | None:
        """The time that the resource can be booked at all; None if that is always."""
        return service_interval(resource.active_from, resource.active_to, self.timezone)

    def _in_service(self, resource: Resource) -> list[Interval]:
        service = self.service(resource)
        window = clip(self.within, service) if service else self.within
        return [window] if window else []

    def _laid_out(self, resource_id: int) -> list[Interval]:
        # Most resources share the office's rows, which are laid out once for all of them.
        owner = resource_id if resource_id in self.rows else None
        if owner not in self.laid_out:
            self.laid_out[owner] = hours_laid_out(
                self.rows.get(owner, ()), timezone=self.timezone, start=self.within.start, end=self.within.end
            )
        return self.laid_out[owner]


def _rows(office: Office) -> dict[int | None, list[OpeningRow]]:
    found: dict[int | None, list[OpeningRow]] = {}
    for row in db.session.scalars(select(OpeningHours).where(OpeningHours.office_id == office.id)):
        hours = OpeningRow(row.weekday, row.opens_minute, row.closes_minute, row.valid_from, row.valid_to)
        found.setdefault(row.resource_id, []).append(hours)
    return found


def _closures(office: Office, within: Interval) -> dict[int | None, list[ClosedTime]]:
    query = select(Closure.resource_id, Closure.starts_at, Closure.ends_at, Closure.reason).where(
        Closure.office_id == office.id,
        Closure.starts_at < within.end,
        Closure.ends_at > within.start,
        Closure.retired_at.is_(None),
    )
    found: defaultdict[int | None, list[ClosedTime]] = defaultdict(list)
    for resource_id, start, end, reason in db.session.execute(query):
        found[resource_id].append((Interval(start, end), reason))
    return found


def _parts(office: Office) -> dict[int, list[Resource]]:
    whole_ids = select(Resource.id).where(Resource.office_id == office.id)
    query = (
        select(ResourcePart.whole_id, Resource)
        .join(Resource, Resource.id == ResourcePart.part_id)
        .where(ResourcePart.whole_id.in_(whole_ids))
        .order_by(Resource.id)
    )
    found: dict[int, list[Resource]] = {}
    for whole_id, part in db.session.execute(query):
        found.setdefault(whole_id, []).append(part)
    return found
