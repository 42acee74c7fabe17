"""Invitations as they reach their readers, word for word: `tests/wording/letters/invitation-….txt`."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from app.models import Guest
from app.services import bookings
from app.services.bookings import Wish
from app.services.dated import Dated
from app.services.invitation_done import Done
from app.services.invitation_letter import Letter
from app.wording.guests import guest_answer
from app.wording.invitations import write_invitation
from app.wording.letters import LISTED
from tests.factories import HOUR, TEN, Factory

KEPT = Path(__file__).parent / "letters"
WEEK = timedelta(weeks=1)
AT_TEN = Dated(TEN, TEN + HOUR, ["Tallen"], ["Stockholm"])
WAITING = replace(AT_TEN, awaited=["Stockholm"])


@pytest.fixture
def letter(app: Flask, make: Factory, now: datetime) -> Letter:
    room = make.room("tallen")
    anna = make.person(name="Anna Ek")
    meeting = "https://meet.example/1"
    wish = Wish(
        ("tallen",), TEN, TEN + HOUR, "Frukost <om> vind & kraft", "granit", "meeting", meeting_url=meeting
    )
    booking = bookings.book(wish, by=anna, now=now)
    return Letter("invited", booking, room.office, [AT_TEN], False, True, Done())


CASES: dict[str, dict[str, Any]] = {
    "invited": {"to_guest": False},
    "invited-guest": {"to_guest": True, "dates": [WAITING]},
    "asked": {"dates": [WAITING]},
    "changed-guest": {"kind": "changed", "to_guest": True},
    "confirmed": {"kind": "confirmed"},
    "cancelled-dates": {"kind": "cancelled", "to_guest": True},
    "cancelled": {"kind": "cancelled", "others_stand": False},
}


@pytest.mark.parametrize("language", ["sv", "en"])
@pytest.mark.parametrize("case", CASES)
def test_word_for_word(letter: Letter, case: str, language: str) -> None:
    texts = write_invitation(replace(letter, **CASES[case]), language)
    head, body, rest = texts.html.partition("<body>")
    assert head.startswith(f'<!DOCTYPE html>\n<html lang="{language}">')
    said = f"Subject: {texts.subject}\n\n{texts.plain}\n{body}{rest}"
    said = said.replace(f"/bookings/{letter.booking.id}", "/bookings/NUMBER")
    assert said == (KEPT / f"invitation-{case}.{language}.txt").read_text("utf-8")


def test_of_many_dates_the_first_are_listed(letter: Letter) -> None:
    dates = [
        replace(AT_TEN, start=TEN + WEEK * number, end=TEN + WEEK * number + HOUR)
        for number in range(LISTED + 3)
    ]
    texts = write_invitation(replace(letter, dates=dates), "en")
    assert texts.plain.count("10:00") == LISTED
    assert "and 3 more dates" in texts.plain
    assert "and 3 more dates" in texts.html


def test_what_a_guest_answered(app: Flask) -> None:
    zone = UTC
    dates = {str(int((TEN + WEEK * number).timestamp())): "DECLINED" for number in range(5)}
    with app.test_request_context(headers={"Accept-Language": "en"}):
        assert (
            guest_answer(Guest(email="a@b.example", partstat="NEEDS-ACTION", dates={}), zone)
            == "no answer yet"
        )
        told = guest_answer(Guest(email="a@b.example", partstat="ACCEPTED", dates=dates), zone)
    assert told.startswith("coming; ")
    assert told.count("not coming") == 3
    assert told.endswith("and 2 more dates")
