"""What is kept of people, on their own page, the administrator's and the host's."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.extensions import db
from app.models import Booking, Office, OutboxMail, Person
from app.services.feeds import feed_url
from tests.conftest import Clock
from tests.factories import Factory
from tests.services.privacy import DAY, GUEST, LINK, NAME, TITLE, booked, over
from tests.web.accounts import EMAIL, add_account, sign_in

LATER = timedelta(days=800)
WORDS = ("flamingo", "kakadua", "anna@", "pelikan")


@pytest.fixture
def anna(make: Factory, client: FlaskClient, now: datetime) -> Person:
    """Signed in, with a booking that is over and one to come."""
    make.room("tallen")
    person = add_account(make)
    person.name = NAME
    over(booked(person, now + DAY, now=now))
    booked(person, now + 21 * DAY, now=now)
    sign_in(client)
    return person


def admin_of(app: Flask, make: Factory) -> FlaskClient:
    add_account(make, "admin@example.org", role="admin")
    client = app.test_client()
    sign_in(client, "admin@example.org")
    return client


def says_nothing(text: str) -> bool:
    return not any(word in text.casefold() for word in WORDS)


@pytest.mark.usefixtures("anna")
def test_ones_own_page_tells_what_is_kept(client: FlaskClient) -> None:
    page = client.get("/account").text
    assert TITLE in page
    assert EMAIL in page
    assert '/account">' in client.get("/bookings").text  # the menu leads to it
    answer = client.get("/account/data.json")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="motesplats.json"'
    assert answer.json["person"]["email"] == EMAIL
    assert [each["title"] for each in answer.json["bookings"]] == [TITLE, TITLE]
    assert answer.json["bookings"][0]["meeting_url"] == LINK


@pytest.mark.usefixtures("anna")
def test_asking_and_changing_ones_mind(make: Factory, app: Flask, client: FlaskClient, clock: Clock) -> None:
    admin = admin_of(app, make)
    clock.at += 5 * DAY
    assert "En kommande bokning" in client.get("/account/erasure").text
    assert client.post("/account/erasure").location == "/account"
    assert "Jag har ändrat mig" in client.get("/account").text
    assert NAME in admin.get("/erasures").text
    told = db.session.scalars(select(OutboxMail).where(OutboxMail.recipient == "admin@example.org")).one()
    assert "/erasures" in told.body
    assert says_nothing(told.body)
    client.post("/account/erasure/withdrawal")
    assert NAME not in admin.get("/erasures").text


def test_an_administrator_erases(
    make: Factory, app: Flask, client: FlaskClient, clock: Clock, anna: Person
) -> None:
    admin, number = admin_of(app, make), anna.id
    address = feed_url(anna, "mine", base_url="", secret=app.config["SECRET_KEY"])
    others = feed_url(
        db.session.scalars(select(Person).where(Person.email == "admin@example.org")).one(),
        "resource:tallen",
        base_url="",
        secret=app.config["SECRET_KEY"],
    )
    clock.at += 5 * DAY
    assert "flamingo" in client.get(address).text.casefold()
    assert "flamingo" in admin.get(others).text.casefold()
    question = admin.get(f"/erasures/{number}").text
    assert "1 bokning utan namn" in question
    assert TITLE in question
    assert admin.post(f"/erasures/{number}", data={"then": "cancel"}).location == "/erasures"
    assert client.get("/account").status_code == 303  # signed out
    assert client.get(address).status_code == 404
    assert says_nothing(admin.get(others).text)
    bookings = db.session.scalars(select(Booking.id)).all()
    pages = [
        "/",
        "/?date=2026-09-08",
        "/host/stockholm",
        "/erasures",
        *(f"/bookings/{each}" for each in bookings),
    ]
    for page in pages:
        assert says_nothing(admin.get(page, follow_redirects=True).text), page
    told = db.session.scalars(select(OutboxMail).where(OutboxMail.recipient == GUEST)).one()
    assert told.subject == "Avbokat: måndag 28 september 2026 kl. 09:00"
    assert "Tallen" in told.body
    assert admin.get(f"/erasures/{number}").status_code == 404


def test_handing_over_needs_somebody(make: Factory, app: Flask, clock: Clock, anna: Person) -> None:
    clock.at += 5 * DAY
    admin, path = admin_of(app, make), f"/erasures/{anna.id}"
    for to, said in (("", "Ange vem"), ("nobody@example.org", "nobody@example.org"), (EMAIL, "någon annan")):
        answer = admin.post(path, data={"then": "hand_over", "to": to})
        assert answer.status_code == 422
        assert said in answer.text
    assert admin.post(path, data={"then": "hand_over", "to": "admin@example.org"}).status_code == 303
    (coming,) = db.session.scalars(select(Booking).where(Booking.organiser_id.is_not(None)))
    assert coming.organiser.email == "admin@example.org"


def test_the_last_administrator_is_told_why_not(make: Factory, app: Flask) -> None:
    admin = admin_of(app, make)
    number = db.session.scalars(select(Person.id)).one()
    page = admin.get(f"/erasures/{number}").text
    assert "Utse någon först" in page
    assert "Radera för gott" not in page
    assert admin.post(f"/erasures/{number}", data={"then": "cancel"}).status_code == 422


@pytest.mark.usefixtures("anna")
def test_members_erase_nobody(client: FlaskClient) -> None:
    assert client.get("/erasures").status_code == 403
    assert client.post("/erasures/1").status_code == 403


# How long


def test_hosts_see_and_administrators_set_how_long(make: Factory, app: Flask, client: FlaskClient) -> None:
    add_account(make, role="host")
    sign_in(client)
    page = client.get("/host/stockholm/retention").text
    assert "24 månader" in page
    assert 'name="months"' not in page
    assert client.post("/host/stockholm/retention", data={"months": "3"}).status_code == 403
    admin = admin_of(app, make)
    assert admin.post("/host/stockholm/retention", data={"months": "36"}).status_code == 303
    assert make.office().bookers_kept_months == 36
    assert "36 månader" in client.get("/privacy").text
    assert admin.post("/host/stockholm/retention", data={"for_ever": "y"}).status_code == 303
    assert make.office().bookers_kept_months is None
    for wrong in ("", "0", "241", "x"):
        answer = admin.post("/host/stockholm/retention", data={"months": wrong})
        assert answer.status_code == 422
        assert 'class="error"' in answer.text


@pytest.mark.usefixtures("anna")
def test_a_shorter_time_is_asked_about_first(make: Factory, app: Flask, clock: Clock) -> None:
    clock.at += timedelta(days=100)
    admin = admin_of(app, make)
    question = admin.post("/host/stockholm/retention", data={"months": "2"})
    assert "2 bokningar" in question.text
    assert db.session.scalars(select(Office.bookers_kept_months)).one() == 24
    assert admin.post("/host/stockholm/retention", data={"months": "2", "sure": "1"}).status_code == 303
    assert db.session.scalars(select(Office.bookers_kept_months)).one() == 2
    run = app.test_cli_runner().invoke(args=["run-job", "retention", "--now", clock.at.isoformat()])
    assert "2 bookings made anonymous" in run.output
    page = admin.get("/host/stockholm/retention").text
    assert "onsdag 16 december 2026" in page


def test_the_command_exports_and_erases(app: Flask, anna: Person, tmp_path: Path) -> None:
    runner, file = app.test_cli_runner(), tmp_path / "anna.json"
    assert "Written" in runner.invoke(args=["person", "export", EMAIL, "-o", str(file)]).output
    assert TITLE in file.read_text()
    assert file.stat().st_mode & 0o077 == 0
    assert runner.invoke(args=["person", "export", "nobody@example.org"]).exit_code == 1
    refused = runner.invoke(args=["person", "erase", EMAIL])
    assert "--yes" in refused.output
    assert db.session.scalars(select(Person.erased_at)).all() == [None]
