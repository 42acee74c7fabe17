"""Changing and cancelling a booking: one date, that and those after it, or all."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext, ngettext
from flask_wtf import FlaskForm
from wtforms import RadioField

from app.clock import now
from app.domain.errors import DomainError, Refusal, Refused, Stale, Taken
from app.models import Booking, BookingDate
from app.services import bookings
from app.services.bookings.change import booking_for, date_for, why_not_cancel, why_not_change
from app.services.bookings.left_behind import left_behind
from app.web.alternatives import clash_of
from app.web.booking_dates import booking_url
from app.web.booking_form import wish_of
from app.web.booking_new import status_of
from app.web.booking_page import Look, by_mail, date_of, page_of
from app.web.change_form import ChangeForm, choose_scope
from app.web.change_outlook import Outlook, clash_besides, outlook_of, set_aside_by, ways_of_change
from app.web.changed_meanwhile import Difference, remember, take_in
from app.web.security import allow, signed_in
from app.web.timed_form import show_refusals
from app.web.times_unclear import TimesUnclear
from app.wording import say
from app.wording.names import titled


class CancelForm(FlaskForm):
    """How much of a series is cancelled."""

    scope = RadioField(lazy_gettext("What do you want to cancel?"), validate_choice=False)


@dataclass(frozen=True, slots=True)
class _Tried:
    """What came of a change. `override`: the rules that it can be made past; None: as the outlook says."""

    changed: BookingDate | None = None
    clash: dict[str, Any] | None = None
    meanwhile: Sequence[Difference] | None = None
    override: Sequence[str] | None = None


@allow("member")
def edit(booking: int) -> ResponseReturnValue:
    """Another time, room or title. Where somebody else changed it meanwhile, nothing is overwritten."""
    thing, date = _meant(booking)
    url = booking_url(date)
    refusal = why_not_change(date, now())
    if refusal and request.method == "GET":
        flash(say(refusal), "warning")
        return redirect(url)
    form = ChangeForm.for_date(date)
    if request.method == "GET":
        remember(form, date)
    open_ones = {each.id for each in thing.dates if why_not_change(each, now()) is None}
    scope = choose_scope(form, date, open_ones, words=True)
    tried = _Tried()
    if request.method == "POST" and not form.only_shown() and form.take_alternative_and_validate():
        tried = _try(form, date, refusal)
    if tried.changed:
        flash(_done(tried.changed, thing, form), "success")
        return redirect(booking_url(tried.changed))
    clash = tried.clash
    outlook = Outlook() if clash else outlook_of(form, date, by=signed_in(), now=now())
    page = render_template(
        "bookings/edit.html",
        booking={
            "title": titled(thing.title),
            "url": url,
            "by_mail": by_mail(Look(date, signed_in(), now())),
        },
        form=form,
        clash=clash,
        meanwhile=tried.meanwhile,
        scope=scope,
        override=outlook.override if tried.override is None else tried.override,
        outlook=None if form.time_is_wrong else outlook,
        approval=outlook.approval,
    )
    return page, status_of(form, clash)


def _try(form: ChangeForm, date: BookingDate, refusal: Refusal | None) -> _Tried:
    """Changes it. What hinders that stands in the form, and what there is to choose in the answer."""
    by, moment = signed_in(), now()
    try:
        wish = wish_of(form)
    except TimesUnclear as unclear:
        show_refusals(form, unclear)
        return _Tried()
    scope, version = form.chosen_scope, form.version.data or 0
    try:
        return _Tried(bookings.change(date.id, wish, scope=scope, version=version, by=by, now=moment))
    except Taken as taken:
        ways = ways_of_change(form, date, wish, taken.clashes, by, moment)
        return _Tried(clash=clash_of(taken, form, moves=True, ways=ways))
    except Stale:
        meanwhile = None if refusal else take_in(form, date, wish)
        form.form_errors = [say(refusal) if refusal else _who_was_first(meanwhile or ())]
        return _Tried(meanwhile=meanwhile)
    except Refused as refused:
        clash = clash_besides(form, date, wish, refused, by=by, now=moment)
        if not clash or not clash["rest"]:
            show_refusals(form, refused)
        override = set_aside_by(form, date, wish, refused, by=by, now=moment)
        return _Tried(clash=clash, override=override)


@allow("member")
def cancellation(booking: int) -> ResponseReturnValue:
    """Asks once (GET), cancels (POST)."""
    thing, date = _meant(booking)
    url = booking_url(date)
    form = CancelForm()
    open_ones = {each.id for each in thing.dates if why_not_cancel(each, by=signed_in(), now=now()) is None}
    scope = choose_scope(form, date, open_ones, words=False)
    if request.method == "POST":
        chosen = bookings.dates_in_scope(thing, date.id, form.scope.data) if scope else None
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


def _meant(booking: int) -> tuple[Booking, BookingDate]:
    """The booking and the date that was asked for, also where it has become part of another since."""
    thing = booking_for(booking, signed_in(), "change_booking")
    asked = request.values.get("date_id", type=int)
    if asked is None or any(each.id == asked for each in thing.dates):
        return thing, date_of(thing, now())
    date = date_for(asked, signed_in(), "change_booking")
    return date.booking, date


def _who_was_first(meanwhile: Sequence[Difference]) -> str:
    if not meanwhile:
        return gettext("Somebody else changed this meanwhile, to what you have written. Save it if you like.")
    if any(each.both for each in meanwhile):
        return gettext(
            "Somebody else changed this meanwhile. Their changes and yours stand together in the form now. "
            "Where both of you changed the same, it says what you wrote. Look it over and save again."
        )
    return gettext(
        "Somebody else changed this meanwhile. Their changes and yours stand together in the form now. "
        "Look it over and save again."
    )


def _done(changed: BookingDate, before: Booking, form: ChangeForm) -> str:
    if form.chosen_scope == "this" or len(changed.booking.dates) == 1 == len(before.dates):
        return gettext("The booking is changed.")
    said = [gettext("The whole series is changed.")]
    if changed.booking_id != before.id:
        said = [gettext("This date and those after it are changed. They are a booking of their own now.")]
    if stays := len(left_behind(changed.booking).stayed_last):
        said.append(
            ngettext(
                "%(num)d date stays as it was; below it says why.",
                "%(num)d dates stay as they were; below each says why.",
                stays,
            )
        )
    return " ".join(said)


def _cancelled(dates: int | None) -> str:
    if dates is None:
        return gettext("The booking is cancelled.")
    return ngettext("%(num)d date is cancelled.", "%(num)d dates are cancelled.", dates)
