"""For administrators: who asks to be erased, what would go, and doing it."""

from datetime import datetime

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from wtforms import EmailField, RadioField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional

from app.clock import now
from app.domain.errors import Refused
from app.domain.localtime import zone
from app.services.notices import office_of
from app.services.people import UnknownPerson
from app.services.privacy import Folders, Outlook, asked_for_erasure, erase, outlook_for, person_to_erase
from app.web.security import allow, signed_in
from app.wording import say, say_all
from app.wording.erasure import guest_letter
from app.wording.formats import clock, date_plain, day
from app.wording.names import titled

bp = Blueprint("erasures", __name__, url_prefix="/erasures")


class ErasureForm(FlaskForm):
    """What becomes of the bookings that are to come."""

    then = RadioField(
        lazy_gettext("What becomes of what is to come?"),
        choices=[
            SelectChoice("cancel", lazy_gettext("It is cancelled, and guests are told")),
            SelectChoice("hand_over", lazy_gettext("Somebody else takes it over")),
        ],
        default="cancel",
    )
    to = EmailField(lazy_gettext("E-mail address of who takes over"), [Optional()])


@bp.get("")
@allow("admin")
def index() -> ResponseReturnValue:
    """Who waits."""
    people = [
        {
            "name": each.name or each.email,
            "email": each.email,
            "since": date_plain(each.erasure_asked_at.date()),
            "url": url_for("erasures.person", person=each.id),
        }
        for each in asked_for_erasure(by=signed_in())
        if each.erasure_asked_at
    ]
    return render_template("account/erasures.html", people=people)


@bp.route("/<int:person>", methods=["GET", "POST"])
@allow("admin")
def person(person: int) -> ResponseReturnValue:
    """What goes and what stays; done by the button."""
    whom = person_to_erase(person, by=signed_in())
    form, moment = ErasureForm(), now()
    if request.method == "POST" and _erased(person, form, moment):
        flash(gettext("Erased. Every figure is as it was."), "success")
        return redirect(url_for("erasures.index"), code=303)
    outlook = outlook_for(whom, moment)
    page = render_template(
        "account/erasure.html",
        person=whom,
        past=outlook.past,
        coming=_lines(outlook),
        refusal=say(outlook.refusal) if outlook.refusal else None,
        form=form,
    )
    return page, 422 if request.method == "POST" else 200


def _erased(person_id: int, form: ErasureForm, moment: datetime) -> bool:
    """Whether it was done; else the form says why not."""
    form.validate()
    to = (form.to.data or "").strip()
    hands_over = form.then.data == "hand_over"
    if hands_over and not to:
        form.to.errors = [gettext("Say who takes the bookings over.")]
    if form.errors:
        return False
    folders = Folders(current_app.config["MAIL_FOLDER"], current_app.config["KEPT_FEEDS"])
    to_whom = to if hands_over else None
    try:
        erase(
            person_id,
            hand_over_to=to_whom,
            write=guest_letter,
            folders=folders,
            by=signed_in(),
            now=moment,
        )
    except (Refused, UnknownPerson) as error:
        form.form_errors = say_all(error)
        return False
    return True


def _lines(outlook: Outlook) -> list[tuple[str, str]]:
    lines = []
    for date in outlook.coming:
        tz = zone(office_of(date).timezone)
        when = f"{day(date.starts_at, tz)} {clock(date.starts_at, tz)}"
        url = url_for("bookings.show", booking=date.booking_id, date_id=date.id)
        lines.append((url, f"{titled(date.booking.title)}, {when}"))
    return lines
