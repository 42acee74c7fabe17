"""Two offices with so many bookings: `python -m bench.world COUNT`, on an empty database.

One of twelve rooms with sixty bookings on every working day, one of fifty rooms with a hundred and fifty,
from years back until four weeks ahead: more of them reach further back, so that the days and the month that
are looked at hold the same at every size. Beside them things to race for: desks of a pool, a hall in parts,
a room whose wishes wait for their host.
"""

import json
import random
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from flask_migrate import upgrade
from sqlalchemy import select, text

from app.extensions import db
from app.factory import create_app
from app.jobs import JOBS, run
from app.models import Activity, Organisation, Person, Resource
from app.services.booking_file import BookingRow, store_rows
from app.services.office_file import load_office
from app.services.people import add_person, new_token
from app.services.transaction import use_case
from bench.server import ROOT

ZONE = ZoneInfo("Europe/Stockholm")
OFFICE, LARGE, ARENA = "bench", "large", "arena"
LARGE_ROOMS = tuple(f"hall-{number:02d}" for number in range(1, 51))
POOL, DESKS = "desks", tuple(f"desk-{number}" for number in range(1, 6))
WHOLE, PARTS, ASKED = "aula", ("aula-west", "aula-east"), "chapel"
ROOMS = (
    *("tallen", "granen", "björken", "eken", "asken", "almen"),
    *("linden", "rönnen", "aspen", "hasseln", "lönnen", "alen"),
)
ORGANISATIONS = (
    "Exempelbolaget",
    "Norrsken Analys",
    "Kommunen",
    "Regionen",
    "Nätverket Nord",
    "Kraftbolaget",
)
TITLES = (
    "Styrelsemöte",
    "Intervju",
    "Frukostmöte om vattenkraft",
    "Planering av våren",
    "Video mot Umeå",
    "Seminarium",
)
# What each room is booked for on a working day, in minutes from midnight.
DAY = ((480, 570), (585, 660), (675, 765), (780, 870), (885, 1020))
PEOPLE, TOKENS_EACH = 16, 4
HOST, PASSWORD = "host@example.org", "only-for-benches"
DAYS_AHEAD = 28

NAMES = """
[[categories]]
slug = "company"
name = { sv = "Företag", en = "Companies" }

[[categories]]
slug = "municipality"
name = { sv = "Kommuner", en = "Municipalities" }

[[activities]]
slug = "external-meeting"
name = { sv = "Möte med externa parter", en = "External meeting" }

[[activities]]
slug = "seminar"
name = { sv = "Seminarium", en = "Seminar" }
"""

PLACE = """
[office]
slug = "{slug}"
name = "{name}"
timezone = "{zone}"

[[opening_hours]]
days = ["mon", "tue", "wed", "thu", "fri"]
opens = "08:00"
closes = "17:00"
"""


@dataclass(frozen=True)
class World:
    """What the measures need to know. `free_from`: the first day without any booking.

    `pool` has the `desks`; `whole` is made of `parts`; what is wished for of `asked` waits for the host.
    """

    office: str
    rooms: tuple[str, ...]
    large: str
    large_rooms: tuple[str, ...]
    pool: str
    desks: tuple[str, ...]
    whole: str
    parts: tuple[str, ...]
    asked: str
    day: str
    month: str
    free_from: str
    host: str
    password: str
    tokens: tuple[str, ...]
    tokens_each: int
    organisation: str
    activity: str
    synchronous: str


def build(count: int, environment: Mapping[str, str]) -> World:
    """Builds it in a process of its own, so that no setting of this one gets in."""
    command = [sys.executable, "-m", "bench.world", str(count)]
    done = subprocess.run(
        command, env=dict(environment), cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True
    )
    return World(**json.loads(done.stdout.splitlines()[-1]))


def descriptions() -> Iterator[str]:
    """The offices as files for `office load`."""
    organisations = (
        f'[[organisations]]\nslug = "{_slug(name)}"\nname = "{name}"\n'
        f'category = "{"municipality" if name == "Kommunen" else "company"}"\n'
        for name in ORGANISATIONS
    )
    rooms = [thing_of(_slug(room), room.capitalize(), 4 + number) for number, room in enumerate(ROOMS)]
    yield "\n".join([place_of(OFFICE, "Mötesplatsen"), NAMES, *organisations, *rooms])
    yield "\n".join([place_of(LARGE, "Stora kontoret"), *(thing_of(each, each) for each in LARGE_ROOMS)])
    yield "\n".join(
        [
            place_of(ARENA, "Arenan"),
            *(thing_of(each, each, kind="desk", more=f'pool = "{POOL}"\n') for each in DESKS),
            *(thing_of(each, each) for each in PARTS),
            thing_of(WHOLE, WHOLE, more=f"parts = {list(PARTS)}\n"),
            thing_of(ASKED, ASKED, more="approval = true\n"),
        ]
    )


def place_of(slug: str, name: str) -> str:
    return PLACE.format(slug=slug, name=name, zone=ZONE.key)


