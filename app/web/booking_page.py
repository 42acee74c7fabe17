"""What stands on a booking's own page and in the list of one's own."""

from collections.abc import Iterator, Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from flask import current_app, request, url_for
from flask_babel import gettext

from app.domain.errors import Taken
from app.domain.localtime import local_date, zone
from app.models import Booking, BookingDate, History, Person
from app.models.booking import LIVE_STATUSES
from app.services.approval import why_cancelled, why_declined
from app.services.audience import reader_of
from app.services.authorize import may
from app.services.awaited import awaited, hosted_by, offices_asked
from app.services.booking_lists import history_of
from app.services.bookings import Back, what_comes_back
from app.services.bookings.change import why_not_cancel, why_not_change
from app.services.bookings.left_behind import LeftBehind, left_behind
from app.services.guests import guests_of
from app.services.mailed import mailed_at, mailed_of, replaced_by
from app.services.presence import CHECK_IN_OPENS, open_actions
from app.services.release import release_at, was_released
from app.web.booking_dates import apart_from_series, booking_url, cancel_url, repeats_of, sites_of, where
from app.web.heads import HeadsForm
from app.web.naming import STATUSES
from app.web.planned import say_taken
from app.web.seasons import plain_span
from app.wording import say
from app.wording.formats import clock, date_long, date_short, day, sentence
from app.wording.guests import guest_answer
from app.wording.heads import HEADS, heads_in_words
from app.wording.history import history_line
from app.wording.names import own_name, titled
from app.wording.set_aside import set_aside_names

UNDO_LASTS = timedelta(seconds=10)


@dataclass(frozen=True)
class Look:
    """One date of a booking, as this person meets it now."""

    date: BookingDate
    by: Person
    now: datetime

    @property
    def booking(self) -> Booking:
        return self.date.booking

    @cached_property
    def left_behind(self) -> LeftBehind:
        return left_behind(self.booking)

    @cached_property
    def replaced_by(self) -> Booking | None:
        """What its organiser's calendar made of it anew."""
        return self.back.replaced_by if self.mine else replaced_by(self.booking)

    @cached_property
    def back(self) -> Back:
        """Which cancelled dates this person can take back."""
        if not self.mine:
            return Back((), {})
        return what_comes_back(self.booking, by=self.by, now=self.now)

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
        "title": titled(booking.title),
        "status": date.status,
        "status_text": str(STATUSES[date.status]),
        "when": sentence(date_long(date.starts_at, tz)),
        "time": plain_span(date.starts_at, date.ends_at, tz),
        "repeats": repeats_of(date),
        "apart": apart_from_series(date, look.left_behind),
        "sites": sites,
        "where": where(date),
        "organisation": booking.organisation.name,
        "activity": own_name(booking.activity.names),
        "organiser": _organiser(booking) if reads else None,
        "heads": heads_in_words({name: getattr(date, name) for name in HEADS}),
        "meeting_url": booking.meeting_url
        if date.status in LIVE_STATUSES and may(look.by, "see_booking", booking)
        else None,
        "guests": _guests(booking) if look.mine else [],
        "set_aside": ", ".join(set_aside_names(booking.set_aside)) or None,
        "by_mail": by_mail(look),
    }


def by_mail(look: Look) -> str | None:
    """That it stands in somebody's own calendar, for those who can change it here; None: it does not."""
    if not look.mine or mailed_of(look.booking) is None:
        return None
    if look.booking.organiser_id == look.by.id:
        return gettext(
            "Booked by mail, from your own calendar. Change it there, and it changes here. What is changed"
            " here does not change there: you get a mail that says what to change."
        )
    return gettext(
        "Booked by mail, from the calendar of %(name)s. What is changed here does not change there:"
        " %(name)s gets a mail that says what to change.",
        name=_organiser(look.booking) or gettext("somebody who is gone"),
    )


def _guests(booking: Booking) -> list[tuple[str, str]]:
    """The address of each guest, and what they answered."""
    return [(guest.email, guest_answer(guest, zone(booking.timezone))) for guest in guests_of(booking.id)]


