"""Bookings: make, see, check in, count, end, change, cancel, undo, download; and one's own list."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, Response, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from wtforms import RadioField

from app.clock import now
from app.domain.errors import DomainError, NotFound, Refused, Stale, Taken
from app.domain.localtime import zone
from app.models import Booking, BookingDate
from app.models.booking import LIVE_STATUSES
from app.services import bookings, presence
from app.services.authorize import authorize, may
from app.services.booking_lists import history_of, past, upcoming
from app.services.bookings.book import suggestions
from app.services.bookings.change import booking_for, why_not_cancel, why_not_change
from app.services.feed_events import booking_ics
from app.services.offices import resource_named
from app.web.alternatives import clash_of, offer
from app.web.booking_form import TIME_FIELDS, BookingForm, TimesUnclear, show_refusals, things_of, wish_of
from app.web.booking_page import (
    UNDO_LASTS,
    Look,
    booking_url,
    cancel_url,
    check_in_hint,
    contact,
    date_line,
    entry_of,
    history_row,
    note_of,
    page_of,
    presence_of,
    undo_of,
)
from app.web.feed_panel import feed_panel
from app.web.heads import HeadsForm, doubt_about, tell_done
from app.web.security import allow, signed_in
from app.wording import say
from app.wording.formats import day, sentence

bp = Blueprint("bookings", __name__, url_prefix="/bookings")

# The last tap may be under way when the ten seconds end.
UNDO_SLACK = timedelta(seconds=20)


class CancelForm(FlaskForm):
    """How much of a series is cancelled."""

    scope = RadioField(lazy_gettext("What do you want to cancel?"), validate_choice=False)

    @classmethod
    def for_date(cls, date: BookingDate) -> "CancelForm":
        form = cls()
        this = sentence(day(date.starts_at, zone(date.booking.timezone)))
        form.scope.choices = [
            ("this", gettext("Only this date: %(day)s", day=this)),
            ("all", gettext("Every date of the series that is still to come")),
        ]
        if not form.is_submitted():
            form.scope.data = "this"
        return form


@bp.get("")
@allow("member")
def index() -> ResponseReturnValue:
    """What the person has booked: coming, and a page of what is over."""
    moment = now()
    before = request.args.get("before", type=int)
    over = past(signed_in(), moment, datetime.fromtimestamp(before, moment.tzinfo) if before else None)
    more = url_for("bookings.index", before=int(over[-1].starts_at.timestamp())) if len(over) == 20 else None
    coming = [] if before else [Look(date, signed_in(), moment) for date in upcoming(signed_in(), moment)]
    return render_template(
        "bookings/index.html",
        running=[entry_of(look) for look in coming if look.running],
        upcoming=[entry_of(look) for look in coming if not look.running],
        past=[entry_of(Look(date, signed_in(), moment)) for date in over],
        older=before is not None,
        more_url=more,
        feed=feed_panel("mine", gettext("My bookings")),
        find_url=url_for("find.index"),
    )


@bp.route("/new", methods=["GET", "POST"])
@allow("member")
def new() -> ResponseReturnValue:
    """The form, filled in by the link that led here; booked by POST."""
    resource = resource_named(request.values.get("resources") or request.values.get("resource", ""))
    form = BookingForm.for_office(resource.office, signed_in())
    if request.method == "GET":
        form.fill_in(resource, request.args, now())
    clash = None
    if request.method == "POST" and form.take_alternative_and_validate():
        try:
            booking = bookings.book(wish_of(form), by=signed_in(), now=now())
        except Taken as taken:
            clash = clash_of(taken, form)
        except (Refused, TimesUnclear) as refused:
            show_refusals(form, refused)
        else:
            return redirect(url_for("bookings.show", booking=booking.id))
    page = render_template(
        "bookings/new.html",
        form=form,
        name=(form.chosen_resource() or resource).name,
        summary=None if clash or form.time_is_wrong else form.summary(now()),
        hindrance=None if clash or form.time_is_wrong else _hindrance(form),
        clash=clash,
        # From a card or the board a time was chosen already; from a room's page it is to be chosen here.
        folded=request.method == "POST" or "start" in request.args,
        approval=_needs_approval(form),
        section="find" if form.confirm.data else "board",
        back_url=_where_from(form),
    )
    return page, _status(form, clash)


@bp.get("/<int:booking>")
@allow("member")
def show(booking: int) -> ResponseReturnValue:
    """One booking, in full, for those who may read it."""
    thing = booking_for(booking, signed_in(), "see_booking")
    return _page(Look(_date_of(thing, now()), signed_in(), now()))


@bp.post("/<int:booking>/dates/<int:date_id>/presence", endpoint="presence")
@allow("member")
def settle(booking: int, date_id: int) -> ResponseReturnValue:
    """They are here, so many came, or they are leaving; by the button pressed."""
    thing = booking_for(booking, signed_in(), "check_in")
    date = next((each for each in thing.dates if each.id == date_id), None) or abort(404)
    form = HeadsForm()
    if not form.validate():
        return _page(Look(date, signed_in(), now()), form), 422
    done = _settling(date, form).get(request.form.get("action", "")) or abort(400)
    return _try(*done, booking_url(date), lambda: doubt_about(date) if form.counted else None)


@bp.route("/<int:booking>/change", methods=["GET", "POST"])
@allow("member")
def edit(booking: int) -> ResponseReturnValue:
    """Another time, room or title. Where somebody else changed it meanwhile, nothing is overwritten."""
    thing = booking_for(booking, signed_in(), "change_booking")
    date = _date_of(thing, now())
    url = booking_url(date)
    refusal = why_not_change(date, now())
    if refusal and request.method == "GET":
        flash(say(refusal), "warning")
        return redirect(url)
    thing_of_form, *others = things_of(date)
    form = BookingForm.for_office(thing_of_form.office, signed_in())
    form.also = others
    if request.method == "GET":
        form.fill_in_from(date)
    clash = None
    if request.method == "POST" and form.take_alternative_and_validate():
        try:
            bookings.change(date.id, wish_of(form), version=form.version.data or 0, by=signed_in(), now=now())
        except Taken as taken:
            clash = clash_of(taken, form, moves=True)
        except Stale as stale:
            form.form_errors = [say(stale)]
            form.version.data = thing.version
        except (Refused, TimesUnclear) as refused:
            show_refusals(form, refused)
        else:
            flash(gettext("The booking is changed."), "success")
            return redirect(url)
    page = render_template(
        "bookings/edit.html",
        booking={"title": thing.title, "url": url},
        form=form,
        clash=clash,
        series=len(thing.dates) > 1,
        approval=_needs_approval(form),
    )
    return page, _status(form, clash)


@bp.route("/<int:booking>/cancellation", methods=["GET", "POST"])
@allow("member")
def cancellation(booking: int) -> ResponseReturnValue:
    """Asks once (GET), cancels (POST)."""
    thing = booking_for(booking, signed_in(), "change_booking")
    date = _date_of(thing, now())
    url = booking_url(date)
    form = CancelForm.for_date(date) if len(thing.dates) > 1 else None
    if request.method == "POST":
        chosen = [date.id] if form and form.scope.data != "all" else None
        return _try(
            lambda: bookings.cancel(thing.id, by=signed_in(), now=now(), dates=chosen),
            gettext("The booking is cancelled."),
            url,
        )
    refusal = why_not_cancel(date, by=signed_in(), now=now())
    if refusal and form is None:
        flash(say(refusal), "warning")
        return redirect(url)
    page = page_of(Look(date, signed_in(), now()))
    return render_template("bookings/cancel.html", booking=page, form=form, back_url=url)


@bp.post("/<int:booking>/undo")
@allow("member")
def undo(booking: int) -> ResponseReturnValue:
    """Takes the booking back, as if it had not been made; for ten seconds."""
    thing = booking_for(booking, signed_in(), "change_booking")
    url = url_for("bookings.show", booking=thing.id)
    if thing.created_at is None or now() - thing.created_at > UNDO_LASTS + UNDO_SLACK:
        flash(gettext("It is too late to undo. You can cancel the booking instead."), "warning")
        return redirect(url)
    office = thing.dates[0].slots[0].resource.office.slug
    message = gettext("Undone. The time is free again.")
    return _try(
        lambda: bookings.cancel(thing.id, by=signed_in(), now=now(), undo=True),
        message,
        url_for("find.index", office=office),
    )


@bp.post("/<int:booking>/restoration")
@allow("member")
def restoration(booking: int) -> ResponseReturnValue:
    """Takes a cancellation back, if the time is still free."""
    thing = booking_for(booking, signed_in(), "change_booking")
    date = _date_of(thing, now())
    return _try(
        lambda: bookings.restore(date.id, by=signed_in(), now=now()),
        gettext("The booking holds again."),
        booking_url(date),
    )


@bp.get("/<int:booking>.ics")
@allow("member")
def calendar(booking: int) -> ResponseReturnValue:
    """The booking as a calendar file."""
    thing = booking_for(booking, signed_in(), "see_booking")
    authorize(signed_in(), "see_booking", thing)
    return Response(
        booking_ics(thing, base_url=current_app.config["BASE_URL"]),
        mimetype="text/calendar",
        headers={"Content-Disposition": f'attachment; filename="booking-{thing.id}.ics"'},
    )


def _where_from(form: BookingForm) -> str:
    """Back to what was found, or to the day of the board that the form was opened from."""
    office, on = form.office.slug, form.date.data
    if form.confirm.data:
        return url_for("find.index", office=office, when="choose", date=on, time=form.start.data)
    return url_for("board.jump", office=office, date=on)


def _page(look: Look, heads: HeadsForm | None = None) -> str:
    thing, date = look.booking, look.date
    several = len(thing.dates) > 1
    coming = date.status == "cancelled" and date.starts_at > look.now
    return render_template(
        "bookings/show.html",
        booking=page_of(look),
        date_id=date.id,
        undo=undo_of(look),
        presence=presence_of(look, heads),
        note=note_of(look),
        check_in_hint=check_in_hint(look),
        contact=contact(),
        edit_url=url_for("bookings.edit", booking=thing.id, date_id=date.id) if look.may_change else None,
        cancel_url=cancel_url(date) if look.may_cancel else None,
        restore_url=url_for("bookings.restoration", booking=thing.id) if look.mine and coming else None,
        ics_url=url_for("bookings.calendar", booking=thing.id) if any(_coming(thing, look.now)) else None,
        dates=[date_line(each, date) for each in thing.dates] if several else [],
        history=(
            [history_row(thing, *entry) for entry in history_of(thing)]
            if may(look.by, "host_booking", thing)
            else []
        ),
    )


def _settling(date: BookingDate, form: HeadsForm) -> dict[str, tuple[Callable[[], object], str]]:
    """What each button does, and what is said afterwards. What was typed is kept with any of them."""
    by, moment = signed_in(), now()

    def count() -> None:
        presence.count_heads(date.id, **form.counts, by=by, now=moment)

    def check_in() -> None:
        presence.check_in(date.id, by=by, now=moment)
        if form.counted:
            count()

    def end() -> None:
        if form.counted:
            count()
        presence.end_early(date.id, by=by, now=moment)

    counted = gettext("The head count is saved.") if form.counted else gettext("The head count is empty.")
    return {
        "check_in": (check_in, gettext("Checked in. Welcome!")),
        "heads": (count, counted),
        "end": (end, gettext("Ended. The rest of the time is free again.")),
    }


def _hindrance(form: BookingForm) -> dict[str, Any] | None:
    """Why the time that the form opens with could not be booked, so that it is told before it is tried."""
    by, moment = signed_in(), now()
    try:
        wish = wish_of(form)
        if not wish.organisation and form.organisation.choices:  # not chosen yet: any will do to ask
            wish = replace(wish, organisation=form.organisation.choices[-1][0])
        clashes = bookings.preview(wish, by=by, now=moment)
        if not clashes:
            return None
        instead = suggestions(wish, by=by, now=moment)
    except TimesUnclear:
        return None
    except Refused as refused:
        about_time = [each for each in refused.refusals if each.field in TIME_FIELDS]
        return {"text": say(Refused(*about_time)), "alternatives": []} if about_time else None
    return {"text": say(Taken(clashes)), **offer(instead, form)}


def _needs_approval(form: BookingForm) -> bool:
    thing = form.chosen_resource()
    return thing is not None and thing.approval and not may(signed_in(), "host", thing.office)


def _try(
    use_case: Callable[[], object], done: str, url: str, doubt: Callable[[], str | None] = lambda: None
) -> ResponseReturnValue:
    """Does it and says so. `doubt`: what may yet be wrong with what was done."""
    try:
        use_case()
    except NotFound:
        raise
    except DomainError as error:
        flash(say(error), "error")
    else:
        tell_done(done, doubt())
    return redirect(url)


def _status(form: BookingForm, clash: object) -> int:
    if clash:
        return 409
    return 422 if form.errors or form.form_errors else 200


def _coming(booking: Booking, moment: datetime) -> Iterator[BookingDate]:
    return (date for date in booking.dates if date.ends_at > moment and date.status in LIVE_STATUSES)


def _next_date(booking: Booking, moment: datetime) -> BookingDate:
    """The date that a reader means: the next that is not over, else the last."""
    return next(_coming(booking, moment), booking.dates[-1])


def _date_of(booking: Booking, moment: datetime) -> BookingDate:
    """The date that was asked for, else the one that a reader means."""
    asked = request.values.get("date_id", type=int)
    named = (date for date in booking.dates if date.id == asked)
    return next(named, None) or _next_date(booking, moment)
