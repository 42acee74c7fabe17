"""Resources made of others."""

from collections.abc import Iterable

from sqlalchemy import select

from app.extensions import db
from app.models import ResourcePart


def wholes_of(parts: Iterable[int]) -> set[int]:
    """The composites that these resources are part of, and those that these are part of in turn."""
    links = db.session.execute(select(ResourcePart.whole_id, ResourcePart.part_id)).all()
    reached, found = set(parts), set[int]()
    while more := {whole for whole, part in links if part in reached} - found:
        found |= more
        reached |= more
    return found
