"""Bodies that ask for time: what they say, and what is wrong with that."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from flask import current_app

from app.api.access import caller
from app.api.reading import Fields
from app.clock import now
from app.domain.errors import Refusal, Refused
from app.domain.localtime import zone
from app.domain.recurrence import normal_form
from app.models import BookingDate
from app.services import bookings
from app.services.agenda import zone_of, zone_of_offices
from app.services.bookings import Wish, things_of
from app.services.directory import directory
from app.services.meetings import new_link

REQUIRED = ("resources", "start", "end", "title", "organisation", "activity")
CHANGED = (*REQUIRED, "meeting", "override", "skip", "move", "guests")
ASKED = (*CHANGED, "recurrence", "sites", "people", "home")
SKIPPED = ("closed", "hours", "taken")
MOST_PEOPLE = 100_000


def new_wish(fields: Fields) -> Wish:
    """What a body asks to book."""
    return _wish(fields)


def wish_for(fields: Fields, date: BookingDate) -> Wish:
    """What a body asks to be another way with a date; what it leaves out stays as it is."""
    booking = date.booking
    kept = Wish(
        resources=tuple(thing.slug for thing in things_of(date)),
        start=date.starts_at,
        end=date.ends_at,
        title=booking.title,
        organisation=booking.organisation.slug,
        activity=booking.activity.slug,
    )
    return _wish(fields, kept, zone(booking.timezone))


def _wish(fields: Fields, kept: Wish | None = None, clock: ZoneInfo | None = None) -> Wish:
    """Where something in the body is no value at all, the rules are asked about the rest, so that
    everything that is wrong comes in one answer. `clock`: by which times are read that name no resources.
    """
    sites = fields.texts("sites")
    if kept is None:
        # Who names sites leaves it to them which rooms they give.
        fields.need(key for key in REQUIRED if not (key == "resources" and sites))
    slugs = fields.texts("resources", kept.resources if kept else ())
    home = _home(fields)
    if clock is None or "resources" in fields.values:
        clock = zone_of_offices([home]) if home else _zone(slugs, sites)
    start = _time(fields, "start", clock, kept.start if kept else None)
    end = _time(fields, "end", clock, kept.end if kept else None)
    wish = Wish(
        resources=slugs,
        start=start or now(),
        end=end or now(),
        title=fields.title("title", kept.title if kept else ""),
        organisation=fields.text("organisation", kept.organisation if kept else "") or "",
        activity=fields.text("activity", kept.activity if kept else "") or "",
        recurrence=_recurrence(fields),
        skip=fields.chosen("skip", SKIPPED),
        move=fields.truth("move"),
        sites=sites,
        people=fields.count("people", 1, least=1, most=MOST_PEOPLE) or 1,
        meeting_url=_meeting(fields),
        override=fields.truth("override"),
        guests=fields.texts("guests") if "guests" in fields.values else None,
        home=home,
    )
    if fields.refusals:
        if start and end:
            fields.refuse_besides(_rules_broken(wish))
        fields.check()
    return wish


def _home(fields: Fields) -> str | None:
    """The office by whose clock it all is; None where the first thing named tells."""
    slug = fields.text("home")
    if slug is not None and slug not in directory().offices:
        fields.refuse("unknown_office", "home", slug=slug)
        return None
    return slug


def _zone(slugs: Sequence[str], sites: Sequence[str]) -> ZoneInfo:
    return zone_of(slugs) if slugs else zone_of_offices(sites)


def _time(fields: Fields, key: str, tz: ZoneInfo, kept: datetime | None) -> datetime | None:
    if key not in fields.values:
        return kept
    return fields.instant(key, tz)


def _rules_broken(wish: Wish) -> Iterable[Refusal]:
    try:
        bookings.preview(wish, by=caller(), now=now())
    except Refused as refused:
        return refused.refusals
    return ()


def _recurrence(fields: Fields) -> str | None:
    rule = fields.values.get("recurrence")
    if rule is None:
        return None
    if not isinstance(rule, str):
        fields.refuse("wrong_type", "recurrence", type="text")
        return None
    try:
        return normal_form(rule)
    except Refused as refused:
        fields.refusals += refused.refusals
        return None


def _meeting(fields: Fields) -> str | None:
    """A link of our own, one from elsewhere; "": none; None: nothing is said of it."""
    if "meeting" not in fields.values:
        return None
    link = fields.text("meeting")
    if link == "new":
        base = current_app.config.get("MEETING_BASE_URL")
        if base:
            return new_link(base)
        fields.refuse("no_meetings_here", "meeting")
    return link or ""
