"""Why a mail to a room was refused, for hosts."""

from collections.abc import Mapping

from flask_babel import gettext, lazy_gettext

from app.models import ReceivedMail

REASONS: Mapping[str, object] = {
    "not_authenticated": lazy_gettext("the mail server does not vouch for the sender"),
    "unreadable": lazy_gettext("the invitation cannot be read"),
    "unknown_sender": lazy_gettext("nobody here has that address"),
    "not_the_organiser": lazy_gettext("not sent by the meeting's organiser"),
    "not_invited": lazy_gettext("an answer from somebody who was not invited"),
    "taken": lazy_gettext("the time is taken; the sender was told"),
}


def mail_reasons(mail: ReceivedMail) -> list[str]:
    """The reasons in words: those of the mail room, or that the rules said no."""
    if mail.outcome == "begun":
        return [gettext("it could not be dealt with, and is tried again")]
    told = [str(REASONS[code]) for code in mail.reasons if code in REASONS]
    if any(code not in REASONS for code in mail.reasons):
        told.append(gettext("the rules said no; the sender was told why"))
    return told
