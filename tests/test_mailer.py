"""Handing a mail over: as a file, or to a mail server."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any, Self

import pytest

from app import mailer
from app.domain.one_line import one_line
from app.mailer import deliver, message_of


@dataclass
class Mail:
    id: int = 7
    message_id: str = "abc"
    recipient: str = "anna@example.org"
    subject: str = "Månadens rapport från Umeå är klar – " + "läs den " * 12 + "snart"
    body: str = "Hej Åsa,\n\n.en punkt först\nlänk: https://example.org/" + "x" * 200 + "\n"
    language: str = "sv"
    html: str | None = None
    calendars: list[str] | None = None
    sender: str | None = None
    created_at: datetime = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


SENDER = "Mötesplats <no-reply@office.example>"


def test_a_file_can_be_read_back_as_the_mail(tmp_path: Path) -> None:
    mail = Mail()
    settings = {"SMTP_URL": "", "MAIL_FOLDER": tmp_path / "new" / "mail", "MAIL_SENDER": SENDER}
    deliver(mail, settings)
    deliver(mail, settings)  # once more: the same file
    (file,) = (tmp_path / "new" / "mail").iterdir()
    assert file.name == "20261122T100000Z-7.eml"
    content = file.read_bytes()
    assert content.isascii()
    assert max(map(len, content.split(b"\r\n"))) <= 998
    message = message_from_bytes(content, policy=policy.default)
    assert isinstance(message, EmailMessage)
    assert message["Subject"] == mail.subject
    assert message["From"].addresses[0].display_name == "Mötesplats"
    assert message["Message-ID"] == "<abc@office.example>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Content-Language"] == "sv"
    assert message["Date"].datetime == mail.created_at
    assert message.get_content().replace("\r\n", "\n") == mail.body


@pytest.mark.parametrize("length", range(30, 50))
def test_emoji_of_several_signs_stay_whole_wherever_the_subject_is_folded(length: int) -> None:
    subject = one_line("Å" + "x" * length + "👨‍👩‍👧‍👦🏴󠁧󠁢󠁳󠁣󠁴󠁿🇸🇪 👩🏽‍💻 " * 4)
    written = message_of(Mail(subject=subject), SENDER).as_bytes()
    assert written.isascii()
    assert message_from_bytes(written, policy=policy.default)["Subject"] == subject


@pytest.mark.parametrize("field_name", ["subject", "recipient", "message_id", "language"])
def test_a_line_break_forges_no_header(field_name: str) -> None:
    with pytest.raises(ValueError, match=r"newline|invalid|CR or LF|linefeed|carriage"):
        message_of(Mail(**{field_name: "x\r\nBcc: all@example.org"}), SENDER)


@dataclass
class Server:
    """Stands in for smtplib.SMTP and notes what is asked of it."""

    offers_tls: bool = True
    calls: list[tuple[Any, ...]] = field(default_factory=list)

    def made(self, kind: str) -> Any:
        def connect(host: str, port: int, **_settings: object) -> Self:
            self.calls.append((kind, host, port))
            return self

        return connect

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.calls.append(("quit",))

    def ehlo(self) -> None:
        pass

    def has_extn(self, name: str) -> bool:
        return name == "starttls" and self.offers_tls

    def starttls(self, context: object) -> None:
        assert context
        if not self.offers_tls:
            raise OSError("no STARTTLS")
        self.calls.append(("starttls",))

    def login(self, user: str, password: str) -> None:
        self.calls.append(("login", user, password))

    def send_message(self, message: EmailMessage) -> None:
        self.calls.append(("send", message["To"]))


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Server:
    server = Server()
    monkeypatch.setattr(mailer.smtplib, "SMTP", server.made("SMTP"))
    monkeypatch.setattr(mailer.smtplib, "SMTP_SSL", server.made("SMTP_SSL"))
    return server


SENT = [("send", "anna@example.org"), ("quit",)]


@pytest.mark.parametrize(
    ("url", "calls"),
    [
        ("smtp://mail.example", [("SMTP", "mail.example", 25), ("starttls",)]),
        (
            "smtp://us%40er:p%2Fw@mail.example",
            [("SMTP", "mail.example", 587), ("starttls",), ("login", "us@er", "p/w")],
        ),
        ("smtps://user:pw@mail.example", [("SMTP_SSL", "mail.example", 465), ("login", "user", "pw")]),
        ("smtp://mail.example:2525", [("SMTP", "mail.example", 2525), ("starttls",)]),
    ],
)
def test_by_smtp(server: Server, url: str, calls: list[tuple[Any, ...]]) -> None:
    deliver(Mail(), {"SMTP_URL": url, "MAIL_SENDER": SENDER})
    assert server.calls == calls + SENT


def test_without_a_password_a_plain_server_will_do(server: Server) -> None:
    server.offers_tls = False
    deliver(Mail(), {"SMTP_URL": "smtp://localhost", "MAIL_SENDER": SENDER})
    assert server.calls == [("SMTP", "localhost", 25), *SENT]


def test_a_password_never_travels_in_the_clear(server: Server) -> None:
    server.offers_tls = False
    with pytest.raises(OSError, match="STARTTLS"):
        deliver(Mail(), {"SMTP_URL": "smtp://user:pw@localhost", "MAIL_SENDER": SENDER})
    assert not any(call[0] in ("login", "send") for call in server.calls)


@pytest.mark.parametrize(
    "url", ["mail.example", "http://mail.example", "smtp://", "smtp://user:secr/et@mail.example"]
)
def test_an_address_that_is_none_is_told_without_the_password(url: str) -> None:
    with pytest.raises(
        ValueError, match=r"^SMTP_URL has the form smtp://user:password@host:587 or smtps://…$"
    ):
        deliver(Mail(), {"SMTP_URL": url, "MAIL_SENDER": SENDER})
