"""How good the data is: what is missing, what came late, what was changed afterwards."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import func, select

from app.domain.interval import Interval
from app.domain.utilisation import (
    OUT_OF_SERVICE,
    Attendance,
    DateTally,
    Measurement,
    UseRow,
    apart,
    dates_overlapping,
    in_hours,
    time_of,
    unvisited,
)
from app.extensions import db
from app.models import BookingDate, Closure, History, Office, Resource, Slot


def quality(
    offices: Sequence[Office],
    measurement: Measurement,
    tallies: Iterable[DateTally],
    attendance: Attendance,
) -> dict[str, Any]:
    """For the report JSON. `corrections` are changes to dates made after the period was over."""
    within = measurement.period
    held = [tally for tally in tallies if tally.used or tally.is_no_show]
    known = [tally.row for tally in held if tally.row.created_at is not None]
    due = attendance.counted + attendance.missing
    closures = _closures(offices, within)
    ids = [office.id for office in offices]
    return {
        "bookings": len(held),
        "head_counts_missing": attendance.missing,
        "head_counts_missing_share": attendance.missing / due if due else None,
        "registered_late": sum(row.created_at is not None and row.created_at >= row.end for row in known),
        "registration_unknown": len(held) - len(known),
        "overlapping": dates_overlapping(measurement),
        **_apart(measurement),
        "corrections": _corrections(ids, within),
        "holidays": sum(each.source == "holiday" for each in closures),
        "closures": sum(each.source != "holiday" for each in closures),
        "closures_late": sum(
            each.source != "holiday" and each.entered_at > each.starts_at for each in closures
        ),
        "suppressed_cells": 0,
    }


def _apart(measurement: Measurement) -> dict[str, Any]:
    """What nothing else in the report counts."""
    found = unvisited(measurement)
    bookings, time = time_of(apart(measurement, OUT_OF_SERVICE))
    return {
        "outside_bookings": len(found.outside),
        "outside_visits": _heads(found.outside),
        "closed_bookings": len(found.closed),
        "closed_visits": _heads(found.closed),
        "out_of_service_bookings": bookings,
        "out_of_service_hours": in_hours(time),
    }


def _heads(rows: Iterable[UseRow]) -> int:
    return sum(row.heads for row in rows)


def _closures(offices: Sequence[Office], within: Interval) -> Sequence[Closure]:
    query = select(Closure).where(
        Closure.office_id.in_([office.id for office in offices]),
        Closure.retired_at.is_(None),
        Closure.starts_at < within.end,
        Closure.ends_at > within.start,
    )
    return db.session.scalars(query).all()


def _corrections(offices: Sequence[int], within: Interval) -> int:
    query = (
        select(func.count(History.id))
        .select_from(BookingDate)
        .join(History, History.booking_id == BookingDate.booking_id)
        .where(
            BookingDate.starts_at >= within.start,
            BookingDate.starts_at < within.end,
            History.date_id == BookingDate.id,
            History.at >= within.end,
            BookingDate.id.in_(_dates_at(offices, within)),
        )
    )
    return db.session.scalar(query) or 0


def _dates_at(offices: Sequence[int], within: Interval) -> Any:
    resources = select(Resource.id).where(Resource.office_id.in_(offices))
    # A date begins with its first slot: so those of the office are found by their time, and few.
    begins_in = Slot.starts_at >= within.start, Slot.starts_at < within.end
    return select(Slot.date_id).where(Slot.resource_id.in_(resources), *begins_in)
