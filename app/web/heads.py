"""Head counts as a form: women, men, other. Left empty means not counted."""

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import IntegerField
from wtforms.validators import NumberRange, Optional

from app.domain.errors import Refusal
from app.models import BookingDate
from app.services.presence import MOST_HEADS
from app.wording import say

HEADS = ("women", "men", "other")


class HeadsForm(FlaskForm):
    """How many came to one date."""

    women = IntegerField(lazy_gettext("Women"), [Optional(), NumberRange(0, MOST_HEADS)])
    men = IntegerField(lazy_gettext("Men"), [Optional(), NumberRange(0, MOST_HEADS)])
    other = IntegerField(lazy_gettext("Other"), [Optional(), NumberRange(0, MOST_HEADS)])

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
