"""Bookings that came by mail and were changed here: their organiser is told, and undoes nothing by chance."""

from datetime import datetime

import pytest
from sqlalchemy import select

from app.extensions import db
from app.models import Booking, Invitation, OutboxMail, Person
from app.services import approval, bookings
from app.services.closures import close
from app.services.invitations import tell_untold
from tests.databases import both
from tests.factories import HOUR, TEN, Factory, wish
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
from tests.services.mails import AT, UNTIL, WEEK, calendar, mail

ZONE = "TZID=W. Europe Standard Time"
FIRST = (f"{AT}20260908T100000", f"{UNTIL}20260908T110000")
WEEKLY = "RRULE:FREQ=WEEKLY;COUNT=5"
TITLE = "Styrgrupp å, ä & ö"


@pytest.fixture
def member(make: Factory) -> Person:
    return member_with_rooms(make)


def invite(now: datetime, *more: str, to: str = "tallen@rum.example") -> Booking:
    assert come(mail(calendar("REQUEST", *FIRST, *more)), now, to) == "booked"
    assert tell_untold(POST, now) == (0, [])
    return only_booking()


def update(
    now: datetime, *more: str, number: int = 2, times: tuple[str, str] = FIRST, title: str = ""
) -> str:
    ics = calendar("REQUEST", *times, *more, sequence=number - 1)
    if title:
        ics = ics.replace(b"SUMMARY:Styrgrupp \xc3\xa5\\, \xc3\xa4 & \xc3\xb6", f"SUMMARY:{title}".encode())
    return come(mail(ics, number=number), now)


def change(booking: Booking, by: Person, now: datetime, place: int = 0, **other: object) -> None:
    date = booking.dates[place]
    settings: dict[str, object] = {"start": date.starts_at, "title": booking.title, **other}
    start, scope = settings.pop("start"), settings.pop("scope", "this")
    rooms = settings.pop("rooms", ("tallen",))
    wanted = wish(start, *rooms, **settings)
    bookings.change(date.id, wanted, scope=str(scope), version=booking.version, by=by, now=now)


def starts() -> list[datetime]:
    return sorted(
        date.starts_at
        for booking in db.session.scalars(select(Booking))
        for date in booking.dates
        if date.status in ("requested", "confirmed")
    )


@both
def test_who_invited_the_room_is_told_that_the_host_moved_it(
    app: object, member: Person, make: Factory, now: datetime
) -> None:
    booking = invite(now)
    change(booking, make.host(name="Kim Lund"), now, start=TEN + 3 * HOUR)
    assert tell_untold(POST, now) == (1, [])
    answer, events = last_answer()
    assert (answer.recipient, answer.sender) == (member.email, '"Tallen – Stockholm" <tallen@rum.example>')
    assert answer.subject == f"Changed: {TITLE}"
    # Of the meeting that they have, not of another: and to the time that it has there the room does not come.
    assert partstats(events) == ["DECLINED"]
    assert (str(events[0]["UID"]), events[0]["DTSTART"].dt) == ("abc@outlook", TEN)
    assert answer.body.startswith(
        f"Kim Lund has changed your booking. It is now:\n\n{TITLE}\n"
        "Tuesday 8 September 2026, 13:00–14:00\nTallen, Stockholm\n\n"
        "What has changed:\nTime: 8 Sept 2026 10:00–11:00 → 8 Sept 2026 13:00–14:00\n\n"
        "Your calendar still has:\nTuesday 8 September 2026, 10:00–11:00\n"
        "Change or cancel that there, too, and send the update."
    )
    assert "Kim Lund has changed your booking" in (answer.html or "")
    assert "Your calendar still has:" in (answer.html or "")
    assert tell_untold(POST, now) == (0, [])


@both
def test_an_update_with_the_time_from_before_does_not_move_it_back(
    app: object, member: Person, make: Factory, now: datetime
) -> None:
    booking = invite(now)
    change(booking, make.host(), now, start=TEN + 3 * HOUR)
    tell_untold(POST, now)
    assert update(now, title="Nytt namn") == "changed"
    assert only_booking().title == "Nytt namn"
    assert starts() == [TEN + 3 * HOUR]
    answer, events = last_answer()
    assert partstats(events) == ["DECLINED"]
    assert answer.body.startswith(
        "It is booked, but not as your calendar has it:\n\nNytt namn\n"
        "Tuesday 8 September 2026, 13:00–14:00\nTallen, Stockholm\n\n"
        "Your calendar still has:\nTuesday 8 September 2026, 10:00–11:00\n"
    )
    assert answer.subject == "Not as in your calendar: Nytt namn"
    assert tell_untold(POST, now) == (0, [])


