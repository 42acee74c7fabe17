"""Everything that a line may name, loaded once for the whole file."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from app.domain.localtime import zone
from app.extensions import db
from app.models import Activity, Category, Office, Organisation, Person, Pool, Resource, ResourcePart


@dataclass(frozen=True, slots=True)
class Thing:
    """A resource or pool, and the leaves that booking it takes: one choice, or one for each member."""

    id: int
    slug: str
    is_pool: bool
    office_id: int
    timezone: ZoneInfo
    retired: bool
    choices: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Directory:
    """Things by slug, people by address. Organisations come with their category."""

    things: Mapping[str, Thing]
    organisations: Mapping[str, tuple[int, int]]
    categories: Mapping[str, int]
    activities: Mapping[str, int]
    people: Mapping[str, int]
    slugs: Mapping[int, str]  # of resources
    buffers: Mapping[int, tuple[timedelta, timedelta]]


def load_directory() -> Directory:
    """Retired things too: old bookings were made on them."""
    zones = {office.id: zone(office.timezone) for office in db.session.scalars(select(Office))}
    resources = db.session.scalars(select(Resource).order_by(Resource.position, Resource.id)).all()
    leaves = _leaves(resources)
    things = {
        each.slug: Thing(
            each.id, each.slug, False, each.office_id, zones[each.office_id], each.retired, (leaves[each.id],)
        )
        for each in resources
    }
    for pool in db.session.scalars(select(Pool)):
        members = [each for each in resources if each.pool_id == pool.id]
        in_use = [each for each in members if not each.retired]
        choices = tuple(leaves[each.id] for each in in_use or members)
        retired = pool.retired or not in_use
        things[pool.slug] = Thing(
            pool.id, pool.slug, True, pool.office_id, zones[pool.office_id], retired, choices
        )
    return Directory(
        things=things,
        organisations={
            each.slug: (each.id, each.category_id) for each in db.session.scalars(select(Organisation))
        },
        categories={each.slug: each.id for each in db.session.scalars(select(Category))},
        activities={each.slug: each.id for each in db.session.scalars(select(Activity))},
        people=dict(db.session.execute(select(Person.email, Person.id)).all()),
        slugs={each.id: each.slug for each in resources},
        buffers={each.id: _buffers(each) for each in resources},
    )


def _leaves(resources: Iterable[Resource]) -> dict[int, tuple[int, ...]]:
    parts: defaultdict[int, list[int]] = defaultdict(list)
    for link in db.session.scalars(select(ResourcePart)):
        parts[link.whole_id].append(link.part_id)

    def down(resource_id: int) -> set[int]:
        inner = parts.get(resource_id)
        return set[int]().union(*(down(part) for part in inner)) if inner else {resource_id}

    return {resource.id: tuple(sorted(down(resource.id))) for resource in resources}


def _buffers(resource: Resource) -> tuple[timedelta, timedelta]:
    before, after = resource.buffer_before_minutes, resource.buffer_after_minutes
    return timedelta(minutes=before), timedelta(minutes=after)
