"""The letters as they reach their readers, word for word: `tests/wording/letters/KIND.LANGUAGE.txt`."""

from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask

from app.extensions import db
from app.models import Booking, Person, ResourcePart
from app.services import bookings
from app.services.bookings import Wish
from app.services.notices import Notice, office_of
from app.services.waiting import wait
from app.wording.letters import LISTED, write_notice
from tests.factories import HOUR, TEN, Factory

KEPT = Path(__file__).parent / "letters"
TITLE = "Frukost <om> vind & kraft"


@pytest.fixture
def member(make: Factory) -> Person:
    make.room("hall", name="Storstugan", approval=True)
    return make.person()


def ask(member: Person, now: datetime, recurrence: str | None = None) -> Booking:
    wish = Wish(("hall",), TEN, TEN + HOUR, TITLE, "granit", "meeting", recurrence)
    return bookings.book(wish, by=member, now=now)


def notice(kind: str, booking: Booking) -> Notice:
    dates = booking.dates
    return Notice(
        kind,
        office_of(dates[0]),
        dates,
        reason="Golvet slipas." if kind in ("declined", "closed") else "",
        extra={"due": TEN + HOUR / 4} if kind == "released" else {},
    )


def text_of(letter: tuple[str, str]) -> str:
    """As in the file, where the number of the booking is not told."""
    return f"Subject: {letter[0]}\n\n{letter[1]}"


def kept(name: str, language: str, said: str, numbers: list[int]) -> None:
    for number in numbers:
        said = said.replace(f"/bookings/{number}", "/bookings/NUMBER")
        for key in ("date_id", "waiting"):
            said = said.replace(f"{key}={number}", f"{key}=NUMBER")
    assert said == (KEPT / f"{name}.{language}.txt").read_text("utf-8")


@pytest.mark.parametrize("language", ["sv", "en"])
@pytest.mark.parametrize("kind", ["approved", "closed", "declined", "lapsed", "released"])
def test_about_a_booking(member: Person, now: datetime, kind: str, language: str) -> None:
    booking = ask(member, now)
    kept(kind, language, text_of(write_notice(notice(kind, booking), language)), [booking.id])


@pytest.mark.parametrize("language", ["sv", "en"])
def test_about_a_series(member: Person, now: datetime, language: str) -> None:
    booking = ask(member, now, f"FREQ=WEEKLY;COUNT={LISTED + 2}")
    said = text_of(write_notice(notice("approved", booking), language))
    kept("approved-series", language, said, [booking.id, booking.dates[0].id])


@pytest.mark.parametrize("language", ["sv", "en"])
def test_to_hosts(member: Person, now: datetime, language: str) -> None:
    booking = ask(member, now)
    kept("requests", language, text_of(write_notice(notice("requests", booking), language)), [])


@pytest.mark.parametrize("language", ["sv", "en"])
def test_to_whom_waits(make: Factory, member: Person, now: datetime, language: str) -> None:
    booking = ask(make.host(), now)
    wish = Wish(("hall",), TEN, TEN + HOUR, TITLE, "granit", "meeting")
    waiting = wait(wish, by=member, now=now)
    free = Notice(
        "free", booking.dates[0].slots[0].resource.office, waiting=waiting, extra={"resource": "hall"}
    )
    kept("free", language, text_of(write_notice(free, language)), [waiting.id])


def test_no_line_is_a_surprise(app: Flask, member: Person, now: datetime) -> None:
    """Never more than one empty line, none at the ends, and no HTML."""
    booking = ask(member, now)
    for kind in ("approved", "closed", "declined", "lapsed", "released", "requests"):
        subject, body = write_notice(notice(kind, booking), "sv")
        assert "\n\n\n" not in body
        assert body.strip() == body[:-1]
        assert "&amp;" not in body + subject
        assert "&lt;" not in body
        assert TITLE in body


def of_a_series_in_two_rooms(make: Factory, member: Person, now: datetime) -> Booking:
    """Three dates in two rooms that are booked as one, the second moved to another one."""
    both = make.room("both", name="Asken och Eken")
    parts = [make.room("asken"), make.room("eken")]
    db.session.add_all([ResourcePart(whole_id=both.id, part_id=part.id) for part in parts])
    db.session.commit()
    taken = Wish(("both",), TEN + 7 * 24 * HOUR, TEN + 7 * 24 * HOUR + HOUR, "X", "granit", "meeting")
    bookings.book(taken, by=member, now=now)
    wish = Wish(
        ("both",), TEN, TEN + HOUR, TITLE, "granit", "meeting", "FREQ=WEEKLY;COUNT=3", move=True, people=1
    )
    return bookings.book(wish, by=member, now=now)


@pytest.mark.parametrize("kind", ["approved", "closed", "declined", "lapsed", "requests"])
def test_each_date_says_its_own_place_where_they_differ(
    make: Factory, member: Person, now: datetime, kind: str
) -> None:
    booking = of_a_series_in_two_rooms(make, member, now)
    _, body = write_notice(notice(kind, booking), "sv")
    assert "Tisdag 8 september 2026, 10:00–11:00 · Asken och Eken\n" in body
    assert "Tisdag 15 september 2026, 10:00–11:00 · Storstugan\n" in body
    assert "Tisdag 22 september 2026, 10:00–11:00 · Asken och Eken\nStockholm\n" in body


def test_what_was_booked_as_one_is_told_as_one(make: Factory, member: Person, now: datetime) -> None:
    booking = of_a_series_in_two_rooms(make, member, now)
    told = Notice("approved", office_of(booking.dates[0]), booking.dates[:1])
    _, body = write_notice(told, "en")
    assert "\nAsken och Eken, Stockholm\n" in body
