"""Erasing a person: nothing tells of them any more, every figure stays, what is to come is seen to."""

import json
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import delete, select

from app.domain.errors import NotAllowed, NotFound, Refused
from app.extensions import db
from app.mailer import deliver
from app.models import (
    Booking,
    BookingDate,
    FeedGeneration,
    Guest,
    History,
    Invitation,
    OutboxMail,
    OutsideCalendar,
    OutsideTime,
    Person,
    ReceivedMail,
    SignInFailure,
    Waiting,
)
from app.services.invitations import PostOffice, tell_untold
from app.services.outbox import put_mail
from app.services.people import new_token
from app.services.privacy import Erased, ask_for_erasure, asked_for_erasure, erase, export, outlook_for, stay
from app.services.reports import report_for
from app.services.sign_in import request_link
from tests.databases import both
from tests.factories import Factory
from tests.services.privacy import (
    DAY,
    EMAIL,
    GUEST,
    HOUR,
    NAME,
    TITLE,
    WORDS,
    booked,
    everything,
    figures,
    folders,
    nameless,
    over,
    somebody,
)

POST = PostOffice("Mötesplats <rooms@example.org>", "rooms.example.org")
MONTH = timedelta(days=30)


@pytest.fixture
def admin(make: Factory) -> Person:
    return make.person("admin@example.org", role="admin")


def erased(person: Person, admin: Person, tmp_path: Path, now: datetime, to: str | None = None) -> Erased:
    return erase(person.id, hand_over_to=to, write=nameless, folders=folders(tmp_path), by=admin, now=now)


def everywhere(make: Factory, app: Flask, now: datetime, tmp_path: Path) -> Person:
    """Somebody with something in every table there is, and in mails."""
    person = somebody(make)
    over(booked(person, now + DAY, now=now))
    booked(person, now + 2 * DAY, now=now)
    other = make.person("annan@example.org")
    others = booked(other, now + 3 * DAY, now=now, title="Annat", guests=(EMAIL,), meeting_url=None)
    tell_untold(POST, now)
    request_link(EMAIL, now, "sv", lambda token, language: ("Logga in", token))
    new_token(EMAIL, now)
    app.config["MAIL_FOLDER"] = folders(tmp_path).mails
    for mail in db.session.scalars(select(OutboxMail).where(OutboxMail.recipient != GUEST)):
        deliver(mail, app.config)
        mail.state = "sent"
    put_mail("requests:1:1:9", "host@example.org", f"{TITLE}", f"{NAME} frågar om {TITLE}", "sv", now)
    shared = {"person_id": person.id, "organisation_id": person.organisations[0].id}
    room = others.dates[0].slots[0].resource_id
    when = {"starts_at": now + DAY, "ends_at": now + DAY + HOUR, "created_at": now}
    received = {"recipient": "tallen@rooms.example.org", "received_at": now, "outcome": "refused"}
    db.session.add_all(
        [
            Waiting(**shared, **when, resource_id=room, title=TITLE),
            FeedGeneration(person_id=person.id, thing="mine", renewed_at=now),
            SignInFailure(email=EMAIL, at=now),
            ReceivedMail(message_id="1", sender=EMAIL, subject=TITLE, **received),
        ]
    )
    db.session.commit()
    return person


@both
def test_nothing_is_left_of_somebody(
    app: Flask, make: Factory, now: datetime, tmp_path: Path, admin: Person
) -> None:
    person = everywhere(make, app, now, tmp_path)
    assert all(word in everything() for word in WORDS)
    past = figures()[0]
    done = erased(person, admin, tmp_path, now + DAY + 2 * HOUR)
    assert (done.anonymous, done.cancelled, done.handed_over) == (2, 1, 0)
    left = everything()
    assert not [line for line in left.splitlines() if any(word in line for word in WORDS)]
    assert figures()[0] == past
    copies = "".join(each.read_text() for each in folders(tmp_path).mails.iterdir())
    assert not any(word in copies.casefold() for word in WORDS)
    row = db.session.scalars(select(Person).where(Person.erased_at.is_not(None))).one()
    assert (row.id, row.email, row.active) == (person.id, f"erased-{person.id}@erased.invalid", False)
    with pytest.raises(NotFound):
        erased(person, admin, tmp_path, now)


