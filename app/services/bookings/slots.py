"""Holding time on resources: the rows the database guards, and who is in the way."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import bindparam, select
from sqlalchemy.orm.attributes import set_committed_value

from app.domain.errors import Clash, Taken
from app.domain.interval import Interval
from app.extensions import db
from app.models import BookingDate, Resource, Slot
from app.models.booking import LIVE_SLOT, LIVE_STATUSES, LONGEST_BLOCK
from app.services.columns import Prepared, instant, seconds

Held = tuple[Resource, Interval]

_IN_THE_WAY = Prepared(
    select(Slot.id, Slot.starts_at, Slot.ends_at).where(
        LIVE_SLOT,
        Slot.resource_id == bindparam("resource"),
        Slot.blocks_from < bindparam("end"),
        Slot.blocks_from > bindparam("earliest"),
        Slot.blocks_until > bindparam("start"),
        Slot.date_id != bindparam("but_date"),
    )
)


def block_of(resource: Resource, use: Interval) -> Interval:
    """The use with the resource's buffers around it."""
    return Interval(
        use.start - timedelta(minutes=resource.buffer_before_minutes),
        use.end + timedelta(minutes=resource.buffer_after_minutes),
    )


def add_slots(held: Iterable[tuple[BookingDate, Resource]]) -> None:
    """One slot per date and leaf, all that the date has from now on; writes everything that waits.

    In order of resource and time: in any other order series would deadlock.
    """
    ordered = sorted(held, key=lambda each: (each[1].id, each[0].starts_at))
    made: defaultdict[BookingDate, list[Slot]] = defaultdict(list)
    for date, resource in ordered:
        use = Interval(date.starts_at, date.ends_at)
        block = block_of(resource, use)
        slot = Slot(
            date=date,
            resource_id=resource.id,
            starts_at=use.start,
            ends_at=use.end,
            blocks_from=block.start,
            blocks_until=block.end,
            live=date.status in LIVE_STATUSES,
        )
        db.session.add(slot)
        made[date].append(slot)
    db.session.flush()
    for date, slots in made.items():  # known, so whoever asks need not read them again
        set_committed_value(date, "slots", slots)


def set_status(date: BookingDate, status: str, now: datetime) -> None:
    """Gives a date its status and its slots the liveness that goes with it."""
    date.status = status
    date.changed_at = now
    date.sequence += 1
    for slot in date.slots:
        slot.live = status in LIVE_STATUSES
    db.session.flush()


def clashes(held: Sequence[Held], *, but_date: int | None = None, most: int = 20) -> list[Clash]:
    """The live slots in the way of these uses, buffers included; at most so many, in order of time."""
    found: dict[int, Clash] = {}
    for resource, use in held:
        block = block_of(resource, use)
        for slot_id, start, end in _IN_THE_WAY.read(
            resource=resource.id,
            start=seconds(block.start),
            end=seconds(block.end),
            earliest=seconds(block.start - LONGEST_BLOCK),
            but_date=but_date or 0,
        ):
            found[slot_id] = Clash(resource.slug, resource.name, instant(start), instant(end))
            if len(found) == most:
                return _by_time(found.values())
    return _by_time(found.values())


def refuse_if_taken(date: BookingDate) -> list[Held]:
    """What a date that is not live would hold again. Taken, with the clashes, where somebody has it now."""
    held = [(slot.resource, Interval(slot.starts_at, slot.ends_at)) for slot in date.slots]
    in_the_way = clashes(held, but_date=date.id)
    if in_the_way:
        raise Taken(tuple(in_the_way))
    return held


def is_free(resource: Resource, uses: Sequence[Interval], *, but_date: int | None = None) -> bool:
    """Whether nothing live is in the way of any of these uses."""
    return not clashes([(resource, use) for use in uses], but_date=but_date, most=1)


def _by_time(found: Iterable[Clash]) -> list[Clash]:
    return sorted(found, key=lambda clash: (clash.start, clash.resource))
