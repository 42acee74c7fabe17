"""Waiting for a time that somebody else has, from the form and from one's own list."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.extensions import db
from app.models import Person, Waiting
from app.services import bookings
from app.services.bookings import Wish
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
    member: Person, client: FlaskClient, more: dict[str, str], told: str
) -> None:
    answer = client.post("/waiting", data={**FORM, **more})
    assert answer.status_code == 303
    assert answer.location.startswith("/bookings/new?resource=tallen&date=")
    assert told in client.get(answer.location).text
    assert db.session.scalars(select(Waiting)).all() == []


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
