"""Dates held still while it is decided what becomes of them."""

from collections.abc import Iterable

from sqlalchemy import select

from app.extensions import db
from app.models import BookingDate


def lock_dates(date_ids: Iterable[int]) -> None:
    """Whoever decides about one of these dates at the same time waits until this transaction ends.

    Before they are read: what is read afterwards is what the one before has left. SQLite has one writer
    at a time anyway.
    """
    ids = sorted(set(date_ids))
    query = select(BookingDate.id).where(BookingDate.id.in_(ids)).order_by(BookingDate.id)
    db.session.execute(query.with_for_update())
