"""The mail room as a mail server meets it: LMTP over a socket."""

import asyncio
import importlib
import logging
import os
import signal
import smtplib
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.extensions import db
from app.mailbox import Fate
from app.models import Booking
from app.services.invitations import PostOffice
from app.services.mailroom_mail import Received
from tests.factories import Factory
from tests.services.mails import AUTHSERV, MEMBER, calendar, mail

ROOT = Path(__file__).parents[2]
# The module: under that name the package has the command.
mailroom: Any = importlib.import_module("app.cli.mailroom")


@pytest.fixture
def made(app: Flask, make: Factory, monkeypatch: pytest.MonkeyPatch) -> None:
    """A room with an address, and somebody who may book it."""
    make.room("tallen")
    make.person()
    for name, value in (("MAIL_DOMAIN", "rum.example"), ("MAIL_AUTHSERV_ID", AUTHSERV)):
        monkeypatch.setitem(app.config, name, value)
    monkeypatch.setitem(app.config, "MAIL_SENDER", "Mötesplats <boka@rum.example>")


@pytest.fixture
def port(app: Flask, made: None) -> Iterator[int]:
    """A mail room that listens, and works in the test's own transaction."""
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
    monkeypatch.setattr(mailroom, "reasons_of", lambda found: ["some_taken"])
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
    logged = [each.getMessage() for each in caplog.records if each.name == "motesplats.mailroom"]
    assert logged == ["no room: refused", "tallen: booked, some_taken", "granen: booked, some_taken"]
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


def test_it_stops_at_once_though_somebody_is_connected(tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "DATABASE_URL": f"sqlite:///{tmp_path / 'none.db'}",
        "INSTANCE_PATH": str(tmp_path),
        "SECRET_KEY": "only for tests",
        "MAIL_DOMAIN": "rum.example",
        "MAIL_AUTHSERV_ID": AUTHSERV,
    }
    # A process of its own: signals and the loop belong to its main thread, and here Chromium's has that.
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "mailroom", "--port", "0"]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stderr
            listens = next((line for line in process.stderr if "takes mail" in line), "")
            bound = int(listens.rpartition(":")[2])
            with socket.create_connection(("127.0.0.1", bound), timeout=20) as connected:
                assert connected.recv(100).startswith(b"220 ")
                began = time.monotonic()
                process.send_signal(signal.SIGTERM)
                assert connected.recv(100) == b""
            process.communicate(timeout=20)
        finally:
            process.kill()
    assert process.returncode == 0
    assert time.monotonic() - began < 10  # a connection that says nothing is given a minute


def test_what_is_too_large_is_refused(
    port: int, taken: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mailroom, "MAX_BYTES", 1000)
    with smtplib.LMTP("127.0.0.1", port) as server, pytest.raises(smtplib.SMTPException) as refused:
        server.sendmail("bounce@example.org", ["tallen@rum.example"], mail(calendar()))
    assert "552" in str(refused.value)
    assert taken == []


@pytest.mark.parametrize(
    ("raw", "fate", "done"),
    [
        (mail(calendar()), Fate.DONE, [("tallen@rum.example", MEMBER)]),
        (
            mail(calendar()).replace(b"tallen@", b"x@").replace(b"rum.", b"y."),
            Fate.DONE,
            [("tallen@rum.example", MEMBER)],
        ),
        (b"Subject: x\r\n\r\nHej", Fate.ODD, []),
        (b"x" * 5_000_001, Fate.ODD, []),
    ],
)
def test_what_lies_in_a_mailbox_is_dealt_with(
    app: Flask, made: None, raw: bytes, fate: Fate, done: list[tuple[str, str]], taken: list[tuple[str, str]]
) -> None:
    assert mailroom.fetched(app, raw) is fate
    assert taken == done


def test_what_cannot_be_dealt_with_now_stays_in_the_mailbox(
    app: Flask,
    made: None,
    taken: list[tuple[str, str]],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fail(*_: object) -> str:
        raise RuntimeError("the database is away: Styrgrupp")

    monkeypatch.setattr(mailroom, "receive", fail)
    assert mailroom.fetched(app, mail(calendar())) is Fate.LATER
    assert "Styrgrupp" not in caplog.text


def test_a_mailbox_that_is_none_is_told(app: Flask, made: None) -> None:
    result = app.test_cli_runner().invoke(args=["mailroom", "--imap"])
    assert result.exit_code == 1
    assert "MAILROOM_IMAP_URL has the form" in result.output


def test_without_a_domain_and_a_server_to_believe_it_does_not_start(app: Flask) -> None:
    result = app.test_cli_runner().invoke(args=["mailroom"])
    assert result.exit_code == 1
    assert "MAIL_DOMAIN and MAIL_AUTHSERV_ID must be set" in result.output
    assert db.session.scalars(select(Booking)).all() == []
