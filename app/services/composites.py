"""Resources made of others."""

from collections.abc import Iterable

from sqlalchemy import select

from app.extensions import db
from app.models import Resource, ResourcePart


def wholes_of(parts: Iterable[int]) -> set[int]:
    """The composites that these resources are part of, and those that these are part of in turn."""
    links = db.session.execute(select(ResourcePart.whole_id, ResourcePart.part_id)).all()
    reached, found = set(parts), set[int]()
    while more := {whole for whole, part in links if part in reached} - found:
        found |= more
        reached |= more
    return found


def leaves_of(resource: Resource) -> tuple[Resource, ...]:
    """The resources that booking this one takes: its parts, down to the last; itself if it has none.

    Of a composite that is a part of itself what can be reached, perhaps nothing.
    """
    if not resource.parts:
        return (resource,)
    reached, waiting = {resource.id: resource}, [resource]
    while waiting:
        for part in waiting.pop().parts:
            if part.id not in reached:
                reached[part.id] = part
                waiting.append(part)
    return tuple(reached[each] for each in sorted(reached) if not reached[each].parts)


def in_a_loop(resource: Resource) -> bool:
    """Whether a composite is a part of itself, or has such a part: nobody knows what booking it takes."""
    return _loops(resource, ())


def _loops(resource: Resource, above: tuple[int, ...]) -> bool:
    if resource.id in above:
        return True
    return any(_loops(part, (*above, resource.id)) for part in resource.parts)
