"""The page of a door, its sign and its code."""

import logging
from datetime import datetime, timedelta
from xml.etree import ElementTree

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.extensions import db
from app.models import BookingDate, History, Person, Resource
from app.services import bookings, door
from app.services.bookings import Wish
from app.web.log_masking import mask
from tests.conftest import Clock
from tests.factories import HOUR, TEN, Factory
from tests.web.accounts import add_account, sign_in

CANARY = "Förvärvet av Kanariefågeln"


@pytest.fixture
def room(make: Factory) -> Resource:
    return make.room("tallen")


@pytest.fixture
def member(make: Factory, room: Resource) -> Person:
    return add_account(make, "booker@example.org")


@pytest.fixture
def address(app: Flask, room: Resource) -> str:
    return door.door_path(room, app.config["SECRET_KEY"])


def book(by: Person, now: datetime, start: datetime = TEN) -> BookingDate:
    wish = Wish(("tallen",), start, start + HOUR, CANARY, "granit", "meeting")
    return bookings.book(wish, by=by, now=now).dates[0]


def test_times_for_anybody_and_nothing_else(
    client: FlaskClient, clock: Clock, member: Person, address: str
) -> None:
    book(member, clock.at)
    book(member, clock.at, TEN + 3 * HOUR)
    clock.at = TEN + HOUR / 6
    page = client.get(address)
    assert page.status_code == 200
    assert "Upptaget till 11:00" in page.text
    assert "10:00–11:00" in page.text
    assert "13:00–14:00" in page.text
    for private in (CANARY, "Granit", "booker"):
        assert private not in page.text
    assert page.headers.getlist("Set-Cookie") == []
    assert page.headers["Referrer-Policy"] == "same-origin"
    clock.at = TEN + HOUR
    free = client.get(address, headers={"Accept-Language": "en"}).text
    assert "Free until 13:00" in free
    link = "/bookings/new?resource=tallen&amp;date=2026-09-08&amp;start=11:00&amp;end=12:00"
    assert f'href="{link}"' in free
    clock.at = TEN + 12 * HOUR
    assert "Stängt nu" in client.get(address).text


def test_free_until_midnight_is_the_rest_of_the_day(
    make: Factory, client: FlaskClient, clock: Clock, app: Flask
) -> None:
    make.office("always", opens=0, closes=24 * 60)
    attic = make.room("attic", "always")
    clock.at = TEN
    address = door.door_path(attic, app.config["SECRET_KEY"])
    assert "Ledigt resten av dagen" in client.get(address).text


def test_the_three_buttons(client: FlaskClient, clock: Clock, member: Person, address: str) -> None:
    date = book(member, clock.at)
    clock.at = TEN
    assert "Vi är här" in client.get(address).text
    came = client.post(address, data={"date": str(date.id), "action": "check_in"})
    assert (came.status_code, came.location) == (303, f"{address}?done=check_in")
    assert came.headers.getlist("Set-Cookie") == []
    assert "Välkomna! Ni är incheckade." in client.get(came.location).text
    clock.at = TEN + HOUR / 2
    # Three taps: a number of women, one of men, and the button.
    heads = {"date": str(date.id), "action": "heads", "women": ["3", ""], "men": ["2", ""], "other": [""]}
    assert client.post(address, data=heads).status_code == 303
    assert (date.women, date.men, date.other) == (3, 2, 0)
    many = {"date": str(date.id), "action": "end", "women": ["3", "25"], "men": ["2", ""], "other": [""]}
    for _ in range(2):  # a second tap has nothing left to do
        assert client.post(address, data=many).location == f"{address}?done=end"
    assert (date.women, date.ends_at) == (25, TEN + HOUR / 2)
    after = client.get(address).text
    assert "Antalet" in after, "it can still be put right"
    assert "Hur många var ni?" not in after
    lines = db.session.scalars(select(History.action).where(History.date_id == date.id).order_by(History.id))
    assert lines.all() == ["checked_in", "heads_counted", "heads_counted", "ended_early"]


def test_whoever_leaves_is_asked_first(
    client: FlaskClient, clock: Clock, member: Person, address: str
) -> None:
    date = book(member, clock.at)
    clock.at = TEN + HOUR / 4
    client.post(address, data={"date": str(date.id), "action": "check_in"})
    pressed = {"date": str(date.id), "women": ["3", ""], "men": ["", "12"], "other": [""]}
    asked = client.post(address, data={**pressed, "action": "leave"})
    assert (asked.status_code, asked.headers.getlist("Set-Cookie")) == (200, [])
    assert "Avsluta mötet nu?" in asked.text
    assert "Sparas samtidigt: 3 kvinnor, 12 män." in asked.text
    assert '<input type="hidden" name="men" value="12">' in asked.text
    assert CANARY not in asked.text
    back = client.post(address, data={**pressed, "action": "back"})
    assert 'name="women" value="3" checked' in back.text
    assert 'max="10000" value="12"' in back.text
    assert (date.women, date.ends_at) == (None, TEN + HOUR), "nothing is saved by asking"
    clock.at = TEN + HOUR
    assert client.post(address, data={**pressed, "action": "leave"}).location == address
    assert client.post(address, data={**pressed, "action": "leave", "men": "many"}).status_code == 422


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({"action": "approve"}, 400),
        ({"date": "x"}, 400),
        ({"date": "999"}, 409),
        ({"action": "end"}, 409),
        ({"action": "check_in", "women": "many"}, 422),
    ],
)
def test_what_is_refused_changes_nothing(
    client: FlaskClient,
    clock: Clock,
    member: Person,
    address: str,
    more: dict[str, str],
    status: int,
) -> None:
    date = book(member, clock.at)
    clock.at = TEN + HOUR / 4
    answer = client.post(address, data={"date": str(date.id), "action": "check_in", **more})
    assert answer.status_code == status
    assert date.status == "confirmed"


