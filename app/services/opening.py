"""When an office's resources are open."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import reduce
from typing import Protocol
from zoneinfo import ZoneInfo

from app.domain.interval import Interval, clip, intersect, overlaps, subtract
from app.domain.localtime import zone
from app.domain.opening import OpeningRow, hours_laid_out, service_interval
from app.domain.stretches import Stretch, stretch_of
from app.models import Office
from app.services.composites import in_a_loop
from app.services.directory import Directory, directory

ClosedTime = tuple[Interval, str]  # and the reason
MOST_KEPT = 32


class InService(Protocol):
    """A resource, as far as its opening hours depend on it."""

    @property
    def id(self) -> int: ...

    @property
    def active_from(self) -> date | None: ...

    @property
    def active_to(self) -> date | None: ...


@dataclass(frozen=True, slots=True)
class OfficeHours:
    """The opening hours of one office inside `within`: `OfficeHours.load(office, within)`.

    A resource with rows of its own follows those alone. A composite is open when all its parts are,
    and lies under every closure of theirs. Retired closures count for nothing.
    """

    within: Interval
    timezone: ZoneInfo
    rows: Mapping[int | None, Sequence[OpeningRow]]
    closed: Mapping[int | None, Sequence[ClosedTime]]
    parts: Mapping[int, Sequence[InService]]
    laid_out: dict[int | None, list[Interval]] = field(default_factory=dict)
    opened: dict[tuple[object, ...], list[Interval]] = field(default_factory=dict)
    in_seconds: dict[tuple[object, ...], list[Stretch]] = field(default_factory=dict)
    in_order: dict[int, list[ClosedTime]] = field(default_factory=dict)

    @classmethod
    def load(cls, office: Office, within: Interval) -> "OfficeHours":
        """As they are now. The same days are looked at again and again: what was worked out is kept."""
        known = directory()
        key = (known.mark, office.id, within)
        if key not in _kept:
            while len(_kept) >= MOST_KEPT:
                _kept.pop(next(iter(_kept)), None)
            _kept[key] = cls.of(known, office, within)
        return _kept[key]

    @classmethod
    def of(cls, known: Directory, office: Office, within: Interval) -> "OfficeHours":
        """By what is known of the office."""
        rows: defaultdict[int | None, list[OpeningRow]] = defaultdict(list)
        for resource_id, row in known.hours.get(office.id, ()):
            rows[resource_id].append(row)
        closed: defaultdict[int | None, list[ClosedTime]] = defaultdict(list)
        for closure in known.closures.get(office.id, ()):
            if overlaps(closure.interval, within):
                closed[closure.resource_id].append((closure.interval, closure.reason))
        wholes = [each for each in known.resources.values() if each.parts and not in_a_loop(each)]
        parts = {each.id: each.parts for each in wholes}
        return cls(within, zone(office.timezone), dict(rows), dict(closed), parts)

    def hours(self, resource: InService) -> list[Interval]:
        """What the weekly rows lay out while the resource is in service, closures not taken off."""
        window = self._in_service(resource)
        if parts := self.parts.get(resource.id):
            return reduce(intersect, (self.hours(part) for part in parts), window)
        return intersect(self._laid_out(resource.id), window) if window else []

    def open(self, resource: InService) -> list[Interval]:
        """The hours less the closures."""
        key = self._alike(resource)
        if key not in self.opened:
            closures = [interval for interval, _ in self.closures(resource)]
            self.opened[key] = subtract(self.hours(resource), closures)
        return self.opened[key]

    def open_seconds(self, resource: InService) -> list[Stretch]:
        """The same in whole seconds since 1970."""
        key = self._alike(resource)
        if key not in self.in_seconds:
            self.in_seconds[key] = [stretch_of(interval) for interval in self.open(resource)]
        return self.in_seconds[key]

    def _alike(self, resource: InService) -> tuple[object, ...]:
        # Most resources have nothing of their own: what is open is worked out once for all of them.
        key = resource.id
        own = key in self.rows or key in self.closed or key in self.parts
        return (key if own else None, resource.active_from, resource.active_to)

    def closures(self, resource: InService) -> list[ClosedTime]:
        """The closures of the office and of the resource that reach into `within`, in order of time."""
        key = resource.id
        if key not in self.in_order:
            of_parts = [closed for part in self.parts.get(key, ()) for closed in self.closures(part)]
            self.in_order[key] = sorted({*self.closed.get(None, ()), *self.closed.get(key, ()), *of_parts})
        return self.in_order[key]

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
            self.laid_out[owner] = hours_laid_out(
                self.rows.get(owner, ()), timezone=self.timezone, start=self.within.start, end=self.within.end
            )
        return self.laid_out[owner]


_kept: dict[tuple[str, int, Interval], OfficeHours] = {}
