"""A feed as it is kept and mended: the same bytes as one written from nothing, and no more work than that."""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest.mock import Mock

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from app.domain.errors import DomainError
from app.extensions import db
from app.models import Booking, BookingDate, FeedChange, Person, ResourcePart, Role
from app.services import bookings, feed_writing
from app.services.bookings import Wish
from app.services.feed_events import Telling, Words
from app.services.feed_writing import Variant, clean_up, current_feed, unchanged_since
from app.services.feeds import Feed, busy_feed
from app.services.history import mark_changed
from app.services.kept_feeds import forget_kept
from app.services.presence import check_in, mark_no_show
from tests.databases import both, statements
from tests.factories import HOUR, TEN, Factory, wish
from tests.services.feed_bytes import render_feed
from tests.services.test_feeds import BASE, SECRET, book, find

WORDS = Words(busy="Upptaget", mine="Mina bokningar", kinds={"room": "Rum"})
DAY = timedelta(days=1)
THINGS = (
    *("resource:tallen", "resource:hallen", "office:stockholm", "kind:stockholm:room", "office:umea"),
    *("mine", "organisation:granit", "organisation:basalt"),
)
ROOMS = ("tallen", "granen", "hallen", "ost", "viken")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "feeds"


@pytest.fixture
def people(make: Factory) -> list[Person]:
    """A member of two organisations, one of another, and a host; rooms, of which one is made of another."""
    for office in ("stockholm", "umea"):
        make.office(office, opens=0, closes=1440, days=range(7))
    for room in ROOMS:
        make.room(room, "umea" if room == "viken" else "stockholm", max_days_ahead=800)
    db.session.add(ResourcePart(whole_id=make.room("hallen").id, part_id=make.room("ost").id))
    member, other = make.person(), make.person("other@example.org", organisation="basalt")
    member.organisations.append(make.organisation("basalt"))
    db.session.commit()
    return [member, other, make.host()]


def variant(feed: Feed, folder: Path, whole: bool = True) -> Variant:
    return Variant(feed, whole, BASE, SECRET, folder)


def kept(feed: Feed, folder: Path, now: datetime, whole: bool = True) -> bytes:
    written = current_feed(variant(feed, folder, whole), lambda: WORDS, now=now)
    if isinstance(written.body, bytes):
        return written.body
    with written.body as file:
        return file.read()


def anew(feed: Feed, now: datetime, whole: bool = True) -> bytes:
    return render_feed(feed, WORDS, whole=whole, base_url=BASE, secret=SECRET, now=now)


def feeds_of(people: list[Person]) -> list[Feed]:
    """All that these people can follow, and what everybody can."""
    found = [busy_feed("tallen"), busy_feed("hallen")]
    for who in people:
        own = {f"organisation:{each.slug}" for each in who.organisations}
        found += [find(who, thing) for thing in THINGS if thing in own or "organisation" not in thing]
    return [feed for feed in found if feed]


def _book(by: Person, at: datetime, number: int) -> Booking:
    rooms = ("tallen", "granen", "hallen", "ost", "viken", "tallen granen")
    rules = (None, None, "FREQ=DAILY;COUNT=4", "FREQ=WEEKLY;COUNT=3")
    own = by.organisations[number % len(by.organisations)].slug
    start = TEN + (number % 9) * 7 * DAY + (number % 5) * HOUR
    room, title = rooms[number % len(rooms)], f"Möte {number}"
    return book(by, at, start, room=room, recurrence=rules[number % 4], organisation=own, title=title)


def _change(date: BookingDate, by: Person, at: datetime, number: int) -> None:
    booking = date.booking
    start = date.starts_at + (HOUR if number % 2 else timedelta())
    room, title = ROOMS[number % len(ROOMS)], f"Nytt {number}" if number % 3 else booking.title
    organisation = by.organisations[number % len(by.organisations)].slug
    scope = ("this", "following", "all")[number % 3]
    wanted = Wish((room,), start, start + HOUR, title, organisation, "meeting", recurrence=booking.recurrence)
    bookings.change(date.id, wanted, scope=scope, version=booking.version, by=by, now=at)


