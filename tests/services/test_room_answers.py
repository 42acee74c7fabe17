"""What a room's answer is called, and that it says nothing twice."""

from datetime import datetime

import pytest
from sqlalchemy import select

from app.extensions import db
from app.models import Booking, Person
from app.services import approval
from app.services.invitations import tell_untold
from tests.factories import HOUR, TEN, Factory
from tests.services.mailroom_answers import POST, come, last_answer, member_with_rooms, reasons
from tests.services.mails import AT, UNTIL, calendar, mail
from tests.services.test_outside_calendars import keep

FIRST = (f"{AT}20260908T100000", f"{UNTIL}20260908T110000")
TITLE = "Styrgrupp å, ä & ö"


@pytest.fixture
def member(make: Factory) -> Person:
    return member_with_rooms(make)


def test_of_two_rooms_in_one_invitation_each_answer_says_which_it_is(
    member: Person, make: Factory, now: datetime
) -> None:
    both_rooms = calendar("REQUEST", *FIRST, "ATTENDEE;CUTYPE=ROOM:mailto:hall@rum.example")
    assert come(mail(both_rooms), now) == "booked"
    assert last_answer()[0].subject == f"Accepted: {TITLE} (Tallen – Stockholm)"
    assert come(mail(both_rooms), now, "hall@rum.example") == "booked"
    assert last_answer()[0].subject == f"Perhaps: {TITLE} (Hall – Stockholm)"
    (hall,) = (each for each in db.session.scalars(select(Booking)) if each.dates[0].status == "requested")
    approval.decline(hall.dates[0].id, reason="Golvet", by=make.host(), now=now)
    assert tell_untold(POST, now) == (1, [])
    assert last_answer()[0].subject == f"Declined: {TITLE} (Hall – Stockholm)"


@pytest.mark.parametrize("language", ["en", "sv"])
def test_what_another_calendar_has_is_told_once(
    member: Person, make: Factory, now: datetime, language: str
) -> None:
    member.language = language
    keep(make.host(), (TEN, TEN + HOUR), (TEN, TEN + HOUR))
    assert come(mail(calendar("REQUEST", *FIRST)), now) == "refused"
    assert reasons() == ["outside_calendar"]
    answer, _ = last_answer()
    assert answer.body.count("Annas Outlook") == 1
    assert answer.subject == ("Declined: " if language == "en" else "Avböjt: ") + TITLE