def thing_of(slug: str, name: str, capacity: int = 10, kind: str = "room", more: str = "") -> str:
    return (
        f'[[resources]]\nslug = "{slug}"\nname = "{name}"\nkind = "{kind}"\n'
        f'capacity = {capacity}\nequipment = ["screen", "whiteboard"]\n{more}'
    )


def is_working_day(day: date) -> bool:
    return day.weekday() < 5


def working_days_back(last: date) -> Iterator[date]:
    """The working days until `last`, the last first."""
    return (day for number in range(36_500) if is_working_day(day := last - timedelta(days=number)))


def main(count: int) -> None:
    app = create_app()
    now = datetime.now(UTC)
    today = now.astimezone(ZONE).date()
    with app.app_context():
        upgrade()
        for description in descriptions():
            load_office(description, now=now)
        people = [_person(number, now) for number in range(PEOPLE)]
        add_person(HOST, role="host", organisation=_slug(ORGANISATIONS[0]), password=PASSWORD, now=now)
        tokens = tuple(new_token(each, now) for each in people for _ in range(TOKENS_EACH))
        _store(count, today, now)
        run(JOBS["roll-up"], now, asked=True)  # the scheduler would have done so by now
        synchronous = _synchronous()
    world = World(
        office=OFFICE,
        rooms=tuple(_slug(room) for room in ROOMS),
        large=LARGE,
        large_rooms=LARGE_ROOMS,
        pool=POOL,
        desks=DESKS,
        whole=WHOLE,
        parts=PARTS,
        asked=ASKED,
        day=next(day for n in range(1, 4) if is_working_day(day := today + timedelta(days=n))).isoformat(),
        month=f"{today.replace(day=1) - timedelta(days=1):%Y-%m}",
        free_from=(today + timedelta(days=DAYS_AHEAD + 1)).isoformat(),
        host=HOST,
        password=PASSWORD,
        tokens=tokens,
        tokens_each=TOKENS_EACH,
        organisation=_slug(ORGANISATIONS[0]),
        activity="external-meeting",
        synchronous=synchronous,
    )
    print(json.dumps(asdict(world)))


def _person(number: int, now: datetime) -> str:
    email = f"member{number}@example.org"
    add_person(email, role="member", organisation=_slug(ORGANISATIONS[0]), now=now)
    return email


@use_case
def _store(count: int, today: date, now: datetime) -> None:
    store_rows(list(islice(_rows(today, now), count)), now=now)


def _rows(today: date, now: datetime) -> Iterator[BookingRow]:
    """Bookings from the last to the first; the same at every run of a day."""
    chance = random.Random(2026)
    known = {each.slug: each.id for each in db.session.execute(select(Resource.slug, Resource.id))}
    people = db.session.scalars(select(Person.id).order_by(Person.id)).all()
    members = people[:PEOPLE]
    # What each room is booked for on a day, and by whom; in the large office each has three of the hours.
    booked = [(known[_slug(room)], DAY, people) for room in ROOMS]
    for number, room in enumerate(LARGE_ROOMS):
        first = number % len(DAY)
        booked.append((known[room], (DAY * 2)[first : first + 3], members))
    organisations = db.session.execute(select(Organisation.id, Organisation.category_id)).all()
    activities = db.session.scalars(select(Activity.id)).all()
    number = 0
    for day in working_days_back(today + timedelta(days=DAYS_AHEAD)):
        midnight = datetime.combine(day, time(), ZONE)
        for room, stretches, bookers in booked:
            for first, last in stretches:
                number += 1
                start, end = (midnight + timedelta(minutes=minute) for minute in (first, last))
                past = day < today
                status = chance.choices(
                    ("checked_in", "no_show", "cancelled") if past else ("confirmed", "requested"),
                    (90, 5, 5) if past else (95, 5),
                )[0]
                came = status == "checked_in"
                organisation, category = chance.choice(organisations)
                yield BookingRow(
                    imported_as=None,
                    resources=(room,),
                    asked_for=(room,),
                    start=start.astimezone(UTC),
                    end=end.astimezone(UTC),
                    title=chance.choice(TITLES),
                    organisation_id=organisation,
                    category_id=category,
                    activity_id=chance.choice(activities),
                    status=status,
                    women=chance.randrange(5) if came else None,
                    men=chance.randrange(5) if came else None,
                    other=0 if came else None,
                    created_at=min(now, start.astimezone(UTC)) - timedelta(days=chance.randrange(1, 30)),
                    organiser_id=chance.choice(bookers),
                    uid=f"{number}@bench",
                    timezone=ZONE.key,
                    live=status not in ("no_show", "cancelled"),
                )


def _synchronous() -> str:
    if db.engine.dialect.name != "sqlite":
        return ""
    return ("OFF", "NORMAL", "FULL", "EXTRA")[db.session.scalar(text("PRAGMA synchronous"))]


def _slug(name: str) -> str:
    return name.lower().translate(str.maketrans("åäö ", "aao-"))


if __name__ == "__main__":
    main(int(sys.argv[1]))
