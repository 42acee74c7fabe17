"""Video conferences: a room at each of several offices, in one booking."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.clock import now
from app.domain.errors import Clash, NotFound, Refusal, Refused, Taken
from app.domain.localtime import local_date, zone
from app.models import Office, Resource
from app.services import bookings
from app.services.bookings import Plan, Wish
from app.services.bookings.terms import SHUT
from app.services.directory import directory
from app.web.alternatives import may_book_past
from app.web.booking_new import TOLD_AHEAD, as_if_chosen, may_set_aside, status_of
from app.web.conference_form import ConferenceForm, Site, can_meet, wish_of
from app.web.in_the_way import InTheWay, things_in_the_way
from app.web.planned import names_of_held, plan_or_none, series_of, ways_out, ways_past_shut
from app.web.seasons import plain_span
from app.web.security import allow, signed_in
from app.web.timed_form import show_refusals
from app.web.times_unclear import TimesUnclear
from app.wording import say_all
from app.wording.formats import day, sentence
from app.wording.repetition import repetition_words

STEP = timedelta(minutes=30)

bp = Blueprint("conferences", __name__, url_prefix="/conferences")


@bp.route("/new", methods=["GET", "POST"])
@allow("member")
def new() -> ResponseReturnValue:
    """The form with what each place gets; booked by POST, at all places or none."""
    if not can_meet():
        raise NotFound()
    form = ConferenceForm.for_person(signed_in(), request.values)
    if request.method == "GET":
        form.fill_in(now())
    clash, override = None, []
    if request.method == "POST" and not form.only_shown() and form.take_alternative_and_validate():
        wish = None
        try:
            wish = wish_of(form)
            booking = bookings.book(wish, by=signed_in(), now=now())
        except Taken as taken:
            clash = _in_the_way(taken.clashes, wish, form)
        except TimesUnclear as unclear:
            show_refusals(form, unclear)
        except Refused as refused:
            past = _past_shut(refused, wish, form)
            if past:
                clash = past[0]
            else:
                show_refusals(form, Refused(*_once_a_place(refused.refusals, form)))
            if refused.clashes and not past:
                clash = _in_the_way(refused.clashes, wish, form)
            override = may_set_aside(wish, refused, form.office, signed_in(), now())
        else:
            return redirect(url_for("bookings.show", booking=booking.id))
    page = render_template(
        "conferences/new.html",
        form=form,
        clash=clash,
        override=override,
        outlook=None if clash or form.errors else _outlook(form),
        section="find",
        back_url=url_for("find.index"),
    )
    return page, status_of(form, clash)


def _outlook(form: ConferenceForm) -> dict[str, Any] | None:
    """What each place would get, or why it cannot be had; None where the form does not say yet."""
    by, moment = signed_in(), now()
    try:
        wish = as_if_chosen(wish_of(form), form)
        start, end = form.instants()
    except TimesUnclear as unclear:
        return {"unclear": [*unclear.errors.values()]}
    told: dict[str, Any] = {
        "when": sentence(day(start, form.tz)),
        "time": plain_span(start, end, form.tz),
        "clash": None,
        "problems": [],
        "override": [],
        "series": None,
        "approval": False,
        "licence": None,
        "sites": [_site(each, start, end) for each in form.chosen_places()],
    }
    try:
        plan = bookings.plan(wish, by=by, now=moment)
    except Refused as refused:
        about = [each for each in _once_a_place(refused.refusals, form) if each.field in TOLD_AHEAD]
        override = may_set_aside(wish, refused, form.office, by, moment)
        clash = _in_the_way(refused.clashes, wish, form) if refused.clashes else None
        repetition, series = form.repetition(), None
        if past := _past_shut(refused, wish, form):
            clash, series = past[0], series_of(past[1], repetition, form.tz)
        elif repetition:
            series = {"words": repetition_words(repetition)}
        problems = say_all(Refused(*about)) if about else []
        return told | {"problems": problems, "override": override, "clash": clash, "series": series}
    if plan.clashes:
        return told | {"clash": _in_the_way(plan.clashes, wish, form)}
    return told | _gets(plan, form, start, end)


def _once_a_place(refusals: Iterable[Refusal], form: ConferenceForm) -> list[Refusal]:
    """Of what is shut at one place just the first, as the place itself where any room would do; one for all
    where none of them opens that day.
    """
    told: dict[str, Refusal] = {}
    places_first = sorted(refusals, key=lambda each: each.params.get("resource") != each.params.get("office"))
    for each in places_first:
        about = {name: value for name, value in each.params.items() if name != "resource"}
        told.setdefault(f"{each.code} {each.field} {about if each.code in SHUT else each.params}", each)
    never = [each for each in told.values() if _is_shut_all_day(each)]
    chosen = {each.office.name for each in form.places if each.chosen}
    if form.repeats or len(chosen) < 2 or {each.params["office"] for each in never} != chosen:
        return [*told.values()]
    reasons = {each.params.get("reason") for each in never} - {None, ""}
    nowhere = Refusal("nowhere_open", "date", {"reason": reasons.pop() if len(reasons) == 1 else ""})
    return [nowhere, *(each for each in told.values() if each not in never)]


def _is_shut_all_day(refusal: Refusal) -> bool:
    params: Any = refusal.params
    if refusal.code == "closed":
        tz = zone(params["timezone"])
        return {params[each].astimezone(tz).time() for each in ("start", "end")} == {time(0)}
    return refusal.code == "outside_opening_hours" and not params["hours"]


def _past_shut(
    refused: Refused, wish: Wish | None, form: ConferenceForm
) -> tuple[dict[str, Any], Plan] | None:
    """As a clash, of a series of which only some dates are shut, with what is left of it."""
    past = wish and ways_past_shut(wish, refused, by=signed_in(), now=now(), tz=form.tz)
    if not past:
        return None
    ways, rest = past
    return {"heading": ways["heading"], "ways": ways, "sites": [], "anyway": []}, rest


def _gets(plan: Plan, form: ConferenceForm, start: datetime, end: datetime) -> dict[str, Any]:
    held = plan.dates[0].resources
    rooms = [each for each in held if each.kind != "video"]
    return {
        "sites": [
            {
                **_site(each, start, end),
                "gets": names_of_held([room for room in rooms if room.office_id == each.office.id]),
            }
            for each in form.chosen_places()
        ],
        "licence": names_of_held([each for each in held if each.kind == "video"]),
        "series": series_of(plan, form.repetition(), form.tz),
        "approval": plan.needs_approval,
    }


def _site(site: Site, start: datetime, end: datetime) -> dict[str, Any]:
    """A place and its own local time."""
    tz = zone(site.office.timezone)
    return {
        "name": site.office.name,
        "time": plain_span(start, end, tz),
        "gets": next((each.name for each in site.rooms if each.slug == site.room), None),
    }


def _in_the_way(clashes: tuple[Clash, ...], wish: Wish | None, form: ConferenceForm) -> dict[str, Any]:
    """Of a single date: by place; of a series: by date, with what can be done about it."""
    by, moment = signed_in(), now()
    anyway = may_book_past(clashes, by)
    if wish and wish.recurrence:
        ways = ways_out(wish, clashes, by=by, now=moment, tz=form.tz)
        return {"heading": ways["heading"], "ways": ways, "sites": [], "anyway": anyway}
    others, asks = _other_times(wish, form) if wish else ([], False)
    return {
        "heading": gettext("Something is in the way"),
        "anyway": anyway,
        "ways": None,
        "alternatives": others,
        "lead": _lead(wish, form, at_once=not asks) if wish else None,
        "sites": [
            (site.name, told)
            for site in directory().offices.values()
            if (told := _told_at(site, [each for each in clashes if _thing(each).office_id == site.id], form))
        ],
    }


def _told_at(office: Office, clashes: list[Clash], form: ConferenceForm) -> list[InTheWay]:
    """What is in the way at one place. Where any room would have done, none of them was free."""
    tz = zone(office.timezone)
    any_room = any(each.chosen and not each.room for each in form.places if each.office.id == office.id)
    rooms = [each for each in clashes if _thing(each).kind == "room"] if any_room else []
    none_free = (
        [InTheWay(gettext("no room for %(people)s is free", people=form.people.data))] if rooms else []
    )
    return [*none_free, *things_in_the_way((each for each in clashes if each not in rooms), tz)]


def _lead(wish: Wish, form: ConferenceForm, *, at_once: bool) -> str:
    """What stands before the other times."""
    on = day(wish.start, form.tz)
    if at_once and form.organisation.data:
        return gettext("Free everywhere on %(day)s; one tap books it at once:", day=on)
    return gettext("Free everywhere on %(day)s:", day=on)


def _other_times(wish: Wish, form: ConferenceForm) -> tuple[list[tuple[str, str]], bool]:
    """The two times of the same day, nearest to the wish, at which all of it is free: as buttons; and whether
    the host is asked for any.
    """
    by, moment = signed_in(), now()
    same_day = local_date(wish.start, form.tz)
    starts = [wish.start + step * STEP for number in range(1, 24) for step in (number, -number)]
    found: list[tuple[str, str]] = []
    asks = False
    for start in starts:
        other = replace(wish, start=start, end=start + (wish.end - wish.start))
        if start < moment or {local_date(each, form.tz) for each in (start, other.end)} != {same_day}:
            continue
        if plan := plan_or_none(other, by, moment):
            asks |= plan.needs_approval
            time = plain_span(other.start, other.end, form.tz)
            text = (
                gettext("Ask for %(time)s instead", time=time)
                if plan.needs_approval
                else gettext("Book %(time)s instead", time=time)
            )
            found.append((f"|{other.start.isoformat()}|{other.end.isoformat()}", text))
        if len(found) == 2:
            break
    return sorted(found), asks


def _thing(clash: Clash) -> Resource:
    return directory().resources[clash.resource]
