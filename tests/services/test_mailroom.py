"""Whose mail the mail room believes, whom it answers, and what it keeps."""

from datetime import UTC, datetime

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.domain.errors import NotAllowed
from app.extensions import db
from app.mailer import message_of
from app.models import Booking, Guest, Person, ReceivedMail
from app.services import bookings
from app.services.bookings import Wish
from app.services.mailroom import recipients_of
from app.services.mailroom_mail import UnreadableMail, open_mail
from app.services.received_mails import count_refused, forget_received, refused_mails
from calendars.incoming import parse_message
from calendars.read import ReadError
from tests.databases import both
from tests.factories import HOUR, TEN, Factory
from tests.services.mailroom_answers import POST, answers, come, member_with_rooms, reasons
from tests.services.mails import AT, AUTHSERV, MEMBER, UNTIL, VOUCHED, WEEK, calendar, mail

JUNK = b"BEGIN:VCALENDAR\r\nnothing"
LONG = calendar("REQUEST", f"{AT}20260908T100000", f"{UNTIL}20260908T110000", f"DESCRIPTION:{'x' * 300_000}")


@pytest.fixture
def member(make: Factory) -> Person:
    return member_with_rooms(make)


@both
def test_the_same_mail_twice_is_one(app: object, member: Person, now: datetime) -> None:
    assert come(mail(calendar()), now) == "booked"
    assert come(mail(calendar()), now) == "known"
    assert len(answers()) == 1


@pytest.mark.parametrize(
    "vouched",
    [
        None,
        "mx.evil.example; dmarc=pass header.from=example.org",
        f"{AUTHSERV}; dmarc=fail header.from=example.org",
        f"{AUTHSERV}; dmarc=pass header.from=evil.example",
        f"{AUTHSERV}; dkim=pass header.d=evil.example; spf=pass smtp.mailfrom=a@evil.example",
        f"{AUTHSERV}; none",
        ";;;",
    ],
)
def test_a_bare_from_is_never_believed(member: Person, now: datetime, vouched: str | None) -> None:
    assert come(mail(calendar(), vouched=vouched), now) == "refused"
    assert reasons() == ["not_authenticated"]
    assert answers() == []
    assert db.session.scalars(select(Booking)).all() == []


@pytest.mark.parametrize(
    "vouched",
    [
        f"{AUTHSERV}; spf=none; dkim=pass header.d=example.org",
        f"{AUTHSERV}; spf=pass smtp.mailfrom=bounce@example.org",
        f"{AUTHSERV}; auth=pass smtp.auth=member@example.org",
    ],
)
def test_what_the_offices_server_vouches_for_is_believed(member: Person, now: datetime, vouched: str) -> None:
    assert come(mail(calendar(), vouched=vouched), now) == "booked"


def test_words_of_others_below_those_of_the_offices_server_do_not_count(
    member: Person, now: datetime
) -> None:
    forged = mail(calendar(), vouched=VOUCHED)
    raw = f"Authentication-Results: {AUTHSERV}; dmarc=fail header.from=example.org\n".encode() + forged
    assert come(raw, now) == "refused"


@pytest.mark.parametrize(
    ("raw", "outcome", "reason"),
    [
        (mail(calendar(), Auto_Submitted="auto-replied"), "ignored", "automatic"),
        (mail(calendar(), sender="tallen@rum.example"), "ignored", "from_ourselves"),
        (mail(calendar("COUNTER")), "ignored", "other_method"),
        (mail(calendar("CANCEL")), "ignored", "unknown_meeting"),
        (mail(calendar("REPLY")), "refused", "not_invited"),
        (mail(calendar(organizer="host@example.org")), "refused", "not_the_organiser"),
        (mail(calendar(organizer="x@example.org"), sender="x@example.org"), "refused", "unknown_sender"),
        (mail(JUNK, sender="x@example.org"), "refused", "unreadable"),
        (mail(JUNK, vouched=None), "refused", "not_authenticated"),
        (mail(JUNK, Auto_Submitted="auto-generated"), "refused", "unreadable"),
        (mail(LONG, sender="x@example.org"), "refused", "too_large"),
        (mail(LONG, vouched=None), "refused", "not_authenticated"),
        (mail(LONG, Auto_Submitted="auto-replied"), "refused", "too_large"),
    ],
)
def test_nobody_is_answered_who_asks_for_nothing_that_they_may(
    member: Person, now: datetime, raw: bytes, outcome: str, reason: str
) -> None:
    assert come(raw, now) == outcome
    assert reasons() == [reason]
    assert answers() == []