def _cancel(date: BookingDate, by: Person, at: datetime, number: int) -> None:
    bookings.cancel(date.booking_id, by=by, now=at, dates=[date.id] if number % 2 else None)


def _restore(date: BookingDate, by: Person, at: datetime, _number: int) -> None:
    bookings.restore(date.id, by=by, now=at)


def _come(date: BookingDate, by: Person, at: datetime, number: int) -> None:
    (check_in if number % 2 else mark_no_show)(date.id, by=by, now=max(at, date.starts_at))


CHANGES: tuple[Callable[[BookingDate, Person, datetime, int], None], ...]
CHANGES = (_change, _change, _cancel, _restore, _come)


@both
@settings(max_examples=5, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 999), st.integers(0, 2)), min_size=2, max_size=5))
def test_whatever_changed_it_is_as_if_written_from_nothing(
    make: Factory,
    people: list[Person],
    folder: Path,
    now: datetime,
    steps: list[tuple[int, int, int]],
) -> None:
    # Each example goes on from where the one before left it: a kept feed has a long past.
    for what, number, who in steps:
        at = now + timedelta(minutes=number % 7)  # not in order: transactions overlap
        day = now + number % 5 * 35 * DAY  # on which the feeds are read: the window moves
        dates = db.session.scalars(select(BookingDate).order_by(BookingDate.id)).all()
        with suppress(DomainError):
            if what < 4 or not dates:
                _book(people[who], at, number)
            else:
                # A host may change anything; whom it is booked for is theirs to choose too.
                CHANGES[what % len(CHANGES)](dates[number % len(dates)], people[2], at, number)
        for feed in feeds_of(people):
            for whole in (True, False):
                assert kept(feed, folder, day, whole) == anew(feed, day, whole), feed.thing


@both
def test_after_one_change_one_booking_is_told(people: list[Person], folder: Path, now: datetime) -> None:
    member, *_ = people
    for number in range(6):
        book(member, now, TEN + number * DAY, title=f"Möte {number}")
    things = ("resource:tallen", "office:stockholm", "mine", "organisation:granit")
    for thing in things:
        kept(find(member, thing), folder, now)
    changed = book(member, now, TEN + 2 * HOUR, title="Nytt")
    with pytest.MonkeyPatch.context() as patched:
        told = Mock(side_effect=Telling.pieces, autospec=True)
        patched.setattr(Telling, "pieces", lambda self, ids=None: told(self, ids))
        for thing in things:
            feed = find(member, thing)
            assert kept(feed, folder, now).count(b"BEGIN:VEVENT") == 7, thing
        assert [call.args[1] for call in told.call_args_list] == [{changed.id}] * len(things)
        told.reset_mock()
        for thing in things:
            kept(find(member, thing), folder, now)
        told.assert_not_called()
    for thing in things:
        assert kept(find(member, thing), folder, now) == anew(find(member, thing), now)


@both
def test_an_unchanged_feed_asks_the_database_nothing(
    people: list[Person], folder: Path, now: datetime
) -> None:
    book(people[0], now)
    feed = find(people[0], "resource:tallen")
    first = kept(feed, folder, now)
    with statements() as asked:
        assert kept(feed, folder, now) == first
    assert asked == []


@both
@pytest.mark.parametrize("what", ["name", "role", "membership", "language", "closure of the books"])
def test_what_is_no_booking_has_all_written_anew(
    make: Factory, people: list[Person], folder: Path, now: datetime, what: str
) -> None:
    _, other, _ = people
    book(people[0], now, title="Hemligt")
    before = kept(find(other, "resource:tallen"), folder, now)
    match what:
        case "name":
            make.room("tallen").name = "Stora tallen"
        case "role":
            other.roles.append(Role(role="host", office_id=make.office().id))
        case "membership":
            other.organisations.append(make.organisation("granit"))
        case "language":
            other.language = "en"
        case _:
            mark_changed([make.room("tallen").id], (), now)  # nobody says which booking it was
    db.session.commit()
    feed = find(other, "resource:tallen")
    words = Words(busy="Busy", mine="") if what == "language" else WORDS
    written = current_feed(variant(feed, folder), lambda: words, now=now)
    assert not isinstance(written.body, bytes)
    with written.body as file:
        after = file.read()
    assert after == render_feed(feed, words, whole=True, base_url=BASE, secret=SECRET, now=now)
    assert (b"Hemligt" in before, b"Hemligt" in after) == (False, what in ("role", "membership"))


