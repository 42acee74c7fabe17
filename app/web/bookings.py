"""Bookings: make, see, change, cancel, undo, download; and one's own list."""

from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, Response, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.clock import now
from app.domain.errors import DomainError, NotFound, Refused, Stale, Taken
from app.domain.localtime import zone
from app.models import Booking, BookingDate
from app.models.booking import LIVE_STATUSES
from app.services import bookings
from app.services.audience import reader_of
from app.services.authorize import authorize, may
from app.services.booking_lists import history_of, past, upcoming
from app.services.bookings.change import booking_for
from app.services.feed_events import booking_ics
from app.services.offices import resource_named
from app.web.booking_form import BookingForm, TimesUnclear, show_refusals, wish_of
from app.web.feed_panel import feed_panel
from app.web.naming import STATUSES, facts, own_name
from app.web.security import allow, signed_in
from app.wording import say
from app.wording.formats import date_long, date_short, day, sentence, span
from app.wording.history import history_line

bp = Blueprint("bookings", __name__, url_prefix="/bookings")

UNDO_LASTS = timedelta(seconds=10)
# The last tap may be under way when the ten seconds end.
UNDO_SLACK = timedelta(seconds=20)


@bp.get("")
@allow("member")
def index() -> ResponseReturnValue:
    """What the person has booked: coming, and a page of what is over."""
    moment = now()
    before = request.args.get("before", type=int)
    over = past(signed_in(), moment, datetime.fromtimestamp(before, moment.tzinfo) if before else None)
    more = url_for("bookings.index", before=int(over[-1].starts_at.timestamp())) if len(over) == 20 else None
    return render_template(
        "bookings/index.html",
        upcoming=[] if before else [_entry(date, cancel=True) for date in upcoming(signed_in(), moment)],
        past=[_entry(date, cancel=False) for date in over],
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
            clash = _clash(taken)
        except (Refused, TimesUnclear) as refused:
            show_refusals(form, refused)
        else:
            return redirect(url_for("bookings.show", booking=booking.id))
    summary = form.summary() if request.values.get("confirm") else None
    if summary:
        summary["facts"] = facts(form.chosen_resource() or resource)
    chosen = form.chosen_resource() or resource
    page = render_template(
        "bookings/new.html",
        form=form,
        summary=summary,
        clash=clash,
        approval=chosen.approval and not may(signed_in(), "host", chosen.office),
        back_url=_where_from(form),
    )
    return page, _status(form, clash)


@bp.get("/<int:booking>")
@allow("member")
def show(booking: int) -> ResponseReturnValue:
    """One booking, in full, for those who may read it."""
    thing = booking_for(booking, signed_in(), "see_booking")
    moment, date = now(), _next_date(thing, now())
    mine = may(signed_in(), "change_booking", thing)
    coming = date.status in LIVE_STATUSES and date.ends_at > moment
    hosts = may(signed_in(), "host_booking", thing)
    return render_template(
        "bookings/show.html",
        booking=_details(thing, date),
        undo=_undo(thing, date, moment) if mine else None,
        may={
            *(
                {"change"}
                if mine and date.status in ("requested", "confirmed") and date.starts_at > moment
                else ()
            ),
            *({"cancel"} if mine and coming else ()),
        },
        edit_url=url_for("bookings.edit", booking=thing.id, date_id=date.id),
        cancel_url=url_for("bookings.cancellation", booking=thing.id),
        restore_url=(
            url_for("bookings.restoration", booking=thing.id)
            if mine and date.status == "cancelled" and date.starts_at > moment
            else None
        ),
        ics_url=None if date.status == "cancelled" else url_for("bookings.calendar", booking=thing.id),
        dates=[_date_line(each) for each in thing.dates] if len(thing.dates) > 1 else [],
        history=[_history_line(thing, *entry) for entry in history_of(thing)] if hosts else [],
    )


@bp.route("/<int:booking>/change", methods=["GET", "POST"])
@allow("member")
def edit(booking: int) -> ResponseReturnValue:
    """Another time, room or title. Where somebody else changed it meanwhile, nothing is overwritten."""
    thing = booking_for(booking, signed_in(), "change_booking")
    date = _date_of(thing, request.values.get("date_id", type=int)) or _next_date(thing, now())
    form = BookingForm.for_office(date.slots[0].resource.office, signed_in())
    if request.method == "GET":
        form.fill_in_from(date)
    clash = None
    if request.method == "POST" and form.take_alternative_and_validate():
        try:
            bookings.change(date.id, wish_of(form), version=form.version.data or 0, by=signed_in(), now=now())
        except Taken as taken:
            clash = _clash(taken)
        except Stale as stale:
            form.form_errors = [say(stale)]
            form.version.data = thing.version
        except (Refused, TimesUnclear) as refused:
            show_refusals(form, refused)
        else:
            flash(gettext("The booking is changed."), "success")
            return redirect(url_for("bookings.show", booking=thing.id))
    url = url_for("bookings.show", booking=thing.id)
    page = render_template(
        "bookings/edit.html",
        booking={"title": thing.title, "url": url},
        form=form,
        summary=None,
        clash=clash,
    )
    return page, _status(form, clash)


@bp.route("/<int:booking>/cancellation", methods=["GET", "POST"])
@allow("member")
def cancellation(booking: int) -> ResponseReturnValue:
    """Asks once (GET), cancels (POST)."""
    thing = booking_for(booking, signed_in(), "change_booking")
    url = url_for("bookings.show", booking=thing.id)
    if request.method == "POST":
        return _try(
            lambda: bookings.cancel(thing.id, by=signed_in(), now=now()),
            gettext("The booking is cancelled."),
            url,
        )
    date = _next_date(thing, now())
    note = gettext("All dates to come of the series are cancelled.") if len(thing.dates) > 1 else None
    entry = {**_details(thing, date), "where": _where(date)}
    return render_template("bookings/cancel.html", booking=entry, back_url=url, note=note)


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
    url = url_for("bookings.show", booking=thing.id)
    date_id = _next_date(thing, now()).id
    return _try(
        lambda: bookings.restore(date_id, by=signed_in(), now=now()), gettext("The booking holds again."), url
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


def _try(use_case: Any, done: str, url: str) -> ResponseReturnValue:
    try:
        use_case()
    except NotFound:
        raise
    except DomainError as error:
        flash(say(error), "error")
    else:
        flash(done, "success")
    return redirect(url)


def _status(form: BookingForm, clash: object) -> int:
    if clash:
        return 409
    return 422 if form.errors or form.form_errors else 200


def _clash(taken: Taken) -> dict[str, Any]:
    return {
        "reasons": [say(taken)],
        "alternatives": [
            (
                BookingForm.alternative_value(each),
                gettext("%(room)s %(time)s", room=each.resource_name, time=_time_of(each)),
            )
            for each in taken.alternatives
        ],
    }


def _time_of(alternative: Any) -> str:
    tz = zone(resource_named(alternative.resource).office.timezone)
    return span(alternative.start, alternative.end, tz)


def _next_date(booking: Booking, moment: datetime) -> BookingDate:
    """The date that a reader means: the next that is not over, else the last."""
    coming = [date for date in booking.dates if date.ends_at > moment and date.status in LIVE_STATUSES]
    return coming[0] if coming else booking.dates[-1]


def _date_of(booking: Booking, date_id: int | None) -> BookingDate | None:
    return next((date for date in booking.dates if date.id == date_id), None)


def _entry(date: BookingDate, *, cancel: bool) -> dict[str, Any]:
    tz = zone(date.booking.timezone)
    return {
        "url": url_for("bookings.show", booking=date.booking_id),
        "title": date.booking.title,
        "when": sentence(day(date.starts_at, tz)) if cancel else sentence(date_short(date.starts_at, tz)),
        "time": span(date.starts_at, date.ends_at, tz),
        "where": _where(date),
        "status": date.status,
        "status_text": str(STATUSES[date.status]),
        "cancel_url": url_for("bookings.cancellation", booking=date.booking_id) if cancel else None,
    }


def _where(date: BookingDate) -> str:
    places = {slot.resource.id: slot.resource for slot in date.slots}
    offices = ", ".join(dict.fromkeys(place.office.name for place in places.values()))
    return f"{', '.join(place.name for place in places.values())} · {offices}"


def _details(booking: Booking, date: BookingDate) -> dict[str, Any]:
    tz = zone(booking.timezone)
    places = {slot.resource.id: slot.resource for slot in date.slots}
    office = next(iter(places.values())).office
    reads = reader_of(office, signed_in()).may_read(booking.organiser_id, booking.organisation_id)
    organiser = booking.organiser.name or booking.organiser.email if booking.organiser else None
    return {
        "id": booking.id,
        "title": booking.title,
        "status": date.status,
        "status_text": str(STATUSES[date.status]),
        "when": sentence(date_long(date.starts_at, tz)),
        "time": span(date.starts_at, date.ends_at, tz),
        "repeats": gettext("One of %(n)s dates", n=len(booking.dates)) if len(booking.dates) > 1 else None,
        "resources": [(each.name, url_for("resources.show", resource=each.slug)) for each in places.values()],
        "office": office,
        "organisation": booking.organisation.name,
        "activity": own_name(booking.activity.names),
        "organiser": organiser if reads else None,
        "heads": _heads(date),
    }


def _heads(date: BookingDate) -> str | None:
    if date.women is None and date.men is None and date.other is None:
        return None
    return gettext(
        "%(women)s women, %(men)s men, %(other)s other or not stated",
        women=date.women or 0,
        men=date.men or 0,
        other=date.other or 0,
    )


def _undo(booking: Booking, date: BookingDate, moment: datetime) -> dict[str, Any] | None:
    untouched = booking.version == 1 and date.status in ("requested", "confirmed")
    if booking.created_at is None or not untouched:  # after a change, "undo" would mean the change
        return None
    left = UNDO_LASTS - (moment - booking.created_at)
    if left <= timedelta(0):
        return None
    return {
        "seconds": min(10, int(left.total_seconds()) + 1),
        "url": url_for("bookings.undo", booking=booking.id),
    }


def _date_line(date: BookingDate) -> tuple[str, str, str, str]:
    tz = zone(date.booking.timezone)
    when = sentence(day(date.starts_at, tz))
    return when, span(date.starts_at, date.ends_at, tz), date.status, str(STATUSES[date.status])


def _history_line(booking: Booking, entry: Any, who: Any) -> tuple[str, str, str]:
    tz = zone(booking.timezone)
    at = f"{date_short(entry.at, tz)} {entry.at.astimezone(tz):%H:%M}"
    name = (who.name or who.email) if who else gettext("the system")
    return at, name, history_line(entry.action, entry.details)
