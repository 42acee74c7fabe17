"""What an organisation holds: how long in a month, and what at the same moment."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, literal_column, not_, or_, select, union_all

from app.domain.interval import Interval, clip
from app.domain.localtime import day_bounds, local_date, zone
from app.models import Booking, BookingDate, Office, Organisation, Resource, Slot
from app.models.booking import LONGEST_USE
from app.services.availability import leaves_of
from app.services.columns import Prepared, instant, seconds
from app.services.directory import directory
from app.services.rules.limits import Limits, StandingRules

# A no-show has had the time; what was cancelled or declined has not.
NOT_COUNTED = ("cancelled", "declined")
DAY = timedelta(days=1)


class Held(NamedTuple):
    """One resource for one time. Not `live`: over and gone, as a no-show's is."""

    resource_id: int
    use: Interval
    live: bool


def _statement(*, of_one: bool) -> Prepared:
    # Found by resource and time. The index of bookings by organisation would lead to all that it ever
    # booked, and so it is kept from being used.
    organisation = Booking.organisation_id + literal_column("0")
    held = (
        select(organisation, BookingDate.id, Slot.resource_id, Slot.starts_at, Slot.ends_at, Slot.live)
        .join(Resource, Resource.id == Slot.resource_id)
        .join(BookingDate, BookingDate.id == Slot.date_id)
        .join(Booking, Booking.id == BookingDate.booking_id)
        .where(
            Resource.office_id == bindparam("office"),
            Slot.starts_at < bindparam("end"),
            Slot.ends_at > bindparam("start"),
            not_(or_(*(BookingDate.status == status for status in NOT_COUNTED))),
        )
    )
    if of_one:
        held = held.where(organisation == bindparam("organisation"))
    return Prepared(
        union_all(
            held.where(Slot.starts_at > bindparam("day_before")),
            # Longer ones may have begun earlier; they are few and have an index of their own.
            held.where(
                Slot.ends_at - Slot.starts_at > literal_column("86400"),
                Slot.starts_at <= bindparam("day_before"),
                Slot.starts_at > bindparam("earliest"),
            ),
        )
    )


_HELD = {of_one: _statement(of_one=of_one) for of_one in (True, False)}


@dataclass(frozen=True, slots=True)
class Quota:
    """The hours of an organisation in a month. `resource` is what they are of; None: all of the office."""

    organisation: Organisation
    resource: Resource | None
    month: date
    hours: int
    spent: timedelta

    @property
    def left(self) -> timedelta:
        return max(timedelta(hours=self.hours) - self.spent, timedelta())

    @property
    def over(self) -> timedelta:
        """How much more is spent than there was."""
        return max(self.spent - timedelta(hours=self.hours), timedelta())

    def with_more(self, dates: Iterable[tuple[Interval, Sequence[Resource]]], office: Office) -> "Quota":
        """As it would be if these were held besides; other resources and months count for nothing."""
        counted = counted_ids(office.id, self.resource.id if self.resource else None)
        asked = (Held(each.id, use, True) for use, things in dates for each in things if each.id in counted)
        more = time_in(asked, month_around(self.month, zone(office.timezone)))
        return replace(self, spent=self.spent + more)


def quota_left(
    organisation: Organisation,
    office: Office,
    month: date,
    *,
    resource: Resource | None = None,
    but_dates: Collection[int] = (),
) -> Quota | None:
    """What stands for an organisation in the local month of a day, and what is spent; None: no quota.

    `resource`: as it is for this one, which may have hours of its own. `but_dates` do not count.
    """
    within = month_around(month, zone(office.timezone))
    limits = _limits(resource, organisation, office, within)
    if limits.hours_per_month is None:
        return None
    held = held_by(organisation.id, office.id, within, but_dates).get(organisation.id, ())
    return _quota(organisation, office, within, limits, held)


