"""Bookings of every kind, made through the services, as the feeds that people follow them by.

One set for every reader: those of `make test` and those of `make interop`. What must be read from each
feed is taken from the bookings' own rows.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from app.extensions import db
from app.models import Booking, BookingDate, Person
from app.services import bookings
from app.services.bookings import Wish
from app.services.feed_events import Words, booking_ics
from app.services.feeds import Feed, busy_feed, feed_url, find_feed
from tests.calendars.samples import Spans
from tests.factories import Factory
from tests.services.feed_bytes import render_feed

NOW = datetime(2026, 1, 12, 8, tzinfo=UTC)
SECRET, BASE = "a secret", "https://rum.example.org"
WORDS = Words(busy="Upptaget", mine="Mina bokningar", kinds={"room": "Rum", "desk": "Platser"})
STOCKHOLM, LONDON = ZoneInfo("Europe/Stockholm"), ZoneInfo("Europe/London")
SUNDAYS = ("2026-03-29", "2026-10-25", "2027-03-28", "2027-10-31")  # the clock changes
STANDING = ("requested", "confirmed", "checked_in")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TITLES = (
    "Frukost 🎉👩‍👩‍👧‍👦 åäö",
    "möte " * 40,
    "å" * 100,
    "a, b; c: d \\ e \\n f \\N g \"h\" 'i' ;TZID=x",
    "BEGIN:VEVENT END:VCALENDAR",
)


@dataclass
class Published:
    """The feeds by name, and what must be read from each."""

    feeds: dict[str, bytes] = field(default_factory=dict)
    expected: dict[str, Spans] = field(default_factory=dict)

    def __iter__(self) -> Iterator[tuple[str, bytes, Spans]]:
        return ((name, ics, self.expected[name]) for name, ics in self.feeds.items())


def publish(make: Factory) -> Published:
    """Books everything, and publishes it to the booker, to their organisation, and to somebody else."""
    world = _World(make)
    for sunday in SUNDAYS:
        world.book_around(datetime.fromisoformat(sunday))
    world.book_rules()
    world.book_and_change()
    world.book_in_two_zones()
    world.book_titles()
    return world.published()


class _World:
    def __init__(self, make: Factory) -> None:
        make.now = NOW
        self.make = make
        for slug, zone in (("stockholm", "Europe/Stockholm"), ("london", "Europe/London")):
            make.office(slug, opens=0, closes=1440, days=range(7), timezone=zone)
        self.rooms = 0
        self.made: list[Booking] = []
        self.member = make.person(name="Anna")
        self.stranger = make.person("stranger@example.org", organisation="basalt")

    def room(self, office: str = "stockholm", **more: object) -> str:
        """Another room, so that nothing is in the way of anything."""
        self.rooms += 1
        return self.make.room(f"rum-{self.rooms}", office, max_days_ahead=1000, **more).slug

    def book(
        self,
        start: datetime,
        length: timedelta = HOUR,
        rule: str | None = None,
        rooms: str = "",
        title: str = "Möte",
        zone: ZoneInfo = STOCKHOLM,
        **more: Any,
    ) -> Booking:
        """`start` by the wall clock of the zone; a time that comes twice is the first."""
        begins = start.replace(tzinfo=zone).astimezone(UTC)
        wish = Wish(
            tuple((rooms or self.room()).split()),
            begins,
            begins + length,
            title,
            "granit",
            "meeting",
            rule,
            **more,
        )
        booking = bookings.book(wish, by=self.member, now=NOW)
        self.made.append(booking)
        return booking

    def change(self, booking: Booking, number: int, *, scope: str = "this", **to: Any) -> Booking:
        date = sorted(booking.dates, key=lambda each: each.original_start_at)[number]
        wish: dict[str, Any] = {
            "resources": tuple(dict.fromkeys(slot.resource.slug for slot in date.slots)),
            "start": date.starts_at,
            "end": date.ends_at,
            "title": booking.title,
            "organisation": "granit",
            "activity": "meeting",
        }
        changed = bookings.change(
            date.id,
            Wish(**(wish | to)),
            scope=scope,
            version=booking.version,
            by=self.member,
            now=NOW + DAY,
        )
        if changed.booking not in self.made:
            self.made.append(changed.booking)
        db.session.expire_all()
        return changed.booking

    def cancel(self, booking: Booking, *numbers: int) -> None:
        dates = sorted(booking.dates, key=lambda each: each.original_start_at)
        chosen = [dates[number].id for number in numbers]
        bookings.cancel(booking.id, by=self.member, now=NOW + DAY, dates=chosen)

    def book_around(self, sunday: datetime) -> None:
        """Series and single times over one change of the clocks."""
        self.book(sunday - 10 * DAY + 9 * HOUR, rule="FREQ=WEEKLY;COUNT=4")
        self.book(sunday - 3 * DAY + 7.25 * HOUR, HOUR / 2, rule="FREQ=DAILY;COUNT=6")
        self.book(sunday - 14 * DAY + 13 * HOUR, rule="FREQ=WEEKLY;INTERVAL=2;COUNT=3")
        until = f"{sunday + 3 * DAY:%Y%m%d}"
        self.book(sunday - 2 * DAY + 8 * HOUR, rule=f"FREQ=DAILY;UNTIL={until}")
        for hours, length in ((1, 4), (1.5, 1), (2, 0.25), (2.5, 1), (3, 0.5), (22, 8)):
            start = sunday - 2 * DAY + hours * HOUR
            self.book(start, length * HOUR, rule="FREQ=DAILY;COUNT=5")
            if hours not in (2, 2.5):  # what does not exist or comes twice is asked about, not booked
                self.book(sunday + hours * HOUR, length * HOUR)
        self.book(sunday - 2 * HOUR, 12 * HOUR)

    def book_rules(self) -> None:
        """Every kind of rule, those that Outlook knows and others."""
        tuesday = datetime(2026, 2, 3, 10)
        for rule in (
            "FREQ=WEEKLY;BYDAY=TU,TH;COUNT=20",
            "FREQ=WEEKLY;INTERVAL=3;BYDAY=TU,FR;COUNT=9",
            "FREQ=MONTHLY;COUNT=12",
            "FREQ=MONTHLY;BYMONTHDAY=3;COUNT=12",
            "FREQ=MONTHLY;BYDAY=1TU;COUNT=12",
            "FREQ=DAILY;INTERVAL=2;COUNT=30",
            "FREQ=DAILY;UNTIL=20260220T090000Z",
            "FREQ=MONTHLY;BYDAY=TU,TH;COUNT=15",
        ):
            self.book(tuesday, rule=rule)
        self.book(datetime(2026, 1, 31, 10), rule="FREQ=MONTHLY;BYMONTHDAY=31;COUNT=5")
        self.book(datetime(2026, 2, 24, 10), rule="FREQ=MONTHLY;BYDAY=-1TU;COUNT=10")
        self.book(datetime(2026, 3, 31, 10), rule="FREQ=MONTHLY;BYDAY=5TU;COUNT=3")

    def book_and_change(self) -> None:
        """Dates cancelled, moved, elsewhere, cut off, left out, asked for; series parted and moved."""
        start = datetime(2026, 9, 29, 10)
        weekly = "FREQ=WEEKLY;COUNT=8"
        cancelled = self.book(start, rule=weekly)
        self.cancel(cancelled, 0, 3, 7)
        moved = self.book(start, rule=weekly)
        date = moved.dates[3]
        self.change(moved, 3, start=date.starts_at + 26 * HOUR, end=date.ends_at + 27 * HOUR)
        self.change(moved, 5, resources=(self.room(),))
        self.change(
            moved, 1, scope="all", title="Nytt namn", meeting_url="https://meet.example.org/tall-gran"
        )
        self.cancel(moved, 6)
        parted = self.book(start, rule=weekly)
        self.cancel(parted, 6)
        date = parted.dates[4]
        later = self.change(
            parted, 4, scope="following", start=date.starts_at + HOUR, end=date.ends_at + 1.5 * HOUR
        )
        assert later.id != parted.id
        turned = self.book(start, rule="FREQ=WEEKLY;BYDAY=TU,TH;COUNT=10")
        self.change(
            turned,
            0,
            scope="all",
            start=turned.dates[0].starts_at + DAY,
            end=turned.dates[0].ends_at + DAY + HOUR,
        )
        room = self.room()
        for weeks in (0, 2, 5):
            self.book(start + 7 * weeks * DAY, rooms=room)
        self.book(start, rule=weekly, rooms=room, skip=frozenset({"taken"}))
        self.book(start, rule=weekly, rooms=self.room(approval=True))
        self.cancel(self.book(start, rule=weekly), *range(8))
        self.cancel(self.book(start), 0)

    def book_in_two_zones(self) -> None:
        """Rooms at both ends, through the weeks in which their clocks are an hour more apart, and here."""
        here, there = self.room(), self.room("london")
        self.book(datetime(2026, 10, 6, 14), rule="FREQ=WEEKLY;COUNT=8", rooms=f"{here} {there}")
        self.book(
            datetime(2026, 10, 6, 9),
            rule="FREQ=DAILY;COUNT=40",
            rooms=self.room("london", kind="desk"),
            zone=LONDON,
        )
        self.book(datetime(2026, 6, 1, 10), rooms=" ".join(self.room() for _ in range(4)))

    def book_titles(self) -> None:
        for number, title in enumerate(TITLES):
            self.book(datetime(2026, 6, 2 + number, 9), title=title)
            self.book(datetime(2026, 6, 2 + number, 9), title=title, rule="FREQ=DAILY;COUNT=3")

    def published(self) -> Published:
        said = Published()
        room = self.made[0].dates[0].slots[0].resource.slug
        moved = next(each for each in self.made if each.title == "Nytt namn").dates[5].slots[0].resource.slug
        for name, person, thing, belongs in (
            ("mine", self.member, "mine", lambda date: True),
            ("organisation", self.member, "organisation:granit", lambda date: True),
            ("office", self.member, "office:stockholm", _at("stockholm")),
            ("kind", self.member, "kind:london:desk", _at("london", "desk")),
            ("room", self.member, f"resource:{room}", _in(room)),
            ("other room", self.member, f"resource:{moved}", _in(moved)),
            ("stranger's", self.stranger, f"resource:{room}", _in(room)),
        ):
            said.feeds[name] = _feed(person, thing)
            said.expected[name] = self.standing(belongs)
        feed = busy_feed(room)
        assert feed
        said.feeds["busy"] = _rendered(feed)
        said.expected["busy"] = said.expected["room"]
        return said

    def standing(self, belongs: Callable[[BookingDate], bool]) -> Spans:
        dates = [date for booking in self.made for date in booking.dates if date.status in STANDING]
        return sorted((date.starts_at, date.ends_at) for date in dates if belongs(date))


def downloads(make: Factory) -> Iterator[tuple[bytes, Spans]]:
    """The same bookings one by one, as files."""
    world = _World(make)
    world.book_around(datetime.fromisoformat(SUNDAYS[1]))
    world.book_rules()
    world.book_and_change()
    for booking in world.made:
        standing = [date for date in booking.dates if date.status in STANDING]
        yield (
            booking_ics(booking, base_url=BASE),
            sorted((date.starts_at, date.ends_at) for date in standing),
        )


def _at(office: str, kind: str | None = None) -> Callable[[BookingDate], bool]:
    def belongs(date: BookingDate) -> bool:
        resources = [slot.resource for slot in date.slots]
        return any(each.office.slug == office and kind in (None, each.kind) for each in resources)

    return belongs


def _in(room: str) -> Callable[[BookingDate], bool]:
    return lambda date: any(slot.resource.slug == room for slot in date.slots)


def _feed(person: Person, thing: str) -> bytes:
    feed = find_feed(
        thing, feed_url(person, thing, base_url=BASE, secret=SECRET).split("/")[-2], secret=SECRET
    )
    assert feed
    return _rendered(feed)


def _rendered(feed: Feed) -> bytes:
    return render_feed(feed, WORDS, whole=True, base_url=BASE, secret=SECRET, now=NOW + 2 * DAY)
