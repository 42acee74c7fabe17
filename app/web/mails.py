"""For hosts: mails that wait to leave, that were given up, and those to rooms that were refused.

What belongs to no office, such as links to sign in, is for administrators, on a page of its own.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from app.clock import now
from app.domain.localtime import zone
from app.models import Office, OutboxMail, Person, ReceivedMail
from app.services.authorize import may
from app.services.job_paces import clock_of_jobs
from app.services.job_states import job_states
from app.services.received_mails import count_refused, refused_mails
from app.services.unsent_mails import (
    M,
    Mails,
    count_unsent,
    dead_letters,
    is_leaving,
    try_again,
    try_all_again,
    waiting_mails,
)
from app.web.hosting import hosted, switch_to
from app.web.security import allow, signed_in
from app.wording.formats import Zone, lately
from app.wording.mail_reasons import mail_reasons, what_to_do
from app.wording.mail_trouble import mail_trouble, server_said

REFUSALS_SHOWN = timedelta(days=14)
SENDING = "send-mail"

bp = Blueprint("mails", __name__, url_prefix="/host")


@bp.get("/<office>/mails")
@allow("host")
def index(office: str) -> ResponseReturnValue:
    """The mails of an office."""
    return _page(hosted(office))


@bp.get("/mails")
@allow("admin")
def of_no_office() -> ResponseReturnValue:
    """The mails that belong to no office."""
    return _page(None)


@bp.post("/<office>/mails/<int:mail>/again")
@allow("host")
def again(office: str, mail: int) -> ResponseReturnValue:
    """Has one leave at the next sending."""
    return _tried(mail, hosted(office))


@bp.post("/mails/<int:mail>/again")
@allow("admin")
def again_of_no_office(mail: int) -> ResponseReturnValue:
    """The same for one that belongs to no office."""
    return _tried(mail, None)


@bp.post("/<office>/mails/again")
@allow("host")
def all_again(office: str) -> ResponseReturnValue:
    """Has all that wait leave at the next sendings."""
    return _all_tried(hosted(office))


@bp.post("/mails/again")
@allow("admin")
def all_again_of_no_office() -> ResponseReturnValue:
    """The same for those that belong to no office."""
    return _all_tried(None)


def mail_lines(office: Office, now: datetime) -> list[tuple[str, str]]:
    """What is not well with mails, in short, each with where it is told."""
    by = signed_in()
    told = _counted(office, by, now)
    if may(by, "manage") and (elsewhere := _counted(None, by, now)):
        told.append((gettext("Some that belong to no office need a look"), elsewhere[0][1]))
    return told


def _counted(place: Office | None, by: Person, now: datetime) -> list[tuple[str, str]]:
    late, dead = count_unsent(place, now, by=by)
    refused = count_refused(place, by=by, since=now - REFUSALS_SHOWN)
    counts = (
        (late, ngettext("%(num)d mail waits to leave", "%(num)d mails wait to leave", late), "#waiting"),
        (dead, ngettext("%(num)d was given up", "%(num)d were given up", dead), "#given-up"),
        (
            refused,
            ngettext("%(num)d to a room was refused", "%(num)d to rooms were refused", refused),
            "#refused",
        ),
    )
    return [(text, _url(place) + anchor) for count, text, anchor in counts if count]


def _url(place: Office | None) -> str:
    return url_for("mails.index", office=place.slug) if place else url_for("mails.of_no_office")


def _page(place: Office | None) -> str:
    by, moment = signed_in(), now()
    tz = zone(place.timezone) if place else clock_of_jobs()
    others = [(gettext("No office"), _url(None))] if may(by, "manage") else []
    waiting = _listed(waiting_mails(place, by=by), lambda mail: _waiting(mail, place, moment, tz))
    refused = refused_mails(place, by=by, since=moment - REFUSALS_SHOWN)
    return render_template(
        "host/mails.html",
        office=place,
        name=place.name if place else gettext("No office"),
        offices=[*switch_to("mails.index"), *others],
        waiting=waiting,
        all_again_url=_all_again_url(place) if _several_to_try(waiting) else None,
        given_up=_listed(dead_letters(place, by=by), lambda mail: _given_up(mail, place, moment, tz)),
        refused=_listed(refused, lambda mail: _refused(mail, moment, tz)),
        sends=next(each.ok for each in job_states(moment) if each.job == SENDING),
    )


def _tried(mail_id: int, place: Office | None) -> ResponseReturnValue:
    moment = now()
    mail = try_again(mail_id, place, by=signed_in(), now=moment)
    if mail.state == "sent":
        flash(gettext("It has left meanwhile."), "success")
    elif is_leaving(mail, moment):
        flash(gettext("It is leaving just now."), "success")
    else:
        flash(gettext("The mail will be tried again within a few minutes."), "success")
    return redirect(_url(place), code=303)


def _all_tried(place: Office | None) -> ResponseReturnValue:
    tried = try_all_again(place, by=signed_in(), now=now())
    told = ngettext(
        "%(num)d mail is tried again within a few minutes.",
        "%(num)d mails are tried again, one after the other.",
        tried,
    )
    flash(told if tried else gettext("All that waited has left, or is leaving just now."), "success")
    return redirect(f"{_url(place)}#waiting", code=303)


def _all_again_url(place: Office | None) -> str:
    return url_for("mails.all_again", office=place.slug) if place else url_for("mails.all_again_of_no_office")


def _several_to_try(waiting: Mapping[str, Any]) -> bool:
    """Where one is to be tried alone its own button does."""
    return bool(waiting["count"] > 1 and any(mail["may_try"] for mail in waiting["lines"]))


def _listed(found: Mails[M], line: Callable[[M], dict[str, Any]]) -> dict[str, Any]:
    lines = [line(mail) for mail in found.mails]
    return {"lines": lines, "count": found.count, "more": found.count - len(lines)}


def _waiting(mail: OutboxMail, place: Office | None, moment: datetime, tz: Zone) -> dict[str, Any]:
    leaving = is_leaving(mail, moment)
    due = mail.due_at <= moment
    due_at = gettext("in a moment") if due else lately(mail.due_at, moment, tz)
    return {
        **_unsent(mail, place, moment, tz),
        "next": gettext("it is leaving just now") if leaving else due_at,
        "may_try": not leaving and not due,
    }


def _given_up(mail: OutboxMail, place: Office | None, moment: datetime, tz: Zone) -> dict[str, Any]:
    return {**_unsent(mail, place, moment, tz), "next": None, "may_try": True}


def _unsent(mail: OutboxMail, place: Office | None, moment: datetime, tz: Zone) -> dict[str, Any]:
    error = mail.last_error
    return {
        "id": mail.id,
        "to": mail.recipient,
        "subject": mail.subject,
        "since": lately(mail.created_at, moment, tz),
        "tried": ngettext("%(num)d time", "%(num)d times", mail.attempts) if mail.attempts else None,
        "trouble": mail_trouble(error) if error else None,
        # Other words than a mail server's may quote what people wrote: for those who look after it all.
        "said": error and (server_said(error) or (error if may(signed_in(), "manage") else None)),
        "again_url": url_for("mails.again", office=place.slug, mail=mail.id)
        if place
        else url_for("mails.again_of_no_office", mail=mail.id),
    }


def _refused(mail: ReceivedMail, moment: datetime, tz: Zone) -> dict[str, Any]:
    return {
        "id": mail.id,
        "from": mail.sender,
        "to": mail.recipient,
        "subject": mail.subject,
        "when": lately(mail.received_at, moment, tz),
        "reasons": mail_reasons(mail),
        "to_do": what_to_do(mail),
    }