@both
def test_guests_are_told_without_a_name(
    app: Flask, make: Factory, now: datetime, tmp_path: Path, admin: Person
) -> None:
    person = somebody(make)
    booked(person, now + DAY, now=now)
    tell_untold(POST, now)
    erased(person, admin, tmp_path, now)
    assert [(each.recipient, each.subject, each.body) for each in db.session.scalars(select(OutboxMail))] == [
        (GUEST, "Cancelled", "Tallen 1")
    ]
    assert [date.status for date in db.session.scalars(select(BookingDate))] == ["cancelled"]
    assert tell_untold(POST, now) == (0, [])


def test_what_is_to_come_can_be_handed_over(
    make: Factory, now: datetime, tmp_path: Path, admin: Person
) -> None:
    person = somebody(make)
    over(booked(person, now + DAY, now=now))
    coming = booked(person, now + 2 * DAY, now=now, title="Årsmöte")
    named = booked(person, now + 3 * DAY, now=now, title=f"{NAME} berättar")
    other = make.person("annan@example.org")
    done = erased(person, admin, tmp_path, now + DAY + 2 * HOUR, to="annan@example.org")
    assert (done.anonymous, done.cancelled, done.handed_over) == (1, 0, 2)
    for booking in (coming, named):
        db.session.refresh(booking)
        assert booking.organiser_id == other.id
        assert [date.organiser_id for date in booking.dates] == [other.id]
        assert booking.dates[0].status == "confirmed"
    assert (coming.title, named.title) == ("Årsmöte", "Möte")
    lines = select(History.action).where(History.booking_id == coming.id).order_by(History.id)
    assert db.session.scalars(lines).all() == ["booked", "handed_over"]
    assert not [line for line in everything().splitlines() if "kakadua" in line or "tukan@" in line]


@pytest.mark.parametrize(
    ("to", "code"), [("fremling@example.org", "cannot_take_over"), (EMAIL, "not_to_oneself")]
)
def test_not_everybody_can_take_it_over(
    make: Factory, now: datetime, tmp_path: Path, admin: Person, to: str, code: str
) -> None:
    person = somebody(make)
    booked(person, now + DAY, now=now)
    make.person("fremling@example.org", organisation="sten")
    with pytest.raises(Refused) as refused:
        erased(person, admin, tmp_path, now, to=to)
    assert [each.code for each in refused.value.refusals] == [code]
    assert db.session.scalars(select(Booking.organiser_id)).one() == person.id


def test_of_a_series_what_was_stays_and_what_comes_is_cancelled(
    make: Factory, now: datetime, tmp_path: Path, admin: Person
) -> None:
    person = somebody(make)
    booked(person, now + DAY, now=now, recurrence="FREQ=WEEKLY;COUNT=3")
    erased(person, admin, tmp_path, now + 9 * DAY)
    dates = db.session.scalars(select(BookingDate).order_by(BookingDate.starts_at)).all()
    assert [date.status for date in dates] == ["confirmed", "confirmed", "cancelled"]
    assert db.session.scalars(select(Booking.title)).one() == "Möte"


def test_others_bookings_stay_and_name_the_guest_no_more(
    make: Factory, now: datetime, tmp_path: Path, admin: Person
) -> None:
    person = somebody(make)
    other = make.person("annan@example.org")
    booking = booked(other, now + DAY, now=now, title="Annat", guests=(EMAIL, GUEST))
    tell_untold(POST, now)
    erased(person, admin, tmp_path, now)
    assert db.session.scalars(select(Guest.email)).all() == [GUEST]
    assert db.session.get_one(Invitation, booking.id).told["guests"] == [GUEST]
    assert tell_untold(POST, now) == (0, [])
    db.session.refresh(booking)
    assert (booking.title, booking.dates[0].status) == ("Annat", "confirmed")


