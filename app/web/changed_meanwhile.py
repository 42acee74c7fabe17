"""What somebody else made of a booking while one's own change of it was being written."""

from flask_babel import gettext
from wtforms import SelectField

from app.models import BookingDate
from app.services.bookings import Wish, things_of
from app.services.guests import guests_of
from app.web.change_form import ChangeForm
from app.web.seasons import plain_span
from app.wording.formats import day, sentence


def differences(form: ChangeForm, date: BookingDate, wish: Wish) -> list[tuple[str, str, str]]:
    """Of each field that differs its name, what the booking says now, and what was written instead."""
    booking, tz = date.booking, form.tz
    theirs = ", ".join(sorted(each.name for each in things_of(date)))
    yours = ", ".join(sorted(each.name for each in form.chosen_things()))
    link = wish.meeting_url if wish.meeting_url is not None else booking.meeting_url
    invited = sorted(guest.email for guest in guests_of(booking.id))
    rows = [
        (
            gettext("Time"),
            f"{sentence(day(date.starts_at, tz))}, {plain_span(date.starts_at, date.ends_at, tz)}",
            f"{sentence(day(wish.start, tz))}, {plain_span(wish.start, wish.end, tz)}",
        ),
        (gettext("Where"), theirs, yours),
        (gettext("Title"), booking.title, wish.title),
        (
            gettext("Activity"),
            _chosen(form.activity, booking.activity.slug),
            _chosen(form.activity, wish.activity),
        ),
        (
            gettext("Organisation"),
            booking.organisation.name,
            _chosen(form.organisation, wish.organisation)
            if wish.organisation != booking.organisation.slug
            else booking.organisation.name,
        ),
        (gettext("Meeting link"), booking.meeting_url or "", link or ""),
        (gettext("Guests"), ", ".join(invited), ", ".join(sorted(wish.guests or ()))),
    ]
    if wish.guests is None:
        rows.pop()
    return [(name, was or "–", mine or "–") for name, was, mine in rows if was.strip() != mine.strip()]


def _chosen(field: SelectField, value: str) -> str:
    return next((str(text) for slug, text in field.choices or () if slug == value), value)
