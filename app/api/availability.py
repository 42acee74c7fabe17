"""When what can be booked is free."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, jsonify

from app.api.access import with_token
from app.api.reading import Fields
from app.api.wishes import MOST_PEOPLE
from app.clock import now
from app.domain.errors import NotFound
from app.domain.interval import Interval
from app.domain.localtime import zone
from app.domain.stretches import Stretch
from app.models import Office, Pool, Resource
from app.models.resource import KINDS
from app.services.agenda import office_known, thing_known, zone_of
from app.services.availability import Free, bookable, free
from app.services.bookings.things import members
from app.services.directory import directory
from app.services.serializers import Data, Instants

USUAL_DAYS, MOST_DAYS = 1, 62
USUAL_MINUTES, MOST_MINUTES = 15, 31 * 24 * 60


def add_to(api: Blueprint) -> None:
    """Registers the endpoint."""
    api.get("/availability")(list_free_times)


@dataclass(frozen=True, slots=True)
class Asked:
    """What is looked at, and what of it counts: the resources listed, and the pools with their members."""

    listed: Sequence[Resource]
    pools: Mapping[Pool, Sequence[Resource]]

    @property
    def resources(self) -> list[Resource]:
        """Everything that has to be looked at, each once."""
        everything = [*self.listed, *(each for some in self.pools.values() for each in some)]
        return list({each.id: each for each in everything}.values())


@with_token
def list_free_times() -> Response:
    """When an office's resources and pools are free, or those named, from now on."""
    fields = Fields.of_query("office", "resource", "from", "to", "minutes", "capacity", "kind", "equipment")
    slugs = fields.words("resource")
    office = fields.text("office")
    if office is None and not slugs:
        fields.refuse("office_or_resource", "office")
    fields.check()
    place = office_known(office) if office is not None else None
    asked = _asked(place, slugs)
    within = _within(fields, zone(place.timezone) if place else zone_of(slugs))
    minutes = fields.number("minutes", USUAL_MINUTES, least=1, most=MOST_MINUTES)
    asked = _fitting(fields, asked)
    fields.check()
    if within is None:
        return jsonify(items=[], pools=[])
    found = _free(asked.resources, within)
    written = Instants()
    return jsonify(
        items=[_free_data(found[each.id], minutes * 60, written) for each in asked.listed],
        pools=[
            _pool_data(pool, [found[each.id] for each in some], minutes * 60, written)
            for pool, some in asked.pools.items()
        ],
    )


def _asked(place: Office | None, slugs: Collection[str]) -> Asked:
    """NotFound where something is not there, or not at that office."""
    known = directory()
    if not slugs and place is not None:
        pools = [each for each in known.pools.values() if each.office_id == place.id and not each.retired]
        return Asked(bookable(place), {each: members(each, known) for each in pools})
    things = [thing_known(slug) for slug in dict.fromkeys(slugs)]
    named = [each for each in things if each and not each.retired]
    if len(named) < len(things) or any(place and each.office_id != place.id for each in named):
        raise NotFound()
    return Asked(
        [each for each in named if isinstance(each, Resource)],
        {each: members(each, known) for each in named if isinstance(each, Pool)},
    )


def _within(fields: Fields, tz: ZoneInfo) -> Interval | None:
    """The time that is asked about, from this moment on; None where all of it is over."""
    moment = now()
    within = fields.interval(tz, moment, usual_days=USUAL_DAYS, most_days=MOST_DAYS)
    if within is None or within.end <= moment:
        return None
    return Interval(max(within.start, moment), within.end)


def _fitting(fields: Fields, asked: Asked) -> Asked:
    """Only what holds so many, is of that kind and has all that equipment."""
    capacity = fields.number("capacity", 1, least=1, most=MOST_PEOPLE)
    kind = fields.text("kind")
    if kind is not None and kind not in KINDS:
        fields.refuse("not_one_of", "kind", known=", ".join(KINDS))
    equipment = set(fields.words("equipment"))

    def fits(each: Resource) -> bool:
        return each.capacity >= capacity and kind in (None, each.kind) and equipment <= set(each.equipment)

    pools = {pool: [each for each in some if fits(each)] for pool, some in asked.pools.items()}
    return Asked(
        [each for each in asked.listed if fits(each)], {p: some for p, some in pools.items() if some}
    )


def _free(resources: Sequence[Resource], within: Interval) -> dict[int, Free]:
    """By resource; office by office, each by its own opening hours."""
    known = directory()
    found: dict[int, Free] = {}
    for office_id in dict.fromkeys(each.office_id for each in resources):
        here = [each for each in resources if each.office_id == office_id]
        found |= {each.resource.id: each for each in free(known.of_id(Office, office_id), within, here)}
    return found


def _free_data(found: Free, shortest: int, written: Instants) -> Data:
    return {
        "resource": found.resource.slug,
        "name": found.resource.name,
        "kind": found.resource.kind,
        "capacity": found.resource.capacity,
        "free": _spans([each for each in found.seconds if each[1] - each[0] >= shortest], written),
    }


def _pool_data(pool: Pool, found: Sequence[Free], shortest: int, written: Instants) -> Data:
    long = {each for one in found for each in one.seconds if each[1] - each[0] >= shortest}
    return {
        "pool": pool.slug,
        "name": pool.name,
        "members": [each.resource.slug for each in found],
        "free": _spans(_longest(long), written),
    }


def _longest(stretches: Collection[Stretch]) -> list[Stretch]:
    """Without those that lie inside another: a booking holds one and the same member all the time."""
    kept: list[Stretch] = []
    for each in sorted(stretches, key=lambda one: (one[0], -one[1])):
        if not kept or each[1] > kept[-1][1]:
            kept.append(each)
    return kept


def _spans(stretches: Sequence[Stretch], written: Instants) -> list[Data]:
    return [{"start": written[start], "end": written[end]} for start, end in stretches]
