"""What stands on a booking's own page and in the list of one's own."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import current_app, request, url_for
from flask_babel import gettext, ngettext

from app.domain.localtime import local_date, zone
from app.models import Booking, BookingDate, History, Person, Resource
from app.models.booking import LIVE_STATUSES
from app.services.approval import why_declined
from app.services.audience import reader_of
from app.services.authorize import may
from app.services.booking_lists import history_of
from app.services.bookings.cancel import load_slots
from app.services.bookings.change import why_not_cancel, why_not_change
from app.services.bookings.things import serving, things_of
from app.services.directory import directory
from app.services.presence import CHECK_IN_OPENS, open_actions
from app.services.release import release_at, was_released
from app.web.heads import HeadsForm
from app.web.naming import STATUSES, own_name
from app.web.seasons import plain_span
from app.web.things import belongs
from app.wording import say
from app.wording.formats import clock, date_long, date_short, day, sentence
from app.wording.history import history_line
from app.wording.repetition import repeats
from app.wording.set_aside import set_aside_names

UNDO_LASTS = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class Look:
    """One date of a booking, as this person meets it now."""

    date: BookingDate
    by: Person
    now: datetime

    @property
    def booking(self) -> Booking:
        return self.date.booking

    @property
    def mine(self) -> bool:
        return may(self.by, "change_booking", self.booking)

    @property
    def running(self) -> bool:
        held = self.date.status in LIVE_STATUSES
        return held and self.date.starts_at <= self.now < self.date.ends_at

    @property
    def may_change(self) -> bool:
        return self.mine and why_not_change(self.date, self.now) is None

    @property
    def may_cancel(self) -> bool:
        return self.mine and why_not_cancel(self.date, by=self.by, now=self.now) is None

    @property
    def url(self) -> str:
        return booking_url(self.date)


def booking_url(date: BookingDate) -> str:
    """The page of a booking; of one date where it has several."""
    several = len(date.booking.dates) > 1
    return url_for("bookings.show", booking=date.booking_id, date_id=date.id if several else None)


def date_of(booking: Booking, now: datetime) -> BookingDate:
    """The date that was asked for, else the one that a reader means: the next not over, else the last."""
    asked = request.values.get("date_id", type=int)
    named = (date for date in booking.dates if date.id == asked)
    return next(named, None) or next(coming(booking, now), booking.dates[-1])


def coming(booking: Booking, now: datetime) -> Iterator[BookingDate]:
    """The dates that stand and are not over."""
    return (date for date in booking.dates if date.ends_at > now and date.status in LIVE_STATUSES)


def page_of(look: Look) -> dict[str, Any]:
    """The booking itself, for those who may read it."""
    booking, date = look.booking, look.date
    tz = zone(booking.timezone)
    sites = sites_of(date)
    reads = any(
        reader_of(site["office"], look.by).may_read(booking.organiser_id, booking.organisation_id)
        for site in sites
    )
    return {
        "id": booking.id,
        "title": booking.title,
        "status": date.status,
        "status_text": str(STATUSES[date.status]),
        "when": sentence(date_long(date.starts_at, tz)),
        "time": plain_span(date.starts_at, date.ends_at, tz),
        "repeats": _repeats(date),
        "moved_from": _moved_from(date),
        "sites": sites,
        "where": where(date),
        "organisation": booking.organisation.name,
        "activity": own_name(booking.activity.names),
        "organiser": _organiser(booking) if reads else None,
        "heads": _heads(date),
        "meeting_url": booking.meeting_url if may(look.by, "see_booking", booking) else None,
        "set_aside": ", ".join(set_aside_names(booking.set_aside)) or None,
    }


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
                (each.name, url_for("resources.show", resource=each.slug), belongs(each)) for each in things
            ],
        }
        for things in by_office.values()
    ]


def note_of(look: Look) -> str | None:
    """Why nothing (more) can be done about it here, and what to do instead; None where that is plain."""
    date, status = look.date, look.date.status
    if not look.mine:
        who = _organiser(look.booking)
        if who is None:
            return None
        return gettext("%(name)s booked this: only they and the host can change it.", name=who)
    if may(look.by, "host_booking", look.booking):
        return _note_for_host(look)
    if status == "requested" and date.ends_at > look.now:
        return gettext("The host has yet to say yes. The time is held for you meanwhile.")
    if status == "declined":
        return _why_declined(date)
    if status == "no_show":
        if was_released(date):
            return gettext("Nobody had checked in, so the time is free again. If that is wrong, ask.")
        return gettext("The host noted that nobody came. The time is free again; if that is wrong, ask.")
    refusal = why_not_change(date, look.now) if status in LIVE_STATUSES else None
    return say(refusal) if refusal else None


def _why_declined(date: BookingDate) -> str:
    how, reason = why_declined(date) or ("declined", "")
    if how == "lapsed":
        return gettext("Nobody answered in time, so the time was freed. Book another one, or ask the host.")
    if reason:
        return gettext("The host could not give you this time: %(reason)s", reason=reason)
    return gettext("The host could not give you this time. Book another one, or ask the host.")


def presence_of(look: Look, heads: HeadsForm | None = None) -> dict[str, Any] | None:
    """Checking in, counting and ending, as far as it is open now. `heads`: sent, and to be mended."""
    date, tz = look.date, zone(look.booking.timezone)
    # What a host decides besides stands on the pages of the host.
    actions = open_actions(date, by=look.by, now=look.now) & {"check_in", "heads", "end"}
    if not actions:
        return None
    form = heads or HeadsForm()
    if heads is None:
        form.fill_in_from(date)
    return {
        "url": url_for("bookings.presence", booking=date.booking_id, date_id=date.id),
        "heading": _presence_heading(look, actions),
        "actions": actions,
        "form": form,
        "counted": date.women is not None,
        "until": clock(date.ends_at, tz),
        "check_in_by": _check_in_by(look) if "check_in" in actions else None,
    }


def check_in_hint(look: Look) -> str | None:
    """From when one can check in, on the day itself, and by when one has to."""
    date, tz = look.date, zone(look.booking.timezone)
    if not look.mine or look.now >= date.starts_at - CHECK_IN_OPENS:
        return None
    opens = date.starts_at - CHECK_IN_OPENS
    today = local_date(look.now, tz) == local_date(date.starts_at, tz)
    said = []
    if today and date.status == "confirmed":
        said.append(gettext("You can check in here from %(time)s.", time=clock(opens, tz)))
    said.append(_check_in_by(look))
    return " ".join(filter(None, said)) or None


def _check_in_by(look: Look) -> str | None:
    """By when somebody has to have checked in; None where the time is never released."""
    due, tz = release_at(look.date), zone(look.booking.timezone)
    if due is None or due <= look.now:
        return None
    return gettext("Check in by %(time)s, or the time becomes free.", time=clock(due, tz))


def undo_of(look: Look) -> dict[str, Any] | None:
    """The bar that takes a booking back, as long as it is new and untouched."""
    booking = look.booking
    untouched = booking.version == 1 and look.date.status in ("requested", "confirmed")
    # After a change, "undo" would mean the change.
    if booking.created_at is None or not untouched or booking.organiser_id != look.by.id:
        return None
    left = UNDO_LASTS - (look.now - booking.created_at)
    if left <= timedelta(0):
        return None
    return {
        "seconds": min(10, int(left.total_seconds()) + 1),
        "url": url_for("bookings.undo", booking=booking.id),
    }


def entry_of(look: Look) -> dict[str, Any]:
    """One line of the list of one's own."""
    date, tz = look.date, zone(look.booking.timezone)
    over = date.ends_at <= look.now or date.status not in LIVE_STATUSES
    same_year = local_date(date.starts_at, tz).year == local_date(look.now, tz).year
    actions = open_actions(date, by=look.by, now=look.now)
    return {
        "url": look.url,
        "title": look.booking.title,
        "when": sentence(day(date.starts_at, tz) if same_year else date_long(date.starts_at, tz)),
        "time": plain_span(date.starts_at, date.ends_at, tz),
        "where": where(date),
        "meeting_url": look.booking.meeting_url if not over else None,
        "status": date.status,
        # What goes as it should needs no word for it.
        "status_text": None if date.status == "confirmed" else str(STATUSES[date.status]),
        "next": _next_step(look, actions, over),
        "cancel_url": cancel_url(date) if not over and look.may_cancel else None,
    }


