"""Changing and cancelling a booking: one date, that and those after it, or all."""

from typing import Any

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext, ngettext
from flask_wtf import FlaskForm
from wtforms import RadioField

from app.clock import now
from app.domain.errors import DomainError, Refused, Stale, Taken
from app.domain.localtime import zone
from app.models import Booking, BookingDate
from app.services import bookings
from app.services.bookings.change import booking_for, why_not_cancel, why_not_change
from app.services.bookings.things import things_of
from app.web.alternatives import clash_of
from app.web.booking_dates import booking_url, moved_by_themselves
from app.web.booking_form import BookingForm, wish_of
from app.web.booking_new import asks_host_for, may_set_aside, status_of
from app.web.booking_page import Look, date_of, page_of
from app.web.security import allow, signed_in
from app.web.things import office_of, rooms_first
from app.web.timed_form import show_refusals
from app.web.times_unclear import TimesUnclear
from app.wording import say
from app.wording.formats import day, sentence

SCOPES = ("this", "following", "all")


class ChangeForm(BookingForm):
    """A booking's form that also asks how much of a series is meant."""

    scope = RadioField(lazy_gettext("What do you want to change?"), validate_choice=False)


class CancelForm(FlaskForm):
    """How much of a series is cancelled."""

    scope = RadioField(lazy_gettext("What do you want to cancel?"), validate_choice=False)


ScopedForm = ChangeForm | CancelForm


@allow("member")
def edit(booking: int) -> ResponseReturnValue:
    """Another time, room or title. Where somebody else changed it meanwhile, nothing is overwritten."""
    thing = booking_for(booking, signed_in(), "change_booking")
    date = date_of(thing, now())
    url = booking_url(date)
    refusal = why_not_change(date, now())
    if refusal and request.method == "GET":
        flash(say(refusal), "warning")
        return redirect(url)
    form = _form_for(date)
    open_ones = {each.id for each in thing.dates if why_not_change(each, now()) is None}
    scope = _choose_scope(form, date, open_ones) if len(thing.dates) > 1 else None
    if request.method == "GET":
        form.fill_in_from(date)
    clash, override = None, None
    if request.method == "POST" and form.take_alternative_and_validate():
        try:
            wish = wish_of(form)
            changed = bookings.change(
                date.id,
                wish,
                scope=_scope(form),
                version=form.version.data or 0,
                by=signed_in(),
                now=now(),
            )
        except Taken as taken:
            series = scope is not None and _scope(form) != "this"
            clash = clash_of(taken, form, moves=True, series=series)
        except Stale as stale:
            form.form_errors = [say(stale)]
            form.version.data = thing.version
        except TimesUnclear as unclear:
            show_refusals(form, unclear)
        except Refused as refused:
            show_refusals(form, refused)
            override = may_set_aside(wish, refused, form.office, signed_in(), now())
        else:
            flash(_done(changed, thing, form), "success")
            return redirect(booking_url(changed))
    page = render_template(
        "bookings/edit.html",
        booking={"title": thing.title, "url": url},
        form=form,
        clash=clash,
        scope=scope,
        override=override,
        approval=asks_host_for(form),
    )
    return page, status_of(form, clash)


@allow("member")
def cancellation(booking: int) -> ResponseReturnValue:
    """Asks once (GET), cancels (POST)."""
    thing = booking_for(booking, signed_in(), "change_booking")
    date = date_of(thing, now())
    url = booking_url(date)
    form = CancelForm()
    open_ones = {each.id for each in thing.dates if why_not_cancel(each, by=signed_in(), now=now()) is None}
    scope = _choose_scope(form, date, open_ones) if len(thing.dates) > 1 else None
    if request.method == "POST":
        chosen = bookings.dates_in_scope(thing, date.id, _scope(form)) if scope else None
        try:
            bookings.cancel(thing.id, by=signed_in(), now=now(), dates=chosen)
        except DomainError as error:
            flash(say(error), "error")
        else:
            flash(_cancelled(None if chosen is None else len(open_ones.intersection(chosen))), "success")
        return redirect(url)
    refusal = why_not_cancel(date, by=signed_in(), now=now())
    if refusal and scope is None:
        flash(say(refusal), "warning")
        return redirect(url)
    page = page_of(Look(date, signed_in(), now()))
    return render_template("bookings/cancel.html", booking=page, form=form, scope=scope, back_url=url)


def _form_for(date: BookingDate) -> ChangeForm:
    thing, *others = rooms_first(things_of(date))
    form = ChangeForm.for_office(office_of(thing), signed_in())
    form.also = others
    return form


def _choose_scope(form: ScopedForm, date: BookingDate, open_ones: set[int]) -> dict[str, Any]:
    """The choices, each with how many dates it is about; and what is said of dates that were moved."""
    booking = date.booking
    by_scope = {
        scope: [each for each in bookings.dates_in_scope(booking, date.id, scope) if each in open_ones]
        for scope in SCOPES
    }
    on = day(date.starts_at, zone(booking.timezone))
    texts = {
        "this": gettext("Only this date: %(day)s", day=on),
        "following": ngettext(
            "This and those after it: %(num)d date",
            "This and those after it: %(num)d dates",
            len(by_scope["following"]),
        ),
        "all": ngettext(
            "All that are to come: %(num)d date", "All that are to come: %(num)d dates", len(by_scope["all"])
        ),
    }
    # What means the same dates is offered once.
    offered = [
        scope
        for scope, same in (("this", ()), ("following", ("all", "this")), ("all", ("this",)))
        if by_scope[scope] and all(by_scope[scope] != by_scope[other] for other in same)
    ]
    form.scope.choices = [(scope, sentence(texts[scope])) for scope in offered]
    if form.scope.data not in SCOPES:
        form.scope.data = offered[0] if offered else "this"
    moved = [each for each in moved_by_themselves(booking) if each.id in open_ones and each.id != date.id]
    return {
        "moved": [sentence(day(each.starts_at, zone(booking.timezone))) for each in moved],
        "several": len(offered) > 1,
    }


def _scope(form: ScopedForm) -> str:
    return form.scope.data if form.scope.data in SCOPES else "this"


def _done(changed: BookingDate, before: Booking, form: ChangeForm) -> str:
    if changed.booking_id != before.id:
        return gettext("This date and those after it are changed. They are a booking of their own now.")
    if _scope(form) != "this" and len(before.dates) > 1:
        return gettext("The whole series is changed.")
    return gettext("The booking is changed.")


def _cancelled(dates: int | None) -> str:
    if dates is None:
        return gettext("The booking is cancelled.")
    return ngettext("%(num)d date is cancelled.", "%(num)d dates are cancelled.", dates)