@both
@pytest.mark.parametrize(
    ("ics", "language", "code", "subject", "said"),
    [
        (JUNK, "en", "unreadable", "Could not be read: Styrgrupp", "could not be read. Invite the room"),
        (JUNK, "sv", "unreadable", "Gick inte att läsa: Styrgrupp", "gick inte att läsa. Bjud in rummet"),
        (LONG, "en", "too_large", "Could not be read: Styrgrupp", "is larger than 200 kB. Send it again"),
        (LONG, "sv", "too_large", "Gick inte att läsa: Styrgrupp", "är större än 200 kB. Skicka den igen"),
    ],
)
def test_who_may_invite_rooms_is_told_once_what_cannot_be_read(
    app: Flask, member: Person, now: datetime, ics: bytes, language: str, code: str, subject: str, said: str
) -> None:
    member.language = language
    db.session.commit()
    assert [come(mail(ics), now), come(mail(ics), now)] == ["refused", "known"]
    assert reasons() == [code, "sender_told"]
    (answer,) = answers()
    assert (answer.recipient, answer.language, answer.subject) == (MEMBER, language, subject)
    assert answer.sender == '"Tallen – Stockholm" <tallen@rum.example>'
    assert said in answer.body
    assert said in str(answer.html)
    assert answer.calendars is None
    assert message_of(answer, POST.sender)["Auto-Submitted"] == "auto-generated"


def test_nobody_is_told_what_cannot_be_read_at_the_offices_own_address(member: Person, now: datetime) -> None:
    assert come(mail(JUNK), now, "boka@rum.example") == "refused"
    assert reasons() == ["unreadable"]
    assert answers() == []


@both
def test_a_guests_answer_is_kept(app: object, member: Person, now: datetime) -> None:
    wish = Wish(
        ("tallen",),
        TEN,
        TEN + HOUR,
        "Möte",
        "granit",
        "meeting",
        "FREQ=WEEKLY;COUNT=3",
        guests=("eva@guest.example",),
    )
    booking = bookings.book(wish, by=member, now=now)

    def reply(
        number: int, partstat: str, *more: str, sender: str = "eva@guest.example", stamp: int = 0
    ) -> str:
        ics = calendar(
            "REPLY",
            f"{AT}20260908T100000",
            f"{UNTIL}20260908T110000",
            *more,
            uid=booking.uid,
            attendee=f"ATTENDEE;PARTSTAT={partstat}:mailto:eva@guest.example",
            stamp=f"20260907T07000{stamp}Z",
        )
        vouched = f"{AUTHSERV}; dmarc=pass header.from=guest.example"
        return come(mail(ics, number=number, sender=sender, vouched=vouched), now, "boka@rum.example")

    assert reply(1, "ACCEPTED", stamp=2) == "replied"
    one = "RECURRENCE-ID;TZID=W. Europe Standard Time:20260915T100000"
    assert reply(2, "DECLINED", one, stamp=3) == "replied"
    guest = db.session.scalars(select(Guest)).one()
    second = str(int((TEN + WEEK).timestamp()))
    assert (guest.partstat, guest.dates) == ("ACCEPTED", {second: "DECLINED"})
    assert reply(3, "DECLINED", stamp=1) == "replied"  # an older one that came late
    assert db.session.scalars(select(Guest)).one().partstat == "ACCEPTED"
    assert reply(4, "DECLINED", sender="ola@guest.example", stamp=4) == "refused"
    assert answers() == []


@pytest.mark.parametrize("partstat", ["ACCEPTED", "DECLINED"])
def test_what_bookers_answer_to_their_own_copy_changes_nothing(
    member: Person, now: datetime, partstat: str
) -> None:
    wish = Wish(("tallen",), TEN, TEN + HOUR, "Möte", "granit", "meeting")
    booking = bookings.book(wish, by=member, now=now)
    ics = calendar(
        "REPLY",
        uid=booking.uid,
        organizer="boka@rum.example",
        attendee=f"ATTENDEE;PARTSTAT={partstat}:mailto:{MEMBER}",
    )
    assert come(mail(ics), now, "boka@rum.example") == "ignored"
    assert reasons() == ["own_booking"]
    assert booking.dates[0].status == "confirmed"
    assert answers() == []


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(junk=st.binary(max_size=400), at=st.integers(0, 1200), cut=st.integers(0, 300))
def test_junk_breaks_nothing(junk: bytes, at: int, cut: int) -> None:
    whole = mail(calendar())
    for raw in (junk, whole[:at] + junk + whole[at + cut :]):
        try:
            found = open_mail(raw, "tallen@rum.example", authserv_id=AUTHSERV)
        except UnreadableMail:
            continue
        assert len(found.subject) <= 300
    ics = calendar()
    for raw in (junk, ics[:at] + junk + ics[at + cut :]):
        try:
            message = parse_message(raw, timezone="Europe/Stockholm")
        except ReadError:
            continue
        assert message.stamp.tzinfo is UTC