def quotas_of(office: Office, month: date) -> list[Quota]:
    """Of every organisation that has one of the whole office or has used a resource that has, by name."""
    within = month_around(month, zone(office.timezone))
    known = directory()
    said = [rule for rule in known.rules.get(office.id, ()) if rule.hours_per_month is not None]
    if not said:
        return []
    held = held_by(None, office.id, within)
    things = [
        None,
        *(known.of_id(Resource, each) for each in sorted({r.resource_id for r in said if r.resource_id})),
    ]
    found = []
    for organisation in known.organisations.values():
        named = any(rule.organisation_id == organisation.id for rule in said)
        if organisation.retired or not (named or organisation.id in held):
            continue
        for thing in things:
            limits = _limits(thing, organisation, office, within)
            if limits.hours_per_month is not None and limits.quota_resource_id == (thing and thing.id):
                found.append(_quota(organisation, office, within, limits, held.get(organisation.id, ())))
    return sorted(found, key=lambda quota: quota.organisation.name.casefold())


def _limits(
    resource: Resource | None, organisation: Organisation, office: Office, within: Interval
) -> Limits:
    """What holds in a month for a resource, or for the whole office."""
    if resource:
        return StandingRules.of(resource, organisation).on(within)
    return StandingRules.of_office(office.id, organisation).on(within)


def _quota(
    organisation: Organisation, office: Office, within: Interval, limits: Limits, held: Sequence[Held]
) -> Quota:
    """What these limits allow in a month, and what is spent of it."""
    assert limits.hours_per_month is not None
    of = directory().of_id(Resource, limits.quota_resource_id) if limits.quota_resource_id else None
    ids = counted_ids(office.id, limits.quota_resource_id)
    spent = time_in((each for each in held if each.resource_id in ids), within)
    month = local_date(within.start, zone(office.timezone))
    return Quota(organisation, of, month, limits.hours_per_month, spent)


def held_by(
    organisation: int | None, office: int, within: Interval, but_dates: Collection[int] = ()
) -> Mapping[int, Sequence[Held]]:
    """By organisation (None: of every one), what it holds of an office in a stretch of time.

    One query, whatever lies before and after.
    """
    values = {
        "office": office,
        "start": seconds(within.start),
        "end": seconds(within.end),
        "day_before": seconds(within.start - DAY),
        "earliest": seconds(within.start - LONGEST_USE),
    }
    if organisation is not None:
        values["organisation"] = organisation
    found: dict[int, list[Held]] = {}
    for organisation_id, date_id, *slot, live in _HELD[organisation is not None].read(**values):
        if date_id not in but_dates:
            resource_id, start, end = slot
            use = Interval(instant(start), instant(end))
            found.setdefault(organisation_id, []).append(Held(resource_id, use, bool(live)))
    return found


def counted_ids(office_id: int, resource_id: int | None) -> set[int]:
    """The leaves whose hours a quota is of: a resource's, or all of the office; retired ones too."""
    known = directory()
    if resource_id is not None:
        return {leaf.id for leaf in leaves_of(known.of_id(Resource, resource_id))}
    return {each.id for each in known.resources.values() if each.office_id == office_id and not each.parts}


def time_in(held: Iterable[Held], within: Interval) -> timedelta:
    """How much of it lies inside; two resources at the same time are two times."""
    pieces = (clip(each.use, within) for each in held)
    return sum((piece.duration for piece in pieces if piece), timedelta())


def month_around(day: date, tz: ZoneInfo) -> Interval:
    """The calendar month of a day, by the clock of that zone."""
    first = day.replace(day=1)
    after = (first + timedelta(days=31)).replace(day=1)
    return Interval(day_bounds(first, tz).start, day_bounds(after, tz).start)


def months_of(dates: Iterable[Interval], tz: ZoneInfo) -> Iterator[date]:
    """The first days of the months that dates touch, each once, in order."""
    seen: set[date] = set()
    for each in dates:
        first = local_date(each.start, tz).replace(day=1)
        last = local_date(each.end - timedelta(microseconds=1), tz)
        while first <= last:
            seen.add(first)
            first = (first + timedelta(days=31)).replace(day=1)
    yield from sorted(seen)
