"""Dates, offices and projects held still while it is decided what becomes of them."""

from collections.abc import Iterable

from sqlalchemy import select

from app.extensions import db
from app.models import BookingDate, Office, Project


def lock_dates(date_ids: Iterable[int]) -> None:
    """Whoever decides about one of these dates at the same time waits until this transaction ends.

    Before they are read: what is read afterwards is what the one before has left.
    """
    if one_writer():
        return
    ids = sorted(set(date_ids))
    query = select(BookingDate.id).where(BookingDate.id.in_(ids)).order_by(BookingDate.id)
    db.session.execute(query.with_for_update())


def lock_office(office_id: int) -> None:
    """Nobody else closes it until this transaction ends; bookings there go on."""
    db.session.execute(select(Office.id).filter_by(id=office_id).with_for_update(key_share=True))


def lock_project(project: Project) -> None:
    """Nobody else freezes, holds, releases or words its reports until this transaction ends."""
    db.session.scalars(select(Project).where(Project.id == project.id).with_for_update()).one()


def one_writer() -> bool:
    """Whether the database has one writing transaction at a time: then nothing needs to be held still."""
    return db.session.get_bind().dialect.name == "sqlite"
