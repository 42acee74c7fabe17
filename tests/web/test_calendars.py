"""The host's page of calendars kept elsewhere, and what of them stands on the board for whom."""

import re
from datetime import timedelta
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from app.extensions import db
from app.models import Booking, Office, OutsideCalendar, OutsideTime, Person
from app.services import bookings
from app.services.outside_fetching import fetch_due
from tests.conftest import Clock
from tests.factories import HOUR, TEN, Factory, wish
from tests.services.test_outside_fetching import ADDRESS, Outside, fails, ics, sends
from tests.web.accounts import EMAIL, add_account, sign_in
from tests.web.test_imports import CUT_OFF, plain, upload

PAGE = "/host/stockholm/calendars"
BOARD = "/offices/stockholm/days/2026-09-08"
FORM = {"resource": "tallen", "name": "Annas <Outlook>"}


@pytest.fixture
def office(make: Factory) -> Office:
    make.room("tallen")
    return make.office()


@pytest.fixture
def allowed(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """One host may be fetched from, and no page opens a connection."""

    def connects(*_: object, **__: object) -> None:
        raise AssertionError("a page waits for somebody else's server")

    monkeypatch.setitem(app.config, "CALENDAR_HOSTS", ["calendars.example.org"])
    monkeypatch.setattr("socket.getaddrinfo", connects)
    monkeypatch.setattr("socket.socket.connect", connects)


def fetch(app: Flask, clock: Clock, answer: Outside) -> None:
    """The turn of the job a minute later."""
    clock.at += timedelta(minutes=1)
    fetch_due(clock.at, answer)


def titled(title: str) -> bytes:
    return ics(TEN).replace(b"UID:", f"SUMMARY:{title}\nUID:".encode())


def look(client: FlaskClient, content: bytes | None = None, **more: str) -> TestResponse:
    fields = {**FORM, **more}
    if content is None:
        return client.post(f"{PAGE}/new", data=fields)
    return upload(client, content, f"{PAGE}/new", **fields)


def seen(html: str) -> str:
    found = re.search(r'name="seen" value="([^"]+)"', html)
    assert found
    return unescape(found[1])


def add(client: FlaskClient, content: bytes | None = None, **more: str) -> OutsideCalendar:
    shown = look(client, content, **more)
    assert shown.status_code == 200, shown.text
    assert client.post(PAGE, data={"seen": seen(shown.text)}).status_code == 303
    return db.session.scalars(select(OutsideCalendar).order_by(OutsideCalendar.id.desc()).limit(1)).one()


def test_looking_stores_nothing_and_says_what_it_comes_to(host: Person, client: FlaskClient) -> None:
    booking = bookings.book(wish(title="Styrelsen"), by=host, now=TEN - HOUR)
    answer = look(client, titled("Läkartid"), blocks="y", shows_titles="y")
    text = plain(answer.text)
    assert "1 busy time to come" in text
    assert "Tuesday 8 September 10:00–11:00 Läkartid" in text
    assert "Booked here at the same time" in text
    assert f'href="/bookings/{booking.id}">Tuesday 8 September 10:00–11:00, Styrelsen</a>' in answer.text
    assert db.session.scalar(select(func.count()).select_from(OutsideCalendar)) == 0


def test_added_shown_and_taken_away(host: Person, client: FlaskClient) -> None:
    calendar = add(client, titled("Läkartid"), blocks="y")
    assert (calendar.file_name, calendar.address, calendar.blocks) == ("room.ics", None, True)
    assert db.session.scalars(select(OutsideTime.title)).all() == [None]
    page = client.get(PAGE).text
    assert "Annas &lt;Outlook&gt;" in page
    for said in ("room.ics", "1 busy time to come", "Keeps others out", "Titles are not kept"):
        assert said in page
    board = plain(client.get(BOARD).text)
    assert "10:00 –11:00 Busy outside the system , Annas <Outlook>" in board
    assert "Another calendar" in board
    assert "Annas &lt;Outlook&gt;" in client.get("/resources/tallen/weeks/2026-W37").text
    client.post(f"{PAGE}/{calendar.id}/blocking", data={"blocks": "0"})
    assert "Keeps nobody out" in client.get(PAGE).text
    assert "Take this calendar away?" in client.get(f"{PAGE}/{calendar.id}/removal").text
    client.post(f"{PAGE}/{calendar.id}/removal")
    assert "No other calendars yet." in client.get(PAGE).text
    assert "Busy outside" not in client.get(BOARD).text


def test_titles_are_for_those_who_are_signed_in(
    make: Factory, host: Person, app: Flask, client: FlaskClient
) -> None:
    add(client, titled("Läkartid"), shows_titles="y")
    assert "Läkartid" in client.get(BOARD).text
    visitor = app.test_client()
    for page in (BOARD, "/resources/tallen", "/resources/tallen/weeks/2026-W37"):
        html = visitor.get(page).text
        assert "Läkartid" not in html
        assert "Annas" not in html
    assert "Upptaget utanför systemet" in visitor.get(BOARD).text


@pytest.mark.usefixtures("allowed")
def test_by_address(host: Person, app: Flask, client: FlaskClient, clock: Clock) -> None:
    answer = look(client, address=ADDRESS, blocks="y")
    assert answer.status_code == 303
    calendar = db.session.scalars(select(OutsideCalendar)).one()
    assert (calendar.address, calendar.file_name, calendar.blocks) == (ADDRESS, None, True)
    page = f"{PAGE}/{calendar.id}"
    assert answer.location == page
    for shown in (client.get(page), client.get(PAGE)):
        assert "It will be fetched within a minute." in shown.text
        assert "Fetch now" not in shown.text
    booking = bookings.book(wish(title="Styrelsen"), by=host, now=clock.at)
    fetch(app, clock, sends(TEN))
    text = plain(client.get(page).text)
    assert "within a minute" not in text
    assert "1 busy time to come" in text
    assert "Booked here at the same time" in text
    assert f'href="/bookings/{booking.id}"' in client.get(page).text
    assert "calendars.example.org" in client.get(PAGE).text


@pytest.mark.usefixtures("allowed")
def test_fetching_is_asked_of_the_job(host: Person, app: Flask, client: FlaskClient, clock: Clock) -> None:
    look(client, address=ADDRESS)
    calendar = db.session.scalars(select(OutsideCalendar)).one()
    fetch(app, clock, fails("gone"))
    text = plain(client.get(PAGE).text)
    assert "There is no calendar at that address any more." in text
    assert "It has not come yet. Tried" in text
    answer = client.post(f"{PAGE}/{calendar.id}/fetching")
    assert (answer.status_code, answer.location) == (303, f"{PAGE}/{calendar.id}")
    assert "It will be fetched within a minute." in client.get(PAGE).text
    fetch(app, clock, sends(TEN))
    assert "Fetch now" in client.get(answer.location).text
    client.post(f"{PAGE}/{calendar.id}/fetching")
    fetch(app, clock, fails("gone"))
    assert "what it had then still stands" in client.get(answer.location).text


@pytest.mark.usefixtures("allowed")
@pytest.mark.parametrize(
    ("content", "more", "said"),
    [
        (None, {}, "Give an address, or choose a file."),
        (b"BEGIN:VCALENDAR", {"address": ADDRESS}, "Give an address or a file, not both."),
        (b"%PDF", {}, "What came is no calendar."),
        (b"x" * 1_000_001, {}, "The calendar is larger than 1 MB."),
        (b"BEGIN:VCALENDAR", {"name": " "}, "Give it a name."),
        (b"BEGIN:VCALENDAR", {"name": "a\x07b"}, "Give it a name."),
        (b"BEGIN:VCALENDAR", {"resource": "elsewhere"}, "Not a valid choice"),
        (None, {"address": "http://calendars.example.org/a.ics"}, "This is no https address of a calendar."),
        (None, {"address": "https://elsewhere.example.org/"}, "Calendars may not be fetched from there"),
        (None, {"address": "https://a:b@calendars.example.org/"}, "An address with a password in it"),
    ],
)
def test_what_is_wrong_is_said(
    host: Person, client: FlaskClient, content: bytes | None, more: dict[str, str], said: str
) -> None:
    answer = look(client, content, **more)
    assert answer.status_code == 422
    assert said in answer.text
    assert 'name="address"' in answer.text


def test_where_nothing_may_be_fetched(host: Person, client: FlaskClient) -> None:
    form = plain(client.get(f"{PAGE}/new").text)
    assert 'name="address"' not in client.get(f"{PAGE}/new").text
    assert "that is switched off here" in form
    assert "Whoever runs the service switches it on with the setting CALENDAR_HOSTS" in form
    answer = look(client, None, address=ADDRESS)
    assert answer.status_code == 422
    assert "Choose a file." in answer.text


def test_a_file_that_ends_too_early_says_so(host: Person, client: FlaskClient) -> None:
    assert "The file ends too early" in look(client, CUT_OFF).text
    assert "The file ends too early" not in look(client, ics(TEN)).text


def test_a_newer_file(host: Person, client: FlaskClient) -> None:
    former = add(client, titled("Läkartid"), blocks="y")
    form = client.get(f"{PAGE}/new?instead={former.id}").text
    assert 'value="Annas &lt;Outlook&gt;"' in form
    assert "A newer file" in form
    newer = add(client, ics(TEN + HOUR), blocks="y", instead=str(former.id))
    assert [each.id for each in db.session.scalars(select(OutsideCalendar))] == [newer.id]


def test_nobody_else_can_say_what_was_seen(make: Factory, host: Person, client: FlaskClient) -> None:
    good = seen(look(client, titled("Läkartid")).text)
    for wrong in ("", "nonsense", good[:-2], good + "x"):
        assert client.post(PAGE, data={"seen": wrong}).status_code == 400
    make.office("umea")
    assert client.post("/host/umea/calendars", data={"seen": good}).status_code == 404
    add_account(make, "other@example.org", role="host")
    sign_in(client, "other@example.org")
    assert client.post(PAGE, data={"seen": good}).status_code == 400
    assert db.session.scalar(select(func.count()).select_from(OutsideCalendar)) == 0


def test_it_is_for_the_hosts_of_the_office(
    make: Factory, host: Person, app: Flask, client: FlaskClient
) -> None:
    calendar = add(client, titled("Läkartid"))
    add_account(make, EMAIL, role="host").roles[0].office_id = make.office("umea").id
    db.session.commit()
    other = app.test_client()
    sign_in(other, EMAIL)
    one = f"{PAGE}/{calendar.id}"
    asked = [other.get(PAGE), other.get(f"{PAGE}/new"), other.post(PAGE), other.get(f"{one}/removal")]
    asked += [other.post(f"{one}/{what}") for what in ("blocking", "fetching", "removal")] + [other.get(one)]
    assert [each.status_code for each in asked] == [403] * 8
    there = f"/host/umea/calendars/{calendar.id}"
    asked = [other.post(f"{there}/{what}") for what in ("blocking", "fetching", "removal")]
    assert [each.status_code for each in [*asked, other.get(there)]] == [404] * 4


def test_whoever_books_over_it_learns_whose_it_is_and_a_host_may(
    make: Factory, host: Person, app: Flask, client: FlaskClient
) -> None:
    add(client, titled("Läkartid"), blocks="y")
    form = {
        **{"resources": "tallen", "date": "2026-09-08", "start": "10:00", "end": "11:00", "title": "Möte"},
        **{"organisation": "granit", "activity": "meeting"},
    }
    add_account(make, "other@example.org", language="en")
    member = app.test_client()
    sign_in(member, "other@example.org")
    refused = member.post("/bookings/new", data=form)
    assert refused.status_code == 409
    assert "Tallen: the calendar “Annas &lt;Outlook&gt;” has that time." in refused.text
    assert 'name="override"' not in refused.text
    told = client.get("/bookings/new?resource=tallen&date=2026-09-08&start=10:00&end=11:00")
    assert "although another calendar has the time" in told.text
    refused = client.post("/bookings/new", data=form)
    assert refused.status_code == 409
    assert refused.text.count('name="override" value="1"') == 1
    booked = client.post("/bookings/new", data={**form, "override": "1"}, follow_redirects=True)
    assert "although another calendar has the time" in booked.text
    assert db.session.scalars(select(Booking)).one().set_aside == ["outside_calendar"]


def test_in_swedish(host: Person, client: FlaskClient) -> None:
    client.post("/language", data={"language": "sv"})
    add(client, titled("Läkartid"), blocks="y")
    page = client.get(PAGE).text
    assert "Andra kalendrar" in page
    assert "Spärrar sina tider" in page
