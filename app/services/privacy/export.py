"""All that is kept of one person, to take along."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import RowMapping, Table, select, true
from sqlalchemy.orm import joinedload, selectinload

from app.extensions import db
from app.models import Base, Booking, BookingDate, Guest, Person, ReceivedMail, ReportDelivery, Slot
from app.services.privacy.reach import BY_ADDRESS, BY_NUMBER, NOT_TOLD, column, received_from, table_of

FORMAT = "motesplats-person-1"
# Told as bookings, with their dates.
TOLD_APART = frozenset({"booking", "booking_date", "person", "received_mail", "report_delivery"})
NAMED = ("office", "resource", "pool", "organisation", "category", "activity", "project")

Data = dict[str, Any]


def export(person: Person, *, now: datetime) -> Data:
    """What is kept, by table; instants in UTC. What is in no table of a person's is told by none."""
    names = _names()
    sections: dict[str, list[Data]] = defaultdict(list)
    for kind, value in ((BY_NUMBER, person.id), (BY_ADDRESS, person.email)):
        for name in kind:
            table = table_of(name)
            if table.name in TOLD_APART:
                continue
            told = _rows(table, column(name) == value, names)
            sections[table.name] += [each for each in told if each not in sections[table.name]]
    sections["received_mail"] = _rows(ReceivedMail.__table__, received_from(person.email), names)
    sections["report_delivery"] = [
        {**each, "addresses": [person.email]}  # the others' are theirs
        for each in _rows(ReportDelivery.__table__, true(), names)
        if person.email in each["addresses"]
    ]
    of_person = _rows(Person.__table__, Person.id == person.id, names)
    return {
        "format": FORMAT,
        "exported_at": now.isoformat(timespec="seconds"),
        "person": of_person[0],
        "bookings": _told_bookings(person),
        **{name: rows for name, rows in sorted(sections.items()) if rows},
    }


def _rows(table: Any, where: Any, names: dict[str, dict[int, str]]) -> list[Data]:
    rows = db.session.execute(select(table).where(where)).mappings()
    return [_told(table, row, names) for row in rows]


def _told_bookings(person: Person) -> list[Data]:
    own = Booking.organiser_id == person.id
    invited = select(Guest.booking_id, Guest.email).join(Booking, Booking.id == Guest.booking_id).where(own)
    guests: dict[int, list[str]] = defaultdict(list)
    for booking_id, email in db.session.execute(invited.order_by(Guest.id)):
        guests[booking_id].append(email)
    return [_booking(each, guests[each.id]) for each in _bookings(person)]


def _bookings(person: Person) -> Sequence[Booking]:
    query = select(Booking).where(Booking.organiser_id == person.id).order_by(Booking.id)
    dates = selectinload(Booking.dates).selectinload(BookingDate.slots).joinedload(Slot.resource)
    return db.session.scalars(
        query.options(
            dates,
            joinedload(Booking.organisation),
            joinedload(Booking.activity),
            joinedload(Booking.category),
            selectinload(Booking.asked_for),
        )
    ).all()


def _booking(booking: Booking, guests: Sequence[str]) -> Data:
    return {
        "id": booking.id,
        "uid": booking.uid,
        "title": booking.title,
        "organisation": booking.organisation.slug,
        "category": booking.category.slug,
        "activity": booking.activity.slug,
        "timezone": booking.timezone,
        "recurrence": booking.recurrence,
        "meeting_url": booking.meeting_url,
        "created_at": _plain(booking.created_at),
        "guests": guests,
        "asked_for": [place.slug for each in booking.asked_for if (place := each.resource or each.pool)],
        "dates": [_date(each) for each in booking.dates],
    }


def _date(each: BookingDate) -> Data:
    return {
        "id": each.id,
        "start": _plain(each.starts_at),
        "end": _plain(each.ends_at),
        "status": each.status,
        "resources": list(dict.fromkeys(slot.resource.slug for slot in each.slots)),
        "women": each.women,
        "men": each.men,
        "other": each.other,
        "checked_in_at": _plain(each.checked_in_at),
        "changed_at": _plain(each.changed_at),
    }


def _names() -> dict[str, dict[int, str]]:
    """The slugs that numbers stand for."""
    tables = [Base.metadata.tables[name] for name in NAMED]
    return {table.name: dict(db.session.execute(select(table.c.id, table.c.slug)).all()) for table in tables}


def _told(table: Table, row: RowMapping, names: dict[str, dict[int, str]]) -> Data:
    told: Data = {}
    for each in table.columns:
        if each.name in NOT_TOLD:
            continue
        value = row[each]
        target = next((key.column.table.name for key in each.foreign_keys), "")
        if target in names:
            told[each.name.removesuffix("_id")] = names[target].get(value)
        else:
            told[each.name] = _plain(value)
    return told


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime | date) else value
