"""Whatever is done to a booking leaves a line, by whichever way; each line has words in both languages."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask_babel import force_locale
from sqlalchemy import select

from app.extensions import db
from app.models import Booking, BookingDate, History, Person, ResourcePart
from app.services import approval, bookings, door, presence, release, requests
from app.services.bookings import Wish
from app.services.bookings.facts import changed_from, facts_of
from app.services.history_words import erase_words
from app.services.privacy import erase
from app.wording.history import ACTIONS, SENTENCES, history_line
from app.wording.languages import LOCALES
from tests.databases import both
from tests.factories import HOUR, TEN, Factory
from tests.services.privacy import folders, nameless

MINUTE = timedelta(minutes=1)
NOBODY: dict[str, int | None] = {"women": None, "men": None, "other": None}


@pytest.fixture
def host(make: Factory) -> Person:
    hall = make.room("hall", approval=True)
    make.room("granen")
    room = make.room("tallen")
    make.rule(resource_id=room.id, release_minutes=15)
    make.rule(resource_id=hall.id, lapse_minutes=60)
    return make.host()


@pytest.fixture
def member(make: Factory, host: Person) -> Person:
    return make.person()


def wish(slug: str = "tallen", start: datetime = TEN, recurrence: str | None = None) -> Wish:
    return Wish((slug,), start, start + HOUR, "Board meeting", "granit", "meeting", recurrence)


def lines(booking: Booking) -> list[str]:
    rows = db.session.scalars(select(History).filter_by(booking_id=booking.id).order_by(History.id))
    return [row.action for row in rows]


def told(booking: Booking, language: str = "en") -> list[str]:
    rows = db.session.scalars(select(History).filter_by(booking_id=booking.id).order_by(History.id))
    with force_locale(LOCALES[language]):
        return [history_line(row.action, row.details, booking.timezone) for row in rows]


def book(by: Person, now: datetime, slug: str = "tallen", **more: object) -> Booking:
    return bookings.book(replace(wish(slug), **more), by=by, now=now)


@both
def test_every_action_leaves_its_line(
    make: Factory, member: Person, host: Person, now: datetime, tmp_path: Path
) -> None:
    met = book(member, now)
    date = met.dates[0]
    bookings.change(date.id, wish("granen", TEN + HOUR), version=met.version, by=member, now=now)
    bookings.cancel(met.id, by=member, now=now)
    bookings.restore(date.id, by=member, now=now)
    presence.check_in(date.id, by=host, now=TEN + HOUR, where="host")
    presence.count_heads(date.id, women=2, men=1, other=None, by=member, now=TEN + HOUR)
    presence.undo_presence(date.id, by=host, now=TEN + HOUR)
    presence.count_heads(date.id, **NOBODY, by=member, now=TEN + HOUR)
    presence.mark_no_show(date.id, by=host, now=TEN + HOUR)
    presence.undo_presence(date.id, by=host, now=TEN + HOUR)
    presence.end_early(date.id, by=member, now=TEN + 80 * MINUTE)
    assert told(met) == [
        "Booked",
        "Changed: Time: 8 Sept 2026 10:00–11:00 → 8 Sept 2026 11:00–12:00; Place: Tallen → Granen",
        "Cancelled",
        "Cancellation taken back",
        "Checked in by the host",
        "Head count saved: 2 women, 1 man",
        "Check-in taken back",
        "Head count taken back",
        "Marked as no-show; the time was freed",
        "No-show taken back",
        "Ended early, instead of at 12:00",
    ]
    undone = book(member, now)
    bookings.cancel(undone.id, by=member, now=now, undo=True)
    assert told(undone) == ["Booked", "Undone at once"]
    left = make.person("leaving@example.org")
    handed = book(left, now)
    make.person("staying@example.org")
    erase(
        left.id,
        hand_over_to="staying@example.org",
        write=nameless,
        folders=folders(tmp_path),
        by=None,
        now=now,
    )
    assert told(handed) == ["Booked", "Handed over to whoever goes on with it"]
    seen = {*lines(met), *lines(undone), *lines(handed), *_requests(member, host, now)}
    seen |= {*_by_itself(member, host, now)}
    assert seen | {"imported", "approved_here", "replaced"} == {
        *ACTIONS,
        *SENTENCES,
    }  # those have tests of their own


def _requests(member: Person, host: Person, now: datetime) -> list[str]:
    first, second, third = (
        book(member, now, "hall", start=TEN + n * HOUR, end=TEN + (n + 1) * HOUR) for n in range(3)
    )
    approval.approve(first.dates[0].id, by=host, now=now)
    approval.decline(second.dates[0].id, reason="Floors are waxed", by=host, now=now)
    requests.lapse_due(TEN + HOUR)
    assert told(first) == ["Requested", "Approved"]
    assert told(second) == ["Requested", "Declined: Floors are waxed"]
    assert told(third) == ["Requested", "Nobody answered in time; the time was freed by itself"]
    return [*lines(first), *lines(second), *lines(third)]


def _by_itself(member: Person, host: Person, now: datetime) -> list[str]:
    missed = book(member, now, start=TEN + 24 * HOUR, end=TEN + 25 * HOUR)
    release.release_due(TEN + 24 * HOUR + 15 * MINUTE)
    assert told(missed)[1] == "Nobody had checked in by 10:15: no-show, and the time was freed by itself"
    at_door = book(member, now, start=TEN + 48 * HOUR, end=TEN + 49 * HOUR)
    room = at_door.dates[0].slots[0].resource
    for action, after in (("check_in", 0), ("heads", 1), ("end", 30)):
        heads = {**NOBODY, "women": 3} if action == "heads" else NOBODY
        moment = TEN + 48 * HOUR + after * MINUTE
        door.settle_at_door(room, at_door.dates[0].id, action, heads=heads, by=None, now=moment)
    assert told(at_door)[1:] == [
        "Checked in at the door",
        "Head count at the door: 3 women, 0 men",
        "Ended early at the door, instead of at 11:00",
    ]
    series = bookings.book(wish("granen", TEN + 72 * HOUR, "FREQ=WEEKLY;COUNT=3"), by=member, now=now)
    later = series.dates[1]
    moved = wish("granen", later.starts_at + HOUR)
    after_that = bookings.change(
        later.id, moved, scope="following", version=series.version, by=member, now=now
    )
    assert told(after_that.booking)[-1] == (
        "Changed, and made a booking of its own: 2 dates; "
        "Time: 18 Sept 2026 10:00–11:00 → 18 Sept 2026 11:00–12:00"
    )
    walked_in = presence.walk_in(wish("granen", TEN), by=host, now=TEN + MINUTE)
    assert told(walked_in) == ["Booked", "Checked in by the host"]
    return [*lines(missed), *lines(at_door), *lines(series), *lines(after_that.booking), *lines(walked_in)]


def test_who_did_it(member: Person, host: Person, now: datetime) -> None:
    booking = book(member, now, "hall")
    approval.approve(booking.dates[0].id, by=host, now=now)
    found = db.session.scalars(select(History.by_id).filter_by(booking_id=booking.id).order_by(History.id))
    assert list(found) == [member.id, host.id]


def test_a_change_says_from_what_to_what(make: Factory, member: Person, host: Person, now: datetime) -> None:
    make.organisation("skog")
    make.activity("course").names = {"sv": "Kurs", "en": "Course"}
    db.session.commit()
    booking = book(member, now)
    date: BookingDate = booking.dates[0]
    again = replace(
        wish("granen", TEN + HOUR),
        title="Förvärvet av Kanariefågeln",
        organisation="skog",
        activity="course",
        meeting_url="https://meet.example/abc",
    )
    bookings.change(date.id, again, version=booking.version, by=host, now=now)
    assert told(booking)[-1] == (
        "Changed: Time: 8 Sept 2026 10:00–11:00 → 8 Sept 2026 11:00–12:00; Place: Tallen → Granen; "
        "Title: “Board meeting” → “Förvärvet av Kanariefågeln”; Organisation: Granit AB → Skog AB; "
        "Activity: Meeting → Course; Meeting link: none → https://meet.example/abc"
    )
    assert "Aktivitet: Möte → Kurs" in told(booking, "sv")[-1]
    assert "to_start" in changed_from(facts_of(date), date)


def test_a_whole_is_told_as_it_was_asked_for(make: Factory, member: Person, now: datetime) -> None:
    parts = [make.room("ost"), make.room("vast")]
    whole = make.room("aulan")
    db.session.add_all(ResourcePart(whole_id=whole.id, part_id=part.id) for part in parts)
    db.session.commit()
    booking = book(member, now)
    date = booking.dates[0]
    bookings.change(date.id, wish("aulan"), version=booking.version, by=member, now=now)
    bookings.change(date.id, wish("vast"), version=booking.version, by=member, now=now)
    assert told(booking)[1:] == ["Changed: Place: Tallen → Aulan", "Changed: Place: Aulan → Vast"]


@both
def test_titles_are_erased_and_nobody_is_named(
    make: Factory, member: Person, host: Person, now: datetime
) -> None:
    series = book(member, now, recurrence="FREQ=WEEKLY;COUNT=3")
    first, second, _ = series.dates
    again = replace(wish(), title="Förvärvet av Kanariefågeln", meeting_url="https://meet.example/abc")
    bookings.change(first.id, again, scope="all", version=series.version, by=member, now=now)
    later = replace(again, title="Kanariefågel igen", start=second.starts_at, end=second.ends_at)
    bookings.change(second.id, later, scope="following", version=series.version, by=member, now=now)
    split = second.booking
    assert "Title: “Board meeting” → “Förvärvet av Kanariefågeln”" in told(series)[1]
    assert "Title: “Förvärvet av Kanariefågeln” → “Kanariefågel igen”" in told(split)[-1]
    names = [member.name, member.email, host.name, host.email]
    details = str([row.details for row in db.session.scalars(select(History))])
    assert not any(name in details for name in names if name)

    assert erase_words([series.id, split.id]) == 2
    db.session.commit()
    details = str([row.details for row in db.session.scalars(select(History))])
    for word in ("Kanariefågel", "Board meeting", "meet.example"):
        assert word not in details
    assert told(series)[1] == "Changed, 3 dates: another title; another meeting link"
    assert told(split)[-1].endswith("another title")
    assert erase_words([series.id, split.id]) == 0


EXAMPLES: list[tuple[str, dict[str, object]]] = [
    ("booked", {"status": "confirmed", "left_out": {"closed": 1, "taken": 2}, "moved": ["x"]}),
    ("booked", {"set_aside": ["outside_opening_hours"]}),
    ("changed", {}),
    ("changed", {"dates": 3, "start": "2026-09-08T08:00:00+00:00", "end": "2026-09-08T09:00:00+00:00"}),
    ("changed", {"reworded": True}),
    (
        "changed",
        {"reworded": {"title": ["A", "B"], "organisation": ["gone", "granit"], "activity": ["x", "y"]}},
    ),
    ("changed", {"reworded": {"title": None, "meeting_url": None}}),
    ("changed", {"reworded": {"meeting_url": ["https://meet.example", None]}}),
    ("cancelled", {"closed": True}),
    ("cancelled", {"closed": True, "reason": "Power cut"}),
    ("declined", {}),
    ("checked_in", {}),
    ("checked_in", {"where": "api"}),
    ("ended_early", {}),
    ("presence_undone", {}),
    *((action, {}) for action in ACTIONS),
]


@pytest.mark.parametrize(("action", "details"), EXAMPLES)
def test_in_both_languages(app: Flask, action: str, details: dict[str, object]) -> None:
    said = {}
    for language, locale in LOCALES.items():
        with force_locale(locale):
            said[language] = history_line(action, details, "Europe/Stockholm")
    assert said["sv"] != said["en"]
    assert "%(" not in said["sv"] + said["en"]


def test_a_line_that_is_not_known_is_told_as_it_is(app: Flask) -> None:
    with force_locale("sv"):
        assert history_line("beamed_up", {}) == "beamed_up"
