"""An old calendar into a room: new, known, changed, taken; all that is chosen or nothing."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.domain.errors import NotAllowed, NotFound, Refused, Taken
from app.extensions import db
from app.models import Booking, BookingDate, Resource, ResourcePart, Slot
from app.services import bookings
from app.services.bookings import Wish
from app.services.calendar_import import (
    CalendarFileInvalid,
    Choices,
    ImportResult,
    Judged,
    NotAsSeen,
    import_entries,
    judge,
    organisers_in,
    read_calendar,
    window_from,
)
from calendars.entries import Entry, read_entries
from tests.databases import both
from tests.factories import Factory

FILES = Path(__file__).parents[1] / "data" / "calendars"
HOUR = timedelta(hours=1)
PAST = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)
COMING = datetime(2026, 9, 8, 8, 0, tzinfo=UTC)  # Tuesday, 10:00 in Stockholm
CHOICES = Choices("granit", "meeting", private="Private meeting")


def entry(start: datetime, uid: str = "a", hours: float = 1, **more: Any) -> Entry:
    plain = Entry(2, uid, "", start, start + hours * HOUR, "Old meeting", "")
    return replace(plain, **more)


@pytest.fixture
def room(make: Factory) -> Resource:
    make.organisation("granit")
    return make.room("tallen")


def states(entries: Sequence[Entry], room: Resource, now: datetime) -> list[str]:
    return [each.state for each in judge(entries, room, now=now)]


def brought_in(
    entries: Sequence[Entry], room: Resource, now: datetime, choices: Choices = CHOICES
) -> ImportResult:
    return import_entries(entries, room.id, choices, by=None, now=now)


def stored() -> list[Booking]:
    return list(db.session.scalars(select(Booking).order_by(Booking.id)))


@both
def test_past_dates_are_history_and_coming_ones_hold_the_room(
    app: Flask, make: Factory, room: Resource, now: datetime
) -> None:
    past, overlapping, coming = entry(PAST, "a"), entry(PAST, "b", hours=2), entry(COMING, "c")
    entries = [past, overlapping, coming]
    assert states(entries, room, now) == ["history", "history", "coming"]
    assert brought_in(entries, room, now) == ImportResult(imported=3, coming=1, overlapping=2, known=0)
    dates = db.session.scalars(select(BookingDate).order_by(BookingDate.starts_at, BookingDate.id)).all()
    assert [(each.status, each.overlapping_import, each.slots[0].live) for each in dates] == [
        ("confirmed", True, False),
        ("confirmed", True, False),
        ("confirmed", False, True),
    ]
    wish = Wish(("tallen",), COMING, COMING + HOUR, "Late", "granit", "meeting")
    host = make.host()
    with pytest.raises(Taken):
        bookings.book(wish, by=host, now=now)


@both
def test_the_same_file_twice_changes_nothing(app: Flask, room: Resource, now: datetime) -> None:
    found = read_entries(
        (FILES / "outlook.ics").read_bytes(),
        timezone="Europe/Stockholm",
        since=datetime(2026, 1, 1, tzinfo=UTC),
        until=datetime(2028, 1, 1, tzinfo=UTC),
        most=1000,
    )
    first = brought_in(found.entries, room, now)
    assert first.imported == len(found.entries) == len(stored())
    again = brought_in(
        found.entries, room, now, replace(CHOICES, by_organiser={"anna@example.org": "granit"})
    )
    assert again == ImportResult(imported=0, coming=0, overlapping=0, known=len(found.entries))
    assert len(stored()) == len(found.entries)
    assert {*states(found.entries, room, now)} == {"known"}


@both
def test_all_or_nothing(app: Flask, make: Factory, room: Resource, now: datetime) -> None:
    wish = Wish(("tallen",), COMING, COMING + HOUR, "Board meeting", "granit", "meeting")
    booking = bookings.book(wish, by=make.host(), now=now)
    taken, free = entry(COMING + HOUR / 2, "a"), entry(COMING + 5 * HOUR, "b")
    judged = judge([taken, free], room, now=now)
    assert [each.state for each in judged] == ["taken", "coming"]
    way = judged[0].in_the_way
    assert way
    assert (way.booking_id, way.title, way.start) == (booking.id, "Board meeting", COMING)
    with pytest.raises(NotAsSeen) as refused:
        brought_in([taken, free], room, now)
    assert [each.entry.uid for each in refused.value.in_the_way] == ["a"]
    assert len(stored()) == 1
    result = import_entries([taken, free], room.id, CHOICES, chosen={judged[1].key}, by=None, now=now)
    assert result.imported == 1


def test_next_to_each_other_is_free_and_buffers_count(make: Factory, room: Resource, now: datetime) -> None:
    room.buffer_after_minutes = 15
    db.session.commit()
    wish = Wish(("tallen",), COMING, COMING + HOUR, "Board meeting", "granit", "meeting")
    bookings.book(wish, by=make.host(), now=now)
    after = [entry(COMING + HOUR, "a"), entry(COMING + 1.25 * HOUR, "b"), entry(COMING - HOUR, "c")]
    assert states(after[:1], room, now) == ["taken"]
    assert states(after[1:2], room, now) == ["coming"]
    assert states(after[2:], room, now) == ["taken"]  # its own quarter of an hour


def test_of_two_that_overlap_one_can_come(room: Resource, now: datetime) -> None:
    first, second = entry(COMING, "a", line=2), entry(COMING + HOUR / 2, "b", line=9)
    judged = judge([first, second], room, now=now)
    assert [each.state for each in judged] == ["coming", "twice"]
    assert judged[1].in_the_way
    assert (judged[1].in_the_way.booking_id, judged[1].in_the_way.entry) == (0, first)
    assert first.line == 2
    with pytest.raises(NotAsSeen) as refused:
        brought_in([first, second], room, now)
    assert [each.entry.uid for each in refused.value.in_the_way] == ["b"]
    assert stored() == []
    import_entries([first, second], room.id, CHOICES, chosen={judged[1].key}, by=None, now=now)
    assert len(stored()) == 1


def test_what_clashes_with_a_booking_is_in_nobody_elses_way(
    make: Factory, room: Resource, now: datetime
) -> None:
    wish = Wish(("tallen",), COMING, COMING + HOUR, "Board meeting", "granit", "meeting")
    bookings.book(wish, by=make.host(), now=now)
    long, later = entry(COMING, "a", hours=4), entry(COMING + 2 * HOUR, "b")
    assert states([long, later], room, now) == ["taken", "coming"]


def test_what_has_changed_since_is_left_as_it_is(room: Resource, now: datetime) -> None:
    brought_in([entry(COMING)], room, now)
    moved = entry(COMING + HOUR)
    assert states([moved], room, now) == ["changed"]
    with pytest.raises(NotAsSeen):
        brought_in([moved], room, now)
    assert stored()[0].dates[0].starts_at == COMING


def test_a_meeting_in_two_rooms_stands_in_the_file_of_each(
    make: Factory, room: Resource, now: datetime
) -> None:
    other = make.room("granen")
    for each in (room, other):
        assert brought_in([entry(COMING)], each, now).imported == 1


def test_dates_of_a_series_are_bookings_of_their_own(room: Resource, now: datetime) -> None:
    series = [entry(COMING + n * 24 * HOUR, original=f"n{n}", notes=("series",)) for n in range(3)]
    assert brought_in(series, room, now).imported == 3
    assert len({each.uid for each in stored()}) == 3
    assert states(series, room, now) == ["known"] * 3


def test_a_running_one_holds_the_room(room: Resource, now: datetime) -> None:
    ended, running = entry(now - HOUR, "a"), entry(now - HOUR / 2, "b")
    assert states([ended, running], room, now) == ["history", "coming"]


def test_our_own_calendar_comes_back(make: Factory, room: Resource, now: datetime) -> None:
    wish = Wish(
        ("tallen",), COMING, COMING + HOUR, "Weekly", "granit", "meeting", recurrence="FREQ=WEEKLY;COUNT=3"
    )
    booking = bookings.book(wish, by=make.host(), now=now)
    name, _, host = booking.uid.partition("@")
    of_a_date = f"{name}-20260915T080000Z@{host}"
    assert (
        states([entry(COMING, booking.uid), entry(COMING + 168 * HOUR, of_a_date)], room, now) == ["own"] * 2
    )
    assert states([entry(COMING, booking.uid)], make.room("granen"), now) == ["coming"]
    assert brought_in([entry(COMING, booking.uid)], room, now).known == 1


def test_for_whom_and_by_whom(make: Factory, room: Resource, now: datetime) -> None:
    anna = make.person("anna@example.org", organisation="umea")
    gone = make.person("gone@example.org", active=False)
    entries = [
        entry(COMING, "a", organiser="anna@example.org"),
        entry(COMING + HOUR, "b", organiser="gone@example.org"),
        entry(COMING + 2 * HOUR, "c", organiser="anna@example.org"),
    ]
    assert organisers_in(entries) == [(anna, 2)]
    assert gone.id
    brought_in(entries, room, now, replace(CHOICES, by_organiser={"anna@example.org": "umea"}))
    assert [(each.organisation.slug, each.organiser) for each in stored()] == [
        ("umea", anna),
        ("granit", None),
        ("umea", anna),
    ]
    assert {each.category_id for each in stored()} == {make.category().id}


def test_titles_that_are_missing_or_not_for_others(room: Resource, now: datetime) -> None:
    brought_in([entry(COMING, "a", title=""), entry(PAST, "b", title="", notes=("private",))], room, now)
    assert {each.title for each in stored()} == {"–", "Private meeting"}


@both
def test_a_composite_takes_its_parts(app: Flask, make: Factory, room: Resource, now: datetime) -> None:
    west, east, hall = make.room("vast"), make.room("ost"), make.room("salen")
    for part in (west, east):
        db.session.add(ResourcePart(whole_id=hall.id, part_id=part.id))
    db.session.commit()
    wish = Wish(("ost",), COMING, COMING + HOUR, "In the east", "granit", "meeting")
    bookings.book(wish, by=make.host(), now=now)
    assert states([entry(COMING, "a"), entry(COMING + HOUR, "b")], hall, now) == ["taken", "coming"]
    brought_in([entry(COMING + HOUR, "b")], hall, now)
    held = db.session.scalars(
        select(Slot.resource_id).join(BookingDate).where(BookingDate.starts_at == COMING + HOUR)
    )
    assert set(held) == {west.id, east.id}


def test_who_may(make: Factory, room: Resource, now: datetime) -> None:
    umea = make.office("umea")
    for person in (make.person(), make.host("umea@example.org", office=umea)):
        with pytest.raises(NotAllowed):
            import_entries([entry(COMING)], room.id, CHOICES, by=person, now=now)
    assert import_entries([entry(COMING)], room.id, CHOICES, by=make.host(), now=now).imported == 1


@pytest.mark.parametrize(
    "wrong", [{"organisation": "nobody"}, {"activity": "nothing"}, {"by_organiser": {"a": "x"}}]
)
def test_names_nobody_knows(room: Resource, now: datetime, wrong: dict[str, object]) -> None:
    with pytest.raises(Refused):
        brought_in([entry(COMING)], room, now, replace(CHOICES, **wrong))
    assert db.session.scalar(select(func.count()).select_from(Booking)) == 0


def test_a_resource_out_of_use(room: Resource, now: datetime) -> None:
    room.retired = True
    db.session.commit()
    with pytest.raises(NotFound):
        brought_in([entry(COMING)], room, now)


def test_reading(room: Resource, now: datetime) -> None:
    found = read_calendar((FILES / "google.ics").read_bytes(), room, since=date(2026, 9, 8), now=now)
    assert found.before == 1  # the first of the series
    assert found.entries[0].start == datetime(2026, 9, 8, 8, 0, tzinfo=UTC)
    assert found.entries[-1].start < now + timedelta(days=731)
    assert window_from(date(2026, 9, 7)) == date(2025, 1, 1)
    for content, reason in ((b"nothing", "no_calendar"), (b"x" * 1_000_001, "too_large")):
        with pytest.raises(CalendarFileInvalid) as refused:
            read_calendar(content, room, since=date(2026, 1, 1), now=now)
        assert refused.value.params["reason"] == reason


def test_many_at_once(room: Resource, now: datetime) -> None:
    entries = [entry(COMING + n * HOUR, f"uid-{n}") for n in range(1200)]
    assert brought_in(entries, room, now).imported == 1200
    assert brought_in(entries, room, now).known == 1200


def test_judged_knows_what_is_new() -> None:
    assert [Judged(entry(COMING), "k", state).is_new for state in ("coming", "twice", "history")] == [
        True
    ] * 3
    assert not any(Judged(entry(COMING), "k", state).is_new for state in ("known", "changed", "own", "taken"))
