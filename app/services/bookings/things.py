"""The things that a wish names, and the leaves that may serve each; what a date is booked on."""

from collections.abc import Iterable, Sequence

from app.domain.errors import Refusal
from app.models import Booking, BookingDate, Pool, Resource
from app.services.availability import bookable, leaves_of
from app.services.bookings.asked import Asked, Wish
from app.services.composites import in_a_loop
from app.services.directory import Directory, directory

Leaves = tuple[Resource, ...]


def asked_of(wish: Wish, known: Directory) -> tuple[tuple[Asked, ...], list[Refusal]]:
    """What the wish names, and what is wrong with its names."""
    asked: list[Asked] = []
    refusals: list[Refusal] = []
    named = [_resource(slug, known) or _pool(slug, known) for slug in dict.fromkeys(wish.resources)]
    for found in [*named, *(_site(slug, wish.people, known) for slug in dict.fromkeys(wish.sites))]:
        if isinstance(found, Asked):
            asked.append(found)
        else:
            refusals.append(found)
    if not wish.resources and not wish.sites:
        refusals.append(Refusal("resource_missing", "resources"))
    if wish.home:  # what stands first tells whose clock it is
        asked.sort(key=lambda each: each.choices[0][0].office.slug != wish.home)
    return tuple(asked), refusals


def whole_of(leaves: Leaves) -> Resource:
    """The resource that these leaves are all of; of several the first. Of one leaf that itself."""
    if len(leaves) == 1:
        return leaves[0]
    wanted = {leaf.id for leaf in leaves}
    everything = directory().resources.values()
    return next(each for each in everything if each.parts and {leaf.id for leaf in leaves_of(each)} == wanted)


def asked_things(booking: Booking) -> list[Resource | Pool]:
    """What was asked for, in order."""
    known = directory()
    return [known.thing(each.resource_id, each.pool_id) for each in booking.asked_for]


def things_of(date: BookingDate) -> list[Resource | Pool]:
    """What a date is booked on, as it was asked for; where it has moved since, the leaves that it holds."""
    known = directory()
    held = {slot.resource_id for slot in date.slots}
    things: list[Resource | Pool] = []
    for thing in asked_things(date.booking):
        served = serving(thing, held, known)
        if served:
            things.append(thing)
            held -= served
    return [*things, *(known.of_id(Resource, leaf) for leaf in sorted(held))]


def places_of(date: BookingDate) -> list[Resource]:
    """What is held, as it was asked for: a composite as one, of a pool the member."""
    known = directory()
    held = {slot.resource_id for slot in date.slots}
    places: list[Resource] = []
    for thing in things_of(date):
        served = serving(thing, held, known)
        held -= served
        if isinstance(thing, Resource):
            places.append(thing)
        else:
            places += [known.of_id(Resource, each) for each in sorted(served)]
    return sorted(places, key=lambda place: place.kind == "video")  # what people meet in first


def holds_the_same(wish: Wish, date: BookingDate) -> bool:
    """Whether a date holds just what a wish names: of a pool any member."""
    known = directory()
    left = {slot.resource_id for slot in date.slots}
    for slug in dict.fromkeys(wish.resources):
        thing = known.resources.get(slug) or known.pools.get(slug)
        served = serving(thing, left, known) if thing else set()
        if not served:
            return False
        left -= served
    return not left and not wish.sites


def serving(thing: Resource | Pool, held: set[int], known: Directory) -> set[int]:
    """Those of the leaves held that serve this thing; none where they do not suffice."""
    choices = [{leaf.id for leaf in leaves_of(each)} for each in members(thing, known)]
    return next((choice for choice in choices if choice and choice <= held), set())


def members(thing: Resource | Pool, known: Directory) -> Sequence[Resource]:
    """The resources of a pool, without those that are retired; a resource stands for itself."""
    if isinstance(thing, Resource):
        return [thing]
    return [each for each in known.resources.values() if each.pool_id == thing.id and not each.retired]


def _resource(slug: str, known: Directory) -> Asked | Refusal | None:
    resource = known.resources.get(slug)
    if resource is None or resource.retired:
        return None
    if in_a_loop(resource):
        return Refusal("composite_in_a_loop", "resources", {"resource": resource.name})
    return Asked(resource, (leaves_of(resource),))


def _pool(slug: str, known: Directory) -> Asked | Refusal:
    pool = known.pools.get(slug)
    if pool is None or pool.retired:
        return Refusal("unknown_resource", "resources", {"slug": slug})
    choices = _choices(members(pool, known))
    return Asked(pool, choices) if choices else Refusal("pool_empty", "resources", {"name": pool.name})


def _site(slug: str, people: int, known: Directory) -> Asked | Refusal:
    """The rooms of an office: with video first, then the smallest; of equal ones the fewest parts."""
    office = known.offices.get(slug)
    if office is None:
        return Refusal("unknown_office", "sites", {"slug": slug})
    if not known.hours.get(office.id):
        return Refusal("office_without_hours", "sites", {"office": office.name})
    large = [each for each in bookable(office) if each.kind == "room" and each.capacity >= people]
    choices = _choices(sorted(large, key=_fit_for_video))
    if not choices:
        return Refusal("no_room_at_site", "sites", {"office": office.name, "people": people})
    return Asked(office, choices)


def _fit_for_video(room: Resource) -> tuple[bool, int, int]:
    return "video" not in room.equipment, room.capacity, len(leaves_of(room))


def _choices(resources: Iterable[Resource]) -> tuple[Leaves, ...]:
    return tuple(leaves_of(each) for each in resources if not in_a_loop(each))
