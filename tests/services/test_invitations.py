"""Invitations: what the calendars of booker and guests are told, mail by mail."""

from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select

from app.extensions import db
from app.models import Booking, History, OutboxMail, Person
from app.services import approval, bookings, invitations, presence
from app.services.bookings import Wish
from app.services.invitations import tell_untold
from app.services.transaction import use_case
from tests.databases import both
from tests.factories import HOUR, TEN, Factory
from tests.services.invited import GUESTS, POST, WEEKLY, Mailed, book, booker, mailed


@pytest.fixture
def member(make: Factory) -> Person:
    return booker(make)


@both
def test_booker_and_guests_are_invited_once(app: object, member: Person, now: datetime) -> None:
    booking = book(member, now)
    mails = mailed(now)
    assert set(mails) == {"member@example.org", "eva@guest.example", "ola@guest.example"}
    assert mailed(now) == {}
    for mail in mails.values():
        assert mail.methods == ["REQUEST"]
        event = mail.event
        assert str(event["UID"]) == booking.uid
        assert event["DTSTART"].dt == TEN
        assert (int(event["SEQUENCE"]), str(event["STATUS"])) == (0, "CONFIRMED")
        invited = {str(each): each.params for each in event["ATTENDEE"]}
        assert invited["mailto:eva@guest.example"]["RSVP"] == "TRUE"
        assert invited["mailto:tallen@rum.office.example"]["CUTYPE"] == "ROOM"
        assert invited["mailto:member@example.org"]["PARTSTAT"] == "ACCEPTED"
        assert "RSVP" not in invited["mailto:member@example.org"]
    theirs = mails["eva@guest.example"].event["ORGANIZER"]
    assert str(theirs) == "mailto:member@example.org"
    assert (theirs.params["SENT-BY"], theirs.params["CN"]) == ("mailto:boka@office.example", "Anna 'A' Ek")


@both
def test_the_bookers_own_copy_is_the_offices_from_the_first_to_the_last(
    app: object, member: Person, now: datetime
) -> None:
    # Outlook throws away what one is invited to by oneself; Thunderbird and Google offer nothing to accept.
    booking = book(member, now, WEEKLY)
    invited = mailed(now)[member.email]
    start = TEN + HOUR
    moved = Wish(("tallen",), start, start + HOUR, booking.title, "granit", "meeting", guests=GUESTS)
    bookings.change(booking.dates[0].id, moved, version=booking.version, by=member, now=now)
    changed = mailed(now)[member.email]
    bookings.cancel(booking.id, by=member, now=now)
    cancelled = mailed(now)[member.email]
    for mail in (invited, changed, cancelled):
        for event in mail.events:
            assert str(event["ORGANIZER"]) == "mailto:boka@office.example"
            assert dict(event["ORGANIZER"].params) == {"CN": "Mötesplats"}
            assert str(event["UID"]) == booking.uid
    assert [mail.methods for mail in (invited, changed, cancelled)] == [["REQUEST"], ["REQUEST"], ["CANCEL"]]


def test_each_reads_it_in_their_own_language(member: Person, now: datetime) -> None:
    booking = book(member, now)
    mails = mailed(now)
    ours, theirs = mails["member@example.org"].mail, mails["eva@guest.example"].mail
    assert (ours.language, ours.subject) == ("en", "Booked: Frukost, vind & kraft 🌬")
    assert (theirs.language, theirs.subject) == ("sv", "Inbjudan: Frukost, vind & kraft 🌬")
    assert "Anna &#34;A&#34; Ek bjuder in dig" in (theirs.html or "")
    assert "vind &amp; kraft" in (theirs.html or "")
    # Where a guest can do nothing leads nowhere.
    assert f"/bookings/{booking.id}" in ours.body
    assert "/bookings" not in theirs.body + (theirs.html or "") + "".join(theirs.calendars or ())


