"""Closing for a time: what a host enters, what is booked then, and what becomes of that."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from app.clock import now
from app.domain.interval import Interval
from app.domain.localtime import zone
from app.models import BookingDate, Closure, Office, Resource
from app.services.bookings.standing import why_not_cancel
from app.services.closures import (
    booked_under,
    close,
    closure_for,
    coming_closures,
    former_closures,
    open_again,
    refusals_of,
)
from app.services.directory import directory
from app.web.booking_dates import places_named
from app.web.hosting import hosted
from app.web.rule_forms import ClosureForm
from app.web.security import allow, signed_in
from app.web.sure import ask
from app.wording.formats import date_plain, day_span, sentence
from app.wording.names import titled

bp = Blueprint("closures", __name__, url_prefix="/host/<office>/rules/closures")

# Public holidays are many, and known: only the next ones are shown.
HOLIDAYS_SHOWN = timedelta(days=60)
CLOSURES_SHOWN = timedelta(days=730)
MOST_NAMED = 5


@bp.route("", methods=["GET", "POST"])
@allow("host")
def new(office: str) -> ResponseReturnValue:
    """The office, or something in it, closed for a time. What is booked then is shown first."""
    place, moment = hosted(office), now()
    form = ClosureForm.for_office(place)
    under: Sequence[BookingDate] = ()
    if form.is_submitted() and (time := _time_of(form)):
        under = _concerned(place, form.resource.data or None, time, moment)
        seen = set(request.form.getlist("seen", type=int))
        if {each.id for each in under} <= seen:
            return _close(form, time, under, moment)
    page = render_template(
        "host/closure.html",
        form=form,
        office=place,
        back=_rules(place),
        under=[_choice(each, place, moment) for each in under],
        former=[_past(each, zone(place.timezone)) for each in former_closures(place, moment)],
    )
    return page, 422 if form.errors else 200


@bp.route("/<int:closure>/end", methods=["GET", "POST"])
@allow("host")
def reopen(office: str, closure: int) -> ResponseReturnValue:
    """A closure is taken back; asked about first."""
    place = hosted(office)
    if request.method == "GET":
        entered = closure_for(closure, signed_in())
        return ask(
            gettext("Open again?"),
            gettext(
                "The time can be booked again, and reports count it as open. What was cancelled stays so."
            ),
            gettext("Open again"),
            facts=[
                sentence(day_span(entered.starts_at, entered.ends_at, zone(place.timezone))),
                _what(entered),
                *filter(None, [entered.reason]),
            ],
            back_url=_rules(place),
        )
    open_again(closure, by=signed_in(), now=now())
    flash(gettext("Open again."), "success")
    return redirect(url_for("rules.index", office=place.slug), code=303)


def closures_of(place: Office, moment: datetime) -> list[dict[str, Any]]:
    """Those to come, for the list of what holds: .id .of .time .reason .by_host .source .under"""
    tz = zone(place.timezone)
    return [
        {
            "id": each.id,
            "of": _what(each),
            "time": sentence(day_span(each.starts_at, each.ends_at, tz)),
            "reason": each.reason,
            "by_host": each.source == "host",
            "source": _source(each),
            "under": lying_under(
                booked_under(place, _thing(each), Interval(each.starts_at, each.ends_at)), moment, tz
            ),
        }
        for each in coming_closures(place, moment, moment + CLOSURES_SHOWN)
        if each.source != "holiday" or each.starts_at <= moment + HOLIDAYS_SHOWN
    ]


def lying_under(found: Sequence[BookingDate], moment: datetime, tz: ZoneInfo) -> dict[str, Any] | None:
    """The bookings to come in a time in which none can be made any more: .text .dates .more"""
    dates = [each for each in found if each.ends_at > moment]
    if not dates:
        return None
    return {
        "text": ngettext(
            "%(num)s booking lies in this time and stays:",
            "%(num)s bookings lie in this time and stay:",
            len(dates),
        ),
        "dates": [(_url(each), _named(each, tz)) for each in dates[:MOST_NAMED]],
        "more": len(dates) - MOST_NAMED,
    }


def _time_of(form: ClosureForm) -> Interval | None:
    """When it is to be closed; None, with all that is wrong on the form."""
    form.validate()
    starts, ends = form.instants()
    for field, at in ((form.starts, starts), (form.ends, ends)):
        if at is None and not field.errors:
            field.errors = [gettext("Give a date and a time.")]
    form.show(refusals_of(form.office, form.resource.data or None, starts, ends, form.reason.data or ""), {})
    return None if form.errors or not starts or not ends else Interval(starts, ends)


def _close(
    form: ClosureForm, time: Interval, under: Sequence[BookingDate], moment: datetime
) -> ResponseReturnValue:
    """With or without those bookings that are ticked, as the button says."""
    ticked = (
        set(request.form.getlist("cancel", type=int)) if request.form.get("booked") == "cancel" else set()
    )
    chosen = [each.id for each in under if each.id in ticked]
    close(
        form.office,
        form.resource.data or None,
        time.start,
        time.end,
        form.reason.data or "",
        by=signed_in(),
        now=moment,
        cancelling=chosen,
    )
    flash(_done(len(chosen), len(under)), "success")
    return redirect(url_for("rules.index", office=form.office.slug), code=303)


def _done(cancelled: int, concerned: int) -> str:
    if cancelled:
        return ngettext(
            "Closed. One booking is cancelled; whoever booked it gets a mail.",
            "Closed. %(num)d bookings are cancelled; those who booked them get a mail.",
            cancelled,
        )
    if concerned:
        return gettext("Closed. What is booked in that time stays: it is listed with the closure.")
    return gettext("Closed. Nothing was booked in that time.")


def _concerned(place: Office, slug: str | None, time: Interval, moment: datetime) -> list[BookingDate]:
    thing = directory().resources[slug] if slug else None
    return [each for each in booked_under(place, thing, time, with_all=True) if each.ends_at > moment]


def _choice(date: BookingDate, place: Office, moment: datetime) -> dict[str, Any]:
    booking = date.booking
    return {
        "id": date.id,
        "url": _url(date),
        "title": titled(booking.title),
        "when": sentence(day_span(date.starts_at, date.ends_at, zone(place.timezone))),
        "about": " · ".join(
            [
                places_named(date),
                booking.organisation.name,
                *([booking.organiser.name] if booking.organiser else []),
            ]
        ),
        "stays": why_not_cancel(date, by=signed_in(), now=moment) is not None,
    }


def _past(closure: Closure, tz: ZoneInfo) -> dict[str, str]:
    """One that is over or was taken back, with when it was entered: what counts in old reports is told."""
    if closure.retired_at:
        told = gettext(
            "entered %(day)s, opened again %(other)s",
            day=date_plain(closure.entered_at, tz),
            other=date_plain(closure.retired_at, tz),
        )
    else:
        told = gettext("entered %(day)s", day=date_plain(closure.entered_at, tz))
    return {
        "what": _what(closure),
        "time": sentence(day_span(closure.starts_at, closure.ends_at, tz)),
        "reason": closure.reason,
        "told": told,
    }


def _source(closure: Closure) -> str | None:
    sources = {"holiday": gettext("Public holiday"), "file": gettext("From the office's file")}
    return sources.get(closure.source)


def _thing(closure: Closure) -> Resource | None:
    return directory().of_id(Resource, closure.resource_id) if closure.resource_id else None


def _what(closure: Closure) -> str:
    thing = _thing(closure)
    return thing.name if thing else gettext("The whole office")


def _url(date: BookingDate) -> str:
    """Its page; of a series that of the date."""
    named = date.id if date.booking.recurrence else None
    return url_for("bookings.show", booking=date.booking_id, date_id=named)


def _named(date: BookingDate, tz: ZoneInfo) -> str:
    return f"{titled(date.booking.title)}, {day_span(date.starts_at, date.ends_at, tz)}"


def _rules(place: Office) -> str:
    return url_for("rules.index", office=place.slug, _anchor="closures")
