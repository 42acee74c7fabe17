"""Rows that another process may have added already."""

from collections.abc import Mapping, Sequence

from sqlalchemy.dialects import postgresql, sqlite

from app.extensions import db
from app.models import JobRun, OutboxMail, ReceivedMail


def add_once(
    model: type[JobRun | OutboxMail | ReceivedMail], row: Mapping[str, object], unique: Sequence[str]
) -> bool:
    """Adds the row in the caller's transaction, unless one with the same `unique` columns is there.

    Whether it was added. Whoever adds the same at this moment is waited for.
    """
    insert = postgresql.insert if db.session.get_bind().dialect.name == "postgresql" else sqlite.insert
    added = insert(model).values(dict(row)).on_conflict_do_nothing(index_elements=unique)
    return db.session.scalar(added.returning(model.id)) is not None
