"""Rooms that answer their mail: booked by the rules of the browser, or declined with the reason."""

import re
from datetime import datetime

import pytest
from sqlalchemy import select

from app.extensions import db
from app.models import Booking, MailedBooking, Person
from app.services import approval, bookings
from app.services.bookings import Wish
from app.services.invitations import tell_untold
from tests.databases import both
from tests.factories import HOUR, TEN, Factory
from tests.services.mailroom_answers import (
    POST,
    answers,
    come,
    last_answer,
    member_with_rooms,
    only_booking,
    partstats,
    reasons,
)
from tests.services.mails import AT, MEMBER, UNTIL, WEEK, calendar, mail

WEEKLY = "RRULE:FREQ=WEEKLY;COUNT=5"


@pytest.fixture
def member(make: Factory) -> Person:
    return member_with_rooms(make)


@both
@pytest.mark.parametrize("cte", ["base64", "quoted-printable", "8bit"])
def test_an_invitation_is_booked_and_accepted(app: object, member: Person, now: datetime, cte: str) -> None:
    assert come(mail(calendar(), cte=cte), now) == "booked"
    booking = only_booking()
    assert booking.title == "Styrgrupp å, ä & ö"
    assert [(date.starts_at, date.ends_at) for date in booking.dates] == [(TEN, TEN + HOUR)]
    assert booking.organiser_id == member.id
    answer, (event,) = last_answer()
    assert (answer.recipient, answer.sender) == (MEMBER, '"Tallen – Stockholm" <tallen@rum.example>')
    assert str(event["UID"]) == "abc@outlook"
    assert str(event["ATTENDEE"]) == "mailto:tallen@rum.example"
    assert partstats([event]) == ["ACCEPTED"]
    assert answer.subject == "Accepted: Styrgrupp å, ä & ö"
    # It stands in their calendar already: no invitation besides.
    assert tell_untold(POST, now) == (0, [])


@pytest.mark.usefixtures("app", "member")
def test_a_title_keeps_its_emoji_whole_and_no_line_breaks(now: datetime) -> None:
    title = "Familjedag 👨‍👩‍👧‍👦 🏳️‍🌈 👩🏽‍💻"
    ics = calendar().replace("Styrgrupp å\\, ä & ö".encode(), f"{title}\\n".encode())
    assert come(mail(ics), now) == "booked"
    assert only_booking().title == title
    assert last_answer()[0].subject == f"Accepted: {title}"


@both
def test_a_time_that_is_taken_is_declined_with_reason_and_alternatives(
    app: object, member: Person, make: Factory, now: datetime
) -> None:
    other = make.person("other@example.org")
    bookings.book(Wish(("tallen",), TEN, TEN + HOUR, "Hemligt", "granit", "meeting"), by=other, now=now)
    assert come(mail(calendar()), now) == "refused"
    answer, events = last_answer()
    assert partstats(events) == ["DECLINED"]
    assert "Tuesday 8 September: Tallen is taken 10:00–11:00." in answer.body
    assert "Free instead:" in answer.body
    assert "Hemligt" not in answer.body + "".join(answer.calendars or ()) + (answer.html or "")
    # The same as HTML, with nothing that would be fetched when it is opened.
    assert "Free instead:" in (answer.html or "")
    assert "Styrgrupp å, ä &amp; ö" in (answer.html or "")
    assert not re.search(r"\b(src|srcset|background)=|url\(|@import|<link|<script", answer.html or "")
    assert reasons() == ["taken"]


@both
def test_where_the_host_decides_it_is_tentative_and_told_when_settled(
    app: object, member: Person, make: Factory, now: datetime
) -> None:
    assert come(mail(calendar()), now, "hall@rum.example") == "booked"
    assert partstats(last_answer()[1]) == ["TENTATIVE"]
    assert tell_untold(POST, now) == (0, [])
    approval.approve(only_booking().dates[0].id, by=make.host(), now=now)
    assert tell_untold(POST, now) == (1, [])
    assert partstats(last_answer()[1]) == ["ACCEPTED"]


@both
def test_a_newer_invitation_moves_it_and_an_older_one_does_nothing(
    app: object, member: Person, now: datetime
) -> None:
    come(mail(calendar()), now)
    later = calendar("REQUEST", f"{AT}20260908T130000", f"{UNTIL}20260908T140000", sequence=2)
    assert come(mail(later, number=2), now) == "changed"
    assert only_booking().dates[0].starts_at == TEN + 3 * HOUR
    assert come(mail(calendar(sequence=1), number=3), now) == "ignored"
    assert reasons() == ["outdated"]
    assert only_booking().dates[0].starts_at == TEN + 3 * HOUR


@both
def test_what_cannot_be_moved_stays_where_it_is(
    app: object, member: Person, make: Factory, now: datetime
) -> None:
    come(mail(calendar()), now)
    at = TEN + 3 * HOUR
    other = make.person("other@example.org")
    bookings.book(Wish(("tallen",), at, at + HOUR, "X", "granit", "meeting"), by=other, now=now)
    later = calendar("REQUEST", f"{AT}20260908T130000", f"{UNTIL}20260908T140000", sequence=1)
    assert come(mail(later, number=2), now) == "refused"
    assert partstats(last_answer()[1]) == ["DECLINED"]
    mailed = db.session.scalars(select(MailedBooking)).one()
    assert db.session.get_one(Booking, mailed.booking_id).dates[0].starts_at == TEN