@both
def test_an_update_with_another_time_moves_it(
    app: object, member: Person, make: Factory, now: datetime
) -> None:
    booking = invite(now)
    change(booking, make.host(), now, start=TEN + 3 * HOUR)
    times = (f"{AT}20260908T140000", f"{UNTIL}20260908T150000")
    assert update(now, times=times) == "changed"
    assert starts() == [TEN + 4 * HOUR]
    assert partstats(last_answer()[1]) == ["ACCEPTED"]


@both
def test_an_update_that_follows_what_was_done_here_is_accepted(
    app: object, member: Person, make: Factory, now: datetime
) -> None:
    booking = invite(now)
    change(booking, member, now, start=TEN + 3 * HOUR)  # in the browser, by the organiser
    tell_untold(POST, now)
    assert "Your booking has changed. It is now:" in last_answer()[0].body
    version = only_booking().version
    times = (f"{AT}20260908T130000", f"{UNTIL}20260908T140000")
    assert update(now, times=times) == "changed"
    answer, events = last_answer()
    assert partstats(events) == ["ACCEPTED"]
    assert "Your calendar still has" not in answer.body
    assert (starts(), only_booking().version) == ([TEN + 3 * HOUR], version)
    # From now on that is the time that they have.
    assert update(now, times=times, number=3, title="Nytt namn") == "changed"
    assert starts() == [TEN + 3 * HOUR]


@both
def test_what_was_cancelled_here_is_not_booked_again_by_an_update(
    app: object, member: Person, make: Factory, now: datetime
) -> None:
    booking = invite(now)
    bookings.cancel(booking.id, by=make.host(name="Kim Lund"), now=now)
    assert tell_untold(POST, now) == (1, [])
    answer, events = last_answer()
    assert (answer.subject, partstats(events)) == (f"Declined: {TITLE}", ["DECLINED"])
    assert answer.body.startswith("Kim Lund has cancelled this meeting:")
    assert "Cancel it there, too. Or give it another time there and send the update" in answer.body
    assert update(now) == "changed"
    assert starts() == []
    answer, events = last_answer()
    assert partstats(events) == ["DECLINED"]
    assert answer.body.startswith("Tallen – Stockholm is not booked:")
    times = (f"{AT}20260908T140000", f"{UNTIL}20260908T150000")
    assert update(now, times=times, number=3) == "changed"
    assert starts() == [TEN + 4 * HOUR]
    assert partstats(last_answer()[1]) == ["ACCEPTED"]
    assert tell_untold(POST, now) == (0, [])


@both
def test_who_took_it_back_by_mail_is_told_nothing_and_can_invite_again(
    app: object, member: Person, now: datetime
) -> None:
    invite(now)
    assert come(mail(calendar("CANCEL", sequence=1), number=2), now) == "cancelled"
    assert tell_untold(POST, now) == (0, [])
    assert update(now, number=3) == "changed"
    assert starts() == [TEN]
    assert partstats(last_answer()[1]) == ["ACCEPTED"]


@both
def test_another_room_is_told_and_kept(app: object, member: Person, make: Factory, now: datetime) -> None:
    make.room("granen")
    booking = invite(now)
    change(booking, make.host(), now, rooms=("granen",))
    assert tell_untold(POST, now) == (1, [])
    answer, events = last_answer()
    assert partstats(events) == ["DECLINED"]  # for this room does not come
    assert "Granen, Stockholm" in answer.body
    assert "Place: Tallen → Granen" in answer.body
    assert update(now, title="Nytt namn") == "changed"
    (slot,) = only_booking().dates[0].slots
    assert slot.resource.slug == "granen"
    assert "Tuesday 8 September 2026, 10:00–11:00\nGranen, Stockholm\n" in last_answer()[0].body


