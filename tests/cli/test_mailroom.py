"""The mail room as a mail server meets it: LMTP over a socket."""

import asyncio
import importlib
import logging
import smtplib
import threading
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.extensions import db
from app.models import Booking
from app.services.invitations import PostOffice
from app.services.mailroom_mail import Received
from tests.factories import Factory
from tests.services.mails import AUTHSERV, MEMBER, calendar, mail

# The module: under that name the package has the command.
mailroom: Any = importlib.import_module("app.cli.mailroom")


@pytest.fixture
def port(app: Flask, make: Factory, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """A mail room that listens, and works in the test's own transaction."""
    make.room("tallen")
    make.person()
    for name, value in (("MAIL_DOMAIN", "rum.example"), ("MAIL_AUTHSERV_ID", AUTHSERV)):
        monkeypatch.setitem(app.config, name, value)
    monkeypatch.setitem(app.config, "MAIL_SENDER", "Mötesplats <boka@rum.example>")
    loop, ready = asyncio.new_event_loop(), threading.Event()
    bound: list[int] = []

    async def serve() -> None:
        server = await mailroom.listen(app, "127.0.0.1", 0)
        bound.append(server.sockets[0].getsockname()[1])
        ready.set()
        async with server:
            await stop.wait()

    stop = asyncio.Event()
    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()))
    thread.start()
    ready.wait(5)
    yield bound[0]
    loop.call_soon_threadsafe(stop.set)
    thread.join(5)
    loop.close()


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """What would be done, in place of doing it: the test's transaction belongs to its own thread."""
    done: list[tuple[str, str]] = []

    def note(found: Received, post: PostOffice, now: datetime) -> str:
        done.append((found.recipient, found.sender))
        return "booked"

    monkeypatch.setattr(mailroom, "receive", note)
    monkeypatch.setattr(mailroom, "takes", lambda address, post: address.endswith("@rum.example"))
    return done


def test_each_recipient_gets_an_answer(
    port: int, taken: list[tuple[str, str]], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO), smtplib.LMTP("127.0.0.1", port) as server:
        refused = server.sendmail(
            "bounce@example.org",
            ["tallen@rum.example", "granen@rum.example", "x@elsewhere.example"],
            mail(calendar()),
        )
        assert server.getreply()[0] == 250  # smtplib reads the answer for the first recipient only
    assert list(refused) == ["x@elsewhere.example"]
    assert refused["x@elsewhere.example"][0] == 550
    assert taken == [("tallen@rum.example", MEMBER), ("granen@rum.example", MEMBER)]
    assert "Styrgrupp" not in caplog.text
    assert MEMBER not in caplog.text


def test_a_mail_that_cannot_be_dealt_with_now_comes_again(
    port: int, taken: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> str:
        raise RuntimeError("the database is away: Styrgrupp")

    monkeypatch.setattr(mailroom, "receive", fail)
    with smtplib.LMTP("127.0.0.1", port) as server, pytest.raises(smtplib.SMTPDataError) as later:
        server.sendmail("bounce@example.org", ["tallen@rum.example"], mail(calendar()))
    assert later.value.smtp_code == 451
    assert "Styrgrupp" not in caplog.text


def test_what_is_too_large_is_refused(
    port: int, taken: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mailroom, "MAX_BYTES", 1000)
    with smtplib.LMTP("127.0.0.1", port) as server, pytest.raises(smtplib.SMTPException) as refused:
        server.sendmail("bounce@example.org", ["tallen@rum.example"], mail(calendar()))
    assert "552" in str(refused.value)
    assert taken == []


def test_without_a_domain_and_a_server_to_believe_it_does_not_start(app: Flask) -> None:
    result = app.test_cli_runner().invoke(args=["mailroom"])
    assert result.exit_code == 1
    assert "MAIL_DOMAIN and MAIL_AUTHSERV_ID must be set" in result.output
    assert db.session.scalars(select(Booking)).all() == []
