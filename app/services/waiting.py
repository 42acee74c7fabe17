"""Who waits for a time that another has: told once it is free. Nobody books for them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Integer, column, delete, select, update, values
from sqlalchemy.orm import joinedload

from app.domain.errors import NotFound, Refusal, Refused
from app.domain.interval import Interval
from app.extensions import db
from app.models import Booking, BookingDate, Person, Pool, Resource, Slot, Waiting
from app.models.booking import LIVE_SLOT, LONGEST_BLOCK
from app.models.types import Instant
from app.services.availability import leaves_of
from app.services.bookings import Wish, preview
from app.services.bookings.occupied import block_of
from app.services.bookings.things import members
from app.services.directory import directory
from app.services.notices import Notice, tell
from app.services.transaction import use_case

MOST_WAITS = 50  # of one person, still to come
BATCH = 500


def wait(wish: Wish, *, by: Person, now: datetime, filled_in: Mapping[str, str] | None = None) -> Waiting:
    """Notes that somebody wants this time, for one date of one resource or pool. Twice is once.

    `filled_in`: fields of a form besides title and organisation, by name, for when it is free.
    Refused where it could not be booked even if it were free, where it is free, and beyond MOST_WAITS.
    """
    if len(wish.resources) != 1 or wish.recurrence or wish.sites:
        raise Refused(Refusal("wait_for_one_date"))
    if wish.start <= now:
        raise Refused(Refusal("in_past", "start"))
    if not preview(replace(wish, override=False), by=by, now=now):
        raise Refused(Refusal("time_is_free"))
    return _wait(wish, {"activity": wish.activity, **(filled_in or {})}, by=by, now=now)


@use_case
def _wait(wish: Wish, filled_in: dict[str, str], *, by: Person, now: datetime) -> Waiting:
    known, (slug,) = directory(), wish.resources
    resource, pool = known.resources.get(slug), known.pools.get(slug)
    thing = {"resource_id": resource.id if resource else None, "pool_id": pool.id if pool else None}
    mine = select(Waiting).where(
        Waiting.person_id == by.id, Waiting.starts_at > now, Waiting.told_at.is_(None)
    )
    same = mine.filter_by(**thing).where(Waiting.starts_at == wish.start, Waiting.ends_at == wish.end)
    if (found := db.session.scalar(same)) is not None:
        found.title, found.filled_in = wish.title.strip(), filled_in  # what was said last
        return found
    if len(db.session.scalars(mine.limit(MOST_WAITS)).all()) == MOST_WAITS:
        raise Refused(Refusal("too_many_waits", params={"most": MOST_WAITS}))
    waiting = Waiting(
        person_id=by.id,
        organisation_id=known.organisations[wish.organisation].id,
        starts_at=wish.start,
        ends_at=wish.end,
        title=wish.title.strip(),
        created_at=now,
        filled_in=filled_in,
        **thing,
    )
    db.session.add(waiting)
    db.session.flush()  # it has its number at once, also where more belongs to the same transaction
    return waiting


@use_case
def stop_waiting(waiting_id: int, *, by: Person) -> None:
    """Forgets one's own wish. NotFound for anybody else's."""
    gone = delete(Waiting).where(Waiting.id == waiting_id, Waiting.person_id == by.id)
    if db.session.scalar(gone.returning(Waiting.id)) is None:
        raise NotFound()


def wait_of(waiting_id: int, by: Person) -> Waiting:
    """One's own. NotFound for anybody else's, and for what is forgotten."""
    waiting = db.session.get(Waiting, waiting_id)
    if waiting is None or waiting.person_id != by.id:
        raise NotFound()
    return waiting


def filled_in(waiting_id: int | None, by: Person) -> Mapping[str, str]:
    """What was filled in besides when one began to wait; nothing where it is forgotten, or another's."""
    waiting = db.session.get(Waiting, waiting_id) if waiting_id else None
    return waiting.filled_in or {} if waiting is not None and waiting.person_id == by.id else {}


def waits_of(person: Person, now: datetime) -> Sequence[Waiting]:
    """What a person waits for, in order of time; where they were told already, `told_at` says when."""
    query = select(Waiting).where(Waiting.person_id == person.id, Waiting.starts_at > now)
    with_things = query.options(joinedload(Waiting.resource), joinedload(Waiting.pool))
    return db.session.scalars(with_things.order_by(Waiting.starts_at, Waiting.id)).all()


def wanted_by(dates: Iterable[BookingDate], now: datetime) -> Mapping[int, Sequence[Waiting]]:
    """By date, who else waits for a part of its time on something that it holds; first come first."""
    dates = list(dates)
    if not dates:
        return {}
    query = (
        select(Waiting)
        .where(
            Waiting.told_at.is_(None),
            Waiting.starts_at > now,
            Waiting.starts_at < max(date.ends_at for date in dates),
            Waiting.ends_at > min(date.starts_at for date in dates),
        )
        .options(joinedload(Waiting.organisation))
        .order_by(Waiting.id)
    )
    found: defaultdict[int, list[Waiting]] = defaultdict(list)
    for each in db.session.scalars(query):
        wanted = {leaf.id for choice in _choices(each) for leaf in choice}
        for date in dates:
            held = {slot.resource_id for slot in date.slots}
            if each.starts_at < date.ends_at and date.starts_at < each.ends_at and wanted & held:
                found[date.id].append(each)
    return found


