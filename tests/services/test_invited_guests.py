"""The guests of a booking: who may be one, who is told when they change, when they are forgotten."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select

from app.domain.errors import Refused
from app.extensions import db
from app.models import Booking, Guest, History, Invitation, Person
from app.services import bookings
from app.services.bookings import Wish
from app.services.guests import KEPT, forget_guests
from tests.databases import both
from tests.factories import HOUR, TEN, Factory
from tests.services.invited import DAY, GUESTS, WEEKLY, book, booker, mailed


@pytest.fixture
def member(make: Factory) -> Person:
    return booker(make)


@pytest.mark.parametrize(
    ("guests", "code"),
    [
        (("not an address",), "bad_guest"),
        (("a@b.example\r\nBcc: c@d.example",), "bad_guest"),
        (tuple(f"g{number}@guest.example" for number in range(51)), "too_many_guests"),
    ],
)
def test_addresses_that_are_none_are_refused(
    member: Person, now: datetime, guests: tuple[str, ...], code: str
) -> None:
    with pytest.raises(Refused) as refused:
        book(member, now, guests=guests)
    assert [each.code for each in refused.value.refusals] == [code]


def test_guests_are_kept_once_and_never_the_booker(member: Person, now: datetime) -> None:
    book(member, now, guests=("eva@guest.example", "EVA@guest.example ", member.email))
    assert db.session.scalars(select(Guest.email)).all() == ["eva@guest.example"]


def change_guests(booking: Booking, guests: tuple[str, ...], by: Person, now: datetime, **more: Any) -> None:
    date = booking.dates[0]
    same = Wish(
        (more.pop("room", "tallen"),), date.starts_at, date.ends_at, booking.title, "granit", "meeting"
    )
    asked = replace(same, guests=guests)
    bookings.change(date.id, asked, version=booking.version, by=by, now=now, **more)


@both
def test_who_is_new_is_invited_and_who_is_missing_is_told(app: object, member: Person, now: datetime) -> None:
    booking = book(member, now)
    mailed(now)
    change_guests(booking, ("ola@guest.example", "ida@guest.example"), member, now)
    mails = mailed(now)
    assert set(mails) == {"eva@guest.example", "ida@guest.example"}
    gone, new = mails["eva@guest.example"], mails["ida@guest.example"]
    assert (gone.methods, new.methods) == (["CANCEL"], ["REQUEST"])
    assert gone.mail.subject == "Inte längre inbjuden: Frukost, vind & kraft 🌬"
    assert "har tagit bort dig" in gone.mail.body
    assert (str(gone.event["UID"]), int(gone.event["SEQUENCE"])) == (booking.uid, 1)
    told = str(gone.event.get("ATTENDEE"))
    assert "eva@guest.example" in told
    assert "ola@guest.example" not in told
    assert {"mailto:ola@guest.example", "mailto:ida@guest.example"} <= {str(a) for a in new.event["ATTENDEE"]}
    assert new.mail.subject == "Inbjudan: Frukost, vind & kraft 🌬"
    assert mailed(now) == {}


@both
def test_guests_and_time_changed_at_once(app: object, member: Person, now: datetime) -> None:
    booking = book(member, now, WEEKLY)
    mailed(now)
    date = booking.dates[0]
    wanted = Wish(
        ("tallen",),
        TEN + HOUR,
        TEN + 2 * HOUR,
        "Nytt",
        "granit",
        "meeting",
        guests=("ola@guest.example", "ida@guest.example"),
    )
    bookings.change(date.id, wanted, scope="all", version=booking.version, by=member, now=now)
    mails = mailed(now)
    subjects = {reader: each.mail.subject for reader, each in mails.items()}
    assert subjects == {
        "member@example.org": "Changed: Nytt",
        "ola@guest.example": "Ändrat: Nytt",
        "ida@guest.example": "Inbjudan: Nytt",
        "eva@guest.example": "Inte längre inbjuden: Nytt",
    }
    (gone,) = mails["eva@guest.example"].events
    assert (gone["DTSTART"].dt, "RECURRENCE-ID" in gone) == (TEN, False)
    assert mails["eva@guest.example"].mail.body.count("10:00") == 4
    assert [each["RRULE"]["COUNT"] for each in mails["ida@guest.example"].events] == [[4]]


def test_answers_of_those_who_stay_are_kept_and_the_history_names_nobody(
    member: Person, now: datetime
) -> None:
    booking = book(member, now)
    mailed(now)
    ola = db.session.scalars(select(Guest).where(Guest.email == "ola@guest.example")).one()
    ola.partstat = "ACCEPTED"
    db.session.commit()
    change_guests(booking, ("OLA@guest.example", member.email), member, now)
    (left,) = db.session.scalars(select(Guest))
    assert (left.id, left.partstat) == (ola.id, "ACCEPTED")
    line = db.session.scalars(select(History).order_by(History.id.desc())).first()
    assert line is not None
    assert line.details["guests"] is True
    assert "guest.example" not in str(line.details)


def test_who_is_taken_off_and_back_before_anybody_was_told_gets_no_mail(
    member: Person, now: datetime
) -> None:
    booking = book(member, now)
    mailed(now)
    change_guests(booking, (), member, now)
    change_guests(booking, GUESTS, member, now)
    assert mailed(now) == {}


def test_whom_an_earlier_version_told_is_not_invited_again(member: Person, now: datetime) -> None:
    booking = book(member, now)
    mailed(now)
    known = db.session.get_one(Invitation, booking.id)
    known.told = {key: value for key, value in known.told.items() if key != "guests"}
    db.session.commit()
    change_guests(booking, (*GUESTS, "ida@guest.example"), member, now)
    assert set(mailed(now)) == {"ida@guest.example"}
    change_guests(booking, ("ida@guest.example",), member, now)
    assert set(mailed(now)) == {"eva@guest.example", "ola@guest.example"}


@both
def test_guests_are_forgotten_when_it_is_long_over(app: object, member: Person, now: datetime) -> None:
    book(member, now)
    mailed(now)
    assert forget_guests(TEN + HOUR + KEPT - DAY) == 0
    assert forget_guests(TEN + HOUR + KEPT + DAY) == 2
    assert db.session.scalars(select(Guest)).all() == []
