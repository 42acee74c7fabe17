"""Mail handed to a real mail server (aiosmtpd): plainly, by STARTTLS, by TLS, with a password."""

import socket
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, Session
from flask import Flask
from sqlalchemy import select

from app.extensions import db
from app.jobs.table import send_mail
from app.mailer import RefusedForGood, deliver
from app.models import OutboxMail
from app.services.outbox import put_mail
from app.services.transaction import use_case
from app.services.unsent_mails import dead_letters, try_again
from tests.conftest import Clock
from tests.factories import Factory
from tests.test_mailer import SENDER, Mail

Patch = pytest.MonkeyPatch

CALENDAR = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:REQUEST\r\nX-NOTE:Ö\r\nEND:VCALENDAR\r\n"

REFUSALS = {"gone": "550 5.1.1 no such mailbox", "full": "452 4.2.2 mailbox full"}


@dataclass
class Inbox:
    """What the server takes, and whom it refuses."""

    taken: list[Envelope] = field(default_factory=list)
    refuses: dict[str, str] = field(default_factory=lambda: dict(REFUSALS))
    secure: list[bool] = field(default_factory=list)

    async def handle_RCPT(
        self, server: Any, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        name = address.partition("@")[0]
        if name in self.refuses:
            return self.refuses[name]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Session, envelope: Envelope) -> str:
        self.taken.append(envelope)
        self.secure.append(session.ssl is not None)
        return "250 OK"


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def tls(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("localhost").configure_cert(context)
    return context


Start = Callable[..., Controller]


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
def start(
    inbox: Inbox, authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Start]:
    """Starts a server whose certificate is trusted."""
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    started: list[Controller] = []

    def begin(**settings: Any) -> Controller:
        controller = Controller(inbox, hostname="localhost", port=free_port(), **settings)
        controller.start()
        started.append(controller)
        return controller

    yield begin
    for controller in started:
        controller.stop()


def free_port() -> int:
    with socket.create_server(("localhost", 0)) as taken:
        port: int = taken.getsockname()[1]
        return port


def port_of(controller: Controller) -> int:
    return controller.port


def checks(server: Any, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
    # Not handled: the server itself says no.
    return AuthResult(success=(data.login, data.password) == (b"us@er", b"p/w"), handled=False)


def send(url: str, mail: Mail | None = None) -> None:
    deliver(mail or Mail(), {"SMTP_URL": url, "MAIL_SENDER": SENDER})


def test_plainly(start: Start, inbox: Inbox) -> None:
    send(f"smtp://localhost:{port_of(start())}")
    (envelope,) = inbox.taken
    assert envelope.rcpt_tos == ["anna@example.org"]
    assert envelope.mail_from == "no-reply@office.example"


def test_by_starttls_with_a_password(start: Start, inbox: Inbox, tls: ssl.SSLContext) -> None:
    server = start(tls_context=tls, authenticator=checks, auth_required=True)
    send(f"smtp://us%40er:p%2Fw@localhost:{port_of(server)}")
    assert inbox.secure == [True]


def test_a_wrong_password_is_told(start: Start, inbox: Inbox, tls: ssl.SSLContext) -> None:
    server = start(tls_context=tls, authenticator=checks, auth_required=True)
    with pytest.raises(Exception, match="535"):
        send(f"smtp://us%40er:wrong@localhost:{port_of(server)}")
    assert inbox.taken == []


def test_a_certificate_of_nobody_is_refused(
    start: Start, inbox: Inbox, tls: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    with pytest.raises(ssl.SSLCertVerificationError):
        send(f"smtp://localhost:{port_of(start(tls_context=tls))}")
    assert inbox.taken == []


def test_who_exists_no_more_is_told_apart_from_who_has_no_room(start: Start, inbox: Inbox) -> None:
    url = f"smtp://localhost:{port_of(start())}"
    with pytest.raises(RefusedForGood, match=r"550 5\.1\.1 no such mailbox"):
        send(url, Mail(recipient="gone@example.org"))
    with pytest.raises(Exception, match="452") as full:
        send(url, Mail(recipient="full@example.org"))
    assert not isinstance(full.value, RefusedForGood)


def test_a_calendar_stands_beside_the_text_and_as_a_file(start: Start, inbox: Inbox) -> None:
    mail = Mail(html="<p>Hej Åsa</p>", calendars=[CALENDAR], sender="Tallen <tallen@office.example>")
    send(f"smtp://localhost:{port_of(start())}", mail)
    message = message_from_bytes(inbox.taken[0].content, policy=policy.default)
    assert [part.get_content_type() for part in message.walk()] == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "text/calendar",
        "application/ics",
    ]
    *_, beside, file = message.walk()
    assert beside["Content-Type"].params == {"charset": "utf-8", "method": "REQUEST"}
    assert beside.get_payload(decode=True) == CALENDAR.encode()
    assert file.get_payload(decode=True) == CALENDAR.encode()
    assert file.get_filename() == "invite.ics"
    assert message["From"] == "Tallen <tallen@office.example>"
    assert message["Message-ID"] == "<abc@office.example>"


def test_by_tls(inbox: Inbox, start: Start, tls: ssl.SSLContext) -> None:
    server = start(ssl_context=tls)
    send(f"smtps://localhost:{port_of(server)}")
    assert inbox.secure == [False]  # for aiosmtpd the whole connection is, not the session


@use_case
def put(*recipients: str, now: datetime) -> None:
    for each in recipients:
        put_mail(each, each, "Hej", "Text\n", "sv", now)


def states() -> dict[str, str]:
    return {mail.recipient.partition("@")[0]: mail.state for mail in db.session.scalars(select(OutboxMail))}


def test_from_the_outbox_each_address_fares_for_itself(
    app: Flask,
    make: Factory,
    start: Start,
    inbox: Inbox,
    tls: ssl.SSLContext,
    clock: Clock,
    monkeypatch: Patch,
) -> None:
    server = start(tls_context=tls, authenticator=checks, auth_required=True)
    monkeypatch.setitem(app.config, "SMTP_URL", f"smtp://us%40er:p%2Fw@localhost:{port_of(server)}")
    put("gone@example.org", "full@example.org", "anna@example.org", now=clock.at)
    assert send_mail(clock.at, False) == {"invited": 0, "sent": 1, "failed": 1, "dead": 1}
    assert states() == {"gone": "dead", "full": "waiting", "anna": "sent"}
    # The administrator has had the address made; the other has cleared out their mailbox.
    inbox.taken.clear()
    inbox.refuses = {}
    admin = make.person("admin@example.org", role="admin")
    (dead,) = dead_letters(None, by=admin).mails
    assert "550 5.1.1 no such mailbox" in (dead.last_error or "")
    try_again(dead.id, None, by=admin, now=clock.at)
    clock.at += timedelta(minutes=1)
    assert send_mail(clock.at, False) == {"invited": 0, "sent": 2, "failed": 0, "dead": 0}
    assert sorted(each for envelope in inbox.taken for each in envelope.rcpt_tos) == [
        "full@example.org",
        "gone@example.org",
    ]


@pytest.mark.parametrize(("away", "said"), [(False, "535"), (True, "ConnectionRefusedError")])
def test_from_the_outbox_nothing_is_given_up_that_the_mail_server_is_the_reason_of(
    app: Flask, start: Start, tls: ssl.SSLContext, clock: Clock, monkeypatch: Patch, away: bool, said: str
) -> None:
    port = port_of(start(tls_context=tls, authenticator=checks, auth_required=True))
    url = f"smtp://us%40er:wr0ng@localhost:{free_port() if away else port}"
    monkeypatch.setitem(app.config, "SMTP_URL", url)
    put("anna@example.org", now=clock.at)
    assert send_mail(clock.at, False)["failed"] == 1
    (mail,) = db.session.scalars(select(OutboxMail))
    assert (mail.state, mail.attempts) == ("waiting", 1)
    assert said in (mail.last_error or "")
    assert "wr0ng" not in (mail.last_error or "")
