"""Calendars kept elsewhere: what is kept of them, whom they keep out, and what they never touch."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select, update

from app.domain.errors import NotAllowed, NotFound, Taken
from app.domain.interval import Interval
from app.domain.localtime import day_bounds, zone
from app.domain.stretches import interval_of
from app.extensions import db
from app.models import DirectoryMark, Office, OutsideCalendar, OutsideTime, Person, Resource, ResourcePart
from app.services import bookings
from app.services.audience import PUBLIC, Reader, reader_of
from app.services.availability import alternatives, free
from app.services.board import Row, board
from app.services.directory import directory
from app.services.door import at_the_door
from app.services.outside_calendars import (
    BEHIND,
    Source,
    Time,
    add_calendar,
    busy_times,
    calendars_of,
    forget_past_times,
    look_at,
    remove_calendar,
    set_blocking,
)
from app.services.reports import report_for
from calendars.entries import Entry
from tests.databases import both, statements
from tests.factories import HOUR, TEN, Factory, wish

STOCKHOLM = zone("Europe/Stockholm")
DAY = day_bounds(TEN.date(), STOCKHOLM)
UNTIL = datetime(2028, 9, 7, tzinfo=UTC)


@pytest.fixture
def host(make: Factory) -> Person:
    make.room("tallen")
    return make.host()


def keep(
    host: Person,
    *times: tuple[datetime, datetime] | Time,
    room: str = "tallen",
    name: str = "Annas Outlook",
    blocks: bool = True,
    shows_titles: bool = False,
) -> OutsideCalendar:
    resource = db.session.scalars(select(Resource).filter_by(slug=room)).one()
    source = Source(name, None, "anna.ics", blocks, shows_titles)
    laid_out = sorted((time[0], time[1], time[2] if len(time) > 2 else None) for time in times)
    return add_calendar(resource.id, source, laid_out, UNTIL, by=host, now=TEN - HOUR)


def event(start: str, end: str, *more: str, uid: str = "1@there") -> str:
    lines = [
        "BEGIN:VEVENT",
        f"UID:{uid}",
        f"DTSTART{start}",
        f"DTEND{end}",
        "SUMMARY:Läkartid",
        *more,
        "END:VEVENT",
    ]
    return "\n".join(lines)


def ics(*events: str) -> bytes:
    return "\n".join(["BEGIN:VCALENDAR", *events, "END:VCALENDAR"]).encode()


def times_of(content: bytes, now: datetime, *, shows_titles: bool = False) -> Sequence[Time]:
    resource = db.session.scalars(select(Resource)).one()
    return look_at(content, resource, shows_titles=shows_titles, now=now).times


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=STOCKHOLM).astimezone(UTC)


def row_of(reader: Reader, office: Office, room: str = "tallen") -> Row:
    rows = board(office, DAY, reader)
    return next(row for row in rows if row.resource.slug == room)


@both
def test_who_may_add_and_take_away(make: Factory, host: Person) -> None:
    calendar = keep(host, (TEN, TEN + HOUR))
    office, elsewhere = make.office(), make.office("umea")
    ((known, count),) = calendars_of(office, by=host, now=TEN)
    assert (known.id, count, known.added_by_id) == (calendar.id, 1, host.id)
    member = make.person()
    for refused in (
        lambda: keep(member, (TEN, TEN + HOUR)),
        lambda: set_blocking(calendar.id, False, office, by=member),
        lambda: remove_calendar(calendar.id, office, by=member),
        lambda: calendars_of(office, by=member, now=TEN),
    ):
        with pytest.raises(NotAllowed):
            refused()
    with pytest.raises(NotFound):
        remove_calendar(calendar.id, elsewhere, by=host)
    assert remove_calendar(calendar.id, office, by=host) == "Annas Outlook"
    assert db.session.scalar(select(func.count()).select_from(OutsideTime)) == 0
    assert not directory().outside


@both
def test_a_booking_over_it_is_refused_and_says_which_calendar(make: Factory, host: Person) -> None:
    calendar = keep(host, (TEN + HOUR / 2, TEN + 2 * HOUR))
    member = make.person()
    with pytest.raises(Taken) as taken:
        bookings.book(wish(), by=member, now=TEN - HOUR)
    (clash,) = taken.value.clashes
    assert (clash.calendar, clash.why, clash.resource) == ("Annas Outlook", "calendar", "tallen")
    assert (clash.start, clash.end) == (TEN + HOUR / 2, TEN + 2 * HOUR)
    assert bookings.plan(wish(), by=member, now=TEN - HOUR).clashes == (clash,)
    assert bookings.book(wish(TEN - HOUR / 2), by=member, now=TEN - HOUR).dates  # touching is not sharing
    set_blocking(calendar.id, False, make.office(), by=host)
    assert bookings.book(wish(TEN + HOUR), by=member, now=TEN - HOUR).dates


@both
def test_a_host_books_past_it_and_the_booking_says_so(make: Factory, host: Person) -> None:
    keep(host, (TEN, TEN + HOUR))
    with pytest.raises(Taken):
        bookings.book(wish(), by=host, now=TEN - HOUR)
    plan = bookings.plan(wish(override=True), by=host, now=TEN - HOUR)
    assert [(each.code, each.params["name"]) for each in plan.set_aside] == [
        ("outside_calendar", "Annas Outlook")
    ]
    booking = bookings.book(wish(override=True), by=host, now=TEN - HOUR)
    assert booking.set_aside == ["outside_calendar"]
    # What is set aside elsewhere does not make it so here, and a member sets nothing aside.
    other = bookings.book(wish(TEN + HOUR, override=True), by=host, now=TEN - HOUR)
    assert other.set_aside == []
    member = make.person()
    with pytest.raises(Taken):
        bookings.book(wish(override=True), by=member, now=TEN - HOUR)


def test_of_a_pool_another_member_also_for_a_host(make: Factory, host: Person) -> None:
    pool = make.pool()
    for slug in ("desk-1", "desk-2"):
        make.room(slug, pool_id=pool.id)
    keep(host, (TEN, TEN + HOUR), room="desk-1")
    for by, override in ((make.person(), False), (host, True)):
        plan = bookings.plan(wish(TEN, "desks", override=override), by=by, now=TEN - HOUR)
        assert [each.slug for each in plan.dates[0].resources] == ["desk-2"]
        assert not plan.set_aside
    keep(host, (TEN, TEN + HOUR), room="desk-2", name="Bodens")
    refused = bookings.plan(wish(TEN, "desks"), by=make.person(), now=TEN - HOUR)
    assert {each.calendar for each in refused.clashes} == {"Annas Outlook", "Bodens"}


def test_a_series_leaves_out_or_moves_what_a_calendar_has(make: Factory, host: Person) -> None:
    make.room("granen")
    week = timedelta(days=7)
    keep(host, (TEN + week, TEN + week + HOUR))
    member = make.person()
    series = {"recurrence": "FREQ=WEEKLY;COUNT=3"}
    left_out = bookings.plan(wish(skip=frozenset({"taken"}), **series), by=member, now=TEN - HOUR)
    assert [(each.interval.start, each.reason) for each in left_out.left_out] == [(TEN + week, "taken")]
    moved = bookings.plan(wish(move=True, **series), by=member, now=TEN - HOUR)
    assert [each.resources[0].slug for each in moved.dates] == ["tallen", "granen", "tallen"]


@both
def test_a_change_and_a_restoring_ask_it_too(make: Factory, host: Person) -> None:
    member = make.person()
    booking = bookings.book(wish(), by=member, now=TEN - HOUR)
    calendar = keep(host, (TEN, TEN + HOUR), (TEN + 3 * HOUR, TEN + 4 * HOUR))
    date = booking.dates[0]
    with pytest.raises(Taken):
        bookings.change(date.id, wish(TEN + 3 * HOUR), version=booking.version, by=member, now=TEN - HOUR)
    bookings.change(date.id, wish(title="Nytt"), version=booking.version, by=member, now=TEN - HOUR)
    bookings.cancel(booking.id, by=member, now=TEN - HOUR)
    with pytest.raises(Taken) as taken:
        bookings.restore(date.id, by=member, now=TEN - HOUR)
    assert taken.value.clashes[0].calendar == calendar.name
    assert bookings.restore(date.id, by=host, now=TEN - HOUR).status == "confirmed"


@both
def test_buffers_whole_and_parts(make: Factory, host: Person) -> None:
    hall, part = make.room("hall", buffer_before_minutes=0), make.room("part", buffer_before_minutes=30)
    db.session.add(ResourcePart(whole_id=hall.id, part_id=part.id))
    db.session.commit()
    keep(host, (TEN - HOUR, TEN), room="hall")
    member = make.person()
    for room in ("part", "hall"):  # the part is set up for half an hour, which the hall's calendar has
        assert bookings.plan(wish(TEN, room), by=member, now=TEN - 5 * HOUR).clashes
        assert not bookings.plan(wish(TEN + HOUR / 2, room), by=member, now=TEN - 5 * HOUR).clashes
        row = row_of(reader_of(make.office(), host), make.office(), room)
        assert [interval_of((each.start, each.end)) for each in row.beside] == [Interval(TEN - HOUR, TEN)]
        assert row.free == free(make.office(), DAY, [row.resource])[0].seconds
        assert TEN + HOUR / 2 in [interval_of(each).start for each in row.free]


@both
def test_board_find_and_door(make: Factory, host: Person) -> None:
    make.room("granen")
    keep(host, (TEN, TEN + HOUR, "Läkartid"), shows_titles=True)
    keep(host, (TEN + 2 * HOUR, TEN + 3 * HOUR), name="Annans", blocks=False)
    office = make.office()
    row = row_of(PUBLIC, office)
    assert [(each.blocks, each.calendar, each.title) for each in row.beside] == [
        (True, None, None),
        (False, None, None),
    ]
    assert not row.items
    for person in (make.person(), host):
        beside = row_of(reader_of(office, person), office).beside
        assert [(each.calendar, each.title) for each in beside] == [
            ("Annas Outlook", "Läkartid"),
            ("Annans", None),
        ]
    assert not row_of(PUBLIC, office, "granen").beside
    assert not row_of(PUBLIC, office, "granen").items
    at_ten = Interval(TEN, TEN + HOUR)
    assert [each.resource.slug for each in free(office, DAY) if each.fits(at_ten)] == ["granen"]
    assert all(each.fits(Interval(TEN + 2 * HOUR, TEN + 3 * HOUR)) for each in free(office, DAY))
    assert [interval_of(each).start for each in row.free] == [at("2026-09-08T08:00"), TEN + HOUR]
    tallen = directory().resources["tallen"]
    assert {each.resource for each in alternatives(tallen, at_ten, now=TEN - HOUR)} == {"granen", "tallen"}
    door = at_the_door(tallen, TEN)
    assert door.taken == (at_ten,)
    assert (door.free_from, door.taken_until) == (None, TEN + HOUR)


def test_an_office_without_any_asks_nothing_more(make: Factory, host: Person) -> None:
    office, member = make.office(), make.person()
    ways = (
        lambda: board(office, DAY, PUBLIC),
        lambda: free(office, DAY),
        lambda: bookings.plan(wish(), by=member, now=TEN - HOUR),
    )
    for way in ways:
        way()
        with statements() as asked:
            way()
        assert not [each for each in asked if "outside" in each]
    keep(host, (TEN + 5 * HOUR, TEN + 6 * HOUR))
    for way in ways:
        way()
        with statements() as asked:
            way()
        assert len([each for each in asked if "outside" in each]) == 1


@both
def test_it_is_no_use_and_takes_no_open_hours(make: Factory, host: Person) -> None:
    def figures() -> object:
        return report_for("stockholm", "2026-09", now=TEN + 10 * HOUR, by=host)

    bookings.book(wish(TEN + 6 * HOUR), by=host, now=TEN - HOUR)
    before = figures()
    keep(host, (TEN, TEN + 5 * HOUR))
    assert figures() == before


@both
def test_fetching_is_no_change_of_what_is_kept_between_requests(make: Factory, host: Person) -> None:
    calendar = keep(host, (TEN, TEN + HOUR))
    mark = db.session.scalar(select(DirectoryMark.mark))
    db.session.execute(update(OutsideCalendar).values(tried_at=TEN, failures=3, error="gone", etag="x"))
    assert db.session.scalar(select(DirectoryMark.mark)) == mark
    set_blocking(calendar.id, False, make.office(), by=host)
    assert db.session.scalar(select(DirectoryMark.mark)) != mark


def test_a_newer_file_takes_the_place_of_the_older(make: Factory, host: Person) -> None:
    former = keep(host, (TEN, TEN + HOUR))
    room = directory().resources["tallen"]
    source = Source("Annas Outlook", None, "newer.ics", True, False)
    newer = add_calendar(
        room.id, source, [(TEN + HOUR, TEN + 2 * HOUR, None)], UNTIL, instead_of=former.id, by=host, now=TEN
    )
    ((kept, count),) = calendars_of(make.office(), by=host, now=TEN)
    assert (kept.id, kept.file_name, count) == (newer.id, "newer.ics", 1)


def test_what_is_over_is_forgotten(make: Factory, host: Person) -> None:
    keep(host, (TEN - BEHIND, TEN - BEHIND + HOUR), (TEN, TEN + HOUR))
    forget_past_times(TEN + HOUR / 2)
    assert db.session.scalar(select(func.count()).select_from(OutsideTime)) == 2
    forget_past_times(TEN + HOUR)
    assert db.session.scalars(select(OutsideTime.starts_at)).all() == [TEN]


def test_what_a_file_says(make: Factory, host: Person, now: datetime) -> None:
    content = ics(
        event(";TZID=W. Europe Standard Time:20260908T100000", ":20260908T093000Z", uid="a"),
        event(";VALUE=DATE:20260910", ";VALUE=DATE:20260911", uid="b"),
        event(":20260911T080000Z", ":20260911T090000Z", "TRANSP:TRANSPARENT", uid="c"),
        event(":20260912T080000Z", ":20260912T090000Z", "STATUS:CANCELLED", uid="d"),
        event(
            ":20260914T080000Z",
            ":20260914T090000Z",
            "RRULE:FREQ=WEEKLY;COUNT=3",
            "EXDATE:20260921T080000Z",
            uid="e",
        ),
        event(":20260928T120000Z", ":20260928T130000Z", "RECURRENCE-ID:20260928T080000Z", uid="e"),
        event(":20260915T080000Z", ":20260915T090000Z", "CLASS:PRIVATE", uid="f"),
    )
    assert [(start, end, title) for start, end, title in times_of(content, now, shows_titles=True)] == [
        (at("2026-09-08T10:00"), at("2026-09-08T11:30"), "Läkartid"),
        (at("2026-09-10T00:00"), at("2026-09-11T00:00"), "Läkartid"),
        (at("2026-09-14T10:00"), at("2026-09-14T11:00"), "Läkartid"),
        (at("2026-09-15T10:00"), at("2026-09-15T11:00"), None),
        (at("2026-09-28T14:00"), at("2026-09-28T15:00"), "Läkartid"),
    ]
    assert {title for _, _, title in times_of(content, now)} == {None}


def test_both_changes_of_the_clock(make: Factory, host: Person, now: datetime) -> None:
    weekly = event(
        ";TZID=Europe/Stockholm:20261021T100000",
        ";TZID=Europe/Stockholm:20261021T110000",
        "RRULE:FREQ=WEEKLY;COUNT=30",
    )
    starts = [start for start, _, _ in times_of(ics(weekly), now)]
    assert [start.astimezone(STOCKHOLM).hour for start in starts] == [10] * 30
    assert (starts[0].hour, starts[1].hour) == (8, 9)  # 25 October 2026
    assert [start.hour for start in starts if start.date().isoformat() >= "2027-03-28"][:1] == [8]
    all_day = event(";VALUE=DATE:20261025", ";VALUE=DATE:20261026")
    ((start, end, _),) = times_of(ics(all_day), now)
    assert end - start == 25 * HOUR


@both
def test_a_calendar_of_ours_that_comes_back(make: Factory, host: Person) -> None:
    member = make.person()
    booking = bookings.book(wish(), by=member, now=TEN - HOUR)
    content = ics(
        event(":20260908T080000Z", ":20260908T090000Z", uid=booking.uid),
        event(":20260908T110000Z", ":20260908T120000Z"),
    )
    look = look_at(content, directory().resources["tallen"], shows_titles=False, now=TEN - HOUR)
    assert (look.ours, look.times) == (1, ((at("2026-09-08T13:00"), at("2026-09-08T14:00"), None),))


SOON = st.integers(0, 60).map(lambda quarters: TEN + quarters * HOUR / 4)
ENTRIES = st.lists(
    st.tuples(SOON, st.integers(1, 12), st.sampled_from(["", "Möte", "Läkartid"])).map(
        lambda drawn: Entry(1, "u", "", drawn[0], drawn[0] + drawn[1] * HOUR / 4, drawn[2], "")
    ),
    max_size=12,
)


@given(ENTRIES)
def test_busy_times_cover_just_what_the_entries_do(entries: list[Entry]) -> None:
    def quarters(times: Sequence[tuple[datetime, datetime]]) -> set[datetime]:
        return {
            start + number * HOUR / 4
            for start, end in times
            for number in range(int((end - start) / (HOUR / 4)))
        }

    wanted = quarters([(each.start, each.end) for each in entries])
    plain, titled = busy_times(entries, False), busy_times(entries, True)
    assert quarters([time[:2] for time in plain]) == quarters([time[:2] for time in titled]) == wanted
    assert all(title is None for _, _, title in plain)
    assert all(one[1] < other[0] for one, other in pairwise(plain))  # where one ends is not told
    assert sum(1 for _ in titled) == len({(each.start, each.end, each.title) for each in entries})
    assert list(titled) == sorted(titled, key=lambda time: (time[0], time[1], time[2] or ""))
