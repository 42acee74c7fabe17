"""The form of a video conference: several offices at once, each with a room."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import reduce
from typing import Any, Self

from flask_babel import gettext, lazy_gettext
from wtforms import SelectField, SelectMultipleField, StringField

from app.domain.interval import Interval, intersect
from app.models import Office, Person, Pool, Resource
from app.services.availability import bookable, open_times
from app.services.bookings import Wish
from app.services.offices import offices
from app.web.dates import USUAL_LENGTH
from app.web.naming import seats
from app.web.things import Thing, kind_of, pools_of
from app.web.timed_form import TimedForm, all_clear, wished_beside
from app.web.times_unclear import TimesUnclear

VIDEO_ACTIVITY = "video-conference"
MOST_PEOPLE = 1000
USUAL_PEOPLE = "4"
LOOK_AHEAD = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Site:
    """An office that can take part, and what was chosen there: any room that fits, or this one."""

    office: Office
    rooms: list[Resource]
    chosen: bool
    room: str

    @property
    def field(self) -> str:
        return f"room-{self.office.slug}"

    @property
    def choices(self) -> list[tuple[str, str]]:
        named = [(each.slug, f"{each.name} · {seats(each.capacity)}") for each in self.rooms]
        return [("", gettext("Any room that fits")), *named]


class ConferenceForm(TimedForm):
    """Times are on the clock of `home`, the office that the person chooses."""

    home = SelectField(lazy_gettext("Times by the clock of"), validate_choice=False)
    sites = SelectMultipleField(lazy_gettext("Places"), validate_choice=False)
    people = StringField(lazy_gettext("People at each place, at most"))
    licence = SelectField(lazy_gettext("Equipment or licence"), validate_choice=False)

    given: Any

    @classmethod
    def for_person(cls, person: Person, given: Any) -> Self:
        """`given`: what the form or the link says about rooms."""
        form = cls()
        form.given = given
        known = taking_part()
        slugs = [each.slug for each in known]
        form.home.choices = [(each.slug, each.name) for each in known]
        named = given.get("home") or given.get("office")
        form.home.data = named if named in slugs else slugs[0]
        form.office = next(each for each in known if each.slug == form.home.data)
        form.sites.choices = [(each.slug, each.name) for each in known]
        form.licence.choices = [("", gettext("None")), *_licences(known)]
        form.offer(person)
        return form

    def fill_in(self, now: datetime) -> None:
        """From the link that led here. One's own office and another take part, until one says otherwise."""
        given = self.given
        self.sites.data = given.getlist("sites")
        if not self.sites.data and "people" not in given:
            others = [value for value, _ in self.sites.choices if value != self.office.slug]
            self.sites.data = [self.office.slug, *others[:1]]
        self.people.data = given.get("people", USUAL_PEOPLE)
        pools = [pool.slug for office in taking_part() for pool in _video_pools(office)]
        self.licence.data = given.get("licence", next(iter(pools), ""))
        known = dict(self.activity.choices)
        self.activity.data = VIDEO_ACTIVITY if VIDEO_ACTIVITY in known else next(iter(known), "")
        self.title.data = known.get(self.activity.data, "")
        self.fill_in_when(given, self._first_open(now))
        self.meeting.data = "new" if "new" in dict(self.meeting.choices) else ""

    def _first_open(self, now: datetime) -> datetime:
        """Now, or when all chosen places are open next for the usual length: at nine, or when they open."""
        within = Interval(now, now + LOOK_AHEAD)
        chosen = [each for each in taking_part() if each.slug in (self.sites.data or ())]
        opening = [open_times(each, within) for each in chosen] or [[within]]
        for stretch in reduce(intersect, opening):
            if stretch.duration >= USUAL_LENGTH:
                nine = stretch.start.astimezone(self.tz).replace(hour=9, minute=0)
                return (
                    nine
                    if now < stretch.start < nine and nine + USUAL_LENGTH <= stretch.end
                    else stretch.start
                )
        return now

    @property
    def zones_differ(self) -> bool:
        """Whether it matters by whose clock the times are."""
        return len({each.timezone for each in taking_part()}) > 1

    @property
    def places(self) -> list[Site]:
        """Every office, the home first."""
        ordered = sorted(taking_part(), key=lambda each: each.slug != self.office.slug)
        return [
            Site(
                each,
                rooms_of(each),
                each.slug in (self.sites.data or ()),
                self.given.get(f"room-{each.slug}", ""),
            )
            for each in ordered
        ]

    def chosen_places(self) -> list[Site]:
        """Those that take part. TimesUnclear where there are fewer than two."""
        chosen = [each for each in self.places if each.chosen]
        if len(chosen) < 2:
            raise TimesUnclear({"sites": gettext("Choose at least two places.")})
        return chosen

    def how_many(self) -> int:
        text = (self.people.data or "").strip()
        if not (text.isascii() and text.isdecimal() and 0 < int(text) <= MOST_PEOPLE):
            raise TimesUnclear({"people": gettext("Give the number of people, for example 4.")})
        return int(text)


def wish_of(form: ConferenceForm) -> Wish:
    """One booking for all places. TimesUnclear with all that cannot be read."""
    (start, end), chosen, people, link = all_clear(
        form.instants, form.chosen_places, form.how_many, form.chosen_link
    )
    named = [each.room for each in chosen if each.room]
    return Wish(
        resources=(*named, *([form.licence.data] if form.licence.data else ())),
        sites=tuple(each.office.slug for each in chosen if not each.room),
        people=people,
        home=form.office.slug,
        start=start.astimezone(UTC),
        end=end.astimezone(UTC),
        title=form.title.data or "",
        organisation=form.organisation.data or "",
        activity=form.activity.data or "",
        meeting_url=link,
        guests=form.chosen_guests(),
        **wished_beside(form, form.repetition()),
    )


def taking_part() -> list[Office]:
    """The offices with rooms."""
    return [each for each in offices() if rooms_of(each)]


def can_meet() -> bool:
    """Whether there are offices enough to meet between."""
    return len(taking_part()) > 1


def rooms_of(office: Office) -> list[Resource]:
    return [each for each in bookable(office) if each.kind == "room"]


def _video_pools(office: Office) -> list[Pool]:
    return [each for each in pools_of(office) if kind_of(each) == "video"]


def _licences(known: list[Office]) -> list[tuple[str, str]]:
    """Video units and licences: pools first, then what stands alone."""
    found: list[tuple[Office, Thing]] = []
    for office in known:
        found += [(office, each) for each in _video_pools(office)]
    for office in known:
        units = (each for each in bookable(office) if each.kind == "video" and each.pool_id is None)
        found += [(office, each) for each in units]
    return [(each.slug, f"{each.name} · {office.name}") for office, each in found]