ROOM = "tallen@rum.example"
OFFICE = "boka@rum.example"
NOBODY = {"To": "Anna <nobody@example.org>"}


@pytest.mark.parametrize(
    ("headers", "invited", "found"),
    [
        ({"To": f"Tallen <{ROOM}>, hall@rum.example"}, "x@y.example", [ROOM, "hall@rum.example"]),
        ({**NOBODY, "Cc": ROOM.upper()}, "x@y.example", [ROOM]),
        ({**NOBODY, "Delivered-To": ROOM, "X-Original-To": ROOM}, "x@y.example", [ROOM]),
        ({"To": ROOM, "Delivered-To": OFFICE}, "x@y.example", [ROOM]),
        ({"To": OFFICE}, "eva@guest.example", [OFFICE]),
        ({"To": OFFICE}, ROOM, [ROOM]),
        (NOBODY, ROOM, [ROOM]),
        (NOBODY, "nothing@rum.example", []),
    ],
)
def test_for_whom_a_mail_is_that_lies_in_a_mailbox(
    member: Person, headers: dict[str, str], invited: str, found: list[str]
) -> None:
    ics = calendar(
        attendee=f'ATTENDEE;CUTYPE=ROOM;RSVP=TRUE;CN="Ett långt namn på ett rum, {"x" * 60}":MAILTO:{invited}'
    )
    raw = mail(ics).replace(b"To: tallen@rum.example\r\n", b"")
    said = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    assert recipients_of(said.encode() + raw, POST) == found


@pytest.mark.parametrize("fold", ["\r\n ", "\r\n\t", "\n "])
def test_the_room_is_found_however_its_line_is_folded(member: Person, fold: str) -> None:
    ics = calendar(attendee=f"ATTENDEE;CUTYPE=ROOM:mailto:tallen{fold}@rum.example")
    raw = mail(ics).replace(b"To: tallen@rum.example\r\n", b"")
    assert recipients_of(raw, POST) == [ROOM]


@both
@pytest.mark.parametrize("vouched", [f"{AUTHSERV}; dmarc=pass header.from=guest.example", None])
def test_an_answer_of_a_stranger_belongs_to_the_office_of_the_booking_or_to_none(
    app: object, member: Person, make: Factory, now: datetime, vouched: str | None
) -> None:
    there = make.office("umea")
    make.room("granen", office="umea")
    booking = bookings.book(
        Wish(("granen",), TEN, TEN + HOUR, "Möte", "granit", "meeting"), by=member, now=now
    )
    stranger = "ola@guest.example"
    for number, uid in enumerate((booking.uid, "unknown@elsewhere"), 1):
        accepted = f"ATTENDEE;PARTSTAT=ACCEPTED:mailto:{stranger}"
        ics = calendar("REPLY", uid=uid, attendee=accepted)
        raw = mail(ics, number=number, sender=stranger, vouched=vouched)
        assert come(raw, now, "boka@rum.example") == "refused"
    since, admin = now - HOUR, make.person("admin@example.org", role="admin")
    reason = "not_invited" if vouched else "not_authenticated"
    for place, message_id in ((there, "<1@outlook>"), (None, "<2@outlook>")):
        (refused,) = refused_mails(place, by=admin, since=since).mails
        assert (refused.message_id, refused.reasons) == (message_id, [reason])
        assert count_refused(place, by=admin, since=since) == 1
    assert refused_mails(make.office(), by=make.host(), since=since).mails == []


@both
def test_hosts_see_what_was_refused_at_their_office(
    app: object, member: Person, make: Factory, now: datetime
) -> None:
    come(mail(calendar(), vouched=None), now)
    come(mail(calendar(), number=2), now)
    since, office = now - HOUR, make.office()
    (refused,) = refused_mails(office, by=make.host(office=office), since=since).mails
    assert (refused.sender, refused.subject, refused.reasons) == (MEMBER, "Styrgrupp", ["not_authenticated"])
    umea = make.office("umea")
    assert refused_mails(umea, by=make.host("umea@example.org", office=umea), since=since).mails == []
    with pytest.raises(NotAllowed):
        refused_mails(umea, by=make.host("here@example.org", office=office), since=since)
    assert forget_received(now + HOUR) == 2
    assert {mail.subject for mail in db.session.scalars(select(ReceivedMail))} == {""}
    assert come(mail(calendar(), number=2), now) == "known"
