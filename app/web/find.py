"""Find: when, how long, how many -> what is free."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from app.clock import now
from app.domain.interval import Interval
from app.domain.localtime import day_bounds, local_date, to_utc_shifting, zone
from app.models import Office, Resource
from app.services.authorize import may
from app.services.availability import Free, alternatives, bookable, free, open_times
from app.services.offices import office_named, offices
from app.services.rules import Limits, limits_for
from app.web.conference_form import can_meet
from app.web.dates import YEARS, running_quarter
from app.web.naming import KINDS, facts, week_title
from app.web.security import allow, person
from app.web.things import Thing, book_url, pools_of
from app.wording.formats import clock, date_near, day, duration, sentence, span, weekday

bp = Blueprint("find", __name__, url_prefix="/find")

LENGTHS = (30, 60, 120, 240)
PEOPLE = {"1": (1, "1–2"), "3": (3, "3–6"), "7": (7, "7–12"), "13": (13, "13+")}
LARGEST = {"1": 2, "3": 6, "7": 12}
LOOK_AHEAD = timedelta(days=14)
QUARTER = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Question:
    """What is looked for."""

    when: str
    date: date
    time: time
    minutes: int
    people: str
    kind: str
    errors: tuple[str, ...]


@bp.get("")
@allow("visitor")
def index() -> ResponseReturnValue:
    """The form with its answer below; a GET, so that it can be shared and gone back to."""
    office = office_named(request.args.get("office"))
    tz, moment = zone(office.timezone), now()
    local = moment.astimezone(tz)
    opening = open_times(office, Interval(moment, moment + LOOK_AHEAD))
    coming = _coming_day(opening, local)
    asked = _question(local, coming, is_open=any(stretch.holds(moment) for stretch in opening))
    start = to_utc_shifting(datetime.combine(asked.date, asked.time), tz)
    use = Interval(start, start + timedelta(minutes=asked.minutes))
    fitting = [] if asked.errors else [each for each in _fitting(office, asked) if _open_to_reader(each, use)]
    free_ones = _free(office, fitting, use) if fitting else []
    found = _found(free_ones, use, moment)
    view = {
        "office": office,
        "offices": [(each.name, url_for("find.index", office=each.slug)) for each in offices()],
        "today": f"{sentence(day(local.date()))} · {week_title(local.date())}",
        "whens": _whens(asked, local, coming),
        "lengths": [(n, duration(n), n == asked.minutes) for n in LENGTHS],
        "peoples": [(value, text, value == asked.people) for value, (_, text) in PEOPLE.items()],
        "kinds": [(kind, str(KINDS[kind]), kind == asked.kind) for kind in _kinds(office)],
        "date": asked.date.isoformat(),
        "time": asked.time.strftime("%H:%M"),
        "errors": asked.errors,
        "heading": _heading(len(found), asked, use, office, local.date()),
        "rooms": [
            *_pools(office, found, use),
            *(
                (
                    each.name,
                    _page_url(each),
                    _facts(each, asked, use, at) + _asks(each, at),
                    _book_url(each, at),
                )
                for each, at in found
            ),
        ],
        "conference_url": url_for("conferences.new", office=office.slug) if can_meet() else None,
        "closes": None if found or asked.errors else _closing(office, use),
        "nearest": [] if found else [*_shorter(free_ones, use, moment), *_nearest(fitting, use, moment)][:4],
    }
    return render_template("find/index.html", find=view)


def _found(free_ones: Sequence[Free], use: Interval, moment: datetime) -> list[tuple[Resource, Interval]]:
    """What fits, and when: of what begins in the running quarter, from when it is free."""
    found = []
    for each in free_ones:
        start = _begins(each, use, moment)
        at = Interval(start, start + use.duration)
        if each.fits(at):
            found.append((each.resource, at))
    return found


def _begins(each: Free, use: Interval, moment: datetime) -> datetime:
    """When it can be had: of what begins in the running quarter perhaps a little later."""
    return (each.from_now(use.start, moment) if use.start <= moment else None) or use.start


def _pools(
    office: Office, found: Sequence[tuple[Resource, Interval]], use: Interval
) -> list[tuple[str, None, str, str]]:
    """Any one of a pool, where several of it are free: to most people they are all the same."""
    told = []
    for pool in pools_of(office):
        members = [each for each, at in found if each.pool_id == pool.id and at == use]
        if len(members) > 1:
            text = gettext("any one of the %(count)s that are free", count=len(members))
            told.append((pool.name, None, text, _book_url(pool, use)))
    return told


def _question(local: datetime, coming: datetime, *, is_open: bool) -> Question:
    errors: list[str] = []
    args = request.args
    when = args.get("when", "now" if is_open else "coming")
    nearest = running_quarter(local)
    chosen_date, chosen_time = nearest.date(), nearest.time()
    if when == "coming":
        chosen_date, chosen_time = coming.date(), coming.time()
    elif when == "afternoon":
        chosen_time = time(13)
    elif when == "choose":
        try:
            chosen_date = date.fromisoformat(args.get("date", "")) if args.get("date") else chosen_date
            chosen_time = time.fromisoformat(args.get("time", "")) if args.get("time") else time(9)
            if chosen_date.year not in YEARS:
                raise ValueError
        except ValueError:
            errors.append(gettext("Give a date and a time, for example 2026-11-24 and 09:30."))
    minutes = args.get("minutes", "60")
    people = args.get("people", "3")
    return Question(
        when=when if when in ("now", "afternoon", "coming", "choose") else "now",
        date=chosen_date,
        time=chosen_time.replace(second=0, microsecond=0, tzinfo=None),
        minutes=int(minutes) if minutes.isascii() and minutes.isdigit() and 0 < int(minutes) <= 1440 else 60,
        people=people if people in PEOPLE else "3",
        kind=args.get("kind", "room") if args.get("kind", "room") in KINDS else "room",
        errors=tuple(errors),
    )


def _whens(asked: Question, local: datetime, coming: datetime) -> list[tuple[str, str, bool]]:
    near = coming.date() - local.date() == timedelta(days=1)
    name = gettext("Tomorrow") if near else sentence(weekday(coming.date()))
    choices = [("now", gettext("Now · %(time)s", time=f"{running_quarter(local):%H:%M}"))]
    if local.hour < 12:
        choices.append(("afternoon", gettext("Today 13:00")))
    choices.append(("coming", f"{name} {coming:%H:%M}"))
    choices.append(("choose", gettext("Choose a time …")))
    return [(value, text, value == asked.when) for value, text in choices]


def _fitting(office: Office, asked: Question) -> list[Resource]:
    """Of the kind and large enough; smallest first, so that the hall is not taken by two people."""
    least = PEOPLE[asked.people][0] if asked.kind == "room" else 1
    found = [each for each in bookable(office) if each.kind == asked.kind and each.capacity >= least]
    return sorted(found, key=lambda each: (each.capacity < LARGEST.get(asked.people, least), each.capacity))


def _page_url(resource: Resource) -> str:
    return url_for("resources.show", resource=resource.slug)


def _facts(resource: Resource, asked: Question, use: Interval, at: Interval) -> str:
    """Why a smaller room stands after a larger one, and another time than the others', is said in words."""
    said = [facts(resource)]
    largest = LARGEST.get(asked.people, 0) if asked.kind == "room" else 0
    if resource.capacity < largest:
        said.append(gettext("fits fewer than %(people)s", people=largest))
    if at != use:
        said.append(span(at.start, at.end, zone(resource.office.timezone)))
    return " · ".join(said)


