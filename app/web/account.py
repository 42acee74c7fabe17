"""One's own page: what is kept, to read and to take along, and the wish to be erased."""

import json
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext, ngettext

from app.clock import now
from app.domain.localtime import zone
from app.models import Person
from app.services.privacy import ask_for_erasure, export, outlook_for, stay
from app.web.security import allow, signed_in
from app.web.sure import ask
from app.wording import say
from app.wording.erasure import asked_letter
from app.wording.formats import date_plain
from app.wording.names import titled

LISTED = 10  # bookings; all of them are in the file

ROLE_NAMES = {
    "member": lazy_gettext("Member"),
    "host": lazy_gettext("Host"),
    "funder": lazy_gettext("Funder"),
    "admin": lazy_gettext("Administrator"),
}
# What each table holds, in the words of whoever it is about.
SECTIONS = {
    "waiting": lazy_gettext("Times that you wait for"),
    "guest": lazy_gettext("Meetings that others invited you to"),
    "history": lazy_gettext("What you did with bookings, by time"),
    "outbox_mail": lazy_gettext("Mails to you"),
    "received_mail": lazy_gettext("Mails from you to rooms"),
    "sign_in": lazy_gettext("Places where you are signed in"),
    "sign_in_link": lazy_gettext("Links to sign in that you asked for"),
    "sign_in_failure": lazy_gettext("Wrong passwords of late"),
    "api_token": lazy_gettext("Keys for programs"),
    "idempotency_key": lazy_gettext("What programs asked for of late"),
    "feed_generation": lazy_gettext("Calendar addresses"),
    "office_approval": lazy_gettext("Requests that you said yes to"),
    "outside_calendar": lazy_gettext("Calendars from elsewhere that you added"),
    "report_snapshot": lazy_gettext("Reports that you published"),
    "report_sent": lazy_gettext("Reports that were sent to you or by you"),
    "report_hold": lazy_gettext("Reports that you held back"),
    "report_delivery": lazy_gettext("Where reports go, as you set it"),
    "report_words": lazy_gettext("Your words about a report"),
    "goal_judgement": lazy_gettext("Goals that you judged"),
}

bp = Blueprint("account", __name__, url_prefix="/account")


@bp.get("")
@allow("member")
def show() -> ResponseReturnValue:
    """What is kept about the reader."""
    told = export(signed_in(), now=now())
    return render_template("account/show.html", **_shown(told), person=signed_in(), asked=_asked(signed_in()))


@bp.get("/data.json")
@allow("member")
def data() -> ResponseReturnValue:
    """All of it as a file."""
    told = json.dumps(export(signed_in(), now=now()), ensure_ascii=False, indent=2)
    headers = {"Content-Disposition": 'attachment; filename="motesplats.json"', "Cache-Control": "no-store"}
    return Response(told + "\n", headers=headers, content_type="application/json")


@bp.route("/erasure", methods=["GET", "POST"])
@allow("member")
def erasure() -> ResponseReturnValue:
    """The wish to be erased; asked about first."""
    who = signed_in()
    if request.method == "POST":
        ask_for_erasure(who, asked_letter, now=now())
        flash(gettext("Your wish is noted. The administrators have been told."), "success")
        return redirect(url_for("account.show"), code=303)
    outlook = outlook_for(who, now())
    facts = [gettext("Your name, your address, and all that says that it was you")]
    if outlook.coming:
        num = len(outlook.coming)
        facts.append(ngettext("One booking that is to come", "%(num)d bookings that are to come", num))
    if outlook.refusal:
        facts.append(say(outlook.refusal))
    return ask(
        gettext("Ask to be erased?"),
        gettext(
            "An administrator does it, and cannot take it back. What is to come is cancelled, or somebody"
            " else takes it over. Until then you can change your mind."
        ),
        gettext("Ask to be erased"),
        facts=facts,
        back_url=url_for("account.show"),
    )


@bp.post("/erasure/withdrawal")
@allow("member")
def withdrawal() -> ResponseReturnValue:
    """Takes the wish back."""
    stay(signed_in())
    flash(gettext("Your wish to be erased is taken back."), "success")
    return redirect(url_for("account.show"), code=303)


def _asked(person: Person) -> str | None:
    return date_plain(person.erasure_asked_at.date()) if person.erasure_asked_at else None


def _first(booking: dict[str, Any]) -> str:
    local = datetime.fromisoformat(booking["dates"][0]["start"]).astimezone(zone(booking["timezone"]))
    return date_plain(local.date())


def _shown(told: dict[str, Any]) -> dict[str, Any]:
    bookings, everywhere = told["bookings"], gettext("every office")
    return {
        "roles_held": [
            f"{ROLE_NAMES[each['role']]}, {each['office'] or everywhere}" for each in told.get("role", ())
        ],
        "bookings": [
            {
                "title": titled(each["title"]),
                "id": each["id"],
                "dates": len(each["dates"]),
                "first": _first(each),
            }
            for each in reversed(bookings[-LISTED:])
            if each["dates"]
        ],
        "more": max(0, len(bookings) - LISTED),
        "sections": [(name, len(told[table])) for table, name in SECTIONS.items() if told.get(table)],
        "contact": current_app.config["CONTACT"],
    }