@both
def test_a_series_with_a_date_left_out_and_one_moved(app: object, member: Person, now: datetime) -> None:
    override = "\n".join(
        [
            "BEGIN:VEVENT",
            "UID:abc@outlook",
            "DTSTAMP:20260907T070000Z",
            "SEQUENCE:0",
            "RECURRENCE-ID;TZID=W. Europe Standard Time:20260922T100000",
            f"{AT}20260922T140000",
            f"{UNTIL}20260922T150000",
            f"ORGANIZER:mailto:{MEMBER}",
            "END:VEVENT",
        ]
    )
    exdate = "EXDATE;TZID=W. Europe Standard Time:20260915T100000"
    series = calendar(
        "REQUEST", f"{AT}20260908T100000", f"{UNTIL}20260908T110000", WEEKLY, exdate, extra=override
    )
    assert come(mail(series), now) == "booked"
    dates = only_booking().dates
    live = [date.starts_at for date in dates if date.status == "confirmed"]
    assert live == [TEN, TEN + 2 * WEEK + 4 * HOUR, TEN + 3 * WEEK, TEN + 4 * WEEK]
    moved = calendar(
        "REQUEST",
        f"{AT}20260929T150000",
        f"{UNTIL}20260929T160000",
        "RECURRENCE-ID;TZID=W. Europe Standard Time:20260929T100000",
        sequence=1,
    )
    assert come(mail(moved, number=2), now) == "changed"
    assert TEN + 3 * WEEK + 5 * HOUR in [date.starts_at for date in only_booking().dates]
    _, (event,) = last_answer()
    assert event["RECURRENCE-ID"].dt == TEN + 3 * WEEK


@both
@pytest.mark.parametrize(("taken", "outcome"), [(1, "booked"), (2, "refused")])
def test_a_series_is_booked_with_few_clashes_and_declined_with_more(
    app: object, member: Person, make: Factory, now: datetime, taken: int, outcome: str
) -> None:
    other = make.person("other@example.org")
    for number in range(1, taken + 1):
        start = TEN + number * WEEK
        bookings.book(Wish(("tallen",), start, start + HOUR, "X", "granit", "meeting"), by=other, now=now)
    series = calendar("REQUEST", f"{AT}20260908T100000", f"{UNTIL}20260908T110000", WEEKLY)
    assert come(mail(series), now) == outcome
    answer, events = last_answer()
    if outcome == "refused":
        assert partstats(events) == ["DECLINED"]
        return
    assert partstats(events) == ["ACCEPTED", "DECLINED"]
    assert events[1]["RECURRENCE-ID"].dt == TEN + WEEK
    assert "Not on these dates" in answer.body
    assert reasons() == ["some_taken"]


def test_a_series_without_an_end_is_declined(member: Person, now: datetime) -> None:
    series = calendar("REQUEST", f"{AT}20260908T100000", f"{UNTIL}20260908T110000", "RRULE:FREQ=WEEKLY")
    assert come(mail(series), now) == "refused"
    answer, events = last_answer()
    assert partstats(events) == ["DECLINED"]
    assert "A series needs an end." in " ".join(answer.body.split())
    assert reasons() == ["mail_endless"]
    assert db.session.scalars(select(Booking)).all() == []


@both
def test_only_its_organiser_cancels(app: object, member: Person, make: Factory, now: datetime) -> None:
    come(mail(calendar()), now)
    make.person("other@example.org")
    theirs = calendar("CANCEL", sequence=1, organizer="other@example.org")
    assert come(mail(theirs, number=2, sender="other@example.org"), now) == "refused"
    assert only_booking().dates[0].status == "confirmed"
    assert come(mail(calendar("CANCEL", sequence=1), number=3), now) == "cancelled"
    assert only_booking().dates[0].status == "cancelled"
    assert len(answers()) == 1
    assert tell_untold(POST, now) == (0, [])


def test_one_date_of_a_series_is_cancelled(member: Person, now: datetime) -> None:
    series = calendar("REQUEST", f"{AT}20260908T100000", f"{UNTIL}20260908T110000", WEEKLY)
    come(mail(series), now)
    one = calendar(
        "CANCEL",
        f"{AT}20260915T100000",
        f"{UNTIL}20260915T110000",
        "RECURRENCE-ID;TZID=W. Europe Standard Time:20260915T100000",
        "STATUS:CANCELLED",
        sequence=1,
    )
    assert come(mail(one, number=2), now) == "cancelled"
    assert [date.status for date in only_booking().dates].count("cancelled") == 1


def test_an_organiser_who_reads_swedish_is_answered_in_swedish(make: Factory, now: datetime) -> None:
    make.room("tallen")
    make.person(language="sv")
    other = make.person("other@example.org")
    bookings.book(Wish(("tallen",), TEN, TEN + HOUR, "X", "granit", "meeting"), by=other, now=now)
    come(mail(calendar()), now)
    answer, _ = last_answer()
    assert answer.subject == "Avböjt: Styrgrupp å, ä & ö"
    assert answer.body.startswith(
        "Tallen – Stockholm är inte bokad:\n\nStyrgrupp å, ä & ö\nTisdag 8 september 2026, 10:00–11:00\n\n"
        "Tisdag 8 september: Tallen: upptaget 10:00–11:00.\n\nLedigt i stället:\n"
    )
    free = calendar("REQUEST", f"{AT}20260909T100000", f"{UNTIL}20260909T110000", uid="free")
    come(mail(free, number=2), now)
    answer, _ = last_answer()
    assert answer.subject == "Accepterat: Styrgrupp å, ä & ö"
    assert answer.body.startswith(
        "Tallen – Stockholm är bokad:\n\nStyrgrupp å, ä & ö\nOnsdag 9 september 2026, 10:00–11:00\n\nhttp"
    )
