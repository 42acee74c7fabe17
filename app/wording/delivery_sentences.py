"""What is said of reports on their way: why something is refused, and what a schedule comes to."""

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext

EVERY = {
    "month": lazy_gettext("Every month"),
    "quarter": lazy_gettext("Every quarter"),
    "half": lazy_gettext("Every half-year"),
    "year": lazy_gettext("Every year"),
}
LANGUAGES = {"sv": lazy_gettext("Swedish"), "en": lazy_gettext("English")}
IN_LANGUAGE = {"sv": lazy_gettext("in Swedish"), "en": lazy_gettext("in English")}
STATES = {
    "waiting": lazy_gettext("Waits to be sent"),
    "sent": lazy_gettext("Sent"),
    "dead": lazy_gettext("Could not be delivered"),
    None: lazy_gettext("Sent; the mail itself is not kept any more"),
}
AUDIENCES = {
    "full": lazy_gettext("in full, with the annex that names organisations"),
    "without_annex": lazy_gettext("without the annex"),
    "public": lazy_gettext("the version for the public"),
}

SENTENCES: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "address_value": lambda p: _(
        "The address says %(name)s=%(value)s, which means nothing here. Nothing is shown, lest it be another "
        "version than was meant.",
        name=p["name"],
        value=p["value"],
    ),
    "public_months_only": lambda p: _(
        "A version for the public is made of whole months only, as far as the project lasts: reports of any "
        "days could be subtracted from each other."
    ),
    "report_of_payers": lambda p: _(
        "Your organisation neither runs nor pays for a project here in all of this time, so you read the "
        "version for the public. That is made of whole months only, as far as the project lasts. Who pays "
        "for a project is entered by those who run the office: ask its hosts."
    ),
    "report_held": lambda p: _("This report is held back: %(reason)s", reason=p["reason"]),
    "report_sent_already": lambda p: _("This report has been sent already, so it cannot be held back."),
    "report_reader_gone": lambda p: _(
        "%(address)s gets no reports of this project any more. Nothing was sent.", address=p["address"]
    ),
    "hold_reason": lambda p: _("Say why: the other hosts read it."),
    "hold_reason_long": lambda p: _("A reason has at most %(most)s characters.", most=p["most"]),
    "delivery_every": lambda p: _("Choose how often."),
    "delivery_language": lambda p: _("Choose a language."),
    "delivery_formats": lambda p: _("Choose at least one kind of file."),
    "delivery_address": lambda p: _("%(address)s is no e-mail address.", address=p["address"]),
    "delivery_address_short": lambda p: _(
        "%(address)s ends without a domain such as .se, so no mail can arrive there.", address=p["address"]
    ),
    "delivery_addresses": lambda p: _("There can be %(most)s more addresses at most.", most=p["most"]),
}
