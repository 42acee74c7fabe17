"""Bookings: make, see, check in, count, end, change, cancel, undo, download; and one's own list."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, Response, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.clock import now
from app.domain.errors import DomainError, NotFound, Taken
from app.domain.localtime import zone
from app.models import Booking, BookingDate
from app.services import bookings, presence
from app.services.authorize import may
from app.services.booking_lists import goes_on_from, goes_on_in, past, upcoming
from app.services.bookings.change import booking_for
from app.services.feed_events import booking_ics
from app.services.guests import choose_invitations
from app.web.booking_changes import cancellation, edit
from app.web.booking_dates import booking_url, cancel_url, dates_of, varies
from app.web.booking_new import new
from app.web.booking_page import (
    UNDO_LASTS,
    Look,
    answer_url,
    check_in_hint,
    coming,
    contact,
    date_of,
    entry_of,
    history_rows,
    note_of,
    page_of,
    presence_of,
    undo_of,
)
from app.web.feed_panel import feed_panel
from app.web.heads import HeadsForm, doubt_about, tell_done
from app.web.money_beside import money_of
from app.web.planned import left_out, left_out_once, say_taken
from app.web.security import allow, signed_in
from app.web.waiting import waiting_list
from app.wording import say
from app.wording.formats import date_plain

bp = Blueprint("bookings", __name__, url_prefix="/bookings")

# The last tap may be under way when the ten seconds end.
UNDO_SLACK = timedelta(seconds=20)

bp.add_url_rule("/new", view_func=new, methods=["GET", "POST"])
bp.add_url_rule("/<int:booking>/change", view_func=edit, methods=["GET", "POST"])
bp.add_url_rule("/<int:booking>/cancellation", view_func=cancellation, methods=["GET", "POST"])


@bp.get("")
@allow("member")
def index() -> ResponseReturnValue:
    """What the person has booked: coming, and a page of what is over."""
    moment = now()
    before = request.args.get("before", type=int)
    over = past(signed_in(), moment, datetime.fromtimestamp(before, moment.tzinfo) if before else None)
    more = url_for("bookings.index", before=int(over[-1].starts_at.timestamp())) if len(over) == 20 else None
    ahead = [] if before else [Look(date, signed_in(), moment) for date in upcoming(signed_in(), moment)]
    return render_template(
        "bookings/index.html",
        running=[entry_of(look) for look in ahead if look.running],
        upcoming=_with_series_once([look for look in ahead if not look.running]),
        past=[entry_of(Look(date, signed_in(), moment)) for date in over],
        waiting=[] if before else waiting_list(),
        older=before is not None,
        more_url=more,
        feed=feed_panel("mine", gettext("My bookings")),
        invited=signed_in().wants_invitations,
        find_url=url_for("find.index"),
    )


@bp.post("/invitations")
@allow("member")
def invitations() -> ResponseReturnValue:
    """Turns the mails with one's own bookings on or off."""
    choose_invitations(signed_in(), request.form.get("wanted") == "1")
    return redirect(url_for("bookings.index", _anchor="invitations"), code=303)


@bp.get("/<int:booking>")
@allow("member")
def show(booking: int) -> ResponseReturnValue:
    """One booking, in full, for those who may read it."""
    thing = booking_for(booking, signed_in(), "see_booking")
    return _page(Look(date_of(thing, now()), signed_in(), now()))


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
    """Takes a cancellation back, of one date or of all that are to come, if their time is still free."""
    thing = booking_for(booking, signed_in(), "change_booking")
    date = date_of(thing, now())

    def restore() -> object:
        if "all" in request.form:
            free_only = request.form["all"] == "free"
            return bookings.restore_dates(thing.id, by=signed_in(), now=now(), free_only=free_only)
        return bookings.restore(date.id, by=signed_in(), now=now())

    return _try(
        restore,
        gettext("The booking holds again."),
        booking_url(date),
        say_why=lambda error: _why_not_back(error, thing),
    )


def _why_not_back(error: DomainError, booking: Booking) -> str:
    """Where dates of a series are taken, which."""
    if isinstance(error, Taken) and error.clashes and len(booking.dates) > 1:
        return say_taken(error.clashes, zone(booking.timezone))
    return say(error)


@bp.get("/<int:booking>.ics")
@allow("member")
def calendar(booking: int) -> ResponseReturnValue:
    """The booking as a calendar file."""
    thing = booking_for(booking, signed_in(), "see_booking")
    return Response(
        booking_ics(thing, base_url=current_app.config["BASE_URL"]),
        mimetype="text/calendar",
        headers={"Content-Disposition": f'attachment; filename="booking-{thing.id}.ics"'},
    )


def _with_series_once(looks: list[Look]) -> list[dict[str, Any]]:
    """Of each booking the next date, and how many come after it."""
    count = Counter(look.booking.id for look in looks)
    first: dict[int, Look] = {}
    for look in looks:
        first.setdefault(look.booking.id, look)
    return [
        entry_of(look) | {"later": count[booking] - 1, "later_url": f"{look.url}#dates"}
        for booking, look in first.items()
    ]


def _page(look: Look, heads: HeadsForm | None = None) -> str:
    thing, date = look.booking, look.date
    offices = {slot.resource.office_id for slot in date.slots}
    back = look.back
    return render_template(
        "bookings/show.html",
        dates=dates_of(date, look.left_behind),
        left_out=left_out(look.left_behind.left_out, offices, zone(thing.timezone), most=None)
        or left_out_once(look.left_behind.counted),
        varies=varies(thing),
        booking=page_of(look),
        date_id=date.id,
        undo=undo_of(look),
        presence=presence_of(look, heads),
        note=note_of(look),
        answer_url=answer_url(look),
        check_in_hint=check_in_hint(look),
        contact=contact(),
        edit_url=url_for("bookings.edit", booking=thing.id, date_id=date.id) if look.may_change else None,
        cancel_url=cancel_url(date) if look.may_cancel else None,
        restore_url=url_for("bookings.restoration", booking=thing.id) if back.free else None,
        restorable=len(back.free),
        restores_all=not back.hindered,
        restores_this=date.id in back.free,
        ics_url=url_for("bookings.calendar", booking=thing.id) if any(coming(thing, look.now)) else None,
        money=money_of(thing, look.by),
        goes_on_in=[_part(each) for each in goes_on_in(thing)],
        goes_on_from=[_part(each) for each in goes_on_from(thing)],
        replaced_by=_part(look.replaced_by) if look.replaced_by else None,
        history=(history_rows(thing) if may(look.by, "host_booking", thing) else []),
    )


def _part(booking: Booking) -> tuple[str, str]:
    """Another part of a series, or what took its place: from when, and its address."""
    tz = zone(booking.timezone)
    return date_plain(booking.dates[0].starts_at, tz), url_for("bookings.show", booking=booking.id)


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


def _try(
    use_case: Callable[[], object],
    done: str,
    url: str,
    doubt: Callable[[], str | None] = lambda: None,
    *,
    say_why: Callable[[DomainError], str] = say,
) -> ResponseReturnValue:
    """Does it and says so. `doubt`: what may yet be wrong with what was done."""
    try:
        use_case()
    except NotFound:
        raise
    except DomainError as error:
        flash(say_why(error), "error")
    else:
        tell_done(done, doubt())
    return redirect(url)
