"""The form for somebody who is here now."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from flask import request
from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from wtforms import SelectField
from wtforms.validators import InputRequired

from app.domain.interval import Interval
from app.domain.localtime import day_bounds, local_date, zone
from app.models import Office, Person
from app.services.availability import bookable, free
from app.services.booking_lists import usual_guests
from app.services.offices import organisations_for
from app.services.opening import OfficeHours
from app.web.choices import NOBODY_CHOSEN, activity_choices, organisation_choices
from app.web.dates import running_quarter
from app.web.heads import heads_field
from app.web.naming import one_of_kinds
from app.wording.formats import clock, duration

STEP = timedelta(minutes=15)
USUAL_MINUTES = 60


class WalkInForm(FlaskForm):
    """What is free now comes first; whom it is for is always said.

    `usual`: slug and name of those whom this host lately booked for, each one tap (sent as `at_once`).
    `until`: by slug, how long each thing is free that is free now. `override`: the rules that this host may
    book past, where nothing else refuses it.
    """

    usual: Sequence[tuple[str, str]] = ()
    override: Sequence[str] = ()
    until: Mapping[str, datetime] = {}
    resource = SelectField()
    minutes = SelectField(lazy_gettext("How long?"), coerce=int)
    activity = SelectField(lazy_gettext("Activity"))
    organisation = SelectField(
        lazy_gettext("Organisation"), [InputRequired(lazy_gettext("Choose an organisation."))]
    )
    women = heads_field(lazy_gettext("Women"))
    men = heads_field(lazy_gettext("Men"))
    other = heads_field(lazy_gettext("Other"))

    @classmethod
    def for_office(cls, office: Office, person: Person, now: datetime) -> "WalkInForm":
        form = cls()
        form.resource.choices, form.until = _things(office, now)
        form.resource.label.text = one_of_kinds({each.kind for each in bookable(office)})
        form.minutes.choices = [(minutes, duration(minutes)) for minutes in (30, 60, 90, 120, 180, 240)]
        form.activity.choices = activity_choices()
        whom = organisations_for(person, hosts=True)
        form.organisation.choices = [NOBODY_CHOSEN, *organisation_choices(whom)]
        if not form.is_submitted():
            form.minutes.data = USUAL_MINUTES
        elif request.form.get("at_once"):  # one tap: the button says whom it is for
            form.organisation.data = request.form["at_once"]
            form.organisation.raw_data = [form.organisation.data]
        known = {each.id: (each.slug, each.name) for each in whom}
        form.usual = [known[each] for each in usual_guests(person) if each in known]
        return form

    def use(self, start: datetime) -> Interval:
        """From `start` on, as long as was chosen; by one tap no longer than the thing is free."""
        end = start + timedelta(minutes=self.minutes.data)
        if request.form.get("at_once"):
            end = min(end, self.until.get(self.resource.data, end))
        return Interval(start, end)


def _things(office: Office, now: datetime) -> tuple[list[tuple[str, str]], dict[str, datetime]]:
    """Free for the usual length, free for less, and last what cannot be had now, with why; and until when."""
    start, tz = running_quarter(now), zone(office.timezone)
    day = day_bounds(local_date(start, tz), tz)
    hours = OfficeHours.load(office, day)
    usual_end = start + timedelta(minutes=USUAL_MINUTES)
    ranked: list[tuple[int, str, str]] = []
    ends: dict[str, datetime] = {}
    for each in free(office, day):
        thing = each.resource
        until = next(
            (it.end for it in each.stretches if it.start <= now and max(it.start, start) + STEP <= it.end),
            None,
        )
        if until is None:
            is_open = any(it.start <= start < it.end for it in hours.open(thing))
            why = gettext("taken") if is_open else gettext("closed")
            ranked.append((2, thing.slug, f"{thing.name} ({why})"))
            continue
        ends[thing.slug] = until
        if until < usual_end:
            why = gettext("free until %(time)s", time=clock(until, tz))
            ranked.append((1, thing.slug, f"{thing.name} ({why})"))
        else:
            ranked.append((0, thing.slug, thing.name))
    ranked.sort(key=lambda each: each[0])  # stable: otherwise in the order of the office
    return [(slug, text) for _, slug, text in ranked], ends
