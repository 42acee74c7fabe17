"""The page to book on: the form, what it would come to, and what is in its way."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.clock import now
from app.domain.errors import Clash, Refusal, Refused, Taken
from app.domain.interval import Interval
from app.domain.localtime import local_date
from app.domain.policy import HOST_MAY_SET_ASIDE
from app.models import Office, Person, Pool, Resource
from app.services import bookings
from app.services.authorize import may
from app.services.bookings import Plan, Wish
from app.services.bookings.suggest import suggestions
from app.services.directory import directory
from app.services.rules.quotas import quota_left
from app.services.waiting import filled_in
from app.web.alternatives import clash_of, offer
from app.web.booking_form import BookingForm, wish_of
from app.web.money_beside import aid_told
from app.web.planned import series_of, ways_past_shut
from app.web.security import allow, signed_in
from app.web.things import members_of, office_of, thing_named
from app.web.timed_form import TIME_FIELDS, TimedForm, show_refusals
from app.web.times_unclear import TimesUnclear
from app.wording import say, say_all
from app.wording.helps import what_helps
from app.wording.repetition import repetition_words
from app.wording.rules import after_in_words, quota_in_words
from app.wording.set_aside import set_aside_names

# What a refusal may be about that is told before anybody tries.
TOLD_AHEAD = (*TIME_FIELDS, "recurrence")


@dataclass(frozen=True, slots=True)
class Outlook:
    """What would come of the form as it stands."""

    wish: Wish | None = None  # None: the times are not clear yet
    unclear: tuple[str, ...] = ()  # what is unclear in them
    plan: Plan | None = None
    refusals: tuple[Refusal, ...] = ()
    besides: tuple[Clash, ...] = ()  # what is in the way as well
    ways: dict[str, Any] | None = None  # what a series can do about days that are shut
    rest: Plan | None = None  # what would be left of it
    set_aside: list[str] = field(default_factory=list)  # what a host may book past, in words

    @property
    def first(self) -> Interval | None:
        """The first date that would be booked: what comes before it in the series may be left out."""
        return (
            self.plan.dates[0].interval if self.plan and self.plan.dates and not self.plan.clashes else None
        )


@allow("member")
def new() -> ResponseReturnValue:
    """The form, filled in by the link that led here; booked by POST."""
    thing = thing_named(request.values.get("resources") or request.values.get("resource", ""))
    form = BookingForm.for_office(office_of(thing), signed_in())
    if request.method == "GET":
        form.fill_in(thing, request.args, now())
        form.fill_in_kept(filled_in(request.args.get("waiting", type=int), signed_in()))
    clash = None
    if request.method == "POST" and not form.only_shown() and form.take_alternative_and_validate():
        wish = None
        try:
            wish = wish_of(form)
            booking = bookings.book(wish, by=signed_in(), now=now())
        except Taken as taken:
            clash = clash_of(taken, form, wish)
        except TimesUnclear as unclear:
            show_refusals(form, unclear)
        except Refused as refused:
            clash = _clash_besides(refused, form, wish)
            if not clash or not clash["rest"]:
                show_refusals(form, refused)
        else:
            return redirect(url_for("bookings.show", booking=booking.id))
    outlook = Outlook() if clash else look_ahead(form, by=signed_in(), now=now())
    unclear = bool(clash or form.time_is_wrong or form.repetition_is_wrong)
    summary = None if unclear else form.summary(now(), outlook.first)
    page = render_template(
        "bookings/new.html",
        form=form,
        name=(form.chosen_thing() or thing).name,
        summary=summary,
        wrong=[] if unclear or summary else [*outlook.unclear, *told_ahead(outlook.refusals)],
        hindrance=None if unclear else _hindrance(outlook, form),
        series=_series(outlook, clash, form),
        quota=None if unclear else quota_told(form, outlook.wish, plan=outlook.plan),
        aid=None if unclear else aid_told(form, outlook.plan, signed_in()),
        override=outlook.set_aside,
        clash=clash,
        # From a card or the board a time was chosen already; from a room's page it is to be chosen here.
        folded=request.method == "POST" or "start" in request.args,
        approval=outlook.plan.needs_approval
        if outlook.plan and not outlook.plan.clashes
        else asks_host_for(form),
        section="find" if form.confirm.data else "board",
        back_url=_where_from(form),
    )
    return page, status_of(form, clash)


def _series(outlook: Outlook, clash: dict[str, Any] | None, form: BookingForm) -> dict[str, Any] | None:
    """Its rule in words, with the dates where it is known which are booked. None: no series, or unclear."""
    try:
        repetition = form.repetition()
    except TimesUnclear:
        return None
    plan = clash.get("rest") if clash else outlook.plan or outlook.rest
    if repetition is None or plan:
        return series_of(plan, repetition, form.tz) if plan else None
    return {"words": repetition_words(repetition)}


def shut_clash(refused: Refused, form: BookingForm, past: tuple[dict[str, Any], Plan]) -> dict[str, Any]:
    """As `clash_of`, of a series of which only some dates are shut, with what is left of it."""
    return {**_nothing(form), "reason": say(refused), "ways": past[0], "rest": past[1]}


def shut_hindrance(ways: dict[str, Any], rules: Sequence[str], form: BookingForm) -> dict[str, Any]:
    """The same told before it is tried."""
    return {**_nothing(form), "rules": rules, "heading": f"{ways['heading']}.", "ways": ways}


def _nothing(form: BookingForm) -> dict[str, Any]:
    """A clash with nothing in the way."""
    nothing = {"details": [], "ways": None, "wait": None, "anyway": [], "override": False}
    return {**offer((), form), **nothing}


def rules_alone(refusals: Iterable[Refusal], form: BookingForm) -> dict[str, Any] | None:
    """As `hindrance_of`, where only rules are broken; None where none is that is told ahead."""
    about = _about_ahead(refusals)
    if not about:
        return None
    told = {"rules": say_all(Refused(*about)), "heading": None, "helps": what_helps(about)}
    return {**_nothing(form), **told}


def look_ahead(form: BookingForm, *, by: Person, now: datetime) -> Outlook:
    """Asks for what the form asks for, without booking it."""
    try:
        wish = as_if_chosen(wish_of(form), form)
    except TimesUnclear as unclear:
        return Outlook(unclear=(*unclear.errors.values(),))
    try:
        return Outlook(wish, plan=bookings.plan(wish, by=by, now=now))
    except Refused as refused:
        past = ways_past_shut(wish, refused, by=by, now=now, tz=form.tz)
        return Outlook(
            wish,
            ways=past[0] if past else None,
            rest=past[1] if past else None,
            refusals=refused.refusals,
            besides=refused.clashes,
            set_aside=may_set_aside(wish, refused, form.office, by, now),
        )


def _clash_besides(refused: Refused, form: BookingForm, wish: Wish | None) -> dict[str, Any] | None:
    """What is in the way of a wish that breaks rules as well; None where nothing is."""
    if wish is None:
        return None
    if past := ways_past_shut(wish, refused, by=signed_in(), now=now(), tz=form.tz):
        return shut_clash(refused, form, past)
    if not refused.clashes:
        return None
    taken = Taken(refused.clashes, suggestions(wish, by=signed_in(), now=now()))
    # No waiting: it could not be booked if it were free.
    return {**clash_of(taken, form, wish), "rest": None, "wait": None}


def as_if_chosen(wish: Wish, form: TimedForm) -> Wish:
    """As if what is not written or chosen yet were: what is free does not depend on it."""
    organisations = [value for value, _ in form.organisation.choices if value]
    return replace(
        wish,
        title=wish.title.strip() or "…",
        organisation=wish.organisation or (organisations[-1] if organisations else ""),
    )


def asks_host_for(form: BookingForm) -> bool:
    """Whether the host has to say yes to what is chosen, whenever that is."""
    thing = form.chosen_thing()
    if thing is None:
        return False
    try:
        at = form.instants()[0]
    except TimesUnclear:
        at = now()
    members = [thing] if isinstance(thing, Resource) else members_of(thing)
    return any(form.asks_host(each, at) for each in members)


def status_of(form: TimedForm, clash: object) -> int:
    if form.errors or form.form_errors:
        return 422
    return 409 if clash else 200


def may_set_aside(
    wish: Wish,
    refused: Refused,
    office: Office,
    by: Person,
    now: datetime,
    planned: Callable[[Wish], Plan] | None = None,
) -> list[str]:
    """The rules that this person may book past, where nothing else is in the way.

    `planned` says what becomes of the wish, if that is not a new booking.
    """
    codes = {each.code for each in refused.refusals}
    if not may(by, "host", office) or not codes <= HOST_MAY_SET_ASIDE or refused.clashes:
        return []
    try:
        past = replace(wish, override=True)
        plan = planned(past) if planned else bookings.plan(past, by=by, now=now)
    except Refused:
        return []
    if plan.clashes:
        return []
    return set_aside_names(each.code for each in plan.set_aside)


def _hindrance(outlook: Outlook, form: BookingForm) -> dict[str, Any] | None:
    """Why what the form opens with could not be booked, so that it is told before it is tried."""
    if outlook.wish is None:
        return None
    clashes = outlook.plan.clashes if outlook.plan else outlook.besides
    rules = told_ahead(outlook.refusals)
    if outlook.ways:
        return shut_hindrance(outlook.ways, rules, form)
    if not clashes:
        return rules_alone(outlook.refusals, form)
    taken = Taken(clashes, suggestions(outlook.wish, by=signed_in(), now=now()))
    return hindrance_of(clash_of(taken, form, outlook.wish), rules)


def told_ahead(refusals: Iterable[Refusal]) -> list[str]:
    """Those that are told before anybody tries, in words."""
    about = _about_ahead(refusals)
    return say_all(Refused(*about)) if about else []


def _about_ahead(refusals: Iterable[Refusal]) -> list[Refusal]:
    return [each for each in refusals if each.field in TOLD_AHEAD or each.code == "quota_spent"]


def hindrance_of(clash: dict[str, Any], rules: Sequence[str] = ()) -> dict[str, Any]:
    """What is in the way, told beside the rules that are broken."""
    heading = f"{clash['ways']['heading']}." if clash["ways"] else clash["reason"]
    wait = None if rules else clash["wait"]  # it could not be booked if it were free
    return {**clash, "rules": rules, "heading": heading, "wait": wait}


def quota_told(
    form: BookingForm, wish: Wish | None, but_dates: Collection[int] = (), *, plan: Plan | None = None
) -> str | None:
    """What is left of the month for the organisation chosen, and after this; None where it has no such limit.

    `but_dates` are not counted.
    """
    thing, organisation = form.chosen_thing(), directory().organisations.get(form.organisation.data or "")
    if thing is None or organisation is None or wish is None:
        return None
    on = local_date(wish.start, form.tz)
    resource = None if isinstance(thing, Pool) else thing
    quota = quota_left(organisation, form.office, on, resource=resource, but_dates=but_dates)
    if quota is None:
        return None
    if plan is None or plan.clashes:
        return quota_in_words(quota)
    after = quota.with_more(((each.interval, each.resources) for each in plan.dates), form.office)
    return f"{quota_in_words(quota)} {after_in_words(after)}"


def _where_from(form: BookingForm) -> str:
    """Back to what was found, or to the day of the board that the form was opened from."""
    office, on = form.office.slug, form.date.data
    if form.confirm.data:
        return url_for("find.index", office=office, when="choose", date=on, time=form.start.data)
    return url_for("board.jump", office=office, date=on)
