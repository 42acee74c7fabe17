"""What can be had instead of what is taken, as buttons that book it at once and say so."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from flask import url_for
from flask_babel import gettext

from app.clock import now
from app.domain.errors import Alternative, Clash, Taken
from app.domain.localtime import zone
from app.models import Person
from app.services.authorize import may
from app.services.bookings import Wish
from app.services.directory import directory
from app.web.booking_form import BookingForm
from app.web.in_the_way import notice_of
from app.web.planned import ways_out
from app.web.seasons import plain_span
from app.web.security import signed_in
from app.web.things import thing_named
from app.web.times_unclear import TimesUnclear
from app.wording.formats import day
from app.wording.set_aside import set_aside_names


def clash_of(
    taken: Taken,
    form: BookingForm,
    wish: Wish | None = None,
    *,
    moves: bool = False,
    ways: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """What is in the way, and what there is instead. `moves`: of a booking that exists; `ways`: what can be
    done about several of its dates.
    """
    reason, details = notice_of(taken, form.tz)
    told: dict[str, Any] = {"reason": reason, "details": details, "wait": None}
    told["override"] = bool(wish and wish.override)
    told["anyway"] = may_book_past(taken.clashes, signed_in())
    another_has_it = not all(each.yours for each in taken.clashes)
    if wish and not wish.recurrence and wish.start > now() and another_has_it:
        told["wait"] = url_for("waiting.begin")
    if wish and wish.recurrence and taken.clashes:
        ways = ways_out(wish, taken.clashes, by=signed_in(), now=now(), tz=form.tz)
        return {**told, "ways": ways, **offer((), form)}
    return {**told, "ways": ways, **offer(taken.alternatives, form, moves=moves)}


def may_book_past(clashes: Sequence[Clash], by: Person) -> list[str]:
    """What this person may book past, in words, where calendars kept elsewhere alone are in the way."""
    known = directory().resources
    passes = all(each.calendar and may(by, "host", known[each.resource].office) for each in clashes)
    return set_aside_names(["outside_calendar"]) if clashes and passes else []


def offer(found: Iterable[Alternative], form: BookingForm, *, moves: bool = False) -> dict[str, Any]:
    """`alternatives`: value and text of each button; `lead`: the sentence before them, with their date."""
    found = list(found)
    if not found:
        return {"alternatives": [], "lead": None}
    on = day(found[0].start, form.tz)
    if any(each.needs_approval for each in found) or not form.organisation.data:
        lead = gettext("Free on %(day)s:", day=on)  # one tap is not all that it takes
    elif moves:
        lead = gettext("Free on %(day)s; one tap moves the booking there at once:", day=on)
    else:
        lead = gettext("Free on %(day)s; one tap books it at once:", day=on)
    wished = _wished_start(form)
    return {
        "alternatives": [(form.alternative_value(each), _text(each, form, wished, moves)) for each in found],
        "lead": lead,
    }


def _text(each: Alternative, form: BookingForm, wished: datetime | None, moves: bool) -> str:
    thing = thing_named(each.resource)
    told = {
        "room": each.resource_name,
        "time": plain_span(each.start, each.end, zone(thing.office.timezone)),
    }
    other_time = each.start != wished
    if moves and each.needs_approval:
        if other_time:
            return gettext("Ask to move to %(room)s %(time)s, another time", **told)
        return gettext("Ask to move to %(room)s, %(time)s", **told)
    if moves:
        if other_time:
            return gettext("Move to %(room)s %(time)s, another time", **told)
        return gettext("Move to %(room)s, %(time)s", **told)
    if each.needs_approval:
        if other_time:
            return gettext("Ask for %(room)s %(time)s, another time", **told)
        return gettext("Ask for %(room)s instead, %(time)s", **told)
    if other_time:
        return gettext("Book %(room)s %(time)s, another time", **told)
    return gettext("Book %(room)s instead, %(time)s", **told)


def _wished_start(form: BookingForm) -> datetime | None:
    try:
        return form.instants()[0]
    except TimesUnclear:
        return None