def tell_waiting(now: datetime) -> int:
    """Mails everybody whose whole time has become free, once; how many they were.

    A time that could not be booked for another reason, a closure or a quota, is not called free.
    """
    query = select(Waiting).where(Waiting.told_at.is_(None), Waiting.starts_at > now)
    with_people = query.options(joinedload(Waiting.person)).order_by(Waiting.starts_at, Waiting.id)
    open_ones = db.session.scalars(with_people).all()
    told = 0
    for first in range(0, len(open_ones), BATCH):
        batch = open_ones[first : first + BATCH]
        holders = _holders(batch)
        served = [each.id for each in batch if _has_it(each, holders)]
        free = _free_now([each for each in batch if each.id not in served], holders, now)
        if served:
            _forget(served)
        told += sum(_tell(waiting_id, slug, now) for waiting_id, slug in free)
    return told


@use_case
def forget_past(now: datetime) -> int:
    """Forgets whose time has come: nobody waits for it any more, told or not. How many they were."""
    gone = delete(Waiting).where(Waiting.starts_at <= now).returning(Waiting.id)
    return len(db.session.scalars(gone).all())


Holders = Mapping[tuple[int, int], frozenset[int | None]]


def _free_now(waits: Iterable[Waiting], holders: Holders, now: datetime) -> list[tuple[int, str]]:
    """The waits that can be booked now, each with what to book: of a pool a free member."""
    found = []
    for each in waits:
        for choice in _choices(each):
            slug = _thing(each).slug if each.resource_id else choice[0].slug
            if not any((each.id, leaf.id) in holders for leaf in choice) and _could_be_booked(
                each, slug, now
            ):
                found.append((each.id, slug))
                break
    return found


def _has_it(each: Waiting, holders: Holders) -> bool:
    """Whether they have booked it themselves meanwhile."""
    leaves = {leaf.id for choice in _choices(each) for leaf in choice}
    return any(each.person_id in holders.get((each.id, leaf), ()) for leaf in leaves)


def _holders(waits: Iterable[Waiting]) -> Holders:
    """By wait and leaf, who has its time; what nobody has is not there. In one query by index."""
    rows = [
        (each.id, leaf.id, block.start, block.end, block.start - LONGEST_BLOCK)
        for each in waits
        for choice in _choices(each)
        for leaf in choice
        for block in (block_of(leaf, Interval(each.starts_at, each.ends_at)),)
    ]
    if not rows:
        return {}
    ids = (column(name, Integer) for name in ("waiting_id", "leaf_id"))
    times = (column(name, Instant()) for name in ("starts_at", "ends_at", "earliest_at"))
    wished = values(*ids, *times, name="wish").data(rows).cte("wished")
    query = (
        select(wished.c.waiting_id, wished.c.leaf_id, Booking.organiser_id)
        .join(Slot, Slot.resource_id == wished.c.leaf_id)
        .join(BookingDate, BookingDate.id == Slot.date_id)
        .join(Booking, Booking.id == BookingDate.booking_id)
        .where(
            LIVE_SLOT,
            Slot.blocks_from < wished.c.ends_at,
            Slot.blocks_from > wished.c.earliest_at,
            Slot.blocks_until > wished.c.starts_at,
        )
    )
    found: defaultdict[tuple[int, int], set[int | None]] = defaultdict(set)
    for waiting_id, leaf_id, organiser_id in db.session.execute(query):
        found[waiting_id, leaf_id].add(organiser_id)
    return {pair: frozenset(people) for pair, people in found.items()}


def _could_be_booked(each: Waiting, slug: str, now: datetime) -> bool:
    known = directory()
    wish = Wish(
        (slug,),
        each.starts_at,
        each.ends_at,
        each.title,
        next(one.slug for one in known.organisations.values() if one.id == each.organisation_id),
        next((one.slug for one in known.activities.values() if not one.retired), ""),
    )
    try:
        return not preview(wish, by=each.person, now=now)
    except Refused:
        return False


@use_case
def _forget(waiting_ids: Sequence[int]) -> None:
    db.session.execute(delete(Waiting).where(Waiting.id.in_(waiting_ids)))


@use_case
def _tell(waiting_id: int, slug: str, now: datetime) -> bool:
    told = update(Waiting).where(Waiting.id == waiting_id, Waiting.told_at.is_(None)).values(told_at=now)
    if db.session.scalar(told.returning(Waiting.id)) is None:
        return False
    each = db.session.get_one(Waiting, waiting_id)
    office = directory().office_of(_thing(each))
    notice = Notice("free", office, waiting=each, extra={"resource": slug})
    return tell(each.person, notice, key=f"free:{each.id}", now=now)


def _thing(each: Waiting) -> Resource | Pool:
    return directory().thing(each.resource_id, each.pool_id)


def _choices(each: Waiting) -> list[tuple[Resource, ...]]:
    """The leaves that would be held: one set of them, or for a pool one for each member."""
    return [leaves_of(one) for one in members(_thing(each), directory())]
