"""The dates of a booking and what they hold, as its pages and lists tell them."""

from typing import Any

from flask import url_for
from flask_babel import gettext

from app.domain.localtime import local_date, zone
from app.models import Booking, BookingDate, Resource
from app.services.bookings import LeftOut
from app.services.bookings.cancel import load_slots
from app.services.bookings.left_behind import LeftBehind, left_behind
from app.services.bookings.occupied import use_of
from app.services.bookings.things import places_of
from app.web.naming import STATUSES
from app.web.seasons import plain_span
from app.web.things import belongs_beside_name
from app.wording.formats import clock, date_long, day, sentence
from app.wording.repetition import repeats


def booking_url(date: BookingDate) -> str:
    """The page of a booking; of one date where it has several."""
    several = len(date.booking.dates) > 1
    return url_for("bookings.show", booking=date.booking_id, date_id=date.id if several else None)


def cancel_url(date: BookingDate) -> str:
    several = len(date.booking.dates) > 1
    return url_for("bookings.cancellation", booking=date.booking_id, date_id=date.id if several else None)


def where(date: BookingDate) -> str:
    """Tallen, Granen · Västerbottens kontor i Stockholm"""
    offices = ", ".join(dict.fromkeys(place.office.name for place in places_of(date)))
    return f"{places_named(date)} · {offices}"


def sites_of(date: BookingDate) -> list[dict[str, Any]]:
    """By office what is held there, and when by its own clock: what was asked for, of a pool the member."""
    by_office: dict[int, list[Resource]] = {}
    for place in places_of(date):
        by_office.setdefault(place.office_id, []).append(place)
    return [
        {
            "office": (office := things[0].office),
            "time": plain_span(date.starts_at, date.ends_at, zone(office.timezone)),
            "places": [
                (each.name, url_for("resources.show", resource=each.slug), belongs_beside_name(each))
                for each in things
            ],
        }
        for things in by_office.values()
    ]


def dates_of(shown: BookingDate, told: LeftBehind) -> list[dict[str, Any]]:
    """The dates of a series, in order: when, status, address, how it stands apart; its place where not all
    have the same.
    """
    booking = shown.booking
    if len(booking.dates) == 1:
        return []
    load_slots(booking)
    tz = zone(booking.timezone)
    differ = places_differ(booking)
    years = {local_date(each.starts_at, tz).year for each in booking.dates}
    return [
        {
            "when": sentence(day(each.starts_at, tz) if len(years) == 1 else date_long(each.starts_at, tz)),
            "time": plain_span(each.starts_at, each.ends_at, tz),
            "status": each.status,
            "status_text": str(STATUSES[each.status]),
            "url": None if each.id == shown.id else booking_url(each),
            "apart": apart_from_series(each, told),
            "place": places_named(each) if differ else None,
        }
        for each in booking.dates
    ]


def places_differ(booking: Booking) -> bool:
    """Whether not all dates of a series hold the same."""
    return len({frozenset(slot.resource_id for slot in date.slots) for date in booking.dates}) > 1


def varies(booking: Booking) -> str | None:
    """That a series is not in the same place every time; None where it is."""
    if not places_differ(booking):
        return None
    return gettext("Not the same place every time: each date says its own.")


def with_own_time(booking: Booking) -> list[BookingDate]:
    """The dates that somebody gave another time than the series has for them."""
    apart = [each for each in booking.dates if each.starts_at != each.original_start_at]
    stays = left_behind(booking).stays if apart else {}
    return [each for each in apart if each.id not in stays]


def apart_from_series(date: BookingDate, told: LeftBehind) -> str | None:
    """ "moved from Tuesday 1 December 10:00", or why it stayed where it is; None where the series has it.

    Neither is said of the earlier dates of a series that goes on at another time: it was theirs then.
    """
    stays = told.stays.get(date.id)
    if stays:
        return _stayed(date, stays)
    if date.starts_at == date.original_start_at or date.id not in told.moved:
        return None
    tz = zone(date.booking.timezone)
    before = told.moved[date.id]  # where the series was then, wherever it has gone since
    at = {"time": clock(before, tz)}
    if local_date(before, tz) == local_date(date.starts_at, tz):
        return gettext("moved from %(time)s", **at)
    return gettext("moved from %(day)s %(time)s", day=day(before, tz), **at)


def _stayed(date: BookingDate, stays: LeftOut) -> str:
    tz, wanted = zone(date.booking.timezone), stays.interval
    if wanted == use_of(date):
        return gettext("stays here: the other room was taken or closed")
    same_day = local_date(wanted.start, tz) == local_date(date.starts_at, tz)
    at = clock(wanted.start, tz) if same_day else f"{day(wanted.start, tz)} {clock(wanted.start, tz)}"
    if stays.reason == "closed":
        return gettext("stays here: %(time)s was closed", time=at)
    if stays.reason == "hours":
        return gettext("stays here: %(time)s was outside the opening hours", time=at)
    return gettext("stays here: %(time)s was taken", time=at)


def repeats_of(date: BookingDate) -> str | None:
    """The rule in words, and which of its dates this is."""
    booking = date.booking
    if len(booking.dates) == 1:
        return None
    number = booking.dates.index(date) + 1
    which = gettext("Date %(number)s of %(total)s", number=number, total=len(booking.dates))
    if not booking.recurrence:
        return which
    tz = zone(booking.timezone)
    first = min(each.original_start_at for each in booking.dates)
    rule = repeats(booking.recurrence, local_date(first, tz), tz, len(booking.dates))
    return f"{rule}. {which}."


def places_named(date: BookingDate) -> str:
    """Tallen, Granen: what was asked for, of a pool the member."""
    return ", ".join(place.name for place in places_of(date))
