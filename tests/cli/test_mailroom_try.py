"""`flask mailroom try`: an invitation as the mail server hands it over."""

import importlib
import smtplib
from email.message import EmailMessage
from typing import Any, Self

import pytest
from flask import Flask
from sqlalchemy import select

from app.extensions import db
from app.models import Booking, OutboxMail, Person
from tests.conftest import Clock
from tests.factories import TEN, Factory
from tests.services.mails import AUTHSERV

mailroom: Any = importlib.import_module("app.cli.mailroom")

ANSWER = "within a minute, in "


@pytest.fixture
def rooms(app: Flask, make: Factory, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Tallen, Anna, and a mail room to which connections lead; the addresses that were connected to."""
    make.room("tallen")
    make.person(name="Anna Ek", language="en")
    make.activity()
    for name, value in (("MAIL_DOMAIN", "rum.example"), ("MAIL_AUTHSERV_ID", AUTHSERV)):
        monkeypatch.setitem(app.config, name, value)
    connected: list[str] = []

    class MailRoom:
        def __init__(self, host: str, port: int) -> None:
            connected.append(f"{host}:{port}")

        def __enter__(self) -> Self:
            return self

        def __exit__(self, *_: object) -> None:
            pass

        def send_message(self, message: EmailMessage, sender: str, to: list[str]) -> None:
            for each in to:
                mailroom.take(app, message.as_bytes(), each)

    monkeypatch.setattr(smtplib, "LMTP", MailRoom)
    return connected


def run(app: Flask, *arguments: str) -> Any:
    return app.test_cli_runner().invoke(args=["mailroom", "try", *arguments])


def test_a_room_is_invited_when_it_is_free_next(app: Flask, rooms: list[str], clock: Clock) -> None:
    told = [run(app, "tallen"), run(app, "tallen", "--port", "2525")]
    assert [each.exit_code for each in told] == [0, 0], told[0].output
    assert rooms == ["127.0.0.1:2424", "127.0.0.1:2525"]
    first, second = db.session.scalars(select(Booking).order_by(Booking.id))
    assert f"The mail room: booked\nThe booking:   http://localhost/bookings/{first.id}\n" in told[0].output
    assert "The board:     http://localhost/offices/stockholm/days/2026-09-08\n" in told[0].output
    assert "Tuesday 08 September 2026, 09:00" in told[0].output
    assert ANSWER in told[0].output
    assert first.dates[0].ends_at == second.dates[0].starts_at == TEN
    answer = db.session.scalars(select(OutboxMail).order_by(OutboxMail.id)).first()
    assert answer
    assert answer.subject == "Accepted: Trying the mail room"


def test_the_title_is_in_the_language_of_who_invites(app: Flask, rooms: list[str]) -> None:
    db.session.scalars(select(Person)).one().language = "sv"
    db.session.commit()
    assert "“Ett prov av rummens e-post”" in run(app, "tallen").output
    assert db.session.scalars(select(Booking)).one().title == "Ett prov av rummens e-post"


def test_what_is_refused_is_told_with_its_reason(app: Flask, rooms: list[str]) -> None:
    told = run(app, "tallen@anything", "--start", "2026-09-08 03:00")
    assert "The mail room: refused, outside_opening_hours\n" in told.output
    assert "The booking" not in told.output
    assert db.session.scalars(select(Booking)).all() == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["x"], "x: there is no room with that name"),
        (["tallen", "--from", "eva@example.org"], "eva@example.org: nobody here has that address"),
        (["tallen", "--start", "soon"], "soon: a time has the form '2026-11-24 10:00'"),
    ],
)
def test_what_cannot_be_tried_is_said(app: Flask, rooms: list[str], arguments: list[str], said: str) -> None:
    told = run(app, *arguments)
    assert (told.exit_code, rooms) == (1, [])
    assert said in told.output


@pytest.mark.usefixtures("rooms")
def test_where_no_mail_room_listens_it_says_how_to_start_one(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(host: str, port: int) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr(smtplib, "LMTP", away)
    told = run(app, "tallen")
    assert told.exit_code == 1
    assert "No mail room listens on 127.0.0.1:2424" in told.output
    assert "flask --app wsgi mailroom" in told.output
