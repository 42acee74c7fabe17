"""The host's day: who comes, who came, how many, and walk-ins."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.clock import now
from app.domain.errors import DomainError, Refused
from app.domain.localtime import day_bounds, local_date, zone
from app.models import BookingDate, Office
from app.services import approval, presence
from app.services.booking_lists import day_of
from app.services.bookings import Wish
from app.services.place_names import names_at
from app.services.requests import count_at
from app.web.booking_new import may_set_aside
from app.web.dates import date_named, running_quarter
from app.web.feed_panel import feed_panel
from app.web.heads import doubt_about, heads_of, tell_done, typed_heads
from app.web.hosting import hosted, switch_to
from app.web.jobs import job_lines
from app.web.mails import mail_lines
from app.web.naming import STATUSES, week_title, weekday_title
from app.web.requests import done
from app.web.seasons import plain_span
from app.web.security import allow, signed_in
from app.web.sure import ask
from app.web.walk_in import WalkInForm
from app.wording import say
from app.wording.formats import clock, date_plain
from app.wording.heads import HEADS, heads_in_words
from app.wording.names import titled, walk_in_title

bp = Blueprint("host", __name__, url_prefix="/host")


@bp.get("")
@allow("host")
def today() -> ResponseReturnValue:
    """Today at the host's office."""
    office = hosted(request.args.get("office"))
    return _page(office, local_date(now(), zone(office.timezone)))


@bp.get("/<office>/<date>")
@allow("host")
def day(office: str, date: str) -> ResponseReturnValue:
    """Another day: head counts can be given afterwards."""
    return _page(hosted(office), date_named(date) or abort(404))


@bp.post("/dates/<int:date_id>/presence", endpoint="presence")
@allow("host")
def settle(date_id: int) -> ResponseReturnValue:
    """What came of one date, by the button pressed."""
    action = request.form.get("action", "")
    place = _back(date_id)
    try:
        heads = heads_of(request.form)
        if action == "end" and "sure" not in request.form:
            return _ask_to_end(date_id, heads, url_for("host.day", **place, _anchor=f"date-{date_id}"))
        doubt = _act(date_id, action, heads)
    except DomainError as error:
        return _refused(date_id, say(error), **place)
    except ValueError:
        why = gettext("A head count is a whole number, 0 or more. Nothing was saved.")
        return _refused(date_id, why, **place)
    tell_done(_done(action, date_id), doubt)
    # Back to the booking; what may have gone wrong is told at the top.
    return redirect(url_for("host.day", **place, _anchor=None if doubt else f"date-{date_id}"))


def _refused(date_id: int, why: str, office: str, date: date) -> ResponseReturnValue:
    """The day once more, with what was typed."""
    flash(why, "error")
    return _page(hosted(office), date, typed={date_id: typed_heads(request.form)}), 422


@bp.post("/<office>/walk-ins")
@allow("host")
def walk_in(office: str) -> ResponseReturnValue:
    """Books from this minute and checks in."""
    place = hosted(office)
    moment = now()
    form = WalkInForm.for_office(place, signed_in(), moment)
    if form.validate():
        use = form.use(running_quarter(moment))
        wish = Wish(
            resources=(form.resource.data,),
            start=use.start,
            end=use.end,
            title=walk_in_title(place),
            organisation=form.organisation.data,
            activity=form.activity.data,
            override="override" in request.form,
        )
        try:
            booking = presence.walk_in(wish, by=signed_in(), now=moment)
            heads = {name: form[name].data for name in HEADS}
            if any(count is not None for count in heads.values()):
                presence.count_heads(booking.dates[0].id, **heads, by=signed_in(), now=moment)
        except DomainError as error:
            form.form_errors = [say(error)]
            if isinstance(error, Refused):
                form.override = may_set_aside(wish, error, place, signed_in(), moment)
        else:
            tell_done(gettext("Checked in. Welcome!"), doubt_about(booking.dates[0]))
            return redirect(url_for("host.today", office=place.slug))
    return _page(place, local_date(moment, zone(place.timezone)), form), 422


def _page(
    office: Office,
    shown: date,
    form: WalkInForm | None = None,
    typed: Mapping[int, Mapping[str, str]] | None = None,
) -> str:
    """`typed`: by date, a head count that is not saved."""
    tz, moment = zone(office.timezone), now()
    current = local_date(moment, tz)
    entries = [
        _entry(each, office, moment) | (typed or {}).get(each.id, {})
        for each in day_of(office, day_bounds(shown, tz))
    ]
    view = {
        "office": office,
        "offices": switch_to("host.day", date=shown),
        "weekday": weekday_title(shown),
        "week": week_title(shown),
        "title": date_plain(shown),
        "previous": url_for("host.day", office=office.slug, date=shown - timedelta(days=1)),
        "next": url_for("host.day", office=office.slug, date=shown + timedelta(days=1)),
        "today": url_for("host.today", office=office.slug),
        "expected": sum(each["status"] == "confirmed" and not each["over"] for each in entries),
        "awaiting": [each["id"] for each in entries if each["status"] == "requested" and not each["over"]],
        "requests": count_at(office, moment),
        "requests_url": url_for("requests.index", office=office.slug),
        "present": sum(each["status"] == "checked_in" for each in entries),
        "missed": sum(each["status"] == "no_show" for each in entries),
        "uncounted": [each["id"] for each in entries if each["uncounted"]],
    }
    walk_in = (form or WalkInForm.for_office(office, signed_in(), moment)) if shown == current else None
    jobs = job_lines(moment, tz)
    feed = feed_panel(f"office:{office.slug}", office.name)
    return render_template(
        "host/day.html",
        day=view,
        entries=entries,
        walk_in=walk_in,
        jobs=jobs,
        feed=feed,
        mails=mail_lines(office, moment),
    )


