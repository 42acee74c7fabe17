"""What the mails about a booking say of what was done: from booking to mail, in the reader's words."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from app.extensions import db
from app.models import OutboxMail, Person, ResourcePart
from app.services import approval, bookings
from app.services.bookings import Wish
from app.services.closures import close
from app.services.invitations import PostOffice, tell_untold
from tests.factories import HOUR, TEN, Factory

POST = PostOffice("Mötesplats <boka@office.example>", "rum.office.example")
WEEK = timedelta(weeks=1)
WEEKLY = "FREQ=WEEKLY;COUNT=3"


@pytest.fixture
def member(make: Factory) -> Person:
    both = make.room("both", name="Asken och Eken")
    parts = [make.room("asken"), make.room("eken")]
    db.session.add_all([ResourcePart(whole_id=both.id, part_id=part.id) for part in parts])
    db.session.commit()
    return make.person(name="Anna Ek", language="en")


def wish(room: str = "both", start: datetime = TEN, recurrence: str | None = None, **more: object) -> Wish:
    return Wish((room,), start, start + HOUR, "Mixed", "granit", "meeting", recurrence, **more)


def mails(now: datetime, to: str = "member@example.org") -> Sequence[OutboxMail]:
    """Those to one reader that are new."""
    known = set(db.session.scalars(select(OutboxMail.id).where(OutboxMail.key.startswith("invitation"))))
    assert tell_untold(POST, now)[1] == []
    return [
        each
        for each in db.session.scalars(select(OutboxMail))
        if each.id not in known and each.recipient == to
    ]


def test_a_series_in_two_rooms_says_each_room_and_whose_yes_lacks(
    make: Factory, member: Person, now: datetime
) -> None:
    make.room("hall", name="Storstugan", approval=True)
    bookings.book(wish(start=TEN + WEEK), by=make.host(), now=now)
    mails(now)
    bookings.book(wish(recurrence=WEEKLY, move=True, people=1), by=member, now=now)
    (mail,) = mails(now)
    assert mail.subject == "Booked: Mixed"
    assert "8 September 2026, 10:00–11:00 · Asken och Eken\n" in mail.body
    assert "15 September 2026, 10:00–11:00 · Storstugan (awaits the host's yes)\n" in mail.body
    assert mail.body.count("awaits the host") == 1
    assert "The host has yet to say yes where it says so." in mail.body
    assert "In another room, since somebody else has the one that you asked for:\nTuesday 15" in mail.body
    assert "Storstugan (awaits the host&#39;s yes)" in (mail.html or "")


def test_what_is_only_asked_for_says_so(make: Factory, member: Person, now: datetime) -> None:
    make.room("hall", name="Storstugan", approval=True)
    booking = bookings.book(wish("hall"), by=member, now=now)
    (mail,) = mails(now)
    assert mail.subject == "Asked for: Mixed"
    assert "You have asked for:" in mail.body
    assert "The host has yet to say yes." in mail.body
    approval.approve(booking.dates[0].id, by=make.host(), now=now)
    mails(now)
    subjects = set(db.session.scalars(select(OutboxMail.subject)))
    assert subjects == {"Asked for: Mixed", "Approved: Mixed"}


def test_whose_yes_lacks_is_named_at_several_offices(make: Factory, member: Person, now: datetime) -> None:
    make.room("hall", name="Storstugan", approval=True)
    make.room("salen", "umea")
    asked = Wish(("salen", "hall"), TEN, TEN + HOUR, "Mixed", "granit", "meeting")
    bookings.book(asked, by=member, now=now)
    (mail,) = mails(now)
    assert "The host of Stockholm has yet to say yes. You get another mail" in mail.body


def test_dates_that_are_left_out_are_told_with_the_reason(
    make: Factory, member: Person, now: datetime
) -> None:
    host = make.host()
    bookings.book(wish(start=TEN + WEEK), by=host, now=now)
    close(make.office(), None, TEN + 2 * WEEK, TEN + 2 * WEEK + HOUR, "Floors", by=host, now=now)
    mails(now)
    skip = frozenset({"taken", "closed"})
    bookings.book(wish(recurrence=WEEKLY, skip=skip), by=member, now=now)
    (mail,) = mails(now)
    assert "Not booked:\nTuesday 15 September 2026, 10:00–11:00 – somebody else has that time\n" in mail.body
    assert "\nTuesday 22 September 2026, 10:00–11:00 – it is closed then\n" in mail.body
    assert "somebody else has that time</li>" in (mail.html or "")


def test_a_change_says_from_what_to_what_and_who(make: Factory, member: Person, now: datetime) -> None:
    make.room("tallen")
    booking = bookings.book(wish(guests=("eva@guest.example",)), by=member, now=now)
    mails(now)
    hanna = make.host()
    hanna.name = "Hanna Värd"
    db.session.commit()
    moved = wish("tallen", TEN + HOUR)
    bookings.change(booking.dates[0].id, moved, version=booking.version, by=hanna, now=now)
    (mail,) = mails(now)
    assert mail.subject == "Changed: Mixed"
    assert "Hanna Värd has changed your booking. It is now:" in mail.body
    assert re.search(r"\nWhat has changed:\nTime: 8 Sep.* 10:00–11:00 → 8 Sep.* 11:00–12:00\n", mail.body)
    assert "→ Tallen\n" in mail.body
    assert " 11:00–\u206012:00</li>" in (mail.html or "")
    again = wish("tallen", TEN + 2 * HOUR)
    bookings.change(booking.dates[0].id, again, version=booking.version, by=member, now=now)
    (guests,) = mails(now, "eva@guest.example")
    assert "Anna Ek har ändrat det här mötet" in guests.body
    assert re.search(r"→ 8 sep.* 12:00–13:00\n", guests.body)


def test_this_and_following_is_a_change_not_another_booking(member: Person, now: datetime) -> None:
    booking = bookings.book(wish(recurrence=WEEKLY), by=member, now=now)
    mails(now)
    second = booking.dates[1]
    later = wish(start=second.starts_at + HOUR)
    bookings.change(second.id, later, scope="following", version=booking.version, by=member, now=now)
    first, following = mails(now)
    assert [first.subject, following.subject] == ["Changed: Mixed", "Changed: Mixed"]
    assert "The dates from Tuesday 15 September 2026 on are a booking of their own now." in first.body
    assert re.search(r"Time: 15 Sep.* 10:00–11:00 → 15 Sep.* 11:00–12:00\n", following.body)


def test_what_gives_way_to_a_closure_is_one_mail_with_the_reason_and_the_calendar(
    make: Factory, member: Person, now: datetime
) -> None:
    booking = bookings.book(wish(guests=("eva@guest.example",)), by=member, now=now)
    mails(now)
    before = set(db.session.scalars(select(OutboxMail.id)))
    dates = [booking.dates[0].id]
    close(make.office(), None, TEN, TEN + HOUR, "Floors", by=make.host(), now=now, cancelling=dates)
    (to_eva,) = mails(now, "eva@guest.example")
    new = [each for each in db.session.scalars(select(OutboxMail)) if each.id not in before]
    assert sorted(each.recipient for each in new) == ["eva@guest.example", member.email]
    (ours,) = (each for each in new if each.recipient == member.email)
    assert ours.subject == "Cancelled, since it is closed then: Mixed"
    assert "The reason: Floors" in ours.body
    assert "METHOD:CANCEL" in (ours.calendars or [""])[0]
    assert "Det är stängt då, så det här mötet är avbokat:" in to_eva.body
    assert "Skälet: Floors" in to_eva.body


def test_who_cancelled_is_named(make: Factory, member: Person, now: datetime) -> None:
    booking = bookings.book(wish(recurrence=WEEKLY), by=member, now=now)
    mails(now)
    hanna = make.host()
    hanna.name = "Hanna Värd"
    db.session.commit()
    bookings.cancel(booking.id, by=hanna, now=now, dates=[booking.dates[1].id])
    (mail,) = mails(now)
    assert "Hanna Värd has cancelled these dates; the others stand:" in mail.body