def cancel_url(date: BookingDate) -> str:
    several = len(date.booking.dates) > 1
    return url_for("bookings.cancellation", booking=date.booking_id, date_id=date.id if several else None)


def dates_of(look: Look) -> list[dict[str, Any]]:
    """The dates of a series, in order: when, status and address, where it was moved from, its own place."""
    booking = look.booking
    if len(booking.dates) == 1:
        return []
    load_slots(booking)
    tz = zone(booking.timezone)
    usual = usual_places(booking)
    years = {local_date(each.starts_at, tz).year for each in booking.dates}
    return [
        {
            "when": sentence(day(each.starts_at, tz) if len(years) == 1 else date_long(each.starts_at, tz)),
            "time": plain_span(each.starts_at, each.ends_at, tz),
            "status": each.status,
            "status_text": str(STATUSES[each.status]),
            "url": None if each.id == look.date.id else booking_url(each),
            "moved_from": _moved_from(each),
            "place": _names(each) if places_of(each) != usual else None,
        }
        for each in booking.dates
    ]


def usual_places(booking: Booking) -> list[Resource]:
    """What most dates of a series hold."""
    held = [places_of(date) for date in booking.dates]
    return max(held, key=held.count)


def varies(booking: Booking) -> str | None:
    """That a pool could not give the same thing every time; None where it could."""
    pools = [each.pool.name for each in booking.asked_for if each.pool]
    held = {tuple(slot.resource_id for slot in date.slots) for date in booking.dates}
    if not pools or len(held) == 1:
        return None
    return gettext("Not the same place every time: each date says its own.")


