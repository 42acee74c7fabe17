"""What the forms of a booking and of a video conference share: local times in, instants out."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from itertools import product
from typing import Any
from zoneinfo import ZoneInfo

from flask import request
from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from wtforms import RadioField, SelectField, StringField

from app.domain.errors import Refused
from app.domain.localtime import TimeDoesNotExist, TimeIsAmbiguous, to_utc, zone
from app.domain.policy import TITLE_LENGTH
from app.domain.repetition import Repetition
from app.models import Office, Person
from app.services.authorize import may
from app.services.offices import organisations_for
from app.web.choices import NOBODY_CHOSEN, activity_choices, organisation_choices
from app.web.dates import USUAL_LENGTH, YEARS, running_quarter, year_unlikely
from app.web.guest_form import GuestFields
from app.web.meeting_form import MeetingFields
from app.web.planned import SKIPPED
from app.web.repeat_form import RepeatFields
from app.web.seasons import season
from app.web.times_unclear import TimesUnclear
from app.wording import say
from app.wording.formats import duration

TIME_FIELDS = ("resources", "sites", "date", "start", "end")
# Refusals speak of a wish; these are the fields of the form that such a part of it is chosen with.
FIELD_OF = {"recurrence": "repeat", "meeting": "meeting_url"}


class TimedForm(RepeatFields, MeetingFields, GuestFields):
    """Times are on the wall clock of `office`. `ambiguous` is there only in the hour that comes twice."""

    title = StringField(lazy_gettext("Title"), render_kw={"maxlength": TITLE_LENGTH})
    activity = SelectField(lazy_gettext("Activity"), validate_choice=False)
    organisation = SelectField(lazy_gettext("Organisation"), validate_choice=False)
    date = StringField(lazy_gettext("Date"))
    start = StringField(lazy_gettext("Start"))
    end = StringField(lazy_gettext("End"))
    ambiguous = RadioField(
        lazy_gettext("The clock goes back that night, so this time comes twice. Which one do you mean?"),
        validate_choice=False,
    )

    office: Office

    def offer(self, person: Person) -> None:
        """The choices that this person has at the form's office."""
        self.activity.choices = activity_choices()
        whom = organisations_for(person, hosts=may(person, "host", self.office))
        self.organisation.choices = organisation_choices(whom)
        if len(whom) > 1:  # of several none is likelier: the wrong one would be credited unseen
            self.organisation.choices.insert(0, NOBODY_CHOSEN)
        elif not self.organisation.data and whom:
            self.organisation.data = whom[0].slug
        if not request.form.get("ambiguous"):
            self.ambiguous.choices = []
        self.offer_repetition()
        self.offer_meeting()

    @property
    def tz(self) -> ZoneInfo:
        return zone(self.office.timezone)

    @property
    def time_is_wrong(self) -> bool:
        return any(self[name].errors for name in (*TIME_FIELDS, "ambiguous") if name in self)

    def fill_in_when(self, given: Any, now: datetime) -> None:
        """From the link that led here; what it leaves out is now, and an hour."""
        local = now.astimezone(self.tz)
        start = running_quarter(local).replace(tzinfo=None)
        self.date.data = given.get("date") or start.date().isoformat()
        self.start.data = given.get("start") or f"{start:%H:%M}"
        self.end.data = given.get("end") or f"{start + USUAL_LENGTH:%H:%M}"
        if given.get("organisation") in [value for value, _ in self.organisation.choices]:
            self.organisation.data = given["organisation"]
        self.meeting.data = ""
        self.fill_in_repetition(given)
        self.offer_repetition()

    def only_shown(self) -> bool:
        """Whether the form was sent to have its dates shown, not to book; says what is unclear in them."""
        if "show" not in request.values:
            return False
        try:
            self.instants()
        except TimesUnclear as unclear:
            show_refusals(self, unclear)
        return True

    def take_alternative_and_validate(self) -> bool:
        """Puts an alternative that was pressed into the fields, then validates as usual."""
        pressed = request.form.get("alternative", "").split("|")
        if len(pressed) == 3:
            try:
                start, end = (datetime.fromisoformat(each).astimezone(self.tz) for each in pressed[1:])
            except ValueError:
                return self.validate()
            if "resources" in self:
                self["resources"].data = pressed[0]
            self.date.data = start.date().isoformat()
            self.start.data, self.end.data = f"{start:%H:%M}", f"{end:%H:%M}"
        return self.validate()

    def instants(self) -> tuple[datetime, datetime]:
        """Start and end in UTC, of a series its first date. TimesUnclear with a message by field."""
        (on, start, end), repetition = all_clear(self._wall_clock, self.repetition)
        if repetition:
            on = repetition.first_from(on)
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
            errors["date"] = year_unlikely()
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


def all_clear(*parts: Callable[[], Any]) -> list[Any]:
    """What each part says. TimesUnclear with what is wrong in all of them at once."""
    found, errors = [], {}
    for part in parts:
        try:
            found.append(part())
        except TimesUnclear as unclear:
            errors |= unclear.errors
    if errors:
        raise TimesUnclear(errors)
    return found


def wished_beside(form: RepeatFields, repetition: Repetition | None) -> dict[str, Any]:
    """The parts of a wish that repetition and the buttons of a clash give it."""
    skip = {"closed"} if repetition and form.skip_closed.data else set()
    return {
        "recurrence": repetition.rule() if repetition else None,
        "skip": SKIPPED if request.form.get("go_on") == "skip" else frozenset(skip),
        "move": request.form.get("go_on") == "move",
        "override": "override" in request.form,
    }


def show_refusals(form: FlaskForm, refused: Refused | TimesUnclear) -> None:
    """Puts each refusal at its field, or above the form where it has none."""
    if isinstance(refused, TimesUnclear):
        for name, text in refused.errors.items():
            form[name].errors = [text]
        return
    general: list[str] = []
    for refusal in refused.refusals:
        name, text = FIELD_OF.get(refusal.field, refusal.field), say(refusal)
        if name not in form:
            general.append(text)
        elif text not in form[name].errors:
            form[name].errors = [*form[name].errors, text]
    form.form_errors = list(dict.fromkeys(general))