@both
def test_whoever_was_just_taken_off_the_guests_is_told_nothing(
    make: Factory, now: datetime, tmp_path: Path, admin: Person
) -> None:
    person = somebody(make)
    other = make.person("annan@example.org")
    booking = booked(other, now + DAY, now=now, title="Annat", guests=(EMAIL, GUEST))
    tell_untold(POST, now)
    db.session.execute(delete(Guest).where(Guest.email == EMAIL))
    db.session.commit()
    erased(person, admin, tmp_path, now)
    assert db.session.get_one(Invitation, booking.id).told["guests"] == [GUEST]


@both
def test_titles_of_calendars_from_elsewhere_name_them_no_more(
    make: Factory, now: datetime, tmp_path: Path, admin: Person
) -> None:
    person = somebody(make)
    read = dict.fromkeys(("added_at", "tried_at", "good_at", "read_at", "reaches_until"), now)
    room = make.room("granen")
    calendar = OutsideCalendar(resource_id=room.id, name="Husets", file_name="hus.ics", **read)
    db.session.add(calendar)
    db.session.flush()
    when = {"calendar_id": calendar.id, "starts_at": now, "ends_at": now + HOUR}
    db.session.add_all(
        [OutsideTime(title=title, **when) for title in (f"Lunch med {NAME.upper()}", "Brandövning", None)]
    )
    db.session.commit()
    erased(person, admin, tmp_path, now)
    titles = db.session.scalars(select(OutsideTime.title).order_by(OutsideTime.id)).all()
    assert titles == [None, "Brandövning", None]


@both
def test_an_address_that_only_looks_alike_is_somebody_elses(
    make: Factory, now: datetime, tmp_path: Path, admin: Person
) -> None:
    person = make.person("a_b@example.org")
    received = {"recipient": "tallen@rooms.example.org", "received_at": now, "outcome": "refused"}
    senders = ["Någon <a_b@example.org>", "Annan <axb@example.org>"]
    db.session.add_all(
        [ReceivedMail(message_id=each, sender=each, subject="Hej", **received) for each in senders]
    )
    db.session.commit()
    assert [each["sender"] for each in export(person, now=now)["received_mail"]] == senders[:1]
    erased(person, admin, tmp_path, now)
    assert db.session.scalars(select(ReceivedMail.sender).order_by(ReceivedMail.id)).all() == ["", senders[1]]


def test_whom_nobody_could_stand_in_for_stays(make: Factory, now: datetime, tmp_path: Path) -> None:
    make.office()
    host = make.host()
    with pytest.raises(Refused) as refused:
        erase(host.id, hand_over_to=None, write=nameless, folders=folders(tmp_path), by=None, now=now)
    assert refused.value.refusals[0].code == "last_host"
    admin = make.person("admin@example.org", role="admin")
    with pytest.raises(Refused) as refused:
        erased(admin, admin, tmp_path, now)
    assert refused.value.refusals[0].code == "last_admin"
    assert erased(host, admin, tmp_path, now) == Erased(0, 0, 0, 0)


def test_only_administrators_erase(make: Factory, now: datetime, tmp_path: Path) -> None:
    make.office()
    person, host = somebody(make), make.host()
    with pytest.raises(NotAllowed):
        erased(person, host, tmp_path, now)
    with pytest.raises(NotAllowed):
        asked_for_erasure(by=host)


def test_whoever_asks_waits_and_may_change_their_mind(make: Factory, now: datetime, admin: Person) -> None:
    person = somebody(make)
    for _ in range(2):
        ask_for_erasure(person, lambda language: ("Somebody asks", "See"), now=now)
    assert asked_for_erasure(by=admin) == [person]
    mail = db.session.scalars(select(OutboxMail)).one()
    assert (mail.recipient, mail.body) == ("admin@example.org", "See")
    stay(person)
    assert asked_for_erasure(by=admin) == []


def test_what_it_comes_to_is_told_before(make: Factory, now: datetime) -> None:
    person = somebody(make)
    over(booked(person, now + DAY, now=now))
    booked(person, now + 7 * DAY, now=now, recurrence="FREQ=WEEKLY;COUNT=3")
    outlook = outlook_for(person, now + 2 * DAY)
    assert (outlook.past, len(outlook.coming), outlook.refusal) == (1, 1, None)