def moved_by_themselves(booking: Booking) -> list[BookingDate]:
    """The dates that have another time than the series has for them."""
    return [each for each in booking.dates if each.starts_at != each.original_start_at]


def _moved_from(date: BookingDate) -> str | None:
    if date.starts_at == date.original_start_at:
        return None
    tz = zone(date.booking.timezone)
    before = date.original_start_at
    told = {"time": clock(before, tz)}
    if local_date(before, tz) == local_date(date.starts_at, tz):
        return gettext("moved from %(time)s", **told)
    return gettext("moved from %(day)s %(time)s", day=day(before, tz), **told)


def _repeats(date: BookingDate) -> str | None:
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
    return f"{repeats(booking.recurrence, local_date(first, tz), tz)}. {which}."


def history_rows(booking: Booking) -> list[tuple[str, str, str]]:
    """When, who, what: for hosts. What was imported begins with that."""
    tz = zone(booking.timezone)
    begun = [("–", gettext("the system"), history_line("imported", {}, tz))] if booking.imported_as else []
    return [*begun, *(_history_row(booking, entry, who) for entry, who in history_of(booking))]


def _history_row(booking: Booking, entry: History, who: Person | None) -> tuple[str, str, str]:
    tz = zone(booking.timezone)
    at = f"{date_short(entry.at, tz)} {entry.at.astimezone(tz):%H:%M}"
    name = (who.name or who.email) if who else _nobody(entry)
    text = history_line(entry.action, entry.details, tz)
    date = next((each for each in booking.dates if each.id == entry.date_id), None)
    if date is None or len(booking.dates) == 1:
        return at, name, text
    return at, name, f"{date_short(date.starts_at, tz)}: {text}"


def _nobody(entry: History) -> str:
    return gettext("somebody at the door") if entry.details.get("where") == "door" else gettext("the system")


def places_of(date: BookingDate) -> list[Resource]:
    """What is held, as it was asked for: a composite as one, of a pool the member."""
    known = directory()
    held = {slot.resource_id for slot in date.slots}
    places: list[Resource] = []
    for thing in things_of(date):
        if isinstance(thing, Resource):
            places.append(thing)
            continue
        served = serving(thing, held, known)
        held -= served
        places += [known.of_id(Resource, each) for each in sorted(served)]
    return places


def where(date: BookingDate) -> str:
    """Tallen, Granen · Västerbottens kontor i Stockholm"""
    offices = ", ".join(dict.fromkeys(place.office.name for place in places_of(date)))
    return f"{_names(date)} · {offices}"


def _names(date: BookingDate) -> str:
    return ", ".join(place.name for place in places_of(date))


def contact() -> str | None:
    """The host's address, where the installation has one."""
    return current_app.config["CONTACT"]


def _note_for_host(look: Look) -> str | None:
    if look.may_change or look.date.status not in LIVE_STATUSES:
        return None
    if look.may_cancel:
        return gettext(
            "Its time and room stay as they are. You can cancel it, or end it once it has started."
        )
    return gettext("It is over: its time and room stay as they are.")


def _organiser(booking: Booking) -> str | None:
    return booking.organiser.name or booking.organiser.email if booking.organiser else None


def _presence_heading(look: Look, actions: frozenset[str]) -> str:
    date, tz = look.date, zone(look.booking.timezone)
    if date.status == "no_show":
        return gettext("Here after all?")
    if look.running:
        return gettext("Going on until %(time)s", time=clock(date.ends_at, tz))
    if date.starts_at > look.now:
        return gettext("Starts at %(time)s", time=clock(date.starts_at, tz))
    return gettext("How many came?")


def _next_step(look: Look, actions: frozenset[str], over: bool) -> str | None:
    """What the person may want to do about it now, as the text of a link to its page."""
    if "check_in" in actions and not over:
        return gettext("Check in")
    if "end" in actions:
        return gettext("End or count")
    if "heads" in actions and look.date.women is None:
        return gettext("Count heads")
    return None


def _heads(date: BookingDate) -> str | None:
    if date.women is None and date.men is None and date.other is None:
        return None
    parts = [
        ngettext("%(num)d woman", "%(num)d women", date.women or 0),
        ngettext("%(num)d man", "%(num)d men", date.men or 0),
    ]
    if date.other:
        parts.append(ngettext("%(num)d other or not stated", "%(num)d other or not stated", date.other))
    return ", ".join(parts)