@both
def test_who_no_longer_belongs_reads_nothing_more(people: list[Person], folder: Path, now: datetime) -> None:
    member, *_ = people
    book(member, now, organisation="basalt", title="Hemligt")
    assert b"Hemligt" in kept(find(people[1], "resource:tallen"), folder, now)
    people[1].organisations.clear()
    db.session.commit()
    assert b"Hemligt" not in kept(find(people[1], "resource:tallen"), folder, now)


@both
def test_an_organisations_feed_has_a_counter_of_its_own(
    people: list[Person], folder: Path, now: datetime
) -> None:
    member, other, host = people

    def tags() -> list[str]:
        feeds = [find(member, f"organisation:{name}") for name in ("granit", "basalt")]
        return [variant(feed, folder).etag(now) for feed in feeds]

    before = tags()
    booking = book(member, now, title="Ett")
    booked = tags()
    assert [old != new for old, new in zip(before, booked, strict=True)] == [True, False]
    book(other, now, TEN + 2 * HOUR, organisation="basalt")
    assert [old != new for old, new in zip(booked, tags(), strict=True)] == [False, True]
    for name in ("granit", "basalt"):
        kept(find(member, f"organisation:{name}"), folder, now)
    before = tags()
    wanted = wish(organisation="basalt", title="Ett")
    bookings.change(booking.dates[0].id, wanted, version=booking.version, by=member, now=now)
    assert all(old != new for old, new in zip(before, tags(), strict=True)), "the one that it leaves too"
    found = [kept(find(member, f"organisation:{name}"), folder, now) for name in ("granit", "basalt")]
    assert [b"SUMMARY:Ett" in ics for ics in found] == [False, True]
    before = tags()
    bookings.cancel(booking.id, by=host, now=now)
    assert [old != new for old, new in zip(before, tags(), strict=True)] == [False, True]


@both
def test_a_series_changed_in_one_room_is_told_anew_in_its_others(
    people: list[Person], folder: Path, now: datetime
) -> None:
    member, *_ = people
    series = book(member, now, recurrence="FREQ=DAILY;COUNT=4")
    second = series.dates[1]
    moved = wish(second.starts_at, "granen", organisation="granit", title=series.title)
    bookings.change(second.id, moved, version=series.version, by=member, now=now)
    before = kept(find(member, "resource:tallen"), folder, now)
    bookings.cancel(series.id, by=member, now=now + HOUR, dates=[second.id])  # it is in Granen
    feed = find(member, "resource:tallen")
    assert kept(feed, folder, now + HOUR) == anew(feed, now + HOUR) != before


def test_a_past_that_is_not_the_one_known_has_all_written_anew(
    people: list[Person], folder: Path, now: datetime
) -> None:
    """As after a backup is restored: the same counters, reached by other changes."""
    member, *_ = people
    booking = book(member, now, title="Ett")
    kept(find(member, "resource:tallen"), folder, now)
    db.session.execute(FeedChange.__table__.update().values(mark=FeedChange.mark + 1))
    booking.title = "Ett annat"
    db.session.commit()
    book(member, now, TEN + 2 * HOUR, title="Två")
    feed = find(member, "resource:tallen")
    assert kept(feed, folder, now) == anew(feed, now)
    assert b"Ett annat" in kept(feed, folder, now)


def test_changes_that_were_forgotten_have_all_written_anew(
    people: list[Person], folder: Path, now: datetime
) -> None:
    member, *_ = people
    book(member, now)
    kept(find(member, "resource:tallen"), folder, now)
    book(member, now, TEN + 2 * HOUR)
    db.session.execute(delete(FeedChange))
    book(member, now, TEN + 4 * HOUR)
    feed = find(member, "resource:tallen")
    assert kept(feed, folder, now).count(b"BEGIN:VEVENT") == 3
    assert kept(feed, folder, now) == anew(feed, now)


