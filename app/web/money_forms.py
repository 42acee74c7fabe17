"""The forms about money: amounts as people write them, refusals at the field they are about."""

from collections.abc import Callable
from typing import Any

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import (
    DateField,
    Field,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Optional, ValidationError

from app.domain.errors import Refusal, Refused
from app.domain.money import MOST_PER_HOUR, read_amount
from app.models.money import MOST_REASON
from app.services.money.companies import MOST_GRANTER, MOST_UNDERTAKING
from app.services.money.terms import TEXTS
from app.web.dates import in_our_time
from app.wording import say

IS_AID = {"yes": True, "no": False}
MONEY: dict[str, Any] = {"inputmode": "decimal", "autocomplete": "off"}


class AmountField(StringField):
    """`1 234,50`: `amount` in hundredths, None where nothing, or nothing that can be read, is written."""

    places = 2
    code = "amount_wrong"

    @property
    def amount(self) -> int | None:
        return read_amount(self.data or "", self.places)

    def pre_validate(self, form: Any) -> None:
        if self.data and self.data.strip() and self.amount is None:
            raise ValidationError(say(Refusal(self.code)))


class ValueField(AmountField):
    """What an hour is worth, which may be nothing."""

    code = "value_wrong"

    def pre_validate(self, form: Any) -> None:
        super().pre_validate(form)
        if (self.amount or 0) > MOST_PER_HOUR:
            raise ValidationError(say(Refusal(self.code)))


class RateField(AmountField):
    """An exchange rate: `amount` in millionths."""

    places = 6
    code = "rate_wrong"


class MoneyForm(FlaskForm):
    """Sends what was filled in to a service, and shows what that says."""

    def done(self, send: Callable[[], object]) -> bool:
        """Whether all of it was right, and is done; else every refusal stands at its field."""
        if not self.validate():
            return False
        try:
            send()
        except Refused as error:
            for refusal in error.refusals:
                self._at(refusal)
            return False
        return True

    def _at(self, refusal: Refusal) -> None:
        if refusal.field in self:
            field: Field = self[refusal.field]
            field.errors = [*field.errors, say(refusal)]
        else:
            self.form_errors = [*self.form_errors, say(refusal)]


def day(label: object, *more: Any) -> DateField:
    """A day; without more, one that may be left out."""
    return DateField(label, [*(more or (Optional(),)), in_our_time])


def words(label: object, most: int) -> StringField:
    """One line."""
    return StringField(label, render_kw={"maxlength": most, "autocomplete": "off"})


def why() -> TextAreaField:
    """The reason."""
    return TextAreaField(lazy_gettext("Reason"), render_kw={"rows": 2, "maxlength": MOST_REASON})


class ToldForm(MoneyForm):
    """What may change amounts that are counted already: this is told first, and then asked why."""

    told = HiddenField()
    reason = why()


class ValueForm(ToldForm):
    """What an hour of some resources is worth."""

    resources = SelectMultipleField(lazy_gettext("Of what"), coerce=int)
    per_hour = ValueField(
        lazy_gettext("Value per hour"), [InputRequired(lazy_gettext("Give an amount."))], render_kw=MONEY
    )
    valid_from = day(lazy_gettext("From"))


class CategoryForm(ToldForm):
    """Whether use by a category is aid."""

    category = SelectField(lazy_gettext("Category"), coerce=int)
    is_aid = RadioField(
        lazy_gettext("Is it aid?"),
        [InputRequired(lazy_gettext("Say whether it is aid."))],
        choices=[
            SelectChoice("yes", lazy_gettext("Yes, it is de minimis aid")),
            SelectChoice("no", lazy_gettext("No")),
        ],
    )
    valid_from = day(lazy_gettext("From"))


class BookingForm(ToldForm):
    """Whether one booking is aid."""

    is_aid = RadioField(
        lazy_gettext("Is it aid?"),
        [InputRequired(lazy_gettext("Say whether it is aid."))],
        choices=[
            SelectChoice("yes", lazy_gettext("Yes, it is de minimis aid")),
            SelectChoice("no", lazy_gettext("No")),
            SelectChoice("category", lazy_gettext("As its category")),
        ],
    )


class TermsForm(ToldForm):
    """By what an office counts."""

    currency = words(lazy_gettext("Currency of the values"), 3)
    cap = AmountField(lazy_gettext("Cap"), [InputRequired(lazy_gettext("Give an amount."))], render_kw=MONEY)
    cap_currency = words(lazy_gettext("Currency of the cap"), 3)
    cap_source = words(lazy_gettext("Where the cap is said, and when"), TEXTS["cap_source"])
    granter = words(lazy_gettext("Who grants the aid"), TEXTS["granter"])
    legal_basis = words(lazy_gettext("Legal basis"), TEXTS["legal_basis"])
    instrument = words(lazy_gettext("Kind of aid"), TEXTS["instrument"])


class RateForm(ToldForm):
    """An exchange rate from a day on."""

    valid_from = day(lazy_gettext("From"), InputRequired(lazy_gettext("Say from which day.")))
    rate = RateField(lazy_gettext("Rate"), [InputRequired(lazy_gettext("Give the rate."))], render_kw=MONEY)
    source = words(lazy_gettext("Source"), TEXTS["cap_source"])


class CompanyForm(ToldForm):
    """What holds for a company."""

    undertaking = words(lazy_gettext("One undertaking with others"), MOST_UNDERTAKING)
    sector = words(lazy_gettext("Sector (NACE)"), 20)
    cap = AmountField(lazy_gettext("A cap of its own"), render_kw=MONEY)


class ElsewhereForm(MoneyForm):
    """Aid that a company had from somebody else."""

    granted_on = day(lazy_gettext("Granted"), InputRequired(lazy_gettext("Say on which day.")))
    amount = AmountField(
        lazy_gettext("Amount"), [InputRequired(lazy_gettext("Give an amount."))], render_kw=MONEY
    )
    granter = words(lazy_gettext("By whom"), MOST_GRANTER)
    note = words(lazy_gettext("Note"), MOST_REASON)
