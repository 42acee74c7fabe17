"""What an office's file says, after reading: plain records, slugs instead of rows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class OfficeEntry:
    slug: str
    name: str
    timezone: str
    language: str
    holidays: str | None
    address: str
    directions: str


@dataclass(frozen=True, slots=True)
class NamedEntry:
    """A category or an activity; `names` has Swedish and English."""

    slug: str
    names: dict[str, str]


@dataclass(frozen=True, slots=True)
class OrganisationEntry:
    """None: the file does not say, so what another office's file said stays."""

    slug: str
    name: str
    category: str
    co_funder: bool | None
    organisation_number: str | None
    municipality: str | None


@dataclass(frozen=True, slots=True)
class PoolEntry:
    """`name` is None for a pool that only its resources name."""

    slug: str
    name: str | None


@dataclass(frozen=True, slots=True)
class ResourceEntry:
    slug: str
    name: str
    kind: str
    capacity: int
    equipment: tuple[str, ...]
    location: str
    description: str
    active_from: date | None
    active_to: date | None  # exclusive
    parts: tuple[str, ...]
    pool: str | None
    approval: bool
    buffer_before_minutes: int
    buffer_after_minutes: int
    min_minutes: int
    max_minutes: int
    max_days_ahead: int


@dataclass(frozen=True, slots=True)
class CapacityEntry:
    key: str  # how problems call it
    resource: str
    capacity: int
    valid_from: date | None
    valid_to: date | None  # exclusive


@dataclass(frozen=True, slots=True)
class ValueEntry:
    """What an hour is worth, in hundredths, from a day on; None: from the beginning."""

    key: str  # how problems call it
    resource: str
    per_hour: int
    valid_from: date | None


@dataclass(frozen=True, slots=True)
class HoursEntry:
    """Open on these weekdays (Monday is 0), in minutes from local midnight."""

    key: str  # how problems call it
    resource: str | None
    weekdays: tuple[int, ...]
    opens_minute: int
    closes_minute: int
    valid_from: date | None
    valid_to: date | None  # exclusive


@dataclass(frozen=True, slots=True)
class ClosureEntry:
    """Instants in UTC. Without `entered_at` it counts as entered when it is loaded first."""

    key: str  # how problems call it
    resource: str | None
    starts_at: datetime
    ends_at: datetime
    reason: str
    entered_at: datetime | None


@dataclass(frozen=True, slots=True)
class RuleEntry:
    """What is asked of bookings. Instants in UTC; `settings` as the columns of the rule, None: not said."""

    key: str  # how problems call it
    resource: str | None
    category: str | None
    organisation: str | None
    starts_at: datetime | None
    ends_at: datetime | None
    reason: str
    settings: Mapping[str, int | None]


@dataclass(frozen=True, slots=True)
class ProjectEntry:
    slug: str
    name: str
    host: str
    starts_on: date
    ends_on: date  # exclusive
    funders: tuple[str, ...]
    kinds: tuple[str, ...]
    headline: str


@dataclass(frozen=True, slots=True)
class TargetEntry:
    key: str  # how problems call it
    project: str
    indicator: str
    target: float | None


@dataclass(frozen=True, slots=True)
class Description:
    """A whole file. Every list in the file's order."""

    office: OfficeEntry
    categories: tuple[NamedEntry, ...]
    organisations: tuple[OrganisationEntry, ...]
    activities: tuple[NamedEntry, ...]
    pools: tuple[PoolEntry, ...]
    resources: tuple[ResourceEntry, ...]
    capacities: tuple[CapacityEntry, ...]
    values: tuple[ValueEntry, ...]
    opening_hours: tuple[HoursEntry, ...]
    closures: tuple[ClosureEntry, ...]
    rules: tuple[RuleEntry, ...]
    projects: tuple[ProjectEntry, ...]
    targets: tuple[TargetEntry, ...]
