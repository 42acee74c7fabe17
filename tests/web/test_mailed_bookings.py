"""Bookings that came by mail, on their pages: whose calendar they stand in, and what came by mail."""

from datetime import datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.domain.errors import Refused
from app.extensions import db
from app.models import Booking, Person
from app.services import bookings
from app.services.people import new_token
from tests.factories import TEN, Factory, wish
from tests.services.mailroom_answers import come, only_booking
from tests.services.mails import AT, UNTIL, calendar, mail
from tests.web.accounts import EMAIL, add_account, sign_in

HEADS_UP = "Booked by mail, from"


@pytest.fixture
def booked(make: Factory, now: datetime) -> Booking:
    """A member's, who invited the room from a calendar of their own."""
    make.room("tallen")
    anna = add_account(make, language="en")
    anna.name = "Anna Ek"
    db.session.commit()
    vouched = "mx.office.example; dmarc=pass header.from=example.org"
    assert come(mail(calendar(organizer=EMAIL), sender=EMAIL, vouched=vouched), now) == "booked"
    return only_booking()


@pytest.mark.parametrize("page", ["", "/change", "/cancellation"])
def test_its_organiser_reads_that_their_own_calendar_has_it(
    booked: Booking, client: FlaskClient, page: str
) -> None:
    sign_in(client)
    told = client.get(f"/bookings/{booked.id}{page}").text
    assert f"{HEADS_UP} your own calendar." in told
    assert "you get a mail that says what to change" in told


def test_a_host_reads_whose_calendar_it_is_and_what_came_by_mail(
    booked: Booking, make: Factory, client: FlaskClient
) -> None:
    add_account(make, "host@example.org", "host", language="en")
    sign_in(client, "host@example.org")
    told = client.get(f"/bookings/{booked.id}").text
    assert f"{HEADS_UP} the calendar of Anna Ek." in told
    assert "Booked (by mail)" in told


def test_others_read_nothing_of_it(booked: Booking, make: Factory, client: FlaskClient) -> None:
    add_account(make, "other@example.org", language="en")
    sign_in(client, "other@example.org")
    answer = client.get(f"/bookings/{booked.id}")
    assert HEADS_UP not in answer.text


def test_what_was_booked_here_says_nothing_of_mail(make: Factory, client: FlaskClient, now: datetime) -> None:
    make.room("tallen")
    anna: Person = add_account(make, language="en")
    booking = bookings.book(wish(TEN), by=anna, now=now)
    sign_in(client)
    assert HEADS_UP not in client.get(f"/bookings/{booking.id}").text


@pytest.mark.parametrize(
    ("language", "replaced", "history"),
    [
        ("en", "Replaced by", "Cancelled (by mail)"),
        ("sv", "Ersatt av", "Avbokad (via mejl)"),
    ],
)
def test_what_an_update_booked_anew_is_linked_and_not_to_be_taken_back(
    make: Factory, client: FlaskClient, now: datetime, language: str, replaced: str, history: str
) -> None:
    make.room("tallen")
    host = add_account(make, EMAIL, "host", language=language)
    vouched = "mx.office.example; dmarc=pass header.from=example.org"
    weekly, times = "RRULE:FREQ=WEEKLY;COUNT=", (f"{AT}20260908T100000", f"{UNTIL}20260908T110000")
    first = calendar("REQUEST", *times, f"{weekly}5", organizer=EMAIL)
    longer = calendar("REQUEST", *times, f"{weekly}6", organizer=EMAIL, sequence=1)
    assert come(mail(first, sender=EMAIL, vouched=vouched), now) == "booked"
    assert come(mail(longer, sender=EMAIL, vouched=vouched, number=2), now) == "changed"
    old, new = db.session.scalars(select(Booking).order_by(Booking.id)).all()
    assert host.id == old.organiser_id
    sign_in(client)
    page = client.get(f"/bookings/{old.id}").text
    assert f'<dt>{replaced}</dt><dd><a href="/bookings/{new.id}">' in page
    assert f"/bookings/{old.id}/restoration" not in page
    assert page.count(history) == 5
    assert f"{replaced} {'another booking' if language == 'en' else 'en annan bokning'}, " in page
    assert replaced not in client.get(f"/bookings/{new.id}").text
    # Nor by whoever asks past the page, one date or all; the booking that stands instead is named.
    for act in (
        lambda: bookings.restore(old.dates[0].id, by=host, now=now),
        lambda: bookings.restore_dates(old.id, by=host, now=now, free_only=True),
        lambda: bookings.restore_dates(old.id, by=host, now=now),
    ):
        with pytest.raises(Refused) as refused:
            act()
        assert [(each.code, each.params["booking"]) for each in refused.value.refusals] == [
            ("replaced", new.id)
        ]
    said = client.post(f"/bookings/{old.id}/restoration", data={"all": "free"}, follow_redirects=True).text
    assert {"en": "An update by mail was booked anew", "sv": "En uppdatering via mejl"}[language] in said
    assert {date.status for date in old.dates} == {"cancelled"}
    token = new_token(EMAIL, now)
    answer = client.post(
        f"/api/v1/bookings/{old.id}/restoration", headers={"Authorization": f"Bearer {token}"}
    ).json
    assert [(each["code"], each["booking"]) for each in answer["refusals"]] == [("replaced", new.id)]
