"""What an entry is known as, and the row that it becomes."""

import hashlib
from collections.abc import Iterable
from uuid import uuid4

from app.models import Resource
from app.services.booking_file.directory import Directory
from app.services.booking_file.parse import BookingLine
from app.services.booking_file.rows import BookingRow
from calendars.entries import Entry


def key_of(entry: Entry, resource: Resource) -> str:
    """What it is kept as: a meeting in two rooms stands in the file of each."""
    return f"ics:{resource.id}:{_digest(entry.uid, entry.original)}"


def hash_of(entry: Entry) -> str:
    """Of what the file says, whoever it is for."""
    return _digest(entry.start.isoformat(), entry.end.isoformat(), entry.title, entry.organiser)


def bare_row(entry: Entry, resource: Resource) -> BookingRow:
    """The time of an entry; whom and what it is for is still to be said."""
    return BookingRow(
        imported_as=key_of(entry, resource),
        resources=(),
        asked_for=(resource.id,),
        start=entry.start,
        end=entry.end,
        title=entry.title,
        organisation_id=0,
        category_id=0,
        activity_id=0,
        status="confirmed",
        women=None,
        men=None,
        other=None,
        created_at=None,
        organiser_id=None,
        uid=f"{uuid4()}@motesplats",
        timezone=resource.office.timezone,
        import_hash=hash_of(entry),
    )


def lines_of(rows: Iterable[BookingRow], resource: Resource, known: Directory) -> list[BookingLine]:
    """As the import of old bookings takes them, numbered from 1."""
    thing = known.things[resource.slug]
    return [BookingLine(number, (thing,), False, row) for number, row in enumerate(rows, 1)]


def _digest(*content: str) -> str:
    return hashlib.sha256("\x1f".join(content).encode()).hexdigest()