def test_the_number_of_somebody_erased_is_nobody_elses(
    make: Factory, now: datetime, tmp_path: Path, admin: Person
) -> None:
    person = somebody(make)
    erased(person, admin, tmp_path, now)
    again = make.person(EMAIL)
    assert again.id != person.id


def test_mails_about_others_that_name_them_are_emptied_and_not_sent_again(
    make: Factory, now: datetime, tmp_path: Path, admin: Person
) -> None:
    person = somebody(make)
    put_mail("free:1:9", "annan@example.org", "Hej", f"{NAME} avbokade", "sv", now)
    put_mail("free:2:9", "annan@example.org", "Hej", "Något annat", "sv", now)
    waiting = db.session.scalars(select(OutboxMail).order_by(OutboxMail.id)).all()
    waiting[1].state = "sent"
    db.session.commit()
    erased(person, admin, tmp_path, now)
    bodies = dict(db.session.execute(select(OutboxMail.key, OutboxMail.body)).all())
    assert bodies == {"free:1:9": "… avbokade", "free:2:9": "Något annat"}


def test_names_are_struck_however_they_are_spelled(
    make: Factory, now: datetime, tmp_path: Path, admin: Person
) -> None:
    person = somebody(make)
    put_mail("free:1:9", "annan@example.org", NAME.upper(), f"{EMAIL.title()} avbokade", "sv", now)
    db.session.commit()
    erased(person, admin, tmp_path, now)
    mail = db.session.scalars(select(OutboxMail)).one()
    assert (mail.subject, mail.body) == ("…", "… avbokade")


def test_copies_in_files_are_read_as_mail_programs_do(
    make: Factory, now: datetime, tmp_path: Path, admin: Person
) -> None:
    person = somebody(make)
    mails = folders(tmp_path).mails
    mails.mkdir()
    for number, text in enumerate((f"Hej {NAME}, välkommen " * 20, "Något annat")):
        message = EmailMessage()
        message["To"], message["Subject"] = "annan@example.org", "Hej"
        message.set_content(text, cte="base64")
        (mails / f"20260901T080000Z-{number + 100}.eml").write_bytes(message.as_bytes())
    erased(person, admin, tmp_path, now)
    assert [each.name for each in mails.iterdir()] == ["20260901T080000Z-101.eml"]


# To take along


@both
def test_the_export_holds_all_there_is(app: Flask, make: Factory, now: datetime, tmp_path: Path) -> None:
    person = everywhere(make, app, now, tmp_path)
    told = export(person, now=now)
    assert told["person"]["email"] == EMAIL
    assert [each["title"] for each in told["bookings"]] == [TITLE, TITLE]
    assert told["bookings"][0]["dates"][0]["women"] == 3
    assert told["bookings"][0]["guests"] == [GUEST]
    expected = {
        "api_token",
        "feed_generation",
        "guest",
        "history",
        "membership",
        "outbox_mail",
        "received_mail",
        "role",
        "sign_in_failure",
        "sign_in_link",
        "waiting",
    }
    assert expected <= told.keys()
    text = json.dumps(told)
    assert "password_hash" not in text
    assert "token_hash" not in text
    assert told["waiting"][0]["resource"] == "tallen"


def test_nobody_elses_data_is_in_it(make: Factory, now: datetime) -> None:
    person = somebody(make)
    other = make.person("annan@example.org", name="Annan Person")
    booked(other, now + DAY, now=now, title="Hemligt", guests=())
    told = json.dumps(export(person, now=now))
    assert "Hemligt" not in told
    assert "annan@example.org" not in told


def test_published_reports_hold_no_person(make: Factory, app: Flask, now: datetime, tmp_path: Path) -> None:
    everywhere(make, app, now, tmp_path)
    told = json.dumps(report_for("stockholm", "2026-09", now=now + MONTH, by=make.host())).casefold()
    assert not any(word in told for word in WORDS)
