"""The door of a room: whoever stands before it says that they are there, how many, and that they leave.

The address behind the code on the door is derived from the resource and its generation with the secret
key; raising the generation makes every older sign worthless. Whoever has the address may touch what is
on at this one room now, and nothing else; nobody has to sign in.
"""

import hmac
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from app.domain.errors import DomainError, NotFound, Refusal, Refused
from app.domain.interval import Interval
from app.domain.localtime import day_bounds, local_date, zone
from app.domain.stretches import interval_of
from app.extensions import db
from app.models import BookingDate, History, Person, Resource, Slot
from app.models.booking import LONGEST_USE
from app.services.audience import PUBLIC
from app.services.authorize import authorize
from app.services.availability import leaves_of
from app.services.board import board
from app.services.directory import directory
from app.services.locking import lock_dates
from app.services.offices import resource_named
from app.services.presence import (
    CHECK_IN_OPENS,
    came_of,
    end_now,
    keep_count,
    still_free,
    was_ended,
    why_not_end,
)
from app.services.transaction import use_case

KEY_BYTES = 16  # 128 bits: nobody guesses it, and it can still be typed
# Whoever leaves says how many they were on the way out.
COUNTED_AFTERWARDS = timedelta(minutes=30)
# Of one meeting: a child with a telephone must not fill the history.
MOST_CHANGES, CHANGES_WITHIN = 20, timedelta(minutes=10)


class TooManyAtTheDoor(DomainError):
    """Somebody says something new about the same meeting again and again."""

    code = "too_many_at_the_door"


@dataclass(frozen=True, slots=True)
class Door:
    """What holds at a door now, for anybody: times without titles, and the meetings that can be touched.

    `actions` by date: "check_in", "heads", "end". `free_from` and `free_until` are
    None where the room is not free now.
    """

    resource: Resource
    now: datetime
    taken: tuple[Interval, ...]  # today, what is not over
    free_from: datetime | None
    free_until: datetime | None
    meetings: tuple[tuple[BookingDate, frozenset[str]], ...]

    @property
    def taken_until(self) -> datetime | None:
        """When the time that is taken now ends: of what runs, or of those who came early and are inside."""
        running = (each.end for each in self.taken if each.start <= self.now < each.end)
        early = (date.ends_at for date, _ in self.meetings if _came_early(date, self.now))
        return next(running, next(early, None))


def door_path(resource: Resource, secret: str) -> str:
    """The address behind the code on the door, without scheme and host."""
    return f"/door/{resource.slug}/{_key(resource, secret)}"


def resource_at(slug: str, key: str, *, secret: str) -> Resource:
    """The resource behind an address. NotFound where it is wrong, or was renewed."""
    resource = resource_named(slug)
    if not hmac.compare_digest(_key(resource, secret).encode(), key.encode()):
        raise NotFound()
    return resource


@use_case
def renew_door(slug: str, *, by: Person, now: datetime) -> Resource:
    """Gives the door another address; signs with the old one are worth nothing from now on."""
    resource = resource_named(slug)
    authorize(by, "host", resource)
    resource.door_generation += 1
    return resource


def at_the_door(resource: Resource, now: datetime) -> Door:
    """What to show at a door."""
    today = day_bounds(local_date(now, zone(resource.office.timezone)), zone(resource.office.timezone))
    (row,) = board(resource.office, today, PUBLIC, [directory().resources[resource.slug]])
    times = [(each.start, each.end) for each in row.items]
    times += [(each.start, each.end) for each in row.beside if each.blocks]
    taken = tuple(each for each in map(interval_of, sorted(times)) if each.end > now)
    free_from, free_until = next(
        ((each.start, each.end) for each in map(interval_of, row.free) if each.holds(now)), (None, None)
    )
    meetings = ((date, _open(date, now)) for date in _meetings(resource, now))
    shown = tuple((date, each) for date, each in meetings if each or _came_early(date, now))
    return Door(resource, now, taken, free_from, free_until, shown)


@use_case
def settle_at_door(
    resource: Resource,
    date_id: int,
    action: str,
    *,
    heads: Mapping[str, int | None],
    by: Person | None,
    now: datetime,
) -> BookingDate:
    """They are here ("check_in"), so many ("heads"), or they leave ("end"). By nobody, if nobody signed in.

    Refused for what is not on at this door now. Counts that came along are kept with any action. Twice is
    once.
    """
    lock_dates([date_id])
    date = next((each for each in _meetings(resource, now) if each.id == date_id), None)
    if date is None:
        raise Refused(Refusal("not_at_this_door"))
    if (action == "check_in" and date.status == "checked_in") or (action == "end" and was_ended(date, now)):
        return date
    if action not in _open(date, now):
        raise Refused(Refusal("not_at_this_door"))
    _refuse_too_many(date, now)
    counted = any(count is not None for count in heads.values())
    if action == "check_in":
        came_of(date, "checked_in", by, now, where="door")
    if counted and "heads" in _open(date, now):
        keep_count(date, heads, by, now, where="door")
    if action == "end":
        end_now(date, by, now, where="door")
    return date


def _meetings(resource: Resource, now: datetime) -> list[BookingDate]:
    """What holds all of the resource, and runs, begins soon, or has just ended; in order of time."""
    leaves = {leaf.id for leaf in leaves_of(resource)}
    query = (
        select(BookingDate)
        .join(Slot, Slot.date_id == BookingDate.id)
        .where(
            Slot.resource_id.in_(leaves),
            Slot.starts_at > now - LONGEST_USE,
            Slot.starts_at <= now + CHECK_IN_OPENS,
            Slot.ends_at > now - COUNTED_AFTERWARDS,
            BookingDate.status.in_(("confirmed", "checked_in", "no_show")),
            BookingDate.overlapping_import.is_(False),
        )
        .order_by(BookingDate.starts_at, BookingDate.id)
        .distinct()
    )
    found = db.session.scalars(query).all()
    return [date for date in found if leaves <= {slot.resource_id for slot in date.slots}]


def _open(date: BookingDate, now: datetime) -> frozenset[str]:
    """What can be said about a meeting at its door now."""
    if now >= date.ends_at:
        asked = date.status == "checked_in" and now < date.ends_at + COUNTED_AFTERWARDS
        return frozenset({"heads"}) if asked and _same_day(date, now) else frozenset()
    if date.status in ("confirmed", "no_show"):
        return frozenset({"check_in"}) if still_free(date) else frozenset()
    if not why_not_end(date, now):
        return frozenset({"heads", "end"})
    return frozenset({"heads"} if date.starts_at <= now else ())


def _came_early(date: BookingDate, now: datetime) -> bool:
    """Checked in before it begins: nothing can be said about it yet, but it is what is on here."""
    return date.status == "checked_in" and now < date.starts_at


def _same_day(date: BookingDate, now: datetime) -> bool:
    tz = zone(date.booking.timezone)
    return local_date(date.ends_at - timedelta(seconds=1), tz) == local_date(now, tz)


def _refuse_too_many(date: BookingDate, now: datetime) -> None:
    lines = select(func.count(History.id)).where(
        History.booking_id == date.booking_id,
        History.date_id == date.id,
        History.at > now - CHANGES_WITHIN,
    )
    if (db.session.scalar(lines) or 0) >= MOST_CHANGES:
        raise TooManyAtTheDoor()


def _key(resource: Resource, secret: str) -> str:
    parts = f"door\n{resource.id}\n{resource.door_generation}"
    digest = hmac.digest(secret.encode(), parts.encode(), "sha256")[:KEY_BYTES]
    return urlsafe_b64encode(digest).rstrip(b"=").decode()
