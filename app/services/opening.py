"""When an office's resources are open, loaded in a constant number of queries."""

from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache, reduce
from typing import NamedTuple, Protocol, Self
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, select
from sqlalchemy.orm import aliased

from app.domain.interval import Interval, clip, intersect, subtract
from app.domain.localtime import zone
from app.domain.opening import OpeningRow, hours_laid_out, service_interval
from app.models import Closure, Office, OpeningHours, Resource, ResourcePart
from app.services.columns import read
from app.services.offices import OfficeName

ClosedTime = tuple[Interval, str]  # and the reason


class InService(Protocol):
    """A resource, as far as its opening hours depend on it."""

    @property
    def id(self) -> int: ...

    @property
    def active_from(self) -> date | None: ...

    @property
    def active_to(self) -> date | None: ...


class Part(NamedTuple):
    """A part of a composite."""

    id: int
    active_from: date | None
    active_to: date | None


_HOURS = select(
    OpeningHours.resource_id,
    OpeningHours.weekday,
    OpeningHours.opens_minute,
    OpeningHours.closes_minute,
    OpeningHours.valid_from,
    OpeningHours.valid_to,
).where(OpeningHours.office_id == bindparam("office"))
_CLOSURES = select(Closure.resource_id, Closure.starts_at, Closure.ends_at, Closure.reason).where(
    Closure.office_id == bindparam("office"),
    Closure.starts_at < bindparam("end"),
    Closure.ends_at > bindparam("start"),
    Closure.retired_at.is_(None),
)
_WHOLE = aliased(Resource)
_PARTS = (
    select(ResourcePart.whole_id, Resource.id, Resource.active_from, Resource.active_to)
    .join(Resource, Resource.id == ResourcePart.part_id)
    .join(_WHOLE, _WHOLE.id == ResourcePart.whole_id)
    .where(_WHOLE.office_id == bindparam("office"))
    .order_by(Resource.id)
)


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
    parts: dict[int, list[Part]]
    laid_out: dict[int | None, list[Interval]] = field(default_factory=dict)
    opened: dict[tuple[object, ...], list[Interval]] = field(default_factory=dict)

    @classmethod
    def load(cls, office: Office | OfficeName, within: Interval) -> Self:
        """Reads rows, closures and parts: one query each."""
        return cls(within, zone(office.timezone), _rows(office), _closures(office, within), _parts(office))

    def hours(self, resource: InService) -> list[Interval]:
        """What the weekly rows lay out while the resource is in service, closures not taken off."""
        window = self._in_service(resource)
        if parts := self.parts.get(resource.id):
            return reduce(intersect, (self.hours(part) for part in parts), window)
        return intersect(self._laid_out(resource.id), window) if window else []

    def open(self, resource: InService) -> list[Interval]:
        """The hours less the closures."""
        # Most resources have nothing of their own: what is open is worked out once for all of them.
        own = resource.id in self.rows or resource.id in self.closed or resource.id in self.parts
        key = (resource.id if own else None, resource.active_from, resource.active_to)
        if key not in self.opened:
            closures = [interval for interval, _ in self.closures(resource)]
            self.opened[key] = subtract(self.hours(resource), closures)
        return self.opened[key]

    def closures(self, resource: InService) -> list[ClosedTime]:
        """The closures of the office and of the resource that reach into `within`, in order of time."""
        of_parts = [closed for part in self.parts.get(resource.id, ()) for closed in self.closures(part)]
        return sorted({*self.closed.get(None, ()), *self.closed.get(resource.id, ()), *of_parts})

    def leaf_ids(self, resource_id: int) -> set[int]:
        """The resources that booking this one takes: its parts, down to the last; itself if it has none."""
        parts = self.parts.get(resource_id)
        return set[int]().union(*(self.leaf_ids(part.id) for part in parts)) if parts else {resource_id}

    def service(self, resource: InService) -> Interval | None:
        """The time that the resource can be booked at all; None if that is always."""
        return service_interval(resource.active_from, resource.active_to, self.timezone)

    def _in_service(self, resource: InService) -> list[Interval]:
        service = self.service(resource)
        window = clip(self.within, service) if service else self.within
        return [window] if window else []

    def _laid_out(self, resource_id: int) -> list[Interval]:
        # Most resources share the office's rows, which are laid out once for all of them.
        owner = resource_id if resource_id in self.rows else None
        if owner not in self.laid_out:
            self.laid_out[owner] = _laid_out(tuple(self.rows.get(owner, ())), self.timezone, self.within)
        return self.laid_out[owner]


# The same days are looked at again and again.
@lru_cache(maxsize=500)
def _laid_out(rows: tuple[OpeningRow, ...], timezone: ZoneInfo, within: Interval) -> list[Interval]:
    return hours_laid_out(rows, timezone=timezone, start=within.start, end=within.end)


def _rows(office: Office | OfficeName) -> dict[int | None, list[OpeningRow]]:
    found: dict[int | None, list[OpeningRow]] = {}
    for resource_id, *row in read(_HOURS, office=office.id):
        found.setdefault(resource_id, []).append(OpeningRow(*row))
    return found


def _closures(office: Office | OfficeName, within: Interval) -> dict[int | None, list[ClosedTime]]:
    found: dict[int | None, list[ClosedTime]] = {}
    rows = read(_CLOSURES, office=office.id, start=within.start, end=within.end)
    for resource_id, start, end, reason in rows:
        found.setdefault(resource_id, []).append((Interval(start, end), reason))
    return found


def _parts(office: Office | OfficeName) -> dict[int, list[Part]]:
    found: dict[int, list[Part]] = {}
    for whole_id, *part in read(_PARTS, office=office.id):
        found.setdefault(whole_id, []).append(Part(*part))
    return found