def _limits_of_reader(resource: Resource, use: Interval) -> list[Limits]:
    """What holds for each organisation that the reader may book for; none where nothing binds them."""
    who = person()
    if who is None or may(who, "host", resource.office):
        return []
    return [limits_for(resource, each, use) for each in who.organisations]


def _open_to_reader(resource: Resource, use: Interval) -> bool:
    """Whether the rules let one of the reader's organisations have it then."""
    limits = _limits_of_reader(resource, use)
    return not limits or any(each.may_book and not each.blackout for each in limits)


def _asks(resource: Resource, use: Interval) -> str:
    """Said beside what is booked only with the host's yes."""
    limits = _limits_of_reader(resource, use)
    if not limits or not all(each.approval for each in limits):
        return ""
    return " · " + gettext("the host has to say yes")


def _free(office: Office, resources: Sequence[Resource], use: Interval) -> list[Free]:
    tz = zone(office.timezone)
    within = Interval(
        day_bounds(local_date(use.start, tz), tz).start, day_bounds(local_date(use.end, tz), tz).end
    )
    return free(office, within, resources)


def _closing(office: Office, use: Interval) -> str | None:
    """Why nothing can be free then, where that is the office's hours."""
    tz = zone(office.timezone)
    opening = open_times(office, day_bounds(local_date(use.start, tz), tz))
    if not opening:
        return gettext("The office is closed this day.")
    for stretch in opening:
        if stretch.start <= use.start < stretch.end < use.end:
            return gettext("The office closes at %(time)s.", time=clock(stretch.end, tz))
    if any(stretch.start <= use.start and use.end <= stretch.end for stretch in opening):
        return None
    hours = ", ".join(span(each.start, each.end, tz) for each in opening)
    return gettext("The office is open %(hours)s.", hours=hours)


