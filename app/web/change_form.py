"""The form that changes a booking: when, what it holds, and how much of a series is meant."""

from collections.abc import Iterable
from typing import Any, Self

from flask import request
from flask_babel import gettext, lazy_gettext, ngettext
from wtforms import FieldList, HiddenField, RadioField, SelectField

from app.domain.errors import NotFound
from app.domain.localtime import zone
from app.models import BookingDate, Office
from app.services import bookings
from app.services.bookings import things_of
from app.services.bookings.cancel import SCOPES
from app.services.offices import offices
from app.web.booking_dates import with_own_time
from app.web.booking_form import BookingForm
from app.web.security import signed_in
from app.web.things import Thing, choices_at, office_of, rooms_first, thing_named
from app.wording.formats import day, sentence

MOST_BESIDE = 20
TOLD_BY_SCRIPT = ("date", "start", "end", "resources", "activity", "organisation")


class ChangeForm(BookingForm):
    """A booking's form with everything that it holds, and how much of a series is meant."""

    scope = RadioField(lazy_gettext("What do you want to change?"), validate_choice=False)
    also = FieldList(SelectField(validate_choice=False), max_entries=MOST_BESIDE)
    date_id = HiddenField()
    opened = HiddenField()

    @classmethod
    def for_date(cls, date: BookingDate) -> Self:
        """Filled in from the booking, from what was sent, or from what the script wants to be told of."""
        held = rooms_first(things_of(date))
        form = cls.for_office(office_of(held[0]), signed_in())
        form.date_id.data = str(date.id)
        given: Any = request.form if request.method == "POST" else request.args
        if request.method == "GET":
            form.fill_in_from(date)
            for name in TOLD_BY_SCRIPT:
                form[name].data = given.get(name, form[name].data)
            form.scope.data = given.get("scope")
        form.fill_in_guests(date.booking)
        if not any(name.startswith("also-") for name in given):
            form._hold_besides(each.slug for each in held[1:])
        elif request.method == "GET":
            form._hold_besides(slug for name, slug in given.items() if name.startswith("also-"))
        form._offer_things(several=len(held) > 1)
        return form

    def things(self) -> tuple[str, ...]:
        """Of what is held besides, what is not taken out."""
        return tuple(slug for slug in (self.resources.data, *(each.data for each in self.also)) if slug)

    def chosen_thing(self) -> Thing | None:
        """The first that is chosen, wherever it is."""
        return next(iter(self.chosen_things()), None)

    def chosen_things(self) -> list[Thing]:
        """What is chosen, as far as there is such a thing."""
        found = []
        for slug in self.things():
            try:
                found.append(thing_named(slug))
            except NotFound:
                continue
        return found

    @property
    def chosen_scope(self) -> str:
        return self.scope.data if self.scope.data in SCOPES else "this"

    def take_over(self, part: str, date: BookingDate) -> None:
        """Puts one part of the booking as it is now into the form, by its name in `changed_meanwhile`."""
        booking = date.booking
        match part:
            case "time":
                self.fill_in_times(date)
            case "things":
                first, *others = rooms_first(things_of(date))
                self.resources.data = first.slug
                self._hold_besides(each.slug for each in others)
                self._offer_things(several=bool(others))
            case "meeting":
                self.fill_in_meeting(booking.meeting_url)
            case "guests":
                self.take_guests(booking)
            case "title":
                self.title.data = booking.title
            case "activity":
                self.activity.data = booking.activity.slug
            case "organisation":
                self.organisation.data = booking.organisation.slug

    def _hold_besides(self, slugs: Iterable[str]) -> None:
        while self.also.entries:
            self.also.pop_entry()
        for slug in [slug for slug in slugs if slug][: MOST_BESIDE - 1]:
            self.also.append_entry(slug)

    def _offer_things(self, *, several: bool) -> None:
        """Each may be another one or taken out, and one more may come to it."""
        if (not self.also.entries or self.also.entries[-1].data) and len(self.also) < MOST_BESIDE:
            self.also.append_entry("")
        known = _choices_everywhere(self.office)
        for entry in self.also:
            held = bool(entry.data)
            none = gettext("Take it out") if held else gettext("Nothing more")
            entry.choices = {gettext("None"): [("", none)], **known}
            names = {slug: name for group in known.values() for slug, name in group}
            entry.label.text = (
                gettext("Together with: %(name)s", name=names.get(entry.data, entry.data))
                if held
                else gettext("Add another")
            )
        if several or any(entry.data for entry in self.also):
            out = {gettext("None"): [("", gettext("Take it out"))]}
            self.resources.choices = {**out, **self.resources.choices}


def choose_scope(form: Any, date: BookingDate, open_ones: set[int], *, words: bool) -> dict[str, Any] | None:
    """The choices, each with how many dates it is about; and which of those have a time of their own.

    `words`: all are offered, also where just one date is left: words belong to them all. None: no series.
    """
    booking = date.booking
    if len(booking.dates) == 1:
        return None
    by_scope = {
        scope: [each for each in bookings.dates_in_scope(booking, date.id, scope) if each in open_ones]
        for scope in SCOPES
    }
    on = day(date.starts_at, zone(booking.timezone))
    texts = {
        "this": gettext("Only this date: %(day)s", day=on),
        "following": ngettext(
            "This and those after it: %(num)d date",
            "This and those after it: %(num)d dates",
            len(by_scope["following"]),
        ),
        "all": ngettext(
            "All that are to come: %(num)d date", "All that are to come: %(num)d dates", len(by_scope["all"])
        ),
    }
    # What means the same dates is offered once.
    offered = [
        scope
        for scope, same in (("this", ()), ("following", ("all", "this")), ("all", () if words else ("this",)))
        if by_scope[scope] and all(by_scope[scope] != by_scope[other] for other in same)
    ]
    form.scope.choices = [(scope, sentence(texts[scope])) for scope in offered]
    if form.scope.data not in SCOPES:
        form.scope.data = offered[0] if offered else "this"
    meant = by_scope[form.scope.data] if words else open_ones
    apart = [each for each in with_own_time(booking) if each.id in meant and each.id != date.id]
    return {
        "moved": [sentence(day(each.starts_at, zone(booking.timezone))) for each in apart],
        "several": len(offered) > 1,
    }


def _choices_everywhere(home: Office) -> dict[str, list[tuple[str, str]]]:
    """Everything that can be booked, at home first; with the office where there are several."""
    known = sorted(offices(), key=lambda each: each.id != home.id)
    if len(known) == 1:
        return choices_at(home)
    return {
        f"{office.name} · {kind}": choices for office in known for kind, choices in choices_at(office).items()
    }
