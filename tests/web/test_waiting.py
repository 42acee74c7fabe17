"""Waiting for a time that somebody else has, from the form and from one's own list."""

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.extensions import db
from app.models import Booking, OutboxMail, Person, Waiting
from app.services import bookings
from app.services.bookings import Wish
from app.services.waiting import tell_waiting
from tests.conftest import Clock
from tests.factories import HOUR, TEN, Factory
from tests.web.booked import FORM


@pytest.fixture
def taken(make: Factory, member: Person, clock: Clock) -> None:
    other = make.person("other@example.org", organisation="skog")
    bookings.book(Wish(("tallen",), TEN, TEN + HOUR, "Secret", "skog", "meeting"), by=other, now=clock.at)


@pytest.mark.usefixtures("taken")
def test_the_clash_offers_it_and_the_list_shows_it(member: Person, client: FlaskClient) -> None:
    refused = client.post("/bookings/new", data=FORM)
    assert refused.status_code == 409
    assert 'formaction="/waiting"' in refused.text
    began = client.post("/waiting", data=FORM)
    assert (began.status_code, began.location) == (303, "/bookings#waiting")
    waiting = db.session.scalars(select(Waiting)).one()
    assert (waiting.person_id, waiting.starts_at, waiting.title) == (member.id, TEN, "Meeting")
    page = client.get("/bookings").text
    assert "You get a mail as soon as that time is free." in page
    assert "Secret" not in page
    assert f'href="/waiting/{waiting.id}/end"' in page
    assert "Stop waiting for this time?" in client.get(f"/waiting/{waiting.id}/end").text
    assert db.session.get(Waiting, waiting.id) is not None, "asked first"
    assert client.post(f"/waiting/{waiting.id}/end").location == "/bookings"
    assert db.session.scalars(select(Waiting)).all() == []


@pytest.mark.usefixtures("taken")
def test_of_a_series_the_date_in_the_form(member: Person, client: FlaskClient) -> None:
    assert (
        client.post("/waiting", data={**FORM, "repeat": "day", "ends": "count", "count": "4"}).status_code
        == 303
    )
    assert db.session.scalars(select(Waiting.starts_at)).all() == [TEN]


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({}, "That time is free: you can book it now."),
        ({"date": "2020-01-01"}, "That time has already passed."),
        ({"end": "09:00"}, "The end must come after the start."),
    ],
)
def test_what_is_refused_leads_back_to_the_form(
    make: Factory, member: Person, client: FlaskClient, more: dict[str, str], told: str
) -> None:
    make.activity("course")
    typed = {**FORM, **more, "title": "Kanarie", "activity": "course", "guests": "guest@example.org"}
    answer = client.post("/waiting", data=typed)
    assert (answer.status_code, answer.location) == (307, "/bookings/new?show=1")
    page = client.post(answer.location, data=typed).text
    assert told in page
    for kept in ('value="Kanarie"', '<option selected value="course">', 'value="guest@example.org"'):
        assert kept in page
    assert db.session.scalars(select(Waiting)).all() == []
    assert db.session.scalars(select(Booking)).all() == [], "shown, not booked"


@pytest.mark.usefixtures("taken")
def test_what_was_filled_in_is_there_when_it_is_free(
    make: Factory, member: Person, client: FlaskClient, clock: Clock
) -> None:
    make.activity("course")
    typed = {
        **FORM,
        "title": "Kanarie",
        "activity": "course",
        "guests": "guest@example.org",
        "meeting": "paste",
        "meeting_url": "https://meet.example/abc",
    }
    client.post("/waiting", data=typed)
    (taken,) = db.session.scalars(select(Booking)).all()
    bookings.cancel(taken.id, by=make.host(), now=clock.at)
    assert tell_waiting(clock.at) == 1
    mail = db.session.scalars(select(OutboxMail).where(OutboxMail.recipient == member.email)).one()
    assert "guest@example.org" not in mail.body, "nobody else is named in a mail that may go astray"
    link = re.search(r"http://localhost(/bookings/new\S+)", mail.body)
    assert link
    listed = re.search(r'href="(/bookings/new[^"]+)"', client.get("/bookings").text.split('id="waiting"')[1])
    assert listed
    for path in (link[1], listed[1].replace("&amp;", "&")):
        page = client.get(path).text
        for kept in (
            'value="Kanarie"',
            '<option selected value="course">',
            'value="guest@example.org"',
            'value="https://meet.example/abc"',
        ):
            assert kept in page
    assert 'value="guest@' not in client.get(re.sub(r"waiting=\d+", "waiting=9", link[1])).text


def test_nobody_ends_what_another_waits_for(
    make: Factory, member: Person, client: FlaskClient, clock: Clock
) -> None:
    other = make.person("other@example.org", organisation="skog")
    theirs = Waiting(
        person_id=other.id,
        organisation_id=other.organisations[0].id,
        resource_id=make.room("tallen").id,
        starts_at=TEN,
        ends_at=TEN + HOUR,
        title="x",
        created_at=clock.at,
    )
    db.session.add(theirs)
    db.session.commit()
    assert client.get(f"/waiting/{theirs.id}/end").status_code == 404
    assert client.post(f"/waiting/{theirs.id}/end").status_code == 404
    assert client.post("/waiting", data={**FORM, "resources": "nowhere"}).status_code == 404
    assert db.session.scalars(select(Waiting)).all() == [theirs]
