"""The demo into the database: offices, people, a closure, and every booking. All of it, or nothing."""

import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta
from sqlalchemy import select

from app.demo.making import Part
from app.demo.money import add_money
from app.demo.people import HOST, MEMBER, PASSWORD, PEOPLE, RECEPTION
from app.demo.published import FIRST_PERIOD, THESE_DAYS
from app.demo.schedule import COMING_DAYS, rows_of
from app.demo.world import Party, Place, World, by_day, minute
from app.domain.interval import Interval
from app.domain.localtime import day_bounds, local_date, to_utc_shifting, zone
from app.domain.period import Period
from app.extensions import db
from app.models import Activity, Booking, Closure, Office, Organisation, Person, Resource, ResourcePart
from app.services.booking_file import store_rows
from app.services.office_file import load_office
from app.services.opening import OfficeHours
from app.services.people import add_person
from app.services.reports.projects import project_for
from app.services.snapshots import freeze
from app.services.transaction import use_case

FILES = tuple(Path(__file__).with_name(name) for name in ("stockholm.toml", "umea.toml"))
HISTORY = date(2015, 11, 1), date(2018, 12, 1)
PAST_MONTHS = 3  # whole ones, so that each has its report, and the present one so far
LEFT_FREE = ("tornet", "moteslicens-1", "moteslicens-2")  # to try things out in
CLOSED = "granen", time(13), time(16), "Ny skärm sätts upp"

# Told how many bookings there will be; gives what is to be told of each step.
Watch = Callable[[int], AbstractContextManager[Callable[[int], None]]]


def is_loaded() -> bool:
    """Whether the demo is in this database."""
    member = db.session.scalar(select(Person.id).where(Person.email == MEMBER))
    booking = db.session.scalar(select(Booking.id).where(Booking.uid.like("demo-history-%")).limit(1))
    return member is not None and booking is not None


@use_case
def load_demo(*, now: datetime, watch: Watch) -> int:
    """Loads the demo as it is at `now`; returns the number of bookings.

    Raises OfficeFileInvalid where other offices have its slugs.
    """
    for file in FILES:
        load_office(file.read_text("utf-8"), now=now, filename=file.name)
    for person in PEOPLE:
        add_person(
            person.email,
            role=person.role,
            organisation=person.organisation,
            name=person.name,
            password=PASSWORD if person.signs_in else None,
            now=now,
        )
    offices = _offices()
    timezone = zone(offices[0].timezone)
    today = local_date(now, timezone)
    _add_closure(_after_tomorrow(today), timezone, now)
    rows = [row for part in _parts(today, now, timezone) for row in rows_of(_world(part, offices), part)]
    with watch(len(rows)) as progress:
        store_rows(rows, now=now, progress=progress)
    add_money(offices, db.session.scalars(select(Person).where(Person.email == HOST)).one(), now)
    for office in offices:
        _publish_past_months(office, today, now)
    return len(rows)


def _publish_past_months(office: Office, today: date, now: datetime) -> None:
    """As the monthly job has done, month by month; without its mails."""
    for back in range(PAST_MONTHS, 0, -1):
        month = Period.month_of(today.replace(day=1) - relativedelta(months=back))
        project = project_for(office, month)
        if project:
            freeze(office, project, month, now=now)


def _parts(today: date, now: datetime, timezone: ZoneInfo) -> Iterator[Part]:
    first, last_exclusive = HISTORY
    then = minute(day_bounds(last_exclusive, timezone).start)
    yield Part("history", first, last_exclusive, FIRST_PERIOD, then)
    since = today.replace(day=1) - relativedelta(months=PAST_MONTHS)
    until = today + timedelta(days=COMING_DAYS + 1)
    yield Part("recent", since, until, THESE_DAYS, minute(now), today)


def _add_closure(day: date, timezone: ZoneInfo, now: datetime) -> None:
    slug, starts, ends, reason = CLOSED
    resource = db.session.scalars(select(Resource).where(Resource.slug == slug)).one()
    closure = Closure(
        office_id=resource.office_id,
        resource_id=resource.id,
        starts_at=to_utc_shifting(datetime.combine(day, starts), timezone),
        ends_at=to_utc_shifting(datetime.combine(day, ends), timezone),
        reason=reason,
        source="host",
        entered_at=now,
    )
    db.session.add(closure)
    db.session.flush()


def _after_tomorrow(today: date) -> date:
    """The first Monday to Friday after tomorrow."""
    days = (today + timedelta(days=n) for n in range(2, 9))
    return next(day for day in days if day.weekday() < 5)


def _offices() -> Sequence[Office]:
    slugs = [tomllib.loads(file.read_text("utf-8"))["office"]["slug"] for file in FILES]
    found = db.session.scalars(select(Office).where(Office.slug.in_(slugs)))
    return sorted(found, key=lambda office: slugs.index(office.slug))


def _world(part: Part, offices: Sequence[Office]) -> World:
    names = select(Activity.slug, Activity.id)
    reception = db.session.scalars(select(Person.id).where(Person.email == RECEPTION)).one()
    return World(
        timezone=offices[0].timezone,
        places=[place for office in offices for place in _places(office, part)],
        parties=_parties(),
        activities=dict(db.session.execute(names).all()),
        reception=reception,
    )


def _places(office: Office, part: Part) -> Iterator[Place]:
    timezone = zone(office.timezone)
    ends = day_bounds(part.last_exclusive, timezone).start
    hours = OfficeHours.load(office, Interval(day_bounds(part.first, timezone).start, ends))
    kept = (
        Resource.office_id == office.id,
        Resource.retired.is_(False),
        Resource.slug.not_in(LEFT_FREE),
        Resource.id.not_in(select(ResourcePart.whole_id)),  # what is whole is booked by its parts
    )
    for resource in db.session.scalars(select(Resource).where(*kept).order_by(Resource.position)):
        yield Place(
            id=resource.id,
            slug=resource.slug,
            office=office.slug,
            kind=resource.kind,
            capacity=resource.capacity,
            approval=resource.approval,
            rest=resource.buffer_before_minutes + resource.buffer_after_minutes,
            open=by_day(hours.open(resource), timezone),
        )


def _parties() -> list[Party]:
    """The organisations that the files name, in their order; others in the database are left in peace."""
    described = [slug for file in FILES for slug in _slugs_in(file)]
    found = {each.slug: each for each in db.session.scalars(select(Organisation))}
    ids = dict(db.session.execute(select(Person.email, Person.id)).all())
    members: defaultdict[str, list[int]] = defaultdict(list)
    for person in PEOPLE:
        if person.role == "member":
            members[person.organisation].append(ids[person.email])
    return [
        Party(
            id=found[slug].id,
            slug=slug,
            category=found[slug].category.slug,
            category_id=found[slug].category_id,
            people=tuple(members[slug]),
        )
        for slug in described
    ]


def _slugs_in(file: Path) -> list[str]:
    return [each["slug"] for each in tomllib.loads(file.read_text("utf-8")).get("organisations", [])]
