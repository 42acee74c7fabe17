"""Calendars kept elsewhere, for the hosts of an office: which there are, how they do, one more, one less."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from app.clock import now
from app.domain.interval import Interval, overlaps
from app.domain.localtime import zone
from app.models import BookingDate, Office, OutsideCalendar, Resource
from app.services.availability import bookable
from app.services.calendar_import import CalendarFileInvalid
from app.services.closures import booked_under
from app.services.outside_calendars import (
    Look,
    Source,
    Time,
    add_calendar,
    calendar_for,
    calendars_of,
    fetch_soon,
    look_at,
    remove_calendar,
    set_blocking,
    times_ahead,
)
from app.web.calendar_forms import CalendarForm, seal, unseal
from app.web.hosting import hosted, switch_to
from app.web.security import allow, signed_in
from app.web.sure import ask
from app.wording.calendar_import import why_skipped, why_unreadable
from app.wording.formats import clock, date_plain, day, day_span, sentence
from app.wording.names import titled
from app.wording.outside import what_went_wrong
from calendars.entries import LeftOut

bp = Blueprint("calendars", __name__, url_prefix="/host/<office>/calendars")

NEXT_SHOWN = 10
BOOKED_SHOWN = 5
SOON_OVER = timedelta(days=60)


@bp.get("")
@allow("host")
def index(office: str) -> ResponseReturnValue:
    """Every calendar about something here, and how it does."""
    place, moment = hosted(office), now()
    kept = calendars_of(place, by=signed_in(), now=moment)
    return render_template(
        "calendars/index.html",
        office=place,
        offices=switch_to("calendars.index"),
        calendars=[_line(each, count, place, moment) for each, count in kept],
    )


@bp.route("/new", methods=["GET", "POST"])
@allow("host")
def new(office: str) -> ResponseReturnValue:
    """The form; sent with a file, it shows what that comes to, and stores nothing.

    What stands at an address is fetched by the job: nobody waits here for somebody else's server.
    """
    place = hosted(office)
    number = request.values.get("instead", "")
    former = calendar_for(int(number), place, by=signed_in()) if number.isdecimal() else None
    form = CalendarForm.for_office(place, former)
    if not form.is_submitted():
        return _form(place, form)
    if not form.validate():
        return _form(place, form), 422
    resource = next(each for each in bookable(place) if each.slug == form.resource.data)
    source, instead = form.source(), former.id if former else None
    if source.address:
        moment = now()
        kept = add_calendar(resource.id, source, (), moment, instead_of=instead, by=signed_in(), now=moment)
        return redirect(url_for("calendars.show", office=place.slug, calendar=kept.id), code=303)
    try:
        look = look_at(form.content(), resource, shows_titles=source.shows_titles, now=now())
    except CalendarFileInvalid as error:
        form.file.errors = [what_went_wrong(str(error.params["reason"]))]
        return _form(place, form), 422
    return _preview(place, resource, source, look, seal(source, resource, look, instead, signed_in()))


@bp.post("")
@allow("host")
def add(office: str) -> ResponseReturnValue:
    """What was shown is kept."""
    place = hosted(office)
    seen = unseal(request.form.get("seen"), signed_in()) or abort(400)
    resource_id, source, times, until, instead = seen
    if not any(each.id == resource_id for each in bookable(place)):
        abort(404)
    add_calendar(resource_id, source, times, until, instead_of=instead, by=signed_in(), now=now())
    return _done(place, gettext("“%(name)s” is shown beside the bookings from now on.", name=source.name))


@bp.get("/<int:calendar>")
@allow("host")
def show(office: str, calendar: int) -> ResponseReturnValue:
    """What a calendar has that is to come, and what is booked here at the same time."""
    place, moment = hosted(office), now()
    kept = calendar_for(calendar, place, by=signed_in())
    coming = times_ahead(kept, now=moment)
    return render_template(
        "calendars/show.html",
        office=place,
        calendar=_line(kept, len(coming), place, moment),
        back=_back(place),
        **_contents(place, kept.resource, coming, kept.blocks, moment),
    )


@bp.post("/<int:calendar>/blocking")
@allow("host")
def blocking(office: str, calendar: int) -> ResponseReturnValue:
    """Keeps others out from now on, or does not."""
    place = hosted(office)
    kept = set_blocking(calendar, request.form.get("blocks") == "1", place, by=signed_in())
    if kept.blocks:
        text = gettext(
            "What “%(name)s” has keeps others out from now on. What is booked stays.", name=kept.name
        )
    else:
        text = gettext("“%(name)s” is only shown from now on, and keeps nobody out.", name=kept.name)
    return _done(place, text)


@bp.post("/<int:calendar>/fetching")
@allow("host")
def fetching(office: str, calendar: int) -> ResponseReturnValue:
    """Has the job fetch it at its next turn; the page then says what came."""
    place = hosted(office)
    kept = fetch_soon(calendar, place, by=signed_in(), now=now())
    return redirect(url_for("calendars.show", office=place.slug, calendar=kept.id), code=303)


@bp.route("/<int:calendar>/removal", methods=["GET", "POST"])
@allow("host")
def removal(office: str, calendar: int) -> ResponseReturnValue:
    """Asked first: its busy times go with it."""
    place = hosted(office)
    if request.method == "POST":
        name = remove_calendar(calendar, place, by=signed_in())
        return _done(place, gettext("“%(name)s” is taken away.", name=name))
    kept = calendar_for(calendar, place, by=signed_in())
    return ask(
        gettext("Take this calendar away?"),
        gettext("Its busy times leave the board at once. Nothing happens to the calendar itself."),
        gettext("Take it away"),
        back_url=_back(place),
        facts=[kept.name, kept.resource.name],
    )


def _back(place: Office) -> str:
    return url_for("calendars.index", office=place.slug)


def _done(place: Office, text: str) -> ResponseReturnValue:
    flash(text, "success")
    return redirect(_back(place), code=303)


def _form(place: Office, form: CalendarForm) -> str:
    hosts = current_app.config["CALENDAR_HOSTS"]
    return render_template("calendars/new.html", office=place, form=form, hosts=hosts, back=_back(place))


def _preview(place: Office, resource: Resource, source: Source, look: Look, sealed: str) -> str:
    moment, tz = now(), zone(place.timezone)
    coming = [each for each in look.times if each[1] > moment]
    return render_template(
        "calendars/preview.html",
        office=place,
        resource=resource.name,
        source=source,
        seen=sealed,
        until=date_plain(look.until, tz),
        ours=look.ours,
        unreadable=[
            _left_out(each, why_unreadable(each.code, each.detail)) for each in look.found.unreadable
        ],
        skipped=[_left_out(each, why_skipped(each.code)) for each in look.found.skipped],
        cut_off="cut_off" in look.found.notes,
        again=url_for("calendars.new", office=place.slug),
        back=_back(place),
        **_contents(place, resource, coming, source.blocks, moment),
    )


def _contents(
    place: Office, resource: Resource, coming: Sequence[Time], blocks: bool, moment: datetime
) -> dict[str, Any]:
    """The next of its times, and where it keeps others out, what is booked in them."""
    tz = zone(place.timezone)
    booked = _booked(place, resource, coming, moment) if blocks else []
    return {
        "count": len(coming),
        "next": [(sentence(day_span(start, end, tz)), title) for start, end, title in coming[:NEXT_SHOWN]],
        "booked": [_booking(each, place) for each in booked[:BOOKED_SHOWN]],
        "more_booked": len(booked[BOOKED_SHOWN:]),
    }


def _booked(place: Office, resource: Resource, coming: Sequence[Time], moment: datetime) -> list[BookingDate]:
    """What is booked already in times that others are to be kept out of: it stays."""
    if not coming:
        return []
    busy = [Interval(start, end) for start, end, _ in coming]
    dates = booked_under(place, resource, Interval(moment, max(each.end for each in busy)))
    return [
        date for date in dates if any(overlaps(Interval(date.starts_at, date.ends_at), each) for each in busy)
    ]


def _booking(date: BookingDate, place: Office) -> tuple[str, str]:
    when = sentence(day_span(date.starts_at, date.ends_at, zone(place.timezone)))
    return url_for("bookings.show", booking=date.booking_id), f"{when}, {titled(date.booking.title)}"


def _left_out(each: LeftOut, why: str) -> str:
    return gettext("Line %(line)s: %(why)s.", line=each.line, why=why)


def _line(each: OutsideCalendar, count: int, place: Office, moment: datetime) -> dict[str, Any]:
    tz = zone(place.timezone)
    return {
        "id": each.id,
        "name": each.name,
        "resource": each.resource.name,
        "host": urlsplit(each.address).hostname if each.address else None,
        "address": each.address,
        "file": each.file_name,
        "blocks": each.blocks,
        "shows_titles": each.shows_titles,
        "count": ngettext("%(num)s busy time to come", "%(num)s busy times to come", count),
        "came": _at(each.good_at, place) if each.has_come else None,
        "waits": each.due_at is not None and each.due_at <= moment,
        "error": what_went_wrong(each.error) if each.error else None,
        "tried": _at(each.tried_at, place),
        "next": _at(each.due_at, place) if each.due_at else None,
        "soon_over": date_plain(each.reaches_until, tz) if _is_soon_over(each, moment) else None,
        "by": each.added_by.name if each.added_by else None,
        "added": date_plain(each.added_at, tz),
    }


def _at(instant: datetime, place: Office) -> str:
    tz = zone(place.timezone)
    return f"{day(instant, tz)} {clock(instant, tz)}"


def _is_soon_over(each: OutsideCalendar, moment: datetime) -> bool:
    """Of a file, which nobody reads anew, the series end some day."""
    return each.file_name is not None and each.reaches_until < moment + SOON_OVER
