"""How long an office keeps who booked, and what the job did about it."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext, ngettext
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField

from app.clock import now
from app.domain.localtime import zone
from app.models import Office
from app.services.authorize import may
from app.services.privacy import Kept, keep_bookers, kept_at
from app.services.privacy.retention import FEWEST_MONTHS, MOST_MONTHS
from app.web.hosting import hosted, switch_to
from app.web.rule_forms import whole
from app.web.security import allow, signed_in
from app.web.sure import ask
from app.wording.formats import date_long, number

bp = Blueprint("retention", __name__, url_prefix="/host/<office>/retention")


class RetentionForm(FlaskForm):
    """A number of months, or for ever."""

    months = whole(lazy_gettext("Months after the last date"), FEWEST_MONTHS, MOST_MONTHS)
    for_ever = BooleanField(lazy_gettext("Keep them for ever"))
    sure = HiddenField()


@bp.route("", methods=["GET", "POST"])
@allow("host")
def show(office: str) -> ResponseReturnValue:
    """The setting; a shorter time is asked about first, for it cannot be taken back."""
    place = hosted(office)
    form = RetentionForm()
    if request.method == "GET":
        form.months.data, form.for_ever.data = place.bookers_kept_months, place.bookers_kept_months is None
        return _page(place, form), 200
    form.validate()
    if not form.for_ever.data and form.months.data is None and not form.errors:
        form.months.errors = [gettext("Give a number of months, or have them kept for ever.")]
    if form.errors:
        return _page(place, form), 422
    months = None if form.for_ever.data else form.months.data
    before, moment = place.bookers_kept_months, now()
    if months is not None and (before is None or months < before) and not form.sure.data:
        due = kept_at(place, months, moment).due
        if due and may(signed_in(), "manage", place):
            return _question(place, months, due)
    keep_bookers(place, months, by=signed_in())
    flash(gettext("Saved. The figures stay as they are."), "success")
    return redirect(url_for("retention.show", office=place.slug), code=303)


def _question(place: Office, months: int, due: int) -> str:
    return ask(
        gettext("Keep bookers for a shorter time?"),
        gettext("At night these bookings lose their booker and title, for good. Every figure stays."),
        gettext("Keep them shorter"),
        facts=[
            ngettext("%(num)s month after the last date", "%(num)s months after the last date", months),
            ngettext("%(num)s booking", "%(num)s bookings", due),
        ],
        fields=[("months", months), ("sure", "1")],
        back_url=url_for("retention.show", office=place.slug),
    )


def _page(place: Office, form: RetentionForm) -> str:
    kept = kept_at(place, place.bookers_kept_months, now())
    return render_template(
        "host/retention.html",
        office=place,
        offices=switch_to("retention.show"),
        form=form,
        may_change=may(signed_in(), "manage", place),
        months=place.bookers_kept_months,
        due=number(kept.due),
        anonymous=number(kept.anonymous),
        last=_last(place, kept),
        fewest=FEWEST_MONTHS,
        most=MOST_MONTHS,
    )


def _last(place: Office, kept: Kept) -> str | None:
    return date_long(kept.last_at, zone(place.timezone)) if kept.last_at else None
