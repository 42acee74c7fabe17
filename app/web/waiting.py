"""Waiting for a time that somebody else has."""

from datetime import UTC
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.clock import now
from app.domain.errors import Refused
from app.domain.interval import Interval
from app.domain.localtime import zone
from app.models import Organisation, Waiting
from app.services.bookings import Wish
from app.services.directory import directory
from app.services.waiting import stop_waiting, wait, wait_of, waits_of
from app.web.booking_form import BookingForm
from app.web.seasons import plain_span
from app.web.security import allow, signed_in
from app.web.sure import ask
from app.web.things import book_url, office_of, thing_named
from app.web.times_unclear import TimesUnclear
from app.wording import say
from app.wording.formats import date_long, sentence

bp = Blueprint("waiting", __name__, url_prefix="/waiting")

# What is kept of the form besides time, title and organisation.
KEPT = ("activity", "meeting", "meeting_url", "guests")


@bp.post("")
@allow("member")
def begin() -> ResponseReturnValue:
    """Takes the booking form as it stands: that time of that room, to be told when it is free."""
    slug = request.form.get("resources") or request.form.get("resource", "")
    form = BookingForm.for_office(office_of(thing_named(slug)), signed_in())
    try:
        filled_in = {name: request.form[name] for name in KEPT if request.form.get(name)}
        wait(_wish_of(form, slug), by=signed_in(), now=now(), filled_in=filled_in)
    except TimesUnclear as unclear:
        flash(" ".join(dict.fromkeys(unclear.errors.values())), "error")
    except Refused as refused:
        flash(say(refused), "error")
    else:
        flash(gettext("You get a mail as soon as that time is free."), "success")
        return redirect(url_for("bookings.index", _anchor="waiting"), code=303)
    # With all that it holds: shown again, not sent.
    return redirect(url_for("bookings.new", show=1), code=307)


@bp.route("/<int:waiting>/end", methods=["GET", "POST"])
@allow("member")
def end(waiting: int) -> ResponseReturnValue:
    """Waits no longer; asked about first."""
    if request.method == "GET":
        entry = _entry(wait_of(waiting, signed_in()))
        return ask(
            gettext("Stop waiting for this time?"),
            gettext("Nobody tells you any more when it becomes free."),
            gettext("Stop waiting"),
            facts=[entry["what"], f"{entry['when']}, {entry['time']}"],
            back_url=url_for("bookings.index", _anchor="waiting"),
            section="bookings",
        )
    stop_waiting(waiting, by=signed_in())
    flash(gettext("You do not wait for that time any more."), "success")
    return redirect(url_for("bookings.index"), code=303)


def waiting_list() -> list[dict[str, Any]]:
    """What the reader waits for, for the list of one's own bookings.

    .what .when .time texts · .told: a mail has said that it is free · .book_url .end_url
    """
    return [_entry(each) for each in waits_of(signed_in(), now())]


def _entry(each: Waiting) -> dict[str, Any]:
    thing = each.resource or each.pool
    tz = zone(directory().office_of(thing).timezone)
    return {
        "what": thing.name,
        "when": sentence(date_long(each.starts_at, tz)),
        "time": plain_span(each.starts_at, each.ends_at, tz),
        "told": each.told_at is not None,
        "end_url": url_for("waiting.end", waiting=each.id),
        "book_url": book_url(
            thing,
            Interval(each.starts_at, each.ends_at),
            title=each.title,
            organisation=directory().of_id(Organisation, each.organisation_id).slug,
            waiting=each.id,
        ),
    }


def _wish_of(form: BookingForm, slug: str) -> Wish:
    """That time of that thing, whatever else the form says: of a series, the date that stands in it."""
    start, end = form.instants()
    return Wish(
        resources=(slug,),
        start=start.astimezone(UTC),
        end=end.astimezone(UTC),
        title=form.title.data or "",
        organisation=form.organisation.data or "",
        activity=form.activity.data or "",
    )
