"""For hosts: mails that could not be delivered, and mails to rooms that were refused."""

from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.clock import now
from app.domain.localtime import zone
from app.models import Office
from app.services.outbox import dead_letters, try_again
from app.services.received_mails import refused_mails
from app.web.hosting import hosted
from app.web.security import allow, signed_in
from app.wording.formats import clock, date_short
from app.wording.mail_reasons import mail_reasons

REFUSALS_SHOWN = timedelta(days=14)

bp = Blueprint("mails", __name__, url_prefix="/host")


@bp.post("/<office>/mails/<int:mail>/again")
@allow("host")
def again(office: str, mail: int) -> ResponseReturnValue:
    """Lets a mail that was given up wait for the next sending."""
    place = hosted(office)
    try_again(mail, place, by=signed_in(), now=now())
    flash(gettext("The mail will be tried again within a few minutes."), "success")
    return redirect(url_for("host.today", office=place.slug), code=303)


def dead_lines(office: Office) -> list[dict[str, Any]]:
    """The mails about an office that were given up, newest first."""
    tz = zone(office.timezone)
    return [
        {
            "to": mail.recipient,
            "subject": mail.subject,
            "when": f"{date_short(mail.created_at, tz)} {clock(mail.created_at, tz)}",
            "error": mail.last_error,
            "again_url": url_for("mails.again", office=office.slug, mail=mail.id),
        }
        for mail in dead_letters(office, by=signed_in())
    ]


def refused_lines(office: Office, now: datetime) -> list[dict[str, Any]]:
    """The mails to an office's rooms that were refused lately, newest first."""
    tz = zone(office.timezone)
    return [
        {
            "from": mail.sender,
            "to": mail.recipient,
            "subject": mail.subject,
            "when": f"{date_short(mail.received_at, tz)} {clock(mail.received_at, tz)}",
            "reasons": mail_reasons(mail),
        }
        for mail in refused_mails(office, by=signed_in(), since=now - REFUSALS_SHOWN)
    ]