@both
def test_a_guest_who_is_known_reads_it_in_their_own_language(
    app: object, member: Person, make: Factory, now: datetime
) -> None:
    make.person("eva@guest.example", language="en")
    make.person("ola@guest.example", language="en").active = False
    db.session.commit()
    book(member, now)
    mails = mailed(now)
    eva, ola = mails["eva@guest.example"].mail, mails["ola@guest.example"].mail
    assert (eva.language, eva.subject) == ("en", "Invitation: Frukost, vind & kraft 🌬")
    assert (ola.language, ola.subject) == ("sv", "Inbjudan: Frukost, vind & kraft 🌬")


@both
def test_a_series_is_one_event_with_its_rule(app: object, member: Person, now: datetime) -> None:
    book(member, now, WEEKLY)
    mails = mailed(now)
    assert len(mails) == 3
    (event,) = mails["ola@guest.example"].events
    assert event["RRULE"]["COUNT"] == [4]
    assert mails["ola@guest.example"].mail.body.count("10:00") == 4


@both
def test_a_change_comes_as_a_newer_version(app: object, member: Person, now: datetime) -> None:
    booking = book(member, now)
    mailed(now)
    date = booking.dates[0]
    moved = Wish(("tallen",), TEN + HOUR, TEN + 2 * HOUR, "New", "granit", "meeting")
    bookings.change(date.id, moved, version=booking.version, by=member, now=now)
    mails = mailed(now + HOUR)
    event = mails["eva@guest.example"].event
    assert mails["eva@guest.example"].methods == ["REQUEST"]
    assert (str(event["UID"]), int(event["SEQUENCE"])) == (booking.uid, 1)
    assert event["DTSTART"].dt == TEN + HOUR
    assert event["DTSTAMP"].dt == now + HOUR
    assert mails["eva@guest.example"].mail.subject == "Ändrat: New"


@both
def test_one_date_of_a_series_moved_and_one_cancelled(app: object, member: Person, now: datetime) -> None:
    booking = book(member, now, WEEKLY)
    mailed(now)
    second, third = booking.dates[1], booking.dates[2]
    start = second.starts_at + HOUR
    moved = Wish(("tallen",), start, start + HOUR, booking.title, "granit", "meeting")
    bookings.change(second.id, moved, version=booking.version, by=member, now=now)
    master, override = mailed(now)["eva@guest.example"].events
    assert master["RRULE"]
    assert override["RECURRENCE-ID"].dt == second.original_start_at
    assert override["DTSTART"].dt == start
    bookings.cancel(booking.id, by=member, now=now, dates=[third.id])
    mail = mailed(now)["eva@guest.example"]
    assert mail.methods == ["CANCEL"]
    (event,) = mail.events
    assert event["RECURRENCE-ID"].dt == third.original_start_at
    assert (str(event["STATUS"]), int(event["SEQUENCE"])) == ("CANCELLED", 2)
    assert "X-MICROSOFT-CDO-BUSYSTATUS" not in event
    assert mail.mail.body.count("10:00") == 1


@both
def test_all_cancelled_is_one_cancellation(app: object, member: Person, now: datetime) -> None:
    booking = book(member, now, WEEKLY)
    mailed(now)
    bookings.cancel(booking.id, by=member, now=now)
    mail = mailed(now)["ola@guest.example"]
    assert mail.methods == ["CANCEL"]
    (event,) = mail.events
    assert str(event["UID"]) == booking.uid
    assert "RECURRENCE-ID" not in event
    assert mail.mail.subject.startswith("Avbokat: ")


@both
def test_this_and_following_ends_one_series_and_begins_another(
    app: object, member: Person, now: datetime
) -> None:
    booking = book(member, now, WEEKLY)
    mailed(now)
    third = booking.dates[2]
    start = third.starts_at + HOUR
    moved = Wish(("tallen",), start, start + HOUR, booking.title, "granit", "meeting")
    changed = bookings.change(third.id, moved, scope="following", version=booking.version, by=member, now=now)
    known = set(db.session.scalars(select(OutboxMail.id)))
    tell_untold(POST, now)
    mails = [Mailed(each) for each in db.session.scalars(select(OutboxMail)) if each.id not in known]
    to_eva = {str(mail.event["UID"]): mail for mail in mails if mail.mail.recipient == "eva@guest.example"}
    assert set(to_eva) == {booking.uid, changed.booking.uid}
    assert all(mail.methods == ["REQUEST"] for mail in to_eva.values())