@pytest.mark.parametrize(("typed", "status"), [("-1", 409), ("2.5", 422), ("10001", 409)])
def test_a_refused_head_count_comes_back_as_it_was_typed(
    client: FlaskClient, clock: Clock, member: Person, address: str, typed: str, status: int
) -> None:
    date = book(member, clock.at)
    clock.at = TEN + timedelta(minutes=1)
    heads = {"date": str(date.id), "action": "heads", "women": ["7", ""], "men": ["", "12"], "other": [""]}
    assert client.post(address, data=heads | {"action": "check_in"}).status_code == 303
    assert client.post(address, data=heads).status_code == 303
    refused = client.post(address, data=heads | {"women": ["", typed], "men": ["2", ""]})
    assert refused.status_code == status
    assert (
        f'name="women" type="number" inputmode="numeric" min="0" max="10000" value="{typed}"' in refused.text
    )
    assert 'name="men" value="2" checked' in refused.text
    assert (date.women, date.men) == (7, 12)


def test_early_is_told_as_taken(client: FlaskClient, clock: Clock, member: Person, address: str) -> None:
    date = book(member, clock.at)
    clock.at = TEN - HOUR / 12
    client.post(address, data={"date": str(date.id), "action": "check_in"})
    page = client.get(address, headers={"Accept-Language": "en"}).text
    assert "Taken until 11:00" in page
    assert "Checked in." in page
    assert "Free until" not in page
    assert 'name="action"' not in page


def test_a_wrong_key_opens_nothing(client: FlaskClient, clock: Clock, member: Person, address: str) -> None:
    date = book(member, clock.at)
    clock.at = TEN
    wrong = address[:-4] + "AAAA"
    assert client.get(wrong).status_code == 404
    assert client.post(wrong, data={"date": str(date.id), "action": "check_in"}).status_code == 404
    elsewhere = {"Origin": "https://evil.example"}
    data = {"date": str(date.id), "action": "check_in"}
    assert client.post(address, data=data, headers=elsewhere).status_code == 400
    assert date.status == "confirmed"


def test_too_often_is_told(client: FlaskClient, clock: Clock, member: Person, address: str) -> None:
    date = book(member, clock.at)
    clock.at = TEN
    client.post(address, data={"date": str(date.id), "action": "check_in"})
    answers = [
        client.post(address, data={"date": str(date.id), "action": "heads", "women": str(number)})
        for number in range(20)
    ]
    assert [each.status_code for each in answers].count(429) == 1
    assert "Det blev för mycket på en gång" in answers[-1].text


def test_the_sign_and_its_code(make: Factory, app: Flask, client: FlaskClient, address: str) -> None:
    add_account(make, role="host")
    sign_in(client)
    page = client.get("/resources/tallen/door").text
    assert "Är det ledigt? Är ni här?" in page
    assert "Is it free? Are you here?" in page
    assert f"http://localhost{address}" in page
    code = client.get("/resources/tallen/door.svg")
    assert code.mimetype == "image/svg+xml"
    assert ElementTree.fromstring(code.data).tag.endswith("svg")
    assert b"style=" not in code.data
    assert "Skapa en ny kod till dörren?" in client.get("/resources/tallen/door/renewal").text
    assert client.get(address).status_code == 200, "asked first"
    renewed = client.post("/resources/tallen/door/renewal")
    assert renewed.location == "/resources/tallen/door"
    assert client.get(address).status_code == 404
    assert client.get("/resources/nowhere/door").status_code == 404


def test_a_host_elsewhere_gets_no_sign(make: Factory, room: Resource, client: FlaskClient) -> None:
    person = add_account(make, role="host")
    person.roles[0].office_id = make.office("umea").id
    db.session.commit()
    sign_in(client)
    for path in ("/resources/tallen/door", "/resources/tallen/door.svg"):
        assert client.get(path).status_code == 403
    assert client.get("/resources/tallen/door/renewal").status_code == 403
    assert client.post("/resources/tallen/door/renewal").status_code == 403


def test_no_log_learns_the_key(app: Flask, address: str, caplog: pytest.LogCaptureFixture) -> None:
    assert mask(f'"GET {address}?done=end HTTP/1.1"') == '"GET /door/tallen/***?done=end HTTP/1.1"'
    with caplog.at_level(logging.INFO, logger="gunicorn.access"):
        logging.getLogger("gunicorn.access").info("GET %s", address)
    assert address not in caplog.text