@both
def test_cleaning_up_forgets_old_changes_and_keeps_feeds_right(
    people: list[Person], folder: Path, now: datetime
) -> None:
    member, *_ = people
    book(member, now)
    kept(find(member, "resource:tallen"), folder, now)
    later = now + 41 * DAY
    book(member, later, TEN + 50 * DAY)
    assert clean_up(folder, later) == 1, "nobody asked for it in a month"
    assert set(db.session.scalars(select(FeedChange.at))) == {later}
    feed = find(member, "resource:tallen")
    assert kept(feed, folder, later) == anew(feed, later)


@both
def test_a_new_day_writes_no_more_than_what_comes_and_goes(
    people: list[Person], folder: Path, now: datetime
) -> None:
    member, *_ = people
    book(member, now)
    for days in (399, 400):
        coming = book(member, now, TEN + (days - 1) * DAY)
    kept(find(member, "mine"), folder, now, whole=False)
    with pytest.MonkeyPatch.context() as patched:
        told = Mock(side_effect=Telling.pieces, autospec=True)
        patched.setattr(Telling, "pieces", lambda self, ids=None: told(self, ids))
        tomorrow = kept(find(member, "mine"), folder, now + DAY, whole=False)
        (call,) = told.call_args_list
    assert call.args[1] <= {coming.id, coming.id - 1}
    assert tomorrow == anew(find(member, "mine"), now + DAY, whole=False)


def test_very_many_changes_have_all_written_anew(
    people: list[Person], folder: Path, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed_writing, "MOST_MENDED", 2)
    member, *_ = people
    kept(find(member, "resource:tallen"), folder, now)
    for number in range(5):
        book(member, now, TEN + number * HOUR)
    feed = find(member, "resource:tallen")
    assert kept(feed, folder, now) == anew(feed, now)


def test_the_window_moves_at_midnight(people: list[Person], folder: Path, now: datetime) -> None:
    member, *_ = people
    for days in (0, 393, 394, 395, 396, 398, 399):
        book(member, now, TEN + days * DAY - timedelta(hours=days % 2))
    long = "FREQ=DAILY;INTERVAL=7;COUNT=60"  # begins in the window, ends beyond it
    book(member, now, TEN + 5 * HOUR, recurrence=long)
    at_midnight = datetime(2026, 9, 10, 23, tzinfo=UTC)
    book(member, now, at_midnight + 397 * DAY, 2)
    book(member, now, at_midnight, 1)
    for days in (0, 1, 2, 3, 4, 2, 90, 95):
        feed, at = find(member, "resource:tallen"), now + days * DAY
        assert kept(feed, folder, at, whole=False) == anew(feed, at, whole=False)
        late = at.replace(hour=23, minute=59)
        assert kept(feed, folder, late, whole=False) == anew(feed, late, whole=False) == anew(feed, at, False)


def test_erased_words_are_nowhere_after_all_is_forgotten(
    people: list[Person], folder: Path, now: datetime
) -> None:
    book(people[0], now, title="Kanariefågel")
    for feed in feeds_of(people):
        kept(feed, folder, now)
    assert any("Kanariefågel".encode() in each.read_bytes() for each in folder.rglob("*") if each.is_file())
    forget_kept(folder)
    assert not list(folder.rglob("*"))
    feed = find(people[0], "mine")
    assert kept(feed, folder, now) == anew(feed, now)


def test_where_nothing_can_be_kept_the_feed_is_sent_all_the_same(
    people: list[Person], folder: Path, now: datetime
) -> None:
    book(people[0], now)
    folder.write_text("no folder")
    feed = find(people[0], "mine")
    assert kept(feed, folder, now) == anew(feed, now)
    assert unchanged_since(variant(feed, folder), now) is None


def test_two_people_and_two_variants_never_share_what_is_kept(
    app: Flask, people: list[Person], folder: Path, now: datetime
) -> None:
    feeds = [*feeds_of(people), *(find(who, "mine") for who in people)]
    shelves = {
        (feed.person_id, feed.thing, whole): variant(feed, folder, whole).shelf().name
        for feed in feeds
        for whole in (True, False)
    }
    assert len(set(shelves.values())) == len(shelves)