def note_of(look: Look) -> str | None:
    """Why nothing (more) can be done about it here, and what to do instead; None where that is plain."""
    date, status = look.date, look.date.status
    if not look.mine:
        who = _organiser(look.booking)
        if who is None:
            return None
        return gettext("%(name)s booked this: only they and the host can change it.", name=who)
    if status == "cancelled":
        return " ".join(filter(None, (_why_cancelled(date), _why_not_back(look)))) or None
    if may(look.by, "host_booking", look.booking):
        at_several = status == "requested" and len(offices_asked(date)) > 1
        return _who_is_asked(date) if at_several and date.ends_at > look.now else _note_for_host(look)
    if status == "requested" and date.ends_at > look.now:
        return _who_is_asked(date)
    if status == "declined":
        return _why_declined(date)
    if status == "no_show":
        if was_released(date):
            return gettext(
                "Nobody had checked in, so the time is free again. If that is wrong, ask the host."
            )
        return gettext(
            "The host noted that nobody came. The time is free again; if that is wrong, ask the host."
        )
    refusal = why_not_change(date, look.now) if status in LIVE_STATUSES else None
    return say(refusal) if refusal else None


def answer_url(look: Look) -> str | None:
    """Where this reader says yes or no to a request; None where it does not wait for an office of theirs."""
    offices = hosted_by(look.by, awaited(look.date)) if look.date.ends_at > look.now else []
    if not offices:
        return None
    return f"{url_for('requests.index', office=offices[0].slug)}#request-{look.booking.id}"


def _who_is_asked(date: BookingDate) -> str:
    """Whose yes a request waits for, where that is not simply the host's."""
    asked, left = offices_asked(date), awaited(date)
    if len(asked) == 1:
        return gettext("The host has yet to say yes. The time is held for you meanwhile.")
    names = ", ".join(each.name for each in left)
    said = ", ".join(each.name for each in asked if each not in left)
    if said:
        return gettext(
            "The hosts at %(said)s have said yes. Waits for those at %(left)s; the time is held meanwhile.",
            said=said,
            left=names,
        )
    return gettext("Waits for a yes from the hosts at %(left)s. The time is held meanwhile.", left=names)


def _why_cancelled(date: BookingDate) -> str | None:
    reason = why_cancelled(date)
    if reason is None:
        return None
    if reason:
        return gettext("Cancelled, because it is closed then: %(reason)s.", reason=reason.rstrip("."))
    return gettext("Cancelled, because it is closed then.")


def _why_not_back(look: Look) -> str | None:
    """Why the cancellation of this date cannot be taken back; None where it can, or where it is over."""
    hindrance = look.back.hindered.get(look.date.id)
    if hindrance is None:
        return None
    if isinstance(hindrance, Taken):
        why = say_taken(hindrance.clashes, zone(look.booking.timezone))
    else:
        why = " ".join(say(each) for each in hindrance.refusals)
    return gettext("The cancellation cannot be taken back. %(why)s", why=why)


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
        "heading": _presence_heading(look),
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
        "title": titled(look.booking.title),
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


def history_rows(booking: Booking) -> list[tuple[str, str, str]]:
    """When, who, what: for hosts. What was imported begins with that."""
    tz = zone(booking.timezone)
    begun = [("–", gettext("the system"), history_line("imported", {}, tz))] if booking.imported_as else []
    mailed = mailed_at(booking)
    return [*begun, *(_history_row(booking, entry, who, mailed) for entry, who in history_of(booking))]


def _history_row(
    booking: Booking, entry: History, who: Person | None, mailed: Set[datetime]
) -> tuple[str, str, str]:
    tz = zone(booking.timezone)
    at = f"{date_short(entry.at, tz)} {entry.at.astimezone(tz):%H:%M}"
    name = (who.name or who.email) if who else _nobody(entry)
    text = history_line(entry.action, entry.details, tz)
    if entry.at in mailed and entry.by_id == booking.organiser_id:
        text = gettext("%(what)s (by mail)", what=text)
    date = next((each for each in booking.dates if each.id == entry.date_id), None)
    if date is None or len(booking.dates) == 1:
        return at, name, text
    return at, name, f"{date_short(date.starts_at, tz)}: {text}"


def _nobody(entry: History) -> str:
    return gettext("somebody at the door") if entry.details.get("where") == "door" else gettext("the system")


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


def _presence_heading(look: Look) -> str:
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
