"""What somebody else made of a booking while one's own change of it was being written.

The form keeps what the booking said when it was opened. Held against that, each part of it is known as
theirs, one's own, or both; theirs come into the form, so that saving it again takes nothing back.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext

from app.domain.errors import NotFound
from app.models import BookingDate
from app.services.bookings import Wish
from app.services.bookings.things import things_of
from app.services.directory import directory
from app.services.guests import guests_of
from app.web.change_form import ChangeForm
from app.web.choices import activity_choices
from app.web.seasons import plain_span
from app.web.things import rooms_first, thing_named
from app.wording.formats import Zone, day, sentence

Parts = Mapping[str, Any]  # by name what a booking says: text, or a list of texts
NAMES = {
    "time": lazy_gettext("Time"),
    "things": lazy_gettext("Where"),
    "title": lazy_gettext("Title"),
    "activity": lazy_gettext("Activity"),
    "organisation": lazy_gettext("Organisation"),
    "meeting": lazy_gettext("Meeting link"),
    "guests": lazy_gettext("Guests"),
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One part of a booking, in words. `theirs`, `yours`: what it was changed to; None: it was not."""

    name: str
    before: str
    theirs: str | None
    yours: str | None

    @property
    def both(self) -> bool:
        """Whether both changed it: what is saved last holds."""
        return self.theirs is not None and self.yours is not None


def remember(form: ChangeForm, date: BookingDate) -> None:
    """Keeps in the form what the booking says now."""
    form.opened.data = json.dumps(parts_of(date))


def take_in(form: ChangeForm, date: BookingDate, wish: Wish) -> list[Difference]:
    """What was changed since the form was opened, by whom; what they alone changed comes into the form."""
    theirs = parts_of(date)
    opened = _opened(form, theirs)
    yours = _parts_of_wish(wish, opened)
    found = []
    for name, before in opened.items():
        changed, own = theirs[name] != before, yours[name] != before
        if changed and not own:
            form.take_over(name, date)
        if yours[name] != theirs[name]:
            found.append(
                Difference(
                    str(NAMES[name]),
                    _said(name, before, form.tz),
                    _said(name, theirs[name], form.tz) if changed else None,
                    _said(name, yours[name], form.tz) if own else None,
                )
            )
    form.read_anew(date.booking)
    remember(form, date)
    return found


def parts_of(date: BookingDate) -> Parts:
    """What a booking says of one of its dates."""
    booking = date.booking
    return {
        "time": [date.starts_at.isoformat(), date.ends_at.isoformat()],
        "things": [each.slug for each in rooms_first(things_of(date))],
        "title": booking.title,
        "activity": booking.activity.slug,
        "organisation": booking.organisation.slug,
        "meeting": booking.meeting_url or "",
        "guests": sorted(each.email for each in guests_of(booking.id)),
    }


def _parts_of_wish(wish: Wish, opened: Parts) -> Parts:
    """What it says nothing of is as it was."""
    return {
        "time": [wish.start.isoformat(), wish.end.isoformat()],
        "things": opened["things"] if {*wish.resources} == {*opened["things"]} else [*wish.resources],
        "title": wish.title.strip(),
        "activity": wish.activity,
        "organisation": wish.organisation,
        "meeting": opened["meeting"] if wish.meeting_url is None else wish.meeting_url,
        "guests": opened["guests"] if wish.guests is None else sorted({each.lower() for each in wish.guests}),
    }


def _opened(form: ChangeForm, now: Parts) -> Parts:
    """What the form was opened with; where it does not say so, what the booking says now."""
    try:
        found = json.loads(form.opened.data or "")
        start, end = (datetime.fromisoformat(each) for each in found["time"])
    except (ValueError, TypeError, KeyError):
        return now
    alike = found.keys() == now.keys() and all(type(found[each]) is type(now[each]) for each in now)
    texts = alike and all(isinstance(each, str) for part in found.values() for each in part)
    return found if texts and start.tzinfo and end.tzinfo else now


def _said(name: str, value: Any, tz: Zone) -> str:
    match name:
        case "time":
            start, end = (datetime.fromisoformat(each) for each in value)
            return f"{sentence(day(start, tz))}, {plain_span(start, end, tz)}"
        case "things":
            return ", ".join(map(_thing, value)) or "–"
        case "activity":
            return dict(activity_choices()).get(value, value)
        case "organisation":
            organisation = directory().organisations.get(value)
            return organisation.name if organisation else value
        case "guests":
            return ", ".join(value) or "–"
    return value or "–"


def _thing(slug: str) -> str:
    try:
        return thing_named(slug).name
    except NotFound:
        return slug
