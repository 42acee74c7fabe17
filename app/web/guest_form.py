"""The field for guests; put into the form of a booking, of its change, and of a video conference."""

import re

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import StringField

from app.models import Booking
from app.services.guests import guests_of, invites


class GuestFields(FlaskForm):
    """Addresses of all who are to be invited."""

    guests = StringField(lazy_gettext("E-mail addresses of the guests"), render_kw={"maxlength": 5000})

    def fill_in_guests(self, booking: Booking) -> None:
        """From a booking that is to be changed; no field where its guests are not told from here."""
        if not invites(booking):
            del self.guests
        elif not self.is_submitted():
            self.take_guests(booking)

    def take_guests(self, booking: Booking) -> None:
        """Those that it has now, whatever was written."""
        if self.guests is not None:
            self.guests.data = ", ".join(each.email for each in guests_of(booking.id))

    def chosen_guests(self) -> tuple[str, ...] | None:
        """Addresses between commas, semicolons, spaces or line breaks, as people paste them.

        None where nothing was said of them: a change leaves them as they are.
        """
        if self.guests is None or self.guests.data is None:
            return None
        return tuple(each for each in re.split(r"[\s,;]+", self.guests.data) if each)
