"""Many bookings at once, each with one date: written with Core, a thousand rows at a time."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Table, func, insert, select, text

from app.extensions import Base, db
from app.models import Resource
from app.models.booking import LONGEST_USE
from app.services.composites import wholes_of
from app.services.history import mark_all_changed

CHUNK = 1000

Values = dict[str, object]
Buffers = dict[int, tuple[timedelta, timedelta]]


@dataclass(frozen=True, slots=True)
class BookingRow:
    """A booking with one date, everything in it known by identifier.

    `resources` are the leaf resources held, `asked_for` the resources (perhaps composites) and
    `asked_for_pools` the pools that were wished for. Instants are aware. `live` says whether the
    database guards the time; `overlapping` marks imported history that shares time with other history.
    """

    imported_as: str | None
    resources: tuple[int, ...]
    asked_for: tuple[int, ...]
    start: datetime
    end: datetime
    title: str
    organisation_id: int
    category_id: int
    activity_id: int
    status: str
    women: int | None
    men: int | None
    other: int | None
    created_at: datetime | None
    organiser_id: int | None
    uid: str
    timezone: str
    overlapping: bool = False
    live: bool = False
    asked_for_pools: tuple[int, ...] = ()
    import_hash: str | None = None


def store_rows(
    rows: Sequence[BookingRow], *, now: datetime, progress: Callable[[int], None] | None = None
) -> None:
    """Stores the bookings; to be called inside a use case, whose transaction it is part of.

    `progress` is told how many rows each step stored. The database refuses live rows that overlap, for
    which the use case raises Taken. Readers of what was touched see it as changed.
    """
    if not rows:
        return
    db.session.flush()
    buffers = _buffers()
    # By start, and for one start as given: a later identifier is a later row.
    for chunk in _chunks(sorted(rows, key=lambda row: row.start)):
        _store_chunk(chunk, now, buffers)
        if progress:
            progress(len(chunk))
    _tell_readers(rows, now)


def pieces(start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
    """The use cut into back-to-back pieces that the guard can hold."""
    while end - start > LONGEST_USE:
        yield start, start + LONGEST_USE
        start += LONGEST_USE
    yield start, end


def _store_chunk(chunk: Sequence[BookingRow], now: datetime, buffers: Buffers) -> None:
    stored: defaultdict[str, list[Values]] = defaultdict(list)
    booking_ids, date_ids = _new_ids("booking", len(chunk)), _new_ids("booking_date", len(chunk))
    for row, booking_id, date_id in zip(chunk, booking_ids, date_ids, strict=True):
        stored["booking"].append(_booking(row, booking_id))
        stored["booking_resource"].extend(_asked_for(row, booking_id))
        stored["booking_date"].append(_date(row, booking_id, date_id, now))
        stored["slot"].extend(_slots(row, date_id, buffers))
    for name, values in stored.items():
        _insert(Base.metadata.tables[name], values)


def _insert(table: Table, rows: Sequence[Values]) -> None:
    if _is_sqlite():
        db.session.execute(insert(table), rows)
        return
    # PostgreSQL takes a column as one array several times faster than row by row.
    dialect = db.session.get_bind().dialect
    columns = [table.c[name] for name in rows[0]]
    arrays = ", ".join(f"CAST(:{column.name} AS {column.type.compile(dialect)}[])" for column in columns)
    names = ", ".join(column.name for column in columns)
    values: dict[str, list[object]] = {}
    for column in columns:
        to_stored = column.type.bind_processor(dialect)
        given = [row[column.name] for row in rows]
        values[column.name] = [to_stored(value) for value in given] if to_stored else given
    db.session.execute(text(f"INSERT INTO {table.name} ({names}) SELECT * FROM unnest({arrays})"), values)


def _booking(row: BookingRow, booking_id: int) -> Values:
    return {
        "id": booking_id,
        "uid": row.uid,
        "title": row.title,
        "organiser_id": row.organiser_id,
        "organisation_id": row.organisation_id,
        "category_id": row.category_id,
        "activity_id": row.activity_id,
        "timezone": row.timezone,
        "recurrence": None,
        "created_at": row.created_at,
        "imported_as": row.imported_as,
        "import_hash": row.import_hash,
        "version": 1,
    }


def _asked_for(row: BookingRow, booking_id: int) -> Iterator[Values]:
    resources = [(resource_id, None) for resource_id in row.asked_for]
    pools = [(None, pool_id) for pool_id in row.asked_for_pools]
    for position, (resource_id, pool_id) in enumerate([*resources, *pools]):
        yield {"booking_id": booking_id, "position": position, "resource_id": resource_id, "pool_id": pool_id}


def _date(row: BookingRow, booking_id: int, date_id: int, now: datetime) -> Values:
    return {
        "id": date_id,
        "booking_id": booking_id,
        "organiser_id": row.organiser_id,
        "original_start_at": row.start,
        "starts_at": row.start,
        "ends_at": row.end,
        "status": row.status,
        "women": row.women,
        "men": row.men,
        "other": row.other,
        "sequence": 0,
        "changed_at": now,
        "checked_in_at": None,
        "overlapping_import": row.overlapping,
    }


def _slots(row: BookingRow, date_id: int, buffers: Buffers) -> Iterator[Values]:
    for resource_id in row.resources:
        before, after = buffers[resource_id]
        for start, end in pieces(row.start, row.end):
            yield {
                "date_id": date_id,
                "resource_id": resource_id,
                "starts_at": start,
                "ends_at": end,
                "blocks_from": start - before if start == row.start else start,
                "blocks_until": end + after if end == row.end else end,
                "live": row.live,
            }


def _buffers() -> Buffers:
    columns = select(Resource.id, Resource.buffer_before_minutes, Resource.buffer_after_minutes)
    return {
        resource_id: (timedelta(minutes=before), timedelta(minutes=after))
        for resource_id, before, after in db.session.execute(columns)
    }


def _new_ids(table: str, count: int) -> Sequence[int]:
    """Identifiers nobody else will use: the writer's lock holds SQLite's, a sequence gives PostgreSQL's."""
    if _is_sqlite():
        highest = db.session.scalar(select(func.max(Base.metadata.tables[table].c.id))) or 0
        return range(highest + 1, highest + count + 1)
    sequence = text("SELECT nextval(pg_get_serial_sequence(:table, 'id')) FROM generate_series(1, :count)")
    return db.session.scalars(sequence, {"table": table, "count": count}).all()


def _is_sqlite() -> bool:
    return db.session.get_bind().dialect.name == "sqlite"


def _tell_readers(rows: Sequence[BookingRow], now: datetime) -> None:
    touched = {resource for row in rows for resource in (*row.resources, *row.asked_for)}
    organisers, organisations = {row.organiser_id for row in rows}, {row.organisation_id for row in rows}
    mark_all_changed(touched | wholes_of(touched), organisers, organisations, now)
    db.session.expire_all()


def _chunks(rows: Sequence[BookingRow]) -> Iterator[Sequence[BookingRow]]:
    for first in range(0, len(rows), CHUNK):
        yield rows[first : first + CHUNK]