@both
def test_one_date_of_a_series_that_was_moved_here_stays_so(
    app: object, member: Person, make: Factory, now: datetime
) -> None:
    booking = invite(now, WEEKLY)
    host = make.host(name="Kim Lund")
    change(booking, host, now, place=1, start=TEN + WEEK + 2 * HOUR)
    bookings.cancel(booking.id, by=host, now=now, dates=[booking.dates[3].id])
    assert tell_untold(POST, now) == (1, [])
    answer, events = last_answer()
    assert partstats(events) == ["ACCEPTED", "DECLINED", "DECLINED"]
    assert [each["RECURRENCE-ID"].dt for each in events[1:]] == [TEN + WEEK, TEN + 3 * WEEK]
    here = [TEN, TEN + WEEK + 2 * HOUR, TEN + 2 * WEEK, TEN + 4 * WEEK]
    # Another title, and one more date that they move: that one alone goes.
    override = "\n".join(
        [
            "BEGIN:VEVENT",
            "UID:abc@outlook",
            "DTSTAMP:20260907T070000Z",
            "SEQUENCE:1",
            f"RECURRENCE-ID;{ZONE}:20260922T100000",
            f"{AT}20260922T140000",
            f"{UNTIL}20260922T150000",
            "END:VEVENT",
        ]
    )
    series = calendar("REQUEST", *FIRST, WEEKLY, sequence=1, extra=override)
    assert come(mail(series, number=2), now) == "changed"
    here[2] = TEN + 2 * WEEK + 4 * HOUR
    assert starts() == here
    answer, events = last_answer()
    assert partstats(events) == ["ACCEPTED", "DECLINED", "DECLINED"]
    assert "Your calendar still has:\nTuesday 15 September 2026, 10:00–11:00\nTuesday 29" in answer.body
    assert only_booking().recurrence == "FREQ=WEEKLY;COUNT=5"


@both
def test_a_series_that_is_made_longer_keeps_what_was_done_here(
    app: object, member: Person, make: Factory, now: datetime
) -> None:
    booking = invite(now, WEEKLY)
    host = make.host()
    change(booking, host, now, place=1, start=TEN + WEEK + 2 * HOUR)
    bookings.cancel(booking.id, by=host, now=now, dates=[booking.dates[3].id])
    tell_untold(POST, now)
    assert update(now, "RRULE:FREQ=WEEKLY;COUNT=6") == "changed"
    assert starts() == [TEN, TEN + WEEK + 2 * HOUR, TEN + 2 * WEEK, TEN + 4 * WEEK, TEN + 5 * WEEK]
    answer, events = last_answer()
    assert partstats(events) == ["ACCEPTED", "DECLINED", "DECLINED"]
    assert "Tuesday 29 September 2026, 10:00–11:00\n→ It was cancelled here." in answer.body
    assert tell_untold(POST, now) == (0, [])


@both
def test_this_and_following_changed_here_is_still_one_meeting_of_theirs(
    app: object, member: Person, make: Factory, now: datetime
) -> None:
    booking = invite(now, WEEKLY)
    change(booking, make.host(name="Kim Lund"), now, place=3, start=TEN + 3 * WEEK + HOUR, scope="following")
    assert tell_untold(POST, now) == (1, [])
    mails = db.session.scalars(select(OutboxMail)).all()
    assert [each.key.split(":")[0] for each in mails] == ["answer", "answer"]
    answer, events = last_answer()
    assert partstats(events) == ["ACCEPTED", "DECLINED", "DECLINED"]
    assert [each["RECURRENCE-ID"].dt for each in events[1:]] == [TEN + 3 * WEEK, TEN + 4 * WEEK]
    assert "Another mail" not in answer.body
    assert update(now, WEEKLY, title="Nytt namn") == "changed"
    assert {each.title for each in db.session.scalars(select(Booking))} == {"Nytt namn"}
    assert starts()[3:] == [TEN + 3 * WEEK + HOUR, TEN + 4 * WEEK + HOUR]
    cancel = calendar("CANCEL", *FIRST, WEEKLY, sequence=2)
    assert come(mail(cancel, number=3), now) == "cancelled"
    assert starts() == []
    assert tell_untold(POST, now) == (0, [])


@both
def test_a_date_that_is_moved_alone_goes_and_one_that_is_not_stays(
    app: object, member: Person, make: Factory, now: datetime
) -> None:
    booking = invite(now, WEEKLY)
    change(booking, make.host(), now, place=1, start=TEN + WEEK + 2 * HOUR)
    same = (f"{AT}20260915T100000", f"{UNTIL}20260915T110000")
    original = f"RECURRENCE-ID;{ZONE}:20260915T100000"
    assert update(now, original, times=same) == "changed"
    assert starts()[1] == TEN + WEEK + 2 * HOUR
    _, (event,) = last_answer()
    assert (partstats([event]), event["RECURRENCE-ID"].dt) == (["DECLINED"], TEN + WEEK)
    other = (f"{AT}20260915T140000", f"{UNTIL}20260915T150000")
    assert update(now, original, times=other, number=3) == "changed"
    assert starts()[1] == TEN + WEEK + 4 * HOUR
    assert partstats(last_answer()[1]) == ["ACCEPTED"]


