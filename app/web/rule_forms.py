"""The forms in which a host says what holds: a rule, a closure. Local times in, instants out."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, Self
from zoneinfo import ZoneInfo

from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from wtforms import DateTimeLocalField, DecimalField, Field, IntegerField, SelectField, StringField
from wtforms.validators import Optional, ValidationError

from app.domain.errors import Refusal
from app.domain.localtime import TimeDoesNotExist, TimeIsAmbiguous, to_utc, zone
from app.domain.policy import FLAGS, NUMBERS
from app.models import BookingRule, Office, Person
from app.services.availability import bookable
from app.services.offices import categories, organisations_for
from app.services.rules.made import REASON_LENGTH, RuleWish
from app.web.dates import in_our_time
from app.wording import say
from app.wording.formats import number
from app.wording.names import own_name

HOUR = 60  # minutes


def whole(label: str, low: int, high: int) -> IntegerField:
    """A whole number, or nothing said; wrong ones in plain words."""
    return IntegerField(label, [Optional(), _between(low, high)], render_kw={"inputmode": "numeric"})


def _between(low: int, high: int) -> Callable[[FlaskForm, Field], None]:
    def check(_form: FlaskForm, field: Field) -> None:
        if field.data is not None and not low <= field.data <= high:
            raise ValidationError(
                gettext("Give a number from %(low)s to %(high)s.", low=number(low), high=number(high))
            )

    return check


def local_time(label: str) -> DateTimeLocalField:
    """A local date and time, or nothing said."""
    formats = ["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d"]
    return DateTimeLocalField(label, [Optional(), in_our_time], format=formats)


class PlaceForm(FlaskForm):
    """What both forms share: of what, from when, until when, why."""

    resource = SelectField(lazy_gettext("Of what"))
    starts = local_time(lazy_gettext("From"))
    ends = local_time(lazy_gettext("Until"))
    reason = StringField(lazy_gettext("Reason"), render_kw={"maxlength": REASON_LENGTH})

    office: Office

    @property
    def tz(self) -> ZoneInfo:
        return zone(self.office.timezone)

    def instants(self) -> tuple[datetime | None, datetime | None]:
        """From and until in UTC; None where nothing is said, or, with an error, where it does not exist.

        Of an hour that comes twice, from the first time until the second.
        """
        return self._instant(self.starts, 0), self._instant(self.ends, 1)

    def _instant(self, field: Field, fold: int) -> datetime | None:
        if field.errors:
            return None
        try:
            return _instant(field.data, self.tz, fold)
        except TimeDoesNotExist as gap:
            field.errors = [*field.errors, say(gap)]
            return None

    def show(self, refusals: Iterable[Refusal], fields: Mapping[str, str]) -> None:
        """Each refusal at the field it is about, else above all. What is unreadable is wrong enough."""
        unreadable = {field.name for field in self if field.errors}
        for refusal in refusals:
            name = fields.get(refusal.field, refusal.field)
            if name not in self:
                # What a rule comes to is told once all of it can be read.
                self.form_errors = [*self.form_errors, *([] if unreadable else [say(refusal)])]
            elif name not in unreadable:
                self[name].errors = [*self[name].errors, say(refusal)]


class RuleForm(PlaceForm):
    """A rule. Whatever is left empty it does not speak of."""

    whom = SelectField(lazy_gettext("For whom"))
    may_book = SelectField(lazy_gettext("Who may book"), default="")
    approval = SelectField(lazy_gettext("Approval"), default="")
    notice = DecimalField(
        lazy_gettext("Shortest notice, hours"),
        [Optional(), _between(0, 366 * 24)],
        places=None,
        render_kw={"inputmode": "decimal"},
    )
    max_days_ahead = whole(lazy_gettext("Farthest ahead, days"), *NUMBERS["max_days_ahead"])
    min_minutes = whole(lazy_gettext("Shortest booking, minutes"), *NUMBERS["min_minutes"])
    max_minutes = whole(lazy_gettext("Longest booking, minutes"), *NUMBERS["max_minutes"])
    hours_per_month = whole(lazy_gettext("Hours a month"), *NUMBERS["hours_per_month"])
    at_once = whole(lazy_gettext("At the same time"), *NUMBERS["at_once"])
    lapse_minutes = whole(lazy_gettext("A request lapses, minutes before"), *NUMBERS["lapse_minutes"])
    release_minutes = whole(
        lazy_gettext("Nobody came: free again after, minutes"), *NUMBERS["release_minutes"]
    )

    @classmethod
    def for_office(cls, office: Office, person: Person) -> Self:
        """With everybody and everything that a rule of this office may be about."""
        form = cls()
        form.office = office
        form.resource.choices = [
            ("", gettext("The whole office")),
            *((each.slug, each.name) for each in bookable(office)),
        ]
        form.whom.choices = {
            gettext("Everybody"): [("", gettext("Everybody"))],
            gettext("Categories"): [
                (f"category:{each.slug}", own_name(each.names)) for each in categories() if not each.retired
            ],
            gettext("Organisations"): [
                (f"organisation:{each.slug}", each.name) for each in organisations_for(person, hosts=True)
            ],
        }
        nothing = ("", gettext("Says nothing about it"))
        form.may_book.choices = [nothing, ("yes", gettext("May book")), ("no", gettext("May not book"))]
        form.approval.choices = [
            nothing,
            ("yes", gettext("The host confirms each booking")),
            ("no", gettext("Booked without the host's approval")),
        ]
        return form

    def fill_in_from(self, rule: BookingRule, resource: str, whom: str) -> None:
        """From a rule that is to be changed."""
        self.resource.data, self.whom.data, self.reason.data = resource, whom, rule.reason
        for field, at in ((self.starts, rule.starts_at), (self.ends, rule.ends_at)):
            field.data = at.astimezone(self.tz).replace(tzinfo=None) if at else None
        for name in FLAGS:
            self[name].data = {None: "", True: "yes", False: "no"}[getattr(rule, name)]
        for name in NUMBERS:
            if name in self:
                self[name].data = getattr(rule, name)
        self.notice.data = None if rule.notice_minutes is None else _short(rule.notice_minutes / HOUR)

    def wish(self) -> RuleWish:
        """What the form asks for, as far as it can be read; errors stand at the fields."""
        times = self.instants()
        kind, _, slug = (self.whom.data or "").partition(":")
        settings: dict[str, Any] = {name: {"yes": True, "no": False}.get(self[name].data) for name in FLAGS}
        settings |= {name: self[name].data for name in NUMBERS if name in self}
        if self.notice.data is not None:
            settings["notice_minutes"] = round(self.notice.data * HOUR)
        return RuleWish(
            resource=self.resource.data or None,
            category=slug if kind == "category" else None,
            organisation=slug if kind == "organisation" else None,
            starts_at=times[0],
            ends_at=times[1],
            reason=self.reason.data or "",
            settings=settings,
        )


class ClosureForm(PlaceForm):
    """A time during which the office, or one of its resources, is closed."""

    @classmethod
    def for_office(cls, office: Office) -> Self:
        """A resource that is made of others is closed by closing those."""
        form = cls()
        form.office = office
        form.resource.choices = [
            ("", gettext("The whole office")),
            *((each.slug, each.name) for each in bookable(office) if not each.parts),
        ]
        return form


def _instant(local: datetime | None, tz: ZoneInfo, fold: int) -> datetime | None:
    if local is None:
        return None
    try:
        return to_utc(local, tz)
    except TimeIsAmbiguous as twice:
        return twice.choices[fold]


def _short(value: float) -> int | float:
    return int(value) if value == int(value) else value