def _shorter(free_ones: Sequence[Free], use: Interval, moment: datetime) -> list[tuple[str, str]]:
    """What is free from then on, but not for so long; the longest first."""
    found: list[tuple[Resource, Interval]] = []
    for each in free_ones:
        start = _begins(each, use, moment)
        end = next((it.end for it in each.stretches if it.start <= start < it.end), start)
        if end - start >= QUARTER:
            found.append((each.resource, Interval(start, end)))
    return [_offered(thing, at) for thing, at in sorted(found, key=lambda each: -each[1].duration)]


def _nearest(fitting: Sequence[Resource], use: Interval, moment: datetime) -> list[tuple[str, str]]:
    found: dict[tuple[str, datetime], tuple[str, str]] = {}
    for resource in fitting[:4]:
        for each in alternatives(resource, use, now=moment):
            if each.resource == resource.slug:
                found[each.resource, each.start] = _offered(resource, Interval(each.start, each.end))
    return [found[key] for key in sorted(found, key=lambda key: (abs(key[1] - use.start), key[0]))[:4]]


def _offered(thing: Resource, at: Interval) -> tuple[str, str]:
    """Tallen 09:30–10:30, and where it is booked."""
    time = span(at.start, at.end, zone(thing.office.timezone))
    return f"{thing.name} {time}{_asks(thing, at)}", _book_url(thing, at)


def _heading(count: int, asked: Question, use: Interval, office: Office, today: date) -> str:
    tz = zone(office.timezone)
    time = f"{use.start.astimezone(tz):%H:%M}–{use.end.astimezone(tz):%H:%M}"
    when = time if asked.date == today else f"{date_near(asked.date)} {time}"
    if asked.errors:
        return gettext("Nothing to show yet")
    return ngettext("%(num)d free, %(when)s", "%(num)d free, %(when)s", count, when=when)


def _kinds(office: Office) -> list[str]:
    there = {each.kind for each in bookable(office)}
    return [kind for kind in KINDS if kind in there] if len(there) > 1 else []


def _book_url(thing: Thing, use: Interval) -> str:
    return book_url(thing, use, confirm=1)  # chosen already: one tap confirms


def _coming_day(opening: Sequence[Interval], local: datetime) -> datetime:
    """Nine o'clock, or when it opens, on the next day after today that anything is open; else tomorrow."""
    for stretch in opening:
        opens, closes = stretch.start.astimezone(local.tzinfo), stretch.end.astimezone(local.tzinfo)
        nine = opens.replace(hour=9, minute=0)
        if opens.date() > local.date():
            return nine if opens < nine < closes else opens
    return (local + timedelta(days=1)).replace(hour=9, minute=0, second=0, microsecond=0)