@both
def test_a_yes_is_one_mail_and_a_no_comes_with_the_hosts_reason(
    app: object, member: Person, make: Factory, now: datetime
) -> None:
    booking = invite(now, to="hall@rum.example")
    host = make.host()
    approval.approve(booking.dates[0].id, by=host, now=now)
    assert tell_untold(POST, now) == (1, [])
    assert [each.key.split(":")[0] for each in db.session.scalars(select(OutboxMail))] == ["answer", "answer"]
    assert last_answer()[0].subject == f"Accepted: {TITLE}"
    other = calendar("REQUEST", f"{AT}20260909T100000", f"{UNTIL}20260909T110000", uid="other")
    come(mail(other, number=2), now, "hall@rum.example")
    asked = db.session.scalars(select(Booking).order_by(Booking.id.desc())).first()
    assert asked is not None
    approval.decline(asked.dates[0].id, reason="Vi målar om", by=host, now=now)
    assert tell_untold(POST, now) == (1, [])
    answer, events = last_answer()
    assert (answer.subject, partstats(events)) == (f"Declined: {TITLE}", ["DECLINED"])
    assert answer.body.startswith("The host could not give you this time:")
    assert "The reason: Vi målar om" in answer.body
    assert "The reason: Vi målar om" in (answer.html or "")
    assert len(answers()) == len(db.session.scalars(select(OutboxMail)).all())


def test_nobody_answering_is_told_as_such(member: Person, make: Factory, now: datetime) -> None:
    booking = invite(now, to="hall@rum.example")
    approval.lapse(booking.id, [booking.dates[0].id], now=now)
    assert tell_untold(POST, now) == (1, [])
    answer, events = last_answer()
    assert partstats(events) == ["DECLINED"]
    assert answer.body.startswith("Nobody answered in time, so this is free again:")


def test_a_closure_is_told_with_its_reason(member: Person, make: Factory, now: datetime) -> None:
    booking = invite(now, WEEKLY)
    date = booking.dates[1]
    close(
        make.office(),
        None,
        date.starts_at - HOUR,
        date.ends_at + HOUR,
        "Ventilationen",
        by=make.host(),
        now=now,
        cancelling=[date.id],
    )
    assert tell_untold(POST, now) == (1, [])
    answer, events = last_answer()
    assert (answer.subject, partstats(events)) == (f"Cancelled: {TITLE}", ["ACCEPTED", "DECLINED"])
    assert answer.body.startswith("It is closed then, so these dates are cancelled; the others stand:")
    assert "The reason: Ventilationen" in answer.body


def test_what_cannot_be_moved_is_told_with_what_stands(member: Person, make: Factory, now: datetime) -> None:
    invite(now)
    other = make.person("other@example.org")
    bookings.book(wish(TEN + 3 * HOUR, title="Hemligt"), by=other, now=now)
    times = (f"{AT}20260908T130000", f"{UNTIL}20260908T140000")
    assert update(now, times=times) == "refused"
    answer, events = last_answer()
    assert partstats(events) == ["DECLINED"]
    assert "Booked as before:\nTuesday 8 September 2026, 10:00–11:00" in answer.body
    assert reasons() == ["taken"]
    # Back to the time that stands: that is as before.
    assert update(now, number=3) == "changed"
    assert partstats(last_answer()[1]) == ["ACCEPTED"]


@both
def test_what_came_before_it_was_written_down_is_answered_all_the_same(
    app: object, member: Person, make: Factory, now: datetime
) -> None:
    booking = invite(now, to="hall@rum.example")
    db.session.delete(db.session.get(Invitation, booking.id))
    db.session.commit()
    approval.approve(booking.dates[0].id, by=make.host(), now=now)
    assert tell_untold(POST, now) == (1, [])
    assert partstats(last_answer()[1]) == ["ACCEPTED"]
    change(booking, make.host(), now, start=TEN + HOUR, rooms=("hall",))
    assert tell_untold(POST, now) == (1, [])
    assert partstats(last_answer()[1]) == ["DECLINED"]


def test_it_is_kept_whose_booking_is_in_the_way(member: Person, make: Factory, now: datetime) -> None:
    invite(now)
    other = calendar("REQUEST", *FIRST, uid="other")
    assert come(mail(other, number=2), now) == "refused"
    assert reasons() == ["taken_by_sender"]
    past = calendar("REQUEST", f"{AT}20260901T100000", f"{UNTIL}20260901T110000", uid="past")
    assert come(mail(past, number=3), now) == "refused"
    assert reasons() == ["in_past"]
    assert "That time has already passed." in last_answer()[0].body


def test_a_cancellation_by_somebody_else_cancels_nothing(
    member: Person, make: Factory, now: datetime
) -> None:
    invite(now)
    make.person("other@example.org")
    cancel = calendar("CANCEL", sequence=1)
    assert come(mail(cancel, number=2, sender="other@example.org"), now) == "refused"
    assert (reasons(), starts()) == (["cancel_not_the_organiser"], [TEN])
