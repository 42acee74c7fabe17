"""A person with a past and a future here, for the tests of export and erasure."""

from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from app.extensions import db
from app.models import Base, Booking, BookingDate, Person
from app.services.bookings import book
from app.services.privacy import Ended, Folders
from tests.factories import HOUR, Factory, wish

DAY = timedelta(days=1)
TITLE, NAME, EMAIL = "Flamingoplanen", "Kakadua Papegojsson", "tukan@hemligt.example"
LINK, GUEST = "https://meet.example.org/pelikan", "gast@annat.example"
WORDS = ("flamingo", "kakadua", "tukan@", "pelikan")


def folders(tmp_path: Path) -> Folders:
    return Folders(tmp_path / "mail", tmp_path / "feeds")


def nameless(told: Ended, language: str) -> tuple[str, str]:
    return "Cancelled", f"{', '.join(told.dates[0].places)} {len(told.dates)}"


def somebody(make: Factory) -> Person:
    make.room("tallen")
    return make.person(EMAIL, name=NAME)


def booked(person: Person, start: datetime, *, now: datetime, title: str = TITLE, **more: object) -> Booking:
    """A booking as it was made, an hour long, with a guest and a link."""
    told = {"meeting_url": LINK, "guests": (GUEST,), **more}
    things = told.pop("resources", ())
    return book(wish(start, *things, title=title, **told), by=person, now=now)


def over(booking: Booking, women: int = 3, men: int = 2) -> Booking:
    """The same after people came."""
    for date in booking.dates:
        date.status, date.women, date.men, date.other = "checked_in", women, men, 0
    db.session.commit()
    return booking


def bytes_of(folder: Path) -> bytes:
    """All files there, in small letters."""
    return b"".join(each.read_bytes() for each in folder.rglob("*") if each.is_file()).lower()


def everything() -> str:
    """All that the database holds, in one text."""
    lines = []
    for table in Base.metadata.tables.values():
        lines += [f"{table.name} {row!r}" for row in db.session.execute(select(table)).all()]
    return "\n".join(lines).casefold()


def figures() -> list[tuple[object, ...]]:
    """What reports count, date by date."""
    query = select(
        BookingDate.id,
        BookingDate.starts_at,
        BookingDate.ends_at,
        BookingDate.status,
        BookingDate.women,
        BookingDate.men,
        BookingDate.other,
        Booking.organisation_id,
        Booking.category_id,
        Booking.activity_id,
        Booking.created_at,
    ).join(Booking, Booking.id == BookingDate.booking_id)
    return [tuple(row) for row in db.session.execute(query.order_by(BookingDate.id))]


__all__ = ["DAY", "EMAIL", "GUEST", "HOUR", "LINK", "NAME", "TITLE", "WORDS", "Factory"]
