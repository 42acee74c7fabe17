"""Words about erasing people: why not, and the letters that go with it."""

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import force_locale, lazy_gettext
from flask_babel import gettext as _

from app.domain.localtime import zone
from app.services.privacy import Ended
from app.wording.dated import said
from app.wording.formats import clock, date_long
from app.wording.languages import LOCALES
from app.wording.letters import link_to, write_letter

REFUSALS: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "last_admin": lambda p: _("Nobody else is an administrator. Make somebody one first."),
    "last_host": lambda p: _("Nobody else is host at %(office)s. Make somebody host first.", **p),
    "cannot_take_over": lambda p: _("%(person)s may not book for %(organisation)s there.", **p),
    "not_to_oneself": lambda p: _("Choose somebody else."),
    "bad_months": lambda p: _("Give a number of months from %(fewest)s to %(most)s.", **p),
}


def guest_letter(told: Ended, language: str) -> tuple[str, str]:
    """To the guests of a booking that is cancelled with its booker: no name, no title."""
    tz = zone(told.office.timezone)
    first = told.dates[0].start
    with force_locale(LOCALES[language]):
        lines = said(told.dates, tz).lines
        subject = _("Cancelled: %(day)s at %(time)s", day=date_long(first, tz), time=clock(first, tz))
    return write_letter("booking_ended", language, subject, lines=lines)


def asked_letter(language: str) -> tuple[str, str]:
    """To the administrators: somebody waits. Who, they see on the page."""
    link = link_to("erasures.index")
    return write_letter("erasure_asked", language, lazy_gettext("Somebody asks to be erased"), link=link)
