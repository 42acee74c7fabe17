"""The two forms of bringing a calendar in: which file, and what of it."""

from collections.abc import Sequence
from datetime import date

from flask import request
from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import DateField, HiddenField, SelectField
from wtforms.validators import InputRequired, Optional, ValidationError

from app.models import Office, Organisation, Person, Resource
from app.services.availability import bookable
from app.services.calendar_import import Choices, window_from
from app.services.offices import organisations_for
from app.web import sealed
from app.web.choices import NOBODY_CHOSEN, activity_choices, organisation_choices
from app.web.dates import in_our_time
from calendars.entries import MOST_BYTES, Found

SEALED = "calendar import"


class UploadForm(FlaskForm):
    """A file, whose calendar it is, and from when on."""

    resource = SelectField(lazy_gettext("Whose calendar it is"))
    file = FileField(lazy_gettext("Calendar file (.ics)"), render_kw={"accept": ".ics,text/calendar"})
    since = DateField(lazy_gettext("From"), [Optional(), in_our_time])

    @classmethod
    def for_office(cls, office: Office, today: date) -> "UploadForm":
        form = cls()
        form.resource.choices = [(each.slug, each.name) for each in bookable(office)]
        if not form.is_submitted():
            form.resource.data = request.args.get("resource")
            form.since.data = window_from(today)
        return form

    def validate_file(self, field: FileField) -> None:
        if not field.data:
            raise ValidationError(gettext("Choose a file."))

    def content(self) -> bytes:
        """The file, or a little more than may be of it."""
        return content_of(self.file, MOST_BYTES)


class ChooseForm(FlaskForm):
    """For whom and what. What was read comes along, signed: so it is what was shown, and read but once."""

    found = HiddenField()
    organisation = SelectField(
        lazy_gettext("For which organisation"), [InputRequired(lazy_gettext("Choose an organisation."))]
    )
    activity = SelectField(lazy_gettext("Activity"), [InputRequired(lazy_gettext("Choose what it was for."))])

    @classmethod
    def for_host(cls, host: Person) -> "ChooseForm":
        form = cls()
        whom = organisations_for(host, hosts=True)
        form.organisation.choices = [NOBODY_CHOSEN, *organisation_choices(whom)]
        form.activity.choices = [NOBODY_CHOSEN, *activity_choices()]
        return form

    def choices(self, organisers: Sequence[tuple[Person, int]]) -> Choices:
        return Choices(
            organisation=self.organisation.data,
            activity=self.activity.data,
            private=gettext("Private meeting"),
            by_organiser={
                person.email: chosen for person, _ in organisers if (chosen := chosen_for(person, sent=True))
            },
        )


def content_of(file: FileField, most: int) -> bytes:
    """What was uploaded, or a little more than the `most` bytes that may be of it."""
    with file.data.stream as stream:
        content: bytes = stream.read(most + 1)
    return content


def chosen_for(person: Person, *, sent: bool) -> str:
    """For which of their organisations an organiser's entries are; "" for that of all."""
    own = [each.slug for each in organisations_of(person)]
    if sent:
        chosen = request.form.get(f"whose-{person.id}", "")
        return chosen if chosen in own else ""
    return own[0] if len(own) == 1 else ""


def organisations_of(person: Person) -> list[Organisation]:
    """Those that they can book for today."""
    return [each for each in person.organisations if not each.retired]


def seal(found: Found, resource: Resource, host: Person) -> str:
    """What was read, as text that nobody else can write; short, since it is packed."""
    return sealed.seal([host.id, resource.id, found.to_json()], purpose=SEALED)


def unseal(text: str | None, host: Person) -> tuple[int, Found] | None:
    """The resource's number, and what was read; None where it is not what this host was shown."""
    data = sealed.unseal(text, purpose=SEALED)
    return (data[1], Found.of_json(data[2])) if data and data[0] == host.id else None
