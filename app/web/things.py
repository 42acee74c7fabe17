"""What can be chosen in a form: a resource, or any free one of a pool."""

from collections.abc import Iterable, Sequence

from flask import url_for
from flask_babel import gettext, ngettext

from app.domain.errors import NotFound
from app.domain.interval import Interval
from app.domain.localtime import zone
from app.extensions import db
from app.models import Office, Pool, Resource
from app.services.availability import bookable
from app.services.bookings.things import members
from app.services.composites import wholes_of
from app.services.directory import directory
from app.services.offices import resource_named
from app.web.naming import EQUIPMENT, KIND_HEADINGS, facts, seats

Thing = Resource | Pool


def thing_named(slug: str) -> Thing:
    """The resource or the pool. NotFound where there is none, or it is retired."""
    pool = directory().pools.get(slug)
    if pool is None:
        return resource_named(slug)
    if pool.retired or not members_of(pool):
        raise NotFound()
    return pool


def pools_of(office: Office) -> list[Pool]:
    """Those that have something to give."""
    found = (each for each in directory().pools.values() if each.office_id == office.id and not each.retired)
    return [each for each in found if members_of(each)]


def members_of(pool: Pool) -> list[Resource]:
    """What it has to give."""
    return [*members(pool, directory())]


def office_of(thing: Thing) -> Office:
    """Its office, as one that belongs to the session."""
    return db.session.get_one(Office, thing.office_id)


def book_url(thing: Thing, use: Interval, **more: object) -> str:
    """The form to book it at that time, by the clock of its office."""
    tz = zone(directory().office_of(thing).timezone)
    start, end = use.start.astimezone(tz), use.end.astimezone(tz)
    return url_for(
        "bookings.new",
        resource=thing.slug,
        date=start.date().isoformat(),
        start=f"{start:%H:%M}",
        end=f"{end:%H:%M}",
        **more,
    )


def kind_of(thing: Thing) -> str:
    if isinstance(thing, Resource):
        return thing.kind
    return next((each.kind for each in members_of(thing)), "")  # nothing is left of a pool that is empty


def choices_at(office: Office) -> dict[str, list[tuple[str, str]]]:
    """Everything that can be booked there, by kind; pools before their members."""
    things: list[Thing] = [*pools_of(office), *bookable(office)]
    return {
        str(heading): found
        for kind, heading in KIND_HEADINGS.items()
        if (found := [(each.slug, _choice(each)) for each in things if kind_of(each) == kind])
    }


def rooms_first(things: Iterable[Thing]) -> list[Thing]:
    """What people meet in before what they take along."""
    return sorted(things, key=lambda each: kind_of(each) == "video")


def kinds_at(office: Office) -> set[str]:
    return {each.kind for each in bookable(office)}


def thing_facts(thing: Thing) -> str:
    """The short line under its name."""
    if isinstance(thing, Resource):
        return facts(thing)
    members = members_of(thing)
    common = [each for each in members[0].equipment if all(each in other.equipment for other in members)]
    named = ", ".join(str(EQUIPMENT.get(each, each)) for each in common)
    return " · ".join(part for part in (_one_of(members), named) if part)


def belongs(thing: Thing) -> str | None:
    """What a whole consists of, or what a part belongs to; None for most."""
    more = belongs_beside_name(thing)
    if more and isinstance(thing, Resource) and thing.parts:
        return gettext("%(whole)s = %(parts)s", whole=thing.name, parts=more)
    return more


def belongs_beside_name(thing: Thing) -> str | None:
    """The same, where the name of the thing stands in front of it."""
    if not isinstance(thing, Resource):
        return None
    if thing.parts:
        return " + ".join(part.name for part in thing.parts)
    wholes = names_of_wholes(thing)
    return gettext("Part of %(whole)s", whole=", ".join(wholes)) if wholes else None


def names_of_wholes(part: Resource) -> list[str]:
    ids = wholes_of([part.id])
    return [each.name for each in directory().resources.values() if each.id in ids and not each.retired]


def _choice(thing: Thing) -> str:
    if isinstance(thing, Pool):
        return f"{thing.name} · {_one_of(members_of(thing))}"
    more = belongs_beside_name(thing)
    text = f"{thing.name} · {seats(thing.capacity)}"
    return f"{text} ({more})" if more else text


def _one_of(members: Sequence[Resource]) -> str:
    return ngettext("any free one of %(num)d", "any free one of %(num)d", len(members))
