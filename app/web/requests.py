"""The queue of requests: what waits for the host's yes, at one office."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from app.clock import now
from app.domain.errors import DomainError, NotAllowed, NotFound
from app.domain.localtime import zone
from app.models import BookingDate, Office
from app.services import approval
from app.services.awaited import awaited, hosted_by
from app.services.bookings.things import places_of
from app.services.place_names import names_at
from app.services.requests import Request, answered, queue
from app.web.hosting import hosted, switch_to
from app.web.seasons import plain_span
from app.web.security import allow, signed_in
from app.wording import say
from app.wording.formats import Zone, clock, date_short, day, sentence
from app.wording.names import own_name, titled

bp = Blueprint("requests", __name__, url_prefix="/host")


@bp.get("/<office>/requests")
@allow("host")
def index(office: str) -> ResponseReturnValue:
    """All that waits, oldest start first."""
    return _page(hosted(office))


@bp.post("/<office>/requests/<int:booking>")
@allow("host")
def decide(office: str, booking: int) -> ResponseReturnValue:
    """Yes or no to the dates chosen of one booking."""
    place = hosted(office)
    decision = request.form.get("decision", "")
    chosen = request.form.getlist("date", type=int)
    if decision not in approval.DECISIONS or not chosen:
        return _page(place, (booking, gettext("Choose at least one date, and approve or decline it."))), 422
    reason = request.form.get("reason", "")
    try:
        decided = approval.decide(booking, chosen, decision, reason=reason, by=signed_in(), now=now())
    except (NotAllowed, NotFound):
        raise
    except DomainError as error:
        return _page(place, (booking, say(error))), 409
    flash(done(decision, decided), "success")
    return redirect(url_for("requests.index", office=place.slug), code=303)


def _page(office: Office, wrong: tuple[int, str] | None = None) -> str:
    moment = now()
    waiting = queue(office, moment)
    return render_template(
        "host/requests.html",
        office=office,
        offices=switch_to("requests.index"),
        count=len(waiting),
        entries=[_entry(each, office, wrong) for each in waiting],
        answered=[_entry(each, office) for each in answered(office, moment)],
        # What went wrong with a request that waits no more stands at the top.
        error=wrong[1] if wrong and wrong[0] not in {each.booking.id for each in waiting} else None,
        day_url=url_for("host.today", office=office.slug),
    )


def _entry(each: Request, office: Office, wrong: tuple[int, str] | None = None) -> dict[str, Any]:
    booking, tz = each.booking, zone(office.timezone)
    others = [each.name for each in each.competing]
    places = [", ".join(names_at(office, places_of(date))) for date in each.dates]
    differ = len(set(places)) > 1
    own = hosted_by(signed_in(), each.awaited)
    return {
        "id": booking.id,
        "title": titled(booking.title),
        "url": url_for("bookings.show", booking=booking.id),
        "where": None if differ else places[0],
        "organisation": booking.organisation.name,
        "organiser": booking.organiser.name or booking.organiser.email if booking.organiser else None,
        "activity": own_name(booking.activity.names),
        "asked": date_short(booking.created_at, tz) if booking.created_at else None,
        "lapses": _moment(each, tz),
        "dates": [
            {**_date(date, each, tz), "place": place if differ else None}
            for date, place in zip(each.dates, places, strict=True)
        ],
        "wanted": _wanted(others),
        "both": _both(own, office),
        "others": _others(each.awaited, own, office),
        "error": wrong[1] if wrong and wrong[0] == booking.id else None,
    }


def _both(own: Sequence[Office], office: Office) -> str | None:
    """The offices that a yes of this host answers for at once; None where that is this one alone."""
    names = {each.id: each.name for each in own}
    return ", ".join(names.values()) if len(names) > 1 and office.id in names else None


def _others(awaited: Sequence[Office], own: Sequence[Office], office: Office) -> str | None:
    """Whose yes it waits for beside this host's."""
    answered_here = office.id not in {each.id for each in awaited}
    mine = {office.id} if answered_here else {each.id for each in own}
    return ", ".join(each.name for each in awaited if each.id not in mine) or None


def _date(date: BookingDate, each: Request, tz: Zone) -> dict[str, Any]:
    others = {one.organisation_id: one.organisation.name for one in each.wanted[date.id]}
    return {
        "id": date.id,
        "when": sentence(day(date.starts_at, tz)),
        "time": plain_span(date.starts_at, date.ends_at, tz),
        "wanted": _wanted([*others.values()]),
    }


def _wanted(others: list[str]) -> str | None:
    if not others:
        return None
    return ngettext(
        "One other wants this time: %(who)s",
        "%(num)d others want this time: %(who)s",
        len(others),
        who=", ".join(others),
    )


def _moment(each: Request, tz: Zone) -> str:
    return f"{day(each.lapses_at, tz)} {clock(each.lapses_at, tz)}"


def done(decision: str, dates: Sequence[BookingDate]) -> str:
    """What is said after a decision about these dates."""
    count = len(dates)
    left = {each.id: each.name for date in dates for each in awaited(date)}
    if decision == "approve" and left:
        return gettext("Approved here. Now it waits for %(offices)s.", offices=", ".join(left.values()))
    if decision == "approve":
        return ngettext("Approved.", "%(num)d dates approved.", count)
    return ngettext(
        "Declined. The time is free again.", "%(num)d dates declined. Their time is free again.", count
    )
