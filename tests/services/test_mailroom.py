"""Rooms that answer their mail: booked by the rules of the browser, or declined with the reason."""

from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from typing import Any

import icalendar
import pytest
import vobject
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.extensions import db
from app.mailer import message_of
from app.models import Booking, Guest, MailedBooking, OutboxMail, Person, ReceivedMail
from app.services import approval, bookings
from app.services.bookings import Wish
from app.services.invitations import PostOffice, tell_untold
from app.services.mailroom import receive
from app.services.mailroom_mail import UnreadableMail, open_mail
from app.services.received_mails import forget_received, refused_mails
from calendars.incoming import parse_message
from calendars.lint import lint
from calendars.read import ReadError
from tests.calendars.sound import defects_of
from tests.databases import both
from tests.factories import Factory
from tests.services.mails import AUTHSERV, HOUR, MEMBER, TEN, VOUCHED, calendar, mail

POST = PostOffice("Mötesplats <boka@rum.example>", "rum.example")
WEEK = timedelta(weeks=1)
WEEKLY = "RRULE:FREQ=WEEKLY;COUNT=5"
AT = "DTSTART;TZID=W. Europe Standard Time:"
UNTIL = "DTEND;TZID=W. Europe Standard Time:"


@pytest.fixture
def member(make: Factory) -> Person:
    make.room("tallen")
    make.room("hall", approval=True)
    return make.person(name="Anna Ek", language="en")


def come(raw: bytes, now: datetime, to: str = "tallen@rum.example") -> str:
    return receive(open_mail(raw, to, authserv_id=AUTHSERV), POST, now)


def answers() -> list[OutboxMail]:
    query = select(OutboxMail).where(OutboxMail.key.startswith("answer:")).order_by(OutboxMail.id)
    return list(db.session.scalars(query))


def last_answer() -> tuple[OutboxMail, list[Any]]:
    """The newest answer and its events; sound, and read by two readers."""
    answer = answers()[-1]
    parsed = message_from_bytes(message_of(answer, POST.sender).as_bytes(), policy=policy.default)
    assert defects_of(parsed) == []
    (ics,) = answer.calendars or ()
    assert lint(ics.encode(), kind="message") == []
    assert vobject.readOne(ics).method.value == "REPLY"
    return answer, icalendar.Calendar.from_ical(ics).walk("VEVENT")


def partstats(events: list[Any]) -> list[str]:
    return [str(event["ATTENDEE"].params["PARTSTAT"]) for event in events]


def only_booking() -> Booking:
    return db.session.scalars(select(Booking)).one()


def reasons() -> list[str]:
    newest = select(ReceivedMail).order_by(ReceivedMail.id.desc()).limit(1)
    return db.session.scalars(newest).one().reasons


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


@both
def test_the_same_mail_twice_is_one(app: object, member: Person, now: datetime) -> None:
    assert come(mail(calendar()), now) == "booked"
    assert come(mail(calendar()), now) == "known"
    assert len(answers()) == 1


@both
def test_a_time_that_is_taken_is_declined_with_reason_and_alternatives(
    app: object, member: Person, make: Factory, now: datetime
) -> None:
    other = make.person("other@example.org")
    bookings.book(Wish(("tallen",), TEN, TEN + HOUR, "Hemligt", "granit", "meeting"), by=other, now=now)
    assert come(mail(calendar()), now) == "refused"
    answer, events = last_answer()
    assert partstats(events) == ["DECLINED"]
    assert "Tallen is booked" in answer.body
    assert "Free instead:" in answer.body
    assert "Hemligt" not in answer.body + "".join(answer.calendars or ())
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
    assert only_booking().dates[3].starts_at == TEN + 3 * WEEK + 5 * HOUR
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
    assert partstats(last_answer()[1]) == ["DECLINED"]
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
        (mail(b"BEGIN:VCALENDAR\r\nnothing"), "refused", "unreadable"),
        (mail(calendar() + b" " * 200_001), "refused", "unreadable"),
    ],
)
def test_nobody_is_answered_who_asks_for_nothing_that_they_may(
    member: Person, now: datetime, raw: bytes, outcome: str, reason: str
) -> None:
    assert come(raw, now) == outcome
    assert reasons() == [reason]
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


@both
def test_hosts_see_what_was_refused_at_their_office(
    app: object, member: Person, make: Factory, now: datetime
) -> None:
    come(mail(calendar(), vouched=None), now)
    come(mail(calendar(), number=2), now)
    since, office = now - HOUR, make.office()
    (refused,) = refused_mails(office, by=make.host(office=office), since=since)
    assert (refused.sender, refused.subject, refused.reasons) == (MEMBER, "Styrgrupp", ["not_authenticated"])
    umea = make.office("umea")
    assert refused_mails(umea, by=make.host("umea@example.org", office=umea), since=since) == []
    assert forget_received(now + HOUR) == 2
    assert {mail.subject for mail in db.session.scalars(select(ReceivedMail))} == {""}
    assert come(mail(calendar(), number=2), now) == "known"


def test_an_organiser_who_reads_swedish_is_answered_in_swedish(make: Factory, now: datetime) -> None:
    make.room("tallen")
    make.person(language="sv")
    other = make.person("other@example.org")
    bookings.book(Wish(("tallen",), TEN, TEN + HOUR, "X", "granit", "meeting"), by=other, now=now)
    come(mail(calendar()), now)
    answer, _ = last_answer()
    assert answer.subject == "Avböjd: Styrgrupp å, ä & ö"
    assert answer.body.startswith(
        "Tallen – Stockholm är inte bokad:\n\nStyrgrupp å, ä & ö\nTisdag 8 september 2026, 10:00–11:00\n\n"
        "Tallen är bokad tisdag 8 september 10:00–11:00.\n\nLedigt i stället:\n"
    )
    free = calendar("REQUEST", f"{AT}20260909T100000", f"{UNTIL}20260909T110000", uid="free")
    come(mail(free, number=2), now)
    answer, _ = last_answer()
    assert answer.subject == "Accepterat: Styrgrupp å, ä & ö"
    assert answer.body.startswith(
        "Tallen – Stockholm är bokad:\n\nStyrgrupp å, ä & ö\nOnsdag 9 september 2026, 10:00–11:00\n\nhttp"
    )