@both
def test_what_waits_for_the_host_is_tentative_until_it_is_approved(
    app: object, member: Person, make: Factory, now: datetime
) -> None:
    booking = book(member, now, room="hall")
    first = mailed(now)["eva@guest.example"]
    assert str(first.event["STATUS"]) == "TENTATIVE"
    assert "Värden har inte sagt ja än" in first.mail.body
    approval.approve(booking.dates[0].id, by=make.host(), now=now)
    # The booker has a letter about it already: the calendar goes with that.
    mails = mailed(now)
    assert set(mails) == {"eva@guest.example", "ola@guest.example"}
    assert mails["eva@guest.example"].mail.subject.startswith("Bekräftat: ")
    letter = db.session.scalars(select(OutboxMail).where(OutboxMail.key.startswith("approved:"))).one()
    assert letter.recipient == member.email
    Mailed(letter)
    (calendar,) = letter.calendars or ()
    assert "STATUS:CONFIRMED" in calendar


@both
def test_declined_is_cancelled(app: object, member: Person, make: Factory, now: datetime) -> None:
    booking = book(member, now, room="hall")
    mailed(now)
    approval.decline(booking.dates[0].id, by=make.host(), now=now)
    assert mailed(now)["eva@guest.example"].methods == ["CANCEL"]


def test_several_changes_in_one_minute_are_one_mail(member: Person, now: datetime) -> None:
    booking = book(member, now)
    bookings.cancel(booking.id, by=member, now=now)
    assert mailed(now) == {}
    bookings.restore(booking.dates[0].id, by=member, now=now)
    assert mailed(now)["eva@guest.example"].methods == ["REQUEST"]


def test_who_comes_or_does_not_is_no_news(member: Person, make: Factory, now: datetime) -> None:
    booking = book(member, now)
    mailed(now)
    date, host = booking.dates[0], make.host()
    presence.check_in(date.id, by=host, now=TEN, where="host")
    assert mailed(TEN) == {}
    presence.end_early(date.id, by=host, now=TEN + HOUR / 2)
    assert mailed(TEN + HOUR / 2) == {}


def test_what_has_begun_when_it_is_booked_invites_nobody(member: Person, now: datetime) -> None:
    book(member, TEN)
    assert mailed(TEN + HOUR / 60) == {}


def test_who_wants_no_invitations_gets_none(member: Person, now: datetime) -> None:
    @use_case
    def switch_off() -> None:
        db.session.get_one(Person, member.id).wants_invitations = False

    switch_off()
    book(member, now)
    assert set(mailed(now)) == {"eva@guest.example", "ola@guest.example"}


def test_a_series_that_outlook_cannot_show_is_one_mail_of_single_events(
    member: Person, now: datetime
) -> None:
    booking = book(member, now, "FREQ=MONTHLY;BYDAY=2TU,4TU;COUNT=4", guests=("eva@guest.example",))
    mails = mailed(now)
    mail = mails["eva@guest.example"]
    assert mail.methods == ["REQUEST"] * 4
    assert len({str(event["UID"]) for event in mail.events}) == 4
    bookings.cancel(booking.id, by=member, now=now, dates=[booking.dates[1].id])
    mail = mailed(now)["eva@guest.example"]
    assert mail.methods == ["CANCEL"]
    assert "RECURRENCE-ID" not in mail.event


def test_a_booking_that_fails_stops_no_other(
    member: Person, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = book(member, now)
    sound = book(member, now, room="hall")
    whole = invitations._events

    def fail_for_one(booking: Booking) -> Any:
        if booking.id == broken.id:
            raise ValueError(booking.title)
        return whole(booking)

    monkeypatch.setattr(invitations, "_events", fail_for_one)
    told, failures = tell_untold(POST, now)
    assert told == 3
    assert [(each.booking_id, each.error) for each in failures] == [(broken.id, "ValueError")]
    untold = db.session.scalars(select(History.booking_id).where(History.told.is_(False))).all()
    assert untold == [broken.id]
    assert sound.id != broken.id