def _entry(each: BookingDate, office: Office, moment: datetime) -> dict[str, Any]:
    booking, tz = each.booking, zone(each.booking.timezone)
    return {
        "id": each.id,
        "time": plain_span(each.starts_at, each.ends_at, tz),
        "now": each.starts_at <= moment < each.ends_at,
        "over": each.ends_at <= moment,
        "title": titled(booking.title),
        "organisation": booking.organisation.name,
        "organiser": booking.organiser.name if booking.organiser else None,
        "where": ", ".join(names_at(office, (slot.resource for slot in each.slots))),
        "status": each.status,
        "status_text": str(STATUSES[each.status]),
        "url": url_for("bookings.show", booking=booking.id),
        "women": each.women,
        "men": each.men,
        "other": each.other,
        "uncounted": _uncounted(each, moment),
        "may": presence.open_actions(each, by=signed_in(), now=moment),
        "decline_url": url_for("requests.index", office=office.slug) + f"#request-{booking.id}",
    }


def _uncounted(each: BookingDate, moment: datetime) -> bool:
    """Whether people came, or should have, and nobody has said how many."""
    came = each.status == "checked_in" and each.starts_at <= moment
    over = each.status == "confirmed" and each.ends_at <= moment
    return (came or over) and each.women is None


def _act(date_id: int, action: str, heads: dict[str, int | None]) -> str | None:
    """Does it; what may be wrong with the head count that came with it."""
    by, moment = signed_in(), now()
    actions: dict[str, Callable[[], object]] = {
        "check_in": lambda: presence.check_in(date_id, by=by, now=moment, where="host"),
        "no_show": lambda: presence.mark_no_show(date_id, by=by, now=moment),
        "undo": lambda: presence.undo_presence(date_id, by=by, now=moment),
        "end": lambda: presence.end_early(date_id, by=by, now=moment),
        "heads": lambda: presence.count_heads(date_id, **heads, by=by, now=moment),
        "approve": lambda: approval.approve(date_id, by=by, now=moment),
        "decline": lambda: approval.decline(date_id, by=by, now=moment),
    }
    if action not in actions:
        abort(400)
    actions[action]()
    counted = any(count is not None for count in heads.values())
    if action in ("check_in", "end") and counted:
        presence.count_heads(date_id, **heads, by=by, now=moment)
    if action not in ("check_in", "end", "heads") or not counted:
        return None
    return doubt_about(presence.date_for(date_id, by, "host_booking"))


def _ask_to_end(date_id: int, heads: dict[str, int | None], back_url: str) -> str:
    """Sure? Nothing is saved yet; the head count that was filled in goes along."""
    each = presence.date_for(date_id, signed_in(), "host_booking")
    tz = zone(each.booking.timezone)
    counted = heads_in_words(heads)
    return ask(
        gettext("End the meeting now?"),
        gettext(
            "The rest of the time, until %(time)s, becomes free for others at once."
            " That cannot be taken back.",
            time=clock(each.ends_at, tz),
        ),
        gettext("End now"),
        facts=[
            titled(each.booking.title),
            plain_span(each.starts_at, each.ends_at, tz),
            *([gettext("Saved with it: %(heads)s.", heads=counted)] if counted else []),
        ],
        fields=[
            ("action", "end"),
            ("sure", 1),
            *((name, count) for name, count in heads.items() if count is not None),
        ],
        back_url=back_url,
    )


def _done(action: str, date_id: int) -> str:
    if action in approval.DECISIONS:
        return done(action, [presence.date_for(date_id, signed_in(), "host_booking")])
    return {
        "check_in": gettext("Checked in."),
        "no_show": gettext("Marked as no-show. The time is free again."),
        "undo": gettext("Taken back."),
        "end": gettext("Ended. The rest of the time is free again."),
        "heads": gettext("The head count is saved."),
    }[action]


def _back(date_id: int) -> dict[str, Any]:
    each = presence.date_for(date_id, signed_in(), "host_booking")
    place = each.slots[0].resource.office
    shown = local_date(each.starts_at, zone(place.timezone))
    return {"office": place.slug, "date": shown}
