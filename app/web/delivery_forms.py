"""The form in which a host says what an organisation that pays for a project gets."""

from typing import Self

from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from wtforms import BooleanField, RadioField, SelectField, SelectMultipleField, TextAreaField

from app.reports import FORMATS
from app.services.deliveries.schedules import Schedule, ScheduleWish, refusals_of
from app.wording import say
from app.wording.delivery_sentences import EVERY, LANGUAGES
from app.wording.reports import FORMAT_NAMES


class DeliveryForm(FlaskForm):
    """What they get, how often and how."""

    active = BooleanField(lazy_gettext("Send reports by mail"))
    every = SelectField(lazy_gettext("How often"), validate_choice=False)
    language = SelectField(lazy_gettext("Language"), validate_choice=False)
    formats = SelectMultipleField(lazy_gettext("Files"), validate_choice=False)
    attached = RadioField(lazy_gettext("How the files come"), validate_choice=False)
    annex = BooleanField(lazy_gettext("They may see which organisations used the office"))
    addresses = TextAreaField(
        lazy_gettext("More addresses, one a line"), render_kw={"rows": 3, "autocomplete": "off"}
    )

    @classmethod
    def made(cls) -> Self:
        """With what can be chosen."""
        form = cls()
        form.every.choices = [(every, str(name)) for every, name in EVERY.items()]
        form.language.choices = [
            ("", gettext("Each reader's own")),
            *((each, str(name)) for each, name in LANGUAGES.items()),
        ]
        form.formats.choices = [(each, str(FORMAT_NAMES[each])) for each in FORMATS]
        form.attached.choices = [
            ("", gettext("As links, after signing in")),
            ("yes", gettext("Attached to the mail, with the links")),
        ]
        return form

    def fill_in_from(self, schedule: Schedule) -> None:
        """What holds now."""
        self.active.data, self.annex.data = schedule.active, schedule.annex
        self.every.data, self.language.data = schedule.every, schedule.language or ""
        self.formats.data = list(schedule.formats)
        self.attached.data = "yes" if schedule.attached else ""
        self.addresses.data = "\n".join(schedule.addresses)

    def wish(self) -> ScheduleWish:
        """What the form asks for; everything that is wrong with it stands at the fields."""
        lines = (line.strip() for line in (self.addresses.data or "").splitlines())
        wish = ScheduleWish(
            every=self.every.data or "",
            language=self.language.data or None,
            formats=self.formats.data or [],
            annex=bool(self.annex.data),
            attached=self.attached.data == "yes",
            addresses=[line for line in lines if line],
            active=bool(self.active.data),
        )
        for refusal in refusals_of(wish):
            field = self[refusal.field]
            field.errors = [*field.errors, say(refusal)]
        return wish
