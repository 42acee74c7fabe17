"""The form that adds a calendar kept elsewhere, and what it was seen to hold until it is saved."""

from dataclasses import astuple
from datetime import UTC, datetime

from flask import current_app, request
from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import BooleanField, HiddenField, SelectField, StringField
from wtforms.validators import InputRequired, Length, ValidationError

from app.models import Office, OutsideCalendar, Person, Resource
from app.services.availability import bookable
from app.services.composites import in_a_loop
from app.services.outside_calendars import FILE_NAME_LENGTH, NAME_LENGTH, Look, Source, Time
from app.web import sealed
from app.web.import_forms import content_of
from app.wording.outside import what_went_wrong
from calendars.entries import MOST_BYTES
from calendars.fetch import LONGEST, FetchError, Place

SEALED = "outside calendar"


class CalendarForm(FlaskForm):
    """Which calendar, about what, and what is made of it. `instead` is the number of the one it replaces."""

    resource = SelectField(lazy_gettext("What it is about"))
    name = StringField(
        lazy_gettext("What it is called"),
        [InputRequired(lazy_gettext("Give it a name.")), Length(max=NAME_LENGTH)],
        render_kw={"maxlength": NAME_LENGTH, "autocomplete": "off"},
    )
    address = StringField(
        lazy_gettext("Address (https)"),
        [Length(max=LONGEST)],
        render_kw={"inputmode": "url", "autocomplete": "off", "spellcheck": "false"},
    )
    file = FileField(lazy_gettext("Calendar file (.ics)"), render_kw={"accept": ".ics,text/calendar"})
    blocks = BooleanField(lazy_gettext("What it has keeps others out"))
    shows_titles = BooleanField(lazy_gettext("Show its titles to everybody who is signed in"))
    instead = HiddenField()

    fetches: bool

    @classmethod
    def for_office(cls, office: Office, former: OutsideCalendar | None) -> "CalendarForm":
        """Without the address where calendars may be fetched from nowhere."""
        form = cls()
        form.fetches = bool(current_app.config["CALENDAR_HOSTS"])
        form.resource.choices = [(each.slug, each.name) for each in bookable(office) if not in_a_loop(each)]
        if not form.is_submitted():
            form.resource.data = former.resource.slug if former else request.args.get("resource")
            if former:
                form.name.data, form.instead.data = former.name, str(former.id)
                form.blocks.data, form.shows_titles.data = former.blocks, former.shows_titles
        return form

    def validate_name(self, field: StringField) -> None:
        if not (field.data or "").strip() or not field.data.isprintable():
            raise ValidationError(gettext("Give it a name."))

    def validate_address(self, field: StringField) -> None:
        """As far as can be seen without asking there."""
        if not self.fetches or not (field.data or "").strip():
            return
        try:
            Place.of(field.data, current_app.config["CALENDAR_HOSTS"])
        except FetchError as error:
            raise ValidationError(what_went_wrong(error.code)) from None

    def validate_file(self, field: FileField) -> None:
        addressed = self.fetches and bool((self.address.data or "").strip())
        if field.data and addressed:
            raise ValidationError(gettext("Give an address or a file, not both."))
        if not field.data and not addressed:
            either = gettext("Give an address, or choose a file.")
            raise ValidationError(either if self.fetches else gettext("Choose a file."))

    def source(self) -> Source:
        """What is to be kept, if the calendar can be read."""
        file = self.file.data
        return Source(
            name=self.name.data.strip(),
            address=None if file else self.address.data.strip(),
            file_name=_file_name(file.filename) if file else None,
            blocks=self.blocks.data,
            shows_titles=self.shows_titles.data,
        )

    def content(self) -> bytes:
        """The file, or a little more than may be of it."""
        return content_of(self.file, MOST_BYTES)


def _file_name(sent: str | None) -> str:
    """Without folders, and fit to be shown."""
    name = (sent or "").replace("\\", "/").rpartition("/")[2]
    return "".join(each for each in name if each.isprintable())[-FILE_NAME_LENGTH:] or "calendar.ics"


def seal(source: Source, resource: Resource, look: Look, instead: int | None, host: Person) -> str:
    """What was seen, as text that nobody else can write; short, since it is packed."""
    times = [[int(start.timestamp()), int(end.timestamp()), title] for start, end, title in look.times]
    facts = [host.id, resource.id, astuple(source), int(look.until.timestamp()), instead]
    return sealed.seal([*facts, times], purpose=SEALED)


Seen = tuple[int, Source, list[Time], datetime, int | None]


def unseal(text: str | None, host: Person) -> Seen | None:
    """The resource's number, the source, its times and until when, and which calendar it replaces.

    None where it is not what this host was shown.
    """
    data = sealed.unseal(text, purpose=SEALED)
    if data is None:
        return None
    host_id, resource_id, source, until, instead, times = data
    if host_id != host.id:
        return None
    laid_out: list[Time] = [(_instant(start), _instant(end), title) for start, end, title in times]
    return resource_id, Source(*source), laid_out, _instant(until), instead


def _instant(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
