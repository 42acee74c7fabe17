"""The form of a booking: one thing at one office."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Self

from wtforms import HiddenField, IntegerField, SelectField
from wtforms.validators import Optional
from wtforms.widgets import HiddenInput

from app.domain.errors import Alternative, NotFound
from app.domain.interval import Interval
from app.domain.policy import STARTED_AT_MOST
from app.models import Booking, BookingDate, Office, Person, Resource
from app.services.authorize import may
from app.services.bookings import Wish
from app.services.bookings.things import things_of
from app.services.directory import directory
from app.services.rules import limits_for
from app.web.naming import one_of_kinds
from app.web.seasons import plain_span
from app.web.security import signed_in
from app.web.things import (
    Thing,
    belongs,
    choices_at,
    kinds_at,
    rooms_first,
    thing_facts,
    thing_named,
)
from app.web.timed_form import TimedForm, all_clear, wished_beside
from app.web.times_unclear import TimesUnclear
from app.wording.formats import clock, day, sentence


class BookingForm(TimedForm):
    """One resource, or any free one of a pool."""

    resources = SelectField(validate_choice=False)
    confirm = HiddenField()
    version = IntegerField(validators=[Optional()], widget=HiddenInput())

    @classmethod
    def for_office(cls, office: Office, person: Person) -> Self:
        """A form with the choices that this person has at this office."""
        form = cls()
        form.office = office
        form.resources.label.text = one_of_kinds(kinds_at(office))
        form.resources.choices = choices_at(office)
        form.offer(person)
        return form

    def fill_in(self, thing: Thing, given: Any, now: datetime) -> None:
        """From the link that led here; what it leaves out is now, and an hour."""
        self.resources.data = thing.slug
        self.confirm.data = given.get("confirm", "")
        if self.activity.choices:
            self.activity.data = self.activity.choices[0][0]
            self.title.data = given.get("title") or self.activity.choices[0][1]
        self.fill_in_when(given, now)

    def fill_in_kept(self, kept: Mapping[str, str]) -> None:
        """What was filled in besides when somebody began to wait for that time."""
        for name, value in kept.items():
            if name in self:
                self[name].data = value

    def fill_in_from(self, booked: BookingDate) -> None:
        """From a booking that is to be changed."""
        self.resources.data = rooms_first(things_of(booked))[0].slug
        self.fill_in_times(booked)
        self.title.data = booked.booking.title
        self.activity.data = booked.booking.activity.slug
        self.organisation.data = booked.booking.organisation.slug
        self.version.data = booked.booking.version
        self.fill_in_meeting(booked.booking.meeting_url)

    def fill_in_times(self, booked: BookingDate) -> None:
        start, end = booked.starts_at.astimezone(self.tz), booked.ends_at.astimezone(self.tz)
        self.date.data = start.date().isoformat()
        self.start.data, self.end.data = f"{start:%H:%M}", f"{end:%H:%M}"

    def read_anew(self, booking: Booking) -> None:
        """What was typed is held against the booking as it is by now."""
        self.version.data, self.version.raw_data = booking.version, None  # which would be shown instead

    def things(self) -> tuple[str, ...]:
        """The slugs of what is chosen."""
        return (self.resources.data,)

    def chosen_thing(self) -> Thing | None:
        try:
            thing = thing_named(self.resources.data or "")
        except NotFound:
            return None
        return thing if thing.office_id == self.office.id else None

    def asks_host(self, resource: Resource, at: datetime) -> bool:
        """Whether the host has to say yes to a booking of that resource then, for the one chosen here."""
        if may(signed_in(), "host", self.office):
            return False
        organisation = directory().organisations.get(self.organisation.data or "")
        return limits_for(resource, organisation, at).approval

    @staticmethod
    def alternative_value(alternative: Alternative) -> str:
        """An alternative as the value of a button."""
        return f"{alternative.resource}|{alternative.start.isoformat()}|{alternative.end.isoformat()}"

    def summary(self, now: datetime, first: Interval | None = None) -> dict[str, str | None] | None:
        """When, where and what that is, in words; None where the times are not clear.

        `first`: the date that would be booked first, where that is known.
        """
        thing = self.chosen_thing()
        try:
            start, end = (first.start, first.end) if first else self.instants()
        except TimesUnclear:
            return None
        if thing is None or end <= start:
            return None
        return {
            "when": sentence(day(start, self.tz)),
            "time": plain_span(start, end, self.tz),
            "change_until": clock(start + STARTED_AT_MOST, self.tz) if start <= now else None,
            "where": thing.name,
            "facts": thing_facts(thing),
            "belongs": belongs(thing),
            "office": self.office.name,
        }


def wish_of(form: BookingForm) -> Wish:
    """What the form asks for, by the button pressed. TimesUnclear where its times are not."""
    (start, end), link = all_clear(form.instants, form.chosen_link)
    repetition = form.repetition()
    return Wish(
        resources=form.things(),
        start=start.astimezone(UTC),
        end=end.astimezone(UTC),
        title=form.title.data or "",
        organisation=form.organisation.data or "",
        activity=form.activity.data or "",
        meeting_url=link,
        guests=form.chosen_guests(),
        **wished_beside(form, repetition),
    )
