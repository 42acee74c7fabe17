"""Head counts as a form: women, men, other. Left empty means not counted."""

from flask import flash
from flask_babel import gettext, lazy_gettext, ngettext
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import IntegerField
from wtforms.validators import Optional, ValidationError

from app.domain.errors import Refusal
from app.models import BookingDate
from app.services.bookings.things import places_of
from app.services.presence import MOST_HEADS
from app.wording import say
from app.wording.formats import number
from app.wording.heads import HEADS

SEATED = ("room", "desk")  # a video unit or an adviser has no seats that could be too few


def in_range(_form: FlaskForm, field: IntegerField) -> None:
    """A number of people, told as people write numbers."""
    if field.data is not None and not 0 <= field.data <= MOST_HEADS:
        raise ValidationError(gettext("The number must be between 0 and %(most)s.", most=number(MOST_HEADS)))


class HeadsField(IntegerField):
    """A number that is chosen or written, under one name: what was written comes last, and stands."""

    def process_formdata(self, valuelist: list[str]) -> None:
        self.raw_data = [each for each in valuelist if each.strip()][-1:] or [""]
        super().process_formdata(self.raw_data)


def heads_field(label: str) -> HeadsField:
    """One of the numbers; empty where nobody counted."""
    return HeadsField(label, [Optional(), in_range])


def heads_of(given: MultiDict[str, str]) -> dict[str, int | None]:
    """The counts that a form holds; ValueError for what is no whole number.

    A number may be chosen or written, under one name: what was written comes last, and stands.
    """
    return {name: int(said) if said else None for name, said in typed_heads(given).items()}


def typed_heads(given: MultiDict[str, str]) -> dict[str, str]:
    """The same as it was written, sense or not: to be shown again where it was refused."""
    return {name: _said(given, name) for name in HEADS}


def _said(given: MultiDict[str, str], name: str) -> str:
    return next((each.strip() for each in reversed(given.getlist(name)) if each.strip()), "")


class HeadsForm(FlaskForm):
    """How many came to one date."""

    women = heads_field(lazy_gettext("Women"))
    men = heads_field(lazy_gettext("Men"))
    other = heads_field(lazy_gettext("Other"))

    def fill_in_from(self, date: BookingDate) -> None:
        self.women.data, self.men.data, self.other.data = date.women, date.men, date.other

    @property
    def counts(self) -> dict[str, int | None]:
        return {name: self[name].data for name in HEADS}

    @property
    def counted(self) -> bool:
        return any(count is not None for count in self.counts.values())

    @property
    def problem(self) -> str | None:
        """One sentence, whichever of the fields it is about."""
        wrong = any(self[name].errors for name in HEADS)
        return say(Refusal("bad_head_count", params={"most": MOST_HEADS})) if wrong else None


def doubt_about(date: BookingDate) -> str | None:
    """Asks about a count that is saved and greater than the seats; None where it fits."""
    seats = sum(each.capacity for each in places_of(date) if each.kind in SEATED)
    if not 0 < seats < (date.women or 0) + (date.men or 0) + (date.other or 0):
        return None
    return ngettext(
        "That is more than the one seat there – is it right?",
        "That is more than the %(num)d seats there – is it right?",
        seats,
    )


def tell_done(done: str, doubt: str | None) -> None:
    """That it is saved, and what may be wrong with it."""
    flash(f"{done} {doubt}" if doubt else done, "warning" if doubt else "success")
