"""The form of a booking: local times in, instants out, refusals back to their fields."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import product
from typing import Any, Self
from zoneinfo import ZoneInfo

from flask import request
from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from wtforms import HiddenField, IntegerField, RadioField, SelectField, StringField
from wtforms.validators import Optional
from wtforms.widgets import HiddenInput

from app.domain.errors import Alternative, DomainError, Refused
from app.domain.localtime import TimeDoesNotExist, TimeIsAmbiguous, to_utc, zone
from app.domain.policy import STARTED_AT_MOST, TITLE_LENGTH
from app.models import BookingDate, Office, Person, Resource
from app.services.authorize import may
from app.services.availability import bookable, leaves_of
from app.services.bookings import Wish
from app.services.offices import activities, organisations_for
from app.web.dates import USUAL_LENGTH, YEARS
from app.web.naming import KIND_HEADINGS, NOBODY_CHOSEN, facts, one_of_kinds, own_name, seats
from app.web.seasons import plain_span, season
from app.wording import say, say_all
from app.wording.formats import clock, day, duration, sentence

TIME_FIELDS = ("resources", "date", "start", "end")


class TimesUnclear(DomainError):
    """The local times mean no instants, or several. `errors`: text by field."""

    code = "times_unclear"

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__()
        self.errors = errors


class BookingForm(FlaskForm):
    """Times are on the wall clock of `office`. `ambiguous` is there only in the hour that comes twice."""

    title = StringField(lazy_gettext("Title"), render_kw={"maxlength": TITLE_LENGTH})
    activity = SelectField(lazy_gettext("Activity"), validate_choice=False)
    organisation = SelectField(lazy_gettext("Organisation"), validate_choice=False)
    resources = SelectField(validate_choice=False)
    date = StringField(lazy_gettext("Date"))
    start = StringField(lazy_gettext("Start"))
    end = StringField(lazy_gettext("End"))
    ambiguous = RadioField(
        lazy_gettext("The clock goes back that night, so this time comes twice. Which one do you mean?"),
        validate_choice=False,
    )
    confirm = HiddenField()
    version = IntegerField(validators=[Optional()], widget=HiddenInput())

    office: Office
    also: Sequence[Resource] = ()  # what the booking holds besides the one thing that can be chosen here

    @classmethod
    def for_office(cls, office: Office, person: Person) -> Self:
        """A form with the choices that this person has at this office."""
        form = cls()
        form.office = office
        things = bookable(office)
        form.resources.label.text = one_of_kinds({each.kind for each in things})
        form.resources.choices = {
            str(heading): [
                (each.slug, f"{each.name} · {seats(each.capacity)}") for each in things if each.kind == kind
            ]
            for kind, heading in KIND_HEADINGS.items()
            if any(each.kind == kind for each in things)
        }
        form.activity.choices = [(each.slug, own_name(each.names)) for each in activities()]
        whom = organisations_for(person, hosts=may(person, "host", office))
        form.organisation.choices = [(each.slug, each.name) for each in whom]
        if len(whom) > 1:  # of several none is likelier: the wrong one would be credited unseen
            form.organisation.choices.insert(0, NOBODY_CHOSEN)
        elif not form.organisation.data and whom:
            form.organisation.data = whom[0].slug
        if not request.form.get("ambiguous"):
            form.ambiguous.choices = []
        return form

    @property
    def tz(self) -> ZoneInfo:
        return zone(self.office.timezone)

    @property
    def time_is_wrong(self) -> bool:
        return any(self[name].errors for name in (*TIME_FIELDS, "ambiguous"))

    def fill_in(self, resource: Resource, given: Any, now: datetime) -> None:
        """From the link that led here; what it leaves out is now, and an hour."""
        local = now.astimezone(self.tz)
        start = local.replace(minute=local.minute // 15 * 15, second=0, microsecond=0, tzinfo=None)
        self.resources.data = resource.slug
        self.date.data = given.get("date") or start.date().isoformat()
        self.start.data = given.get("start") or f"{start:%H:%M}"
        self.end.data = given.get("end") or f"{start + USUAL_LENGTH:%H:%M}"
        self.confirm.data = given.get("confirm", "")
        if self.activity.choices:
            self.activity.data = self.activity.choices[0][0]
            self.title.data = self.activity.choices[0][1]

    def fill_in_from(self, booked: BookingDate) -> None:
        """From a booking that is to be changed."""
        start, end = booked.starts_at.astimezone(self.tz), booked.ends_at.astimezone(self.tz)
        self.resources.data = things_of(booked)[0].slug
        self.date.data = start.date().isoformat()
        self.start.data, self.end.data = f"{start:%H:%M}", f"{end:%H:%M}"
        self.title.data = booked.booking.title
        self.activity.data = booked.booking.activity.slug
        self.organisation.data = booked.booking.organisation.slug
        self.version.data = booked.booking.version

    def chosen_resource(self) -> Resource | None:
        return next((each for each in bookable(self.office) if each.slug == self.resources.data), None)

    @staticmethod
    def alternative_value(alternative: Alternative) -> str:
        """An alternative as the value of a button."""
        return f"{alternative.resource}|{alternative.start.isoformat()}|{alternative.end.isoformat()}"

    def take_alternative_and_validate(self) -> bool:
        """Puts an alternative that was pressed into the fields, then validates as usual."""
        pressed = request.form.get("alternative", "").split("|")
        if len(pressed) == 3:
            try:
                start, end = (datetime.fromisoformat(each).astimezone(self.tz) for each in pressed[1:])
            except ValueError:
                return self.validate()
            self.resources.data = pressed[0]
            self.date.data, self.start.data, self.end.data = (
                start.date().isoformat(),
                f"{start:%H:%M}",
                f"{end:%H:%M}",
            )
        return self.validate()

    def instants(self) -> tuple[datetime, datetime]:
        """Start and end in UTC. TimesUnclear with a message by field; nothing is guessed."""
        on, start, end = self._wall_clock()
        last = on + timedelta(days=1) if end == time(0) and start != time(0) else on
        readings = [
            self._readings(field, datetime.combine(*at))
            for field, at in (("start", (on, start)), ("end", (last, end)))
        ]
        pairs = [(a, b) for a, b in product(*readings) if b > a] or [(readings[0][0], readings[1][0])]
        if len(pairs) == 1:
            self._forget_choice()
            return pairs[0]
        self.ambiguous.choices = [
            (f"{a.isoformat()}|{b.isoformat()}", self._reading_text(a, b)) for a, b in pairs
        ]
        chosen = {value: pair for (value, _), pair in zip(self.ambiguous.choices, pairs, strict=True)}
        if self.ambiguous.data in chosen:
            return chosen[self.ambiguous.data]
        raise TimesUnclear({"ambiguous": gettext("Choose which of the two times you mean.")})

    def summary(self, now: datetime) -> dict[str, str | None] | None:
        """When, where and what that is, in words; None where the times are not clear."""
        thing = self.chosen_resource()
        try:
            start, end = self.instants()
        except TimesUnclear:
            return None
        if thing is None or end <= start:
            return None
        return {
            "when": sentence(day(start, self.tz)),
            "time": plain_span(start, end, self.tz),
            "change_until": clock(start + STARTED_AT_MOST, self.tz) if start <= now else None,
            "where": thing.name,
            "facts": facts(thing),
            "office": thing.office.name,
        }

    def _wall_clock(self) -> tuple[date, time, time]:
        errors: dict[str, str] = {}
        try:
            on = date.fromisoformat((self.date.data or "").strip())
        except ValueError:
            errors["date"] = gettext("Give a date, for example 2026-11-24.")
        times = {}
        for name in ("start", "end"):
            try:
                text = (self[name].data or "").strip().replace(".", ":")
                times[name] = time(0) if text == "24:00" else time.fromisoformat(text.rjust(5, "0"))
                if times[name].tzinfo or times[name].second:
                    raise ValueError
            except ValueError:
                errors[name] = gettext("Give a time of day, for example 09:30.")
        if not errors and on.year not in YEARS:
            errors["date"] = gettext("Give a date between 1990 and 2100.")
        if errors:
            raise TimesUnclear(errors)
        return on, times["start"], times["end"]

    def _readings(self, field: str, local: datetime) -> tuple[datetime, ...]:
        """The instants that a local time may mean: one, or two in the hour that comes twice."""
        try:
            return (to_utc(local, self.tz),)
        except TimeIsAmbiguous as twice:
            return twice.choices
        except TimeDoesNotExist as gap:
            raise TimesUnclear({field: say(gap)}) from gap

    def _reading_text(self, start: datetime, end: datetime) -> str:
        local_start, local_end = start.astimezone(self.tz), end.astimezone(self.tz)
        minutes = int((end - start).total_seconds() // 60)
        first, last = (f"{each:%H:%M} {season(each)}" for each in (local_start, local_end))
        return f"{first} – {last}, {duration(minutes)}"

    def _forget_choice(self) -> None:
        self.ambiguous.choices = []


def things_of(date: BookingDate) -> list[Resource]:
    """What a date is booked on: as it was asked for, unless that is a pool or the date has moved since."""
    held = {slot.resource.id: slot.resource for slot in date.slots}
    asked = [each.resource for each in date.booking.asked_for if each.resource]
    if {leaf.id for thing in asked for leaf in leaves_of(thing)} == held.keys():
        return asked
    return [*held.values()]


def wish_of(form: BookingForm) -> Wish:
    """What the form asks for. TimesUnclear where its times are not."""
    start, end = form.instants()
    return Wish(
        resources=(form.resources.data, *(each.slug for each in form.also)),
        start=start.astimezone(UTC),
        end=end.astimezone(UTC),
        title=form.title.data or "",
        organisation=form.organisation.data or "",
        activity=form.activity.data or "",
    )


def show_refusals(form: BookingForm, refused: Refused | TimesUnclear) -> None:
    """Puts each refusal at its field, or above the form where it has none."""
    if isinstance(refused, TimesUnclear):
        for name, text in refused.errors.items():
            form[name].errors = [text]
        return
    general: list[str] = []
    for refusal, text in zip(refused.refusals, say_all(refused), strict=True):
        if refusal.field in form:
            form[refusal.field].errors = [*form[refusal.field].errors, text]
        else:
            general.append(text)
    form.form_errors = general
