"""The door of a room: its page for whoever stands before it, and the sign that leads there."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

import segno
from flask import Blueprint, Response, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale, gettext

from app.clock import now
from app.domain.errors import DomainError
from app.domain.interval import Interval
from app.domain.localtime import day_bounds, local_date, zone
from app.extensions import csrf
from app.models import BookingDate, Resource
from app.services import door
from app.services.authorize import authorize
from app.services.door import Door
from app.services.offices import resource_named
from app.web.dates import USUAL_LENGTH, running_quarter
from app.web.heads import heads_of, typed_heads
from app.web.naming import facts
from app.web.seasons import plain_span
from app.web.security import allow, person, sent_from_here, signed_in
from app.web.sure import ask
from app.web.things import book_url
from app.wording import say
from app.wording.formats import Zone, clock
from app.wording.heads import HEADS, heads_in_words
from app.wording.languages import LOCALES

bp = Blueprint("door", __name__)

Heads = Mapping[str, int | None]
Shown = Mapping[str, int | str | None]  # the same, or as it was written
MODULE = 10  # units of the drawing to one module of the code; the page gives it its size


@bp.get("/door/<resource>/<key>")
@allow("visitor")
def show(resource: str, key: str) -> ResponseReturnValue:
    """What holds at the door now, and what can be said there."""
    return _page(_behind(resource, key), key)


@bp.post("/door/<resource>/<key>")
@csrf.exempt
@allow("visitor")
def settle(resource: str, key: str) -> ResponseReturnValue:
    """They are here, so many, or they leave; that is asked first, by the button "leave".

    The address is the secret, and a token would take a cookie: see docs/decisions/0011.
    """
    if not sent_from_here():
        abort(400)
    place, action = _behind(resource, key), request.form.get("action", "")
    date_id = request.form.get("date", type=int)
    if action not in ("check_in", "heads", "leave", "back", "end") or date_id is None:
        abort(400)
    typed = {date_id: typed_heads(request.form)}
    try:
        heads = heads_of(request.form)
        if action == "back":
            return _page(place, key, typed={date_id: heads})
        if action == "leave":
            return _leaving(place, key, date_id, heads)
        door.settle_at_door(place, date_id, action, heads=heads, by=person(), now=now())
    except ValueError:
        return _page(
            place, key, gettext("A head count is a whole number, 0 or more. Nothing was saved."), typed=typed
        ), 422
    except door.TooManyAtTheDoor as error:
        return _page(place, key, say(error), typed=typed), 429
    except DomainError as error:
        return _page(place, key, say(error), typed=typed), 409
    # Told by the address: a message kept for the next page would take a cookie.
    return redirect(url_for("door.show", resource=resource, key=key, done=action), code=303)


@bp.get("/resources/<resource>/door")
@allow("host")
def sign(resource: str) -> ResponseReturnValue:
    """The sign to print and put up."""
    place = _hosted(resource)
    path = door.door_path(place, current_app.config["SECRET_KEY"])
    return render_template(
        "door/sign.html",
        resource={"name": place.name, "slug": place.slug, "office": place.office},
        sides=[_side(language, place) for language in LOCALES],
        url=current_app.config["BASE_URL"] + path,
        path=path,
        back_url=url_for("resources.show", resource=place.slug),
        section="host",
    )


@bp.get("/resources/<resource>/door.svg")
@allow("host")
def code(resource: str) -> ResponseReturnValue:
    """The code of the door, drawn."""
    place = _hosted(resource)
    address = current_app.config["BASE_URL"] + door.door_path(place, current_app.config["SECRET_KEY"])
    drawn = BytesIO()
    # Black on white in every theme: cameras read nothing else as well.
    segno.make(address, error="m", micro=False).save(
        drawn, kind="svg", scale=MODULE, border=4, dark="#000", light="#fff", xmldecl=False, omitsize=True
    )
    return Response(drawn.getvalue(), mimetype="image/svg+xml")


@bp.route("/resources/<resource>/door/renewal", methods=["GET", "POST"])
@allow("host")
def renew(resource: str) -> ResponseReturnValue:
    """Another address, asked about first: the signs that hang are worth nothing from then on."""
    if request.method == "GET":
        place = _hosted(resource)
        return ask(
            gettext("Make a new code for the door?"),
            gettext("The code on the door stops at once. Print the sign anew and put it up."),
            gettext("Make a new code"),
            facts=[place.name, place.office.name],
            back_url=url_for("door.sign", resource=resource),
            section="host",
        )
    door.renew_door(resource, by=signed_in(), now=now())
    flash(gettext("The door has a new code. Print the sign anew; the old one has stopped."), "success")
    return redirect(url_for("door.sign", resource=resource), code=303)


def _behind(slug: str, key: str) -> Resource:
    return door.resource_at(slug, key, secret=current_app.config["SECRET_KEY"])


def _leaving(place: Resource, key: str, date_id: int, heads: Heads) -> ResponseReturnValue:
    """Sure? Nothing is saved yet; the head count that was pressed goes along."""
    moment = now()
    meetings = door.at_the_door(place, moment).meetings
    date = next((date for date, actions in meetings if date.id == date_id and "end" in actions), None)
    if date is None:  # they have left already, or somebody else said so
        return redirect(url_for("door.show", resource=place.slug, key=key), code=303)
    return render_template(
        "door/leaving.html",
        place={"name": place.name, "office": place.office.name},
        date_id=date_id,
        until=clock(date.ends_at, zone(place.office.timezone)),
        fields=[(name, count) for name, count in heads.items() if count is not None],
        heads=heads_in_words(heads),
        url=url_for("door.settle", resource=place.slug, key=key),
    )


def _page(
    place: Resource, key: str, error: str | None = None, *, typed: Mapping[int, Shown] | None = None
) -> str:
    """`typed`: by date, a head count that is not saved."""
    moment, tz = now(), zone(place.office.timezone)
    view = door.at_the_door(place, moment)
    done = request.args.get("done", "")
    return render_template(
        "door/show.html",
        place={"name": place.name, "office": place.office.name, "facts": facts(place)},
        state=_state(view, tz),
        busy=view.taken_until is not None,
        meetings=[_meeting(date, actions, moment, tz, typed or {}) for date, actions in view.meetings],
        taken=[plain_span(each.start, each.end, tz) for each in view.taken],
        book=_book(view, tz),
        done=None if error else _done(done),
        error=error,
        url=url_for("door.settle", resource=place.slug, key=key),
    )


def _state(view: Door, tz: ZoneInfo) -> str:
    if view.taken_until:
        return gettext("Taken until %(time)s", time=clock(view.taken_until, tz))
    if view.free_until == day_bounds(local_date(view.now, tz), tz).end:
        return gettext("Free for the rest of the day")
    if view.free_until:
        return gettext("Free until %(time)s", time=clock(view.free_until, tz))
    return gettext("Closed now")


def _meeting(
    date: BookingDate, actions: frozenset[str], moment: datetime, tz: Zone, typed: Mapping[int, Shown]
) -> dict[str, Any]:
    over, counted = date.ends_at <= moment, date.women is not None
    asks = gettext("The head count") if counted else gettext("How many were you?")
    return {
        "id": date.id,
        "heading": asks if over else gettext("The meeting"),
        "time": plain_span(date.starts_at, date.ends_at, tz),
        "actions": actions,
        "missed": date.status == "no_show",
        "counted": counted,
        "heads": typed.get(date.id) or {name: getattr(date, name) for name in HEADS},
    }


def _book(view: Door, tz: Zone) -> tuple[str, str] | None:
    """The address of the form and what it would book; None where nothing is free for a quarter of an hour."""
    if view.taken_until or view.free_from is None or view.free_until is None:
        return None
    if view.free_until - view.now < timedelta(minutes=15):
        return None
    start = max(running_quarter(view.now), view.free_from)  # what ended in this quarter is not in the way
    use = Interval(start, min(start + USUAL_LENGTH, view.free_until))
    return book_url(view.resource, use), plain_span(use.start, use.end, tz)


def _done(action: str) -> str | None:
    return {
        "check_in": gettext("Welcome! You are checked in."),
        "heads": gettext("Thank you! The head count is saved."),
        "end": gettext("Thank you! The rest of the time is free for others."),
    }.get(action)


def _side(language: str, place: Resource) -> dict[str, str]:
    with force_locale(LOCALES[language]):
        return {
            "language": language,
            "facts": facts(place, language),
            "heading": gettext("Is it free? Are you here?"),
            "text": gettext(
                "Point your camera here: see what is booked, check in, say how many you are, end early."
            ),
            "by_hand": gettext("Or write this address:"),
        }


def _hosted(slug: str) -> Resource:
    place = resource_named(slug)
    authorize(signed_in(), "host", place)
    return place
