"""What is free, held against the same worked out slowly: quarter by quarter, from the rows themselves."""

import random
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta

import pytest

from app.domain.errors import Refused, Taken
from app.domain.interval import Interval, overlaps
from app.extensions import db
from app.models import Closure, OpeningHours, Resource, ResourcePart, Slot
from app.services import bookings
from app.services.availability import Free, free
from app.services.bookings import Wish
from app.services.opening import OfficeHours
from tests.databases import both
from tests.factories import Factory

QUARTER = timedelta(minutes=15)
# The week in which clocks are put back: the Sunday has 25 hours.
WEEK = Interval(datetime(2026, 10, 21, 22, tzinfo=UTC), datetime(2026, 10, 27, 23, tzinfo=UTC))
NOON = datetime(2026, 10, 23, 10, 7, 30, tzinfo=UTC)


@pytest.fixture
def rooms(make: Factory, now: datetime) -> list[Resource]:
    """Rooms with buffers, hours of their own and an end, a whole with its parts; many bookings, a closure."""
    make.office()
    found = {
        "tallen": make.room("tallen"),
        "granen": make.room("granen", buffer_before_minutes=15, buffer_after_minutes=30),
        "eken": make.room("eken", active_to=date(2026, 10, 24)),
        "vast": make.room("vast", buffer_after_minutes=15),
        "ost": make.room("ost"),
        "aulan": make.room("aulan"),
    }
    for part in ("vast", "ost"):
        db.session.add(ResourcePart(whole_id=found["aulan"].id, part_id=found[part].id))
    office = found["ost"].office_id
    for weekday in range(7):  # also through the night in which an hour comes twice
        hours = OpeningHours(
            office_id=office, resource_id=found["ost"].id, weekday=weekday, opens_minute=0, closes_minute=1440
        )
        db.session.add(hours)
    db.session.add(
        Closure(
            office_id=office,
            resource_id=found["tallen"].id,
            starts_at=NOON,
            ends_at=NOON + timedelta(hours=2),
            reason="Brandövning",
            source="host",
            entered_at=now,
        )
    )
    db.session.commit()
    db.session.expire_all()
    return list(found.values())


def book_at_random(rooms: list[Resource], make: Factory, now: datetime, seed: int) -> None:
    chance, member = random.Random(seed), make.person()
    for _ in range(60):
        start = WEEK.start + chance.randrange(24 * 4 * 6) * QUARTER
        slug, length = chance.choice(rooms).slug, chance.randrange(1, 12) * QUARTER
        wish = Wish((slug,), start, start + length, "Möte", "granit", "meeting")
        with suppress(Taken, Refused):  # taken or closed: then there is nothing to see
            bookings.book(wish, by=member, now=now)


def slowly(resource: Resource, use: Interval, held: list[Slot], hours: OfficeHours) -> bool:
    """Whether one use is possible, leaf by leaf and block by block."""
    for leaf in resource.parts or [resource]:
        block = Interval(
            use.start - timedelta(minutes=leaf.buffer_before_minutes),
            use.end + timedelta(minutes=leaf.buffer_after_minutes),
        )
        taken = any(
            slot.live
            and slot.resource_id == leaf.id
            and overlaps(block, Interval(slot.blocks_from, slot.blocks_until))
            for slot in held
        )
        if taken or not any(each.start <= use.start and use.end <= each.end for each in hours.open(leaf)):
            return False
    return True


@both
@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("within", [WEEK, Interval(NOON, WEEK.end)], ids=["days", "from now"])
def test_what_is_free_is_what_could_be_booked(
    rooms: list[Resource], make: Factory, now: datetime, seed: int, within: Interval
) -> None:
    book_at_random(rooms, make, now, seed)
    held = list(db.session.scalars(db.select(Slot)))
    hours = OfficeHours.load(make.office(), WEEK)
    found: dict[str, Free] = {each.resource.slug: each for each in free(make.office(), within)}
    assert set(found) == {room.slug for room in rooms}
    told = 0
    for room in rooms:
        for number in range((WEEK.end - WEEK.start) // QUARTER):
            start = WEEK.start + number * QUARTER
            use = Interval(start, start + 2 * QUARTER)
            possible = within.start <= use.start and use.end <= within.end
            expected = possible and slowly(room, use, held, hours)
            assert found[room.slug].fits(use) == expected, (room.slug, use)
            told += expected
    assert told > 100
